"""Measure and break texts, and format numbers."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from functools import cache, lru_cache

from matplotlib import rcParams
from matplotlib.font_manager import FontProperties

from fourport.charts.renderer import Renderer

_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_OPENING, _CLOSING = "（《「『【", "，。、；：！？）》」』】％"  # noqa: RUF001
_PARTS = re.compile(rf"[{_OPENING}]*(?:[{_HAN}]|[^{_HAN}]+)[{_CLOSING}]*")
"""A Chinese character or a run of other characters, with opening and closing punctuation."""

_WORD = re.compile(r"\S+(?:\s+%\S*)?")
"""A word; a number and its % stay together."""

LEADING = 1.35
"""Ratio of line height to size of type."""

CAPITALS = 0.73
"""Ratio of the height of a capital letter to the size of type."""

_ENDS = r"[,(，（]"  # noqa: RUF001
"""Where a short title may end: at a comma or an opening bracket, Western or Chinese."""

_SIZE = 100.0
"""Size of type in which letters are measured, points."""


@cache
def _renderer() -> Renderer:
    return Renderer(1, 1, 72.0)


def width_of(text: str, size: float, weight: str = "normal") -> float:
    """Return the width of a line of text in the current fonts, inches.

    It is the sum of the widths of its letters: pairs that are set closer, such as AV, count in full.
    """
    fonts = tuple(rcParams["font.family"])
    return sum(_width(letter, weight, fonts) for letter in text) * size / _SIZE


@lru_cache(maxsize=20_000)
def _width(letter: str, weight: str, fonts: tuple[str, ...]) -> float:
    """Return the width of a letter in inches, from a cache: all texts are of the same few letters."""
    font = FontProperties(family=fonts, size=_SIZE, weight=weight)
    width, _, _ = _renderer().get_text_width_height_descent(letter, font, False)  # type: ignore[no-untyped-call]
    return float(width) / 72.0


def wrap(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Break a text into lines of at most a width in inches; words are broken only if they are too long.

    Chinese has no spaces: a line may end after any character, but never begins with closing punctuation.
    """
    found = [""]
    for word, space in _words(text):
        joined = f"{found[-1]}{space}{word}".strip()
        if width_of(joined, size, weight) <= width:
            found[-1] = joined
            continue
        if found[-1]:
            found.append("")
        if width_of(word, size, weight) <= width:
            found[-1] = word
            continue
        for letter in word:
            if found[-1] and width_of(found[-1] + letter, size, weight) > width:
                found.append("")
            found[-1] += letter
    return found


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts between which a line may end, each with the space before it."""
    for word in _WORD.findall(text):
        space = " "
        for part in _PARTS.findall(word):
            yield part, space
            space = ""


def number(value: float, digits: int = 3) -> str:
    """Format an amount with so many significant digits, all integer digits, and no power of ten."""
    if not value or not math.isfinite(value):
        return "0" if not value else str(value)
    decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    text = f"{value:,.{decimals}f}"
    if decimals:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "\u2212")


def tick_number(value: float, _: object = None) -> str:
    """Format the number of a tick, for matplotlib."""
    return number(value, 6)


def lines(count: int, size: float) -> float:
    """Return the height of lines of text, inches."""
    return count * size * LEADING / 72


def short(title: str, among: Collection[str] = ()) -> str:
    """Shorten a title: cut it at a comma or a bracket.

    The result is the shortest such beginning that no other title shares.
    """
    taken = {cut for other in among if other != title for cut in _cuts(other)}
    return next((cut for cut in _cuts(title) if cut not in taken), title)


def _cuts(title: str) -> list[str]:
    """Yield the beginnings of a title before a comma or a bracket, the shortest first, then the title."""
    ends = [
        title[: mark.start()].strip()
        for mark in re.finditer(_ENDS, title)
        if len(re.findall(r"[(（]", before := title[: mark.start()])) == len(re.findall(r"[)）]", before))  # noqa: RUF001
    ]
    return [*filter(None, ends), title]
