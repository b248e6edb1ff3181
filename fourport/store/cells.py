"""What the cells of stored tables must look like; a column goes by its name, of whatever table it is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


COUNTS = _names("n replication replications order cell servers")
"""Columns that always hold a whole number."""

MEASURED = _names("km latitude longitude open_h busy_h cut_off_h taken weight value_density")
"""Columns that always hold a number."""

NUMBERS = _names(
    "mean low high value difference p_holm share x cost range_low range_high time time_low time_high missed "
    "missed_low missed_high visits unfinished weight_t wait_h utilisation capacity block background load "
    "load_t consignments rolled_over rolled_over_t held_back cancelled accepted_low accepted_high change "
    "ratio"
)
"""Columns that hold a number, or nothing where there is none."""


class Check(NamedTuple):
    """Whether a cell can be read further, and how it is said what can be."""

    fits: Callable[[str], object]
    allowed: str


_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?inf|nan", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _is_finite(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None and math.isfinite(float(cell))


def _is_number_or_nothing(cell: str) -> bool:
    return not cell or _NUMBER.fullmatch(cell) is not None


def _is_day(cell: str) -> bool:
    try:
        return _DAY.fullmatch(cell) is not None and date.fromisoformat(cell) is not None
    except ValueError:  # as on 31 February
        return False


_COUNT = Check(re.compile(r"\d{1,9}", re.ASCII).fullmatch, "a whole number of at most 9 digits, 0 or more")
_MEASURED = Check(_is_finite, "a number")
_OR_NOTHING = Check(_is_number_or_nothing, "a number, or nothing")
_CLOCK = Check(re.compile("([01][0-9]|2[0-3]):[0-5][0-9]").fullmatch, "a time of day, as 08:30")
_OTHERS = {
    "hour": Check(re.compile("1?[0-9]|2[0-3]").fullmatch, "an hour of the day, 0 to 23"),
    "weekday": Check(re.compile("Mon|Tue|Wed|Thu|Fri|Sat|Sun").fullmatch, "Mon to Sun"),
    "date": Check(_is_day, "a date, as 2019-01-07"),
    "clock": _CLOCK,
    "departs": _CLOCK,
}


def check_of(table: str, column: str) -> Check | None:
    """Give what a column of a table's file must look like; None where anything goes."""
    if column in COUNTS or (table, column) == ("lead-times.csv", "share"):  # other shares are measured
        return _COUNT
    if column in MEASURED:
        return _MEASURED
    return _OR_NOTHING if column in NUMBERS else _OTHERS.get(column)
