"""Whole invoices."""

from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourport.ledger import Ledger
from fourport.plan.tables import DAY
from tests import FEWER_EXAMPLES
from tests.ledger.any_line import dearer, line_lists
from tests.ledger.journey import DENSE, LIGHT, Ran, column, journey, ran, run

INSPECTION = "hub/export/inspection"

BY_HAND = {
    # kg 50, chargeable 80, m3 0.48, revenue tons 0.48, TEU 0.02
    LIGHT: {
        ("haul", "haulage"): 20.0,  # 0.7 x 50 = 35 CNY, at least 140 CNY, / 7
        ("hub", "stuffing"): 4.8,  # 10 x 0.48
        ("hub", "broker"): 60.5,  # 55 EUR x 1.1
        ("hub", "inspection move"): 4.0,  # 200 x 0.02
        ("hub", "unloading"): 10.0,  # 70 CNY / 7
        ("flight", "air freight"): 250.0,  # 3 x 80 = 240, at least 250
        ("flight", "AWB fee"): 11.0,  # 10 EUR x 1.1
        ("flight", "warehouse rent"): 5.0,  # 0.1 x 50
        ("air", "terminal"): 9.6,  # 20 x 0.48
        ("air", "broker"): 60.5,
        ("van", "delivery"): 10.0,  # 0.2 x 50
    },
    # kg 300.2, chargeable 300.5, m3 1, revenue tons 1, TEU 1 / 24
    DENSE: {
        ("haul", "haulage"): 30.02,  # 0.7 x 300.2 = 210.14 CNY, / 7
        ("hub", "stuffing"): 10.0,
        ("hub", "broker"): 60.5,
        ("hub", "inspection move"): 8.3334,  # 200 x 0.041667
        ("hub", "unloading"): 10.0,
        ("flight", "air freight"): 901.5,  # 3 x 300.5
        ("flight", "AWB fee"): 11.0,
        ("flight", "warehouse rent"): 30.02,
        ("air", "terminal"): 20.0,
        ("air", "broker"): 60.5,
        ("van", "delivery"): 60.04,
    },
}
OPENED = {("hub", "inspection move"), ("hub", "unloading")}
FREIGHT = {LIGHT: 4.8 + 250 + 11, DENSE: 10 + 901.5 + 11}
MOVE = {LIGHT: 4.0, DENSE: 8.3334}
VALUE = {LIGHT: 50 * 50.0, DENSE: 300.2 * 10.0}


def _some(case: Ran, goods: int, *, inspected: bool) -> int:
    """The first delivered consignment of that kind."""
    wanted = (case.world.commodity == goods) & (case.finished(INSPECTION) == inspected)
    return int(np.flatnonzero(wanted & case.finished("van"))[0])


@pytest.mark.parametrize("inspected", [False, True])
@pytest.mark.parametrize("goods", [LIGHT, DENSE])
def test_invoice_by_hand(goods: int, inspected: bool) -> None:
    """Tests that every line and both totals of a consignment are what they are by hand."""
    case = ran()
    invoices = case.invoice()
    (route,) = invoices.routes
    i = _some(case, goods, inspected=inspected)
    found = {(line.leg, line.name): route.amounts[i, k] for k, line in enumerate(route.lines)}
    time = found.pop(("door-to-door", "inventory"))
    wanted = {
        line: 0.0 if line in OPENED and not inspected else amount for line, amount in BY_HAND[goods].items()
    }
    assert found == pytest.approx(wanted, rel=1e-12)
    days = (int(case.end("van")[i]) - int(case.world.entry_us[i])) / DAY
    assert time == pytest.approx(VALUE[goods] * 0.2 * days / 365, rel=1e-12)
    assert invoices.freight_cost[i] == pytest.approx(FREIGHT[goods] + inspected * MOVE[goods], rel=1e-12)
    assert invoices.logistics_cost[i] == pytest.approx(sum(wanted.values()) + time, rel=1e-12)


def test_inspection_is_charged_to_the_inspected() -> None:
    """Tests that its lines are charged to all who were inspected and to nobody else."""
    case = ran()
    (route,) = case.invoice().routes
    inspected = case.finished(INSPECTION)
    assert 0.15 < inspected.mean() < 0.45
    for name in ("inspection move", "unloading"):
        assert np.array_equal(column(route, name) > 0, inspected)


