"""What time costs."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from fourport.ledger import RouteInvoice
from fourport.ledger.time import inventory_cost, safety_stock
from fourport.plan.tables import DAY, NEVER
from tests.ledger.journey import Ran, column, journey, ran, run


def test_six_days_of_goods_at_fifty_a_kg() -> None:
    """Tests that 50 USD/kg at 20 % a year for 6 days cost 0.1644 USD/kg, and 100 kg a hundred times that."""
    found = inventory_cost(np.array([50.0, 5000.0]), 0.20, np.array([6.0, 6.0]))
    assert found.round(4).tolist() == [0.1644, 16.4384]
    assert found == pytest.approx([60 / 365, 6000 / 365], rel=1e-14)


def test_break_even_value_density() -> None:
    """Tests that 2 days cost 1 USD/kg at 912.5, 83.3, 23.8 USD/kg and 20 % a year, 0.6, 2.1 % a day."""
    two = np.array([2.0])
    assert inventory_cost(np.array([912.5]), 0.20, two) == pytest.approx([1.0], rel=1e-12)
    for density, daily in ((83.3, 0.006), (23.8, 0.021)):
        assert inventory_cost(np.array([density]), daily * 365, two) == pytest.approx([1.0], rel=1e-3)


def test_door_to_door() -> None:
    """Tests that a delivered consignment pays from entry to delivery, in the reporting currency."""
    case = ran()
    (route,) = case.invoice().routes
    i = int(np.flatnonzero(case.finished("van"))[0])
    days = (int(case.end("van")[i]) - int(case.world.entry_us[i])) / DAY
    assert 0.5 < days < 10
    assert column(route, "inventory")[i] == pytest.approx(case.world.value[i] * 0.2 * days / 365, rel=1e-12)


def test_not_delivered() -> None:
    """Tests that an undelivered consignment pays until the end of the run."""
    case = ran()
    (route,) = case.invoice().routes
    undelivered = np.flatnonzero(case.end("van") == NEVER)
    assert len(undelivered)
    days = (case.corridor.plan.end_us - case.world.entry_us[undelivered]) / DAY
    wanted = case.world.value[undelivered] * 0.2 * days / 365
    assert column(route, "inventory")[undelivered] == pytest.approx(wanted, rel=1e-12)


def test_no_value_of_time() -> None:
    """Tests that a scenario without a value of time has no line for it, and the same other lines."""
    values = journey()
    del values["value_of_time"]
    without = ran().priced(values).invoice()
    full = ran().invoice()
    assert without.lines == full.lines[:-1]
    assert full.lines[-1].category == "time"
    assert np.array_equal(without.routes[0].amounts, full.routes[0].amounts[:, :-1])


@pytest.mark.parametrize(("z", "wanted"), [(1.0, 156.525), (1.6449, 257.47)])
def test_safety_stock(z: float, wanted: float) -> None:
    """Tests the published case: 5 d and 1.5 d of lead time, 100 and 20 a day of demand."""
    assert safety_stock(5.0, 1.5, 100.0, 20.0, z) == pytest.approx(wanted, abs=0.005)


def _priced(**given: Any) -> tuple[Ran, RouteInvoice]:
    case = ran().priced(journey() | {"value_of_time": given})
    (route,) = case.invoice().routes
    return case, route


def test_obsolescence() -> None:
    """Tests that goods that lose 36.5 % a year lose 0.1 % of their value a day, beside the capital."""
    case, route = _priced(capital_rate="20 %/year", obsolescence="36.5 %/year")
    wanted = column(route, "inventory") / 0.2 * 0.365
    assert column(route, "obsolescence") == pytest.approx(wanted, rel=1e-12)
    assert np.array_equal(case.invoice().logistics_cost, route.total())


def test_hummels_schaur_in_place_of_the_others() -> None:
    """Tests that 0.8 % a day of the value is all that time costs where it stands alone."""
    case, route = _priced(hummels_schaur="0.8 %/d")
    assert [line.name for line in route.lines if line.category == "time"] == ["Hummels-Schaur"]
    days = column(ran().invoice().routes[0], "inventory") / (case.world.value * 0.2 / 365)
    assert column(route, "Hummels-Schaur") == pytest.approx(case.world.value * 0.008 * days, rel=1e-9)


def test_safety_stock_of_the_simulated_lead_times() -> None:
    """Tests that the stock is that of the deliveries of the run: 95 %, daily demand uneven by 40 %."""
    stock = {"service_level": "95 %", "demand_variation": "40 %"}
    case, route = _priced(capital_rate="20 %/year", obsolescence="10 %/year", safety_stock=stock)
    done = case.finished("van")
    days = (case.end("van")[done] - case.world.entry_us[done]) / DAY
    assert days.std(ddof=1) > 0.1
    held = 1.6448536 * np.sqrt(days.mean() * 0.4**2 + days.var(ddof=1))
    wanted = case.world.value * 0.3 / 365 * held
    assert column(route, "safety stock") == pytest.approx(wanted, rel=1e-7)


def test_lead_times_by_lane() -> None:
    """Tests that two lanes of one route have the safety stock of their own deliveries each."""
    values = journey()
    values["lanes"]["m"] = copy.deepcopy(values["lanes"]["l"]) | {"renewal": {"interval": "31 h"}}
    values["value_of_time"] = {"capital_rate": "20 %/year", "safety_stock": {"service_level": "90 %"}}
    case = run(values)
    (route,) = case.invoice().routes
    done = case.finished("van")
    days = (case.end("van") - case.world.entry_us) / DAY
    for lane in (0, 1):
        mine = case.world.lane == lane
        held = 1.2815516 * days[mine & done].std(ddof=1)
        wanted = case.world.value[mine] * 0.2 / 365 * held
        assert column(route, "safety stock")[mine] == pytest.approx(wanted, rel=1e-7)


def test_credit_grades() -> None:
    """Tests that each shipper pays the rate of its grade, and one without a grade the common rate."""
    values = journey()
    values["credit_grades"] = {"A": {"capital_rate": "5 %/year"}, "D": {"capital_rate": "12 %/year"}}
    values["lanes"]["l"]["credit"] = {"D": "25 %", "A": "75 %"}
    values["lanes"]["m"] = copy.deepcopy(values["lanes"]["l"]) | {"credit": {}}
    case = run(values)
    (route,) = case.invoice().routes
    days = np.where(case.finished("van"), case.end("van"), case.corridor.plan.end_us) - case.world.entry_us
    rate = np.array([0.05, 0.12, 0.20])[case.world.credit]
    wanted = case.world.value * rate / 365 * days / DAY
    assert column(route, "inventory") == pytest.approx(wanted, rel=1e-12)
    graded = case.world.credit[case.world.lane == 0]
    assert 0.1 < (graded == 1).mean() < 0.45
    assert (case.world.credit[case.world.lane == 1] == -1).all()


def test_grades_move_no_other_draw() -> None:
    """Tests that shares of credit grades leave all else in the world as it was."""
    values = journey()
    values["credit_grades"] = {"A": {"capital_rate": "5 %/year"}}
    values["lanes"]["l"]["credit"] = {"A": "100 %"}
    with_grades, without = run(values).world, ran().world
    for field in ("entry_us", "route", "trader_class", "commodity", "size", "value", "risk", "duration_us"):
        assert np.array_equal(getattr(with_grades, field), getattr(without, field)), field
