"""Sort numbers in place."""

from __future__ import annotations

from typing import Any

from fourport.engine.compiled.numbering import DIGIT_BITS, DIGITS
from fourport.machine.compiling import inlined

FEW = 24
"""Up to so many are sorted by insertion."""


@inlined
def insert_each(keys: Any, n: int) -> None:
    """Sort a few keys by insertion."""
    for k in range(1, n):
        key, at = keys[k], k
        while at > 0 and keys[at - 1] > key:
            keys[at] = keys[at - 1]
            at -= 1
        keys[at] = key


@inlined
def sort_by_digit(keys: Any, n: int, shift: int, room: Any, places: Any) -> None:
    """Sort keys by the digit that begins at bit ``shift``; those with the same digit keep their order."""
    places[:] = 0
    for k in range(n):
        places[keys[k] >> shift & (DIGITS - 1)] += 1
    first = 0
    for digit in range(DIGITS):
        places[digit], first = first, first + places[digit]
    for k in range(n):
        digit = keys[k] >> shift & (DIGITS - 1)
        room[places[digit]] = keys[k]
        places[digit] += 1
    for k in range(n):
        keys[k] = room[k]


@inlined
def sort(keys: Any, n: int, room: Any, places: Any) -> None:
    """Sort the first ``n`` keys in place: few by insertion, many digit by digit, and none that are in order.

    Only bits in which keys differ take time; what arrives at one instant has most of them in common.

    Parameters
    ----------
    keys
        Numbers that are not negative.
    n
        How many are sorted.
    room, places
        Room for ``n`` numbers, and for one of each digit.
    """
    in_order, differing = True, 0
    for k in range(1, n):
        in_order &= keys[k - 1] <= keys[k]
        differing |= keys[k - 1] ^ keys[k]
    if in_order:
        return
    if n <= FEW:
        insert_each(keys, n)
        return
    shift = 0
    while differing > 0:  # Shifted step by step: a shift by all bits of a number means nothing.
        bits = 1
        if differing & 1:
            sort_by_digit(keys, n, shift, room, places)
            bits = DIGIT_BITS
        shift += bits
        differing >>= bits
