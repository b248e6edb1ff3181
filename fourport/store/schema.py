"""Schema of a table: columns with type, unit and meaning, and how values are read and written.

A table that is read row by row is a class: its annotations are its columns, so that mypy knows them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Literal, dataclass_transform, get_type_hints

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

Type = Literal[
    "string",
    "category",
    "integer",
    "int32",
    "number",
    "boolean",
    "date",
    "datetime",
    "numbers",
    "integers",
    "int32s",
]
"""``category`` is a string stored once, with a number in each row; the last three are lists."""

DIGITS = 7
"""Significant digits in CSV files; further digits would depend on the processor."""
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?|[+-]?inf|nan", re.ASCII)
_COUNT = re.compile(r"\d{1,9}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_HOUR = re.compile("1?[0-9]|2[0-3]")


_FORMULA = frozenset("=+-@\t\n")
"""First characters of what a spreadsheet takes for a formula."""


def as_text(value: str) -> str:
    """Return a text as a cell of a CSV file: after an apostrophe if a spreadsheet would compute it.

    Lines end with a line feed: the csv module writes a carriage return such that it cannot be read.
    """
    if "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    if value[:1] not in _FORMULA and value[:1] != "'":
        return value
    bare = value.lstrip("'")
    return f"'{value}" if bare[:1] in _FORMULA and bare and not _NUMBER.fullmatch(value) else value


def text_of(cell: str) -> str:
    """Return the text of a cell, the inverse of :func:`as_text`."""
    return cell[1:] if cell[:1] == "'" and as_text(cell[1:]) == cell else cell


def quoted(text: str) -> str:
    """Return a text as it stands between the commas of a CSV file."""
    return f'"{text.replace(QUOTE, QUOTE + QUOTE)}"' if _SPECIAL.search(text) else text


QUOTE = '"'
_SPECIAL = re.compile('[,"\n]')


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    unit
        Unit of the values; ``{name}`` if the column of that name holds the unit.
    name, type
        In the class of a row, only if they differ from those of the attribute.
    missing
        Whether values may be missing.
    optional
        Whether the column as a whole may be absent, depending on the scenario.
    digits
        Significant digits of numbers in a CSV file.
    infinite
        Whether infinity is kept in a CSV file; otherwise it becomes an empty cell.
    among
        All possible values, if there are few.
    pattern
        Regular expression that all values match, and a description of it in words.
    maximum
        Largest value of an integer.
    """

    description: str
    unit: str = ""
    name: str = ""
    type: Type = "string"
    missing: bool = False
    optional: bool = False
    digits: int = DIGITS
    infinite: bool = False
    among: tuple[str, ...] = ()
    pattern: tuple[str, str] | None = None
    maximum: int | None = None

    @property
    def arrow_type(self) -> pa.DataType:
        """Type of its values in a table."""
        return _arrow_types()[self.type]

    @property
    def allowed(self) -> str:
        """Description of the allowed cell values in a CSV file; "" if anything is allowed."""
        if self.among:
            return f"{self.among[0]} to {self.among[-1]}"
        if self.pattern:
            return self.pattern[1]
        if self.maximum is not None:
            return f"{self.description}, 0 to {self.maximum}"
        return {
            "integer": "a whole number of at most 9 digits, 0 or more",
            "number": "a number, or nothing" if self.missing else "a number",
            "date": "a date, as 2019-01-07",
        }.get(self.type, "")

    def fits(self, cell: str) -> bool:
        """Return whether a cell of a CSV file can be read."""
        if self.among:
            return cell in self.among
        if self.pattern:
            return re.fullmatch(self.pattern[0], cell) is not None
        if self.type == "integer":
            return (_COUNT if self.maximum is None else _HOUR).fullmatch(cell) is not None
        if self.type == "number":
            if self.missing:
                return not cell or _NUMBER.fullmatch(cell) is not None
            return _NUMBER.fullmatch(cell) is not None and math.isfinite(float(cell))
        return self.type != "date" or _is_day(cell)

    def array(self, values: Iterable[Any]) -> pa.Array:
        """Convert values, or cells of a CSV file, to an array of the column's type."""
        import pyarrow as pa

        if self.type == "number":  # missing is NaN, None or an empty cell
            numbers = [math.nan if value is None or value == "" else float(value) for value in values]
            return pa.array(numbers, self.arrow_type, from_pandas=True)
        if self.type == "integer":
            return pa.array(map(int, values), self.arrow_type)
        if self.type == "date":
            days = (date.fromisoformat(value) if isinstance(value, str) else value for value in values)
            return pa.array(days, self.arrow_type)
        return pa.array(map(str, values), self.arrow_type)

    def cells(self, values: Sequence[Any] | NDArray[Any]) -> list[str]:
        """Return the cells for values, as they stand in a CSV file; a missing number is NaN, None or ""."""
        import numpy as np

        if self.type != "number":
            plain = int if self.type == "integer" else str
            held = values.tolist() if isinstance(values, np.ndarray) else values
            known = {value: quoted(as_text(str(plain(value)))) for value in {*held}}  # a few, repeated
            return [*map(known.__getitem__, held)]
        try:
            numbers = np.asarray(values, dtype=np.float64)
        except ValueError:  # an empty cell among them
            numbers = np.array([math.nan if value == "" else value for value in values], dtype=np.float64)
        # Many repeat, and their text takes time; by their bits, as -0 and 0 are equal.
        bits, which = np.unique(numbers.view(np.int64), return_inverse=True)
        some = bits.view(np.float64)
        texts = np.array([*map(f"%.{self.digits}g".__mod__, some.tolist())], dtype=object)
        texts[np.isnan(some) if self.infinite else ~np.isfinite(some)] = ""
        found: list[str] = texts[which].tolist()
        return found

    def kept(self, values: Sequence[Any] | NDArray[Any]) -> pa.Array:
        """Convert values to an array, rounded as in a CSV file."""
        return self.array(self.cells(values) if self.type == "number" else values)


