"""Reading stored tables: which cells are taken, and how those that are not are told."""

from __future__ import annotations

import csv
import io
import math
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourport.errors import UserError
from fourport.store import InMemory, Run
from fourport.store.content import Part, csv_texts
from fourport.store.reading import read_table, sha256_of_file
from fourport.store.schema import Column, as_text, text_of
from fourport.store.tables import TABLES, ClearanceStageRow, SummaryRow
from tests.cli.short import SHORT, fourport, short_scenario

CELLS = {
    "replications.replication": (["0", "007", "999999999"], ["", "-1", "1.0", "1" * 5000, "\u0661"]),
    "resources.hour": (["0", "9", "10", "23"], ["", "24", "30", "7.5", "-1", "007"]),
    "departures.date": (
        ["2019-01-07", "2020-02-29"],
        ["", "2019-02-31", "2019-13-01", "20190107"],
    ),
    "arrivals.clock": (["00:00", "23:59"], ["", "24:00", "8:30", "08:60"]),
    "resources.weekday": (["Mon", "Sun"], ["", "mon", "Monday"]),
    "stops.km": (["0", "-1.5", "2e3", ".5"], ["", "nan", "inf", "1e999", "far"]),
    "summary.mean": (["", "0", "nan", "inf", "-2e-09"], ["two", "1_000", "1e", "0x1"]),
    "summary.lane": (["", "two", "nan"], []),
}
"""By table and column, what is taken and what is not."""


def stored(folder: Path, *lines: str, table: str = "summary") -> Path:
    """Write a table of two columns, the first of them a name that no schema knows."""
    path = folder / f"{table}.csv"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def refused(path: Path) -> list[str]:
    """Give what is told of a table, without the folder."""
    with pytest.raises(UserError) as caught:
        read_table(path)
    return [line.removeprefix(f"{path}") for line in caught.value.lines]


@pytest.mark.parametrize("where", CELLS)
def test_cells(where: str, tmp_path: Path) -> None:
    """Tests that a column takes what its type can hold, and each other cell is told."""
    table, column = where.split(".")
    good, bad = CELLS[where]
    read = read_table(stored(tmp_path, f"name,{column}", *(f"a,{cell}" for cell in good), table=table))
    assert read["name"].to_pylist() == ["a"] * len(good)
    assert read.schema.field(column).type == TABLES[table].arrow([column]).field(column).type
    assert [as_read(cell, value) for cell, value in zip(good, read[column].to_pylist(), strict=True)] == good
    for cell in bad:
        (line,) = refused(stored(tmp_path, f"name,{column}", f"a,{good[0]}", f"a,{cell}", table=table))
        assert line.startswith(f":3: {column}: ")
        assert " is not understood; allowed: " in line
        assert len(line) < 150


def as_read(cell: str, value: object) -> str:
    """Give a cell if a value is what it says, else the value."""
    if isinstance(value, int | float):
        same = float(cell) == value
    else:
        same = value == (date.fromisoformat(cell) if isinstance(value, date) else cell)
    return cell if same or (value is None and cell in ("", "nan")) else repr(value)


@pytest.mark.parametrize("cell", ["", "nan", "2.5"])
def test_shares_of_lead_times(cell: str, tmp_path: Path) -> None:
    """Tests that shares of lead times are whole numbers, where others may be parts, or unknown."""
    path = stored(tmp_path, "name,value", f"a,{cell}", table="capacity")
    assert read_table(path)["value"].to_pylist() == [2.5 if cell == "2.5" else None]
    with pytest.raises(UserError, match=r"lead-times\.csv:2: share: .* allowed: a whole number"):
        read_table(stored(tmp_path, "name,share", f"a,{cell}", table="lead-times"))


def test_what_is_as_it_was_written_but_no_table(tmp_path: Path) -> None:
    """Tests that a table whose hash is right and which cannot be read is refused in its line."""
    for lines in ((), ("name,km", "a,far"), ("name,km", "a")):
        path = stored(tmp_path, *lines, table="stops")
        with pytest.raises(UserError, match=rf"{path.name}:\d+: "):
            read_table(path, sha256=sha256_of_file(path))


