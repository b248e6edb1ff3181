"""How compiled functions look for a place in an array."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import inlined

if TYPE_CHECKING:
    from fourport.plan.tables import Ints


@inlined
def last_up_to(values: Ints, first: int, end: int, near: int, most: int) -> int:
    """Return the last place of a value that is at most so large, or the first place if there is none.

    It is looked for from a near one on: most consignments come in order of time.

    Parameters
    ----------
    values
        Rising from the place ``first`` on and before ``end``.
    near
        One of these places.
    """
    place = near
    while place + 1 < end and values[place + 1] <= most:
        place += 1
    while place > first and values[place] > most:
        place -= 1
    return place
