"""Declaration before arrival."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourport.scenario.base import Names
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever
from fourport.scenario.models.customs import Amendment
from fourport.scenario.units import Share


class AdvanceDeclaration(Lever):
    """Declarations are prepared and lodged while the goods are under way; some must be amended on arrival."""

    kind: Literal["advance-declaration"]
    """Kind of lever."""
    at: Annotated[Names, Field(min_length=1)]
    """Offices, "facility/activity"."""
    share: Share
    """Share of consignments declared in advance."""
    amendment: Amendment | None = None
    """What must be put right after arrival; as before if it is left out."""

    def apply(self, draft: Draft) -> None:
        """Set the share lodged ahead at each office."""
        for name in self.at:
            draft.change_office(name, lodged_ahead=self.share)
            if self.amendment is not None:
                draft.change_office(name, amendment=self.amendment)
