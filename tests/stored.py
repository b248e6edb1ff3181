"""Rows of a stored table, for tests that read or change any of its columns."""

from __future__ import annotations

from typing import Any

from fourport.store import Run


def rows_of(run: Run, name: str) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries by column name, missing numbers as NaN."""
    names = run.table(name).column_names
    return [dict(zip(names, row, strict=True)) for row in zip(*run.columns(name), strict=True)]
