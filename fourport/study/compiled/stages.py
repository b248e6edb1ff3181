"""Add up the time of consignments at the stages of clearance, one after the other, in compiled code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand, inlined
from fourport.plan.tables import HOUR, NEVER

if TYPE_CHECKING:
    from fourport.study.compiled.stage_tables import Cohort, Offices, Stages, Sums
    from fourport.trace.compiled import Happened, Places


def run(
    offices: Offices,
    stages: Stages,
    places: Places,
    events: Happened,
    cohort: Cohort,
    parts: Sums,
    wholes: Sums,
) -> None:
    """Add up the time of the cohort: of each route, for all lanes and for each, and then of the wholes."""
    offices, stages, places, events = at_hand(offices), at_hand(stages), at_hand(places), at_hand(events)
    cohort, parts, wholes = at_hand(cohort), at_hand(parts), at_hand(wholes)
    for k in range(len(offices.release_first) - 1):
        _add_offices(offices, stages, places, events, cohort, parts, k)
    for k in range(len(offices.part)):
        _add_sums(parts, wholes, offices.part[k], offices.whole[k])


@inlined
def _add_offices(
    offices: Offices, stages: Stages, places: Places, events: Happened, cohort: Cohort, parts: Sums, k: int
) -> None:
    """Add the time of all whom one office on a route has released, or several together."""
    one = offices.release[offices.release_first[k]]
    all_lanes = k * (len(parts.n) // (len(offices.release_first) - 1))
    for n in range(places.n_of_step[one]):
        i = places.ids[places.first_place[one] + n]
        if not cohort.in_window[i] or not _is_released(offices, places, events, k, n):
            continue
        of_lane = all_lanes + 1 + cohort.lane[i]
        parts.n[all_lanes] += 1
        parts.n[of_lane] += 1
        for at in range(offices.stage_first[k], offices.stage_first[k + 1]):
            waiting, work, passed = _spent(stages, places, events, cohort, at, n)
            if stages.last[at] >= 0:
                passed, waited = _removed(stages, places, events, at, n)
                waiting += waited
            if passed:
                _add(parts, all_lanes, stages.stage[at], waiting, work)
                _add(parts, of_lane, stages.stage[at], waiting, work)


@inlined
def _is_released(offices: Offices, places: Places, events: Happened, k: int, n: int) -> bool:
    """Return whether offices have released a consignment, the n-th of its route."""
    for at in range(offices.release_first[k], offices.release_first[k + 1]):
        if events.end_us[places.first_row[offices.release[at]] + n] == NEVER:
            return False
    return True


@inlined
def _add(parts: Sums, k: int, stage: int, waiting: float, work: float) -> None:
    """Add the hours of one who passed a stage."""
    parts.waiting[k, stage] += waiting
    parts.work[k, stage] += work
    parts.passed[k, stage] += 1


@inlined
def _spent(
    stages: Stages, places: Places, events: Happened, cohort: Cohort, k: int, n: int
) -> tuple[float, float, bool]:
    """Return for how long a consignment waited and was worked on at a stage, h, and whether it passed it.

    On a declaration track only the time for which the goods have come and wait counts.
    """
    waiting, work, passed = 0.0, 0.0, False
    for office in range(stages.office_first[k], stages.office_first[k + 1]):
        waiting_there, work_there = 0.0, 0.0
        for at in range(stages.step_first[office], stages.step_first[office + 1]):
            row = places.first_row[stages.step[at]] + n
            ready, begin, end = events.ready_us[row], events.begin_us[row], events.end_us[row]
            if end == NEVER:
                continue
            if stages.join[at] >= 0:
                came = events.ready_us[places.first_row[stages.join[at]] + n]
                ready, begin, end = max(ready, came), max(begin, came), max(end, came)
            rested = cohort.rested_us[row] / HOUR if len(cohort.rested_us) > 0 else 0.0
            waiting_there += (begin - ready) / HOUR + rested
            work_there += (end - begin) / HOUR - rested
            passed = True
        waiting += waiting_there
        work += work_there
    return waiting, work, passed


@inlined
def _removed(stages: Stages, places: Places, events: Happened, k: int, n: int) -> tuple[bool, float]:
    """Return whether a consignment has left, or come to the next office, and how long it waited to, h."""
    first, end = stages.leaves[k], stages.leaves_end[k]
    if first == end:
        return events.end_us[places.first_row[stages.last[k]] + n] != NEVER, 0.0
    left = NEVER
    for s in range(first, end):
        left = max(left, events.begin_us[places.first_row[s] + n])
    if left == NEVER:
        return False, 0.0
    return True, (left - events.ready_us[places.first_row[first] + n]) / HOUR


@inlined
def _add_sums(parts: Sums, wholes: Sums, part: int, whole: int) -> None:
    """Add sums to others."""
    for stage in range(parts.waiting.shape[1]):
        wholes.waiting[whole, stage] += parts.waiting[part, stage]
        wholes.work[whole, stage] += parts.work[part, stage]
        wholes.passed[whole, stage] += parts.passed[part, stage]
    wholes.n[whole] += parts.n[part]
