"""One replication: draw, run, invoice, attribute, check."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fourport.engine import Milestones, simulate
from fourport.engine.causes import cause_totals
from fourport.ledger import Invoice, invoice
from fourport.ledger.emissions import emissions
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Floats, Ints
from fourport.scenario.models.emissions import Scope
from fourport.study.clearance import Clearance, clearance_of
from fourport.world.draw import draw
from fourport.world.outcomes import outcomes
from fourport.world.planned import planned_departures
from fourport.world.tables import Flags, World


@dataclass(frozen=True)
class Movement:
    """What an engine has made of a world; ``n`` consignments.

    Attributes
    ----------
    delivered_us
        (n,) us UTC; ``NEVER`` for the undelivered.
    in_window
        (n,) belongs to the cohort measured.
    holds
        (C, n) which conditions hold.
    """

    corridor: Corridor
    world: World
    milestones: Milestones
    delivered_us: Ints
    in_window: Flags
    holds: Flags


@dataclass(frozen=True)
class Replication(Movement):
    """All that is known of one replication; ``n`` consignments.

    Attributes
    ----------
    emissions
        (n,) kg CO2e by scope, NaN where they are not known.
    planned
        (n,) departure planned on the scheduled service that counts; -1 none.
    as_planned
        (n,) it left by that departure or an earlier one.
    before_planned
        (n,) it left by an earlier one.
    clearance
        What customs did.
    causes
        (n, causes) us; the columns are :data:`fourport.engine.causes.CAUSES`.
    """

    invoice: Invoice
    emissions: dict[Scope, Floats]
    planned: Ints
    as_planned: Flags
    before_planned: Flags
    clearance: Clearance
    causes: Ints


def replicate(corridor: Corridor, seed: int, replication: int) -> Replication:
    """Run one replication."""
    world = draw(corridor, seed, replication)
    return assemble(corridor, world, simulate(corridor.plan, world))


def move(corridor: Corridor, seed: int, replication: int) -> Movement:
    """Run one replication, and work out no more than who came through, and when."""
    world = draw(corridor, seed, replication)
    return _moved(corridor, world, simulate(corridor.plan, world))


def _moved(corridor: Corridor, world: World, milestones: Milestones) -> Movement:
    plan = corridor.plan
    last = world.first_event_row[:-1] + plan.route_n_main[world.route] - 1
    return Movement(
        corridor=corridor,
        world=world,
        milestones=milestones,
        delivered_us=milestones.end_us[last] if world.n else np.empty(0, dtype=np.int64),
        in_window=(world.entry_us >= plan.window_start_us) & (world.entry_us < plan.window_end_us),
        holds=outcomes(plan, world),
    )


def assemble(corridor: Corridor, world: World, milestones: Milestones) -> Replication:
    """Work out of an engine's milestones what a study needs."""
    plan, movement = corridor.plan, _moved(corridor, world, milestones)
    step, planned = planned_departures(corridor, world)
    event_row = world.first_event_row[:-1] + np.maximum(step - plan.route_first_step[world.route], 0)
    taken = np.where(step >= 0, milestones.departure_index[event_row], -1)
    billed = invoice(corridor, world, milestones)
    return Replication(
        **vars(movement),
        invoice=billed,
        emissions=emissions(corridor, world, milestones),
        planned=planned,
        as_planned=(taken >= 0) & (taken <= planned),
        before_planned=(taken >= 0) & (taken < planned),
        clearance=clearance_of(corridor, world, milestones, movement.holds, billed),
        causes=cause_totals(corridor, world, milestones),
    )
