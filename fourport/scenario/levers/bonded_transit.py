"""Bonded transshipment with fewer filings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from fourport.errors import Problem
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices


class BondedTransit(AtOffices):
    """Goods in transit need another number of filings: no import entry, but a manifest and a seal."""

    kind: Literal["bonded-transit"]
    """Kind of lever."""
    filings: Annotated[int, Field(ge=1, le=100)]
    """Number of filings for a consignment."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that each office is on a route and has goods in transit."""
        there = [name for name in draft.offices() if draft.office(name).procedure == "transit"]
        for k, name in enumerate(self.at):
            idle = list(draft.check_on_route(name, ("at", k)))
            yield from idle
            if not idle and name not in there:
                yield Problem(
                    ("at", k),
                    f"at {name!r} the procedure is {draft.office(name).procedure}"
                    f"; allowed: offices of transit ({', '.join(there) or 'there are none'})",
                )

    def apply(self, draft: Draft) -> None:
        """Set the number of filings at each office."""
        for name in self.at:
            draft.change_office(name, filings=self.filings)
