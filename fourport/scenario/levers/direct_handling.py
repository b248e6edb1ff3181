"""Direct loading and pick-up at the berth."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourport.scenario.base import Names
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever
from fourport.scenario.models.customs import Direct


class DirectHandling(Lever):
    """Goods that are released before they come to the yard go past it."""

    kind: Literal["direct-handling"]
    """Kind of lever."""
    at: Annotated[Names, Field(min_length=1)]
    """Offices, "facility/activity", whose release decides."""
    terms: Direct
    """Who can be handled so, and what they pass by."""

    def apply(self, draft: Draft) -> None:
        """Let who is released in time go direct at each office."""
        for name in self.at:
            draft.change_office(name, direct=self.terms)
