"""A routine that may write an entry of an array that there is not, to test what is said of it."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from fourport.machine import Routine
from fourport.machine import run as call
from fourport.plan.tables import Ints


class Table(NamedTuple):
    """(2, 3) numbers."""

    numbers: Annotated[Ints, 2]


BEYOND = Routine("beyond", "tests.study.beyond", (Table, int, int))


def run(table: Table, row: int, column: int) -> None:
    """Count one more."""
    table.numbers[row, column] += 1


def count(row: int, column: int) -> str:
    """Count at an entry; return the numbers, or that it is refused."""
    table = Table(np.zeros((2, 3), dtype=np.int64))
    try:
        call(BEYOND, table, row, column)
    except RuntimeError:
        return "refused"
    return str(table.numbers.tolist())