def test_each_line_of_the_same_cell(tmp_path: Path) -> None:
    """Tests that a cell that is wrong twice has both its lines, after a title that takes two lines."""
    path = stored(tmp_path, "name,mean", '"a', 'b",1', "", "c,two", "d", "e,two,3", "f,two")
    what = "is not understood; allowed: a number, or nothing"
    assert refused(path) == [
        f":5: mean: 'two' {what}",
        ":6: has 1 cells; allowed: 2, as the first line",
        ":7: has 3 cells; allowed: 2, as the first line",
        f":8: mean: 'two' {what}",
    ]


def test_twenty_problems_are_told_one_by_one(tmp_path: Path) -> None:
    """Tests that of a table that is wrong throughout twenty lines are told, and how many more there are."""
    twenty = refused(stored(tmp_path, "name,mean", *["a,two"] * 20))
    assert [line.split(": ")[0] for line in twenty] == [f":{k}" for k in range(2, 22)]
    assert refused(stored(tmp_path, "name,mean", *["a,two"] * 25)) == [*twenty, ": and 5 more"]


def test_columns(tmp_path: Path) -> None:
    """Tests that columns come in the order asked for, and one that is not there is told."""
    stored(tmp_path, "name,mean", "a,1", "b,2")
    run = Run(tmp_path)
    assert run.columns("summary", "mean", "name") == [[1.0, 2.0], ["a", "b"]]
    with pytest.raises(UserError, match=r"summary\.csv:1: holds no 'low'"):
        run.columns("summary", "low")
    with pytest.raises(UserError, match=r"summary\.csv:1: holds no 'scenario'"):
        run.rows(SummaryRow)


def test_rows(tmp_path: Path) -> None:
    """Tests rows by attribute: of one policy, with NaN for what is missing and defaults of older versions."""
    header = "scenario,policy,lane,route,measure,unit,mean,low,high,n"
    stored(tmp_path, header, "s,a,l,r,m,h,1,,,3", "s,b,l,r,m,h,2,1,3,4")
    run = Run(tmp_path)
    (row,) = run.rows(SummaryRow, "b")
    assert (row.policy, row.mean, row.high, row.n) == ("b", 2.0, 3.0, 4)
    first, second = run.rows(SummaryRow)
    assert [first.policy, second.policy] == ["a", "b"]
    assert math.isnan(first.low)
    older = "scenario,policy,lane,procedure,office,order,stage,measure,unit,mean,low,high,n"
    stored(tmp_path, older, "s,a,l,import,*,0,*,time,h,1,,,3", table="clearance-stages")
    assert run.rows(ClearanceStageRow)[0].route == "*"


COMPUTED = ("=1+2", "+cmd|'/c calc'!A0", "-2+3", "@sum(1)", "\t=1", "\n=1", "'=1", "''@", "=")
PLAIN = ("lane", "'quoted'", "'", "'''", "-1.5", "+45", "-2e-09", "a=1", "威海", "1+2", " =1")


def test_nothing_is_a_formula(tmp_path: Path) -> None:
    """Tests that what a spreadsheet would compute begins with an apostrophe, and is read as it was."""
    run = Run(tmp_path)
    run.write_table("t", pa.table({"name": [*COMPUTED, *PLAIN]}))
    with run.file("t").open(encoding="utf-8", newline="") as opened:
        _, *cells = csv.reader(opened)
    assert [cell for (cell,) in cells] == [*(f"'{text}" for text in COMPUTED), *PLAIN]
    assert Run(tmp_path).columns("t", "name") == [[*COMPUTED, *PLAIN]]


def test_lines_end_with_a_line_feed(tmp_path: Path) -> None:
    """Tests that a remark of several lines comes back, with whatever its lines end."""
    Run(tmp_path).write_table("t", pa.table({"name": ["a\rb\r\nc\nd"]}))
    assert Run(tmp_path).columns("t", "name") == [["a\nb\nc\nd"]]


