"""Legs from one facility to another: scheduled services, fleets and trucking."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from fourport.scenario import ref
from fourport.scenario.base import Section, dates_ordered, one_of
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.calendars import WEEKDAYS, Closure, Month, Weekday, Weekdays
from fourport.scenario.titles import Title
from fourport.scenario.units import (
    Clock,
    Containers,
    Distance,
    Duration,
    Mass,
    PositiveDuration,
    Share,
    Volume,
)

Mode = Literal["sea", "air", "road", "rail"]
DIMENSIONS = ("weight", "volume", "containers")
"""Dimensions of a capacity, in kg, m3 and TEU."""
WEEKS = ("even", "odd")
"""Kinds of ISO weeks, by their number modulo 2."""


class Transport(Section):
    """Fields of all legs."""

    title: Title = ""
    """Title in tables and charts."""
    mode: Mode
    """Mode of transport."""
    origin: ref.Facility = Field(alias="from")
    """Facility where the leg begins."""
    destination: ref.Facility = Field(alias="to")
    """Facility where the leg ends."""
    distance: Distance
    """Length of the leg."""
    tariffs: ref.Tariffs = ()
    """Tariffs charged for the leg."""
    emissions: ref.Factor | None = None
    """Emission factor. If one leg of a route has a factor, all legs need one, with a scope in common."""


class Capacity(Section):
    """Capacity of a vehicle.

    A dimension that a capacity leaves out is not limited. A dimension that only the block space leaves out
    is reserved, too: in the same share of the capacity as those given, the least of them if they differ.
    """

    weight: Mass | None = None
    """Weight."""
    volume: Volume | None = None
    """Volume."""
    containers: Containers | None = None
    """Container slots."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.weight is None and self.volume is None and self.containers is None:
            raise ValueError("at least one of weight, volume, containers is needed")
        return self

    def given(self) -> dict[str, float]:
        """Return the dimensions that are given, in kg, m3, TEU."""
        found = {name: getattr(self, name) for name in DIMENSIONS}
        return {name: amount for name, amount in found.items() if amount is not None}


