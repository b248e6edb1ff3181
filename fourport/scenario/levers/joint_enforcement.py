"""Help in enforcement: selection that hits offences more often."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourport.scenario.base import Names
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever


class JointEnforcement(Lever):
    """Offices share what they know of offenders: the same number of inspections finds more offences."""

    kind: Literal["joint-enforcement"]
    """Kind of lever."""
    at: Annotated[Names, Field(min_length=1)]
    """Offices, "facility/activity"."""
    targeting: Annotated[float, Field(ge=0.5, lt=1)]
    """How well their risk tells offences from then on, as in an inspection's ``targeting``."""

    def apply(self, draft: Draft) -> None:
        """Sharpen the selection of each office."""
        for name in self.at:
            draft.change_inspection(name, targeting=self.targeting)
