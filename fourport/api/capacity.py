"""How many servers a resource needs for a target."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from typing import Any, SupportsIndex

from fourport.api.answer import Answer, Inquiry, SampleSource
from fourport.api.results import NewFolder
from fourport.arguments import CONFIDENCE, LEAST_COMPARED, replications_of, texts
from fourport.errors import Noted, UserError
from fourport.store import titles_of
from fourport.study.capacity.capacity import CapacityCurve, Request, capacity_curve
from fourport.study.capacity.conclusions import record
from fourport.study.capacity.measured import offices_of
from fourport.study.capacity.request import find_resource, servers_of
from fourport.study.capacity.target import Target, parse_target, settled
from fourport.study.estimates_behind import estimates_behind, whole_of
from fourport.study.parallel import Progress

REPLICATIONS = 50
"""Replications unless others are asked for, or the sample has more."""

LOOKED_AT = 2
"""Replications in which it is looked at what rests on estimates; so few that they run in this process."""


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
        question = _Question.of(servers, target, measure, confidence_percent, lane, route)
    with wrong.noting():
        asked = Inquiry(sample, policy, folder, executor, progress)
        find_resource(asked.corridor, resource)
        given = replications_of_curve(asked.sample.replications, replications)
        asked.sample.replications = replications_of(given, LEAST_COMPARED)
    wrong.refuse()
    return question.answer(asked, resource)


@dataclass(frozen=True)
class _Question:
    """What is asked about a resource: numbers to try, target, confidence, and whose goods are measured."""

    servers: tuple[int, ...]
    target: Target
    confidence: float
    lanes: tuple[str, ...]
    routes: tuple[str, ...]

    @classmethod
    def of(
        cls,
        servers: SupportsIndex | Sequence[SupportsIndex] | str,
        target: str,
        measure: str | None,
        confidence_percent: float,
        lane: str | Sequence[str],
        route: str | Sequence[str],
    ) -> _Question:
        """Read the arguments of :func:`capacity`.

        Raises
        ------
        UserError
            With all problems that can be seen without the scenario.
        """
        wrong = Noted()
        with wrong.noting():
            numbers = servers_of(servers)
        with wrong.noting():
            wanted = parse_target(target, measure)
        with wrong.noting():
            sure = _confidence(confidence_percent)
        with wrong.noting():
            lanes, routes = texts("lane", lane), texts("route", route)
        wrong.refuse()
        return cls(numbers, wanted, sure, lanes, routes)

    def answer(self, asked: Inquiry, resource: str) -> Answer[CapacityCurve]:
        """Run the numbers at a resource of the scenario, and write the answer.

        Raises
        ------
        UserError
            If the target does not fit the scenario.
        """
        wanted, n = self.target, asked.sample.replications
        wanted = settled(wanted, asked.corridor, resource, self.lanes, self.routes)
        options = (self.lanes, self.routes, self.confidence)
        of = asked.begin(f"capacity of {resource}", self.servers, wanted, *options, simulate=False)
        variant = of.variants[asked.policy]
        request = Request(variant, resource, self.servers, wanted, of.seed, n, *options)
        found = capacity_curve(request, asked.executor, asked.progress)
        return asked.answer(
            found,
            {"capacity": found.rows()},
            capacity=record(found, asked.policy, of.ranges[asked.policy]),
            estimates=_estimates(asked, request),
            replications=n,
        )


def _confidence(percent: float) -> float:
    """Return a confidence from 0 to 1.

    Raises
    ------
    UserError
        If it is no percentage in range.
    """
    low, high = CONFIDENCE
    if not (isinstance(percent, int | float) and low < percent < high):
        what = f"confidence_percent: {percent!r} is out of range"
        raise UserError(f"{what}; allowed: above {low:g} and below {high:g}")
    return percent / 100


def _estimates(asked: Inquiry, request: Request) -> dict[str, dict[str, Any]]:
    """Return the estimates behind the measure of a target; nothing behind the visits of the resource alone.

    They are those of the run that is asked, or of the first replications of the scenario as it stands.
    """
    measure, sample = request.target.measure, asked.sample
    if not whole_of(measure):
        return {}
    run = sample.stored
    if run is None:
        run = replace(sample, replications=min(sample.replications, LOOKED_AT)).run()
    offices = {office.name for office in offices_of(asked.corridor, request.at, measure)}
    places = titles_of(asked.manifest, "places", asked.policy)
    return estimates_behind(run, asked.policy, places, request.lanes, request.routes, measure, offices)


def replications_of_curve(sample: int, asked: SupportsIndex | None) -> SupportsIndex:
    """Return the replications asked for; if none, those of the sample, but at least 50."""
    return max(REPLICATIONS, sample) if asked is None else asked