def test_undelivered_pay_for_what_they_did() -> None:
    """Tests that the lines of a step are charged to those who finished it, undelivered or not."""
    case = ran()
    (route,) = case.invoice().routes
    undelivered = ~case.finished("van")
    assert (undelivered & case.finished("haul")).any()
    for name, leg, step in (
        ("haulage", "haul", "haul"),
        ("air freight", "flight", "flight"),
        ("broker", "hub", "hub/export/release"),
        ("delivery", "van", "van"),
    ):
        assert np.array_equal(column(route, name, leg) > 0, case.finished(step))


def test_lines_say_what_they_are() -> None:
    """Tests that each line names its step, tariff, category and payer."""
    lines = ran().invoice().lines
    keys = [info.key for info in ran().corridor.steps]
    opening = next(line for line in lines if line.name == "inspection move")
    assert (opening.route, opening.step, opening.leg) == (0, keys.index(INSPECTION), "hub")
    assert (opening.tariff, opening.category, opening.payer) == ("opening", "handling", "shipper")
    assert next(line for line in lines if line.name == "delivery").payer == "consignee"
    time = lines[-1]
    assert (time.step, time.leg, time.name, time.category) == (-1, "door-to-door", "inventory", "time")
    assert (time.payer, time.freight) == ("shipper", False)


def test_routes_are_invoiced_apart() -> None:
    """Tests that with two routes each consignment pays the lines of its own, and lines know their route."""
    values = journey()
    short = [{"by": "haul"}, {"at": "hub", "do": "stuff"}]
    values["routes"]["s"] = {"title": "S", "steps": short}
    values["routes"]["unused"] = {"title": "U", "steps": short}
    values["lanes"]["l"]["routes"] = {"r": "50 %", "s": "50 %"}
    case = run(values)
    invoices = case.invoice()
    assert [len(route.lines) for route in invoices.routes] == [12, 3, 3]
    assert [line.route for line in invoices.lines] == [0] * 12 + [1] * 3 + [2] * 3
    for r, route in enumerate(invoices.routes):
        assert np.array_equal(route.consignments, np.flatnonzero(case.world.route == r))
        assert route.amounts.shape == (len(route.consignments), len(route.lines))
        assert np.array_equal(invoices.logistics_cost[route.consignments], route.total())
    assert not len(invoices.routes[2].consignments)
    light = (case.world.route == 1) & (case.world.commodity == LIGHT)
    done = np.flatnonzero(light & (invoices.freight_cost > 20))
    assert invoices.freight_cost[done] == pytest.approx(20.0 + 4.8, rel=1e-12)


def test_no_tariffs_at_all() -> None:
    """Tests that a corridor without prices has invoices of zero and no line."""
    values = journey()
    del values["value_of_time"]
    for leg in (*values["trucking"].values(), *values["services"].values()):
        leg["tariffs"] = []
    values["routes"]["r"]["steps"] = [{"by": "haul"}, {"by": "flight"}, {"by": "van"}]
    invoices = run(values).invoice()
    assert invoices.lines == ()
    assert not invoices.logistics_cost.any()
    assert not invoices.freight_cost.any()


