"""Price lists in CSV: the same as in TOML, with their own lines, grades and sources."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from fourport.ledger.tariff import PriceList, charges
from fourport.scenario.models.tariffs import Tariff
from fourport.scenario.price_lists import BREAK, COLUMNS, read_price_list
from fourport.scenario.sources import numbers
from fourport.scenario.spreadsheet import make_decimals_points, read_sheet
from tests.ledger.prices import goods
from tests.scenario.bending import Bend, accepted, complaints

ALL_KINDS = """\
tariff,line,title,kind,category,payer,basis,currency,price,minimum,N,+45,+100,valid_from,valid_to,otherwise,grade
air,Freight,Air,,transport,,,USD,,75,5.60,5.00,4.20,2020-03-02,2020-03-08,nearest,published
air,Freight,,,transport,,,USD,4.1,75,140 %,120 %,100 %,2020-03-09,,nearest,estimate
air,AWB fee,,,handling,shipper,consignment,EUR,20,,,,,,,,
air,Terminal,,basis,handling,consignee,gross-weight,,0.08 USD/kg,,,,,,,,
"""
ALL_KINDS_TOML = """
title = "Air"
[[lines]]
name = "Freight"
kind = "breaks"
category = "transport"
rates = { N = "5.60 USD/kg", "+45" = "5.00 USD/kg", "+100" = "4.20 USD/kg" }
minimum = "75 USD"
valid_from = 2020-03-02
valid_to = 2020-03-08
otherwise = "nearest"
[[lines]]
name = "Freight"
kind = "breaks"
category = "transport"
price = "4.1 USD/kg"
scale = { N = "140 %", "+45" = "120 %", "+100" = "100 %" }
minimum = "75 USD"
valid_from = 2020-03-09
otherwise = "nearest"
[[lines]]
name = "AWB fee"
category = "handling"
basis = "consignment"
price = "20 EUR/consignment"
[[lines]]
name = "Terminal"
category = "handling"
payer = "consignee"
basis = "gross-weight"
price = "0.08 USD/kg"
"""

DECIMALS = """\
tariff;line;category;basis;currency;price;minimum;N;+45;low;high;valid_from;note
air;Freight;transport;;USD;;75,5;5,60;5,0;;;2020-03-02;index, weekly
air;Fuel;transport;gross-weight;USD;0,125;;;;0,1 USD/kg;0,2;;
"""

PARTS = """\
tariff;line;kind;category;basis;currency;price;container;weight;volume;up_to;each;days;free;share;of;hire;pivot_weight;over_pivot;largest
x;FCL;container;transport;;USD;300;20GP;20 t;28 m3;;;;;;;;;;
x;FCL;container;transport;;USD;500;40GP;25 t;56 m3;;;;;;;;;;
x;Post;parcel;transport;;CNY;20;;;;500 g;;;;;;;;;30 kg
x;Post;parcel;transport;;CNY;35;;;;1 kg;;;;;;;;;
x;Post;parcel;transport;;CNY;15;;;;;1 kg;;;;;;;;
x;Rent;storage;storage;gross-weight;USD;0.02;;;;;;3;48 h;;;;;;
x;Rent;storage;storage;gross-weight;USD;0.05;;;;;;;;;;;;;
x;Fuel;surcharge;transport;;;;;;;;;;;20 %;"FCL; Post";;;
x;Truck;vehicle;transport;;CNY;6.7 CNY/km;;10 t;40 m3;;;;;;;part;;;
x;ULD;unit-load;transport;;USD;3;;4.5 t;10 m3;;;;;;;;2 t;2.5;
x;Rail;;transport;tonne-km;USD;0.04;;;;;;;;;;;;;
"""


def test_decimal_commas() -> None:
    """Tests that a comma is decimal where semicolons part the cells, in numbers alone."""
    found = read_price_list(DECIMALS)
    assert found.wrong == []
    freight, fuel = found.tariffs["air"]["lines"]
    assert freight["rates"] == {"N": "5.60 USD/kg", "+45": "5.0 USD/kg"}
    assert freight["minimum"] == "75.5 USD"
    assert freight["note"] == "index, weekly"
    assert fuel["price"] == {"value": "0.125 USD/kg", "range": ["0.1 USD/kg", "0.2 USD/kg"]}


def cells_of(*columns: str, mark: str = ";") -> list[list[str]]:
    """Give the numbers that a list with one column of prices, minimums or weights is read as."""
    names = ["tariff", "line", "kind", "price", "minimum", "weight", "N"]
    rows = [
        mark.join(names),
        *(mark.join(["t", str(k), "basis", *row.split("|")]) for k, row in enumerate(columns)),
    ]
    sheet = read_sheet("\n".join(rows), ("tariff", "line"))
    make_decimals_points(sheet, lambda name: name in names[3:])
    if sheet.wrong:
        return [[f"{line} {column}: {message}"] for line, column, message in sheet.wrong]
    return [[row.get(name, "") for name in names[3:]] for _, row in sheet.rows]


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        # One decimal comma settles all: in every column, before it and after it.
        (["35.000|||", "1.650|2.000|21.000 kg|1.234 USD/kg", "97,50|||"],
         [["35000", "", "", ""], ["1650", "2000", "21000 kg", "1234 USD/kg"], ["97.50", "", "", ""]]),
        # One decimal point settles them the other way, as does a number in thousands and millions.
        (["1.650|||", "97.50|1,650||"], [["1.650", "", "", ""], ["97.50", "1650", "", ""]]),
        (["1.650|||", "1.234.567|||"], [["1650", "", "", ""], ["1234567", "", "", ""]]),
        (["1.650|||", "1.234,5|||"], [["1650", "", "", ""], ["1234.5", "", "", ""]]),
        (["1.650|||", "0,125|||"], [["1650", "", "", ""], ["0.125", "", "", ""]]),
        (["1.650|||", "1234.567|||"], [["1.650", "", "", ""], ["1234.567", "", "", ""]]),
        (["-3.5|||"], [["-3.5", "", "", ""]]),
    ],
)  # fmt: skip
def test_one_number_settles_the_decimal_mark(rows: list[str], wanted: list[list[str]]) -> None:
    """Tests what numbers mean in a file with semicolons, whichever mark some number shows."""
    assert cells_of(*rows) == wanted


@pytest.mark.parametrize(
    ("rows", "mark", "said"),
    [
        (["1,234|||"], ";", "2 price: '1,234' may be either of two numbers, .*; allowed: 1234, 1,2340"),
        (["|1.650||"], ";", "2 minimum: '1.650' may be either of two numbers, .*; allowed: 1650, 1.6500"),
        (["||21.000 kg|"], "\t", "2 weight: '21.000' may be either of two numbers"),
        (["1|||1.650"], ";", "2 N: '1.650' may be either of two numbers"),
        (['"1,234"|||'], ",", "2 price: '1,234' may be either of two numbers"),
        (
            ["97,50|||", "3.5|||"],
            ";",
            "3 price: '3.5' has no decimal comma, as on line 2; allowed: .* 1234,50",
        ),
        (["97.50|||", "1,23|||"], ";", "3 price: '1,23' has no decimal point, as on line 2"),
    ],
)
def test_doubtful_numbers_are_refused(rows: list[str], mark: str, said: str) -> None:
    """Tests that a number that may mean another one is refused with its line and column."""
    ((found,),) = cells_of(*(row.replace("|", mark) if mark == "," else row for row in rows), mark=mark)
    assert re.match(said, found), found


def test_commas_between_cells_show_decimal_points() -> None:
    """Tests that 1.650 is 1.65 in a file with commas, and that "5,60" in quotes has a decimal comma."""
    assert cells_of("1.650,,,", mark=",") == [["1.650", "", "", ""]]
    assert cells_of('"5,60",,,', mark=",") == [["5.60", "", "", ""]]


def test_the_price_list_of_a_korean_ground_handler(bend: Bend) -> None:
    """Tests a list whose decimal comma stands in one price: 35.000 and 1.650 KRW are thousands."""
    text = (
        "tariff;line;category;basis;currency;price\n"
        "sea;Ground handling;handling;consignment;KRW;35.000\n"
        "sea;Freight;transport;gross-weight;KRW;1.650\n"
        "sea;Security;transport;gross-weight;KRW;97,50\n"
    )
    scenario = accepted(
        listed(bend, text, 'CNY = "6.9 CNY/USD"', 'CNY = "6.9 CNY/USD"\nKRW = "1165 KRW/USD"')
    ).scenario
    amounts = charges(PriceList(scenario.tariffs["sea"], scenario), goods((100.0, 0.5)))
    assert [round(float(amount[0]), 2) for amount in amounts] == [30.04, 141.63, 8.37]


CELLS_OF_EXCEL = "tariff;line;category;basis;currency;price\nsea;Freight;transport;containers;USD;300\n"
EXCEL = {
    "sep": "sep=;\n" + CELLS_OF_EXCEL,
    "title": "Prices of 2019;;;;;\n;;;;;\n" + CELLS_OF_EXCEL,
    "tabs": CELLS_OF_EXCEL.replace(";", "\t"),
    "title, with commas in it": "Prices, valid 2019, of A\n" + CELLS_OF_EXCEL,
    "blank cells at the end": CELLS_OF_EXCEL.replace("\n", ";;\n"),
}


@pytest.mark.parametrize("text", EXCEL.values(), ids=EXCEL.keys())
def test_csv_as_excel_writes_it(text: str, bend: Bend) -> None:
    """Tests the line for Excel, titles above the header, and tabs; rows keep their lines."""
    path = listed(bend, text)
    (line,) = accepted(path).scenario.tariffs["sea"].lines
    assert (line.name, line.unit) == ("Freight", "USD/TEU")
    (number,) = (one for one in numbers(path) if one.key == "tariffs.sea.lines[0].price")
    assert number.place.line == text.count("\n")


@pytest.mark.parametrize("wrong", ["basiss", "pricee"])
def test_a_wrong_column_is_told_alone(wrong: str, bend: Bend) -> None:
    """Tests that one misspelt column brings no message about what it would have held."""
    (found,) = complaints(listed(bend, (HEAD + SEA).replace(wrong[:-1], wrong, 1)))
    assert f"sea.csv:1: {wrong}: is not a known column; did you mean " in found


@pytest.mark.parametrize("wrong", ["linee", "tarifff"])
def test_without_its_first_columns_a_file_is_no_price_list(wrong: str, bend: Bend) -> None:
    """Tests that nothing is quoted of it: it may be any file."""
    (found,) = complaints(listed(bend, (HEAD + SEA).replace(wrong[:-1], wrong, 1)))
    assert found.endswith("sea.csv:1: the first line needs columns, tariff and line among them")


def test_same_as_in_toml() -> None:
    """Tests that breaks, levels with scales, dates and plain lines mean in CSV what they mean in TOML."""
    found = read_price_list(ALL_KINDS)
    assert found.wrong == []
    lines = [{k: v for k, v in line.items() if k != "grade"} for line in found.tariffs["air"]["lines"]]
    in_csv = Tariff.model_validate({"title": found.tariffs["air"]["title"], "lines": lines})
    assert in_csv == Tariff.model_validate(tomllib.loads(ALL_KINDS_TOML))


def test_lines_of_several_rows() -> None:
    """Tests types of containers, weight steps and storage tiers as rows, in a file with semicolons."""
    found = read_price_list(PARTS)
    assert found.wrong == []
    made = Tariff.model_validate(found.tariffs["x"])
    wanted = [
        {
            "name": "FCL",
            "kind": "container",
            "category": "transport",
            "types": {
                "20GP": {"price": "300 USD/container", "weight": "20 t", "volume": "28 m3"},
                "40GP": {"price": "500 USD/container", "weight": "25 t", "volume": "56 m3"},
            },
        },
        {
            "name": "Post",
            "kind": "parcel",
            "category": "transport",
            "steps": [
                {"up_to": "500 g", "price": "20 CNY/parcel"},
                {"up_to": "1 kg", "price": "35 CNY/parcel"},
            ],
            "further": {"each": "1 kg", "price": "15 CNY/parcel"},
            "largest": "30 kg",
        },
        {
            "name": "Rent",
            "kind": "storage",
            "category": "storage",
            "basis": "gross-weight",
            "free": "48 h",
            "tiers": [{"days": 3, "price": "0.02 USD/kg/d"}, {"price": "0.05 USD/kg/d"}],
        },
        {
            "name": "Fuel",
            "kind": "surcharge",
            "category": "transport",
            "share": "20 %",
            "of": ["FCL", "Post"],
        },
        {
            "name": "Truck",
            "kind": "vehicle",
            "category": "transport",
            "price": "6.7 CNY/km",
            "weight": "10 t",
            "volume": "40 m3",
            "hire": "part",
        },
        {
            "name": "ULD",
            "kind": "unit-load",
            "category": "transport",
            "price": "3 USD/kg",
            "over_pivot": "2.5 USD/kg",
            "pivot_weight": "2 t",
            "weight": "4.5 t",
            "volume": "10 m3",
        },
        {"name": "Rail", "category": "transport", "basis": "tonne-km", "price": "0.04 USD/tkm"},
    ]
    assert made == Tariff.model_validate({"lines": wanted})


SEA_IN_TOML = (
    '[tariffs.sea]\ntitle = "Sea"\n'
    'lines = [{ name = "Sea freight", category = "transport", basis = "containers", price = "300 USD/TEU" }]'
)
HEAD = "tariff,line,category,basis,currency,price,low,high,grade,source,note\n"
SEA = "sea,Sea freight,transport,containers,USD,300,200,400,published,book,as written\n"


def listed(bend: Bend, text: str, *more: str) -> Path:
    """Write the corridor with its ferry's tariff in a price list."""
    path = bend(SEA_IN_TOML, "", "format = 2", 'format = 2\ntariff_files = ["lists/sea.csv"]', *more)
    folder = path.parent / "lists"
    folder.mkdir(exist_ok=True)
    (folder / "sea.csv").write_text(text, encoding="utf-8")
    return path


