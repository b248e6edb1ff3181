"""One declaration, one inspection, one release for a chain of offices."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourport.scenario.base import Names
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever


class SingleDeclaration(Lever):
    """The filings of a chain become one, lodged at its first office.

    Whoever any of the offices selects is inspected there once, as long as the longest inspection takes; its
    release holds at all of them.
    """

    kind: Literal["single-declaration"]
    """Kind of lever."""
    offices: Annotated[Names, Field(min_length=1)]
    """The chain, "facility/activity", in the order of the journey; of one office its filings become one."""

    def apply(self, draft: Draft) -> None:
        """Lodge one declaration at the first office and none at the others."""
        first, *others = self.offices
        draft.change_office(first, filings=1)
        for name in others:
            draft.change_office(name, joint_with=(*draft.office(name).joint_with, first))
