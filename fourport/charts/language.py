"""The language of fixed words: English in the code, Chinese and Korean in one catalogue.

``data/words.csv`` holds a row for each text that charts say; a test compares it
with the code. Titles of scenarios stay as they are given.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib.resources import files

LANGUAGES = {"en": "English", "zh": "Chinese", "ko": "Korean"}
"""Languages by the name of the option."""

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""Weekdays as they stand in the tables; charts ``say`` them."""

_current: ContextVar[str] = ContextVar("language", default="en")


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Say everything in a language."""
    token = _current.set(language)
    try:
        yield
    finally:
        _current.reset(token)


def say(text: str, **values: object) -> str:
    """Give a fixed text in the language now spoken, with values put in where it names them in braces."""
    spoken = _current.get()
    found = text if spoken == "en" else catalogue(spoken).get(text, text)
    return found.format(**values) if values else found


@cache
def catalogue(language: str) -> dict[str, str]:
    """Give what is said in a language for each English text."""
    lines = (files(__package__) / "data" / "words.csv").read_text(encoding="utf-8").splitlines()
    return {row["en"]: row[language] for row in csv.DictReader(lines)}
