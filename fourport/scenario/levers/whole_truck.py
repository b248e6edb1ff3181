"""The whole truck goes on the ferry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from fourport.errors import Key, Problem
from fourport.scenario import ref
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever
from fourport.scenario.models.demand import AtStep, ByStep


class WholeTruck(Lever):
    """The truck that brings the goods sails with them and drives on.

    The goods stay on the truck, which saves handlings, and need fewer filings.
    """

    kind: Literal["whole-truck"]
    """Kind of lever."""
    routes: Annotated[tuple[ref.Route, ...], Field(min_length=1)]
    """Routes that work this way."""
    drops: tuple[ref.ActivityAt, ...]
    """Handlings, "facility/activity", that fall away."""
    instead: dict[ref.Leg, ref.Leg] = {}
    """Leg, and the leg that replaces it, such as driving on where a truck had to be loaded."""
    fewer_filings: dict[ref.OfficeAt, Annotated[int, Field(ge=0, le=100)]] = {}
    """Number of filings that fall away on these routes, by office; at least one filing remains."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that all parts and routes change something, and that new legs lead to the same places."""
        met = {name: self._parts_of_route(draft, name) for name in self.routes}
        steps, offices = set[str]().union(*met.values()), draft.offices()
        legs = steps.intersection(draft.legs)
        parts: list[tuple[Key, str, set[str]]] = [
            *((("drops", k), name, steps.difference(legs, offices)) for k, name in enumerate(self.drops)),
            *((("fewer_filings", name), name, steps.intersection(offices)) for name in self.fewer_filings),
            *((("instead", name), name, legs) for name in self.instead),
        ]
        on_none = [part for part in parts if part[1] not in part[2]]
        for key, name, there in on_none:
            allowed = ", ".join(sorted(there)) or "none, since they have none"
            yield Problem(key, f"{name!r} is on none of the routes; allowed: {allowed}")
        for k, route in enumerate(self.routes):
            if not on_none and met[route].isdisjoint(name for _, name, _ in parts):
                named = "drops, instead or fewer_filings"
                message = f"nothing that changes is on {route!r}; allowed: routes with what {named} name"
                yield Problem(("routes", k), message)
        yield from self._check_ends(draft)

    def warnings(self, before: Draft, after: Draft) -> Iterator[Problem]:
        """Warn of more fewer filings than can fall away, since one remains."""
        for name, fewer in self.fewer_filings.items():
            most = before.office(name).filings - 1
            if fewer > most:
                message = f"{fewer} cannot fall away at {name!r}, where {most + 1} are lodged and one is left"
                yield Problem(("fewer_filings", name), f"{message}; allowed: at most {most}")

    def _parts_of_route(self, draft: Draft, route: str) -> set[str]:
        """Return what is on a route: activities, "facility/activity", and legs."""
        steps = draft.routes[route].steps
        return {
            name
            for step in steps
            for name in (step.legs if isinstance(step, ByStep) else (f"{step.at}/{step.do}",))
        }

    def _check_ends(self, draft: Draft) -> Iterator[Problem]:
        """Check that each new leg has the ends of the leg that it replaces."""
        for old, new in self.instead.items():
            was, now = draft.legs[old], draft.legs[new]
            if was.origin != now.origin:
                message = f"{new!r} leaves from {now.origin!r}, {old!r} from {was.origin!r}"
                yield Problem(("instead", old), message)
            elif was.destination != now.destination:
                message = f"{new!r} leads to {now.destination!r}, {old!r} to {was.destination!r}"
                yield Problem(("instead", old), message)

    def apply(self, draft: Draft) -> None:
        """Remove steps from the routes, and filings from the offices on them."""
        for route in self.routes:
            steps: list[AtStep | ByStep] = []
            for step in draft.routes[route].steps:
                if isinstance(step, ByStep):
                    legs = tuple(dict.fromkeys(self.instead.get(name, name) for name in step.legs))
                    steps.append(step.model_copy(update={"by": legs if len(legs) > 1 else legs[0]}))
                elif f"{step.at}/{step.do}" not in self.drops:
                    fewer = self.fewer_filings.get(f"{step.at}/{step.do}", 0)
                    steps.append(step.model_copy(update={"fewer_filings": step.fewer_filings + fewer}))
            draft.change_route(route, steps)
