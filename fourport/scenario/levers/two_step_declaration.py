"""Two-step declaration."""

from __future__ import annotations

from typing import Literal

from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices
from fourport.scenario.models.customs import TwoStep


class TwoStepDeclaration(AtOffices):
    """A summary declaration releases the goods under a guarantee; the full declaration follows."""

    kind: Literal["two-step-declaration"]
    """Kind of lever."""
    terms: TwoStep
    """Uptake, preparation of the summary, and the full declaration."""

    def apply(self, draft: Draft) -> None:
        """Set the terms at each office."""
        for name in self.at:
            draft.change_office(name, two_step=self.terms)
