"""Collect what invoices need to know about the consignments of one route, except their sizes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from fourport.ledger.days_in_store import counted_days, days_in_store
from fourport.ledger.departures import CarriedAmounts, SharedStep, groups_of, shared_steps
from fourport.ledger.lines import tariff_uses
from fourport.ledger.tariff import PriceList, has_dates, price_list
from fourport.ledger.use import Visit
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import DAY, Floats, Ints
from fourport.scenario.models.tariffs import Line, Sharing, StorageLine
from fourport.scenario.models.tariffs.storage import Since
from fourport.trace import Trace
from fourport.world.tables import Flags


class RouteConsignments:
    """The ``n`` consignments of one route, and what they did.

    Attributes
    ----------
    ids
        (n,) consignments, ascending.
    visits, done
        By step of the plan, for steps with tariffs: the visit, and (n,) which consignments finished it.
    days
        (n,) time from entry to delivery, days. For an undelivered consignment it is the time until the end
        of the run, since this is what it has cost so far.
    delivered
        (n,) whether the consignment was delivered.
    lane, credit
        (n,) lane, and the shipper's credit grade.
    """

    def __init__(self, corridor: Corridor, trace: Trace, route: int, carried: CarriedAmounts) -> None:
        world, self._route = trace.world, route
        self._corridor, self._trace, self._carried = corridor, trace, carried
        self.ids: Ints = trace.ids[route]
        self.lane, self.credit = world.lane[self.ids], world.credit[self.ids]
        self._legs = [s for s in corridor.plan.main_steps(route) if corridor.steps[s].mode]
        self._arrivals = [world.entry_us[self.ids]]  # and after each leg
        self.visits: dict[int, Visit] = {}
        self.done: dict[int, Flags] = {}
        self._shared: dict[int, list[SharedStep]] = {}
        for shared in shared_steps(corridor, route):
            self._shared.setdefault(shared.step, []).append(shared)
        for s, (visit, dated, storage) in _charged(corridor, route).items():
            self.done[s] = trace.done[trace.slices[s]]
            seen = dated or storage or s in self._shared
            self.visits[s] = self._visit(s, visit, dated, storage) if seen else visit
        last = trace.at(corridor.plan.main_steps(route)[-1])
        self.delivered: Flags = last.done
        until_us = np.where(self.delivered, last.end_us, corridor.plan.end_us)
        self.days: Floats = (until_us - world.entry_us[self.ids]) / DAY

    def part(self, rows: slice) -> tuple[dict[int, Visit], dict[int, Floats]]:
        """Return visits, and 1 for who finished the step and 0 for others, of some of the consignments."""
        visits = self.visits
        if rows.stop - rows.start < len(self.ids):
            visits = {step: visit.take(rows) for step, visit in visits.items()}
        return visits, {step: done[rows].astype(np.float64) for step, done in self.done.items()}

    def _visit(self, s: int, visit: Visit, dated: bool, storage: Sequence[StorageLine]) -> Visit:
        """Return a visit with what happened at the step, of one that has what the plan says of it."""
        at = self._trace.at(s)
        begin = at.begin_us if dated else visit.begin_us
        stored: dict[Since, Ints] = {}
        days: dict[tuple[Since, str | None], Ints] = {}
        done, until_us = self.done[s], at.begin_us if self._corridor.steps[s].mode else at.end_us
        for line in storage:
            since_us = at.ready_us if line.since == "ready" else self._arrived(s)
            stored[line.since] = np.where(done, until_us - since_us, 0)
            if line.by != "24-hours":
                counted = np.zeros(len(done), dtype=np.int64)
                counts = counted_days(line, self._corridor.scenario)
                counted[done] = days_in_store(since_us[done], until_us[done], visit.zone, counts)
                days[line.since, line.calendar] = counted
        shared = dict(self._prices_shared(s))
        return Visit(begin, visit.km, visit.filings, visit.zone, stored, days, shared)

    def _prices_shared(self, s: int) -> Iterator[tuple[tuple[Sharing, float], Floats]]:
        """Yield, for each shared price, the share of it that one unit of the goods takes, (n,).

        Goods that went in parts take one of each of their departures, added up.
        """
        for one in self._shared.get(s, ()):
            found = np.zeros(len(self.ids))
            for leg in one.legs:
                loads = self._trace.at(leg).loads
                lane = self.lane[loads.place]
                for key, mine in groups_of(self._corridor, one, leg, lane, self._route):
                    carried = self._carried[key][loads.departure_index[mine]]
                    share = loads.share[mine]
                    shares = np.divide(share, carried, out=np.zeros(len(carried)), where=carried > 0)
                    np.add.at(found, loads.place[mine], shares)
            yield (one.sharing, one.divisor), found

    def _arrived(self, s: int) -> Ints:
        """Return the end of the last transport before a step, (n,) us UTC; the entry if there is none."""
        before = sum(leg < s for leg in self._legs)
        while len(self._arrivals) <= before:
            leg = self._trace.at(self._legs[len(self._arrivals) - 1])
            self._arrivals.append(np.where(leg.done, leg.end_us, self._arrivals[-1]))
        return self._arrivals[before]


@once
def _charged(corridor: Corridor, route: int) -> dict[int, tuple[Visit, bool, tuple[StorageLine, ...]]]:
    """Return the steps with tariffs.

    Returns
    -------
    By step: what the plan says of a visit, whether a charge depends on its date, and the lines for storage.
    """
    lines: dict[int, list[Line]] = {}
    for s, tariff in tariff_uses(corridor, route):
        lines.setdefault(s, []).extend(corridor.scenario.tariffs[tariff].lines)
    found = {}
    for s, of_step in lines.items():
        info, storage = corridor.steps[s], tuple(one for one in of_step if isinstance(one, StorageLine))
        zone = corridor.scenario.facilities[info.place].zone
        visit = Visit(np.empty(0, dtype=np.int64), info.distance_km, info.filings, zone)
        found[s] = visit, has_dates(of_step, corridor.scenario), storage
    return found


class Use(NamedTuple):
    """A step of a route at which a tariff is charged.

    Attributes
    ----------
    route, step
        Of the plan.
    column
        That of the first line of the tariff on the invoice of the route.
    """

    route: int
    step: int
    column: int


@once
def charged_at_once(corridor: Corridor, routes: tuple[int, ...]) -> list[tuple[PriceList, list[list[Use]]]]:
    """Return all tariffs that some routes charge, each with uses that are charged at once.

    A tariff that looks at the goods alone is charged once for the goods of a route, at however many of its
    steps: these uses are in one list. All other uses stand alone, and together are those of which the plan
    says the same, and of which the same is known. They begin with the first ones on all routes, so that goods
    of neighbouring routes follow each other.
    """
    found: dict[Hashable, tuple[PriceList, dict[tuple[int, int], list[Use]]]] = {}
    for route in routes:
        column, n_before = 0, Counter[Hashable]()
        shared = [(one.step, one.sharing, one.divisor) for one in shared_steps(corridor, route)]
        for step, tariff in tariff_uses(corridor, route):
            visit, dated, storage = _charged(corridor, route)[step]
            prices = price_list(corridor, tariff, visit.zone)
            alike: tuple[Hashable, ...] = (tariff,)
            if not prices.of_goods:
                stored = tuple((line.since, line.by, line.calendar) for line in storage)
                by = tuple((sharing, divisor) for at, sharing, divisor in shared if at == step)
                alike = tariff, visit.zone, visit.km, visit.filings, dated, stored, by
            payers = found.setdefault(alike, (prices, {}))[1]
            payers.setdefault((n_before[alike], route), []).append(Use(route, step, column))
            n_before[alike] += not prices.of_goods
            column += len(prices.prices)
    return [(prices, [payers[key] for key in sorted(payers)]) for prices, payers in found.values()]
