"""Results on disk: written once, whole or not at all, under fixed names.

A run is a folder::

    manifest.json          what was run; the last of the tables, so that a folder with it has them all
    scenario.toml          the scenario's files as they were read, bases first
    summary.csv            measures by policy, lane and route, with intervals
    costs.csv              cost lines by policy, lane and route
    stops.csv              time and cost at each stop of each route
    lead-times.csv         door-to-door time within which each share is delivered
    replications.csv       measures of each replication, from which policies are compared
    departures.csv         load, background, left behind of each scheduled departure
    arrivals.csv           when in the week consignments are ready for a scheduled service
    resources.csv           utilisation of each resource by weekday and hour
    ways.csv               what moves on each way
    emissions.csv          emissions by leg and scope
    clearance-stages.csv   clearance time by stage, lane, route and customs office
    emission-factors.csv   value and source of each emission factor
    prices.csv             every line of every tariff and rate of time, with its validity and source
    places.csv             where the places are
    consignments/          one Parquet file for each policy and replication
    scenario.json          what the files say under each policy, so that the run can be priced again
    milestones.parquet     on request
    journeys/              on request: one Parquet file for each policy and replication
    charts/                pictures

Every file is written to a temporary name beside its own, synced and renamed.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from fourport.errors import UserError
from fourport.store.reading import Table, read_json, read_table

MANIFEST = "manifest.json"
BEGUN = ("consignments", "charts")
"""Folders that a run begins with: together they mark one that is not complete."""
_TABLES = ("scenario", "policies", "titles", "rows", "comparison", "capacity", "curves", "route_choice")
SHAPE = {**dict.fromkeys(_TABLES, dict), "seed": int, "replications": int}
"""What the manifest holds under names that are read further."""

DIGITS = 7
"""Significant digits in CSV files: more would show the last bits of a processor's arithmetic."""


class Run:
    """The folder of one run; a table is read once, so that what was checked is what is used.

    Parameters
    ----------
    folder
        Where it is.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._n_rows: dict[str, int] = {}
        self._tables: dict[str, Table] = {}

    @classmethod
    def create(cls, folder: Path) -> Run:
        """Make the folder of a new run.

        Raises
        ------
        UserError
            If it holds something already or cannot be written.
        """
        try:
            if folder.exists() and not folder.is_dir():
                raise UserError(f"{folder}: is a file; allowed: a folder that is new or empty")
            folder.mkdir(parents=True, exist_ok=True)
            if _unfinished(folder):
                raise UserError(
                    f"{folder}: holds a run that is unfinished or still going, nothing was written"
                    "; allowed: a new or empty folder"
                )
            if any(folder.iterdir()):
                raise UserError(
                    f"{folder}: holds something already, nothing was written; allowed: a new or empty folder"
                )
            for name in BEGUN:
                (folder / name).mkdir()
        except OSError as error:
            raise UserError(f"{folder}: cannot be written: {error.strerror}") from error
        return cls(folder)

    @classmethod
    def open(cls, folder: Path) -> Run:
        """Open a complete run.

        Raises
        ------
        UserError
            If the folder holds no complete run.
        """
        if not (folder / MANIFEST).is_file():
            raise UserError(f"{folder}: holds no complete run (no {MANIFEST})")
        return cls(folder)

    def manifest(self) -> dict[str, Any]:
        """Read the manifest.

        Raises
        ------
        UserError
            If it is damaged; later, by ``manifest[name]``, if it lacks a name.
        """
        return read_json(self.folder / MANIFEST, SHAPE)

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Write the manifest, with the number of rows of each table; the run is complete with it.

        Folders that are still empty are taken away: who draws a chart makes the one of pictures again.
        """
        rows = {**manifest.get("rows", {}), **self._n_rows}
        told = {**manifest, "rows": rows} if rows else manifest
        self.write_text(MANIFEST, json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        for name in BEGUN:
            with suppress(OSError):  # it is not there, or not empty
                (self.folder / name).rmdir()

    def write_text(self, name: str, text: str) -> None:
        """Write a text file."""
        with whole_file(self.folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8", newline="\n")

    def write_table(self, name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Write a CSV file; floats with :data:`DIGITS` digits, NaN and infinity as nothing."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        cells = [[_cell(value) for value in row] for row in rows]
        writer.writerows([header, *cells])
        self.write_text(name, buffer.getvalue())
        self._n_rows[name] = len(cells)
        self._tables.pop(name, None)

    def read_table(self, name: str) -> list[dict[str, str]]:
        """Read a CSV file, one dict a row; the same errors as :meth:`table`."""
        return self.table(name).entries()

    def table(self, name: str) -> Table:
        """Read a CSV file as it is stored.

        Raises
        ------
        FileNotFoundError
            If it is not there.
        UserError
            With a line for each problem, if it is damaged.
        """
        if name not in self._tables:
            n_rows = self._n_rows.get(name)
            if n_rows is None and (self.folder / MANIFEST).is_file():
                n_rows = self.manifest().get("rows", {}).get(name)
            self._tables[name] = read_table(self.folder / name, n_rows)
        return self._tables[name]

    def consignments_file(self, policy: str, replication: int) -> Path:
        """Give the file of the consignments of one replication."""
        return self.folder / "consignments" / f"{policy}-{replication:04d}.parquet"

    def milestones_part(self, policy: str, replication: int) -> Path:
        """Give the file of the milestones of one replication, until they are joined."""
        return self.folder / "consignments" / f".milestones-{policy}-{replication:04d}.parquet"

    def journeys_file(self, policy: str, replication: int) -> Path:
        """Give the file of the journeys of one replication; they are stored on request."""
        return self.folder / "journeys" / f"{policy}-{replication:04d}.parquet"

    @property
    def charts(self) -> Path:
        """Folder of the pictures."""
        return self.folder / "charts"


def _unfinished(folder: Path) -> bool:
    """Tell whether a run was begun in a folder and never completed."""
    begun = all((folder / name).is_dir() for name in BEGUN)
    return begun and not (folder / MANIFEST).exists()


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give a temporary path that becomes ``path`` when all is written, and vanishes if not."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _cell(value: object) -> object:
    if isinstance(value, float):
        return "" if not math.isfinite(value) else f"{value:.{DIGITS}g}"
    return value
