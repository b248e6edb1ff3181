"""The language of fixed texts: English in the code, Chinese and Korean in one catalogue.

``data/words.csv`` holds a row for each fixed text of the charts; a test compares it
with the code. Titles have their translations in the scenario, from where a run stores them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""Weekdays as in the tables; charts ``say`` them."""

_current: ContextVar[str] = ContextVar("language", default="en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Set the language of :func:`say`."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def spoken() -> str:
    """Return the code of the current language."""
    return _current.get()


def say(text: str, **values: object) -> str:
    """Return a fixed text in the current language, with values in place of the names in braces."""
    found = text if spoken() == "en" else catalogue(spoken()).get(text, text)
    return found.format(**values) if values else found


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return the translation of each English text into a language."""
    lines = (files(__package__) / "data" / "words.csv").read_text(encoding="utf-8").splitlines()
    return {row["en"]: row[language] for row in csv.DictReader(lines)}
