"""Read stored tables and JSON. Problems are reported with the line where they occur."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import reprlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from fourport.errors import UserError
from fourport.store.kinds import Kind, misfits
from fourport.store.schema import Column, text_of
from fourport.store.tables import columns_of

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_AT_ONCE = 2_500
"""Rows of a table that are in memory while it is written or read: 1,000 replications have millions."""
MOST_PROBLEMS = 20
"""Largest number of problems reported for a table."""


class StoredEntries(dict[str, Any]):
    """Entries of a stored file by name; a missing entry is reported as a user error.

    Raises
    ------
    UserError
        By ``entries[name]``, if the name is missing.
    """

    def __init__(self, where: str, found: Mapping[str, Any]) -> None:
        super().__init__(found)
        self.where = where

    def __missing__(self, name: str) -> Any:
        """Report the missing entry and where it belongs."""
        raise UserError(f"{self.where}: holds no {name!r}, which runs of this version have; run it again")


CHANGED = "is not as it was written (its SHA-256 differs)"


def sha256_of(data: bytes) -> str:
    """Return the SHA-256 of the content of a file."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 of a file, which may be larger than memory."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def refuse_changed(path: Path, data: bytes, sha256: str | None, remedy: str = "run it again") -> None:
    """Refuse a file that was changed or damaged since it was written.

    Parameters
    ----------
    data, sha256
        Content of the file, and the hash with which it was written; None if that is not known.
    remedy
        The way out, besides a copy of the file as it was.
    """
    if sha256 is not None and sha256_of(data) != sha256:
        raise UserError(f"{path}: {CHANGED}; restore it, or {remedy}")


def read_parquet(path: Path, sha256: str | None) -> pa.Table:
    """Read a Parquet file of a run; parameters as :func:`refuse_changed`.

    Raises
    ------
    UserError
        If it is damaged.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = read_bytes(path)
    refuse_changed(path, data, sha256)
    try:
        return pq.read_table(pa.BufferReader(data))
    except (pa.ArrowException, OSError) as error:
        what = str(error).splitlines()[0]
        raise UserError(f"{path}: cannot be read: {what}; restore it, or run it again") from None


def read_text(path: Path, sha256: str | None) -> str:
    """Read a text file of a run; parameters as :func:`refuse_changed`.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    UserError
        If it is damaged.
    """
    data = read_bytes(path)
    text = _text(path, data)
    refuse_changed(path, data, sha256)
    return text


def read_table(path: Path, n_rows: int | None = None, sha256: str | None = None) -> pa.Table:
    """Read a CSV file of a run as a whole; parameters and errors as :func:`read_pieces`."""
    import pyarrow as pa

    return pa.concat_tables(read_pieces(path, n_rows, sha256))


def read_pieces(path: Path, n_rows: int | None = None, sha256: str | None = None) -> Iterator[pa.Table]:
    """Read a CSV file of a run with columns typed by its schema; unknown columns are read as text.

    Yields some thousand rows at a time, at least one piece. What was yielded is good only if no error
    follows. The cells of a table that is as it was written are not checked again.

    Parameters
    ----------
    n_rows
        Number of rows that were written, if known.
    sha256
        As in :func:`refuse_changed`; a damage that has a line is reported with it.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    UserError
        With a line for each cell that does not fit its column and each row that is too short or too long; or
        if the table has no header or lacks rows.
    """
    import pyarrow as pa

    if sha256 is not None and _hash_of(path) == sha256:
        n, refused = 0, ""
        try:
            for piece in _unchecked(path):
                n += len(piece)
                yield piece
        except pa.ArrowInvalid as error:
            refused = str(error).splitlines()[0]
        if not refused and n_rows in (None, n):
            return
        for _ in _checked(path, n_rows, sha256):  # tells what is wrong, in its line
            pass
        raise UserError(f"{path}: cannot be read: {refused}; run it again")
    yield from _checked(path, n_rows, sha256)


def _hash_of(path: Path) -> str | None:
    """Return the SHA-256 of a file; None if it cannot be read."""
    try:
        return sha256_of_file(path)
    except OSError:
        return None


def _unchecked(path: Path) -> Iterator[pa.Table]:
    """Yield the pieces of a table that is as it was written, so that its cells need no check.

    Raises
    ------
    pyarrow.ArrowInvalid
        If there is no header, a cell is not of its column's type, or a row is not as long as the header.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.csv

    with _opened(path) as (text, _):
        _, header = next(_lines(path, text), (0, []))
    columns = columns_of(path.name, header)
    types = {column.name: column.arrow_type for column in columns}
    with (
        path.open("rb") as file,  # Arrow takes no path that is not text
        pyarrow.csv.open_csv(
            file,
            pyarrow.csv.ReadOptions(use_threads=False),
            pyarrow.csv.ParseOptions(newlines_in_values=True),
            pyarrow.csv.ConvertOptions(column_types=types, null_values=[""]),
        ) as reader,
    ):
        yield reader.schema.empty_table()
        for batch in reader:
            piece = pa.Table.from_batches([batch])
            for k, column in enumerate(columns):
                if column.type == "string" and pc.any(pc.starts_with(piece[k], "'")).as_py():
                    piece = piece.set_column(k, header[k], column.array(_texts(column, piece[k].to_pylist())))
            yield piece


