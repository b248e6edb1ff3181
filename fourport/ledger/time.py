"""Compute what time costs the owner of the goods: capital, ageing and safety stock, or one rate for all."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist

import numpy as np

from fourport.ledger.route_consignments import RouteConsignments
from fourport.plan.tables import Floats, Ints
from fourport.scenario.models.run import ValueOfTime
from fourport.scenario.models.scenario import Scenario

DAYS_A_YEAR = 365


def inventory_cost(value: Floats, rate: Floats | float, days: Floats) -> Floats:
    """Compute the cost of holding goods: value x rate x days / 365.

    50 USD/kg at 20 % a year for 6 days cost 0.1644 USD/kg.

    Parameters
    ----------
    value
        (n,) value of the goods, in the currency of the result.
    rate
        Share of the value for each year of 365 days; one for all or (n,).
    days
        (n,) time held.
    """
    return value * (rate / DAYS_A_YEAR) * days


def safety_stock(
    lead: Floats | float, lead_sd: Floats | float, demand: float, demand_sd: float, z: float
) -> Floats:
    """Compute the safety stock z x sqrt(L sd^2 + d^2 sL^2), in units of the demand.

    A lead time of 5 d with a standard deviation of 1.5 d and a demand of 100 a day with a standard deviation
    of 20 result in 156.525 for z = 1 and in 257.47 for z = 1.6449 (Silver, Pyke and Thomas, Inventory and
    Production Management, on random lead times).

    Parameters
    ----------
    lead, lead_sd
        Mean L and standard deviation sL of the lead time, days.
    demand, demand_sd
        Mean d and standard deviation sd of the daily demand.
    z
        Quantile of the normal distribution at the service level.
    """
    return np.asarray(z * np.sqrt(lead * demand_sd**2 + demand**2 * np.square(lead_sd)))


def safety_days(given: ValueOfTime, consignments: RouteConsignments) -> Floats:
    """Return the safety stock for the lane of each consignment on this route, (n,) in days of its demand.

    Lead times are the door-to-door times of delivered consignments. With fewer than two of them the standard
    deviation is 0.
    """
    assert given.safety_stock is not None
    z = NormalDist().inv_cdf(given.safety_stock.service_level)
    lane, n_lanes = consignments.lane, int(consignments.lane.max(initial=-1)) + 1
    mine = lane[consignments.delivered]
    days = consignments.days[consignments.delivered]
    count = np.bincount(mine, minlength=n_lanes)
    mean = np.bincount(mine, days, minlength=n_lanes) / np.maximum(count, 1)
    square = np.bincount(mine, (days - mean[mine]) ** 2, minlength=n_lanes)
    sd = np.sqrt(square / np.maximum(count - 1, 1))
    return safety_stock(mean, sd, 1.0, given.safety_stock.demand_variation, z)[lane]


def capital_rates(scenario: Scenario, credit: Ints) -> Floats:
    """Return the capital rates of shippers by credit grade (-1 for none), (n,) a year."""
    given = scenario.value_of_time
    common = given.capital_rate if given is not None and given.capital_rate is not None else 0.0
    rates = [grade.capital_rate for grade in scenario.credit_grades.values()]
    return np.array([*rates, common])[credit]


def time_costs(scenario: Scenario, consignments: RouteConsignments, value: Floats) -> Iterator[Floats]:
    """Yield the amounts of :func:`fourport.ledger.lines.time_lines`, (n,) in the reporting currency.

    Parameters
    ----------
    value
        (n,) value of the goods of these consignments, in the reporting currency.
    """
    given = scenario.value_of_time
    if given is None:
        return
    capital = capital_rates(scenario, consignments.credit)
    if given.capital_rate is not None:
        yield inventory_cost(value, capital, consignments.days)
    if given.obsolescence is not None:
        yield inventory_cost(value, given.obsolescence, consignments.days)
    if given.safety_stock is not None:
        held = (capital if given.capital_rate is not None else 0.0) + (given.obsolescence or 0.0)
        yield inventory_cost(value, held, safety_days(given, consignments))
    if given.hummels_schaur is not None:
        yield inventory_cost(value, given.hummels_schaur, consignments.days)
