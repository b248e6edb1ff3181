"""How many servers a resource needs for a target."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import SupportsIndex

from fourport.api.answer import Answer, Inquiry, SampleSource
from fourport.api.results import NewFolder
from fourport.arguments import CONFIDENCE, LEAST_COMPARED, replications_of
from fourport.errors import Noted
from fourport.scenario.suggestions import allowed, suggestion
from fourport.study.capacity.capacity import MEASURES, CapacityCurve, Measure, Request, capacity_curve
from fourport.study.capacity.conclusions import record
from fourport.study.capacity.request import find_resource, parse_target, servers_of
from fourport.study.parallel import Progress


def capacity(
    sample: SampleSource,
    *,
    resource: str,
    servers: SupportsIndex | Sequence[SupportsIndex] | str,
    target: str,
    measure: Measure = "time",
    confidence_percent: float = 95.0,
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
        Such as ``95% within 24 h``.
    measure
        The time that must be within the target: waiting and service at the resource (``time``), only the
        waiting (``wait``), or ``door_to_door_time``.
    confidence_percent
        Simultaneous confidence of all intervals.
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
        wanted = parse_target(target)
    if measure not in MEASURES:
        hint = suggestion(str(measure), MEASURES) + allowed(MEASURES)
        wrong.note(f"measure: {measure!r} is not a measure{hint}")
    low, high = CONFIDENCE
    if not (isinstance(confidence_percent, int | float) and low < confidence_percent < high):
        what = f"confidence_percent: {confidence_percent!r} is out of range"
        wrong.note(f"{what}; allowed: above {low:g} and below {high:g}")
    with wrong.noting():
        asked = Inquiry(sample, policy, folder, executor, progress)
        find_resource(asked.corridor, resource)
        n = replications_of(asked.sample.replications, LEAST_COMPARED)
    wrong.refuse()
    of = asked.begin(simulate=False)
    options = (wanted, measure, of.seed, n, confidence_percent / 100)
    request = Request(of.variants[asked.policy], resource, numbers, *options)
    found = capacity_curve(request, executor, progress)
    return asked.answer(found, {"capacity": found.rows()}, capacity=record(found, asked.policy))
