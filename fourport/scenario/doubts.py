"""What is allowed but seldom meant: told as warnings.

Cost of time counted twice, lanes without demand in the window, distributions of which bounds leave the
smaller part, and what changes nothing of a policy package or of offices. It is no error, since with other numbers
or beside other levers it may change something.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from fourport.errors import Key, Problem
from fourport.scenario.dates import silent_lanes
from fourport.scenario.distributions import Distribution, amount
from fourport.scenario.levers.draft import Draft, too_early
from fourport.scenario.levers.meaning import meaning
from fourport.scenario.models import Scenario
from fourport.scenario.models.customs import Customs
from fourport.scenario.policy_package import draft_of, with_levers


def doubts(scenario: Scenario, known: Scenario | None = None) -> Iterator[Problem]:
    """Find what is probably not meant in a scenario in which nothing is wrong.

    Of a policy's scenario those of its distributions are passed over that are the ones of another, ``known``.
    """
    yield from _counted_twice(scenario)
    yield from silent_lanes(scenario)
    yield from mostly_cut_off(scenario, known)
    yield from idle_levers(scenario, scenario.policy_package)
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


def mostly_cut_off(scenario: Scenario, known: Scenario | None = None) -> Iterator[Problem]:
    """Find distributions more than half of which, before truncation, lies beyond one of their bounds.

    Entries that are those of the scenario ``known`` are passed over.
    """
    for key, distribution in _distributions((), scenario, known):
        middle = median(distribution)
        for name, beyond in (("low", "below"), ("high", "above")):
            bound = getattr(distribution, name)
            if middle is None or bound is None:
                continue
            if middle < amount(bound) if name == "low" else middle > amount(bound):
                yield Problem(
                    (*key, name),
                    f"cuts off most of the {distribution.distribution}: more than half of it lies {beyond}"
                    ", so that mean and deviation say little about what is drawn",
                )


def median(distribution: Distribution[Any]) -> float | None:
    """Give the median before truncation of a family that can be truncated, of an Erlang to about 1 %."""
    mean = amount(distribution.mean or 0)
    match distribution.distribution:
        case "normal":
            return mean
        case "lognormal":
            return mean / math.hypot(1, amount(distribution.sd) / mean) if mean > 0 else mean
        case "exponential" | "sometimes":
            return mean * math.log(2)
        case "erlang":  # Wilson and Hilferty's cube
            return mean * (1 - 1 / (9 * (distribution.shape or 1))) ** 3
    return None


def _distributions(key: Key, value: Any, known: Any) -> Iterator[tuple[Key, Distribution[Any]]]:
    """Give all distributions of a section with their keys, but for what is the same object in ``known``."""
    if value is known:
        return
    if isinstance(value, Distribution):
        yield key, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _distributions(
                (*key, field.alias or name), getattr(value, name), getattr(known, name, None)
            )
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _distributions(
                (*key, name), one, known.get(name) if isinstance(known, Mapping) else None
            )
    elif isinstance(value, tuple):
        for k, one in enumerate(value):
            yield from _distributions((*key, k), one, None)


def idle_levers(scenario: Scenario, names: Iterable[str]) -> Iterator[Problem]:
    """Find levers, and parts of them, that change nothing, neither alone nor beside the others of the policy package.

    Raises
    ------
    ValueError
        If a lever does not fit.
    """
    for name in names:
        others = [other for other in scenario.policy_package if other != name]
        alone = {one.key for one in _idle(scenario, name, ())}
        found = [one for one in _idle(scenario, name, others) if one.key in alone]
        # That the whole changes nothing is told where no part says why.
        for one in [one for one in found if one.key] or found:
            yield Problem(("levers", name, *one.key), one.message)


def _idle(scenario: Scenario, name: str, others: Iterable[str]) -> Iterator[Problem]:
    before, after = with_levers(scenario, others), with_levers(scenario, (*others, name))
    yield from scenario.levers[name].doubts(before, after)
    if meaning(before) == meaning(after):
        yield Problem((), "changes nothing: all that it sets is so already, or for a share of 0 %")


def idle_offices(scenario: Scenario) -> Iterator[Problem]:
    """Find what offices have of others that come after them, and what nobody can go past.

    Raises
    ------
    ValueError
        If a lever of the policy package does not fit.
    """
    draft, under = draft_of(scenario), with_levers(scenario, scenario.policy_package)
    on_routes = {name for journey in draft.journeys().values() for name in journey}
    for name in draft.offices():
        if name in on_routes:
            place, _, do = name.partition("/")
            key = ("facilities", place, "activities", do)
            office = draft.office(name)
            yield from _against_the_order(draft, name, office, key)
            if office.direct is not None and under.office(name).direct == office.direct:
                for k, message in too_early(under, (name,), office.direct.skips):
                    yield Problem((*key, "direct", "skips", k), message)


def _against_the_order(draft: Draft, name: str, office: Customs, key: Key) -> Iterator[Problem]:
    for part in ("information", "recognition"):
        given = getattr(office, part)
        if given is not None:
            yield from draft.in_order(given.of, name, (*key, part, "of"))
    for k, first in enumerate(office.joint_with):
        yield from draft.in_order(first, name, (*key, "joint_with", k))