@st.composite
def price_lists(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Draw the lines of each of the journey's tariffs, of any kind, in any currency."""
    return {name: draw(line_lists()) for name in journey()["tariffs"]}


def _with(lists: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    values = journey()
    for name, lines in lists.items():
        values["tariffs"][name]["lines"] = lines
    return values


@settings(max_examples=50 // FEWER_EXAMPLES)
@given(price_lists())
def test_lines_sum_to_the_total(lists: dict[str, list[dict[str, Any]]]) -> None:
    """Tests that totals are their lines in order to the bit, and in exact arithmetic to 1e-9 and the cent."""
    invoices = ran().priced(_with(lists)).invoice()
    (route,) = invoices.routes
    freight = [k for k, line in enumerate(route.lines) if line.freight]
    on_value = [k for k, line in enumerate(route.lines) if line.category in ("insurance", "duty")]
    for i, amounts in enumerate(route.amounts.tolist()):
        in_order = in_order_freight = beside = 0.0
        for k, amount in enumerate(amounts):
            in_order += amount if k not in on_value else 0.0
            beside += amount if k in on_value else 0.0
            in_order_freight += amount if k in freight else 0.0
        assert invoices.logistics_cost[i] == in_order
        assert invoices.freight_cost[i] == in_order_freight
        assert invoices.charges_on_value[i] == beside
        exact = math.fsum(amounts)
        assert abs(invoices.logistics_cost[i] + beside - exact) <= min(1e-9 * exact, 0.005)
    assert (invoices.freight_cost <= invoices.logistics_cost).all()
    assert np.isfinite(route.amounts).all()
    assert (route.amounts >= 0).all()


@settings(max_examples=25 // FEWER_EXAMPLES)
@given(price_lists(), st.floats(0.01, 2000.0))
def test_scaling_the_currency_scales_the_invoice(lists: dict[str, list[dict[str, Any]]], rate: float) -> None:
    """Tests that reporting in a currency of which one USD buys ``rate`` multiplies every amount by it."""
    in_usd = ran().priced(_with(lists))
    values = _with(lists) | {
        "reporting_currency": "XYZ",
        "currencies": {
            "USD": f"{rate!r} XYZ/USD",
            "CNY": f"{7 / rate!r} CNY/XYZ",
            "EUR": f"{1.1 * rate!r} XYZ/EUR",
        },
    }
    in_xyz = in_usd.priced(values)
    in_xyz = replace(in_xyz, world=replace(in_xyz.world, value=in_usd.world.value * rate))
    scaled, plain = in_xyz.invoice(), in_usd.invoice()
    for found, wanted in (
        (scaled.routes[0].amounts, plain.routes[0].amounts),
        (scaled.freight_cost, plain.freight_cost),
        (scaled.logistics_cost, plain.logistics_cost),
        (scaled.charges_on_value, plain.charges_on_value),
    ):
        assert np.allclose(found, wanted * rate, rtol=1e-9, atol=0)


@settings(max_examples=50 // FEWER_EXAMPLES)
@given(price_lists(), st.sampled_from(sorted(journey()["tariffs"])), st.integers(0, 9), st.floats(1.0, 10.0))
def test_a_dearer_line_lowers_no_total(
    lists: dict[str, list[dict[str, Any]]], name: str, line: int, factor: float
) -> None:
    """Tests that a line that costs more, whatever its kind, never lowers anybody's total."""
    cheap = ran().priced(_with(lists)).invoice()
    more = lists | {name: dearer(lists[name], line % len(lists[name]), factor)}
    dear = ran().priced(_with(more)).invoice()
    assert (dear.logistics_cost >= cheap.logistics_cost * (1 - 1e-12)).all()
    assert (dear.freight_cost >= cheap.freight_cost * (1 - 1e-12)).all()


def test_billing_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that it does not matter how many consignments are invoiced at a time."""
    whole = ran().invoice().routes[0].amounts
    assert len(whole) > 50
    monkeypatch.setattr(sys.modules["fourport.ledger.invoice"], "BLOCK", 7)
    assert np.array_equal(ran().invoice().routes[0].amounts, whole)


def test_other_sizes_on_the_same_journeys() -> None:
    """Tests that a ledger invoices other sizes and values as if the consignments had been so."""
    case = ran()
    ledger = Ledger(case.corridor, case.trace)
    own, other = ledger.invoice(), replace(case.world, size=case.world.size * 3, value=case.world.value * 2)
    wanted = replace(case, world=other).invoice()
    found = ledger.invoice(other.size, other.value)
    assert np.array_equal(found.routes[0].amounts, wanted.routes[0].amounts)
    assert np.array_equal(ledger.invoice().logistics_cost, own.logistics_cost)
    assert (found.logistics_cost > own.logistics_cost).all()


def test_needs_no_engine() -> None:
    """Tests that the ledger invoices without loading SimPy: it knows milestones, not how they came about."""
    code = "import sys, fourport.ledger, fourport.ledger.emissions; sys.exit('simpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
