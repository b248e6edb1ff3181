"""Draw when the consignments of a lane are ready: when they enter, if not held back for a cut-off."""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from fourport.plan.clocks import clock_us, clocks_change, days_between
from fourport.plan.tables import MINUTE, Floats, Ints
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.calendars import MONTHS, WEEKDAYS, DayKinds, kind_of
from fourport.scenario.models.demand import Lane
from fourport.world.sampling import durations_us, quantile
from fourport.world.streams import Streams

_DAY = timedelta(days=1)


def entries(lane: Lane, name: str, table: Floats, start_us: int, end_us: int, streams: Streams) -> Ints:
    """Draw the entry times of a lane in ``[start, end)``, us UTC, in order.

    Entries form a renewal process or a Poisson process whose rate follows the profiles of month, weekday and
    time of day, and holidays. The Poisson process is a process of rate one mapped through the cumulated rate.

    Parameters
    ----------
    table
        The lane's :func:`rates` in ``[start, end)``.
    """
    if lane.renewal is not None:
        return _renewal(lane.renewal.interval, name, start_us, end_us, streams)
    begins, ends = table[:, 0], table[:, 1]
    cumulated = np.concatenate([[0.0], np.cumsum(table[:, 2])])
    position = _unit_process(streams.generator("entries", name), cumulated[-1])
    k = np.minimum(np.searchsorted(cumulated, position, side="right") - 1, len(table) - 1)
    within = (position - cumulated[k]) / np.maximum(table[k, 2], np.finfo(float).tiny)
    # Add offsets as integers: floats near 1.5e15 us are 0.25 us apart.
    offset = np.floor(np.clip(within, 0.0, 1.0) * (ends[k] - begins[k])).astype(np.int64)
    times: Ints = np.minimum(begins[k].astype(np.int64) + offset, ends[k].astype(np.int64) - 1)
    return times


def _unit_process(generator: np.random.Generator, until: float) -> Floats:
    """Draw the points of a Poisson process of rate one in ``[0, until)``.

    The points are drawn one after the other, so that a longer horizon adds points and moves none. A small
    increase in demand moves all entry times by a little.
    """
    chunks: list[Floats] = [np.zeros(1)]
    while chunks[-1][-1] < until:
        chunks.append(chunks[-1][-1] + np.cumsum(generator.standard_exponential(4096)))
    points = np.concatenate(chunks)[1:]
    return points[points < until]


def expected_consignments(lane: Lane, kinds: DayKinds, zone: ZoneInfo, start_us: int, end_us: int) -> float:
    """Return the expected number of consignments on a lane."""
    if lane.renewal is not None:
        mean = float(np.mean(quantile(lane.renewal.interval, (np.arange(1000) + 0.5) / 1000)))
        return (end_us - start_us) / mean
    return float(rates(lane, kinds, zone, start_us, end_us)[:, 2].sum())


def rates(lane: Lane, kinds: DayKinds, zone: ZoneInfo, start_us: int, end_us: int) -> Floats:
    """Return the intervals of constant rate of a lane in ``[start, end)``; none for a renewal process.

    Parameters
    ----------
    kinds
        Days that the holiday lists of the lane change.

    Returns
    -------
    ndarray
        (k, 3) begin and end, us UTC, and the expected number of entries in between.
    """
    if lane.renewal is not None:
        return np.empty((0, 3))
    days, factors = days_between(start_us, end_us), _holiday_factors(lane, kinds)
    parts = [(part.begins, part.ends, part.share) for part in lane.day] or [(0, 1440, 1.0)]
    begins, ends, shares = zip(*parts, strict=True)
    begin, end = (_clocks_us(days, minutes, zone) for minutes in (begins, ends))
    of_days = np.array([_without_holidays(lane, kinds, day) * factors.get(day, 1.0) for day in days])
    expected = of_days[:, np.newaxis] * np.array(shares)
    low, high = np.maximum(begin, start_us), np.minimum(end, end_us)
    there = (low < high) & (expected > 0)
    low, high, length = low[there], high[there], (end - begin)[there]
    return np.column_stack([low, high, expected[there] * (high - low) / length])


def _clocks_us(days: Sequence[date], minutes: Sequence[int], zone: ZoneInfo) -> Ints:
    """Return times of day as us UTC, (days, times), as :func:`~fourport.plan.clocks.clock_us` does."""
    midnights = np.array([clock_us(day, 0, zone, strict=False) for day in days], dtype=np.int64)
    found: Ints = midnights[:, np.newaxis] + np.array(minutes, dtype=np.int64) * MINUTE
    for k, day in enumerate(days):
        if clocks_change(day, zone):
            found[k] = [clock_us(day, one, zone, strict=False) for one in minutes]
    return found


def _holiday_factors(lane: Lane, kinds: DayKinds) -> dict[date, float]:
    """Return by how much holidays multiply the demand of days: 0 on themselves, more than 1 around them.

    The horizon does not matter: holidays outside move demand into it.
    """
    holidays = sorted(day for day, kind in kinds.items() if kind is None)
    factors = dict.fromkeys(holidays, 0.0)
    begins = [day for day in holidays if day - _DAY not in factors]
    ends = [day for day in holidays if day + _DAY not in factors]

    def demand(days: list[date]) -> float:
        return sum(_without_holidays(lane, kinds, day) for day in days)

    for first, last in zip(begins, ends, strict=True):
        missing = demand([first + k * _DAY for k in range((last - first).days + 1)])
        for part, nearest, step in ((lane.rush, first, -_DAY), (lane.backlog, last, _DAY)):
            if part is None:
                continue
            days = [nearest + k * step for k in range(1, part.days + 1)]
            worked = [day for day in days if kind_of(day, kinds) is not None]
            there = demand(worked)
            for day in worked if there else ():
                factors[day] = factors.get(day, 1.0) + part.share * missing / there
    return factors


def _without_holidays(lane: Lane, kinds: DayKinds, day: date) -> float:
    """Return the expected number of consignments of a day, were there no holidays; make-up days count."""
    assert lane.demand is not None
    weekday = kind_of(day, kinds) or WEEKDAYS[day.weekday()]
    by_week = 7 * lane.week.get(weekday, 0.0) if lane.week else 1.0
    return lane.demand / 7 * _season(lane, day) * by_week


def _season(lane: Lane, day: date) -> float:
    """Return the rate in the month of a day, relative to a year without seasons."""
    if not lane.season:
        return 1.0
    days_of_year = 366 if isleap(day.year) else 365
    share: float = lane.season.get(MONTHS[day.month - 1], 0.0)
    return share * days_of_year / monthrange(day.year, day.month)[1]


def _renewal(interval: Distribution[int], name: str, start_us: int, end_us: int, streams: Streams) -> Ints:
    generator = streams.generator("entries", name)
    chunks: list[Ints] = []
    last = start_us
    while last < end_us:
        times = last + np.cumsum(durations_us(interval, generator.random(4096)))
        chunks.append(times)
        last = int(times[-1])
    times = np.concatenate(chunks) if chunks else np.empty(0, dtype=np.int64)
    return times[times < end_us]
