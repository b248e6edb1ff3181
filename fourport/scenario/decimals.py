"""Decimal commas in price lists: 5,60 is 5.60 where semicolons part the cells."""

from __future__ import annotations

import re

NUMBER = re.compile(r"[+-]?\d[\d.,]*")
"""The number at the beginning of a cell."""
DECIMAL = re.compile(r"[+-]?\d+,\d+")
DOUBTFUL = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
"""As likely a thousand and more as a number with three decimals."""


def with_point(cell: str, *, semicolons: bool) -> str:
    """Give a cell that begins with a number with a decimal point in it.

    Parameters
    ----------
    semicolons
        Whether semicolons part the cells of the file, so that commas can be decimal.

    Raises
    ------
    ValueError
        If the comma may mean something else.
    """
    match = NUMBER.match(cell)
    if match is None or "," not in match[0]:
        return cell
    number, rest = match[0], cell[match.end() :]
    if not DECIMAL.fullmatch(number):
        raise ValueError(
            f"{cell!r} has marks between thousands; allowed: a number without them, such as 1234.5"
        )
    point = number.replace(",", ".")
    if not semicolons:
        raise ValueError(
            f"{cell!r} has a comma, which parts the cells of this file"
            f"; allowed: a decimal point ({point}{rest}), or semicolons between all cells"
        )
    if DOUBTFUL.fullmatch(number):
        plain = number.replace(",", "")
        raise ValueError(f"{cell!r} may be either of two numbers; allowed: {point}{rest}, {plain}{rest}")
    return point + rest
