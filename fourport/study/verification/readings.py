"""Measures of the exact cases: functions of a replication that return hours or shares, or hours to rank.

Means and shares are over the cohort (accepted in the window) unless stated otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from fourport.plan.tables import DAY, HOUR, NEVER, FewInts, Floats, Ints
from fourport.study.replication import Replication
from fourport.world.tables import Flags

Reading = Callable[[Replication], "float | Floats"]
"""Measures one number in a replication, or of a quantile the values of its consignments."""


@dataclass(frozen=True)
class Visits:
    """Visits to one step, ``k`` of them, in order of consignments.

    Attributes
    ----------
    consignment, ready_us, begin_us, end_us
        (k,) consignment; end of the step before; begin and end of the step, which may be ``NEVER`` if not
        reached by the end of the run.
    carrier
        (k,) departure or trip that took the consignment; -1 for none.
    """

    consignment: Ints
    ready_us: Ints
    begin_us: Ints
    end_us: Ints
    departure_index: FewInts

    def of(self, mine: Flags) -> Visits:
        """Return a subset of the visits."""
        return Visits(*(column[mine] for column in vars(self).values()))


def visits(run: Replication, key: str) -> Visits:
    """Return all visits to the step with this key, which only one route may have."""
    (route,) = range(run.corridor.plan.n_routes)
    for s in run.corridor.plan.main_steps(route):
        if run.corridor.steps[s].key == key:
            at = run.trace.at(s)
            return Visits(at.ids, at.ready_us, at.begin_us, at.end_us, at.departure_index).of(at.visited)
    raise KeyError(key)


def _cohort(run: Replication, key: str, trader_class: str | None = None) -> Visits:
    found = visits(run, key)
    mine = run.in_window[found.consignment]
    if trader_class is not None:
        mine = mine & (
            run.world.trader_class[found.consignment]
            == run.corridor.plan.names.trader_classes.index(trader_class)
        )
    return found.of(mine)


def mean_wait(key: str, trader_class: str | None = None) -> Reading:
    """Measure the mean time from readiness to the begin of a step, h; of one trader class if given."""
    return partial(_mean_wait, key=key, trader_class=trader_class)


def _mean_wait(run: Replication, key: str, trader_class: str | None) -> float:
    found = _cohort(run, key, trader_class)
    return float(np.mean(found.begin_us - found.ready_us)) / HOUR


def share_waiting(key: str) -> Reading:
    """Measure the share that waits before the step."""
    return partial(_share_waiting, key=key)


def _share_waiting(run: Replication, key: str) -> float:
    found = _cohort(run, key)
    return float(np.mean(found.begin_us > found.ready_us))


def share_within(key: str, hours: float) -> Reading:
    """Measure the share that completes a step within ``hours`` of being ready for it."""
    return partial(_share_within, key=key, hours=hours)


def _share_within(run: Replication, key: str, hours: float) -> float:
    found = _cohort(run, key)
    return float(np.mean(found.end_us - found.ready_us <= hours * HOUR))


def mean_time(run: Replication) -> float:
    """Measure the mean door-to-door time, h."""
    return float(np.mean((run.delivered_us - run.world.entry_us)[run.in_window])) / HOUR


def times(key: str) -> Reading:
    """Measure the time of each consignment from being ready for a step to its end, h."""
    return partial(_times, key=key)


def _times(run: Replication, key: str) -> Floats:
    found = _cohort(run, key)
    return (found.end_us - found.ready_us) / HOUR


def left_behind(key: str) -> Reading:
    """Measure the mean number left behind by departures with their cut-off in the window."""
    return partial(_left_behind, key=key)


def _left_behind(run: Replication, key: str) -> float:
    plan = run.corridor.plan
    service = plan.names.services.index(key)
    cutoff = run.world.departures.of(service).cutoff_us
    found = visits(run, key)
    loaded = np.cumsum(np.bincount(found.departure_index[found.departure_index >= 0], minlength=len(cutoff)))
    arrived = np.searchsorted(np.sort(found.ready_us), cutoff, side="right")
    measured = (cutoff >= plan.window_start_us) & (cutoff < plan.window_end_us)
    return float(np.mean((arrived - loaded)[measured]))


def backlog(key: str) -> Reading:
    """Measure the queue of a resource when it reopens after its only closure."""
    return partial(_backlog, key=key)


def _backlog(run: Replication, key: str) -> float:
    found, opened = visits(run, key), _reopening(run)
    return float(np.sum((found.ready_us < opened) & ((found.begin_us >= opened) | (found.begin_us == NEVER))))


def recovery(key: str) -> Reading:
    """Measure the time from the end of a resource's only closure until it is idle, d."""
    return partial(_recovery, key=key)


def _recovery(run: Replication, key: str) -> float:
    found, opened = visits(run, key), _reopening(run)
    later = found.of(found.begin_us >= opened)
    first_at_once = int(np.argmax(later.begin_us == later.ready_us))
    return float(later.end_us[first_at_once - 1] - opened) / DAY


def _reopening(run: Replication) -> int:
    plan = run.corridor.plan
    shut = np.flatnonzero(plan.resource_servers == 0)
    assert len(shut) == 1
    return int(plan.resource_change_us[shut[0] + 1])
