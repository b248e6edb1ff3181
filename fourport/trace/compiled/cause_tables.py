"""The arrays with which the time of consignments is added up by cause (see :mod:`fourport.trace.totals`)."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fourport.machine import Routine
from fourport.plan.tables import Ints
from fourport.trace.compiled.tables import Happened, Places
from fourport.world.tables import Flags


class Steps(NamedTuple):
    """Steps of the goods, and of declarations for which they wait, (k,) each.

    Attributes
    ----------
    step
        The step of the plan.
    join
        Step at which the goods wait for the declaration of which it is a step; -1 if it is one of the goods.
    leg, service
        Leg by services, and this service among those of all legs; -1 for none.
    fleet
        Fleet of trucks; -1 for none.
    opening
        What must be open for it to begin, in :class:`Openings`.
    waits_for, does
        Cause of the time until it begins, while that is open, and of the time from there to the end. With
        services and trucks neither counts. The first is -1 where nobody may wait: then the causes do not add
        up to the time of who waits there, which the checks report.
    rests
        Whether the work rests while its server is off duty.
    """

    step: Ints
    join: Ints
    leg: Ints
    service: Ints
    fleet: Ints
    opening: Ints
    waits_for: Ints
    does: Ints
    rests: Flags


class Openings(NamedTuple):
    """When resources are open, and behind them the hours of legs; last something that always is.

    Attributes
    ----------
    first
        (N + H + 2,) range of each in what follows.
    turn_us, servers
        From when how many servers are on duty, us UTC; of hours 1 if they are open.
    """

    first: Ints
    turn_us: Ints
    servers: Ints


class Legs(NamedTuple):
    """The departures that goods could take on each leg by services, in the order in which they try them.

    Attributes
    ----------
    first, within_us
        (legs + 1,), (legs,) range of each leg in what follows; how long after their arrival goods are kept
        for a preferred service, below 0 if none is preferred.
    cutoff_us, scheduled_us, kept_us, departure
        As in :class:`~fourport.trace.offers.Offers`.
        The departure is the number among those of all services.
    first_of_service, place
        (services of legs + 1,) range of each service in the next one; by its departures, their place in the
        above.
    """

    first: Ints
    within_us: Ints
    cutoff_us: Ints
    scheduled_us: Ints
    kept_us: Ints
    departure: Ints
    first_of_service: Ints
    place: Ints


class Vehicles(NamedTuple):
    """What happened to departures of services, and to trips of fleets.

    Attributes
    ----------
    cancelled, left_us, due_us
        (D,) by departure: whether it was cancelled, when it left, and when it was due from then on.
    first_of_fleet, open_us
        (F + 1,) range of each fleet in the next one; by trip, when the truck began to load, us UTC.
    """

    cancelled: Flags
    left_us: Ints
    due_us: Ints
    first_of_fleet: Ints
    open_us: Ints


class Totals(NamedTuple):
    """What is written.

    Attributes
    ----------
    by_cause
        (number of causes, n) time of each consignment, us; zeros at first.
    """

    by_cause: Annotated[Ints, 2]


TIME_BY_CAUSE = Routine(
    "time-by-cause",
    "fourport.trace.compiled.time_by_cause",
    (Steps, Openings, Legs, Vehicles, Places, Happened, Totals),
)
