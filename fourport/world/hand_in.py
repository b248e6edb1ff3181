"""When shippers hand in goods: as soon as they are ready, or in time for a cut-off."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

import numpy as np

from fourport.plan.clocks import local_time, utc_us
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import Floats, Ints
from fourport.scenario.models.calendars import day_kinds
from fourport.scenario.models.demand import AimsAtCutOff
from fourport.scenario.routes import aimed_at
from fourport.world.sampling import quantile
from fourport.world.streams import Streams
from fourport.world.tables import Flags


def hand_in(
    corridor: Corridor, name: str, ready_us: Ints, route: Ints, table: Floats, streams: Streams
) -> Ints:
    """Return when the goods of a lane are handed in, us UTC, (n,).

    Parameters
    ----------
    ready_us, route
        (n,) when goods are ready, and their routes.
    table
        The lane's :func:`~fourport.world.demand.rates`.
    """
    found = ready_us
    for used, aim in corridor.scenario.lanes[name].aims_at_cut_off.items():
        place = corridor.plan.names.routes.index(used)
        times = _cutoffs(corridor, used, aim.service), table, _holidays(corridor, name)
        found = streams.once(
            ("handed in", name, used),
            (aim, place, [of.tobytes() for of in times]),
            partial(_held_back, name, found, route == place, aim, times, streams),
            [found, route],
        )
    return found


def _held_back(
    name: str,
    ready_us: Ints,
    on_route: Flags,
    aim: AimsAtCutOff,
    times: tuple[Ints, Floats, Ints],
    streams: Streams,
) -> Ints:
    """Return when the goods of a lane are handed in if those of one route aim at a cut-off, (n,) us UTC.

    Parameters
    ----------
    times
        Cut-offs, table and holidays; see :func:`in_time`.
    """
    found, n = ready_us.copy(), len(ready_us)
    mine = np.flatnonzero((streams.uniforms("aims-at-cut-off", name, n) < aim.share) & on_route)
    spare = quantile(aim.spare, streams.uniforms("spare-time", name, n)[mine])
    found[mine] = in_time(found[mine], aim.lead + np.rint(spare).astype(np.int64), *times)
    return found


def in_time(ready_us: Ints, before_us: Ints, cutoff_us: Ints, table: Floats, holidays_us: Ints) -> Ints:
    """Return when shippers hand in goods that aim at a cut-off, us UTC, (n,).

    They aim at the first cut-off that they can still reach with their lead and spare time, and hand in at the
    latest time for it at which the lane accepts goods. That is never before the goods are ready.

    Parameters
    ----------
    ready_us, before_us
        (n,) when the goods are ready, at times at which the lane accepts goods, and how long before the
        cut-off their shippers want to hand them in.
    cutoff_us
        (k,) cut-offs, rising. Without one that is late enough goods are handed in when they are ready.
    table
        The lane's :func:`~fourport.world.demand.rates`: outside of these intervals it accepts nothing.
    holidays_us
        (h,) begins of the lane's holidays, rising; no goods are held back past one.
    """
    place = np.searchsorted(cutoff_us, ready_us + before_us, side="left")
    reached = place < len(cutoff_us)
    latest = ready_us.copy()
    latest[reached] = cutoff_us[place[reached]] - before_us[reached]
    next_holiday = np.append(holidays_us, np.iinfo(np.int64).max)
    latest = np.minimum(latest, next_holiday[np.searchsorted(holidays_us, ready_us, side="right")] - 1)
    order = np.argsort(table[:, 0], kind="stable")
    begins, ends = table[order, 0].astype(np.int64), table[order, 1].astype(np.int64)
    # Parts of a day may overlap: the latest end so far closes all that have begun.
    closes = np.maximum.accumulate(ends)[np.searchsorted(begins, latest, side="right") - 1]
    found: Ints = np.minimum(latest, closes - 1)
    return found


@once
def _holidays(corridor: Corridor, name: str) -> Ints:
    """Return when the holidays of a lane begin, us UTC, in order."""
    scenario = corridor.scenario
    lane = scenario.lanes[name]
    zone = ZoneInfo(scenario.facilities[lane.origin].zone)
    days = day_kinds(scenario.holiday_lists(lane.holidays))
    begins = [utc_us(local_time(day, 0), zone, strict=False) for day, kind in days.items() if kind is None]
    return np.array(sorted(begins), dtype=np.int64)


@once
def _cutoffs(corridor: Corridor, route: str, service: str | None) -> Ints:
    """Return the cut-offs at which shippers of a route aim, in order; of a dated cancellation they know."""
    scenario, services = corridor.scenario, list(corridor.plan.names.services)
    aimed = aimed_at(scenario.routes[route], services, service)
    timetables = [corridor.timetables[services.index(name)] for name in aimed]
    return np.sort(np.concatenate([one.cutoff_us[one.called_off == 0] for one in timetables]))
