"""Describe a capacity study: what is measured, how sure it is, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fourport.errors import Key, key_of
from fourport.measures import AT_RESOURCE, find, title_of_measure, uncapitalised
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Kind
from fourport.scenario.levers.normal_form import resources_of
from fourport.store.key_titles import Title, key_parts, range_title, resource_title
from fourport.study.capacity.capacity import CapacityCurve
from fourport.study.capacity.judge import FEWEST, PERIODS
from fourport.study.capacity.request import shifts_of
from fourport.study.curves.rates import Ranges

ESTIMATES = 4
"""Number of uncertain numbers that are named."""


def titles(curve: CapacityCurve) -> Title:
    """Return what gives the titles of the scenario."""
    scenario = curve.asked.variant.corridor.scenario

    def title(section: str, key: str) -> str:
        if section == "resources":
            place, _, name = key.partition("/")
            return scenario.facilities[place].resources[name].title
        listed: Mapping[str, Any] = getattr(scenario, "facilities" if section == "places" else section)
        return str(listed[key].title)

    return title


def heading(curve: CapacityCurve) -> str:
    """Return place and title of the resource, and the target."""
    asked, title = curve.asked, titles(curve)
    place = title("places", asked.at.partition("/")[0])
    return f"{place}, {resource_title(title, asked.at)}: {asked.target.told}{_only(curve)}"


def measured(curve: CapacityCurve) -> str:
    """Describe what is measured."""
    asked = curve.asked
    target = asked.target
    said = AT_RESOURCE.get(target.measure, title_of_measure(target.measure))
    return said.format(resource=uncapitalised(resource_title(titles(curve), asked.at))) + _only(curve)


def _only(curve: CapacityCurve) -> str:
    """Return the lanes and routes whose goods are measured, in brackets; "" for all."""
    asked, title = curve.asked, titles(curve)
    listed = [("lanes", name) for name in asked.lanes] + [("routes", name) for name in asked.routes]
    return f" ({'; '.join(title(*one) or one[1] for one in listed)})" if listed else ""


def intervals(curve: CapacityCurve) -> str:
    """Describe how the intervals are computed, what they guarantee, and under which condition."""
    sure = 100 * curve.asked.confidence
    wrong = (100 - sure) / 2
    exact, about = "", find(curve.asked.target.measure)
    if curve.asked.target.unit == "%":
        exact = (
            "; no narrower than the exact bounds of a share, for which goods that fail together count as "
            "fewer, and where all count, or none, those accepted in a week as one"
        )
    elif about is not None and about.of_events:
        exact = (
            "; no narrower than the exact bounds of a rare event, for which, where there is none at all, the "
            "goods accepted in a week count as one"
        )
    return (
        f"Student's t over replications at {sure:g} %, with one more, unseen, that lies twice as far out as "
        f"the farthest{exact}. A number meets the target if its whole interval and those of all larger "
        f"numbers do, in {FEWEST} or more replications whose windows are {PERIODS} times what the queue "
        f"remembers: in at most {wrong:g} % of studies is any number wrongly said to meet the target. "
        "That holds for queues such as M/M/c. With services that vary more it is up to twice as often in "
        "those tried, and weeks that go wrong altogether, as in a closure, are not covered"
    )


def shifts(curve: CapacityCurve) -> str:
    """Explain the numbers of a resource with shifts; "" if it has none."""
    found = shifts_of(curve.asked.variant.values, curve.asked.at)
    if not found:
        return ""
    return (
        f"Shifts of {', '.join(map(str, found))}: the largest gets the number tried, the others are scaled "
        "in proportion and rounded up."
    )


def of_resource(curve: CapacityCurve, ranges: Ranges) -> list[str]:
    """Return the keys of uncertain numbers of the resource, of what it does, and of the demand for it."""
    corridor, at = curve.asked.variant.corridor, curve.asked.at
    place, _, resource = at.partition("/")
    facility = corridor.scenario.facilities[place]
    does = [name for name, one in facility.activities.items() if resource in resources_of(one)]
    heads: list[Key] = [("facilities", place, "resources", resource)]
    heads += [("facilities", place, "activities", name) for name in does]
    heads += [("lanes", lane, "demand") for lane in _lanes_to(corridor, at)]
    return [key for key in ranges if any(key_of(key)[: len(head)] == head for head in heads)]


def _lanes_to(corridor: Corridor, at: str) -> list[str]:
    """Return the lanes whose goods, or declarations, come to a resource."""
    plan = corridor.plan
    index = plan.names.resources.index(at)
    steps = np.flatnonzero((plan.step_kind == Kind.RESOURCE) & (plan.step_provider == index))
    numbers = np.searchsorted(plan.route_first_step, steps, side="right") - 1
    routes = {plan.names.routes[k] for k in numbers.tolist()}
    return [name for name, lane in corridor.scenario.lanes.items() if routes.intersection(lane.routes)]


def rests_on(curve: CapacityCurve, uncertain: Mapping[str, Sequence[Any]]) -> str:
    """Return the sentence on the uncertain numbers of the resource itself, of what it does, and of demand.

    Parameters
    ----------
    uncertain
        Their ranges, by key.
    """
    if not uncertain:
        return ""
    by_owner: dict[tuple[str, ...], list[str]] = {}
    title, own = titles(curve), curve.asked.at.partition("/")[0]
    for key, (low, high) in list(uncertain.items())[:ESTIMATES]:
        owners, words = key_parts(title, key)
        if owners[1:] and key_of(key)[1] == own:  # the heading names its place
            owners = owners[1:]
        by_owner.setdefault(owners, []).append(f"{words} ({range_title(low, high)})")
    named = [f"{', '.join(owners)}: {', '.join(numbers)}" for owners, numbers in by_owner.items()]
    more = len(uncertain) - ESTIMATES
    also = f"; and {more} more" if more > 0 else ""
    return f"Uncertain numbers of the resource, of its work and of the demand: {'; '.join(named)}{also}."
