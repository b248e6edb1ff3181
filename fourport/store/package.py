"""Write ``datapackage.json``: a description of a run's tables for other programs.

A Data Package of version 2 (https://datapackage.org): one resource for each table, with the type, unit and
meaning of its columns. ``unit`` is our own property: the unit of a column's values, or in braces the name of
the column that holds the unit.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fourport.store.schema import Column, Schema, Type
from fourport.store.tables import TABLES, columns_of

PACKAGE = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

_TYPES: Mapping[Type, str] = {
    "category": "string",
    "int32": "integer",
    "numbers": "array",
    "integers": "array",
    "int32s": "array",
}
"""Our column types whose name differs in a Data Package."""


def package_of(folder: Path, name: str, title: str) -> dict[str, Any]:
    """Describe the tables in the folder of a run.

    Parameters
    ----------
    name, title
        Name and title of the scenario.
    """
    found = ((schema, files_of(folder, schema.name)) for schema in TABLES.values())
    resources = [_resource(folder, schema, files) for schema, files in found if files]
    titled = {"title": title} if title else {}
    return {"$schema": PROFILE, "name": name, **titled, "resources": resources}


def files_of(folder: Path, name: str) -> list[Path]:
    """Return the files of a table, in order; tables of consignments may have several."""
    for file in (folder / f"{name}.csv", folder / f"{name}.parquet"):
        if file.is_file():
            return [file]
    return sorted((folder / name).glob("[!.]*.parquet"))


def _resource(folder: Path, schema: Schema, files: list[Path]) -> dict[str, Any]:
    paths = [file.relative_to(folder).as_posix() for file in files]
    kind = (
        {"format": "parquet", "mediatype": "application/vnd.apache.parquet"}
        if schema.parquet
        else {"format": "csv", "mediatype": "text/csv", "encoding": "utf-8"}
    )
    return {
        "name": schema.name,
        "type": "table",
        "path": paths if len(paths) > 1 else paths[0],
        "description": schema.description,
        **kind,
        "schema": {
            "fields": [_field(column) for column in _columns(schema, files)],
            "missingValues": [""],
        },
    }


def _columns(schema: Schema, files: list[Path]) -> Iterable[Column]:
    """Return the columns present in the files; files of an older version may lack some."""
    if not schema.parquet:
        with files[0].open(encoding="utf-8-sig", newline="") as opened:
            return columns_of(files[0].name, next(csv.reader(opened)))
    import pyarrow.parquet as pq

    with files[0].open("rb") as opened:
        return [schema.by_name[name] for name in pq.read_schema(opened).names]


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES.get(column.type, column.type),
        "description": column.description,
    }
    if column.unit:
        field["unit"] = column.unit
    if constraints := dict(_constraints(column)):
        field["constraints"] = constraints
    if column.infinite:
        field["missingValues"] = ["", "inf"]
    return field


def _constraints(column: Column) -> Iterator[tuple[str, Any]]:
    if column.type not in ("string", "category") and not column.missing:
        yield "required", True
    if column.among:
        yield "enum", list(column.among)
    if column.pattern:
        yield "pattern", column.pattern[0]
    if column.maximum is not None:
        yield from (("minimum", 0), ("maximum", column.maximum))
