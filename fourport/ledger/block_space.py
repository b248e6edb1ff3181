"""Work out what block space was paid for and not used, and which goods it is charged to."""

from __future__ import annotations

import numpy as np

from fourport.ledger.quantities import Shipments
from fourport.plan.corridor import Corridor
from fourport.plan.tables import NEVER, WEEK, Floats, Kind, Space
from fourport.plan.timetables import UNITS_A_KG, UNITS_A_M3, UNITS_A_TEU
from fourport.scenario.models.tariffs import Basis, Sharing
from fourport.trace import Trace

COUNTED: dict[Basis, tuple[int, int]] = {
    "gross-weight": (0, UNITS_A_KG),
    "chargeable-weight": (0, UNITS_A_KG),
    "volume": (1, UNITS_A_M3),
    "containers": (2, UNITS_A_TEU),
}
"""Dimension of the block space that each basis counts, and internal units in one of its own."""


def carried_for_unused(
    corridor: Corridor, trace: Trace, goods: Shipments, service: int, sharing: Sharing, divisor: float
) -> Floats:
    """Return how much the block carried for each unit of unused space, by departure, (D,).

    It is the same for all departures of a week of the run; infinite in a week in which all space is used, 0
    if the block never carries anything.

    Parameters
    ----------
    goods
        All consignments of the run.
    """
    departures = trace.world.departures.of(service)
    used, known = _booked(corridor, trace, service, goods.quantity(sharing.basis, divisor), sharing)
    leaves = ~departures.cancelled & (departures.departure_us < corridor.plan.end_us)
    dimension, units = COUNTED[sharing.basis]
    committed = sharing.committed * departures.block_space[:, dimension] / units
    committed = np.where(leaves, committed, 0.0)
    if (departures.released_us != NEVER).any():
        sold = _taken_by_others(corridor, trace, service, dimension) / units
        unused = unused_if_offered(committed, used, sold, sharing)
    else:
        unused = unused_space(committed, used, known, sharing, int(leaves.sum()))
    week = (departures.scheduled_us - corridor.plan.start_us) // WEEK
    carried_of, unused_of = np.bincount(week, used), np.bincount(week, unused)
    with_goods = np.flatnonzero(carried_of)
    if not len(with_goods):
        return np.zeros(len(week))
    # A week without goods is charged to the next one with some, after the last of these to this.
    bears = np.minimum(np.searchsorted(with_goods, np.arange(len(carried_of))), len(with_goods) - 1)
    charged_to = np.bincount(with_goods[bears], unused_of, minlength=len(carried_of))
    full = np.full(len(carried_of), np.inf)
    ratio: Floats = np.divide(carried_of, charged_to, out=full, where=charged_to > 0)
    return ratio[week]


def unused_space(committed: Floats, used: Floats, known: Floats, sharing: Sharing, n_leave: int) -> Floats:
    """Return the unused space of each departure that is charged, (D,).

    Parameters
    ----------
    committed
        (D,) space that must be paid for; 0 for a cancelled departure.
    used, known
        (D,) what goods take, and of these, those that were accepted by the release.
    n_leave
        Number of departures that are not cancelled, over which later goods are averaged.
    """
    if not sharing.release_us:
        return np.maximum(committed - used, 0.0)
    later = (used - known).sum() / max(n_leave, 1)
    kept = np.minimum(committed, known + later)
    unsold = (1.0 - sharing.sold) * np.maximum(committed - np.maximum(kept, used), 0.0)
    found: Floats = np.maximum(kept - used, 0.0) + unsold
    return found


def unused_if_offered(committed: Floats, used: Floats, taken: Floats, sharing: Sharing) -> Floats:
    """Return the unused space of each departure that is charged if others could take it in the run, (D,).

    Parameters
    ----------
    committed
        (D,) space that must be paid for; 0 for a cancelled departure.
    used, taken
        (D,) what goods of the block and what other goods take of it.
    """
    found: Floats = (1.0 - sharing.sold) * np.maximum(committed - used - taken, 0.0)
    return found


def _taken_by_others(corridor: Corridor, trace: Trace, service: int, dimension: int) -> Floats:
    """Return what goods that are not booked on the block take beyond free sale, by departure, (D,)."""
    plan, departures = corridor.plan, trace.world.departures.of(service)
    load = np.zeros(len(departures.cutoff_us))
    on_free_sale = (plan.step_kind == Kind.SERVICE) & (plan.step_provider == service)
    for s in np.flatnonzero(on_free_sale & (plan.step_space == Space.FREE)).tolist():
        loads = trace.at(s).loads
        amounts = loads.of(trace.world.size[trace.at(s).ids])[:, dimension]
        load += np.bincount(loads.departure_index, amounts, minlength=len(load))
    found: Floats = np.maximum(load - departures.free_sale[:, dimension], 0.0)
    return found


def _booked(
    corridor: Corridor, trace: Trace, service: int, quantity: Floats, sharing: Sharing
) -> tuple[Floats, Floats]:
    """Return what goods booked on the block take of each departure, all and those accepted by the release.

    Parameters
    ----------
    quantity
        (n,) of each consignment of the run.
    """
    plan, world = corridor.plan, trace.world
    departures = world.departures.of(service)
    n = len(departures.cutoff_us)
    used, known = np.zeros(n), np.zeros(n)
    on_block = (plan.step_kind == Kind.SERVICE) & (plan.step_provider == service)
    for s in np.flatnonzero(on_block & (plan.step_space == Space.BLOCK)).tolist():
        loads = trace.at(s).loads
        ids, of = trace.at(s).ids[loads.place], loads.departure_index
        amounts = quantity[ids] * loads.share
        by_then = world.entry_us[ids] <= departures.scheduled_us[of] - sharing.release_us
        used += np.bincount(of, amounts, minlength=n)
        known += np.bincount(of, amounts * by_then, minlength=n)
    return used, known
