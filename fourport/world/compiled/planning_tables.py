"""The arrays with which departures are planned (see :mod:`fourport.world.planned`)."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fourport.machine import Routine
from fourport.plan.tables import Ints
from fourport.world.tables import Flags


class Steps(NamedTuple):
    """Steps with which forwarders plan, (k,) by route; behind them those of declarations.

    Attributes
    ----------
    first_of_route
        (R + 1,) range of each route; empty if nothing is planned on it.
    kind
        Kind of the step, as in the plan.
    condition
        Condition without which it is left out; -1 for none.
    opening
        What must be open for it to begin, in :class:`Openings`; -1 for nothing.
    late_us, own_time
        Late quantile of how long it takes; if each consignment takes a time of its own, the row of
        ``Goods.takes_us``, otherwise -1.
    rests
        Whether the work rests while the first server is off duty.
    hold_us
        Longest consolidation time of a truck.
    service, service_end, is_hub
        Range of the services of a leg in :class:`Legs`, and whether goods leave the hub by them.
    declaration, declaration_end, track
        Range, in these arrays, of the steps of a declaration for which goods wait, and its track.
    early_track, early_condition
        Declaration track that is started when the step begins, and its condition; -1 for none and for always.
    """

    first_of_route: Ints
    kind: Ints
    condition: Ints
    opening: Ints
    late_us: Ints
    own_time: Ints
    rests: Flags
    hold_us: Ints
    service: Ints
    service_end: Ints
    is_hub: Flags
    declaration: Ints
    declaration_end: Ints
    track: Ints
    early_track: Ints
    early_condition: Ints


class Openings(NamedTuple):
    """When resources are open, and behind them the hours of legs.

    Attributes
    ----------
    first
        (N + H + 1,) range of each in what follows.
    turn_us, servers
        From when how many servers are on duty, us UTC; of hours 1 if they are open.
    near
        (k,) turn that was looked up last for a step: that of the next consignment is not far.
    """

    first: Ints
    turn_us: Ints
    servers: Ints
    near: Ints


class Legs(NamedTuple):
    """Departures of the services of legs, of which it is not known at the acceptance that they are cancelled.

    Attributes
    ----------
    first, within_us
        (services + 1,), (services,) range of each in what follows; how long after their arrival goods are
        kept for it, below 0 if no service is preferred.
    cutoff_us, left_us, arrival_us
        As scheduled, us UTC, in order of cut-off, from which the allowance is taken off.
    place
        Place among the departures from the hub; -1 elsewhere.
    near
        (services,) departure of each that was looked up last, likewise.
    """

    first: Ints
    within_us: Ints
    cutoff_us: Ints
    left_us: Ints
    arrival_us: Ints
    place: Ints
    near: Ints


class Goods(NamedTuple):
    """The ``n`` consignments.

    Attributes
    ----------
    ids
        (n,) by route, the consignments.
    entry_us, route
        (n,) by consignment, acceptance, us UTC, and route.
    holds
        (C, n) which conditions hold.
    takes_us
        (rows, n) how long steps take of which each consignment takes its own time.
    """

    ids: Ints
    entry_us: Ints
    route: Ints
    holds: Annotated[Flags, 2]
    takes_us: Annotated[Ints, 2]


class Planned(NamedTuple):
    """What is written.

    Attributes
    ----------
    departure
        (n,) the planned departure; -1 for none.
    filer, filed_us
        (T,) the last consignment for which a declaration track was started early, and when, us UTC.
    """

    departure: Ints
    filer: Ints
    filed_us: Ints


PLANNING = Routine(
    "planning",
    "fourport.world.compiled.planning",
    (Steps, Openings, Legs, Goods, Planned, int),
)
