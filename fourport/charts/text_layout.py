"""How wide words are, where to break them, and how numbers are written."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator
from functools import cache, lru_cache

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_OPENING, _CLOSING = "（《「『【", "，。、；：！？）》」』】％"  # noqa: RUF001
_PARTS = re.compile(rf"[{_OPENING}]*(?:[{_HAN}]|[^{_HAN}]+)[{_CLOSING}]*")
"""A Chinese letter, or a run of others, with the marks that open and close it."""

LEADING = 1.35
"""Height of a line of text over its size."""

CAPITALS = 0.73
"""Height of a capital letter over the size of the type."""

_DPI = 288.0


@cache
def _renderer() -> RendererAgg:
    return RendererAgg(1, 1, _DPI)  # type: ignore[no-untyped-call]


def width_of(text: str, size: float, weight: str = "normal") -> float:
    """Measure a line of text in the fonts now set, in inches."""
    return _width(text, FontProperties(size=size, weight=weight))


@lru_cache(maxsize=20_000)
def _width(text: str, font: FontProperties) -> float:
    """Measure once: charts are laid out in several tries, with the same words in each."""
    width, _, _ = _renderer().get_text_width_height_descent(text, font, False)  # type: ignore[no-untyped-call]
    return float(width) / _DPI


def wrap(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Break a text into lines of at most a width in inches, within words only if it must be.

    Chinese has no spaces: a line may end after any of its letters, but begins with no mark that closes.
    """
    found = [""]
    for word, space in _words(text):
        joined = f"{found[-1]}{space}{word}".strip()
        if width_of(joined, size, weight) <= width:
            found[-1] = joined
            continue
        if found[-1]:
            found.append("")
        for letter in word:
            if found[-1] and width_of(found[-1] + letter, size, weight) > width:
                found.append("")
            found[-1] += letter
    return found


def _words(text: str) -> Iterator[tuple[str, str]]:
    """Give the parts between which a line may end, each with the space before it."""
    for word in text.split():
        space = " "
        for part in _PARTS.findall(word):
            yield part, space
            space = ""


def number(value: float, digits: int = 3) -> str:
    """Write an amount to so many digits, those before the point all, never as a power of ten."""
    if not value or not math.isfinite(value):
        return "0" if not value else str(value)
    decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    text = f"{value:,.{decimals}f}"
    if decimals:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "\u2212")


def tick_number(value: float, _: object = None) -> str:
    """Write the number of a tick, for matplotlib."""
    return number(value, 6)


def lines(count: int, size: float) -> float:
    """Give the height of lines of text, in inches."""
    return count * size * LEADING / 72


def short(title: str, among: Collection[str] = ()) -> str:
    """Give the part of a title that names: without what follows a comma or stands in brackets.

    As much is kept as tells it from others: the least that is no part of them likewise.
    """
    taken = {cut for other in among if other != title for cut in _cuts(other)}
    return next((cut for cut in _cuts(title) if cut not in taken), title)


def _cuts(title: str) -> list[str]:
    """Give the beginnings of a title before a comma or a bracket, the shortest first, and all of it."""
    ends = [
        title[: mark.start()].strip()
        for mark in re.finditer(r"[,(]", title)
        if title[: mark.start()].count("(") == title[: mark.start()].count(")")
    ]
    return [*filter(None, ends), title]