def test_a_price_list_is_part_of_the_scenario(bend: Bend) -> None:
    """Tests that a scenario reads its prices from the list, and its text holds the list as comments."""
    loaded = accepted(listed(bend, HEAD + SEA))
    (line,) = loaded.scenario.tariffs["sea"].lines
    assert (line.name, line.unit) == ("Sea freight", "USD/TEU")
    assert "# sea,Sea freight" in loaded.text
    tomllib.loads(loaded.text)


def test_where_its_numbers_come_from(bend: Bend) -> None:
    """Tests that numbers of a list show their row, range, grade, source and note."""
    path = listed(bend, HEAD + SEA + "sea,Documents,handling,consignment,USD,45,,,,,\n")
    found = {number.key: number for number in numbers(path)}
    freight = found["tariffs.sea.lines[0].price"]
    assert (Path(freight.place.file).name, freight.place.line) == ("sea.csv", 2)
    assert freight.row[1:6] == (
        "300 USD/TEU",
        "200 USD/TEU to 400 USD/TEU",
        "published",
        "A book",
        "https://example.org/book",
    )
    assert freight.provenance.note == "as written"
    fee = found["tariffs.sea.lines[1].price"]
    assert (fee.place.line, fee.provenance.grade, fee.row[1]) == (3, None, "45 USD/consignment")