class Departure(Section):
    """Departures at one local time on some days of the week.

    A time that clocks skip when they go forward is refused on the day on which that happens; a time that
    comes twice when they go back is the first of the two.
    """

    days: Weekdays
    """Days of departure."""
    weeks: Literal["odd", "even"] | None = None
    """Only ISO weeks with an odd or an even number, by the local date of departure; all if left out."""
    departs: Clock
    """Local time of departure at ``from``."""
    arrives: Clock | None = None
    """Local time of arrival at ``to``; or give ``duration``."""
    arrives_day: int = Field(default=0, ge=-1, le=60)
    """Days between the local date of departure and that of arrival; -1 is the day before, as across the date
    line."""
    duration: PositiveDuration | None = None
    """Transit time, instead of ``arrives``."""
    valid_from: date | None = None
    """First day of validity. A timetable may hold rows of other seasons than that of the run."""
    valid_to: date | None = None
    """Last day of validity."""
    number: Title = ""
    """Number of the flight, voyage or train, in tables and charts."""
    cut_off: Duration | None = None
    """Latest acceptance before these departures, if it is not that of the service."""
    capacity: Capacity | None = None
    """Capacity of these departures, if it is not that of the service. Dimensions that are left out are those
    of the service."""

    @model_validator(mode="after")
    def _arrival(self) -> Self:
        one_of(arrives=self.arrives is not None, duration=self.duration is not None)
        return self

    @model_validator(mode="after")
    def _dates_ordered(self) -> Self:
        dates_ordered(self.valid_from, self.valid_to)
        return self

    def holds_on(self, day: date) -> bool:
        """True if the departure is valid on a day, whatever the day of the week."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)

    def leaves_on(self, day: date) -> bool:
        """True if the departure leaves on a day: weekday, validity and week."""
        return (
            WEEKDAYS[day.weekday()] in self.days
            and self.holds_on(day)
            and (self.weeks is None or self.weeks == WEEKS[day.isocalendar().week % 2])
        )

    def days_shared(self, other: Departure) -> tuple[Weekday, ...]:
        """Return the days of the week on which another departure of the service leaves at the same minute."""
        if {self.weeks, other.weeks} == {*WEEKS}:
            return ()
        first = max(one.valid_from or date.min for one in (self, other))
        last = min(one.valid_to or date.max for one in (self, other))
        valid = {WEEKDAYS[(first.weekday() + k) % 7] for k in range(min((last - first).days + 1, 7))}
        shared = valid.intersection(self.days, other.days) if self.departs == other.departs else ()
        return tuple(day for day in WEEKDAYS if day in shared)


class Cancellation(Section):
    """Departures that are cancelled."""

    share: Share
    """Share cancelled in months that are not named."""
    months: dict[Month, Share] = {}
    """Share cancelled, by month."""
    dates: tuple[date, ...] = ()
    """Local dates on which all departures are cancelled (dock days, strikes)."""


class Service(Transport):
    """A scheduled service: weekly departures with a cut-off and limited capacity."""

    timetable: Annotated[tuple[Departure, ...], Field(min_length=1)] = ()
    """Weekly departures; or give timetable_files."""
    timetable_files: Annotated[tuple[str, ...], Field(min_length=1)] = ()
    """Timetables (CSV), instead of ``timetable``, by their paths from the folder of this file;
    ``docs/timetables.md`` describes their columns."""
    cut_off: Duration
    """Latest acceptance before the scheduled departure."""
    capacity: Capacity
    """Capacity of a departure for all cargo."""
    background: Distribution[Share] | None = None
    """Share of the capacity taken by cargo that is not modelled."""
    block_space: Capacity | None = None
    """Reserved capacity that background cargo cannot take. It is at most the capacity, in dimensions that
    the capacity has."""
    block_release: PositiveDuration | None = None
    """How long before the scheduled departure the holder of the block space gives back what its goods do not
    need, at the latest at the cut-off. Space is kept for the goods of the block that have been accepted by
    then; the rest is open to all on free sale, to goods of the block accepted later, too. If left out,
    nobody else can have it."""
    too_large: Literal["refuse", "split"] = "refuse"
    """What becomes of a consignment for which no departure has room, not even with the least background
    cargo and nothing else aboard: the scenario is refused, or the consignment is split over several
    departures, in thousandths. A departure begins or goes on to split one of them at most. The leg begins
    with the departure of the last part, and ends when the latest part arrives."""
    cancellation: Cancellation | None = None
    """Departures that are cancelled."""
    departure_delay: Distribution[Duration] | None = None
    """Delay of the departure."""
    arrival_delay: Distribution[Duration] | None = None
    """Time lost under way."""
    closures: tuple[Closure, ...] = ()
    """Dated closures, such as a closed border. A departure scheduled in a closure is cancelled; one that
    is so late that it would leave in a closure leaves at its end."""

    @model_validator(mode="after")
    def _something_to_release(self) -> Self:
        if self.block_release is not None and self.block_space is None:
            raise ValueError("block_release is the release of block_space; allowed: both of them, or neither")
        return self

    @model_validator(mode="after")
    def _departures(self) -> Self:
        if not self.timetable and not self.timetable_files:
            raise ValueError("neither timetable nor timetable_files is given; allowed: one of the two")
        return self

    def cut_off_of(self, departure: Departure) -> int:
        """Return the time from the cut-off of a departure of the timetable until it leaves, us."""
        return self.cut_off if departure.cut_off is None else departure.cut_off

    def capacity_of(self, departure: Departure) -> Capacity:
        """Return the capacity of a departure of the timetable."""
        if departure.capacity is None:
            return self.capacity
        return self.capacity.model_copy(update=departure.capacity.given())

    def capacities(self) -> list[Capacity]:
        """Return each capacity that some departure has."""
        found = [self.capacity_of(departure) for departure in self.timetable]
        return list({tuple(one.given().items()): one for one in found or [self.capacity]}.values())

    def reserved(self, capacity: Capacity) -> Capacity | None:
        """Return the block space of a departure with a capacity, in each dimension of the capacity.

        A dimension that the block space leaves out has the least share of those given.
        """
        if self.block_space is None:
            return None
        whole, block = capacity.given(), self.block_space.given()
        shares = [block[name] / whole[name] for name in block if name in whole and block[name] > 0]
        least = min(shares, default=0.0)
        filled = {name: min(block.get(name, least * amount), amount) for name, amount in whole.items()}
        return Capacity.model_construct(None, **filled)


class Fleet(Transport):
    """Trucks that wait until they are full, or for ``max_consolidation_time``, and come back."""

    vehicles: int = Field(ge=1, le=100_000)
    """Number of trucks."""
    weight: Mass
    """Payload of a truck."""
    volume: Volume
    """Loading volume of a truck."""
    max_consolidation_time: PositiveDuration
    """Longest time from the first consignment loaded to the departure."""
    drive: Distribution[PositiveDuration]
    """Time from departure to arrival."""
    back: Distribution[PositiveDuration]
    """Time from arrival until the truck is back, unloading included."""
    calendar: ref.Calendar | None = None
    """Calendar, in local time of ``from``, within which trucks load and depart; round the clock if left out.
    Trucks under way when it closes drive on, and come back. One that is loading then goes on at the next
    opening, and leaves at once if its consolidation time is over."""


class Trucking(Transport):
    """A leg without a queue: a truck is always available."""

    duration: Distribution[PositiveDuration]
    """Time from pick-up to arrival."""
    calendar: ref.Calendar | None = None
    """Calendar, in local time of ``from``, within which trips begin; round the clock if left out. Goods that
    come outside of it wait for the next opening. A trip under way when it closes goes on."""
