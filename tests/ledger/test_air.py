"""Air freight: weight breaks, the next-break rule, unit load devices, surcharges."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourport.ledger.tariff import PriceList, charges
from tests.ledger.prices import SCENARIO, goods, priced, tariff

RATES = {"N": "5.60 USD/kg", "+45": "5.00 USD/kg", "+100": "4.20 USD/kg", "+300": "4.00 USD/kg"}
AIR: dict[str, Any] = {"kind": "breaks", "rates": RATES, "minimum": "75 USD"}


def dense(kg: float) -> tuple[float, float]:
    """Give goods whose weight counts, not their volume."""
    return kg, kg / 1000


@pytest.mark.parametrize(
    ("kg", "wanted"),
    [
        (90, 420.0),  # as 100 kg at 4.20, since 90 x 5.00 = 450
        (80, 400.0),  # 80 x 5.00 is less than 420
        (84, 420.0),  # both are the same
        (100, 420.0),
        (13, 75.0),  # 13 x 5.60 = 72.80, at least 75
        (44, 225.0),  # as 45 kg at 5.00, since 44 x 5.60 = 246.40
        (40, 224.0),
        (290, 1200.0),  # as 300 kg at 4.00, since 290 x 4.20 = 1218
        (1000, 4000.0),
    ],
)
def test_next_break(kg: float, wanted: float) -> None:
    """Tests that a weight is charged by its break, or as that of the next break where this is less."""
    assert priced(AIR, dense(kg)) == pytest.approx([wanted], rel=1e-12)


def test_published_example() -> None:
    """Tests the published example: 30 kg at 37.15 are charged as 45 kg at 18.28."""
    line = {"kind": "breaks", "rates": {"N": "37.15 CNY/kg", "+45": "18.28 CNY/kg"}}
    assert priced(line, dense(30)) == pytest.approx([45 * 18.28 / 7], rel=1e-12)


def test_break_further_up() -> None:
    """Tests that a break further up is taken where it costs less than the next one."""
    line = {"kind": "breaks", "rates": {"N": "10 USD/kg", "+45": "9.9 USD/kg", "+50": "5 USD/kg"}}
    assert priced(line, dense(44)) == pytest.approx([250.0], rel=1e-12)


def test_own_break() -> None:
    """Tests that without the rule 90 kg at 5.00 are 450."""
    assert priced(AIR | {"rule": "own-break"}, dense(90)) == pytest.approx([450.0], rel=1e-12)


def test_by_volume() -> None:
    """Tests that 50 kg in 100 x 80 x 60 cm are charged as 80 kg, and by the scale as 50."""
    assert priced(AIR, (50, 0.48)) == pytest.approx([80 * 5.0], rel=1e-12)
    assert priced(AIR | {"basis": "gross-weight"}, (50, 0.48)) == pytest.approx([250.0], rel=1e-12)


def test_scale_on_a_level() -> None:
    """Tests that breaks given as shares of a level are those rates."""
    shares = {"N": "140 %", "+45": "125 %", "+100": "105 %", "+300": "100 %"}
    level = {"kind": "breaks", "price": "4 USD/kg", "scale": shares, "minimum": "75 USD"}
    sizes = [dense(kg) for kg in (13, 44, 90, 290, 1000)]
    assert priced(level, *sizes) == pytest.approx(priced(AIR, *sizes), rel=1e-12)


ULD: dict[str, Any] = {
    "kind": "unit-load",
    "weight": "4500 kg",
    "volume": "10 m3",
    "pivot_weight": "2000 kg",
    "price": "3.00 USD/kg",
    "over_pivot": "2.50 USD/kg",
}


@pytest.mark.parametrize(
    ("kg", "m3", "wanted"),
    [
        (1500, 8, 6000.0),  # the pivot weight is paid in any case: 2000 x 3.00
        (2000, 8, 6000.0),
        (2600, 8, 7500.0),  # 600 kg over the pivot weight at 2.50
        (1000, 12, 12_000.0),  # 12 m3 need two units; chargeable 2000 kg, pivot 4000
        (9000, 12, 24_500.0),  # two units, 5000 kg over 4000
    ],
)
def test_pivot_weight(kg: float, m3: float, wanted: float) -> None:
    """Tests that units are paid by their pivot weight, and each kg over it."""
    assert priced(ULD, (kg, m3)) == pytest.approx([wanted], rel=1e-12)


def test_surcharges_on_their_declared_basis() -> None:
    """Tests fuel by share of the freight and by chargeable weight, security by gross weight, the AWB."""
    made = tariff(
        AIR | {"name": "freight"},
        {"name": "fuel", "kind": "surcharge", "share": "20 %", "of": ["freight"]},
        {"name": "fuel by weight", "basis": "chargeable-weight", "price": "0.70 USD/kg"},
        {"name": "security", "basis": "gross-weight", "price": "0.15 USD/kg", "minimum": "10 USD"},
        {"name": "AWB", "basis": "consignment", "price": "20 USD/consignment"},
        {
            "name": "on all",
            "kind": "surcharge",
            "share": "1 %",
            "of": ["freight", "AWB"],
            "minimum": "35 CNY",
        },
    )
    found = charges(PriceList(made, SCENARIO), goods((50, 0.48), (300, 0.3)))
    assert np.stack(found, axis=1) == pytest.approx(
        np.array(
            [
                [400.0, 80.0, 56.0, 10.0, 20.0, 5.0],  # 1 % of 420 is 4.20, at least 35 CNY
                [1200.0, 240.0, 210.0, 45.0, 20.0, 12.2],
            ]
        ),
        rel=1e-12,
    )


@st.composite
def falling_rates(draw: st.DrawFn) -> dict[str, str]:
    """Draw a normal rate and lower ones for some breaks."""
    weights = sorted(draw(st.sets(st.integers(1, 2000), max_size=7)))
    rate = draw(st.floats(0.01, 100.0))
    rates = {"N": f"{rate!r} USD/kg"}
    for kg in weights:
        rate *= draw(st.floats(0.05, 1.0))
        rates[f"+{kg}"] = f"{rate!r} USD/kg"
    return rates


@given(
    falling_rates(),
    st.none() | st.just(0.0) | st.floats(1e-9, 1000.0),
    st.lists(st.integers(1, 5000), min_size=2),
)
def test_cost_per_kg_never_rises(rates: dict[str, str], minimum: float | None, half_kgs: list[int]) -> None:
    """Tests that with more weight a kg never costs more and the whole never less, under the rule."""
    line = {"kind": "breaks", "rates": rates}
    if minimum is not None:
        line["minimum"] = f"{minimum!r} USD"
    weights = sorted(half / 2 for half in half_kgs)
    amounts = priced(line, *(dense(kg) for kg in weights))
    per_kg = [amount / kg for amount, kg in zip(amounts, weights, strict=True)]
    for lighter, heavier in itertools.pairwise(per_kg):
        assert heavier <= lighter * (1 + 1e-12)
    for lighter, heavier in itertools.pairwise(amounts):
        assert heavier >= lighter * (1 - 1e-12)


def test_without_the_rule_the_whole_may_fall() -> None:
    """Tests that the check above can fail: by its own break 99 kg cost more than 100."""
    lighter, heavier = priced(AIR | {"rule": "own-break"}, dense(99), dense(100))
    assert lighter > heavier
