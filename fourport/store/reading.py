"""Reading what a run has stored: tables and JSON. What is damaged is told with its line, whoever reads it.

What a column holds goes by its name, the same in every table of ``headers``.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from fourport.errors import UserError

MOST = 20
"""Problems of a table that are told one by one."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


COUNTS = _names("n replication replications order cell hour servers")
"""Columns that always hold a whole number."""

MEASURED = _names("km latitude longitude open_h busy_h cut_off_h taken weight value_density")
"""Columns that always hold a number."""

NUMBERS = _names(
    "mean low high value difference p_holm share x cost range_low range_high time time_low time_high missed "
    "missed_low missed_high visits unfinished weight_t wait_h utilisation capacity block background load "
    "load_t consignments rolled_over rolled_over_t held_back cancelled accepted_low accepted_high change "
    "ratio"
)
"""Columns that hold a number, or nothing where there is none."""


class Check(NamedTuple):
    """What the cells of a column must look like, and how that is said."""

    pattern: re.Pattern[str]
    allowed: str


_NUMBER = r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?inf|nan"
_COUNT = Check(re.compile(r"\d+", re.ASCII), "a whole number, 0 or more")
_MEASURED = Check(re.compile(_NUMBER, re.ASCII), "a number")
_OR_NOTHING = Check(re.compile(f"({_NUMBER})?", re.ASCII), "a number, or nothing")
_CLOCK = Check(re.compile(r"([01]\d|2[0-3]):[0-5]\d"), "a time of day, as 08:30")
_TEXTS = {
    "weekday": Check(re.compile("Mon|Tue|Wed|Thu|Fri|Sat|Sun"), "Mon to Sun"),
    "date": Check(re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"), "a date, as 2019-01-07"),
    "clock": _CLOCK,
    "departs": _CLOCK,
}
"""Columns of texts that are read further."""


def _check(column: str) -> Check | None:
    """Give what a column must look like; None where anything goes."""
    if column in COUNTS:
        return _COUNT
    if column in MEASURED:
        return _MEASURED
    return _OR_NOTHING if column in NUMBERS else _TEXTS.get(column)


class Entries(dict[str, Any]):
    """What a stored file holds under names; one that is not there is the user's to mend.

    Raises
    ------
    UserError
        By ``entries[name]``, if there is no such name.
    """

    def __init__(self, where: str, found: Mapping[str, Any]) -> None:
        super().__init__(found)
        self.where = where

    def __missing__(self, name: str) -> Any:
        """Say where it should be."""
        raise UserError(f"{self.where}: holds no {name!r}, which runs of this version have; run it again")


@dataclass(frozen=True)
class Table:
    """A table as it is stored.

    Attributes
    ----------
    header
        Names of the columns.
    rows
        Cells as texts, each row as long as the header.
    """

    path: Path
    header: Sequence[str]
    rows: Sequence[Sequence[str]]

    def entries(self) -> list[dict[str, str]]:
        """Give the rows by the names of the columns."""
        where = f"{self.path}:1"
        return [Entries(where, dict(zip(self.header, row, strict=True))) for row in self.rows]


def read_table(path: Path, n_rows: int | None = None) -> Table:
    """Read a CSV file of a run.

    Parameters
    ----------
    n_rows
        Rows that were written, if that is known.

    Raises
    ------
    FileNotFoundError
        If it is not there.
    UserError
        With a line for each cell that is no number where there must be one, each row that is too short or
        too long, or if the table has no header or lacks rows.
    """
    text = _text(path)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, lines = [], []
    try:
        for cells in reader:
            if cells:
                rows.append(cells)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise UserError(f"{path}:{reader.line_num}: is not CSV: {error}") from None
    if not rows:
        raise UserError(f"{path}:1: is empty; allowed: the table as it was written")
    header, *rest = rows
    checks = [_check(name) for name in header]
    wrong = [
        f"{path}:{line}: {problem}"
        for line, row in zip(lines[1:], rest, strict=True)
        for problem in _problems(header, checks, row)
    ]
    if n_rows is not None and len(rest) != n_rows:
        wrong.append(f"{path}:1: has {len(rest)} rows; allowed: the {n_rows} that were written; run it again")
    if len(wrong) > MOST:
        wrong[MOST:] = [f"{path}: and {len(wrong) - MOST} more"]
    if wrong:
        raise UserError(*wrong)
    return Table(path, header, rest)


def _problems(header: Sequence[str], checks: Sequence[Check | None], row: Sequence[str]) -> Iterator[str]:
    if len(row) != len(header):
        yield f"has {len(row)} cells; allowed: {len(header)}, as the first line"
        return
    for name, check, cell in zip(header, checks, row, strict=True):
        if check is not None and not check.pattern.fullmatch(cell):
            yield f"{name}: {cell!r} is not understood; allowed: {check.allowed}"


def read_json(path: Path, kinds: Mapping[str, type]) -> dict[str, Any]:
    """Read a JSON file that holds entries by name.

    Parameters
    ----------
    kinds
        What is expected under some names, where they are there.

    Raises
    ------
    FileNotFoundError
        If it is not there.
    UserError
        If it is not JSON, holds no table, or another kind of thing under a name; later, by
        ``entries[name]``, if a name is lacking.
    """
    try:
        found = json.loads(_text(path), object_hook=lambda one: Entries(f"{path}:1", one))
    except json.JSONDecodeError as error:
        raise UserError(f"{path}:{error.lineno}: is not JSON: {error.msg}; run it again") from None
    except RecursionError:
        raise UserError(f"{path}:1: is nested too deeply; run it again") from None
    if not isinstance(found, dict):
        raise UserError(f"{path}:1: is no table; allowed: names with values, in braces")
    wrong = [
        f"{path}:1: {name}: is not {_KINDS[kind]}; allowed: what was written; run it again"
        for name, kind in kinds.items()
        if name in found and (not isinstance(found[name], kind) or isinstance(found[name], bool))
    ]
    if wrong:
        raise UserError(*wrong)
    return found


_KINDS = {dict: "a table", int: "a whole number"}


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}:1: is not UTF-8 text: {error.reason}; run it again") from None
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UserError(f"{path}:1: cannot be read: {error.strerror or error}") from None
