"""Results in memory, under the names that they would have on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourport.store.content import Rows, table_of
from fourport.store.folder import Run, write_parquet
from fourport.store.manifest import MANIFEST
from fourport.store.reading import StoredEntries

if TYPE_CHECKING:
    import pyarrow as pa


class InMemory(Run):
    """A run without a folder: keeps in memory what would be written, rounded to the digits of a file."""

    def __init__(self) -> None:
        super().__init__(Path("results in memory"))
        self._texts: dict[str, str] = {}
        self._rows: dict[str, dict[tuple[str, int], pa.Table]] = {}
        self._journeys: dict[tuple[str, int], bytes] = {}
        self._manifest: dict[str, Any] = {}

    def manifest(self) -> dict[str, Any]:
        """Return the manifest."""
        return self.json(MANIFEST, {})

    def json(self, name: str, kinds: Mapping[str, type]) -> dict[str, Any]:
        """Return a value stored as JSON.

        Raises
        ------
        FileNotFoundError
            If it does not exist.
        """
        where = f"{self.folder / name}"
        found: dict[str, Any] = json.loads(self.text(name), object_hook=lambda one: StoredEntries(where, one))
        return found

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Store the manifest."""
        self._manifest = {**manifest, "rows": {**manifest.get("rows", {}), **self._n_rows}}

    def write_text(self, name: str, text: str) -> None:
        """Store a text."""
        self._texts[name] = text

    def text(self, name: str) -> str:
        """Return a text.

        Raises
        ------
        FileNotFoundError
            If it does not exist.
        """
        if name == MANIFEST:
            return json.dumps(self._manifest)
        if name not in self._texts:
            raise FileNotFoundError(name)
        return self._texts[name]

    def write_table(self, name: str, rows: Rows) -> None:
        """Store a table."""
        table = table_of(name, rows)
        self._tables[name], self._n_rows[f"{name}.csv"] = table, table.num_rows

    @property
    def in_csv(self) -> set[str]:
        """Names of the tables that would be CSV files."""
        return {*self._tables}

    def keep_rows(self, name: str, policy: str, replication: int, rows: pa.Table) -> Path:
        """Store rows of consignments or milestones of one replication."""
        self._rows.setdefault(name, {})[policy, replication] = rows
        return self.folder

    def keep_journeys(self, policy: str, replication: int, file: bytes) -> None:
        """Store the journeys of one replication, from which curves are priced; they are not saved."""
        self._journeys[policy, replication] = file

    def journeys(self, policy: str, replication: int) -> Path | bytes | None:
        """Return the journeys of one replication; None if they are not stored."""
        return self._journeys.get((policy, replication))

    def consignments(self, policy: str, replication: int, columns: Sequence[str]) -> pa.Table | None:
        """Return the rows of consignments of one replication; None if they are not kept."""
        rows = self._rows.get("consignments", {}).get((policy, replication))
        return None if rows is None else rows.select([name for name in columns if name in rows.column_names])

    def has(self, name: str) -> bool:
        """Return whether the run has a table."""
        return name in self._tables or name in self._rows

    def checked_files(self, name: str) -> list[Path]:
        """Return no files: the rows are in :meth:`table`."""
        return []

    def table(self, name: str) -> pa.Table:
        """Return a table.

        Raises
        ------
        FileNotFoundError
            If it does not exist.
        """
        import pyarrow as pa

        if name in self._rows:
            return pa.concat_tables(self._rows[name].values()).unify_dictionaries()
        if name not in self._tables:
            raise FileNotFoundError(name)
        return self._tables[name]

    def save(self, run: Run) -> None:
        """Write everything to a new run."""
        for name, text in self._texts.items():
            run.write_text(name, text)
        for name, table in self._tables.items():
            run.write_table(name, table)
        for which, rows in self._rows.get("consignments", {}).items():
            run.keep_rows("consignments", *which, rows)
        if "milestones" in self._rows:
            write_parquet(run.folder / "milestones.parquet", self.table("milestones"))
        run.write_manifest(self._manifest)
