"""Draw what is random about departures and trips: capacity, delays, cancellations, driving times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import NamedTuple

import numpy as np

from fourport.plan.tables import NEVER, UNBOUND, Floats, Ints
from fourport.plan.timetables import Timetable
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.calendars import MONTHS
from fourport.scenario.models.transport import Cancellation, Service
from fourport.world.sampling import durations_us, quantile
from fourport.world.streams import Streams
from fourport.world.tables import Departures


def draw_departures(service: Service, name: str, timetable: Timetable, streams: Streams) -> Departures:
    """Draw the departures of a service over the horizon."""
    terms = _Terms(
        service.departure_delay,
        service.arrival_delay,
        service.cancellation,
        service.background,
        service.block_release,
    )
    return streams.once(
        ("departures", name),
        (terms, _by_value(timetable)),
        lambda: _departures(terms, timetable, _by_departure(timetable, name, streams)),
    )


class _Terms(NamedTuple):
    """What the scenario says of the departures of a service besides their timetable; as in its model."""

    departure_delay: Distribution[int] | None
    arrival_delay: Distribution[int] | None
    cancellation: Cancellation | None
    background: Distribution[float] | None
    block_release: int | None


def _by_value(timetable: Timetable) -> tuple[bytes, ...]:
    """Return what tells whether two timetables are equal."""
    columns = (getattr(timetable, column.name) for column in fields(timetable))
    return tuple(column.tobytes() for column in columns if isinstance(column, np.ndarray))


def _departures(terms: _Terms, timetable: Timetable, uniforms: Callable[[str], Floats]) -> Departures:
    late = leg = np.zeros(len(timetable.cutoff_us), dtype=np.int64)
    if terms.departure_delay is not None:
        late = np.rint(quantile(terms.departure_delay, uniforms("departure-delay"))).astype(np.int64)
    for begin, end in timetable.shut_us:  # ordered by begin: the end of one closure may lie in the next
        leaves = timetable.scheduled_us + late
        late = np.where((begin <= leaves) & (leaves < end), end - timetable.scheduled_us, late)
    if terms.arrival_delay is not None:
        leg = np.rint(quantile(terms.arrival_delay, uniforms("arrival-delay"))).astype(np.int64)
    cancelled = timetable.called_off.astype(np.bool_)
    if terms.cancellation is not None:
        rates = terms.cancellation
        by_month = np.array([rates.months.get(month, rates.share) for month in MONTHS])
        cancelled |= uniforms("cancellation") < by_month[timetable.month]
    background = np.zeros(len(late))
    if terms.background is not None:
        background = np.clip(quantile(terms.background, uniforms("background")), 0.0, 1.0)
    return Departures(
        first=np.array([0, len(late)], dtype=np.int64),
        cutoff_us=timetable.cutoff_us.copy(),
        scheduled_us=timetable.scheduled_us.copy(),
        departure_us=timetable.scheduled_us + late,
        arrival_us=timetable.arrival_us + late + leg,
        cancelled=cancelled,
        released_us=_released_us(terms.block_release, timetable),
        block_space=timetable.block.copy(),
        free_sale=free_sale(timetable, background),
        most_free_sale=most_free_sale(terms.background, timetable),
    )


def _released_us(block_release: int | None, timetable: Timetable) -> Ints:
    """Return when the block space of each departure is released, (D,); ``NEVER`` if it is kept."""
    if block_release is None:
        return np.full(len(timetable.cutoff_us), NEVER, dtype=np.int64)
    return np.minimum(timetable.scheduled_us - block_release, timetable.cutoff_us)


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
    services: Sequence[tuple[str, Timetable, Ints]],
    streams: Streams,
) -> Ints:
    """Draw how long a step takes for the goods of each arrival: arrivals and times, (2, A) us.

    Parameters
    ----------
    services
        Name, timetable and arrivals of each service that brings goods to the step.
    """

    def draw() -> Ints:
        lasts = [
            durations_us(duration, _by_departure(timetable, f"{key}|{name}", streams)("by-arrival"))
            for name, timetable, _ in services
        ]
        found = np.stack([np.concatenate([at for *_, at in services]), np.concatenate(lasts)])
        return found[:, np.argsort(found[0], kind="stable")]

    given = duration, [(name, _by_value(timetable)) for name, timetable, _ in services]
    return streams.once(("by-arrival", key), given, draw, [at for *_, at in services])


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


def most_free_sale(background: Distribution[float] | None, timetable: Timetable) -> Ints:
    """Return the free-sale capacity if background cargo is as small as its distribution allows, (D, 3)."""
    least = 0.0 if background is None else min(background.smallest, 1.0)
    return free_sale(timetable, np.full(len(timetable.capacity), least))


def draw_trips(distribution: Distribution[int], name: str, purpose: str, n: int, streams: Streams) -> Ints:
    """Draw the durations of ``n`` trips of a fleet, in order of the trips."""
    return streams.once(
        (purpose, name),
        (distribution, n),
        lambda: durations_us(distribution, streams.uniforms(purpose, name, n)),
    )
