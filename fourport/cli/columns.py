"""Format tables as plain text, at most as wide as a terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from textwrap import wrap
from typing import Literal

from fourport.cli.lines import UNBROKEN, fold, line_width, said

MARK, SMALL, LOSES, THIN = MARKED = ("*", "~", "!", "?")
"""End a marked cell, and take the space before the next column."""

_SPACES = str.maketrans({UNBROKEN: " "})

_HEADING = 9
"""Width in characters beyond which a heading without a group is broken into two lines."""

LEAST = 22
"""Width below which a column that wraps gets no narrower, with the space beside it."""

UNLIMITED = 100_000
"""Width of a table that is not to be narrowed."""


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
    wraps
        Whether cells, which are words on the left, may be broken into lines.
    spare
        How much the column can be spared where a table is too wide; 0 if not at all.
    """

    group: str
    heading: str
    unit: str
    cells: Sequence[str]
    side: Literal["left", "right"] = "right"
    wraps: bool = False
    spare: int = 0

    @property
    def head(self) -> str:
        """The lines above the cells; a heading without a group may take two."""
        broken = [self.heading]
        if not self.group and self.side == "right":
            rows = wrap(self.heading, _HEADING, break_long_words=False) or [""]
            broken = [rows[0], " ".join(rows[1:])] if len(rows) > 1 else rows
        return "\n".join(f"{line} " for line in [*broken, *filter(None, [self.unit])])

    @cached_property
    def width(self) -> int:
        """The columns of the terminal that it takes, with the two that keep it from the next."""
        return max(_cells(self.head) - 1, *map(_cells, self.cells), 0) + 2

    @property
    def least(self) -> int:
        """The width that it takes at least."""
        return min(self.width, LEAST) if self.wraps else self.width

    @property
    def whole_words(self) -> int:
        """The width in which no word of its cells, such as a key that one may copy, is broken."""
        words = (
            cell[: len(cell) - len(cell.lstrip(" "))] + word for cell in self.cells for word in cell.split()
        )
        return max([LEAST, *(_cells(word) + 4 for word in words)])

    def folded(self, width: int) -> TextColumn:
        """Return the column with cells broken into lines; what begins with spaces goes on behind them."""
        room = width - 2
        return replace(
            self, cells=[cell if _cells(cell) <= room else _folded(cell, room) for cell in self.cells]
        )


def _folded(cell: str, width: int) -> str:
    bare = cell.lstrip(" ")
    indent = cell[: len(cell) - len(bare)]
    return "\n".join(fold(bare, width, indent, f"{indent}  " if indent else "")) or cell


def tables(
    names: Sequence[str], columns: Sequence[TextColumn], width: int | None = None, *, corner: str = ""
) -> str:
    """Format columns as a table that fits the terminal.

    What is too wide loses its spare columns, which are named below it; then cells that may be broken are;
    then it is split into several tables with the same rows. A group of columns stays together if it fits.

    Parameters
    ----------
    names
        Name of each row.
    width
        Width of a line, in columns of the terminal; None for that of the terminal.
    corner
        Heading of the names.
    """
    # The space behind the last column may lie beyond the edge.
    width = (line_width() if width is None else width) + 1
    kept, left_out = _without_spare(TextColumn("", corner, "", names, "left", wraps=True), columns, width)
    first, *others = _level(_narrowed(kept, width))
    units = any(column.unit for column in others)
    parts = [_side_by_side([[first], *part], units=units) for part in _parts(first, others, width)]
    if left_out:
        parts.append(said(f"Not shown, as the terminal is too narrow: {', '.join(left_out)}."))
    return "\n\n".join(parts).strip("\n")


def _without_spare(
    first: TextColumn, columns: Sequence[TextColumn], width: int
) -> tuple[list[TextColumn], list[str]]:
    """Leave out spare columns, the most spare first, until the rest fits; return it, and what is missing."""
    kept, left_out = [first, *columns], list[str]()
    while sum(column.least for column in kept) > width and any(column.spare for column in kept):
        most = max(kept, key=lambda column: column.spare)
        kept.remove(most)
        left_out.insert(0, most.heading)
    return kept, left_out


