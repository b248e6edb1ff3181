"""Draw the consignments of a lane: when they are ready, by which route they go, whose they are, and what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from fourport.plan.corridor import Corridor
from fourport.plan.exchange import worth_at
from fourport.plan.once import once
from fourport.plan.tables import Floats, Ints
from fourport.plan.timetables import UNITS_A_KG
from fourport.plan.traders import Traders
from fourport.scenario.models.demand import Commodity, Lane
from fourport.world.demand import entries
from fourport.world.hand_in import hand_in
from fourport.world.sampling import Quantiles, quantiles_of
from fourport.world.sizes import sizes
from fourport.world.streams import Streams
from fourport.world.tables import Flags

N = TypeVar("N", bound=NDArray[Any])


@once
def _goods_of(corridor: Corridor, commodity: str) -> list[Quantiles]:
    """Return the quantiles of weight, density and value of a commodity."""
    of = corridor.scenario.commodities[commodity]
    return [quantiles_of(one) for one in (of.weight, of.density, of.value)]


class Consignments:
    """The consignments of one lane, in the order in which they are ready."""

    def __init__(self, corridor: Corridor, name: str, table: Floats, streams: Streams) -> None:
        scenario, plan = corridor.scenario, corridor.plan
        lane = scenario.lanes[name]
        self.corridor, self.name, self.streams = corridor, name, streams
        ready_us = self.once(
            "ready",
            (lane.renewal, plan.start_us, plan.end_us, table.tobytes()),
            lambda: entries(lane, name, table, plan.start_us, plan.end_us, streams),
        )
        self.n = len(ready_us)
        self.route = self._choice("route", lane.routes, plan.names.routes)
        self.entry_us = hand_in(corridor, name, ready_us, self.route, table, streams)
        self.exporter = self._choice("tier", lane.trader_classes, tuple(scenario.trader_classes))
        self.trader_class = self._both_classes(lane)
        self.commodity = self._choice("commodity", lane.commodities, corridor.commodity_names, np.int32)
        self.credit = self._choice("credit", lane.credit, tuple(scenario.credit_grades), np.int32)
        self.non_compliant = self._non_compliant()
        self.size = self._sizes(lane)
        self.value = self._values(lane)

    def uniforms(self, purpose: str, entity: str = "") -> Floats:
        """Draw a uniform number for each consignment."""
        return self.streams.uniforms(purpose, f"{self.name}|{entity}", self.n)

    def once(self, what: str, given: object, draw: Callable[[], N], *of: NDArray[Any]) -> N:
        """Draw something once for all worlds of the replication; see :meth:`Streams.once`."""
        return self.streams.once((self.name, what), given, draw, of)

    def _choice(
        self, purpose: str, shares: dict[str, float], names: tuple[str, ...], kind: type = np.int64
    ) -> Ints:
        """Draw one of some names for each consignment, as its number; -1 if no name has a share."""

        def draw() -> Ints:
            if not shares:
                return np.full(self.n, -1, dtype=kind)
            # Sort by name, so that the order in the scenario file does not matter.
            index: Ints = np.array([names.index(name) for name in sorted(shares)], dtype=kind)
            cumulated = np.cumsum([shares[name] for name in sorted(shares)])
            picked = np.searchsorted(cumulated / cumulated[-1], self.uniforms(purpose), side="right")
            return index[np.minimum(picked, len(index) - 1)]

        return self.once(purpose, (self.n, shares, names), draw)

    def _both_classes(self, lane: Lane) -> Ints:
        """Draw the importers' classes; return the plan's number of both classes of each consignment."""
        if not lane.importers:
            return self.exporter
        classes, traders = tuple(self.corridor.scenario.trader_classes), Traders.of(self.corridor.scenario)
        importer = self._choice("importer", lane.importers, classes)

        def both() -> Ints:
            number = np.full((len(classes), len(classes)), -1, dtype=np.int64)
            for k, (mine, theirs) in enumerate(zip(traders.exporters, traders.importers, strict=True)):
                number[classes.index(mine), classes.index(theirs)] = k
            return number[self.exporter, importer]

        return self.once("both classes", (classes, traders), both, self.exporter, importer)

    def _non_compliant(self) -> Flags:
        """Draw which consignments are non-compliant, by the scenario's share for each trader class."""
        share = [one.non_compliant for one in self.corridor.scenario.trader_classes.values()]
        return self.once(
            "offence", share, lambda: self.uniforms("offence") < np.array(share)[self.exporter], self.exporter
        )

    def _commodities(self, lane: Lane) -> dict[str, Commodity]:
        return {name: self.corridor.scenario.commodities[name] for name in lane.commodities}

    def _goods(self, lane: Lane) -> Iterator[tuple[str, Ints]]:
        """Yield the commodities of the lane, and which consignments are of it."""
        for k, name in enumerate(self.corridor.commodity_names):
            mine = np.flatnonzero(self.commodity == k)
            if name in lane.commodities and len(mine):
                yield name, mine

    def _sizes(self, lane: Lane) -> Ints:
        """Draw weight and density; every commodity uses the same uniform numbers."""
        scenario = self.corridor.scenario

        def draw() -> Ints:
            kg, kg_m3 = np.empty(self.n), np.empty(self.n)
            u = [self.uniforms(what) for what in ("weight", "density")]
            for name, mine in self._goods(lane):
                weight, density, _ = _goods_of(self.corridor, name)
                kg[mine], kg_m3[mine] = weight(u[0][mine]), density(u[1][mine])
            return sizes(kg, kg / kg_m3, scenario.container_load)

        goods = {name: (of.weight, of.density) for name, of in self._commodities(lane).items()}
        return self.once("size", (goods, self.n, scenario.container_load), draw, self.commodity)

    def _values(self, lane: Lane) -> Floats:
        """Draw the values per kg; the rates of exchange are those of the day of the entry."""
        scenario = self.corridor.scenario
        zone = scenario.facilities[lane.origin].zone

        def draw() -> Floats:
            per_kg, u = np.empty(self.n), self.uniforms("value")
            for name, mine in self._goods(lane):
                *_, value = _goods_of(self.corridor, name)
                worth = worth_at(scenario, scenario.commodities[name].currency, self.entry_us[mine], zone)
                per_kg[mine] = value(u[mine]) * worth
            return per_kg * self.size[:, 0] / UNITS_A_KG

        goods = {name: of.value for name, of in self._commodities(lane).items()}
        given = goods, scenario.currencies, scenario.reporting_currency, zone
        return self.once("value", given, draw, self.commodity, self.entry_us, self.size)
