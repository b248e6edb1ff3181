"""Charges on the value of the goods, and where they count."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fourport.ledger.quantities import Shipments
from fourport.ledger.tariff import PriceList, charges
from tests.ledger.journey import DENSE, LIGHT, Values, column, journey, run
from tests.ledger.prices import SCENARIO, tariff

VALUE = {LIGHT: 50 * 50.0, DENSE: 300.2 * 10.0}
"""Value of a consignment, USD: 50 kg of 50 USD/kg, 300.2 kg of 70 CNY/kg."""


def valued() -> Values:
    """Give the journey with insurance of the flight, and duty, tax and commission at the import."""
    values = journey()
    line: Values = {"kind": "value"}
    values["tariffs"]["air"]["lines"].append(
        line | {"name": "insurance", "category": "insurance", "share": "0.3 %", "minimum": "56 CNY"}
    )
    values["tariffs"]["duties"] = {
        "lines": [
            line | {"name": "duty", "category": "duty", "share": "10 %", "maximum": "275 USD"},
            line | {"name": "tax", "category": "duty", "share": "13 %", "of": ["duty"]},
            line | {"name": "commission", "category": "customs", "share": "1 %"},
        ]
    }
    values["facilities"]["air"]["activities"]["import"]["tariffs"].append("duties")
    return values


BY_HAND = {
    LIGHT: {"insurance": 8.0, "duty": 250.0, "tax": 0.13 * 2750, "commission": 25.0},  # 7.50, at least 8
    DENSE: {"insurance": 9.006, "duty": 275.0, "tax": 0.13 * 3277, "commission": 30.02},  # at most 275
}


@pytest.mark.parametrize("goods", [LIGHT, DENSE])
def test_by_hand(goods: int) -> None:
    """Tests lines, and that insurance and duty count beside the logistics cost, the commission in it."""
    case, before = run(valued()), run(journey())
    invoices, (route,) = case.invoice(), case.invoice().routes
    i = int(np.flatnonzero((case.world.commodity == goods) & case.finished("van"))[0])
    assert case.world.value[i] == pytest.approx(VALUE[goods])
    found = {name: column(route, name)[i] for name in BY_HAND[goods]}
    assert found == pytest.approx(BY_HAND[goods], rel=1e-9)
    beside = sum(amount for name, amount in BY_HAND[goods].items() if name != "commission")
    assert invoices.charges_on_value[i] == pytest.approx(beside)
    plain = before.invoice()
    assert invoices.freight_cost[i] == plain.freight_cost[i]
    assert invoices.logistics_cost[i] == pytest.approx(plain.logistics_cost[i] + found["commission"])
    scopes = {line.name: line.scope for line in route.lines}
    assert [scopes[name] for name in BY_HAND[goods]] == ["on value", "on value", "on value", "other"]


def test_a_rate_by_date() -> None:
    """Tests a duty that rises on a day: the goods pay that of the day of their import."""
    values = valued()
    duty: dict[str, Any] = {"name": "duty", "kind": "value", "category": "duty"}
    first, second = {"share": "10 %", "valid_to": "2019-01-15"}, {"share": "25 %", "valid_from": "2019-01-16"}
    values["tariffs"]["duties"]["lines"] = [duty | first, duty | second]
    case = run(values)
    (route,) = case.invoice().routes
    cleared, paid = case.end("air/import/release"), column(route, "duty")
    day = np.datetime64("2019-01-16").astype("datetime64[us]").astype(np.int64)
    done = case.finished("air/import/release")
    early, late = done & (cleared < day), done & (cleared >= day)
    assert early.any()
    assert late.any()
    assert paid[early] == pytest.approx(0.10 * case.world.value[early])
    assert paid[late] == pytest.approx(0.25 * case.world.value[late])


def test_the_value_must_be_known() -> None:
    """Tests that goods whose value nobody said are not charged as if they were worth nothing."""
    line = {"kind": "value", "category": "duty", "share": "10 %"}
    (amounts,) = charges(PriceList(tariff(line), SCENARIO), Shipments.of(np.array([[1000, 1000, 1]])))
    assert np.isnan(amounts).all()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"minimum": "30 USD", "maximum": "20 USD"}, "the minimum 30 is above the maximum 20"),
        ({"minimum": "30 USD", "maximum": "200 CNY"}, "one currency in a line"),
        ({"of": ["duty"]}, "the line 'line 0' is on 'duty', which is no line before it"),
        ({"share": "-5 %"}, "must be at least 0"),
    ],
)
def test_refused(line: dict[str, Any], message: str) -> None:
    """Tests what a line of the value may not say."""
    with pytest.raises(ValueError, match=message):
        tariff({"kind": "value", "category": "duty", "share": "5 %"} | line)
