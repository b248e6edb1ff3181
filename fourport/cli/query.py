"""``fourport query``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click

from fourport.cli import completion
from fourport.cli.options import excel_option, format_option


@click.command(short_help="Ask the tables of a run in SQL.")
@click.argument("run", shell_complete=completion.scenario_or_run)
@click.argument("sql", required=False)
@format_option
@excel_option
def query(run: str, sql: str | None, form: str) -> None:
    """Ask the tables of a run in SQL, as DuckDB understands it.

    RUN is the folder of a run. Tables have their names, with _ for -: lead_times.
    Without SQL, the tables and their columns are listed; with -, SQL is read
    from stdin. Needs DuckDB: pip install "fourport[query]".

    \b
    Example:
      fourport query results/my
      fourport query results/my "select route, mean from summary where measure = 'freight_cost'"
      fourport query results/my "select lane, count(*) from consignments group by all" --format csv
    """  # noqa: D301
    from fourport.api.results import Results
    from fourport.cli.sources import print_rows
    from fourport.store.query import sql_name
    from fourport.store.tables import TABLES

    results = Results.open(run)
    sql = sys.stdin.read() if sql == "-" else sql
    cells: list[Sequence[str]]
    if not (sql or "").strip():
        columns = ["table", "columns"]
        cells = [[sql_name(name), ", ".join(TABLES[name].by_name)] for name in results.tables]
    else:
        found = results.query(sql or "")
        columns = found.column_names
        cells = [*zip(*(map(_cell, column.to_pylist()) for column in found.columns), strict=True)]
    print_rows([columns, *cells], form)


def _cell(value: Any) -> str:
    """Return a value as text, all its digits; nothing for a missing one."""
    return "" if value is None else str(value)
