"""Price the same journeys with other goods or other prices."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from fourport.ledger import Ledger, RouteInvoice
from fourport.plan.tables import Floats, Ints
from fourport.scenario.models.scenario import Scenario
from fourport.study.curves.journeys import Journeys
from fourport.world.sizes import sizes

MEASURES = ("logistics_cost", "freight_cost", "door_to_door_time")
"""Measures of priced journeys: two costs per kg, and time in hours."""


@dataclass(frozen=True)
class Priced:
    """Costs and times of ``n`` consignments.

    Attributes
    ----------
    kg
        (n,) gross weight, kg.
    logistics_cost, freight_cost
        (n,) in the reporting currency.
    hours
        (n,) time from acceptance to delivery, h.
    """

    kg: Floats
    logistics_cost: Floats
    freight_cost: Floats
    hours: Floats

    def by_group(self, group: Ints, n_groups: int) -> Floats:
        """Return the measures of groups of consignments, (groups, measures); NaN for an empty group.

        Costs are per kg of the whole group, as in the summary of a run.
        """
        sums, per = self.sums_by_group(group, n_groups)
        with np.errstate(invalid="ignore"):
            found: Floats = sums / per
        return found

    def sums_by_group(self, group: Ints, n_groups: int) -> Floats:
        """Return the sums whose ratio the measures of groups are, (2, groups, measures).

        They are costs and kilograms, or hours and consignments.
        """

        def total(values: Floats | None) -> Floats:
            sums: Floats = np.bincount(group, weights=values, minlength=n_groups).astype(np.float64)
            return sums

        kg, count = total(self.kg), total(None)
        sums = [total(values) for values in (self.logistics_cost, self.freight_cost, self.hours)]
        return np.array([sums, [kg, kg, count]]).transpose(0, 2, 1)


def invoices_of(journeys: Journeys) -> dict[int, RouteInvoice]:
    """Return the invoices of journeys, by route."""
    world = journeys.world
    ledger = Ledger(journeys.corridor, journeys.trace, journeys.carried)
    return {r: ledger.route(r, world.size, world.value) for r in np.unique(world.route).tolist()}


def price(journeys: Journeys) -> Priced:
    """Price journeys as they are."""
    logistics, freight = np.zeros(journeys.world.n), np.zeros(journeys.world.n)
    for found in invoices_of(journeys).values():
        logistics[found.consignments] = found.logistics()
        freight[found.consignments] = found.freight()
    return Priced(journeys.kg, logistics, freight, journeys.hours)


def of_weight(journeys: Journeys, kg: Floats) -> Journeys:
    """Change the weight of each consignment, with its density and value per kg unchanged.

    Times stay unchanged: the weight of a single consignment does not make it miss a departure.
    """
    factor = kg / journeys.kg
    m3 = journeys.world.size[:, 1] / 1e6 * factor
    size = sizes(kg, m3, journeys.corridor.scenario.container_load)
    return journeys.with_world(size=size, value=journeys.world.value * factor)


def of_volume(journeys: Journeys, m3_a_tonne: float) -> Journeys:
    """Set the same volume per tonne for all consignments, with weight and value unchanged."""
    m3 = journeys.kg / 1e3 * m3_a_tonne
    return journeys.with_world(size=sizes(journeys.kg, m3, journeys.corridor.scenario.container_load))


def of_value(journeys: Journeys, per_kg: float) -> Journeys:
    """Set the same value per kg for all consignments, with weight unchanged."""
    return journeys.with_world(value=journeys.kg * per_kg)


def under(journeys: Journeys, scenario: Scenario) -> Journeys:
    """Return the same journeys at the prices of another scenario, which differs in prices only."""
    return replace(journeys, corridor=replace(journeys.corridor, scenario=scenario))
