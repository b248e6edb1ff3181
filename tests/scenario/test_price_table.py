"""The list of prices of a scenario."""

from __future__ import annotations

from fourport.scenario.load import load, policy_names
from fourport.scenario.price_table import factor_rows, price_rows
from fourport.store.tables import TABLES
from tests.scenario.bending import Bend, accepted
from tests.scenario.test_price_lists import HEAD, SEA, listed

COLUMNS = TABLES["prices"].header[2:]


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


def test_terms_of_a_price_list(bend: Bend) -> None:
    """Tests that a price list has columns for values, margins, master bills and dead freight."""
    head = (
        "tariff,line,kind,category,currency,price,share,minimum,maximum,basis,lines,committed,release,sold\n"
    )
    rows = [
        "sea,Dead freight,dead-freight,transport,USD,3,,,,containers,,80 %,36 h,60 %",
        "sea,D/O,master-bill,handling,USD,90,,,,consignment,,,,",
        "sea,MPF,value,duty,USD,,0.3464 %,26.22,508.70,,,,,",
        "sea,Margin,margin,handling,USD,,5 %,,,,Dead freight;D/O,,,",
    ]
    found = [
        dict(zip(COLUMNS, row, strict=True))
        for row in price_rows(accepted(listed(bend, head + "\n".join(rows))))
    ]
    assert {row["line"]: (row["prices"], row["unit"]) for row in found if row["tariff"] == "sea"} == {
        "Dead freight": ("price 3; committed 80 %; sold 60 %; release 1.5 d", "USD/TEU"),
        "D/O": ("price 90", "USD/master-bill"),
        "MPF": ("minimum 26.22; maximum 508.7; share 0.3464 %", "% of value"),
        "Margin": ("share 5 %", "% of Dead freight, D/O"),
    }


def test_rates_of_time(bend: Bend) -> None:
    """Tests that time and credit grades have rows with rates and grade, and surcharges a currency."""
    changes = """[value_of_time]
capital_rate = { value = "9 %/year", grade = "estimate", note = "a guess" }
obsolescence = "5 %/year"
safety_stock = { service_level = "95 %", demand_variation = "30 %" }
[credit_grades]
A = { title = "The best", capital_rate = "7 %/year" }
[currencies]
"""
    fuel = '{ name = "Fuel", kind = "surcharge", category = "transport", share = "20 %", of = ["Handling"] }'
    bends = (
        "[currencies]\n",
        changes,
        '"50 CNY/consignment" }]',
        f'"50 CNY/consignment" }}, {fuel}]',
        'title = "East"',
        'title = "East"\ncredit = { A = "100 %" }',
    )
    rows = [dict(zip(COLUMNS, row, strict=True)) for row in price_rows(accepted(bend(*bends)))]
    time = [
        (row["tariff"], row["title"], row["line"], row["prices"]) for row in rows if row["kind"] == "time"
    ]
    assert time == [
        ("value_of_time", "Value of time", "inventory", "capital_rate 9"),
        ("value_of_time", "Value of time", "obsolescence", "obsolescence 5"),
        ("value_of_time", "Value of time", "safety stock", "service_level 95 %; demand_variation 30 %"),
        ("credit_grades", "The best", "inventory", "capital_rate 7"),
    ]
    first = next(row for row in rows if row["kind"] == "time")
    assert (first["currency"], first["unit"], first["grade"], first["note"]) == (
        "USD",
        "%/year",
        "estimate",
        "a guess",
    )
    assert [row["currency"] for row in rows if row["line"] == "Fuel"] == ["CNY"]


def test_shipped_factors_have_it_all() -> None:
    """Tests that each scope of each factor has its row, with value, unit, grade, and a source or a note."""
    rows = [
        dict(zip(TABLES["emission-factors"].header[2:], row, strict=True))
        for row in factor_rows(load("weihai-2019"))
    ]
    assert {(row["factor"], row["scope"]) for row in rows} == {
        (factor, scope) for factor in ("freighter", "belly", "ferry", "truck") for scope in ("wtw", "ttw")
    }
    assert all(row["grade"] and (row["source"] or row["note"]) and row["unit"] == "kg/tkm" for row in rows)
    (truck,) = (row for row in rows if (row["factor"], row["scope"]) == ("truck", "ttw"))
    assert (truck["value"], truck["grade"]) == ("0.078", "published")
    assert truck["source"].startswith("UK government conversion factors")


def test_shipped_lines_have_it_all() -> None:
    """Tests that no line of a shipped scenario is without payer, unit, prices or grade."""
    for name in ("weihai-2019", "weihai-2020"):
        for row in price_rows(load(name)):
            found = dict(zip(COLUMNS, row, strict=True))
            needed = {"payer", "currency", "unit", "prices", "grade"}
            if found["kind"] in ("margin", "value"):  # a share of other lines, or of the value
                needed -= {"currency"}
            assert all(found[column] for column in needed), found


def test_tariffs_that_another_policy_has_are_left_out() -> None:
    """Tests that beside earlier policies just the rows that one of them has may be missing."""
    names = policy_names("weihai-customs")
    loaded = [load("weihai-customs", policy) for policy in (*names[:3], *names[-2:])]
    seen = {*price_rows(loaded[0])}
    for k, one in enumerate(loaded[1:], 1):
        every, new = [*price_rows(one)], [*price_rows(one, loaded[:k])]
        assert len(new) < len(every) / 2
        assert [row for row in every if row not in seen] == [row for row in new if row not in seen]
        seen |= {*every}
