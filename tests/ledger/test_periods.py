"""Prices by date."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from fourport.ledger.periods import Validity, valid_always
from fourport.ledger.tariff import PriceList, charges
from fourport.ledger.use import Visit
from tests.ledger.journey import column, journey, ran
from tests.ledger.prices import SCENARIO, goods, tariff


def us(text: str) -> int:
    """Give an instant of UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 10**6


def weekly(otherwise: str = "refused") -> list[dict[str, Any]]:
    """Give 2, 3 and 5 USD/kg in two weeks of March and one of April 2020, with a gap between."""
    dates = [("2020-03-02", "2020-03-08"), ("2020-03-09", "2020-03-15"), ("2020-04-06", "2020-04-12")]
    return [
        {
            "name": "freight",
            "basis": "gross-weight",
            "price": f"{rate} USD/kg",
            "valid_from": date.fromisoformat(first),
            "valid_to": date.fromisoformat(last),
            "otherwise": otherwise,
        }
        for rate, (first, last) in zip((2, 3, 5), dates, strict=True)
    ]


DAYS = ["2020-03-01", "2020-03-02", "2020-03-08", "2020-03-09", "2020-03-20", "2020-04-06", "2020-05-01"]


@pytest.mark.parametrize(
    ("otherwise", "wanted"),
    [("nearest", [2, 2, 2, 3, 3, 5, 5]), ("nothing", [0, 2, 2, 3, 0, 5, 0])],
)
def test_price_of_the_day(otherwise: str, wanted: list[float]) -> None:
    """Tests that each day has the price of its week, and days without one what is said."""
    at_us = np.array([us(f"{day}T12:00") for day in DAYS])
    sizes = goods(*[(10.0, 0.01)] * len(DAYS))
    (found,) = charges(PriceList(tariff(*weekly(otherwise)), SCENARIO), sizes, Visit(at_us))
    assert found.tolist() == [10.0 * rate for rate in wanted]


def test_order_in_the_file_does_not_matter() -> None:
    """Tests that lines of one name are one line of the invoice, in any order, at the place of the first."""
    lines = [weekly()[2], {"name": "other", "basis": "volume", "price": "1 USD/m3"}, *weekly()[:2]]
    made = tariff(*lines)
    assert [[line.name for line in entry] for entry in made.entries] == [["freight"] * 3, ["other"]]
    at_us = np.array([us("2020-03-10T00:00")])
    found = charges(PriceList(made, SCENARIO), goods((10.0, 1.0)), Visit(at_us))
    assert [amounts.tolist() for amounts in found] == [[30.0], [1.0]]


@pytest.mark.parametrize(
    ("zone", "at", "wanted"),
    [
        ("UTC", "2020-03-08T23:59:59", 0),
        ("UTC", "2020-03-09T00:00", 1),
        ("Asia/Shanghai", "2020-03-08T15:59:59", 0),
        ("Asia/Shanghai", "2020-03-08T16:00", 1),
        ("America/Los_Angeles", "2020-03-09T06:59:59", 0),  # clocks went forward on the day before
        ("America/Los_Angeles", "2020-03-09T07:00", 1),
    ],
)
def test_days_are_local(zone: str, at: str, wanted: int) -> None:
    """Tests that a day begins at the midnight of the place where the step begins."""
    entry = tariff(*weekly()).entries[0]
    assert not valid_always(entry)
    assert Validity.of(entry, zone).at(np.array([us(at)])).tolist() == [wanted]


def test_open_ends() -> None:
    """Tests a line without begin and one without end."""
    lines = weekly("nothing")[:2]
    del lines[0]["valid_from"], lines[1]["valid_to"]
    entry = tariff(*lines).entries[0]
    at_us = np.array([us(f"{day}T12:00") for day in ("1990-01-01", *DAYS)])
    assert Validity.of(entry, "UTC").at(at_us).tolist() == [0, 0, 0, 0, 1, 1, 1, 1]


def test_departure_of_the_flight() -> None:
    """Tests on a run that a dated price is that of the day on which the flight departs."""
    values = journey()
    table: list[dict[str, Any]] = []
    for week, rate in enumerate((2, 3, 5, 7)):
        first, last = date(2019, 1, 7 + 7 * week), date(2019, 1, 13 + 7 * week) if week < 3 else None
        line: dict[str, Any] = {"name": "air freight", "category": "transport", "basis": "gross-weight"}
        table.append(line | {"price": f"{rate} USD/kg", "valid_from": first, "valid_to": last})
    values["tariffs"]["air"]["lines"][:1] = table
    case = ran().priced(values)
    (route,) = case.invoice().routes
    step = [info.key for info in case.corridor.steps].index("flight")
    departed = case.milestones.begin_us[case.world.first_event_row[:-1] + step]
    flown = case.finished("flight")
    weeks = (departed[flown] - us("2019-01-07T00:00")) // (7 * 86_400 * 10**6)
    assert set(weeks.tolist()) >= {0, 1, 2}
    wanted = case.world.size[flown, 0] / 1e3 * np.array([2, 3, 5, 7])[weeks]
    assert column(route, "air freight")[flown] == pytest.approx(wanted, rel=1e-12)
    assert not column(route, "air freight")[~flown].any()
