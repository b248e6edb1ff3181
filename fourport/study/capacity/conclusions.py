"""The manifest entry and the conclusions of a capacity study."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from fourport.measures import find
from fourport.scenario.levers.normal_form import resources_of
from fourport.study.capacity.capacity import CapacityCurve, CapacityPoint
from fourport.study.capacity.judge import FEWEST, PERIODS, UNFINISHED
from fourport.study.capacity.request import shifts_of
from fourport.study.capacity.target import AT_RESOURCE, offices_at
from fourport.study.curves.rates import Ranges

MOST_ADVISED = 10_000
"""Largest number of replications that a conclusion advises."""
PART = 0.1
"""Smallest part of the whole time that is named when it is told where the time goes."""
ESTIMATES = 4
"""Number of uncertain inputs that are named."""


def record(curve: CapacityCurve, policy: str, ranges: Ranges) -> dict[str, Any]:
    """Return the manifest entry of a capacity study.

    Parameters
    ----------
    ranges
        Lowest and highest plausible value of the scenario's numbers, by key.
    """
    asked, unlimited = curve.asked, curve.unlimited.value
    return {
        "resource": asked.at,
        "policy": policy,
        "servers": list(asked.servers),
        "measure": asked.target.measure,
        "measured": measured(curve),
        "lanes": list(asked.lanes),
        "routes": list(asked.routes),
        "target": str(asked.target),
        "unit": asked.target.unit,
        "bound": asked.target.bound,
        "at_most": asked.target.at_most,
        "within": asked.target.within,
        "confidence": asked.confidence,
        "smallest": curve.smallest,
        "unlimited": {"value": unlimited.mean, "low": unlimited.low, "high": unlimited.high},
        "hours": {name: hours for name, hours in curve.parts.items() if hours},
        "memory_hours": [point.load.memory for point in curve.points],
        "intervals": intervals(curve),
        "shifts": shifts(curve),
        "uncertain": {key: list(ranges[key]) for key in _behind(curve, ranges)},
    }


def _behind(curve: CapacityCurve, ranges: Ranges) -> list[str]:
    """Return the keys of uncertain numbers of the resource, of what it does, and of the demand."""
    place, _, resource = curve.asked.at.partition("/")
    facility = curve.asked.variant.corridor.scenario.facilities[place]
    does = [name for name, one in facility.activities.items() if resource in resources_of(one)]
    heads = [
        f"facilities.{place}.resources.{resource}.",
        *(f"facilities.{place}.activities.{name}." for name in does),
    ]
    heads += [f"lanes.{lane}.demand" for lane in curve.asked.lanes or curve.asked.variant.corridor.lane_names]
    return [key for key in ranges if key.startswith(tuple(heads))]


def rests_on(uncertain: Mapping[str, Sequence[Any]]) -> str:
    """Return the sentence that goes with every verdict: it covers chance, not the inputs.

    Parameters
    ----------
    uncertain
        Ranges of the uncertain numbers of the resource and of what it does, by key.
    """
    told = "All this covers chance only: it does not say that the inputs are right."
    if not uncertain:
        return told
    named = [f"{key} ({low} to {high})" for key, (low, high) in list(uncertain.items())[:ESTIMATES]]
    more = len(uncertain) - len(named)
    return f"{told} It rests on {', '.join(named)}" + (
        f" and {more} more uncertain numbers." if more else "."
    )


def measured(curve: CapacityCurve) -> str:
    """Describe what is measured."""
    asked = curve.asked
    said, one = AT_RESOURCE.get(asked.target.measure), find(asked.target.measure)
    if said is None:
        assert one is not None
        said = one.title[0].lower() + one.title[1:]
    offices = " and ".join(offices_at(asked.variant.corridor, asked.at))
    on = [
        f"on {what} {', '.join(names)}"
        for what, names in (("lane", asked.lanes), ("route", asked.routes))
        if names
    ]
    return " ".join((said.format(resource=asked.at, offices=offices), *on))


def intervals(curve: CapacityCurve) -> str:
    """Describe how the intervals are computed, what they guarantee, and under which condition."""
    sure = 100 * curve.asked.confidence
    wrong = (100 - sure) / 2
    exact, about = "", find(curve.asked.target.measure)
    if curve.asked.target.unit == "%":
        exact = ", and no narrower than the exact bounds of all together"
    elif about is not None and about.of_events:
        exact = (
            ", and no narrower than the exact bounds of a rare event; with none at all the goods that are "
            "accepted in a week count as one"
        )
    return (
        f"Student t over replications at {sure:g} %, with one more, unseen, that lies twice as far out as "
        f"the farthest{exact}. A number meets the target if its whole interval and those of all larger "
        f"numbers do, in {FEWEST} or more replications whose windows are {PERIODS} times what the queue "
        f"remembers: in at most {wrong:g} % of studies is any number wrongly said to meet the target. "
        "That holds for queues such as M/M/c. With services that vary more it is up to twice as often in "
        "those tried, and weeks that go wrong altogether, as in a closure, are not covered"
    )


def shifts(curve: CapacityCurve) -> str:
    """Explain the numbers of servers of a resource with shifts; "" if it has none."""
    found = shifts_of(curve.asked.variant.values, curve.asked.at)
    if not found:
        return ""
    return (
        f"{curve.asked.at} has shifts of {', '.join(map(str, found))}: the largest gets the number tried, "
        "the others are scaled in proportion and rounded up."
    )


def conclusion(curve: CapacityCurve) -> str:
    """State which number of servers is enough, with what confidence."""
    asked, smallest, target = curve.asked, curve.smallest, curve.asked.target
    sure = f"{100 * asked.confidence:g} %"
    if all(math.isnan(point.value.mean) for point in curve.points):
        return f"Nothing was measured: no consignment has {measured(curve)}."
    if smallest is None:
        limit = _limit(curve)
        if limit:
            return limit
        # Any value that reaches the target is near enough: then the fewest servers are the nearest.
        best = min(curve.points, key=lambda point: (max(_short(curve, point), 0.0), point.servers or 0))
        reached = "The first that reaches it in these runs" if _short(curve, best) <= 0 else "The nearest"
        return (
            f"None of the numbers tried is sure to meet {target} ({sure} confidence). {reached} is "
            f"{best.servers}, with {_shown(curve, best)}. {_at_most(curve)}{_why(curve, best)}"
        ).rstrip()
    said = f"{smallest} is the smallest number tried that meets {target} with {sure} confidence"
    fewer = [point for point in curve.points if (point.servers or 0) < smallest]
    undecided = [point for point in fewer if point.verdict == "undecided"]
    if undecided:
        named = ", ".join(str(point.servers) for point in undecided)
        return f"{said}; {named} may also be enough. {_why(curve, undecided[-1])}".rstrip()
    return said + (f"; {fewer[-1].servers} and fewer are not enough." if fewer else ".")


def _short(curve: CapacityCurve, point: CapacityPoint) -> float:
    """Return how far a point falls short of the target, to the digits that are shown; negative beyond it."""
    value = point.value.mean
    if math.isnan(value):
        return math.inf
    value = round(value, 2) if curve.asked.target.unit == "%" else float(f"{value:.4g}")
    return (
        value - curve.asked.target.bound if curve.asked.target.at_most else curve.asked.target.bound - value
    )


def _shown(curve: CapacityCurve, point: CapacityPoint) -> str:
    target, value = curve.asked.target, point.value
    return f"{target.shown(value.mean)} ({target.shown(value.low)} .. {target.shown(value.high)})"


def _limit(curve: CapacityCurve) -> str:
    """Return the sentence that no number is enough and where the time goes; "" if one may be."""
    target, point = curve.asked.target, curve.unlimited
    value = point.value
    if not (value.low > target.bound if target.at_most else value.high < target.bound):
        return ""
    said = f"No number is enough for {target}: with a server for everybody it is {_shown(curve, point)}."
    return said + _where_time_goes(curve)


def _at_most(curve: CapacityCurve) -> str:
    """Return the sentence that a server for everybody misses the target, too; "" if it does not."""
    if _short(curve, curve.unlimited) <= 0 or math.isnan(curve.unlimited.value.mean):
        return ""
    said = (
        f"A server for everybody does not reach it in these runs either ({_shown(curve, curve.unlimited)})."
    )
    return f"{said}{_where_time_goes(curve)} "


def _where_time_goes(curve: CapacityCurve) -> str:
    whole = sum(curve.parts.values())
    most = sorted(curve.parts.items(), key=lambda part: -part[1])
    named = [(name, hours) for name, hours in most if hours >= PART * whole > 0]
    if not named:
        return ""
    (first, hours), *others = named
    said = f" {first[0].upper()}{first[1:]} is {hours:.3g} of {whole:.3g} h"
    return said + "".join(f", {name} {hours:.3g}" for name, hours in others) + "."


def _why(curve: CapacityCurve, point: CapacityPoint) -> str:
    """Return why a number of servers is undecided, and what would tell; "" if it misses the target."""
    asked, load = curve.asked, point.load
    if point.verdict == "misses":
        return ""
    if point.left_out(asked.target) > UNFINISHED:
        return "Too many consignments are not over at the end of the run: a longer drain would tell."
    short = _short(curve, point)
    needed = load.replications_needed
    if short < 0 and not math.isnan(point.value.low):
        half = (
            point.value.high - point.value.mean
            if asked.target.at_most
            else point.value.mean - point.value.low
        )
        needed = max(needed, load.replications * (half / short) ** 2)
    remembers = (
        f" The queue remembers some {load.memory:.3g} h, and a window has {load.window:.4g} h: of so "
        "few windows the interval is too narrow."
        if load.replications < load.replications_needed and FEWEST < load.replications_needed < math.inf
        else ""
    )
    if math.isinf(load.memory):
        return f"{point.servers} {_are(point)} busy all the time on duty: nothing more can be told of it."
    if short >= 0:
        return "More replications would narrow the interval."
    if needed > MOST_ADVISED:
        return f"Only a longer window would tell.{remembers}"
    about = math.ceil(float(f"{needed:.2g}"))
    return (
        f"Some {max(about, math.ceil(needed)) if needed < 100 else about} replications would tell.{remembers}"
    )


def _are(point: CapacityPoint) -> str:
    return "is" if point.servers == 1 else "are"
