"""The manifest entry and the conclusions of a capacity study."""

from __future__ import annotations

import math
from typing import Any

from fourport.measures import find, uncapitalised
from fourport.store.key_titles import resource_title
from fourport.study.capacity.capacity import CapacityCurve, CapacityPoint
from fourport.study.capacity.described import intervals, measured, of_resource, shifts, titles
from fourport.study.capacity.judge import FEWEST, UNFINISHED
from fourport.study.capacity.target import VISITS
from fourport.study.curves.rates import Ranges
from fourport.study.estimates_behind import whole_of

MOST_ADVISED = 10_000
"""Largest number of replications that a conclusion advises."""
PART = 0.1
"""Smallest part of the whole time that is named when it is told where the time goes."""


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
        "hours": {title: hours for title, hours in curve.parts.items() if hours},
        "memory_hours": [point.load.memory for point in curve.points],
        "intervals": intervals(curve),
        "shifts": shifts(curve),
        "uncertain": {key: list(ranges[key]) for key in of_resource(curve, ranges)},
    }


def conclusion(curve: CapacityCurve) -> str:
    """State which number of the resource is enough, with what confidence."""
    title = resource_title(titles(curve), curve.asked.at)
    return f"{title[:1].upper()}{title[1:]}: {_verdict(curve)}"


def _verdict(curve: CapacityCurve) -> str:
    asked, smallest, target = curve.asked, curve.smallest, curve.asked.target.told
    sure = f"{100 * asked.confidence:g} %"
    if all(math.isnan(point.value.mean) for point in curve.points):
        return f"nothing was measured, as no consignment has a value of: {measured(curve)}."
    if smallest is None:
        limit = _limit(curve)
        if limit:
            return limit
        # Any value that reaches the target is near enough: then the fewest servers are the nearest.
        best = min(curve.points, key=lambda point: (max(_short(curve, point), 0.0), point.servers or 0))
        reached = "The first that reaches it in these runs" if _short(curve, best) <= 0 else "The nearest"
        return (
            f"none of the numbers tried is sure to meet the target, {target} ({sure} confidence). {reached} "
            f"is {best.servers}, with {_shown(curve, best)}. {_at_most(curve)}{_why(curve, best)}"
        ).rstrip()
    said = f"{smallest} is the smallest number tried that meets the target, {target}, with {sure} confidence"
    fewer = [point for point in curve.points if (point.servers or 0) < smallest]
    undecided = [point for point in fewer if point.verdict == "undecided"]
    if undecided:
        named = ", ".join(str(point.servers) for point in undecided)
        return f"{said}; {named} may also be enough. {_why(curve, undecided[-1])}".rstrip()
    if not fewer:
        return f"{said}; fewer were not tried." if smallest > 1 else f"{said}."
    return f"{said}; {fewer[-1].servers} {'and fewer are' if fewer[1:] else 'is'} not enough."


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
    low, _, _ = target.shown(value.low).partition(" ")
    return f"{target.shown(value.mean)} ({low} to {target.shown(value.high)})"


def _limit(curve: CapacityCurve) -> str:
    """Return the sentence that no number is enough and where the time goes; "" if one may be."""
    target, point = curve.asked.target, curve.unlimited
    value = point.value
    if not (value.low > target.bound if target.at_most else value.high < target.bound):
        return ""
    said = f"no number is enough for the target, {target.told}; with an unlimited number it is "
    return f"{said}{_shown(curve, point)}." + _where_time_goes(curve)


def _at_most(curve: CapacityCurve) -> str:
    """Return the sentence that an unlimited number misses the target, too; "" if it does not."""
    if _short(curve, curve.unlimited) <= 0 or math.isnan(curve.unlimited.value.mean):
        return ""
    said = f"An unlimited number does not reach it in these runs either ({_shown(curve, curve.unlimited)})."
    return f"{said}{_where_time_goes(curve)} "


def _where_time_goes(curve: CapacityCurve) -> str:
    """Return the sentence on the largest parts of the time; "" if nothing is over."""
    whole = sum(curve.parts.values())
    most = sorted(curve.parts.items(), key=lambda part: -part[1])
    named = [(title, hours) for title, hours in most if hours >= PART * whole > 0]
    if not named:
        return ""
    parts = (f"{uncapitalised(title)} {hours:.3g} h" for title, hours in named)
    measure, time = curve.asked.target.measure, "door-to-door time"
    if measure in VISITS:
        time = "time of a visit"
    elif whole_of(measure) == "clearance":
        time = "clearance time"
    return f" The mean {time} is then {whole:.3g} h, of which {', '.join(parts)}."


def _why(curve: CapacityCurve, point: CapacityPoint) -> str:
    """Return why a number of servers is undecided, and what would tell; "" if it misses the target."""
    asked, load = curve.asked, point.load
    if point.verdict == "misses":
        return ""
    if point.left_out(asked.target) > UNFINISHED:
        return "Too many consignments are not over at the end of the run: a longer drain would tell."
    short, needed = _short(curve, point), _needed(curve, point)
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


def _needed(curve: CapacityCurve, point: CapacityPoint) -> float:
    """Return how many replications would narrow an interval beyond the target so that it ends there."""
    target, value, load = curve.asked.target, point.value, point.load
    short = abs(_short(curve, point))
    half = value.high - value.mean if target.at_most else value.mean - value.low
    if not short or math.isnan(half):
        return load.replications_needed
    times, about = (half / short) ** 2, find(target.measure)
    whole = 100.0 if target.unit == "%" else point.counted
    none = value.mean == 0 and about is not None and about.of_events
    if half < whole and (none or (target.unit == "%" and value.mean in (0, 100))):
        # All count, or none: of k clusters the bound is the k-th root of a probability.
        times = math.log(1 - half / whole) / math.log(1 - short / whole)
    return max(load.replications_needed, load.replications * times)


def _are(point: CapacityPoint) -> str:
    return "is" if point.servers == 1 else "are"
