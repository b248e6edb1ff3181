"""Check routes: where the goods are at each step, and what each step needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from fourport.errors import Key, Problem
from fourport.scenario.entries import Entries, table
from fourport.scenario.models.customs import Customs
from fourport.scenario.models.demand import AtStep, ByStep, Route
from fourport.scenario.models.transport import Service

MOST_STEPS = 500
"""Steps of a route; each is unrolled for every policy, and no journey has as many."""


def check_routes(entries: Entries) -> Iterator[Problem]:
    """Check routes, and that they fit the lanes that use them."""
    for name, route in entries.routes.items():
        if len(route.steps) > MOST_STEPS:
            what = f"has {len(route.steps):,} steps"
            yield Problem(("routes", name, "steps"), f"{what}; allowed: up to {MOST_STEPS} steps")
            continue
        apart = list(_connected(entries, ("routes", name), route))
        yield from apart or _freight(entries, ("routes", name), route)
        yield from _several(entries, ("routes", name), route)
        yield from _block_space(entries, ("routes", name), route)
        yield from _pre_arrival(entries, ("routes", name), route)
        yield from _planned(entries, ("routes", name), route)
    yield from _lanes(entries)
    yield from _aims(entries)


def services_of(route: Route, services: Collection[str]) -> list[tuple[str, ...]]:
    """Return the scheduled services of each leg of a route that has any, in order.

    Parameters
    ----------
    services
        Names of the scheduled services.
    """
    legs = [step.legs for step in route.steps if isinstance(step, ByStep)]
    return [found for leg in legs if (found := tuple(name for name in leg if name in services))]


def aimed_at(route: Route, services: Collection[str], service: str | None) -> tuple[str, ...]:
    """Return the services at whose cut-offs shippers of a route aim, by the one that they name, if any."""
    legs = services_of(route, services)
    if service is None:
        return legs[0] if legs else ()
    return (service,) if any(service in leg for leg in legs) else ()


def no_such_aim(route: Route, services: Collection[str], service: str | None) -> str:
    """Return what is wrong if :func:`aimed_at` finds nothing."""
    there = ", ".join(dict.fromkeys(name for leg in services_of(route, services) for name in leg))
    if not there:
        return "the route has no scheduled service at whose cut-off shippers could aim; allowed: leave it out"
    return f"{service!r} is no scheduled service of the route; allowed: {there}"


def stops(entries: Entries, route: Route) -> list[tuple[str | None, str | None]]:
    """Return the facilities where each step begins and ends; None where they are not known."""
    found: list[tuple[str | None, str | None]] = []
    places = table(entries.values, "facilities")
    for step in route.steps:
        if isinstance(step, AtStep):
            place = step.at if step.at in places else None
            found.append((place, place))
        else:
            # Of several services that do not join the same places only that is reported.
            legs = [entries.legs.get(name) for name in step.legs]
            joined = {(leg.origin, leg.destination) if leg else (None, None) for leg in legs}
            ends = joined.pop() if len(joined) == 1 else (None, None)
            found.append((ends[0] if ends[0] in places else None, ends[1] if ends[1] in places else None))
    return found


def _connected(entries: Entries, key: Key, route: Route) -> Iterator[Problem]:
    """Check that each step begins where the goods are.

    After a wrong step the goods may be at either place, so that one mistake is reported once.
    """
    here: set[str] = set()
    for index, (begin, end) in enumerate(stops(entries, route)):
        step = route.steps[index]
        wrong = bool(here) and begin is not None and begin not in here
        if wrong:
            what = f"{step.named!r} leaves from {begin!r}" if isinstance(step, ByStep) else f"is at {begin!r}"
            goods = " or ".join(repr(place) for place in sorted(here))
            yield Problem(
                (*key, "steps", index),
                f"{what}, but the goods are at {goods} after the step before"
                f"; allowed: a step at {goods} or a leg from there",
            )
        still = here if wrong and isinstance(step, AtStep) else set()
        here = still | {end} if end is not None else set()


def _several(entries: Entries, key: Key, route: Route) -> Iterator[Problem]:
    """Check that several legs of one step are scheduled services between the same two places."""
    for index, step in enumerate(route.steps):
        if not isinstance(step, ByStep) or len(step.legs) == 1:
            continue
        first = entries.legs.get(step.legs[0])
        for k, name in enumerate(step.legs):
            leg, where = entries.legs.get(name), (*key, "steps", index, "by", k)
            if leg is not None and not isinstance(leg, Service):
                yield Problem(
                    where, f"{name!r} is no scheduled service; allowed: one leg, or several services"
                )
            elif leg and first and (leg.origin, leg.destination) != (first.origin, first.destination):
                yield Problem(
                    where,
                    f"{name!r} goes from {leg.origin!r} to {leg.destination!r}, {step.legs[0]!r} from "
                    f"{first.origin!r} to {first.destination!r}; allowed: services between the same places",
                )


def _lanes(entries: Entries) -> Iterator[Problem]:
    """Check that routes begin and end where their lanes do."""
    places = table(entries.values, "facilities")
    for name, lane in entries.lanes.items():
        for used in lane.routes:
            route = entries.routes.get(used)
            if route is None:
                continue
            passed = stops(entries, route)
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


def _aims(entries: Entries) -> Iterator[Problem]:
    """Check that shippers aim at cut-offs of services on routes of their lane."""
    services = table(entries.values, "services")  # also services that are not valid
    for name, lane in entries.lanes.items():
        for used, aim in lane.aims_at_cut_off.items():
            key, route = ("lanes", name, "aims_at_cut_off", used), entries.routes.get(used)
            if used not in lane.routes:
                if used in table(entries.values, "routes"):
                    what = f"{used!r} is no route of the lane; allowed: {', '.join(lane.routes)}"
                    yield Problem(key, what)
                continue
            named = () if aim.service is None else ("service",)
            is_known = aim.service is None or aim.service in services  # an unknown one is told as such
            if route is not None and is_known and not aimed_at(route, services, aim.service):
                yield Problem((*key, *named), no_such_aim(route, services, aim.service))


def _freight(entries: Entries, key: Key, route: Route) -> Iterator[Problem]:
    """Check that ``freight_from`` and ``freight_to`` are on the route, with a leg from one to the other."""
    passed = stops(entries, route)
    on_route = list(dict.fromkeys(place for both in passed for place in both))
    if None in on_route:
        return
    limits = {"freight_from": route.freight_from, "freight_to": route.freight_to}
    given = {name: place for name, place in limits.items() if place is not None}
    wrong = [name for name, place in given.items() if place not in on_route]
    for name in wrong:
        if given[name] in table(entries.values, "facilities"):
            what = f"{given[name]!r} is not on the route; allowed: {', '.join(map(str, on_route))}"
            yield Problem((*key, name), what)
    if given and not wrong:
        yield from _freight_leg(key, route, passed)


def _planned(entries: Entries, key: Key, route: Route) -> Iterator[Problem]:
    """Check that the planned departure is of a scheduled service on the route."""
    named = table(entries.values, "services")  # also services that are not valid
    services = [name for leg in services_of(route, named) for name in leg]
    if route.planned_departure is not None and route.planned_departure not in services:
        there = f"allowed: {', '.join(services)}" if services else "there is none"
        what = f"{route.planned_departure!r} is no scheduled service of the route; {there}"
        yield Problem((*key, "planned_departure"), what)


def _freight_leg(key: Key, route: Route, passed: list[tuple[str | None, str | None]]) -> Iterator[Problem]:
    """Check that there is freight: from the first step at one place to the arrival at another."""
    begin, end = route.freight_from or passed[0][0], route.freight_to or passed[-1][1]
    begun = next((k for k, (place, _) in enumerate(passed) if place == begin), len(passed))
    steps = [*zip(route.steps, passed, strict=True)][begun:]
    reached = [str(place) for step, (_, place) in steps if isinstance(step, ByStep)]
    if end in reached:
        return
    at_fault = "freight_to" if route.freight_to and (reached or not route.freight_from) else "freight_from"
    allowed = "freight_from at a place that a leg leaves later"
    if reached:
        allowed = f"freight_to at {', '.join(dict.fromkeys(reached))}"
    yield Problem(
        (*key, at_fault),
        f"the route does not arrive at {end!r} after {begin!r}, so nothing is freight; allowed: {allowed}",
    )


def _block_space(entries: Entries, key: Key, route: Route) -> Iterator[Problem]:
    """Check that steps are booked on block space only where a service has some."""
    for index, step in enumerate(route.steps):
        if not isinstance(step, ByStep) or step.space != "block":
            continue
        legs = [entries.legs.get(name) for name in step.legs]
        if None in legs or any(isinstance(leg, Service) and leg.block_space is not None for leg in legs):
            continue
        where = (*key, "steps", index, "space")
        if not any(isinstance(leg, Service) for leg in legs):
            yield Problem(where, f'{step.named!r} is no scheduled service; allowed: space = "free"')
        else:
            yield Problem(
                where,
                f'{step.named!r} has no block_space; allowed: space = "free", or block_space at the service',
            )


def _pre_arrival(entries: Entries, key: Key, route: Route) -> Iterator[Problem]:
    """Check that some leg brings the goods to each office with a manifest or pre-arrival declarations."""
    brought = False
    for index, step in enumerate(route.steps):
        if isinstance(step, ByStep):
            brought = True
            continue
        activity = entries.activities.get((step.at, step.do))
        if isinstance(activity, Customs) and activity.manifest is not None and not brought:
            yield Problem(
                (*key, "steps", index),
                f"{step.do!r} has a manifest, but no step before brings the goods"
                "; allowed: manifest only where a service, fleet or trucking leg comes before",
            )
        if isinstance(activity, Customs) and activity.advance.is_brought and not brought:
            yield Problem(
                (*key, "steps", index),
                f"{step.do!r} has pre_arrival above 0 %, but no step before brings the goods"
                "; allowed: pre_arrival only where a service, fleet or trucking leg comes before"
                ', or from = "booking"',
            )
