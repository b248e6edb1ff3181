"""What the check of vehicles reads and writes: what departures and trips took, and when these goods moved."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from fourport.machine import Routine, readable, run
from fourport.plan.once import once
from fourport.plan.tables import Ints, Kind, Plan
from fourport.study.replication import Movement
from fourport.trace.compiled import Happened, Places
from fourport.world.tables import Flags


class Legs(NamedTuple):
    """Goods at legs, where vehicles take them. ``S`` steps, ``n`` consignments.

    Attributes
    ----------
    step, carrier
        (s,) steps that are legs, and who carries there: a service, or after all of these a fleet.
    in_parts
        (S,) whether any goods go in parts at a step; it is not looked at.
    size
        (n, 3) g, cm3 and micro-TEU, by consignment.
    """

    step: Ints
    carrier: Ints
    in_parts: Flags
    size: Annotated[Ints, 2]


class Vehicles(NamedTuple):
    """The ``v`` departures of all services, and then the trips of all fleets.

    Attributes
    ----------
    first
        (carriers + 1,) first vehicle of each carrier.
    leaves_us, lasts_us
        (v,) departure, us UTC, and time from then to the arrival, us.
    cancelled
        (v,) whether it is cancelled.
    """

    first: Ints
    leaves_us: Ints
    lasts_us: Ints
    cancelled: Flags


class Carried(NamedTuple):
    """What the check writes.

    Attributes
    ----------
    size
        (v, 3) what each vehicle took, g, cm3 and micro-TEU.
    by_cancelled
        (carriers,) whether a cancelled vehicle took goods.
    otherwise
        (S,) whether any goods at a leg moved otherwise than a vehicle that took them whole.
    """

    size: Annotated[Ints, 2]
    by_cancelled: Flags
    otherwise: Flags


CARRIAGE = Routine("carriage", "fourport.study.checks.carriage", (Legs, Vehicles, Places, Happened, Carried))


def carried_by(movement: Movement) -> tuple[Vehicles, Carried]:
    """Return the vehicles, and what they took."""
    plan, trace, world = movement.corridor.plan, movement.trace, movement.world
    vehicles, n_steps = _vehicles(movement), len(plan.step_kind)
    carried = Carried(
        np.zeros((len(vehicles.leaves_us), 3), dtype=np.int64),
        np.zeros(len(vehicles.first) - 1, dtype=np.bool_),
        np.zeros(n_steps, dtype=np.bool_),
    )
    step, carrier = _legs(plan)
    in_parts = np.zeros(n_steps, dtype=np.bool_)
    if len(trace.parts.row):
        first_row = trace.places.first_row
        in_parts[np.searchsorted(first_row, trace.parts.row, side="right") - 1] = True
    legs = readable(Legs(step, carrier, in_parts, world.size))
    run(CARRIAGE, legs, readable(vehicles), trace.places, readable(trace.happened), carried)
    for k in np.flatnonzero(in_parts[step]).tolist():
        at, loads = trace.at(step[k]), trace.at(step[k]).loads
        vehicle = vehicles.first[carrier[k]] + loads.departure_index
        np.add.at(carried.size, vehicle, loads.of(world.size[at.ids]))
        carried.by_cancelled[carrier[k]] |= vehicles.cancelled[vehicle].any()
        carried.otherwise[step[k]] = True
    return vehicles, carried


@once
def _legs(plan: Plan) -> tuple[Ints, Ints]:
    """Return the steps that are legs, and who carries there."""
    step = np.flatnonzero((plan.step_kind == Kind.SERVICE) | (plan.step_kind == Kind.FLEET))
    of_fleet = plan.step_kind[step] == Kind.FLEET
    return step, plan.step_provider[step] + np.where(of_fleet, len(plan.names.services), 0)


def _vehicles(movement: Movement) -> Vehicles:
    departures, drives = movement.world.departures, movement.world.drives
    trips = [trips.departure_us for trips in movement.trace.trips]
    lasts = [
        drives.out_us[first:][: len(of)] for first, of in zip(drives.first.tolist(), trips, strict=False)
    ]
    ends = len(departures.cancelled) + np.cumsum([len(of) for of in trips], dtype=np.int64)
    return Vehicles(
        first=np.concatenate([departures.first, ends]),
        leaves_us=np.concatenate([departures.departure_us, *trips]),
        lasts_us=np.concatenate([departures.arrival_us - departures.departure_us, *lasts]),
        cancelled=np.append(departures.cancelled, np.zeros(sum(map(len, trips)), dtype=np.bool_)),
    )
