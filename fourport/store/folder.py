"""Results on disk. Each file is written once, completely or not at all, under a fixed name.

A run is a folder::

    datapackage.json       columns of the tables, described for other programs
    manifest.json          what was run, and a hash of each file but charts; written last, so a folder with
                           a manifest has all tables
    scenario.toml          the scenario files as read, bases first
    summary.csv            measures by policy, lane and route, with intervals
    costs.csv              cost lines by policy, lane and route
    stops.csv              time and cost at each stop of each route
    lead-times.csv         door-to-door time by share of consignments delivered
    replications.csv       measures of each replication, from which policies are compared
    departures.csv         capacity, load, background cargo and rolled-over cargo of each departure
    arrivals.csv           when in the week consignments are ready for a scheduled service
    resources.csv          utilisation of each resource by weekday and hour
    legs.csv               consignments and weight on each leg
    emissions.csv          emissions by leg and scope
    clearance-stages.csv   clearance time by stage, lane, route and customs office
    emission-factors.csv   value and source of each emission factor
    prices.csv             all lines of all tariffs and rates of time, with validity and source
    places.csv             positions of the facilities
    consignments/          one Parquet file for each policy and replication
    scenario.json          validated scenario of each policy, so that the run can be priced again
    milestones.parquet     on request
    journeys/              on request: one Parquet file for each policy and replication
    charts/                charts

Every file is written to a temporary name in the same folder, synced and renamed.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from codecs import BOM_UTF8
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import compress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from fourport.arguments import csv_mark
from fourport.errors import UserError
from fourport.store.content import Rows, csv_texts, some_at_a_time
from fourport.store.kinds import Kind
from fourport.store.manifest import FILES, KINDS, MANIFEST, OWN
from fourport.store.package import PACKAGE, files_of, package_of
from fourport.store.reading import (
    CHANGED,
    StoredEntries,
    json_of,
    read_bytes,
    read_parquet,
    read_pieces,
    read_table,
    read_text,
    refuse_changed,
    sha256_of,
    sha256_of_file,
)
from fourport.store.schema import TableRow
from fourport.store.tables import TABLES
from fourport.store.unfinished import REMOVED, UNFINISHED, Unfinished, is_new, is_unfinished, told_of
from fourport.store.writing import BEGUN, whole_file

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

R = TypeVar("R", bound=TableRow)

_TITLES_OF_FORMAT_1 = "stations"
"""Among the titles of a manifest written before format 2 of scenarios."""
ESCAPED = "backslashreplace"
"""How text is written that is not UTF-8, such as the bytes of a path; in JSON too."""
FIRST_FOLDERS = ("consignments", "charts")
"""Folders created at the start of a run."""


class Numbered(NamedTuple):
    """A column of texts of which most are repeated.

    Attributes
    ----------
    number
        (rows,) place of each among the texts.
    texts
        The texts, in the order in which they first come.
    """

    number: NDArray[Any]
    texts: list[str]


class Run:
    """The folder of one run. Each table is read only once: the content checked is the content used.

    The manifest is read again only if its file has changed.

    Parameters
    ----------
    folder
        Path of the folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._n_rows: dict[str, int] = {}
        self._written: dict[str, str] = {}
        self._tables: dict[str, pa.Table] = {}
        self._manifest_of: tuple[bytes, dict[str, Any], dict[str, str]] | None = None
        self._known_hashes: dict[str, str] | None = None
        self.unfinished: Unfinished | None = None
        """What is finished of a run that is being made, so that it can be gone on with."""

    @classmethod
    def create(cls, folder: Path, request: str = "", told: str = "") -> Run:
        """Create the folder of a new run, or go on with one that was not finished.

        Parameters
        ----------
        request
            Digest of everything that decides the results; "" for a run that cannot be gone on with.
        told
            The request in words.

        Raises
        ------
        UserError
            If it holds anything else, a command is at work on it, or it cannot be written.
        """
        try:
            if folder.exists() and not folder.is_dir():
                raise UserError(f"{folder}: is a file; allowed: a folder that is new or empty")
            folder.mkdir(parents=True, exist_ok=True)
            run = cls(folder)
            if not is_new(folder) and not (request and is_unfinished(folder)):
                remedy = f"{REMOVED.format(folder)}, or " if is_unfinished(folder) else ""
                what = "holds something already, nothing was written"
                raise UserError(f"{folder}: {what}; allowed: {remedy}a new or empty folder")
            if request:
                run.unfinished = Unfinished.begin(folder, request, told)
            for name in FIRST_FOLDERS:
                (folder / name).mkdir(exist_ok=True)
        except OSError as error:
            what = f"cannot be written: {error.strerror or error}"
            raise UserError(f"{folder}: {what}; allowed: a new folder elsewhere") from error
        return run

    @classmethod
    def open(cls, folder: Path) -> Run:
        """Open a complete run.

        Raises
        ------
        UserError
            If the folder holds no complete run, or one of a version whose tables had other names.
        """
        if not (folder / MANIFEST).is_file():
            if is_unfinished(folder):
                raise UserError(
                    f"{folder}: is not finished; the command that began it goes on with it"
                    f" ({told_of(folder)}), {REMOVED.format(folder)}"
                )
            raise UserError(f"{folder}: holds no complete run (no {MANIFEST})")
        run, older = cls(folder), False
        with suppress(UserError):  # a damaged manifest is reported where it is read
            older = _TITLES_OF_FORMAT_1 in run.manifest().get("titles", {})
        if older:
            raise UserError(
                f"{folder}: was made by an older version, whose tables have other names; simulate it again"
                f" (fourport upgrade {folder / 'scenario.toml'} rewrites its scenario)"
            )
        return run

    def manifest(self) -> dict[str, Any]:
        """Read the manifest, without the hashes. It belongs to all who ask for it: do not change it.

        Raises
        ------
        UserError
            If it is damaged; later, by ``manifest[name]``, if a name is missing.
        """
        return self._manifest_and_hashes()[0]

    def _manifest_and_hashes(self) -> tuple[dict[str, Any], dict[str, str]]:
        file = self.folder / MANIFEST
        data = read_bytes(file)
        if self._manifest_of is None or self._manifest_of[0] != data:
            found = json_of(file, data, KINDS)
            own, hashes = found.pop(OWN, None), found.pop(FILES, {})
            if own != (_own_hash(found, hashes) if hashes else None):
                raise UserError(f"{file}: {CHANGED}; restore it, or run it again")
            self._manifest_of = data, found, hashes
        return self._manifest_of[1:]

    @property
    def _hashes(self) -> dict[str, str]:
        """SHA-256 of each file by its path; none of a run that is being written, or of an older version."""
        if self._known_hashes is None:
            complete = (self.folder / MANIFEST).is_file()
            self._known_hashes = self._manifest_and_hashes()[1] if complete else {}
        return self._known_hashes

    def _hash(self, file: Path) -> str | None:
        return self._hashes.get(file.relative_to(self.folder).as_posix())

    def json(self, name: str, kinds: Mapping[str, Kind]) -> dict[str, Any]:
        """Read a JSON file; parameters and errors as :func:`~fourport.store.reading.read_json`."""
        file = self.folder / name
        return json_of(file, read_bytes(file), kinds, self._hash(file))

    def entry(self, name: str, table: str, key: str) -> Any:
        """Return an entry of a table of a JSON file; None if there is none; errors as :meth:`json`.

        In a file indented by one, it is found by its line behind that of the table, and read alone: of 20
        policies that takes a tenth of the time. Damage to other entries is then told by the hash alone.
        """
        _, _, found = self.text(name).partition(f"\n {json.dumps(table)}: {{")
        _, _, found = found.partition(f"\n  {json.dumps(key, ensure_ascii=False)}: ")
        with suppress(json.JSONDecodeError, RecursionError):  # told with its line by reading the whole file
            where = f"{self.folder / name}:1"
            return json.JSONDecoder(object_hook=lambda one: StoredEntries(where, one)).raw_decode(found)[0]
        return self.json(name, {table: dict}).get(table, {}).get(key)

    def write_manifest(self, manifest: Mapping[str, Any]) -> None:
        """Describe the tables; write the manifest with row counts and hashes; this completes the run.

        It vouches for tables and files of tasks as they were written, even if they have been changed since;
        only other files are read. Empty folders are removed; the folder of charts is created again when a
        chart is drawn.
        """
        rows = {**manifest.get("rows", {}), **self._n_rows}
        told = {**manifest, "rows": rows} if rows else dict(manifest)
        self.write_package(manifest.get("scenario", {}))
        hashes = {
            name: self._written.get(name) or sha256_of_file(self.folder / name) for name in self._files()
        }
        told |= {FILES: hashes, OWN: _own_hash(json.loads(json.dumps(told)), hashes)}
        self._known_hashes = None
        self.write_text(MANIFEST, json.dumps(told, indent=2, ensure_ascii=False) + "\n")
        for name in FIRST_FOLDERS:
            with suppress(OSError):  # missing or not empty
                (self.folder / name).rmdir()

    def note_files(self, written: Mapping[Path, str]) -> None:
        """Note the SHA-256 of files that tasks have written, which the manifest then need not read again."""
        for path, sha256 in written.items():
            self._written[path.relative_to(self.folder).as_posix()] = sha256

    def finish(self) -> None:
        """Remove what was kept to go on with the run, and what a lost process began to write."""
        for begun in self.folder.rglob(BEGUN):
            begun.unlink(missing_ok=True)
        if self.unfinished is not None:
            self.unfinished.remove()
            self.unfinished = None

    def _files(self) -> list[str]:
        """Return the paths of all files in the folder but the manifest, charts and those being written."""
        found = (path.relative_to(self.folder) for path in self.folder.rglob("[!.]*") if path.is_file())
        kept = (path.as_posix() for path in found if path.parts[0] not in ("charts", MANIFEST, UNFINISHED))
        return sorted(kept)

    def write_package(self, scenario: Mapping[str, str]) -> None:
        """Write ``datapackage.json`` with the name and title of the scenario, if known."""
        found = package_of(self.folder, scenario.get("name", "run"), scenario.get("title", ""))
        self.write_text(PACKAGE, json.dumps(found, indent=1, ensure_ascii=False) + "\n")

    def write_text(self, name: str, text: str) -> None:
        """Write a text file."""
        with whole_file(self.folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8", errors=ESCAPED, newline="\n")

    def text(self, name: str) -> str:
        """Read a text file.

        Raises
        ------
        UserError
            If it is damaged.
        """
        return read_text(self.folder / name, None if name == MANIFEST else self._hash(self.folder / name))

    def write_table(self, name: str, rows: Rows) -> None:
        """Write a table as a CSV file (:func:`~fourport.store.content.csv_texts`).

        Of rows, only some are in memory at a time.
        """
        file, n_rows, sha256 = f"{name}.csv", 0, hashlib.sha256()
        with whole_file(self.folder / file) as temporary, temporary.open("wb") as opened:
            for text, n in csv_texts(name, rows):
                data = text.encode(errors=ESCAPED)
                opened.write(data)
                sha256.update(data)
                n_rows += n
        self._n_rows[file], self._written[file] = n_rows, sha256.hexdigest()
        self._tables.pop(name, None)

    def copy_file(self, name: str, target: Run) -> bool:
        """Copy the CSV file of a table as it is into another folder, and return whether that could be done.

        It could not if a run is in memory, if the file is not known to be as it was written, or if it does
        not begin as tables are written now.
        """
        if not type(self) is type(target) is Run:
            return False
        file = self.file(name)
        n_rows, sha256 = self._as_written(name)
        if n_rows is None or sha256 is None or sha256_of_file(file) != sha256:
            return False
        with file.open("rb") as opened:
            if opened.read(len(BOM_UTF8)).startswith(BOM_UTF8) != bool(csv_mark()):
                return False
        with whole_file(target.file(name)) as temporary:
            shutil.copyfile(file, temporary)
        target._n_rows[file.name], target._written[file.name] = n_rows, sha256
        return True

    def has(self, name: str) -> bool:
        """Return whether the run has a table."""
        return bool(files_of(self.folder, name))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the tables in the run."""
        return tuple(name for name in TABLES if self.has(name))

    @property
    def in_csv(self) -> set[str]:
        """Names of the CSV files in the folder, including files that are not ours."""
        return {path.stem for path in self.folder.glob("*.csv")}

    def file(self, name: str) -> Path:
        """Return the CSV file of a table."""
        return self.folder / f"{name}.csv"

    def table(self, name: str) -> pa.Table:
        """Read a stored table, with columns typed by its schema.

        Raises
        ------
        FileNotFoundError
            If the file is missing.
        UserError
            With a line for each problem, if the file is damaged.
        """
        if name not in self._tables:
            if name in TABLES and TABLES[name].parquet:
                return self._rows_of_consignments(name)  # too large to cache
            self._tables[name] = read_table(self.file(name), *self._as_written(name))
        return self._tables[name]

    def pieces(
        self, name: str, *wanted: str, optional: Collection[str] = ()
    ) -> Iterator[list[NDArray[Any] | Numbered]]:
        """Yield columns of a CSV table as arrays, some rows at a time, and keep none.

        Missing numbers are NaN; errors as in :meth:`columns`. What was yielded is good only if no error
        follows.

        Parameters
        ----------
        optional
            Columns that come after the others, if the table has them.
        """
        for table in self.parts_of(name):
            also = [column for column in optional if column in table.column_names]
            yield [_array(self._column(name, table, column)) for column in (*wanted, *also)]

    def parts_of(self, name: str) -> Iterator[pa.Table]:
        """Yield a CSV table as :meth:`table` returns it, some rows at a time, and keep none.

        What was yielded is good only if no error follows.
        """
        if name in self._tables:
            return some_at_a_time(self._tables[name])
        return read_pieces(self.file(name), *self._as_written(name))

    def refuse_damaged(self, name: str) -> None:
        """Refuse a damaged CSV table; errors as in :meth:`table`.

        Tables are kept for whoever reads them next, but not those that grow with the replications: of such a
        table only the hash is worked out, and its rows are read if that is not known or differs.
        """
        if name not in TABLES or not TABLES[name].by_replication or name in self._tables:
            self.table(name)
            return
        file = self.file(name)
        sha256 = self._hash(file)
        if sha256 is None or sha256_of_file(file) != sha256:
            for _ in self.parts_of(name):
                pass

    def _as_written(self, name: str) -> tuple[int | None, str | None]:
        """Return number of rows and hash of a CSV table, if they are known."""
        file = self.file(name)
        n_rows, sha256 = self._n_rows.get(file.name), self._written.get(file.name)
        if n_rows is None and (self.folder / MANIFEST).is_file():
            n_rows, sha256 = self.manifest().get("rows", {}).get(file.name), self._hash(file)
        return n_rows, sha256

    def _rows_of_consignments(self, name: str) -> pa.Table:
        """Read and concatenate the Parquet files of a table."""
        import pyarrow as pa

        tables = [read_parquet(file, self._hash(file)) for file in self._parquet_files(name)]
        return pa.concat_tables(tables).unify_dictionaries()

    def checked_files(self, name: str) -> list[Path]:
        """Return the Parquet files of a table, none changed or damaged; errors as in :meth:`table`."""
        found = self._parquet_files(name)
        for file in found:
            refuse_changed(file, file.read_bytes(), self._hash(file))
        return found

    def _parquet_files(self, name: str) -> list[Path]:
        files = files_of(self.folder, name)
        if not files:
            raise FileNotFoundError(name)
        lost = [self.folder / one for one in self._hashes if one.startswith(f"{name}/")]
        lost = [file for file in lost if not file.is_file()]
        if lost:
            raise UserError(*(f"{file}: is not there; restore it, or run it again" for file in lost))
        return files

    def columns(self, name: str, *wanted: str) -> list[list[Any]]:
        """Return columns of a table as lists, missing numbers as NaN; errors as in :meth:`table`.

        Raises
        ------
        UserError
            If a column does not exist.
        """
        table = self.table(name)
        return [_values(self._column(name, table, column)) for column in wanted or table.column_names]

    def rows(self, kind: type[R], policy: str | None = None) -> list[R]:
        """Return the rows of a table, missing numbers as NaN; errors as in :meth:`columns`.

        Parameters
        ----------
        policy
            None for all policies.
        """
        name = kind.table.name
        table = self.table(name)
        mine: list[bool] = []
        if policy is not None:
            # From its first row to its last, which usually are all its own. A filter of pyarrow would load
            # pyarrow.compute, which takes longer than to read the tables.
            mine = [its == policy for its in _values(self._column(name, table, "policy"))]
            first, after = (mine.index(True), len(mine) - mine[::-1].index(True)) if any(mine) else (0, 0)
            table, mine = table.slice(first, after - first), mine[first:after]
        held = {
            attribute: _values(self._column(name, table, column.name))
            for attribute, column in kind.columns.items()
            if column.name in table.column_names or not hasattr(kind, attribute)
        }
        rows: Iterable[tuple[Any, ...]] = zip(*held.values(), strict=True)
        if policy is not None:
            rows = compress(rows, mine)
        return [kind(**dict(zip(held, row, strict=True))) for row in rows]

    def _column(self, name: str, table: pa.Table, column: str) -> pa.ChunkedArray:
        found = StoredEntries(
            f"{self.file(name)}:1", dict(zip(table.column_names, table.columns, strict=True))
        )
        return found[column]

    def journeys(self, policy: str, replication: int) -> Path | bytes | None:
        """Return the journeys of one replication, a file or its content; None if they are not stored.

        Raises
        ------
        UserError
            If the file was changed or damaged.
        """
        file = self.journeys_file(policy, replication)
        if not file.is_file():
            return None
        refuse_changed(file, file.read_bytes(), self._hash(file), "delete it to have it simulated again")
        return file

    def keep_rows(self, name: str, policy: str, replication: int, rows: pa.Table) -> Path:
        """Write rows of consignments or milestones of one replication; return their file."""
        consignments = name == "consignments"
        file = (self.consignments_file if consignments else self.milestones_part)(policy, replication)
        write_parquet(file, rows)
        return file

    def consignments(self, policy: str, replication: int, columns: Sequence[str]) -> pa.Table | None:
        """Return the rows of consignments of one replication, with those of the columns that they have.

        None if they are not stored.
        """
        import pyarrow.parquet as pq

        file = self.consignments_file(policy, replication)
        return pq.read_table(file, columns=[*columns]) if file.is_file() else None

    def consignments_file(self, policy: str, replication: int) -> Path:
        """Return the consignments file of one replication."""
        return self.folder / "consignments" / f"{policy}-{replication:04d}.parquet"

    def milestones_part(self, policy: str, replication: int) -> Path:
        """Return the milestones file of one replication, which exists until all are joined."""
        return self.folder / "consignments" / f".milestones-{policy}-{replication:04d}.parquet"

    def journeys_file(self, policy: str, replication: int) -> Path:
        """Return the journeys file of one replication; journeys are stored on request."""
        return self.folder / "journeys" / f"{policy}-{replication:04d}.parquet"

    @property
    def charts(self) -> Path:
        """The folder of the charts."""
        return self.folder / "charts"


def is_run(folder: str | Path) -> bool:
    """Return whether a folder holds a run, finished or not."""
    return (Path(folder) / MANIFEST).is_file() or is_unfinished(Path(folder))


def _own_hash(manifest: Mapping[str, Any], hashes: Mapping[str, str]) -> str:
    """Return the hash of a manifest's entries and of all hashes, whatever their order and layout."""
    return sha256_of(json.dumps([manifest, hashes], sort_keys=True).encode())


def write_parquet(file: Path, rows: pa.Table) -> None:
    """Write rows of consignments as a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Arrow itself opens no file whose path is not UTF-8, and into one of Python's it writes in small pieces.
    content = pa.BufferOutputStream()
    pq.write_table(rows, content, **parquet_options(rows.schema))
    with whole_file(file) as temporary:
        temporary.write_bytes(content.getvalue())


def parquet_options(schema: pa.Schema) -> dict[str, Any]:
    """Return the options with which rows of consignments are written.

    Names repeat and are stored as numbers of a dictionary. Times and amounts hardly repeat: a dictionary of
    them makes a file larger and takes twice as long. Only names and times are worth a range by which to find
    rows. Zstandard makes files 15 % smaller than Snappy and takes a third longer.
    """
    import pyarrow as pa

    named = [f.name for f in schema if pa.types.is_dictionary(f.type) or pa.types.is_string(f.type)]
    ranged = [f.name for f in schema if not (pa.types.is_list(f.type) or pa.types.is_floating(f.type))]
    return {"compression": "snappy", "use_dictionary": named, "write_statistics": ranged}


def _array(column: pa.ChunkedArray) -> NDArray[Any] | Numbered:
    """Return the values of a column as an array."""
    import pyarrow as pa

    if pa.types.is_string(column.type):
        texts = column.combine_chunks().dictionary_encode()
        return Numbered(texts.indices.to_numpy(), texts.dictionary.to_pylist())
    found: NDArray[Any] = column.to_numpy()
    return found


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Return the values of a column as a list, missing numbers as NaN."""
    import pyarrow as pa

    found: list[Any] = column.to_numpy().tolist() if pa.types.is_floating(column.type) else column.to_pylist()
    return found
