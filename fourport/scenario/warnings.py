"""Warnings: what is valid but probably not meant.

Cost of time counted twice, lanes without demand in the window, holiday lists of other years, distributions
with bounds that cut off more than half, and parts of a policy package or of offices without effect; those of
timetables are in :mod:`fourport.scenario.timetable_warnings`. These are no errors, since they may have an
effect with other numbers or together with other levers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from fourport.errors import Key, Problem
from fourport.scenario.crossed_levers import overridden, repeated
from fourport.scenario.dates import lanes_without_consignments, lists_of_other_years
from fourport.scenario.distributions import Distribution, amount
from fourport.scenario.levers.draft import Draft, too_early
from fourport.scenario.levers.normal_form import is_alike
from fourport.scenario.models.customs import Customs
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.policy_package import draft_of, with_levers
from fourport.scenario.timetable_warnings import KnownTimetables, timetable_warnings

KnownTruncations = dict[int, tuple[BaseModel | dict[Any, Any], Sequence[tuple[Key, str]]]]
"""What is said of the distributions of a section or entry, by its ``id``, with itself, which keeps its id."""

_HOLDING = (BaseModel, dict, tuple)
"""Types of what may hold distributions."""


@dataclass
class Known:
    """What is known of parts that the scenarios of several policies may share; it is added to."""

    truncations: KnownTruncations = field(default_factory=dict)
    timetables: KnownTimetables = field(default_factory=dict)


def warnings_of(scenario: Scenario, known: Known | None = None) -> Iterator[Problem]:
    """Return the warnings of a scenario without problems.

    Parameters
    ----------
    known
        What is known of distributions and timetables, some of which the scenario may share; it is added to.
    """
    known = known or Known()
    yield from _counted_twice(scenario)
    yield from lanes_without_consignments(scenario)
    yield from timetable_warnings(scenario, known.timetables)
    yield from lists_of_other_years(scenario)
    yield from mostly_truncated(scenario, known.truncations)
    yield from idle_levers(scenario, scenario.policy_package)
    yield from overridden(scenario)
    yield from repeated(scenario)
    yield from idle_offices(scenario)


def _counted_twice(scenario: Scenario) -> Iterator[Problem]:
    given = scenario.value_of_time
    if given is not None and given.hummels_schaur is not None:
        names = ("capital_rate", "obsolescence", "safety_stock")
        others = [name for name in names if getattr(given, name) is not None]
        if others:
            yield Problem(
                ("value_of_time", "hummels_schaur"),
                f"is charged beside {', '.join(others)}: what shippers pay in all for a day holds these,"
                " so that time is counted twice; leave out one or the other",
            )


def mostly_truncated(scenario: Scenario, known: KnownTruncations | None = None) -> Iterator[Problem]:
    """Warn of distributions more than half of which, before truncation, lies beyond one of the bounds."""
    for key, message in _truncations(scenario, {} if known is None else known):
        yield Problem(key, message)


def _truncations(value: Any, known: KnownTruncations) -> Sequence[tuple[Key, str]]:
    """Return keys within a section, and what is said of them; each table is looked at once."""
    if id(value) in known:
        return known[id(value)][1]
    found: list[tuple[Key, str]] = []
    if isinstance(value, Distribution):
        found += _truncations_of(value)
    else:
        for name, one in _parts(value):
            found += (((name, *key), message) for key, message in _truncations(one, known))
    if isinstance(value, BaseModel | dict):
        known[id(value)] = value, found
    return found


def _parts(value: Any) -> Iterable[tuple[Any, Any]]:
    """Return what may hold distributions in a table or a list, by its name in a file or its index."""
    if isinstance(value, BaseModel):
        return (
            (field.alias or name, one)
            for name, field in type(value).model_fields.items()
            if isinstance(one := getattr(value, name), _HOLDING)
        )
    named = value.items() if isinstance(value, dict) else enumerate(value)
    return ((name, one) for name, one in named if isinstance(one, _HOLDING))


def _truncations_of(distribution: Distribution[Any]) -> Iterator[tuple[Key, str]]:
    middle = median(distribution)
    for name, beyond in (("low", "below"), ("high", "above")):
        bound = getattr(distribution, name)
        if middle is None or bound is None:
            continue
        if middle < amount(bound) if name == "low" else middle > amount(bound):
            yield (
                (name,),
                f"cuts off most of the {distribution.distribution}: more than half of it lies {beyond}"
                ", so that mean and deviation say little about what is drawn",
            )


def median(distribution: Distribution[Any]) -> float | None:
    """Return the median before truncation, for families that can be truncated; for Erlang to about 1 %."""
    mean = amount(distribution.mean or 0)
    match distribution.distribution:
        case "normal":
            return mean
        case "lognormal":
            return mean / math.hypot(1, amount(distribution.sd) / mean) if mean > 0 else mean
        case "exponential" | "sometimes":
            return mean * math.log(2)
        case "erlang":  # Wilson-Hilferty approximation
            return mean * (1 - 1 / (9 * (distribution.shape or 1))) ** 3
    return None


def idle_levers(scenario: Scenario, names: Iterable[str]) -> Iterator[Problem]:
    """Warn of levers, and parts of levers, with no effect both alone and with the rest of the policy package.

    Raises
    ------
    ValueError
        If a lever does not fit the scenario.
    """
    for name in names:
        others = [other for other in scenario.policy_package if other != name]
        found = list(_idle(scenario, name, ()))
        if found and others:
            alone = {one.key for one in found}
            found = [one for one in _idle(scenario, name, others) if one.key in alone]
        # That the whole lever has no effect is reported only if no part says why.
        for one in [one for one in found if one.key] or found:
            yield Problem(("levers", name, *one.key), one.message)


def _idle(scenario: Scenario, name: str, others: Iterable[str]) -> Iterator[Problem]:
    before, after = with_levers(scenario, others), with_levers(scenario, (*others, name))
    yield from scenario.levers[name].warnings(before, after)
    if is_alike(before, after):
        yield Problem((), "changes nothing: all that it sets is so already, or for a share of 0 %")


def idle_offices(scenario: Scenario) -> Iterator[Problem]:
    """Warn of offices that depend on offices later on the route, and of activities too early to bypass.

    Raises
    ------
    ValueError
        If a lever of the policy package does not fit the scenario.
    """
    draft, under = draft_of(scenario), with_levers(scenario, scenario.policy_package)
    on_routes = {name for journey in draft.activities_by_route().values() for name in journey}
    for name in draft.offices():
        if name in on_routes:
            place, _, do = name.partition("/")
            key = ("facilities", place, "activities", do)
            office = draft.office(name)
            yield from _later_offices(draft, name, office, key)
            if office.direct is not None and under.office(name).direct == office.direct:
                for k, message in too_early(under, (name,), office.direct.skips):
                    yield Problem((*key, "direct", "skips", k), message)


def _later_offices(draft: Draft, name: str, office: Customs, key: Key) -> Iterator[Problem]:
    for part in ("information", "recognition"):
        given = getattr(office, part)
        if given is not None:
            yield from draft.check_order(given.of, name, (*key, part, "of"))
    for k, first in enumerate(office.joint_with):
        yield from draft.check_order(first, name, (*key, "joint_with", k))
