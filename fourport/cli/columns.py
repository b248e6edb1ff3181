"""Tables of plain text that fit a terminal: columns under common headings, broken where they get too wide."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from textwrap import wrap

WIDTH = 120
"""Characters of a line."""

MARK = "*"

SPACE = 2
"""Characters between columns."""

_HEADING = 9
"""Characters from which a heading of its own is broken into two lines."""


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes
    ----------
    group
        What stands above it and its neighbours of the same group; "" if it stands for itself.
    heading, unit
        Above its cells.
    cells
        One for each row. A mark ``*`` at the end stands in the space to the next column.
    """

    group: str
    heading: str
    unit: str
    cells: Sequence[str]

    @property
    def lines(self) -> tuple[str, str]:
        """Give the two lines of its heading; the first is empty below a group."""
        if self.group:
            return "", self.heading
        rows = wrap(self.heading, _HEADING, break_long_words=False) or [""]
        return (rows[0], " ".join(rows[1:])) if len(rows) > 1 else ("", rows[0])

    @property
    def width(self) -> int:
        """Characters that it takes."""
        return max(map(len, (*self.lines, self.unit, *(cell.removesuffix(MARK) for cell in self.cells))))


def tables(names: Sequence[str], columns: Sequence[Column], width: int = WIDTH) -> str:
    """Give a table, or as many below each other as it takes; a group of columns stays together.

    Parameters
    ----------
    names
        What stands at the beginning of each row.
    """
    first = max(map(len, names), default=0)
    parts: list[list[Column]] = [[]]
    at = first
    for _, found in groupby(enumerate(columns), lambda item: item[1].group or item[0]):
        group = [column for _, column in found]
        wide = sum(SPACE + width for width in _widths(group))
        if parts[-1] and at + wide > width:
            parts.append([])
            at = first
        parts[-1] += group
        at += wide
    return "\n\n".join("\n".join(_table(names, first, part)) for part in parts if part)


def _table(names: Sequence[str], first: int, columns: Sequence[Column]) -> Iterator[str]:
    widths = _widths(columns)
    above = " " * (first + SPACE)
    for group, found in groupby(range(len(columns)), lambda k: columns[k].group):
        numbers = list(found)
        wide = sum(widths[k] + SPACE for k in numbers)
        heads = _row("", -SPACE, [columns[k].lines[0] for k in numbers], [widths[k] for k in numbers])
        above += group.center(wide - SPACE).ljust(wide) if group else heads
    rows = [("", [column.lines[1] for column in columns]), ("", [column.unit for column in columns])]
    rows += [(name, [column.cells[number] for column in columns]) for number, name in enumerate(names)]
    lines = (above, *(_row(name, first, cells, widths) for name, cells in rows))
    yield from (line.rstrip() for line in lines if line.strip())


def _widths(columns: Sequence[Column]) -> list[int]:
    """Give the width of each column; the first of a group makes room for a heading that is wider than all."""
    found: list[int] = []
    for group, members in groupby(columns, lambda column: column.group):
        widths = [column.width for column in members]
        widths[0] += max(len(group) - sum(widths) - SPACE * (len(widths) - 1), 0)
        found += widths
    return found


def _row(name: str, first: int, cells: Sequence[str], widths: Sequence[int]) -> str:
    text = name.ljust(first + SPACE)
    for cell, width in zip(cells, widths, strict=True):
        mark = MARK if cell.endswith(MARK) else ""
        text += cell.removesuffix(MARK).rjust(width) + mark.ljust(SPACE)
    return text


def said(text: str, indent: str = "") -> str:
    """Break a text into lines that fit."""
    return "\n".join(
        wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)
    )


def decimals(largest: float, most: int) -> int:
    """Give the decimals with which the largest number of a column has four digits, but not more than most."""
    if largest == 0:
        return 1
    return min(max(3 - math.floor(math.log10(largest)), 0), most)
