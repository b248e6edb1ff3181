"""The list of prices of a scenario."""

from __future__ import annotations

from fourport.scenario.load import load
from fourport.scenario.price_table import COLUMNS, price_rows
from tests.scenario.bending import Bend, accepted
from tests.scenario.test_price_lists import HEAD, SEA, listed


def test_lines_with_all_that_belongs_to_them(bend: Bend) -> None:
    """Tests that a line shows payer, currency, unit, prices, validity, grade and source."""
    dated = SEA.replace("as written", "as written,75,2019-01-01").replace("\n", ",nearest\n")
    head = HEAD.replace("note", "note,M,valid_from,otherwise")
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in price_rows(accepted(listed(bend, head + dated)))]
    assert [row["tariff"] for row in rows] == ["handling", "sea"]
    assert rows[0] == {
        **dict.fromkeys(COLUMNS, ""),
        "tariff": "handling",
        "title": "Handling",
        "line": "Handling",
        "kind": "basis",
        "category": "handling",
        "payer": "shipper",
        "currency": "CNY",
        "unit": "CNY/consignment",
        "prices": "price 50",
    }
    assert rows[1] == {
        **rows[0],
        "tariff": "sea",
        "title": "sea",
        "line": "Sea freight",
        "category": "transport",
        "currency": "USD",
        "unit": "USD/TEU",
        "prices": "price 300; minimum 75",
        "valid_from": "2019-01-01",
        "otherwise": "nearest",
        "grade": "published",
        "source": "A book",
        "address": "https://example.org/book",
        "note": "as written",
    }


def test_shipped_lines_have_it_all() -> None:
    """Tests that no line of a shipped scenario is without payer, unit, prices or grade."""
    for name in ("weihai-2019", "weihai-2020"):
        for row in price_rows(load(name)):
            found = dict(zip(COLUMNS, row, strict=True))
            assert all(found[column] for column in ("payer", "currency", "unit", "prices", "grade")), found
