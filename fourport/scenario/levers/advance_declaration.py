"""Declaration before arrival."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from fourport.errors import Problem
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices
from fourport.scenario.models.customs import Amendment
from fourport.scenario.units import Share


class AdvanceDeclaration(AtOffices):
    """Traders lodge declarations while the goods are under way; some must be amended on arrival."""

    kind: Literal["advance-declaration"]
    """Kind of lever."""
    share: Share
    """Share of consignments with a pre-arrival declaration; no less than before."""
    amendment: Amendment | None = None
    """Amendments after arrival; unchanged if left out."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that no office has a larger share of pre-arrival declarations already."""
        yield from super().misfits(draft)
        for name in self.at:
            own = draft.office(name).pre_arrival
            if self.share < own:
                yield Problem(
                    ("share",),
                    f"at {name!r} {100 * own:g} % are lodged before arrival, more than {100 * self.share:g} %"
                    f"; allowed: at least {100 * own:g} %",
                )

    def apply(self, draft: Draft) -> None:
        """Raise the share of pre-arrival declarations at each office."""
        for name in self.at:
            share = max(self.share, draft.office(name).pre_arrival)
            draft.change_office(name, pre_arrival=share)
            if self.amendment is not None:
                draft.change_office(name, amendment=self.amendment)
