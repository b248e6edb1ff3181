"""Content of a table that is to be written: typed tables, rows, or rows held by column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeAlias

from fourport.arguments import csv_mark
from fourport.store.reading import ROWS_AT_ONCE
from fourport.store.schema import quoted
from fourport.store.tables import TABLES, columns_of

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Part:
    """Some rows of a table, held by column.

    Attributes
    ----------
    columns
        Values of all columns of the table's schema, a list or an array each; all of one length. None at all
        for no rows. A column that is the same object as that of the part before is made text of only once,
        so it must not have been changed in between.
    """

    columns: Sequence[Sequence[Any] | NDArray[Any]]


Rows: TypeAlias = "pa.Table | Iterable[pa.Table] | Iterable[Part] | Iterable[Sequence[object]]"
"""Content of a table: typed, at once or in parts, or in parts or rows with all columns of its schema."""


def csv_texts(name: str, rows: Rows) -> Iterator[tuple[str, int]]:
    """Yield the text of a table as a CSV file, some rows at a time, each with the number of its rows.

    Floats are rounded to the digits of their column; NaN and infinity become empty cells. The first text is
    the header, after :func:`~fourport.arguments.csv_mark`.
    """
    made: dict[str, tuple[object, list[str]]] = {}
    for number, some in enumerate(some_at_a_time(rows)):
        names, held = _columns_in(name, some)
        if not number:
            yield csv_mark() + _lines([[quoted(column)] for column in names]), 0
        for column, values in zip(columns_of(f"{name}.csv", names), held, strict=True):
            if column.name not in made or made[column.name][0] is not values:
                made[column.name] = values, column.cells(values)
        cells = [made[column][1] for column in names]
        if cells[0]:
            yield _lines(cells), len(cells[0])


def _lines(cells: Sequence[Sequence[str]]) -> str:
    """Return the lines of a CSV file with some cells, given by column."""
    if len(cells) == 1:  # a line that is empty would be no row
        cells = [[cell or '""' for cell in cells[0]]]
    return "\n".join(map(",".join, zip(*cells, strict=True))) + "\n"


def table_of(name: str, rows: Rows) -> pa.Table:
    """Return a typed table, from values of all mandatory columns of the schema; rounded as in a CSV file."""
    import pyarrow as pa

    if isinstance(rows, pa.Table):
        return rows
    return pa.concat_tables([_typed(name, some) for some in some_at_a_time(rows)]).combine_chunks()


def _typed(name: str, some: pa.Table | Part | Sequence[Sequence[object]]) -> pa.Table:
    import pyarrow as pa

    if isinstance(some, pa.Table):
        return some
    names, held = _columns_in(name, some)
    arrays = [TABLES[name].by_name[column].kept(of) for column, of in zip(names, held, strict=True)]
    return pa.table(arrays, names=names)


def some_at_a_time(rows: Rows) -> Iterator[Any]:
    """Yield at most :data:`~fourport.store.reading.ROWS_AT_ONCE` rows at a time, at least once.

    Of tables or parts that come one after the other each is yielded as it is.
    """
    import pyarrow as pa

    if isinstance(rows, pa.Table):
        for begin in range(0, max(rows.num_rows, 1), ROWS_AT_ONCE):
            yield rows.slice(begin, ROWS_AT_ONCE)
        return
    coming = iter(rows)
    first = [*islice(coming, 1)]
    if first and isinstance(first[0], pa.Table | Part):
        yield from chain(first, coming)
        return
    some = [*first, *islice(coming, ROWS_AT_ONCE - 1)]
    yield some
    while some := list(islice(coming, ROWS_AT_ONCE)):
        yield some


def _columns_in(
    name: str, some: pa.Table | Part | Sequence[Sequence[object]]
) -> tuple[list[str], Sequence[Sequence[Any] | NDArray[Any]]]:
    """Return the names and the values of the columns of a typed table, a part, or rows."""
    import pyarrow as pa

    if isinstance(some, pa.Table):
        return some.column_names, [column.to_pylist() for column in some.columns]
    header = list(TABLES[name].header)
    if isinstance(some, Part):
        return header, some.columns or [()] * len(header)
    return header, [*zip(*some, strict=True)] or [()] * len(header)
