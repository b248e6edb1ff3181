"""The invoice of every consignment: the lines of its route with an amount in each.

Amounts are float64 in the reporting currency, and a total *is* the sum of its
lines, added in the order in which they stand. Adding a hundred lines in another
order moves a total by less than 1e-13 of it, so an invoice of a hundred million is
right to the last cent; rounding amounts to a grain would gain nothing and bend
what is small (a parcel's inventory cost).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fourport.ledger.departures import Aboard, aboard
from fourport.ledger.journeys import Journeys
from fourport.ledger.lines import LineInfo, lines_of, tariff_uses, time_lines
from fourport.ledger.quantities import Shipments
from fourport.ledger.tariff import charges
from fourport.ledger.time import time_costs
from fourport.plan.corridor import Corridor
from fourport.plan.tables import Floats, Ints
from fourport.world.sizes import parcels
from fourport.world.tables import World

if TYPE_CHECKING:  # For its type alone: importing it at run time would load an engine.
    from fourport.engine.milestones import Milestones


BLOCK = 1 << 15
"""Consignments billed at a time: so few that their vectors stay in the processor's cache."""


@dataclass(frozen=True)
class RouteInvoice:
    """The invoices of one route's consignments, ``n`` of them with ``k`` lines.

    Attributes
    ----------
    lines
        What the columns of ``amounts`` are for.
    consignments
        (n,) ids, rising.
    amounts
        (n, k) reporting currency; 0 for a step that the consignment did not finish.
        Stored by column.
    """

    lines: tuple[LineInfo, ...]
    consignments: Ints
    amounts: Floats

    def total(self, columns: Iterable[int] | None = None) -> Floats:
        """Add lines up in the order in which they stand, (n,); all of them if none are named."""
        total = np.zeros(len(self.consignments))
        for k in range(len(self.lines)) if columns is None else sorted(columns):
            total += self.amounts[:, k]
        return total

    def freight(self) -> Floats:
        """Add the lines up that are freight, (n,)."""
        return self.total(k for k, line in enumerate(self.lines) if line.freight)


@dataclass(frozen=True)
class Invoice:
    """The invoices of a run, ``n`` consignments, in the reporting currency.

    Attributes
    ----------
    routes
        One entry for each route of the plan.
    freight_cost
        (n,) transport and handling from the origin hub to the arrival at the
        destination hub.
    logistics_cost
        (n,) every line, door to door, time included.
    """

    routes: tuple[RouteInvoice, ...]
    freight_cost: Floats
    logistics_cost: Floats

    @property
    def lines(self) -> tuple[LineInfo, ...]:
        """The lines of all routes, route by route."""
        return tuple(line for route in self.routes for line in route.lines)


class Ledger:
    """Invoices the consignments of a run, as they were or as others would have been in their place.

    What depends on milestones alone (who did what, when, how long it lay in store) is
    worked out once for each route, when it is first billed.

    Parameters
    ----------
    corridor, world, milestones
        A run.
    carried
        What its departures carry, where only some of a run's consignments are billed; of all by default.
    """

    def __init__(
        self, corridor: Corridor, world: World, milestones: Milestones, carried: Aboard | None = None
    ) -> None:
        self.corridor, self.world, self.milestones = corridor, world, milestones
        self._aboard = aboard(corridor, world, milestones) if carried is None else carried
        self._journeys: dict[int, Journeys] = {}

    def invoice(self, size: Ints | None = None, value: Floats | None = None) -> Invoice:
        """Invoice every consignment for what it did.

        A step's tariffs are charged to the consignments that finished the step, so
        that an inspection costs only who is inspected and an undelivered consignment
        pays for the way it came.

        Parameters
        ----------
        size, value
            (n, 3) and (n,) as in :class:`World`; the world's own if left out.

        Raises
        ------
        Refused
            If the freight scope of a route is not on it.
        KeyError
            If the scenario has no exchange rate for the currency of a tariff.
        """
        size = self.world.size if size is None else size
        value = self.world.value if value is None else value
        freight_cost, logistics_cost = np.zeros(self.world.n), np.zeros(self.world.n)
        routes = tuple(self.route(route, size, value) for route in range(self.corridor.plan.n_routes))
        for billed in routes:
            freight_cost[billed.consignments] = billed.freight()
            logistics_cost[billed.consignments] = billed.total()
        return Invoice(routes, freight_cost, logistics_cost)

    def route(self, route: int, size: Ints, value: Floats) -> RouteInvoice:
        """Invoice the consignments of one route; ``size`` and ``value`` are those of all consignments."""
        corridor, scenario = self.corridor, self.corridor.scenario
        if route not in self._journeys:
            self._journeys[route] = Journeys(corridor, self.world, self.milestones, route, self._aboard)
        journeys = self._journeys[route]
        lines = lines_of(corridor, route)
        amounts = np.empty((len(journeys.ids), len(lines)), order="F")
        uses = tariff_uses(corridor, route)
        for first in range(0, len(journeys.ids), BLOCK):
            block = slice(first, first + BLOCK)
            ids = journeys.ids[block]
            held = parcels(size[ids, 0], self.world.commodity[ids], scenario.commodities.values())
            shipments = Shipments.of(size[ids], held)
            column = 0
            for step, tariff in uses:
                visit, done = journeys.visits[step].take(block), journeys.done[step][block]
                for charged in charges(scenario.tariffs[tariff], shipments, scenario, visit):
                    np.multiply(charged, done, out=amounts[block, column])
                    column += 1
        column = len(lines) - len(time_lines(scenario.value_of_time))
        for cost in time_costs(scenario, journeys, value[journeys.ids]):
            amounts[:, column] = cost
            column += 1
        assert column == len(lines), "a line without amounts"
        return RouteInvoice(lines, journeys.ids, amounts)


def invoice(corridor: Corridor, world: World, milestones: Milestones) -> Invoice:
    """Invoice every consignment for what it did: :meth:`Ledger.invoice` of one run."""
    return Ledger(corridor, world, milestones).invoice()