@cache
def _arrow_types() -> Mapping[Type, pa.DataType]:
    import pyarrow as pa

    return {
        "string": pa.string(),
        "category": pa.dictionary(pa.int32(), pa.string()),
        "integer": pa.int64(),
        "int32": pa.int32(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "datetime": pa.timestamp("us", tz="UTC"),
        "numbers": pa.list_(pa.float64()),
        "integers": pa.list_(pa.int64()),
        "int32s": pa.list_(pa.int32()),
    }


def _is_day(cell: str) -> bool:
    try:
        return _DAY.fullmatch(cell) is not None and date.fromisoformat(cell) is not None
    except ValueError:  # such as 31 February
        return False


@dataclass(frozen=True)
class Schema:
    """A table of a run.

    Attributes
    ----------
    name
        Name of the table and of its file or folder.
    description
        Description of the content.
    columns
        Columns in file order.
    parquet
        Whether the table is stored as Parquet; otherwise as CSV.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    parquet: bool = False

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Columns by name."""
        return {column.name: column for column in self.columns}

    @property
    def by_replication(self) -> bool:
        """Whether it has rows of single replications, so that it grows with them."""
        return "replication" in self.by_name

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the mandatory columns."""
        return tuple(column.name for column in self.columns if not column.optional)

    def arrow(self, names: Iterable[str] | None = None) -> pa.Schema:
        """Return the Arrow schema of the named columns; by default of the mandatory ones.

        Raises
        ------
        KeyError
            If a column does not exist.
        """
        import pyarrow as pa

        return pa.schema((name, self.by_name[name].arrow_type) for name in names or self.header)


@dataclass_transform(frozen_default=True, kw_only_default=True)
class TableRow:
    """A row of a table. Each annotation of a subclass is a column, ``Annotated[type, Column(...)]``.

    The columns of the first base come before its own, those of further bases after them. A default
    stands for a column that tables of older versions lack.

    Attributes
    ----------
    table
        Schema of the table.
    columns
        Columns by name of the attribute.
    tables
        Schemas of all tables, in the order of their classes.
    """

    table: ClassVar[Schema]
    columns: ClassVar[Mapping[str, Column]] = {}
    tables: ClassVar[list[Schema]] = []

    def __init_subclass__(cls, table: str = "") -> None:
        hints = get_type_hints(cls, include_extras=True)
        own = {name: _column(name, hints[name]) for name in cls.__annotations__}
        first, *others = (base.columns for base in cls.__bases__ if issubclass(base, TableRow))
        cls.columns = {**first, **own}
        for columns in others:
            cls.columns |= columns
        if table:
            cls.table = Schema(table, cls.__doc__ or "", tuple(cls.columns.values()))
            cls.tables.append(cls.table)

    # For mypy a subclass is a frozen dataclass. To make 30 of them would take 20 ms of every start.
    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"
        )


def _column(name: str, annotated: Any) -> Column:
    column: Column = annotated.__metadata__[0]
    return replace(column, name=column.name or name, type=_TYPES[annotated.__origin__])


_TYPES: Mapping[type, Type] = {str: "string", int: "integer", float: "number", date: "date"}
