"""Format tables as plain text with ``rich``, at most as wide as a terminal."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rich.table import Table

WIDTH = 120
"""Width of a line, in characters."""

MARK, SMALL, LOSES, THIN = MARKED = ("*", "~", "!", "?")
"""End a marked cell, and take the space before the next column."""

_KEPT = "\ue000"
"""Placeholder of a space that ``rich`` must not strip from the end of a cell."""

UNBROKEN = "\u00a0"
"""A space at which a heading is not broken."""

_SPACES = str.maketrans({_KEPT: " ", UNBROKEN: " "})

_HEADING = 9
"""Width in characters beyond which a heading without a group is broken into two lines."""


@dataclass(frozen=True)
class TextColumn:
    """A column of a table.

    Attributes
    ----------
    group
        Common heading of neighbouring columns; "" for a column without a group.
    heading, unit
        Lines above the cells.
    cells
        One cell for each row.
    side
        Alignment of the cells.
    """

    group: str
    heading: str
    unit: str
    cells: Sequence[str]
    side: Literal["left", "right"] = "right"

    @property
    def head(self) -> str:
        """The lines above the cells; a heading without a group may take two."""
        broken = [self.heading]
        if not self.group and self.side == "right":
            rows = wrap(self.heading, _HEADING, break_long_words=False) or [""]
            broken = [rows[0], " ".join(rows[1:])] if len(rows) > 1 else rows
        return "\n".join(f"{line}{_KEPT}" for line in [*broken, *filter(None, [self.unit])])


def tables(
    names: Sequence[str], columns: Sequence[TextColumn], width: int | None = WIDTH, *, corner: str = ""
) -> str:
    """Format columns as a table, split into several if it is too wide; a group of columns stays together.

    Parameters
    ----------
    names
        Name of each row.
    width
        Width of a line, in characters; None for no limit.
    corner
        Heading of the names.
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
    first = _group([TextColumn("", corner, "", names, "left")], units=units)
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


def _group(columns: Sequence[TextColumn], *, units: bool) -> Table:
    """Return columns as a table below their common heading."""
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
        found.add_row(*(cell if cell.endswith(MARKED) else f"{cell}{_KEPT}" for cell in row))
    return found


def said(text: str, indent: str = "", further: str = "") -> str:
    """Break a text into lines of at most ``WIDTH`` characters; a number stays with its unit.

    Parameters
    ----------
    indent
        Begins every line.
    further
        Follows it in all lines but the first.
    """
    glued = re.sub(r"(?<=\d) (?=\S)", UNBROKEN, text)
    lines = wrap(
        glued, WIDTH, initial_indent=indent, subsequent_indent=indent + further, break_on_hyphens=False
    )
    return "\n".join(lines).translate(_SPACES)


def with_interval(value: float, low: float, high: float, digits: int, most: float = math.inf) -> str:
    """Format a value with its interval: the half-width, or the ends if they are not equally far.

    A value at the end of its interval has the other end alone: 0.0 (<0.4).

    Parameters
    ----------
    low, high
        NaN for both without an interval; NaN for the high end alone if it is not reached.
    digits
        Decimals; an only end that differs from the value by less is given more.
    most
        Largest possible value. If an interval is cut there or at zero, the other side is the half-width.
    """
    told = f"{value:,.{digits}f}"
    if math.isnan(low):
        return told
    below, above = value - low, high - value
    if math.isnan(high):
        return f"{told} (>{low:,.{digits}f})"
    if below == 0 < above:
        return f"{told} (<{high:,.{max(digits, finer(above))}f})"
    if above == 0 < below:
        return f"{told} (>{low:,.{max(digits, finer(below))}f})"
    cut = (low == 0) != (high == most)
    if cut or abs(below - above) < 10.0**-digits:
        return f"{told} ±{max(below, above):,.{digits}f}"
    return f"{told} ({low:,.{digits}f} to {high:,.{digits}f})"


def finer(width: float) -> int:
    """Return the decimals that show a width with one digit at least."""
    return max(math.ceil(-math.log10(width)), 0)


def decimals(largest: float, most: int) -> int:
    """Return the decimals that give the largest number of a column four digits, at most ``most``."""
    if largest == 0:
        return 1
    return min(max(3 - math.floor(math.log10(largest)), 0), most)