def _checked(path: Path, n_rows: int | None, sha256: str | None) -> Iterator[pa.Table]:
    """Yield the pieces of a table of which every cell is checked; parameters and errors as its caller's."""
    import pyarrow as pa

    with _opened(path) as (text, read):
        lines = _lines(path, text)
        _, header = next(lines, (0, []))
        if not header:
            raise UserError(f"{path}:1: is empty; allowed: the table as it was written")
        if twice := [name for name, n in Counter(header).items() if n > 1]:
            told = ", ".join(map(reprlib.repr, twice))
            raise UserError(f"{path}:1: has {told} more than once; allowed: each column once; run it again")
        columns = columns_of(path.name, header)
        n, wrong = 0, _Wrong(path)
        while (some := list(islice(lines, ROWS_AT_ONCE))) or not n:
            held = [*zip(*(row for _, row in some if len(row) == len(header)), strict=True)]
            cells = held or [()] * len(header)
            wrong.note(_problems(path, header, columns, some, cells))
            n += len(some)
            if not wrong.lines:
                arrays = [column.array(_texts(column, of)) for column, of in zip(columns, cells, strict=True)]
                yield pa.table(arrays, names=header)
            if not some:
                break
        if n_rows is not None and n != n_rows:
            told = f"{path}:1: has {n} rows; allowed: the {n_rows} that were written; run it again"
            wrong.note(iter([told]))
        wrong.refuse()
        if sha256 is not None and read.hexdigest() != sha256:
            raise UserError(f"{path}: {CHANGED}; restore it, or run it again")


class _Wrong:
    """Collects the problems of a table, of which it tells no more than :data:`MOST_PROBLEMS`."""

    def __init__(self, path: Path) -> None:
        self._path, self.lines, self._more = path, list[str](), 0

    def note(self, problems: Iterator[str]) -> None:
        """Add problems."""
        self.lines.extend(islice(problems, MOST_PROBLEMS - len(self.lines)))
        self._more += sum(1 for _ in problems)

    def refuse(self) -> None:
        """Refuse the table if it has any."""
        if self._more:
            self.lines.append(f"{self._path}: and {self._more} more")
        if self.lines:
            raise UserError(*self.lines)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[TextIO, hashlib._Hash]]:
    """Open a text file, with the SHA-256 of what was read of it."""
    try:
        with path.open("rb", buffering=0) as file:
            read = _Hashing(file)
            # Tables for Excel begin with a byte order mark.
            with io.TextIOWrapper(io.BufferedReader(read, 1 << 16), "utf-8-sig", newline="") as text:
                yield text, read.sha256
    except UnicodeDecodeError as error:
        raise UserError(f"{path}:1: is not UTF-8 text: {error.reason}; run it again") from None
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UserError(f"{path}:1: cannot be read: {error.strerror or error}") from None


