"""Two-step declaration."""

from __future__ import annotations

from typing import Literal

from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices
from fourport.scenario.models.customs import TwoStep


class TwoStepDeclaration(AtOffices):
    """A summary releases the goods under a guarantee; the full entry follows."""

    kind: Literal["two-step-declaration"]
    """Kind of lever."""
    terms: TwoStep
    """Uptake, what the summary takes, and the full entry."""

    def apply(self, draft: Draft) -> None:
        """Let traders declare in two steps at each office."""
        for name in self.at:
            draft.change_office(name, two_step=self.terms)
