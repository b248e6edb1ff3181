"""One declaration, one inspection, one release for a chain of offices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from fourport.errors import Problem
from fourport.scenario import ref
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever

Chain = Annotated[tuple[ref.OfficeAt, ...], Field(min_length=1)]


class SingleDeclaration(Lever):
    """The filings of a chain of offices become one filing, lodged at the first of them.

    A consignment that any of the offices selects is inspected there once, as long as the longest inspection
    takes. The release holds at all offices of the chain.
    """

    rank: ClassVar[int] = 1
    """Applied last, since the result is one filing whatever other levers set."""

    kind: Literal["single-declaration"]
    """Kind of lever."""
    chains: Annotated[
        tuple[Annotated[tuple[ref.OfficeAt, ...], Field(min_length=1)], ...], Field(min_length=1)
    ]
    """Offices, "facility/activity", of each chain in the order of the journey. A chain of one office
    reduces its own filings to one."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that a route leads from the first office of a chain to each of the others."""
        for i, (first, *others) in enumerate(self.chains):
            if not others:
                yield from draft.check_on_route(first, ("chains", i, 0))
            for k, name in enumerate(others, 1):
                yield from draft.check_order(first, name, ("chains", i, k))

    def apply(self, draft: Draft) -> None:
        """Lodge one declaration at the first office of each chain and none at the others."""
        for first, *others in self.chains:
            draft.change_office(first, filings=1)
            for name in others:
                draft.change_office(name, joint_with=(*draft.office(name).joint_with, first))
