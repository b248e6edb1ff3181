"""The tables that commands print: plain text by ``rich``, as wide as fits a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rich.table import Table

WIDTH = 120
"""Characters of a line."""

MARK = "*"
"""At the end of a cell that is marked: it stands in the space to the next column."""

_KEPT = "\ue000"
"""Stands for a space that is not taken from the end of a cell."""

UNBROKEN = "\u00a0"
"""A space at which no heading is broken."""

_SPACES = str.maketrans({_KEPT: " ", UNBROKEN: " "})

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
        One for each row.
    """

    group: str
    heading: str
    unit: str
    cells: Sequence[str]
    side: Literal["left", "right"] = "right"

    @property
    def head(self) -> str:
        """The lines above its cells; a heading that stands for itself may take two."""
        broken = [self.heading]
        if not self.group and self.side == "right":
            rows = wrap(self.heading, _HEADING, break_long_words=False) or [""]
            broken = [rows[0], " ".join(rows[1:])] if len(rows) > 1 else rows
        return "\n".join(f"{line}{_KEPT}" for line in [*broken, *filter(None, [self.unit])])


def tables(
    names: Sequence[str], columns: Sequence[Column], width: int | None = WIDTH, *, corner: str = ""
) -> str:
    """Give a table, or as many below each other as it takes; a group of columns stays together.

    Parameters
    ----------
    names
        What stands at the beginning of each row.
    width
        Of a line; None for one as long as it takes.
    corner
        What stands above the names.
    """
    from rich.console import Console
    from rich.measure import Measurement
    from rich.table import Table

    out = StringIO()
    console = Console(file=out, width=width or 100_000, color_system=None, highlight=False, markup=False)
    units = any(column.unit for column in columns)
    groups = [
        _group(list(group), units=units) for _, group in groupby(columns, lambda one: one.group or id(one))
    ]
    first = _group([Column("", corner, "", names, "left")], units=units)
    wide = [Measurement.get(console, console.options, group).maximum + 1 for group in (first, *groups)]
    parts: list[list[Table]] = [[]]
    at = wide[0]
    for group, own in zip(groups, wide[1:], strict=True):
        if parts[-1] and at + own > console.width:
            parts.append([])
            at = wide[0]
        parts[-1].append(group)
        at += own
    for part in filter(None, parts):
        line = Table.grid(padding=(0, 1, 0, 0))
        for _ in (first, *part):
            line.add_column(vertical="bottom", no_wrap=True)
        line.add_row(first, *part)
        console.print(line)
        console.print()
    lines = (text.translate(_SPACES).rstrip() for text in out.getvalue().splitlines())
    return "\n".join(lines).strip("\n")


def _group(columns: Sequence[Column], *, units: bool) -> Table:
    """Give columns below their common heading."""
    from rich.table import Table

    found = Table(
        title=columns[0].group or None,
        title_style="",
        header_style="",
        box=None,
        pad_edge=False,
        padding=(0, 1, 0, 0),
        min_width=len(columns[0].group) + 1,
    )
    for column in columns:
        head = column.head + "\n" * (units and not column.unit)
        found.add_column(head, justify=column.side, no_wrap=True, vertical="bottom")
    for row in zip(*(column.cells for column in columns), strict=True):
        found.add_row(*(cell if cell.endswith(MARK) else f"{cell}{_KEPT}" for cell in row))
    return found


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
