"""How many servers a resource needs for a target."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import SupportsIndex

from fourport.api.answer import Answer, Inquiry, SampleSource
from fourport.api.results import NewFolder
from fourport.arguments import CONFIDENCE, LEAST_COMPARED, replications_of, texts
from fourport.errors import Noted
from fourport.study.capacity.capacity import CapacityCurve, Request, capacity_curve
from fourport.study.capacity.conclusions import record
from fourport.study.capacity.request import find_resource, servers_of
from fourport.study.capacity.target import parse_target, settled
from fourport.study.parallel import Progress

REPLICATIONS = 50
"""Replications unless others are asked for, or the sample has more."""


def capacity(
    sample: SampleSource,
    *,
    resource: str,
    servers: SupportsIndex | Sequence[SupportsIndex] | str,
    target: str,
    measure: str | None = None,
    lane: str | Sequence[str] = (),
    route: str | Sequence[str] = (),
    confidence_percent: float = 95.0,
    replications: SupportsIndex | None = None,
    policy: str | None = None,
    folder: NewFolder = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Answer[CapacityCurve]:
    """Try numbers of servers at a resource and find which are enough.

    The answer has the table ``capacity``.

    Parameters
    ----------
    resource
        The resource, as ``facility/name``.
    servers
        A number, a list of numbers, or a text such as ``2..20``.
    target
        A share of times such as ``95% within 24 h``, a share of the summary such as
        ``95% cleared_within_24h``, or a bound of any of its measures such as ``logistics_cost <= 2 USD/kg``.
    measure
        The times of which a share must be within the target: ``clearance`` at the office to which the
        resource belongs, ``visits`` (waiting and service at the resource), ``wait``, or a time of the
        summary. None for clearance, or for visits if the resource belongs to no office.
    lane, route
        Lanes and routes whose goods are measured; none for all.
    confidence_percent
        Confidence of each interval, and of all verdicts together.
    replications
        None for those of the sample, but at least 50.
    policy
        None for the first of the sample.
    folder
        A new or empty folder; None keeps the answer in memory.
    executor
        None runs in this process.

    Raises
    ------
    UserError
        With all problems, before anything is simulated: there is no such resource, no route uses it, or the
        target is not understood.
    """
    wrong = Noted()
    with wrong.noting():
        numbers = servers_of(servers)
    with wrong.noting():
        wanted = parse_target(target, measure)
    low, high = CONFIDENCE
    if not (isinstance(confidence_percent, int | float) and low < confidence_percent < high):
        what = f"confidence_percent: {confidence_percent!r} is out of range"
        wrong.note(f"{what}; allowed: above {low:g} and below {high:g}")
    with wrong.noting():
        lanes, routes = texts("lane", lane), texts("route", route)
    with wrong.noting():
        asked = Inquiry(sample, policy, folder, executor, progress)
        find_resource(asked.corridor, resource)
        given = replications_of_curve(asked.sample.replications, replications)
        asked.sample.replications = n = replications_of(given, LEAST_COMPARED)
    wrong.refuse()
    wanted = settled(wanted, asked.corridor, resource, lanes, routes)
    of = asked.begin(
        f"capacity of {resource}", numbers, wanted, lanes, routes, confidence_percent, simulate=False
    )
    options = (wanted, of.seed, n, lanes, routes, confidence_percent / 100)
    request = Request(of.variants[asked.policy], resource, numbers, *options)
    found = capacity_curve(request, asked.executor, progress)
    return asked.answer(
        found,
        {"capacity": found.rows()},
        capacity=record(found, asked.policy, of.ranges[asked.policy]),
        replications=n,
    )


def replications_of_curve(sample: int, asked: SupportsIndex | None) -> SupportsIndex:
    """Return the replications asked for; if none, those of the sample, but at least 50."""
    return max(REPLICATIONS, sample) if asked is None else asked
