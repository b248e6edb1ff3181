"""Find the value of a rank among some values without sorting them all (Hoare's quickselect)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import inlined

if TYPE_CHECKING:
    from fourport.plan.tables import Floats


@inlined
def select(values: Floats, low: int, end: int, rank: int) -> None:
    """Move the value of a rank, from 0, to its place, smaller ones before it and larger ones after it.

    Parameters
    ----------
    values
        Values, of which those before ``low`` are smaller than the others, and those from ``end`` on are none.
    """
    high = end - 1
    while low < high:
        pivot = values[(low + high) // 2]
        left, right = low, high
        while left <= right:
            while values[left] < pivot:
                left += 1
            while pivot < values[right]:
                right -= 1
            if left <= right:
                values[left], values[right] = values[right], values[left]
                left += 1
                right -= 1
        if rank <= right:
            high = right
        elif rank >= left:
            low = left
        else:
            low = high
