"""Direct loading and pick-up at the berth."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from fourport.errors import Problem
from fourport.scenario import ref
from fourport.scenario.levers.draft import Draft, too_early
from fourport.scenario.levers.lever import AtOffices
from fourport.scenario.models.customs import Direct


class DirectHandling(AtOffices):
    """Goods that are released before they reach the yard bypass it."""

    kind: Literal["direct-handling"]
    """Kind of lever."""
    at: Annotated[tuple[ref.OfficeAt, ...], Field(min_length=1)]
    """Offices, "facility/activity", whose release is needed."""
    terms: Direct
    """Which goods can be handled directly, and what they bypass."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that the skipped activities and the offices share a route."""
        yield from super().misfits(draft)
        along = {
            office: {
                name
                for journey in draft.activities_by_route().values()
                if office in journey
                for name in journey
            }
            for office in self.at
        }
        there = set().union(*along.values()).difference(draft.offices())
        unseen = [k for k, name in enumerate(self.terms.skips) if there and name not in there]
        for k in unseen:
            yield Problem(
                ("terms", "skips", k),
                f"{self.terms.skips[k]!r} is on no route through {' or '.join(map(repr, self.at))}, so that"
                f" nothing bypasses it; allowed: {', '.join(sorted(there))}",
            )
        for k, office in enumerate(self.at):
            if along[office] and not unseen and along[office].isdisjoint(self.terms.skips):
                yield Problem(
                    ("at", k),
                    f"no route through {office!r} does any of {', '.join(self.terms.skips)}"
                    "; allowed: offices on a route with one of them",
                )

    def warnings(self, before: Draft, after: Draft) -> Iterator[Problem]:
        """Warn of activities that come too early on a route to be bypassed, and of offices with no others."""
        early = list(too_early(after, self.at, self.terms.skips))
        for k, message in early:
            yield Problem(("terms", "skips", k), message)
        for k, office in enumerate(self.at):
            of_one = list(too_early(after, (office,), self.terms.skips))
            if not early and len(of_one) == len(self.terms.skips):
                yield Problem(("at", k), of_one[0][1])

    def apply(self, draft: Draft) -> None:
        """Let goods that are released in time bypass the activities, at each office."""
        for name in self.at:
            draft.change_office(name, direct=self.terms)
