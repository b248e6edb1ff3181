"""Compute the invoice of every consignment: an amount for each line of its route.

Amounts are float64 in the reporting currency, and a total *is* the sum of its lines, added in their order.
Adding a hundred lines in another order changes a total by less than 1e-13 of it, so an invoice of a hundred
million is correct to the last cent. Rounding the amounts would gain nothing and would distort small ones,
such as the inventory cost of a parcel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from fourport.ledger.departures import CarriedAmounts, carried_amounts
from fourport.ledger.lines import LineInfo, lines_of, tariff_uses, time_lines
from fourport.ledger.margins import margins_of
from fourport.ledger.quantities import Shipments
from fourport.ledger.route_consignments import RouteConsignments
from fourport.ledger.tariff import PriceList, charges, price_list
from fourport.ledger.time import time_costs
from fourport.ledger.use import TariffUse, Visit
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Floats, Ints
from fourport.trace import Trace
from fourport.world.sizes import parcels

BLOCK = 1 << 14
"""Number of consignments charged at a time: few enough to keep their vectors in the processor's cache."""


@dataclass(frozen=True)
class RouteInvoice:
    """The invoices of the ``n`` consignments of one route, with ``k`` lines each.

    Attributes
    ----------
    lines
        What the columns of ``amounts`` are for.
    consignments
        (n,) ids, ascending.
    amounts
        (n, k) reporting currency, stored by column; 0 for a step that the consignment did not finish.
    """

    lines: tuple[LineInfo, ...]
    consignments: Ints
    amounts: Floats

    def rows_of(self, ids: Ints) -> slice | Ints:
        """Return the rows of some of the consignments, at least one: if they can be, a slice."""
        rows = np.searchsorted(self.consignments, ids)
        first, last = int(rows[0]), int(rows[-1]) + 1
        return slice(first, last) if last - first == len(rows) else rows

    def total(self, columns: Iterable[int] | None = None) -> Floats:
        """Add up the given columns in the order of the lines, (n,); by default all of them."""
        total = np.zeros(len(self.consignments))
        for k in range(len(self.lines)) if columns is None else sorted(columns):
            total += self.amounts[:, k]
        return total

    def freight(self) -> Floats:
        """Add up the lines that are freight, (n,)."""
        return self.total(k for k, line in enumerate(self.lines) if line.freight)

    def logistics(self) -> Floats:
        """Add up all lines but the charges on value, (n,)."""
        return self.total(k for k, line in enumerate(self.lines) if not line.on_value)

    def on_value(self) -> Floats:
        """Add up the charges on value, (n,)."""
        return self.total(k for k, line in enumerate(self.lines) if line.on_value)


@dataclass(frozen=True)
class Invoice:
    """The invoices of a run with ``n`` consignments, in the reporting currency.

    Attributes
    ----------
    routes
        One entry for each route of the plan.
    amounts
        Amounts of all routes in one array, which those of each route are a part of: line by line.
    freight_cost
        (n,) transport and handling from the origin hub to the arrival at the destination hub.
    logistics_cost
        (n,) every line from door to door, including time, but for the charges on value.
    charges_on_value
        (n,) insurance, duties, taxes and fees in the categories insurance and duty.
    """

    routes: tuple[RouteInvoice, ...]
    amounts: Floats
    freight_cost: Floats
    logistics_cost: Floats
    charges_on_value: Floats

    @property
    def lines(self) -> tuple[LineInfo, ...]:
        """The lines of all routes, route by route."""
        return tuple(line for route in self.routes for line in route.lines)


class Goods:
    """Goods of several routes, and what they are charged by tariffs that look at the goods alone.

    Such a tariff is charged once for all routes, at however many steps they name it.
    """

    def __init__(self, shipments: Shipments) -> None:
        self.shipments = shipments
        self._charged: dict[str, list[Floats]] = {}

    def charges(self, tariff: str, prices: PriceList) -> list[Floats]:
        """Charge a tariff of the scenario to all of the goods, wherever its prices are read."""
        if tariff not in self._charged:
            self._charged[tariff] = charges(prices, self.shipments)
        return self._charged[tariff]