AT = "sea.csv:2: tariffs.sea.lines[0]"
BAD = {
    "column twice": (HEAD.replace("low", "price") + SEA, "sea.csv:1: price: is there twice"),
    "no line": (HEAD + SEA + "sea,,transport,containers,USD,3,,,,,\n", "sea.csv:3: line: is missing"),
    "too many cells": (
        HEAD + SEA.replace("as written", "as, written"),
        "sea.csv:2: has 12 cells; allowed: 11",
    ),
    "no header": (SEA, "sea.csv:1: the first line needs columns, tariff and line among them"),
    "number": (
        HEAD + SEA.replace(",300,", ",three,"),
        AT + ".price: 'three' is not a number",
    ),
    "no currency": (HEAD + SEA.replace(",USD,", ",,"), "'300' has no unit"),
    "choice": (
        HEAD + SEA.replace("transport", "transprot"),
        AT + ".category: 'transprot'",
    ),
    "range": (
        HEAD + SEA.replace(",200,", ",350,"),
        AT + ".price.range: '300 USD/TEU' must lie",
    ),
    "source": (
        HEAD + SEA.replace("book", "boook"),
        AT + ".source: there is no source 'boook'",
    ),
    "grade": (
        HEAD + SEA.replace("published", "good"),
        AT + ".grade: 'good' is not a grade",
    ),
    "unused": (HEAD + SEA + SEA.replace("sea,", "see,"), "sea.csv:3: tariffs.see: nothing uses it"),
    "empty": ("", "sea.csv:1: is empty; allowed: a price list"),
}


