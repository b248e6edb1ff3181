"""Draw what is random about departures and trips: capacity, delays, cancellations, driving times."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from fourport.plan.tables import NEVER, UNBOUND, Floats, Ints
from fourport.plan.timetables import Timetable
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.calendars import MONTHS
from fourport.scenario.models.transport import Service
from fourport.world.sampling import durations_us, quantile
from fourport.world.streams import Streams
from fourport.world.tables import Departures


def draw_departures(service: Service, name: str, timetable: Timetable, streams: Streams) -> Departures:
    """Draw the departures of a service over the horizon."""
    uniforms = _by_departure(timetable, name, streams)

    late = leg = np.zeros(len(timetable.cutoff_us), dtype=np.int64)
    if service.departure_delay is not None:
        late = np.rint(quantile(service.departure_delay, uniforms("departure-delay"))).astype(np.int64)
    for begin, end in timetable.shut_us:  # ordered by begin: the end of one closure may lie in the next
        leaves = timetable.scheduled_us + late
        late = np.where((begin <= leaves) & (leaves < end), end - timetable.scheduled_us, late)
    if service.arrival_delay is not None:
        leg = np.rint(quantile(service.arrival_delay, uniforms("arrival-delay"))).astype(np.int64)
    cancelled = timetable.called_off.astype(np.bool_)
    if service.cancellation is not None:
        rates = service.cancellation
        by_month = np.array([rates.months.get(month, rates.share) for month in MONTHS])
        cancelled |= uniforms("cancellation") < by_month[timetable.month]
    background = np.zeros(len(late))
    if service.background is not None:
        background = np.clip(quantile(service.background, uniforms("background")), 0.0, 1.0)
    return Departures(
        first=np.array([0, len(late)], dtype=np.int64),
        cutoff_us=timetable.cutoff_us,
        scheduled_us=timetable.scheduled_us,
        departure_us=timetable.scheduled_us + late,
        arrival_us=timetable.arrival_us + late + leg,
        cancelled=cancelled,
        released_us=_released_us(service, timetable),
        block_space=timetable.block,
        free_sale=free_sale(timetable, background),
        most_free_sale=most_free_sale(service, timetable),
    )


def _released_us(service: Service, timetable: Timetable) -> Ints:
    """Return when the block space of each departure is released, (D,); ``NEVER`` if it is kept."""
    if service.block_release is None:
        return np.full(len(timetable.cutoff_us), NEVER, dtype=np.int64)
    return np.minimum(timetable.scheduled_us - service.block_release, timetable.cutoff_us)


def _by_departure(timetable: Timetable, name: str, streams: Streams) -> Callable[[str], Floats]:
    """Return a function that draws a uniform number for each departure for a purpose.

    It draws by the date of the departure and its number among the departures of that date. Dates are counted
    from 1970, not from the first departure, and the time of day does not count. A sailing that is added on
    another day or leaves an hour later therefore meets the same weather.
    """
    of_number = timetable.by_number_of_day
    first = int(timetable.day.min()) if of_number else 0
    n_days = int(timetable.day.max(initial=0)) + 1 - first

    def uniforms(purpose: str) -> Floats:
        drawn = np.empty(len(timetable.day))
        for k, mine in enumerate(of_number):
            drawn[mine] = streams.uniforms(purpose, f"{name}#{k}", n_days, first)[timetable.day[mine] - first]
        return drawn

    return uniforms


def draw_by_arrival(
    duration: Distribution[int],
    key: str,
    services: Iterable[tuple[str, Timetable, Ints]],
    streams: Streams,
) -> tuple[Ints, Ints]:
    """Draw how long a step takes for the goods of each arrival: arrivals and times, (A,) each, us.

    Parameters
    ----------
    services
        Name, timetable and arrivals of each service that brings goods to the step.
    """
    arrival_us, lasts_us = [], []
    for name, timetable, at in services:
        arrival_us.append(at)
        lasts_us.append(
            durations_us(duration, _by_departure(timetable, f"{key}|{name}", streams)("by-arrival"))
        )
    order = np.argsort(np.concatenate(arrival_us), kind="stable")
    return np.concatenate(arrival_us)[order], np.concatenate(lasts_us)[order]


def free_sale(timetable: Timetable, background: Floats) -> Ints:
    """Return the capacity that background cargo leaves beside the block space, (D, 3).

    Parameters
    ----------
    background
        (D,) share of the capacity that background cargo takes.
    """
    taken = np.where(timetable.capacity == UNBOUND, 0.0, background[:, None] * timetable.capacity)
    left = timetable.capacity - timetable.block - np.ceil(taken).astype(np.int64)
    return np.where(timetable.capacity == UNBOUND, UNBOUND, np.maximum(left, 0))


def most_free_sale(service: Service, timetable: Timetable) -> Ints:
    """Return the free-sale capacity if background cargo is as small as its distribution allows, (D, 3)."""
    least = 0.0 if service.background is None else min(service.background.smallest, 1.0)
    return free_sale(timetable, np.full(len(timetable.capacity), least))


def draw_trips(distribution: Distribution[int], name: str, purpose: str, n: int, streams: Streams) -> Ints:
    """Draw the durations of ``n`` trips of a fleet, in order of the trips."""
    return durations_us(distribution, streams.uniforms(purpose, name, n))
