"""One tariff, charged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourport.ledger.quantities import Shipments
from fourport.ledger.rules import charge
from fourport.ledger.tariff import PriceList, charges
from fourport.ledger.use import TariffUse, Visit
from fourport.plan.tables import Ints
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.tariffs import BASIS_UNITS, Tariff
from tests.ledger.journey import journey, one

PARCEL = one(50_250, 480_000, 20_000)


def _scenario(**changes: Any) -> Scenario:
    return Scenario.model_validate(journey() | changes)


def _charged(
    basis: str, price: str, minimum: str | None = None, size: Ints = PARCEL, **changes: Any
) -> list[float]:
    line = {"name": "n", "category": "transport", "basis": basis, "price": price, "minimum": minimum}
    tariff = Tariff.model_validate({"title": "T", "lines": [line]})
    (amounts,) = charges(PriceList(tariff, _scenario(**changes)), Shipments.of(size))
    return [float(amount) for amount in amounts]


@pytest.mark.parametrize(
    ("basis", "price", "wanted"),
    [
        ("gross-weight", "2 USD/kg", 100.5),
        ("gross-weight", "2000 USD/t", 100.5),
        ("chargeable-weight", "3 USD/kg", 240.0),
        ("volume", "25 USD/m3", 12.0),
        ("weight-or-measure", "50 USD/m3", 24.0),
        ("containers", "300 USD/TEU", 6.0),
        ("containers", "600 USD/FEU", 6.0),
        ("consignment", "35 USD/consignment", 35.0),
    ],
)
def test_price_by_basis(basis: str, price: str, wanted: float) -> None:
    """Tests that 50.25 kg in 0.48 m3 and 0.02 TEU cost on each basis what they cost by hand."""
    assert _charged(basis, price) == pytest.approx([wanted], rel=1e-12)


@pytest.mark.parametrize(("minimum", "wanted"), [("239.99 USD", 240.0), ("240.01 USD", 240.01)])
def test_minimum(minimum: str, wanted: float) -> None:
    """Tests that a charge is raised to its minimum, and not otherwise changed by it."""
    assert _charged("chargeable-weight", "3 USD/kg", minimum) == pytest.approx([wanted], rel=1e-12)


def test_a_line_that_subtracts_looks_at_each_consignment() -> None:
    """Tests by hand, of 100 kg and of 5 t, a discount on what a subsidy may have taken below zero.

    Of 100 kg: 10 - 150, of which the discount is an addition of 14. Of 1.4 t: 140 - 150, an addition of 1. Of
    5 t: 500 - 150, a tenth less. A rebate of 20 takes nothing from what is below zero.
    """
    whole = {"name": "w", "category": "transport", "basis": "gross-weight", "price": "0.1 USD/kg"}
    price = {"category": "transport", "basis": "consignment"}
    subsidy = price | {"name": "s", "price": "-150 USD/consignment", "subtracts": "below-zero"}
    discount = {"name": "d", "category": "transport", "kind": "surcharge", "share": "-10 %", "of": ["w", "s"]}
    rebate = price | {"name": "r", "price": "-20 USD/consignment"}
    sizes = np.array([[kg * 1000, 10**6, 10**4] for kg in (100, 1400, 5000)])
    for last, wanted in ((discount, [14.0, 1.0, -35.0]), (rebate, [0.0, 0.0, -20.0])):
        tariff = Tariff.model_validate({"title": "T", "lines": [whole, subsidy, last]})
        *_, amounts = charges(PriceList(tariff, _scenario()), Shipments.of(sizes))
        assert amounts.tolist() == pytest.approx(wanted)


def test_currency_quoted_against_the_reporting_currency() -> None:
    """Tests that 7 CNY/USD turns 70 CNY into 10 USD, price and minimum alike."""
    assert _charged("consignment", "70 CNY/consignment") == pytest.approx([10.0], rel=1e-12)
    assert _charged("volume", "1 CNY/m3", "140 CNY") == pytest.approx([20.0], rel=1e-12)


def test_currency_quoted_the_other_leg() -> None:
    """Tests that 1.1 USD/EUR turns 70 EUR into 77 USD."""
    assert _charged("consignment", "70 EUR/consignment") == pytest.approx([77.0], rel=1e-12)


def test_currencies_there_and_back() -> None:
    """Tests that what 70 CNY are in USD costs 70 CNY in a scenario that reports CNY."""
    (in_usd,) = _charged("consignment", "70 CNY/consignment")
    back = _charged(
        "consignment",
        f"{in_usd!r} USD/consignment",
        reporting_currency="CNY",
        currencies={"USD": "7 CNY/USD"},
    )
    assert back == pytest.approx([70.0], rel=1e-12)


def test_rate_missing() -> None:
    """Tests that a currency without a rate is not taken as the reporting currency."""
    with pytest.raises(KeyError, match="KRW"):
        _charged("consignment", "70 KRW/consignment")


def test_lines_in_order() -> None:
    """Tests that a tariff gives one vector for each line, in order, one amount a consignment."""
    lines = [
        {"name": "a", "category": "handling", "basis": "gross-weight", "price": "2 USD/kg"},
        {"name": "b", "category": "customs", "basis": "consignment", "price": "5 USD/consignment"},
    ]
    tariff = Tariff.model_validate({"title": "T", "lines": lines})
    found = charges(PriceList(tariff, _scenario()), Shipments.of(np.concatenate([PARCEL, one(1000, 1)])))
    assert [amounts.tolist() for amounts in found] == [[100.5, 2.0], [5.0, 5.0]]


def test_kind_without_rule() -> None:
    """Tests that a kind of line that nobody knows how to charge is an error, not a zero."""
    use = TariffUse(Shipments.of(PARCEL), Visit(np.zeros(1, dtype=np.int64)))
    with pytest.raises(TypeError, match="kind str"):
        charge("a line", use)


@given(
    st.sampled_from(sorted(BASIS_UNITS)),
    st.just(0.0) | st.floats(1e-9, 1e6),
    st.just(0.0) | st.floats(1e-9, 1e6),
    st.floats(1.0, 10.0),
    st.tuples(*[st.integers(1, 10**8)] * 3),
)
def test_dearer_never_costs_less(
    basis: Any, price: float, minimum: float, dearer: float, size: tuple[int, int, int]
) -> None:
    """Tests that a higher price never lowers a charge, and that no charge is under its minimum."""
    per = BASIS_UNITS[basis]
    cheap, dear = (
        _charged(basis, f"{amount!r} USD/{per}", f"{minimum!r} USD", one(*size))
        for amount in (price, price * dearer)
    )
    assert minimum <= cheap[0] <= dear[0]
