"""Lines as wide as the terminal, in which wide characters, such as Chinese ones, take two columns."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import TextIO
from unicodedata import category

PIPED = 120
"""Width of lines where stdout is no terminal, columns."""
LONGEST = 120
"""Width of the longest line of a paragraph, columns, however wide the terminal is."""
NARROWEST = 40
"""Width below which nothing gets narrower, columns."""

UNBROKEN = "\u00a0"
"""A space at which no line ends."""

_OPENING, _CLOSING = ("Ps", "Pi"), ("Pe", "Pf", "Po")
"""Categories of characters after which, and before which, no line ends: brackets, quotation marks, commas."""
_HANGUL = range(0xAC00, 0xD7A4)
"""Wide characters whose words have spaces between them."""


def asked_width() -> int | None:
    """Return the width that ``COLUMNS`` names, or that of the terminal; None where stdout is no terminal."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return max(int(told), NARROWEST)
    return terminal_width(sys.stdout)


def terminal_width(stream: TextIO) -> int | None:
    """Return the width of the terminal that a stream writes to, None if it is no terminal."""
    if not stream.isatty():
        return None
    with suppress(OSError, ValueError):
        if found := os.get_terminal_size(stream.fileno()).columns:
            return max(found, NARROWEST)
    return 80


def line_width() -> int:
    """Return the width of the lines of tables: as asked for, or that of pipes and files."""
    return asked_width() or PIPED


def said(text: str, indent: str = "", further: str = "") -> str:
    """Break a paragraph into lines that fit; a number stays with its unit.

    Parameters
    ----------
    indent
        Begins every line.
    further
        Follows it in all lines but the first.
    """
    glued = re.sub(r"(?<=\d) (?=\S)", UNBROKEN, text)
    lines = fold(glued, min(line_width(), LONGEST), indent, indent + further)
    return "\n".join(lines).replace(UNBROKEN, " ")


def fold(text: str, width: int, first: str = "", further: str = "") -> list[str]:
    """Break a text into lines, at spaces or between wide characters; what is longer than a line, anywhere.

    Parameters
    ----------
    first, further
        Begin the first line, and all others.
    """
    from rich.cells import cell_len

    lines, line, begun = [], first, False
    for word in re.findall(r"[^ \t\n]+", text):
        gap = " "
        for part in _parts(word):
            for piece in _chopped(part, max(width - cell_len(further), 2)):
                if begun and cell_len(line) + len(gap) + cell_len(piece) > width:
                    lines.append(line)
                    line, begun = further, False
                line += gap * begun + piece
                gap, begun = "", True
    return [*lines, line] if begun else lines


def _chopped(part: str, width: int) -> Iterator[str]:
    """Yield the pieces of what may be longer than a line; they end behind a dot or hyphen if one is near."""
    from rich.cells import cell_len, chop_cells

    while cell_len(part) > width:
        piece = chop_cells(part, width)[0]
        name = re.search(r"[^./=-]*$", piece)
        if name and 2 * name.start() > len(piece):
            piece = piece[: name.start()]
        yield piece
        part = part[len(piece) :]
    yield part


def _parts(word: str) -> Iterator[str]:
    """Yield the parts of a word between which a line may end: wide characters, but for words of Hangul."""
    if word.isascii():
        yield word
        return
    from rich.cells import cell_len

    part, after_wide = "", False
    for one in word:
        wide = cell_len(one) == 2 and ord(one) not in _HANGUL
        stays = not cell_len(one) or category(one) in _CLOSING  # an accent stays with its letter
        if part and (wide or after_wide) and not stays and category(part[-1]) not in _OPENING:
            yield part
            part = ""
        part += one
        after_wide = wide
    yield part