class Ledger:
    """Invoice the consignments of a run, with their own sizes and values or with others.

    What depends on the trace alone (who did what, when, time in store) is computed once for each route, when
    the route is first invoiced.

    Parameters
    ----------
    corridor, trace
        A run.
    carried
        What the run's departures carry. Needed if the trace has only some of the run's consignments; computed
        from the trace by default.
    """

    def __init__(self, corridor: Corridor, trace: Trace, carried: CarriedAmounts | None = None) -> None:
        self.corridor, self.trace, self.world = corridor, trace, trace.world
        self._carried = carried_amounts(corridor, trace) if carried is None else carried
        self._consignments: dict[int, RouteConsignments] = {}

    def invoice(self, size: Ints | None = None, value: Floats | None = None) -> Invoice:
        """Invoice every consignment for what it did.

        A step's tariffs are charged to the consignments that finished the step. An inspection therefore
        costs only the inspected consignments, and an undelivered consignment pays for the steps it has
        finished.

        Parameters
        ----------
        size, value
            (n, 3) and (n,) as in :class:`World`; those of the world by default.

        Raises
        ------
        Refused
            If the freight scope of a route is not on it.
        KeyError
            If the scenario has no exchange rate for the currency of a tariff.
        """
        size = self.world.size if size is None else size
        value = self.world.value if value is None else value
        freight_cost, logistics_cost, on_value = (np.zeros(self.world.n) for _ in range(3))
        routes, amounts = self._routes(range(self.corridor.plan.n_routes), size, value)
        for one in routes:
            freight_cost[one.consignments] = one.freight()
            logistics_cost[one.consignments] = one.logistics()
            on_value[one.consignments] = one.on_value()
        return Invoice(routes, amounts, freight_cost, logistics_cost, on_value)

    def route(self, route: int, size: Ints, value: Floats) -> RouteInvoice:
        """Invoice the consignments of one route; ``size`` and ``value`` are those of all consignments."""
        return self._routes([route], size, value)[0][0]

    def _routes(
        self, routes: Sequence[int], size: Ints, value: Floats
    ) -> tuple[tuple[RouteInvoice, ...], Floats]:
        """Invoice the consignments of some routes, those of all at once where only the goods matter.

        Returns
        -------
        The invoices of each route, and the amounts of all of them, as in :class:`Invoice`.
        """
        scenario, world = self.corridor.scenario, self.world
        each = [self._of_route(route) for route in routes]
        lines = [lines_of(self.corridor, route) for route in routes]
        ends = np.cumsum([len(of.ids) * len(its) for of, its in zip(each, lines, strict=True)])
        every = np.empty(ends[-1])
        found = [
            RouteInvoice(its, of.ids, part.reshape(len(its), len(of.ids)).T)
            for of, its, part in zip(each, lines, np.split(every, ends[:-1]), strict=True)
        ]
        for batch in _batches([len(of.ids) for of in each]):
            ids = np.concatenate([each[k].ids[block] for k, block in batch])
            held = parcels(size[ids, 0], world.commodity[ids], scenario.commodities.values())
            goods, begin = Goods(Shipments.of(size[ids], held, value[ids])), 0
            for k, block in batch:
                end = begin + block.stop - block.start
                self._charge(routes[k], block, goods, slice(begin, end), found[k].amounts[block])
                begin = end
        for of, its in zip(each, found, strict=True):
            costs = [*time_costs(scenario, of, value[of.ids])]
            for column, cost in enumerate(costs, len(its.lines) - len(costs)):
                its.amounts[:, column] = cost
        return tuple(found), every

    def _of_route(self, route: int) -> RouteConsignments:
        if route not in self._consignments:
            self._consignments[route] = RouteConsignments(self.corridor, self.trace, route, self._carried)
        return self._consignments[route]

    def _charge(self, route: int, block: slice, goods: Goods, rows: slice, amounts: Floats) -> None:
        """Fill the columns of all lines but the cost of time, (n, k).

        Parameters
        ----------
        block, rows
            The consignments among those of the route, and among the goods.
        """
        consignments, shipments = self._of_route(route), goods.shipments.part(rows)
        visits = consignments.visits
        if len(shipments) < len(consignments.ids):
            visits = {step: visit.take(block) for step, visit in visits.items()}
        done = {step: of[block].astype(np.float64) for step, of in consignments.done.items()}
        column = 0
        for step, tariff in tariff_uses(self.corridor, route):
            prices = price_list(self.corridor, tariff, visits[step].zone)
            if prices.of_goods:
                charged = [whole[rows] for whole in goods.charges(tariff, prices)]
            else:
                charged = charges(prices, shipments, visits[step])
            for one in charged:
                np.multiply(one, done[step], out=amounts[:, column])
                column += 1
        of_time = time_lines(self.corridor.scenario.value_of_time)
        assert column + len(of_time) == amounts.shape[1], "a line without amounts"
        self._charge_margins(route, shipments, visits, done, amounts)

    def _charge_margins(
        self,
        route: int,
        shipments: Shipments,
        visits: Mapping[int, Visit],
        done: Mapping[int, Floats],
        amounts: Floats,
    ) -> None:
        """Fill the columns of margins, (n, k), in their order, when all others are charged.

        Parameters
        ----------
        visits, done
            By step, the visits, and (n,) 1 for consignments that finished the step and 0 for others.
        """
        for margin in margins_of(self.corridor, route):
            on = {unit: amounts[:, list(of)].sum(axis=1) for unit, of in margin.of.items()}
            charged = margin.prices.charged(TariffUse(shipments, visits[margin.step], charged=on))
            np.multiply(charged, done[margin.step], out=amounts[:, margin.column])


def _batches(sizes: Sequence[int]) -> Iterator[list[tuple[int, slice]]]:
    """Yield which consignments of which routes are charged together, at most :data:`BLOCK` of them.

    Parameters
    ----------
    sizes
        Number of consignments of each route.
    """
    batch: list[tuple[int, slice]] = []
    held = 0
    for k, size in enumerate(sizes):
        for first in range(0, size, BLOCK):
            block = slice(first, min(first + BLOCK, size))
            if held + block.stop - block.start > BLOCK:
                yield batch
                batch, held = [], 0
            batch.append((k, block))
            held += block.stop - block.start
    if batch:
        yield batch


def invoice(corridor: Corridor, trace: Trace) -> Invoice:
    """Invoice every consignment of one run for what it did; see :meth:`Ledger.invoice`."""
    return Ledger(corridor, trace).invoice()
