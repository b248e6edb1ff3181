"""Routes that hang together: where the goods are at each step, and what each step needs."""

from __future__ import annotations

from collections.abc import Iterator

from fourport.errors import Key, Problem
from fourport.scenario.models.customs import Customs
from fourport.scenario.models.demand import AtStep, ByStep, Route
from fourport.scenario.models.transport import Service
from fourport.scenario.parts import Parts, table


def check_journeys(parts: Parts) -> Iterator[Problem]:
    """Find what is wrong with routes, and between routes and lanes."""
    for name, route in parts.routes.items():
        yield from _connected(parts, ("routes", name), route)
        yield from _freight(parts, ("routes", name), route)
        yield from _block_space(parts, ("routes", name), route)
        yield from _lodged_ahead(parts, ("routes", name), route)
    yield from _lanes(parts)


def stops(parts: Parts, route: Route) -> list[tuple[str | None, str | None]]:
    """Give the facilities where each step begins and ends; None where the step is not known."""
    found: list[tuple[str | None, str | None]] = []
    places = table(parts.values, "facilities")
    for step in route.steps:
        if isinstance(step, AtStep):
            place = step.at if step.at in places else None
            found.append((place, place))
        else:
            way = parts.ways.get(step.by)
            ends = (way.origin, way.destination) if way else (None, None)
            found.append((ends[0] if ends[0] in places else None, ends[1] if ends[1] in places else None))
    return found


def _connected(parts: Parts, key: Key, route: Route) -> Iterator[Problem]:
    """Find steps that begin where the goods are not.

    After such a step the goods may be at either place, so that one slip is told once.
    """
    here: set[str] = set()
    for index, (begin, end) in enumerate(stops(parts, route)):
        step = route.steps[index]
        wrong = bool(here) and begin is not None and begin not in here
        if wrong:
            what = f"{step.by!r} leaves from {begin!r}" if isinstance(step, ByStep) else f"is at {begin!r}"
            goods = " or ".join(repr(place) for place in sorted(here))
            yield Problem(
                (*key, "steps", index),
                f"{what}, but the goods are at {goods} after the step before"
                f"; allowed: a step at {goods} or a way from there",
            )
        still = here if wrong and isinstance(step, AtStep) else set()
        here = still | {end} if end is not None else set()


def _lanes(parts: Parts) -> Iterator[Problem]:
    """Find routes that do not go where the lanes that use them go."""
    places = table(parts.values, "facilities")
    for name, lane in parts.lanes.items():
        for used in lane.routes:
            route = parts.routes.get(used)
            if route is None:
                continue
            passed = stops(parts, route)
            begin, end = passed[0][0], passed[-1][1]
            key = ("lanes", name, "routes", used)
            if begin is not None and lane.origin in places and begin != lane.origin:
                yield Problem(
                    key,
                    f"the route starts at {begin!r}, the lane at {lane.origin!r}; allowed: the same place",
                )
            if end is not None and lane.destination in places and end != lane.destination:
                yield Problem(
                    key,
                    f"the route ends at {end!r}, the lane at {lane.destination!r}; allowed: the same place",
                )


def _freight(parts: Parts, key: Key, route: Route) -> Iterator[Problem]:
    """Find freight limits that are not on the route, or in the wrong order."""
    passed = [place for both in stops(parts, route) for place in both]
    if None in passed:
        return
    on_route = list(dict.fromkeys(place for place in passed if place is not None))
    for name in ("freight_from", "freight_to"):
        place = getattr(route, name)
        if place is not None and place in table(parts.values, "facilities") and place not in on_route:
            yield Problem((*key, name), f"{place!r} is not on the route; allowed: {', '.join(on_route)}")
    begin, end = route.freight_from, route.freight_to
    if begin in on_route and end in on_route:
        last = len(passed) - 1 - passed[::-1].index(end)
        if passed.index(begin) > last:
            yield Problem(
                (*key, "freight_to"),
                f"{end!r} comes before freight_from ({begin!r}); allowed: a place after it on the route",
            )


def _block_space(parts: Parts, key: Key, route: Route) -> Iterator[Problem]:
    """Find bookings of block space that is not there."""
    for index, step in enumerate(route.steps):
        if not isinstance(step, ByStep) or step.space != "block" or step.by not in parts.ways:
            continue
        way = parts.ways[step.by]
        where = (*key, "steps", index, "space")
        if not isinstance(way, Service):
            yield Problem(where, f'{step.by!r} is no scheduled service; allowed: space = "free"')
        elif way.block_space is None:
            yield Problem(
                where,
                f'{step.by!r} has no block_space; allowed: space = "free", or block_space at the service',
            )


def _lodged_ahead(parts: Parts, key: Key, route: Route) -> Iterator[Problem]:
    """Find declarations lodged ahead of goods that no transport brings."""
    brought = False
    for index, step in enumerate(route.steps):
        if isinstance(step, ByStep):
            brought = True
            continue
        activity = parts.activities.get((step.at, step.do))
        if isinstance(activity, Customs) and activity.lodged_ahead > 0 and not brought:
            yield Problem(
                (*key, "steps", index),
                f"{step.do!r} has lodged_ahead above 0 %, but no step before brings the goods"
                "; allowed: lodged_ahead only where a service, fleet or haul comes before",
            )
