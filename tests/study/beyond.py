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


BEYOND = Routine("beyond", "tests.study.beyond", (Table, int, int, int))


def run(table: Table, row: int, column: int, by_row: int) -> None:
    """Count one more."""
    if by_row:
        of_row = table.numbers[row]
        of_row[column] += 1
    else:
        table.numbers[row, column] += 1


def count(row: int, column: int, *, by_row: bool = False) -> str:
    """Count at an entry, or of a row; return the numbers, or that it is refused."""
    table = Table(np.zeros((2, 3), dtype=np.int64))
    try:
        call(BEYOND, table, row, column, int(by_row))
    except RuntimeError:
        return "refused"
    return str(table.numbers.tolist())