@pytest.mark.parametrize(("text", "words"), BAD.values(), ids=BAD.keys())
def test_bad_list(text: str, words: str, bend: Bend) -> None:
    """Tests that what is wrong with a list is told at its own line."""
    found = complaints(listed(bend, text))
    assert any(words in line for line in found), found


def test_bad_date(bend: Bend) -> None:
    """Tests that a date which may be either of two is told at its row."""
    text = HEAD.replace("note", "valid_from") + SEA.replace("as written", "2/3/2020")
    (found,) = complaints(listed(bend, text))
    assert AT + ".valid_from: '2/3/2020' is not a date; allowed: a date such as 2019-01-07" in found
    assert "quotes" not in found  # which mean nothing in a cell


def test_rows_of_one_line_agree() -> None:
    """Tests that rows of one line may not differ in what is said once."""
    found = read_price_list(
        PARTS.replace("FCL; Post", '"FCL; Post"').replace(
            "x;FCL;container;transport;;USD;500", "x;FCL;container;handling;;USD;500"
        )
    )
    assert [(line, column) for line, column, _ in found.wrong] == [(3, "category")]


KINDS = ("breaks", "container", "parcel", "storage", "surcharge", "vehicle", "unit-load", "basis")
OTHER = (
    "",
    "1",
    "-3",
    "1e400",
    "x",
    "7 USD/kg",
    "20 %",
    "2020-03-02",
    "gross-weight",
    "a;b",
    '"',
    "USD",
    "a\rb",
)
CELLS = st.sampled_from(KINDS + OTHER)
TABLES = st.lists(st.lists(CELLS, max_size=9), max_size=6)
NAMES = [*COLUMNS, "N", "+45", "+100", "M", "rubbish"]