def _narrowed(columns: Sequence[TextColumn], width: int) -> list[TextColumn]:
    """Break the cells of the columns that wrap, names among them, if the table is too wide."""
    first, *others = columns
    room = width - sum(_width_of([*group]) for _, group in _grouped(others))
    if first.width <= room:
        return [*columns]
    if not any(column.wraps for column in others):
        if room >= first.whole_words:
            return [first.folded(room), *others]
        # It is split, so that names stand beside each part.
        widest = max((_width_of([column]) for column in others), default=0)
        return [first.folded(max(min(first.width, width // 2, width - widest), LEAST)), *others]
    fixed = sum(column.width for column in columns if not column.wraps)
    wrapping = [column.width for column in columns if column.wraps]
    levels = range(width, LEAST, -1)
    most = next((one for one in levels if fixed + sum(min(wide, one) for wide in wrapping) <= width), LEAST)
    return [column.folded(most) if column.wraps else column for column in columns]


def _level(columns: Sequence[TextColumn]) -> list[TextColumn]:
    """Return the columns with the same number of lines in all cells of a row."""
    rows = list(zip(*(column.cells for column in columns), strict=True))
    heights = [max(cell.count("\n") for cell in row) for row in rows]
    if not any(heights):
        return [*columns]
    return [
        replace(
            column,
            cells=[
                cell + "\n" * (height - cell.count("\n"))
                for cell, height in zip(column.cells, heights, strict=True)
            ],
        )
        for column in columns
    ]


def _parts(first: TextColumn, columns: Sequence[TextColumn], width: int) -> Iterator[list[list[TextColumn]]]:
    """Yield the groups of columns that stand beside the names, as many as fit."""
    part: list[list[TextColumn]] = []
    at = first.width
    for _, group in _grouped(columns):
        for some in _fitting([*group], width - first.width):
            own = _width_of(some)
            if part and at + own > width:
                yield part
                part, at = [], first.width
            part.append(some)
            at += own
    if part or not columns:
        yield part


def _grouped(columns: Sequence[TextColumn]) -> Iterator[tuple[object, Iterator[TextColumn]]]:
    """Return neighbouring columns below a common heading together, others alone."""
    return groupby(columns, lambda one: one.group or id(one))


def _fitting(group: list[TextColumn], room: int) -> Iterator[list[TextColumn]]:
    """Yield a group of columns whole if it fits, else in pieces."""
    some: list[TextColumn] = []
    for column in group:
        if some and _width_of(group) > room and _width_of([*some, column]) > room:
            yield some
            some = []
        some.append(column)
    yield some


def _width_of(group: Sequence[TextColumn]) -> int:
    return max(sum(column.width for column in group), _cells(group[0].group) + 2)


def _side_by_side(groups: Sequence[Sequence[TextColumn]], *, units: bool) -> str:
    """Format groups of columns beside each other, the last lines of all in one line."""
    blocks = [_group(columns, units=units) for columns in groups]
    high = max(map(len, blocks))
    filled = [[""] * (high - len(block)) + block for block in blocks]
    width = [max(map(_cells, block)) for block in blocks]
    lines = (
        " ".join(_put(line, its) for line, its in zip(row, width, strict=True)).translate(_SPACES).rstrip()
        for row in zip(*filled, strict=True)
    )
    return "\n".join(lines).strip("\n")


def _group(columns: Sequence[TextColumn], *, units: bool) -> list[str]:
    """Return the lines of columns below their common heading."""
    heads = [(column.head + "\n" * (units and not column.unit)).split("\n") for column in columns]
    high = max(map(len, heads))
    blocks = [
        [*[""] * (high - len(head)), *head, *(line for cell in column.cells for line in _kept(cell))]
        for column, head in zip(columns, heads, strict=True)
    ]
    group = columns[0].group
    widths = _widened([max(1, *map(_cells, block)) for block in blocks], _cells(group) + 1)
    sides = [column.side for column in columns]
    rows = (
        " ".join(_put(line, width, side) for line, width, side in zip(row, widths, sides, strict=True))
        for row in zip(*blocks, strict=True)
    )
    left = (sum(widths) + len(widths) - 1 - _cells(group)) // 2
    return [*([" " * left + group] if group else []), *rows]


def _widened(widths: Sequence[int], least: int) -> list[int]:
    """Return widths that take a least one, with a space between them.

    What is missing is shared out in proportion to the widths, each with the space behind it.
    """
    shares = [*(width + 1 for width in widths[:-1]), widths[-1]]
    found, left, missing = list[int](), sum(shares), max(least - sum(shares), 0)
    for width, share in zip(widths, shares, strict=True):
        more = math.ceil(share * missing / left)
        found.append(width + more)
        left, missing = left - share, missing - more
    return found


def _put(line: str, width: int, side: Literal["left", "right"] = "left") -> str:
    """Return a line filled with spaces to a width, on the right or on the left."""
    spaces = " " * (width - _cells(line))
    return line + spaces if side == "left" else spaces + line


def _kept(cell: str) -> list[str]:
    """Return the lines of a cell, each with the space, or the mark, at its end."""
    return [line if line.endswith(MARKED) else f"{line} " for line in cell.split("\n")]


def _cells(text: str) -> int:
    """Return the columns of the terminal that the longest line of a text takes."""
    if text.isascii() and "\n" not in text:
        return len(text)
    from rich.cells import cell_len

    return max(map(cell_len, text.split("\n")))


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
