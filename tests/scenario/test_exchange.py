"""Exchange rates by date: hand-calculated."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest

from fourport.ledger.tariff import PriceList, charges
from fourport.ledger.use import Visit
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.sources import numbers
from fourport.world.draw import draw
from tests.ledger.journey import journey
from tests.ledger.prices import goods, tariff
from tests.scenario.bending import Bend, accepted, complaints
from tests.tiny import START_US, corridor

RATES = {"2019-01-01": "7 CNY/USD", "2019-02-01": "7.5 CNY/USD", "2019-03-01": "0.125 USD/CNY"}


def at(*times: str) -> Visit:
    """Give a visit in Shanghai that begins at these times, in UTC."""
    begin = [round(datetime.fromisoformat(time).replace(tzinfo=UTC).timestamp() * 1e6) for time in times]
    return Visit(np.array(begin, dtype=np.int64), zone="Asia/Shanghai")


def test_each_day_has_its_rate() -> None:
    """Tests 700 CNY at 7 CNY/USD until the local midnight of 1 February, then 7.5, then 8 from March."""
    rates = RATES | {"2019-03-01": "8 CNY/USD"}
    scenario = Scenario.model_validate(journey() | {"currencies": {"CNY": rates, "EUR": "1.1 USD/EUR"}})
    made = tariff(
        {"name": "by weight", "basis": "gross-weight", "price": "7 CNY/kg"},
        {"name": "breaks", "kind": "breaks", "rates": {"N": "7 CNY/kg"}, "minimum": "8400 CNY"},
        {"name": "fuel", "kind": "surcharge", "share": "10 %", "of": ["by weight"]},
        {"name": "in euro", "basis": "gross-weight", "price": "1 EUR/kg"},
    )
    times = ("2018-12-01", "2019-01-31T15:59:59", "2019-01-31T16:00", "2019-02-28T16:00", "2020-01-01")
    prices = PriceList(made, scenario, "Asia/Shanghai")
    found = [amounts.tolist() for amounts in charges(prices, goods(*[(100.0, 0.1)] * 5), at(*times))]
    weights = [100.0, 100.0, 700 / 7.5, 87.5, 87.5]
    assert found[0] == pytest.approx(weights, rel=1e-12)
    assert found[1] == pytest.approx([1200.0, 1200.0, 1120.0, 1050.0, 1050.0], rel=1e-12)
    assert found[2] == pytest.approx([amount / 10 for amount in weights], rel=1e-12)
    assert found[3] == pytest.approx([110.0] * 5, rel=1e-12)


def test_prices_and_rates_of_the_same_day() -> None:
    """Tests a price of 700 CNY until 31 January and of 750 from February, both 100 USD."""
    scenario = Scenario.model_validate(
        journey() | {"currencies": {"CNY": {**RATES, "2019-03-01": "8 CNY/USD"}}}
    )
    line = {"name": "n", "basis": "consignment"}
    made = tariff(
        line | {"price": "700 CNY/consignment", "valid_to": "2019-01-31"},
        line | {"price": "750 CNY/consignment", "valid_from": "2019-02-01"},
    )
    visit = at("2019-01-31T12:00", "2019-02-01T12:00", "2019-03-02")
    (found,) = charges(PriceList(made, scenario, "Asia/Shanghai"), goods(*[(1.0, 1.0)] * 3), visit)
    assert found.tolist() == pytest.approx([100.0, 100.0, 93.75], rel=1e-12)


def test_the_value_of_goods_is_of_the_day_of_acceptance() -> None:
    """Tests goods of 70 CNY/kg and 1 t, before and after 10 January: 10,000 USD and 8,750."""
    made = corridor(
        {
            "commodities.parts.value": "70 CNY/kg",
            "currencies": {"CNY": {"2019-01-07": "7 CNY/USD", "2019-01-10": "8 CNY/USD"}},
        }
    )
    world = draw(made, 1, 0)
    early = world.entry_us < START_US + 3 * 86_400_000_000
    assert 0 < early.sum() < world.n
    assert np.where(early, 10_000.0, 8_750.0).tolist() == pytest.approx(world.value.tolist(), rel=1e-12)


TABLE = 'CNY = { 2019-01-01 = "7 CNY/USD", 2019-01-14 = "7.5 CNY/USD" }'


def test_rates_in_a_file(bend: Bend) -> None:
    """Tests a file with rates by date, each a number with its source, and an overlay that adds one."""
    path = bend('CNY = "6.9 CNY/USD"', TABLE)
    keys = [one.key for one in numbers(path) if one.key.startswith("currencies")]
    assert keys == ["currencies.CNY.2019-01-01", "currencies.CNY.2019-01-14"]
    more = path.parent / "more.toml"
    more.write_text('extends = "corridor.toml"\ncurrencies.CNY.2019-01-21 = "8 CNY/USD"\n')
    rate = accepted(more).scenario.currencies["CNY"]
    assert [amount for _, amount in rate.later] == [7.5, 8.0]


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ('{ 2019-01-08 = "7 CNY/USD" }', "has no rate before 2019-01-08 (horizon: 2019-01-07 to 2019-01-27)"),
        ('{ 2019-01-01 = "7 CNY/USD", 2019-01-14 = "7 CNY/EUR" }', "need one pair of currencies"),
        (
            '{ January = "7 CNY/USD" }',
            "January: Invalid isoformat string: 'January'; rates by date have keys",
        ),
        ('{ 2019-01-01 = "7" }', "2019-01-01: '7' has no unit"),
        ("{}", "need one pair of currencies"),
        ('{ 2019-01-01 = "7 CNY/JPY" }', "the rate is in CNY/JPY; allowed: CNY/USD or USD/CNY"),
    ],
)
def test_bad_rates(rates: str, said: str, bend: Bend) -> None:
    """Tests that what is wrong with rates by date is told at the currency."""
    found = complaints(bend('CNY = "6.9 CNY/USD"', f"CNY = {rates}"))
    assert any("currencies.CNY" in line and said in line for line in found), found
