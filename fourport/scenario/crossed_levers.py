"""Levers of one policy package that meet: one undoes what another sets, or repeats a departure.

What a lever sets is found by applying it, so that a new lever need not say so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import Any

from pydantic import BaseModel

from fourport.errors import Key, Problem
from fourport.scenario.distributions import Distribution
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import OfDepartures
from fourport.scenario.models.demand import AtStep, ByStep
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.transport import Departure
from fourport.scenario.policy_package import by_rank, draft_of, with_levers
from fourport.scenario.tree import written
from fourport.scenario.units import clock_text

_AS_BEFORE, _NONE = object(), object()
"""A value that nothing has set, and the value of what is not there."""

Settings = Mapping[Key, object]
"""New values by their keys in the scenario."""


def overridden(scenario: Scenario) -> Iterator[Problem]:
    """Warn of levers that set a value in vain, because another one of the policy package sets it and holds.

    Levers that build on each other, such as factors on the same rate, are no such levers: with both, the
    value is that of neither.

    Raises
    ------
    ValueError
        If a lever does not fit the scenario.
    """
    draft = draft_of(scenario)

    def settings(*names: str) -> Settings:
        return dict(_changes(draft, with_levers(scenario, names)))

    alone = {name: settings(name) for name in scenario.policy_package}
    for pair in combinations(alone, 2):
        if alone[pair[0]].keys() & alone[pair[1]].keys():
            both = settings(*pair)
            for name, other in (pair, pair[::-1]):
                vain = list(_vain(alone[name], alone[other], both))
                if vain:
                    yield Problem(
                        ("levers", name),
                        f"sets {', '.join(map(written, vain))} in vain, since the lever {other!r} sets it,"
                        " too, and holds; allowed: one of the two in a policy package",
                    )


def _vain(own: Settings, others: Settings, both: Settings) -> Iterator[Key]:
    """Return the keys of what a lever sets otherwise than another one, whose value holds with both."""
    for key, value in own.items():
        other = others.get(key, _AS_BEFORE)
        if other != value and both.get(key, _AS_BEFORE) == other:
            yield key


def _changes(before: Draft, after: Draft) -> Iterator[tuple[Key, object]]:
    """Return the values that differ between two drafts, as they are in the second."""
    yield from _differences(("facilities",), before.facilities, after.facilities)
    yield from _differences(("routes",), before.routes, after.routes)
    yield from _differences(("services",), before.legs, after.legs)


def _differences(key: Key, old: Any, new: Any) -> Iterator[tuple[Key, object]]:
    if old is new or old == new:
        return
    were, are = _parts(old), _parts(new)
    if not (were or are):
        yield key, new
        return
    for name in {**were, **are}:
        yield from _differences((*key, name), were.get(name, _NONE), are.get(name, _NONE))


def _parts(value: Any) -> Mapping[str, object]:
    """Return what a table holds; of the steps of a route, the number of filings or the space of each."""
    if isinstance(value, Mapping):
        return value
    if isinstance(value, BaseModel) and not isinstance(value, Distribution):
        return value.__dict__
    if isinstance(value, tuple) and value and isinstance(value[0], AtStep | ByStep):
        found, times = dict[str, object](), Counter[str]()
        for step in value:
            by_leg = isinstance(step, ByStep)
            name = step.named if by_leg else f"{step.at}/{step.do}"
            times[name] += 1
            name += f" ({times[name]})" if times[name] > 1 else ""
            found[name] = step.space if by_leg else step.fewer_filings
        return found
    return {}


def repeated(scenario: Scenario) -> Iterator[Problem]:
    """Warn of departures that a lever brings at the minute of another departure of the service.

    Raises
    ------
    ValueError
        If a lever does not fit the scenario.
    """
    draft = draft_of(scenario)
    for name in by_rank(scenario, scenario.policy_package):
        lever = scenario.levers[name]
        lever.apply(draft)
        if isinstance(lever, OfDepartures):
            for service, own in lever.services.items():
                timetable = draft.service(service).timetable
                there = [one for one in timetable if not any(one is other for other in own)]
                for k, departure in enumerate(own):
                    days = {day: one for one in there for day in departure.days_shared(one)}
                    if days:
                        brought = _brought(scenario, service, next(iter(days.values())))
                        when = f"{', '.join(days)} at {clock_text(departure.departs)}"
                        yield Problem(
                            ("levers", name, "services", service, k),
                            f"leaves on {when}, when a departure of {brought} leaves, too"
                            "; allowed: another time",
                        )
                    there.append(departure)


def _brought(scenario: Scenario, service: str, departure: Departure) -> str:
    """Return who brings a departure: a lever, or the timetable of the service."""
    for name in scenario.policy_package:
        lever = scenario.levers[name]
        own = lever.services.get(service, ()) if isinstance(lever, OfDepartures) else ()
        if any(one is departure for one in own):
            return f"the lever {name!r}"
    return f"the timetable of {service!r}"