@given(text=st.text("='+-@\t1.e", max_size=6))
def test_any_text_comes_back(text: str) -> None:
    """Tests that cells are told apart whatever marks a text begins with."""
    assert text_of(as_text(text)) == text
    assert as_text(text)[:1] not in tuple("=@\t")


REPEATED = (0.0, -0.0, 1 / 3, 1234567.891, 1e-9, math.inf, -math.inf, math.nan)


@given(numbers=st.lists(st.sampled_from(REPEATED) | st.floats()), infinite=st.booleans())
def test_a_number_is_told_alike_among_others(numbers: list[float], *, infinite: bool) -> None:
    """Tests that each is rounded as by itself, where it stands, however often it and its like are there."""
    told = [f"{number:.7g}" for number in numbers]
    none = ("nan",) if infinite else ("nan", "inf", "-inf")
    column = Column("", type="number", infinite=infinite)
    assert column.cells(np.array(numbers)) == ["" if cell in none else cell for cell in told]
    assert column.cells(np.array([numbers, numbers]).T[:, 1]) == column.cells(numbers)


@given(rows=st.lists(st.lists(st.text("a,\"'\n é", max_size=4), min_size=1, max_size=3), max_size=4))
def test_lines_are_those_of_the_csv_module(rows: list[list[str]]) -> None:
    """Tests that texts are quoted where Python's own module quotes them, in tables of one column too."""
    rows = [row for row in rows if len(row) == len(rows[0])]
    names = [str(k) for k, _ in enumerate(rows[0])] if rows else ["0"]
    columns: list[list[str]] = [[*column] for column in zip(*rows, strict=True)] or [[]]
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(
        [names, *([as_text(cell) for cell in row] for row in rows)]
    )
    texts = csv_texts("t", pa.table(columns, names=names))
    assert "".join(text for text, _ in texts) == written.getvalue()


def test_rows_by_column(tmp_path: Path) -> None:
    """Tests that a table is the same by row and by column, in a folder and in memory, none of a part too."""
    rows = [("a", k, "l", "*", "cost, all", "USD/kg", (math.nan, k / 3)[k % 2], k) for k in range(4)]
    texts, tables = [], []
    first, second = ([*zip(*some, strict=True)] for some in (rows[:2], rows[2:]))
    shared = [first[0], second[1], *first[2:6]]  # names are those of the part before
    parts = [Part([]), Part(first), Part([*shared, np.array(second[6]), second[7]])]
    for number, content in enumerate((parts, rows)):
        run, memory = Run.create(tmp_path / str(number)), InMemory()
        for one in (run, memory):
            one.write_table("replications", content)
            tables.append(one.table("replications"))
        texts.append(run.file("replications").read_bytes())
        assert sha256_of_file(run.file("replications")) == run._as_written("replications")[1]
    assert texts[0] == texts[1]
    assert len(texts[0].splitlines()) == 1 + len(rows)
    assert all(one.equals(tables[0]) for one in tables)


def test_a_lane_that_looks_like_a_formula(tmp_path: Path) -> None:
    """Tests that such a run is read and drawn by its names, and that sources are no formulas either."""
    path = short_scenario(tmp_path)
    text = path.read_text("utf-8").replace("[lanes.east", '[lanes."=1+2"')
    path.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    assert fourport("run", str(path), *SHORT, "--quiet", "--out", str(out)).exit_code == 0
    assert {row.lane for row in Run.open(out).rows(SummaryRow)} == {"=1+2"}
    assert ",'=1+2," in (out / "summary.csv").read_text("utf-8")
    words = ("cost-stack", "--format", "svg", "--out", str(tmp_path / "charts"))
    assert fourport("chart", str(out), *words).exit_code == 0
    path.write_text(text.replace('note = "Made up, as an example."', 'note = "=1+2"'), encoding="utf-8")
    listed = fourport("sources", str(path), "--format", "csv").stdout
    assert ",'=1+2" in listed
    assert ",=1+2" not in listed
