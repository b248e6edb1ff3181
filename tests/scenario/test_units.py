"""Quantities: every unit by hand, every type by round trip, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from fourport.scenario import units

BY_HAND = [
    (units.Duration, "1 us", 1),
    (units.Duration, "1 ms", 1_000),
    (units.Duration, "1 s", 1_000_000),
    (units.Duration, "1 min", 60 * 10**6),
    (units.Duration, "1 h", 3_600 * 10**6),
    (units.Duration, "1 d", 86_400 * 10**6),
    (units.Duration, "1 day", 86_400 * 10**6),
    (units.Duration, "2 days", 172_800 * 10**6),
    (units.Duration, "1 week", 604_800 * 10**6),
    (units.Duration, "2 weeks", 1_209_600 * 10**6),
    (units.Duration, "0 h", 0),
    (units.Duration, "1.5 h", 5_400 * 10**6),
    (units.Duration, " .5h ", 1_800 * 10**6),
    (units.Duration, "1_000 s", 10**9),
    (units.Duration, "1e3 s", 10**9),
    (units.Mass, "500 g", 0.5),
    (units.Mass, "1 kg", 1.0),
    (units.Mass, "2.5 t", 2500.0),
    (units.Volume, "250 l", 0.25),
    (units.Volume, "33 m3", 33.0),
    (units.Containers, "335 TEU", 335.0),
    (units.Containers, "10 FEU", 20.0),
    (units.Distance, "500 m", 0.5),
    (units.Distance, "40 km", 40.0),
    (units.Distance, "1 nmi", 1.852),
    (units.Share, "61 %", 0.61),
    (units.Share, "0 %", 0.0),
    (units.Share, "100 %", 1.0),
    (units.Density, "180 kg/m3", 180.0),
    (units.Density, "0.18 t/m3", 180.0),
    (units.EmissionIntensity, "0.088 kg/tkm", 0.088),
    (units.EmissionIntensity, "88 g/tkm", 0.088),
    (units.AnnualRate, "9 %/year", 0.09),
    (units.AnnualRate, "0.02 %/d", 0.073),
    (units.DemandRate, "120 consignments/week", 120.0),
    (units.DemandRate, "2 consignments/d", 14.0),
    (units.DemandRate, "1 consignments/h", 168.0),
    (units.Clock, "00:00", 0),
    (units.Clock, "9:05", 545),
    (units.Clock, "19:00", 1140),
    (units.Clock, "24:00", 1440),
    (units.Latitude, "37.5 N", 37.5),
    (units.Latitude, "33.9 S", -33.9),
    (units.Longitude, "122.1 E", 122.1),
    (units.Longitude, "118.4 W", -118.4),
    (units.MoneyAmount, "150 CNY", units.Money(150.0, "CNY")),
    (units.UnitPrice, "3.54 USD/kg", units.Price(3.54, "USD", "kg")),
    (units.UnitPrice, "300 USD/t", units.Price(0.3, "USD", "kg")),
    (units.UnitPrice, "60 USD/m3", units.Price(60.0, "USD", "m3")),
    (units.UnitPrice, "300 USD/TEU", units.Price(300.0, "USD", "TEU")),
    (units.UnitPrice, "600 USD/FEU", units.Price(300.0, "USD", "TEU")),
    (units.UnitPrice, "50 CNY/consignment", units.Price(50.0, "CNY", "consignment")),
    (units.UnitPrice, "2 USD/km", units.Price(2.0, "USD", "km")),
    (units.UnitPrice, "5 USD/d", units.Price(5.0, "USD", "d")),
    (units.UnitPrice, "0.27 CNY/tkm", units.Price(0.27, "CNY", "tkm")),
    (units.UnitPrice, "300 USD/container", units.Price(300.0, "USD", "container")),
    (units.UnitPrice, "700 CNY/vehicle", units.Price(700.0, "CNY", "vehicle")),
    (units.UnitPrice, "18000 USD/departure", units.Price(18000.0, "USD", "departure")),
    (units.UnitPrice, "90 USD/master-bill", units.Price(90.0, "USD", "master-bill")),
    (units.UnitPrice, "25 USD/house-bill", units.Price(25.0, "USD", "consignment")),
    (units.UnitPrice, "5 USD/parcel", units.Price(5.0, "USD", "parcel")),
    (units.UnitPrice, "150 CNY/filing", units.Price(150.0, "CNY", "filing")),
    (units.UnitPrice, "0.02 USD/kg/d", units.Price(0.02, "USD", "kg/d")),
    (units.UnitPrice, "20 USD/t/d", units.Price(0.02, "USD", "kg/d")),
    (units.UnitPrice, "3 USD/m3/d", units.Price(3.0, "USD", "m3/d")),
    (units.UnitPrice, "80 USD/TEU/d", units.Price(80.0, "USD", "TEU/d")),
    (units.UnitPrice, "160 USD/FEU/d", units.Price(80.0, "USD", "TEU/d")),
    (units.UnitPrice, "5 USD/consignment/d", units.Price(5.0, "USD", "consignment/d")),
    (units.Ratio, "135 %", 1.35),
    (units.Ratio, "0 %", 0.0),
    (units.ValueDensity, "50 USD/kg", units.Price(50.0, "USD", "kg")),
    (units.Exchange, "6.9081 CNY/USD", units.ExchangeRate(6.9081, "CNY", "USD")),
]

REFUSED = [
    (units.Duration, "-1 h", "at least 0"),
    (units.PositiveDuration, "0 s", "more than 0"),
    (units.PositiveDuration, "1e-9 us", "less than a microsecond"),
    (units.Duration, "14 hours", "has the unit 'hours'"),
    (units.Duration, 14, "bare number 14 has no unit"),
    (units.Duration, True, "not a quantity"),
    (units.Duration, None, "not a quantity"),
    (units.Duration, "", "not a number with a unit"),
    (units.Mass, "0 kg", "more than 0"),
    (units.Mass, "nan kg", "not finite"),
    (units.Mass, "-inf kg", "not finite"),
    (units.Mass, "1e13 kg", "beyond"),
    (units.Mass, "1,000 kg", "has the unit ',000 kg'"),
    (units.Share, "101 %", "at most 1"),
    (units.Share, "-1 %", "at least 0"),
    (units.Share, "0.5", "no unit"),
    (units.Ratio, "-1 %", "at least 0"),
    (units.Ratio, "1.35", "no unit"),
    (units.Clock, "24:01", "not a time of day"),
    (units.Clock, "12:60", "not a time of day"),
    (units.Clock, "7 pm", "not a time of day"),
    (units.Clock, 1900, "not a time of day"),
    (units.Latitude, "90.1 N", "not a coordinate"),
    (units.Latitude, "37 E", "not a coordinate"),
    (units.Longitude, "37 N", "not a coordinate"),
    (units.Longitude, "37", "no unit"),
    (units.MoneyAmount, "150 yuan", "not a currency code"),
    (units.MoneyAmount, "-150 CNY", "at least 0"),
    (units.UnitPrice, "3 USD", "has the unit 'USD'"),
    (units.UnitPrice, "3 USD/lb", "has the unit 'USD/lb'"),
    (units.UnitPrice, "-3 USD/kg", "at least 0"),
    (units.ValueDensity, "3 USD/m3", "is per m3"),
    (units.Exchange, "0 CNY/USD", "more than 0"),
    (units.Exchange, "1 USD/USD", "has the unit 'USD/USD'"),
    (units.DemandRate, "0 consignments/week", "more than 0"),
]

TABLES: list[tuple[Any, dict[str, Any]]] = [
    (units.Duration, units.MICROSECONDS),
    (units.Mass, units.KILOGRAMS),
    (units.Volume, units.CUBIC_METRES),
    (units.Containers, units.CONTAINERS),
    (units.Distance, units.KILOMETRES),
    (units.Density, units.DENSITIES),
    (units.AnnualRate, units.RATES_A_YEAR),
    (units.DemandRate, units.DEMAND_A_WEEK),
    (units.EmissionIntensity, units.EMISSIONS),
]


def parse(kind: Any, text: object) -> Any:
    """Parse as a field of this type would."""
    return TypeAdapter(kind).validate_python(text)


@pytest.mark.parametrize(("kind", "text", "value"), BY_HAND, ids=[text for _, text, _ in BY_HAND])
def test_by_hand(kind: Any, text: str, value: Any) -> None:
    """Tests that each unit gives the number computed by hand."""
    found = parse(kind, text)
    if isinstance(value, units.Price):
        assert (found.currency, found.per) == (value.currency, value.per)
        found, value = found.amount, value.amount
    assert found == (pytest.approx(value, rel=1e-15) if isinstance(value, float) else value)


@pytest.mark.parametrize(("kind", "text", "words"), REFUSED, ids=[str(text) for _, text, _ in REFUSED])
def test_refused(kind: Any, text: object, words: str) -> None:
    """Tests that what is no quantity of the kind is refused, saying what was found and what is allowed."""
    with pytest.raises(ValidationError) as caught:
        parse(kind, text)
    message = caught.value.errors()[0]["msg"]
    assert words in message
    assert "allowed: " in message


def test_every_unit_is_tested_by_hand() -> None:
    """Tests that no unit of any table is missing among the conversions by hand."""
    tables = [*TABLES, (units.Share, units.SHARES), (units.Ratio, units.SHARES)]
    written = [(kind, text.strip().lstrip("0123456789._e ")) for kind, text, _ in BY_HAND]
    assert [(kind, unit) for kind, table in tables for unit in table if (kind, unit) not in written] == []
    prices = [text.split("/", 1)[1] for kind, text, _ in BY_HAND if kind is units.UnitPrice]
    assert set(prices) == set(units.CHARGEABLE_UNITS)


@pytest.mark.parametrize(
    ("kind", "table"), TABLES, ids=["us", "kg", "m3", "TEU", "km", "density", "rate", "demand", "emissions"]
)
@given(number=st.floats(min_value=1e-3, max_value=5e4), data=st.data())
def test_round_trip(kind: Any, table: dict[str, float], number: float, data: st.DataObject) -> None:
    """Tests that a quantity written in any unit gives the same number again when read."""
    unit = data.draw(st.sampled_from(sorted(table)))
    found = parse(kind, f"{number!r} {unit}")
    if kind is units.Duration:
        assert abs(found - number * table[unit]) <= max(0.5, found * 1e-12)
    else:
        assert math.isclose(found / table[unit], number, rel_tol=1e-12)


@given(st.integers(min_value=0, max_value=1440))
def test_clock_round_trip(minutes: int) -> None:
    """Tests that every minute of the day is read as written."""
    assert parse(units.Clock, f"{minutes // 60:02}:{minutes % 60:02}") == minutes


@given(
    st.just(0.0) | st.floats(min_value=1e-12, max_value=1e9), st.sampled_from(["USD", "CNY", "KRW", "EUR"])
)
def test_money_round_trip(amount: float, currency: str) -> None:
    """Tests that an amount keeps every digit and its currency."""
    assert parse(units.MoneyAmount, f"{amount!r} {currency}") == units.Money(amount, currency)


@given(st.floats(min_value=1e-6, max_value=1e9), st.sampled_from(sorted(units.CHARGEABLE_UNITS)))
def test_price_round_trip(amount: float, per: str) -> None:
    """Tests that a price a unit, times the units in one as written, is the amount again."""
    price = parse(units.UnitPrice, f"{amount!r} USD/{per}")
    assert math.isclose(price.amount / units.CHARGEABLE_UNITS[per][1], amount, rel_tol=1e-12)


@given(st.text(max_size=12))
def test_any_text_is_a_quantity_or_refused(text: str) -> None:
    """Tests that whatever text is written gives a quantity or an error that says what is allowed."""
    for kind in (units.Duration, units.Share, units.Clock, units.UnitPrice, units.Longitude, units.Exchange):
        try:
            parse(kind, text)
        except ValidationError as error:
            message = error.errors()[0]["msg"]
        else:
            continue
        assert "allowed: " in message