class _Hashing(io.RawIOBase):
    """Reads a file, and works out the SHA-256 of what is read."""

    def __init__(self, file: io.FileIO) -> None:
        self._file, self.sha256 = file, hashlib.sha256()

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read the next bytes into a buffer, and return their number."""
        n = self._file.readinto(buffer) or 0
        self.sha256.update(memoryview(buffer)[:n])
        return n


def _lines(path: Path, text: TextIO) -> Iterator[tuple[int, list[str]]]:
    """Yield the non-empty rows, header first, each with the line on which it ends."""
    reader = csv.reader(text, strict=True)
    try:
        for cells in reader:
            if cells:
                yield reader.line_num, cells
    except csv.Error as error:
        raise UserError(f"{path}:{reader.line_num}: is not CSV: {error}; run it again") from None


def _texts(column: Column, cells: Sequence[str]) -> Sequence[str]:
    """Return the cells of a column, texts as they were before they were made safe for a spreadsheet."""
    if column.type != "string":
        return cells
    known = {cell: text_of(cell) for cell in {*cells}}  # a few values, repeated
    return [known[cell] for cell in cells]


def _problems(
    path: Path,
    header: Sequence[str],
    columns: Sequence[Column],
    rows: Sequence[tuple[int, list[str]]],
    cells: Sequence[Sequence[str]],
) -> Iterator[str]:
    """Yield problems: rows of a different length than the header, and unreadable cells.

    Parameters
    ----------
    cells
        Cells by column, of the rows that are as long as the header.
    """
    n = len(header)
    wrong = [_unreadable(column, {*its}) for column, its in zip(columns, cells, strict=True)]
    for line, row in rows if any(wrong) or {len(row) for _, row in rows} - {n} else ():
        if len(row) != n:
            yield f"{path}:{line}: has {len(row)} cells; allowed: {n}, as the first line"
            continue
        for name, cell, told in zip(header, row, wrong, strict=True):
            if cell in told:
                shown = reprlib.repr(cell)
                yield f"{path}:{line}: {name}: {shown} is not understood; allowed: {told[cell]}"


def _unreadable(column: Column, cells: Iterable[str]) -> dict[str, str]:
    """Return the distinct unreadable cells of a column, each with the allowed values.

    A column of a million cells repeats a few values, so each distinct value is checked once.
    """
    return {cell: column.allowed for cell in cells if not column.fits(cell)}


def read_json(path: Path, kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """Read a JSON file that holds entries by name; parameters and errors as :func:`json_of`.

    Raises
    ------
    FileNotFoundError
        If the file is missing.
    """
    return json_of(path, read_bytes(path), kinds)


def json_of(path: Path, data: bytes, kinds: Mapping[str, Kind], sha256: str | None = None) -> dict[str, Any]:
    """Return the entries by name that the content of a JSON file holds.

    Parameters
    ----------
    kinds
        Kinds of some entries, checked where the entry is present.
    sha256
        As in :func:`refuse_changed`.

    Raises
    ------
    UserError
        If it is not valid JSON, is not an object, or an entry is of another kind; later, by
        ``entries[name]``, if a name is missing.
    """
    where = f"{path}:1"
    try:
        found = json.loads(_text(path, data), object_hook=lambda one: StoredEntries(where, one))
    except json.JSONDecodeError as error:
        raise UserError(f"{path}:{error.lineno}: is not JSON: {error.msg}; run it again") from None
    except ValueError:
        what = f"has a number of more than {sys.get_int_max_str_digits():,} digits"
        raise UserError(f"{path}:1: {what}; allowed: what was written; run it again") from None
    except RecursionError:
        raise UserError(f"{path}:1: is nested too deeply; run it again") from None
    if not isinstance(found, dict):
        raise UserError(f"{path}:1: is no table; allowed: names with values, in braces")
    wrong = [
        f"{path}:1: {name}: is not {its}; allowed: what was written; run it again"
        for name, its in misfits(found, kinds)
    ]
    if wrong:
        raise UserError(*wrong[:MOST_PROBLEMS])
    refuse_changed(path, data, sha256)
    return found


def _text(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")  # tables for Excel begin with a byte order mark
    except UnicodeDecodeError as error:
        raise UserError(f"{path}:1: is not UTF-8 text: {error.reason}; run it again") from None


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises
    ------
    FileNotFoundError
        If it is missing.
    UserError
        If it cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UserError(f"{path}:1: cannot be read: {error.strerror or error}") from None
