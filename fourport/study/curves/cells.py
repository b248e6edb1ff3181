"""Price the cells of a route-choice map: goods of a value and chargeable weight on each route."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fourport.ledger import Ledger, RouteInvoice
from fourport.plan.tables import Floats
from fourport.study.curves.axes import CM3_A_KG
from fourport.study.curves.journeys import Journeys, Kept, same_goods
from fourport.world.sizes import sizes

PROPORTIONAL = 1e-9
"""Largest relative deviation from proportionality that is taken for rounding."""


@dataclass(frozen=True)
class Cells:
    """Some rows of the map of a lane.

    Attributes
    ----------
    values
        Values per kg, ascending.
    weights
        Chargeable weights of the rows, kg.
    """

    lane: str
    routes: tuple[str, ...]
    values: tuple[float, ...]
    weights: tuple[float, ...]


def price_cells(cells: Cells, kept: Kept) -> Floats:
    """Return the logistics cost and the kilograms in a replication, (2, weights, values, routes).

    Both are zero for a route by which the replication delivered nothing.

    Most lines of an invoice either do not depend on the value of the goods or are proportional to it. If that
    holds for all lines of the lightest and the heaviest row, one invoice per row prices all its values;
    otherwise every cell is priced separately.
    """
    journeys = same_goods(kept, cells.lane, cells.routes)
    names = journeys.corridor.plan.names.routes
    goods = _Goods(journeys)
    found = [_route_cells(goods, names.index(route), cells.values, cells.weights) for route in cells.routes]
    return np.stack(found, axis=3)


class _Goods:
    """Goods of any chargeable weight and value on the same journeys.

    Data of the journeys is computed once.
    """

    def __init__(self, journeys: Journeys) -> None:
        world = journeys.world
        self.load = journeys.corridor.scenario.container_load
        self.ledger = Ledger(journeys.corridor, journeys.trace, journeys.carried)
        self.cm3_a_kg = world.size[:, 1] / journeys.kg

    def invoice(self, route: int, chargeable: float, per_kg: float) -> tuple[RouteInvoice, float]:
        """Return the invoice of a route at a chargeable weight, and the total gross weight."""
        kg = chargeable / np.maximum(1.0, self.cm3_a_kg / CM3_A_KG)
        size = sizes(kg, kg * self.cm3_a_kg / 1e6, self.load)
        found = self.ledger.route(route, size, kg * per_kg)
        return found, float(kg[found.consignments].sum())


def _route_cells(goods: _Goods, route: int, values: Sequence[float], weights: Sequence[float]) -> Floats:
    """Return cost and kilograms on one route, (2, weights, values)."""
    lines = _by_value(goods, route, values, (weights[0], weights[-1]))
    if lines is None:
        each = [[_cost(*goods.invoice(route, weight, v)) for v in values] for weight in weights]
        return np.array(each).transpose(2, 0, 1)
    rows = []
    for weight in weights:
        found, kg = goods.invoice(route, weight, values[-1])
        by_value = found.total(lines).sum()
        rest = found.total(k for k in _logistics(found) if k not in lines).sum()
        cost = rest + by_value * np.asarray(values) / values[-1]
        rows.append([cost, np.full(len(values), kg)])
    return np.stack(rows, axis=1)


def _cost(found: RouteInvoice, kg: float) -> tuple[float, float]:
    return float(found.logistics().sum()), kg


def _logistics(found: RouteInvoice) -> list[int]:
    """Return the lines of the logistics cost."""
    return [k for k, line in enumerate(found.lines) if not line.on_value]


def _by_value(
    goods: _Goods, route: int, values: Sequence[float], weights: Sequence[float]
) -> set[int] | None:
    """Return the lines proportional to value; None if any is neither proportional nor constant."""
    lines: set[int] = set()
    for weight in weights:
        cheap, dear = (goods.invoice(route, weight, value)[0] for value in (values[0], values[-1]))
        low, high = cheap.amounts, dear.amounts
        for k in _logistics(cheap):
            if np.array_equal(low[:, k], high[:, k]):
                continue
            if not np.allclose(low[:, k] * (values[-1] / values[0]), high[:, k], rtol=PROPORTIONAL, atol=0):
                return None
            lines.add(k)
    return lines
