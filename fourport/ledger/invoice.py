"""Compute the invoice of every consignment: an amount for each line of its route.

Amounts are float64 in the reporting currency, and a total *is* the sum of its lines, added in their order.
Adding a hundred lines in another order changes a total by less than 1e-13 of it, so an invoice of a hundred
million is correct to the last cent. Rounding the amounts would gain nothing and would distort small ones,
such as the inventory cost of a parcel.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np

from fourport.ledger.compiled.tables import LISTING, TOTALS, Invoices, Lists, Totals
from fourport.ledger.departures import CarriedAmounts, carried_amounts
from fourport.ledger.lines import LineInfo, lines_of
from fourport.ledger.margins import margins_of
from fourport.ledger.quantities import Shipments
from fourport.ledger.route_consignments import RouteConsignments, charged_at_once
from fourport.ledger.tariff import charges
from fourport.ledger.time import time_costs
from fourport.ledger.use import TariffUse, Visit
from fourport.machine import readable, run
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import Floats, Ints, firsts
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


@dataclass(frozen=True)
class Invoice:
    """The invoices of a run with ``n`` consignments, in the reporting currency.

    Attributes
    ----------
    routes
        One entry for each route of the plan.
    freight_cost
        (n,) transport and handling from the origin hub to the arrival at the destination hub.
    logistics_cost
        (n,) every line from door to door, including time, but for the charges on value.
    charges_on_value
        (n,) insurance, duties, taxes and fees in the categories insurance and duty.
    arrays
        All invoices again, as compiled code reads them.
    """

    routes: tuple[RouteInvoice, ...]
    freight_cost: Floats
    logistics_cost: Floats
    charges_on_value: Floats
    arrays: Invoices

    def lists(self, rows: slice) -> tuple[Ints, Floats]:
        """Return the lines of consignments that follow each other, those of each in their order.

        Returns
        -------
        begin
            (m + 1,) where the amounts of each consignment begin, and where those of the last one end.
        amounts
            Amounts of all of them, reporting currency.
        """
        low, high, _ = rows.indices(len(self.arrays.ids))
        counts = np.empty(len(self.arrays.ids), dtype=np.int64)
        counts[self.arrays.ids] = np.repeat(np.diff(self.arrays.first_line), self.arrays.n)
        begin = np.append(0, np.cumsum(counts[low:high]))
        lists = Lists(begin, np.empty(int(begin[-1])))
        run(LISTING, readable(self.arrays), lists, low, high)
        return lists.begin, lists.amounts

    @property
    def lines(self) -> tuple[LineInfo, ...]:
        """The lines of all routes, route by route."""
        return tuple(line for route in self.routes for line in route.lines)


@dataclass(frozen=True)
class Charged:
    """Consignments of one route that are charged together with those of others.

    Attributes
    ----------
    route
        Their route.
    rows
        Where they are among all that are charged together.
    visits, done
        By step: the visit, and (n,) 1 for consignments that finished the step and 0 for others.
    amounts
        (n, k) their amounts on the invoices of the route, which are filled.
    """

    route: int
    rows: slice
    visits: Mapping[int, Visit]
    done: Mapping[int, Floats]
    amounts: Floats


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
        routes, amounts = self._routes(range(self.corridor.plan.n_routes), size, value)
        arrays = Invoices(
            **_sums(self.corridor),
            n=np.array([len(one.consignments) for one in routes]),
            ids=np.concatenate([one.consignments for one in routes]),
            amounts=amounts,
        )
        totals = Totals(*np.zeros((len(Totals._fields), self.world.n)))
        run(TOTALS, readable(arrays), totals)
        sums = Totals(*np.empty((len(Totals._fields), self.world.n)))
        for by_consignment, by_route in zip(sums, totals, strict=True):
            by_consignment[arrays.ids] = by_route
        return Invoice(routes, **sums._asdict(), arrays=arrays)

    def route(self, route: int, size: Ints, value: Floats) -> RouteInvoice:
        """Invoice the consignments of one route; ``size`` and ``value`` are those of all consignments."""
        (invoice,), _ = self._routes([route], size, value)
        return invoice

    def _routes(
        self, routes: Sequence[int], size: Ints, value: Floats
    ) -> tuple[tuple[RouteInvoice, ...], Floats]:
        """Invoice the consignments of some routes, those of all at once where only the goods matter.

        All amounts are also returned as one: by route, line and consignment.
        """
        scenario, world = self.corridor.scenario, self.world
        each = [self._of_route(route) for route in routes]
        lines = [lines_of(self.corridor, route) for route in routes]
        ends = [*accumulate(len(of.ids) * len(its) for of, its in zip(each, lines, strict=True))]
        amounts = np.empty(ends[-1])
        found = [
            RouteInvoice(its, of.ids, amounts[begin:end].reshape(len(its), len(of.ids)).T)
            for of, its, (begin, end) in zip(each, lines, pairwise([0, *ends]), strict=True)
        ]
        for batch in _batches([len(of.ids) for of in each]):
            ids = np.concatenate([each[k].ids[block] for k, block in batch])
            held = parcels(size[ids, 0], world.commodity[ids], scenario.commodities.values())
            goods, together, begin = Shipments.of(size[ids], held, value[ids]), [], 0
            for k, block in batch:
                rows = slice(begin, begin := begin + block.stop - block.start)
                visits, done = each[k].part(block)
                together.append(Charged(routes[k], rows, visits, done, found[k].amounts[block]))
            self._charge(together, goods)
        for of, its in zip(each, found, strict=True):
            costs = [*time_costs(scenario, of, value[of.ids])]
            for column, cost in enumerate(costs, len(its.lines) - len(costs)):
                its.amounts[:, column] = cost
        return tuple(found), amounts

    def _of_route(self, route: int) -> RouteConsignments:
        if route not in self._consignments:
            self._consignments[route] = RouteConsignments(self.corridor, self.trace, route, self._carried)
        return self._consignments[route]

    def _charge(self, together: Sequence[Charged], goods: Shipments) -> None:
        """Fill the columns of all lines but the cost of time, each tariff for as many routes as can be."""
        of = {one.route: one for one in together}
        joined: dict[tuple[int, ...], Shipments] = {}  # Many tariffs are paid on the same routes.
        for prices, payers in charged_at_once(self.corridor, tuple(of)):
            routes = tuple(uses[0].route for uses in payers)
            rows = [of[route].rows for route in routes]
            if routes not in joined:
                joined[routes] = goods.joined(rows)
            visit = None
            if not prices.of_goods:
                visit = Visit.joined([of[use.route].visits[use.step] for (use,) in payers])
            charged, end = charges(prices, joined[routes], visit), 0
            for uses, part in zip(payers, rows, strict=True):
                begin, end = end, end + part.stop - part.start
                for route, step, first in uses:
                    done, of_route = of[route].done[step], of[route].amounts
                    for column, amounts in enumerate(charged, first):
                        np.multiply(amounts[begin:end], done, out=of_route[:, column])
        for one in together:
            self._charge_margins(one, goods.joined([one.rows]))

    def _charge_margins(self, one: Charged, shipments: Shipments) -> None:
        """Fill the columns of margins in their order, when all others are charged."""
        for margin in margins_of(self.corridor, one.route):
            on = {unit: one.amounts[:, list(of)].sum(axis=1) for unit, of in margin.of.items()}
            charged = margin.prices.charged(TariffUse(shipments, one.visits[margin.step], charged=on))
            np.multiply(charged, one.done[margin.step], out=one.amounts[:, margin.column])


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


@once
def _sums(corridor: Corridor) -> dict[str, Any]:
    """Return what a corridor says of the lines of all routes, by the names of :class:`Invoices`."""
    lines = [lines_of(corridor, route) for route in range(corridor.plan.n_routes)]
    return {
        "first_line": firsts(lines),
        "on_value": np.array([line.on_value for of_route in lines for line in of_route]),
        "freight": np.array([line.freight for of_route in lines for line in of_route]),
    }


def invoice(corridor: Corridor, trace: Trace) -> Invoice:
    """Invoice every consignment of one run for what it did; see :meth:`Ledger.invoice`."""
    return Ledger(corridor, trace).invoice()
