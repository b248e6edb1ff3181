"""The whole truck on the ferry."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourport.scenario.base import Names
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever
from fourport.scenario.models.demand import AtStep, ByStep


class WholeTruck(Lever):
    """The truck that brings the goods sails with them and drives on.

    They are not taken off it, which saves handlings, and the goods need fewer filings.
    """

    kind: Literal["whole-truck"]
    """Kind of lever."""
    routes: Annotated[Names, Field(min_length=1)]
    """Routes that go so."""
    drops: Names
    """Handlings, "facility/activity", that fall away."""
    instead: dict[str, str] = {}
    """Way by way: the one that takes its place, such as driving on where a truck had to be loaded."""
    fewer_filings: dict[str, Annotated[int, Field(ge=0, le=100)]] = {}
    """Filings that fall away on these routes, by office; at least one is left."""

    def apply(self, draft: Draft) -> None:
        """Take steps out of the routes and filings off the offices."""
        self._check(draft)
        for route in self.routes:
            steps: list[AtStep | ByStep] = []
            for step in draft.routes[route].steps:
                if isinstance(step, ByStep):
                    steps.append(step.model_copy(update={"by": self.instead.get(step.by, step.by)}))
                elif f"{step.at}/{step.do}" not in self.drops:
                    fewer = self.fewer_filings.get(f"{step.at}/{step.do}", 0)
                    steps.append(step.model_copy(update={"fewer_filings": step.fewer_filings + fewer}))
            draft.change_route(route, steps)

    def _check(self, draft: Draft) -> None:
        """Refuse ways that lead elsewhere, and handlings that none of the routes has."""
        for old, new in self.instead.items():
            was, now = draft.ways[old], draft.ways[new]
            if was.origin != now.origin:
                raise ValueError(f"{new!r} leaves from {now.origin!r}, {old!r} from {was.origin!r}")
            if was.destination != now.destination:
                raise ValueError(f"{new!r} leads to {now.destination!r}, {old!r} to {was.destination!r}")
        done = {
            f"{step.at}/{step.do}"
            for route in self.routes
            for step in draft.routes[route].steps
            if isinstance(step, AtStep)
        }
        for name in self.drops:
            if name not in done:
                raise ValueError(f"{name!r} is on none of the routes; allowed: {', '.join(sorted(done))}")
