"""Axes of curves: the quantity that is varied, its range, and the journeys priced at one point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fourport.plan.tables import Floats
from fourport.scenario.models.run import ValueOfTime
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.money import exchange
from fourport.study.curves.journeys import Journeys
from fourport.study.curves.origin import Road, moved_inland
from fourport.study.curves.rates import Rate
from fourport.study.curves.variations import Priced, of_value, of_volume, of_weight, price, under
from fourport.world.sampling import quantile

AXES = ("weight", "value-density", "volume", "hinterland-distance", "time-value", "rate")
"""Names of the axes."""

TAIL = 0.001
"""Share of a commodity's values and densities left out at either end of a default range."""

CM3_A_KG = 6000.0
"""Volume in cm3 that counts as 1 kg of chargeable weight (IATA)."""

DEAREST_TIME = 2.1
"""Upper end of the default range of the value of time, % of the value per day (Hummels and Schaur, 2013)."""


class Axis(Protocol):
    """A quantity that curves are drawn over."""

    @property
    def unit(self) -> str:
        """Unit of x."""

    @property
    def title(self) -> str:
        """Title of x on the axis of a chart."""

    @property
    def log(self) -> bool:
        """Whether points are spaced logarithmically."""

    def range(self, scenario: Scenario, lane: str) -> tuple[float, float]:
        """Return the default range for a lane."""

    def priced(self, journeys: Journeys, x: float) -> Priced:
        """Price the journeys of one lane at a point."""


@dataclass(frozen=True)
class Weight:
    """Gross weight of a consignment, with its density and value per kg unchanged."""

    unit = "kg"
    title = "gross weight of the consignment"
    log = True

    def range(self, scenario: Scenario, lane: str) -> tuple[float, float]:
        """Return the lightest and heaviest consignment that the lane's commodities allow."""
        weights = [scenario.commodities[name].weight for name in scenario.lanes[lane].commodities]
        ends = np.concatenate([quantile(weight, np.array([0.0, 1 - 2.0**-53])) for weight in weights])
        return max(float(ends.min()), 1.0), float(ends.max())

    def priced(self, journeys: Journeys, x: float) -> Priced:
        """Price consignments of ``x`` kg."""
        return price(of_weight(journeys, np.full(journeys.world.n, x)))


@dataclass(frozen=True)
class ChargeableWeight(Weight):
    """Chargeable weight at 6000 cm3 per kg, density unchanged; the y axis of a route-choice map."""

    title = "chargeable weight of the consignment"

    def priced(self, journeys: Journeys, x: float) -> Priced:
        """Price consignments with a chargeable weight of ``x`` kg."""
        cm3_a_kg = journeys.world.size[:, 1] / journeys.kg
        return price(of_weight(journeys, x / np.maximum(1.0, cm3_a_kg / CM3_A_KG)))


@dataclass(frozen=True)
class ValueDensity:
    """Value per kg, with the weight of each consignment unchanged."""

    currency: str
    title = "value of the goods"
    log = True

    @property
    def unit(self) -> str:
        """Reporting currency per kg."""
        return f"{self.currency}/kg"

    def range(self, scenario: Scenario, lane: str) -> tuple[float, float]:
        """Return the range of values of the lane's commodities."""
        ends = []
        for name in scenario.lanes[lane].commodities:
            commodity = scenario.commodities[name]
            values = quantile(commodity.value, np.array([TAIL, 1 - TAIL]))
            ends.append(values * exchange(scenario, commodity.currency))
        found = np.concatenate(ends)
        return max(float(found.min()), 0.01), float(found.max())

    def priced(self, journeys: Journeys, x: float) -> Priced:
        """Price goods worth ``x`` per kg."""
        return price(of_value(journeys, x))


@dataclass(frozen=True)
class Volume:
    """Volume per tonne (stowage factor), with weight and value of each consignment unchanged."""

    unit = "m3/t"
    title = "volume of the goods"
    log = False

    def range(self, scenario: Scenario, lane: str) -> tuple[float, float]:
        """Return the range of volumes of the lane's commodities."""
        densities = [scenario.commodities[name].density for name in scenario.lanes[lane].commodities]
        ends = np.concatenate([quantile(density, np.array([TAIL, 1 - TAIL])) for density in densities])
        return 1000 / float(ends.max()), 1000 / float(ends.min())

    def priced(self, journeys: Journeys, x: float) -> Priced:
        """Price goods of ``x`` m3 per tonne."""
        return price(of_volume(journeys, x))


@dataclass(frozen=True)
class TimeValue:
    """Cost of a day in transit as a share of the value, instead of all other costs of time."""

    unit = "%/d"
    title = "value of time, share of the goods' value a day"
    log = False

    def range(self, scenario: Scenario, lane: str) -> tuple[float, float]:
        """Return the range from zero to the highest value found in studies of trade."""
        return 0.0, DEAREST_TIME

    def priced(self, journeys: Journeys, x: float) -> Priced:
        """Price a day at ``x`` % of the value."""
        terms = ValueOfTime.model_validate({"hummels_schaur": f"{x!r} %/d"})
        scenario = journeys.corridor.scenario.model_copy(update={"value_of_time": terms})
        return price(under(journeys, scenario))


@dataclass(frozen=True)
class OneRate:
    """One rate of a tariff, in its own currency and unit."""

    rate: Rate
    unit: str
    title: str
    known: tuple[float, float] | None = None
    """Plausible range of the rate."""
    log = False

    def range(self, scenario: Scenario, lane: str) -> tuple[float, float]:
        """Return the range of its provenance; zero to zero if unknown."""
        return self.known or (0.0, 0.0)

    def priced(self, journeys: Journeys, x: float) -> Priced:
        """Price journeys at the rate ``x``."""
        return price(under(journeys, self.rate.moved(journeys.corridor.scenario, x)))


@dataclass(frozen=True)
class OriginDistance:
    """Distance of the shipper from the origin of the lane along a road.

    Attributes
    ----------
    roads
        The road of each lane.
    """

    roads: Mapping[str, Road]
    unit = "km"
    title = "distance of the shipper from the origin, inland"
    log = False

    def range(self, scenario: Scenario, lane: str) -> tuple[float, float]:
        """Return the range from zero to the length of the road."""
        return 0.0, self.roads[lane].reach_km

    def priced(self, journeys: Journeys, x: float) -> Priced:
        """Price journeys with the shipper ``x`` km inland."""
        lane = journeys.corridor.lane_names[int(journeys.world.lane[0])] if journeys.world.n else ""
        if not lane:
            return price(journeys)
        return moved_inland(journeys, self.roads[lane], x)


def spaced(low: float, high: float, points: int, *, log: bool) -> list[float]:
    """Return points from low to high, rounded to six digits so that stored and priced points agree."""
    if low == high or points < 2:
        return [float(f"{low:.6g}")]
    found: Floats = np.geomspace(low, high, points) if log and low > 0 else np.linspace(low, high, points)
    return list(dict.fromkeys(float(f"{x:.6g}") for x in found.tolist()))