@given(
    st.text()
    | st.lists(st.lists(CELLS, max_size=9), max_size=6).map(lambda rows: "\n".join(map(",".join, rows)))
)
def test_any_text(text: str) -> None:
    """Tests that whatever a file holds is read or told as wrong, with its line."""
    found = read_price_list(text)
    assert all(line >= 0 and message for line, _, message in found.wrong)


@given(st.lists(st.sampled_from(NAMES), unique=True), TABLES)
def test_any_rows(names: list[str], rows: list[list[str]]) -> None:
    """Tests that rows of any cells are lines that the models take or refuse, and nothing else."""
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["tariff", "line", *names], *(["t", "l", *row] for row in rows)])
    found = read_price_list(buffer.getvalue())
    for tariff in found.tariffs.values():
        with contextlib.suppress(ValidationError):
            Tariff.model_validate(tariff)


def test_no_such_list(bend: Bend) -> None:
    """Tests that a list which is not there is told where it is named."""
    path = bend("format = 2", 'format = 2\ntariff_files = ["sea.csv"]')
    (found,) = complaints(path)
    assert found.startswith("corridor.toml:2: tariff_files[0]: there is no file ")


def test_one_place_for_lines(bend: Bend) -> None:
    """Tests that lines in both TOML and a list are refused, while a title and divisor beside them are not."""
    both = SEA_IN_TOML.replace('"Sea"', '"Both"')
    found = complaints(listed(bend, HEAD + SEA, "[trader_classes]", f"{both}\n[trader_classes]"))
    assert any("sea.csv:2: tariffs.sea: has lines elsewhere" in line for line in found)
    title = '[tariffs.sea]\ntitle = "By sea"\nvolumetric_divisor = 1000\n[trader_classes]'
    sea = accepted(listed(bend, HEAD + SEA, "[trader_classes]", title)).scenario.tariffs["sea"]
    assert (sea.title, sea.volumetric_divisor, len(sea.lines)) == ("By sea", 1000.0, 1)


