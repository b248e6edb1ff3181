"""Reading stored tables: which cells are taken, and how those that are not are told."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.errors import UserError
from fourport.store.reading import read_table

CELLS = {
    "replication": (["0", "007", "999999999"], ["", "-1", "1.0", "1" * 5000, "\u0661"]),
    "hour": (["0", "9", "10", "23"], ["", "24", "30", "7.5", "-1", "007"]),
    "date": (["2019-01-07", "2020-02-29"], ["", "2019-02-31", "2019-02-29", "2019-13-01", "20190107"]),
    "clock": (["00:00", "23:59"], ["", "24:00", "8:30", "08:60"]),
    "weekday": (["Mon", "Sun"], ["", "mon", "Monday"]),
    "km": (["0", "-1.5", "2e3", ".5"], ["", "nan", "inf", "1e999", "far"]),
    "mean": (["", "0", "nan", "inf", "-2e-09"], ["two", "1_000", "1e", "0x1"]),
    "lane": (["", "two", "nan"], []),
}
"""By column, what is taken and what is not."""


def stored(folder: Path, *lines: str) -> Path:
    """Write a table of two columns, the first of them a name."""
    path = folder / "t.csv"
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def refused(path: Path) -> list[str]:
    """Give what is told of a table, without the folder."""
    with pytest.raises(UserError) as caught:
        read_table(path)
    return [line.removeprefix(f"{path}") for line in caught.value.lines]


@pytest.mark.parametrize("column", CELLS)
def test_cells(column: str, tmp_path: Path) -> None:
    """Tests that a column takes what is read further without an error, and each other cell is told."""
    good, bad = CELLS[column]
    table = read_table(stored(tmp_path, f"name,{column}", *(f"a,{cell}" for cell in good)))
    assert table.columns(column) == [good]
    for cell in bad:
        (line,) = refused(stored(tmp_path, f"name,{column}", f"a,{good[0]}", f"a,{cell}"))
        assert line.startswith(f":3: {column}: ")
        assert " is not understood; allowed: " in line
        assert len(line) < 150


@pytest.mark.parametrize("cell", ["", "nan", "2.5"])
def test_shares_of_lead_times(cell: str, tmp_path: Path) -> None:
    """Tests that shares of lead times are whole numbers, where others may be parts, or unknown."""
    path = stored(tmp_path, "name,share", f"a,{cell}")
    assert read_table(path).columns("share") == [[cell]]
    with pytest.raises(UserError, match=r"lead-times\.csv:2: share: .* allowed: a whole number"):
        read_table(path.rename(tmp_path / "lead-times.csv"))


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
    table = read_table(stored(tmp_path, "name,mean", "a,1", "b,2"))
    assert table.columns("mean", "name") == [["1", "2"], ["a", "b"]]
    with pytest.raises(UserError, match=r"t\.csv:1: holds no 'low'"):
        table.columns("low")
