"""Checks of what a caller asks for: the ranges and kinds that commands and Python functions share."""

from __future__ import annotations

import os
from collections.abc import Iterable
from operator import index
from typing import Any

from fourport.errors import UserError

COMPILED, SIMPY = ENGINES = ("compiled", "simpy")
ENGINE_VARIABLE = "FOURPORT_ENGINE"
"""Environment variable that names the engine; the compiled one runs if it is not set."""
CACHE_VARIABLE = "FOURPORT_CACHE_DIR"
"""Environment variable that names the folder in which the compiled engine is kept."""
CONFINE_VARIABLE = "FOURPORT_CONFINE"
"""Environment variable that, set to 1, keeps all paths that a scenario names within the scenario's folder."""
EXCEL_VARIABLE = "FOURPORT_EXCEL"
"""Environment variable that, set to 1, lets CSV files begin with a byte order mark, for Excel."""
LARGEST_SEED = 2**63 - 1
MOST_REPLICATIONS = 100_000
LEAST_COMPARED = 2
"""Replications that a difference or an interval needs."""
POINTS = (2, 1000)
"""Fewest and most points of a curve."""
CELLS = (2, 200)
"""Fewest and most columns, or rows, of a route-choice map."""
LANGUAGES = {"en": "English", "zh": "Chinese", "ko": "Korean"}
"""Name of each language of charts and titles, by value of the option."""
GROUPED_BY = ("trader-class", "commodity", "week", "weekday", "holiday-week")
"""What consignments can be grouped by; weeks and days are those of acceptance."""
CONFIDENCE = (50.0, 100.0)
"""Ends of the confidence that may be asked for, %, neither of them allowed."""


def csv_mark() -> str:
    """Return what a CSV file begins with: the byte order mark if it is for Excel, else nothing.

    A double click in a Chinese or Korean Excel takes a file without it for GB18030 or EUC-KR.
    """
    return "\ufeff" if os.environ.get(EXCEL_VARIABLE, "0") not in ("", "0") else ""


def told(value: object) -> str:
    """Return a value of a wrong kind as a message names it: in full if that is short, else by its type."""
    written = repr(value)
    return written if len(written) <= 60 else f"a {type(value).__name__}"


def whole(what: str, value: object, least: int, most: int) -> int:
    """Return a whole number in a range, numpy's integers included.

    Raises
    ------
    UserError
        If it is not one.
    """
    number: Any = value
    try:
        found = index(number)
    except TypeError:
        raise UserError(f"{what}: {value!r} is not a whole number; allowed: {least} to {most}") from None
    if not least <= found <= most:
        raise UserError(f"{what}: {found} is out of range; allowed: {least} to {most}")
    return found


def replications_of(value: object, least: int = 1) -> int:
    """Return a number of replications, as :func:`whole`."""
    return whole("replications", value, least, MOST_REPLICATIONS)


def seed_of(value: object) -> int:
    """Return a seed, as :func:`whole`."""
    return whole("seed", value, 0, LARGEST_SEED)


def text(what: str, value: object) -> str | None:
    """Return a name, or None.

    Raises
    ------
    UserError
        If it is neither.
    """
    if value is None or isinstance(value, str):
        return value
    raise UserError(f"{what}: {told(value)} is not a name; allowed: a text")


def texts(what: str, value: object) -> tuple[str, ...]:
    """Return names, of which a single text is one.

    Raises
    ------
    UserError
        If there is anything but texts.
    """
    if isinstance(value, str):
        return (value,)
    found = tuple(value) if isinstance(value, Iterable) else (value,)
    for one in found:
        if not isinstance(one, str):
            raise UserError(f"{what}: {told(one)} is not a name; allowed: a text, or a list of texts")
    return found


def groupings(value: object) -> tuple[str, ...]:
    """Return what consignments are grouped by, as :func:`texts`.

    Raises
    ------
    UserError
        Also if they cannot be grouped so.
    """
    found = texts("by", value)
    if wrong := [one for one in found if one not in GROUPED_BY]:
        known = ", ".join(GROUPED_BY)
        raise UserError(*(f"by: {one!r} is no group of consignments; allowed: {known}" for one in wrong))
    return found