def test_overlays_and_policies(bend: Bend) -> None:
    """Tests that an overlay's list and a policy's list replace the lines of the base, and not its title."""
    base = listed(bend, HEAD + SEA, "[trader_classes]", '[tariffs.sea]\ntitle = "By sea"\n[trader_classes]')
    (base.parent / "dear.csv").write_text(HEAD + SEA.replace(",300,", ",399,"), encoding="utf-8")
    mine = base.parent / "mine.toml"
    mine.write_text('extends = "corridor.toml"\ntariff_files = ["dear.csv"]\n')
    (line,) = accepted(mine).scenario.tariffs["sea"].lines
    assert [amount.amount for _, amount in line.amounts()] == [399.0]
    assert accepted(mine).scenario.tariffs["sea"].title == "By sea"
    mine.write_text('extends = "corridor.toml"\n[policies.dear]\ntariff_files = ["dear.csv"]\n')
    for policy, wanted in ((None, 300.0), ("dear", 399.0)):
        (line,) = accepted(mine, policy).scenario.tariffs["sea"].lines
        assert [amount.amount for _, amount in line.amounts()] == [wanted]


def test_documented_columns() -> None:
    """Tests that docs/tariffs.md explains every column, in the words of the program."""
    text = (Path(__file__).parents[2] / "docs" / "tariffs.md").read_text(encoding="utf-8")
    for name, meaning in COLUMNS.items():
        assert f"| `{name}` | {meaning} |" in text
    assert BREAK.fullmatch("+45")


CHINESE = "tariff,line,category,basis,currency,price\nsea,海运费 上海,transport,containers,USD,300\n"
KOREAN = "tariff,line,category,basis,currency,price\nsea,해상 운임,transport,containers,USD,300\n"
LONG = KOREAN.replace("해상 운임", "해상 운임 " * 10 + "끝")


@pytest.mark.parametrize(
    ("text", "codec", "declared"),
    [
        (CHINESE, "utf-8-sig", ""),
        (CHINESE, "utf-16", ""),
        (CHINESE, "gb18030", ""),
        (CHINESE, "gb18030", "GB18030"),
        (KOREAN, "cp949", "EUC-KR"),
        (KOREAN, "utf-8", "EUC-KR"),
        (LONG, "cp949", ""),
    ],
)
def test_encodings(text: str, codec: str, declared: str, bend: Bend) -> None:
    """Tests lists as Chinese and Korean Excel write them, told by their letters or declared."""
    key = f'\ncsv_encoding = "{declared}"' if declared else ""
    path = listed(bend, "-")
    path.write_text(path.read_text().replace("format = 2", "format = 2" + key))
    (path.parent / "lists" / "sea.csv").write_bytes(text.encode(codec))
    (line,) = accepted(path).scenario.tariffs["sea"].lines
    assert line.name == text.split(",")[6]


@pytest.mark.parametrize(
    ("data", "declared", "said"),
    [
        (
            KOREAN.encode("cp949"),
            "",
            "sea.csv:1: is not UTF-8 text and may be GB18030 or EUC-KR; allowed: CSV",
        ),
        (CHINESE.encode("gb18030"), "EUC-KR", "sea.csv:1: is not UTF-8 text and is not EUC-KR either"),
        (b"tariff,line\nsea,\xff\xff\n", "", "sea.csv:1: is not UTF-8 text and is not GB18030 or EUC-KR"),
        (b"tariff,line\nsea,\0\n", "", "sea.csv:1: is a binary file; allowed: CSV"),
        (KOREAN.encode("cp949"), "Big5", "sea.csv:1: is not UTF-8 text and is not Big5 either"),
    ],
)
def test_doubtful_encodings(data: bytes, declared: str, said: str, bend: Bend) -> None:
    """Tests that a list that may be Chinese or Korean, or neither, is refused rather than guessed."""
    key = f'\ncsv_encoding = "{declared}"' if declared else ""
    path = listed(bend, "-")
    path.write_text(path.read_text().replace("format = 2", "format = 2" + key))
    (path.parent / "lists" / "sea.csv").write_bytes(data)
    found = complaints(path)
    assert any(said in line for line in found), found
