"""Ask the tables of a run in SQL, with DuckDB."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fourport.errors import UserError
from fourport.store.folder import Run
from fourport.store.tables import TABLES

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

DAMAGED = "cannot be read; restore its files, or run it again"
NEEDED = 'needs DuckDB; install it with: pip install "fourport[query]"'


def ask(run: Run, sql: str) -> pa.Table:
    """Return the answer to a question in SQL about the tables of a run.

    Tables have their names, with ``_`` for ``-``: ``lead_times``. Only those that the question names are
    read, and checked as they are read; files of single consignments are read piece by piece. No names are
    looked up on a network. The run is not changed.

    Raises
    ------
    UserError
        If DuckDB is not installed, the question is not understood, or a table is missing or damaged.
    """
    import pyarrow as pa

    try:
        import duckdb
    except ModuleNotFoundError:
        raise UserError(f"query: {NEEDED}") from None
    with duckdb.connect(config={"autoinstall_known_extensions": False}) as connection:
        for name in run.names:
            if re.search(rf"\b{sql_name(name)}\b|\"{name}\"", sql, re.IGNORECASE):
                try:
                    _offer(connection, run, name)
                except duckdb.Error as error:
                    raise UserError(f"{run.folder}: {name}: {DAMAGED} ({_lines(error)[0]})") from None
        try:
            answer = connection.sql(sql)
            found: pa.Table = pa.table({}) if answer is None else answer.to_arrow_table()
        except duckdb.Error as error:
            raise UserError(*_told(run, error)) from None
    return found


def _lines(error: Exception) -> list[str]:
    return [line for line in str(error).splitlines() if line.strip()]


def sql_name(table: str) -> str:
    """Return the name of a table that needs no quotes in SQL."""
    return table.replace("-", "_")


def _offer(connection: DuckDBPyConnection, run: Run, name: str) -> None:
    """Add a table to the connection, under both of its names."""
    files = run.checked_files(name) if TABLES[name].parquet else []
    if files:
        content = connection.read_parquet([str(file) for file in files])
    else:
        content = connection.from_arrow(run.table(name))
    for known in {name, sql_name(name)}:
        content.create_view(known)


def _told(run: Run, error: Exception) -> list[str]:
    """Return the lines of an error of DuckDB; where a table was not found, with those that there are."""
    lines = _lines(error)
    if type(error).__name__ == "CatalogException":
        lines = [lines[0], f"{run.folder} has the tables {', '.join(map(sql_name, run.names))}"]
    return [f"query: {lines[0]}", *lines[1:]]
