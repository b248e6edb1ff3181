"""Merge into a scenario the CSV files that it names: price lists, timetables, columns of observed values."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from fourport.errors import Key
from fourport.scenario.confinement import OUTSIDE, is_outside
from fourport.scenario.document import Document
from fourport.scenario.price_lists import PriceList, read_price_list
from fourport.scenario.spreadsheet import SheetError, decoded, read_column
from fourport.scenario.text import FileLines, Unreadable, no_file, read_text
from fourport.scenario.timetable_files import read_timetable, timetables_named
from fourport.scenario.tree import FileLine, Located, Values, written

PRICE_LISTS = "tariff_files"
CODING = "csv_encoding"
COLUMN = ("file", "column", "unit")
"""What names a column of observed values."""


@dataclass(frozen=True)
class CsvFiles:
    """The CSV files that a scenario file names; each is noted as a text of the scenario.

    Attributes
    ----------
    document
        The scenario, which receives the texts and the problems.
    file, lines
        The scenario file, and the lines of its keys.
    coding
        Encoding of the CSV files that are not UTF-8, if the file declares it.
    """

    document: Document
    file: Path
    lines: FileLines
    coding: object

    def merge_price_lists(self, raw: Values) -> None:
        """Merge the price lists that a file and its policies name into its values."""
        for key, body, name in _price_lists(raw):
            read = self._read(key, name, "a price list (docs/tariffs.md)")
            found = None if read is None else read_price_list(read[1])
            if found is None or not found.understood:
                self.document.not_read.add(str(self._path(name)))
            if read is None or found is None:
                continue
            path, _ = read
            root = (*key[:-2], "tariffs")
            wrong = _merge_price_list(path, found, root, body, self.lines.rows)
            self._note("tariffs", wrong)

    def merge_timetables(self, raw: Values) -> None:
        """Replace the timetables that services name by the departures in them, if all of them can be read.

        Otherwise the service keeps the names of its files, so that no check misses its departures.
        """
        for key, name, service, names in timetables_named(raw):
            rows: list[Values] = []
            understood = "timetable" not in service
            if not understood:
                message = "is given beside timetable; allowed: one of the two"
                self._problem((*key, "timetable_files"), message)
            for index, one in enumerate(names if understood else ()):
                read = self._read((*key, "timetable_files", index), one, "a timetable (docs/timetables.md)")
                if read is None:
                    understood = False
                    continue
                path, text = read
                found = read_timetable(text, name)
                self._note("services", [Located(str(path), *fault) for fault in found.wrong])
                understood &= found.understood
                for number, row in found.departures:
                    self.lines.rows[(*key, "timetable", len(rows))] = FileLine(str(path), number)
                    rows.append(row)
            if rows and understood:
                service["timetable"] = rows
                del service["timetable_files"]

    def with_column(self, table: Values, key: Key) -> Values:
        """Replace the column that a table of observed values names by the values in it."""
        names = [table.get(name, "") for name in COLUMN]
        rest = {name: value for name, value in table.items() if name not in COLUMN}
        try:
            if not all(isinstance(name, str) for name in names):
                raise ValueError("file, column and unit are texts in quotes")
            path, text = self._text(names[0], "a table with a column")
        except (Unreadable, ValueError) as error:
            self._problem(key, str(error))
            return rest | {"values": []}
        try:
            return rest | {"values": read_column(text, names[1], names[2])}
        except SheetError as error:
            self._problem(key, f"{path.name}:{error.line}: {error}")
            return rest | {"values": []}

    def _read(self, key: Key, name: str, wanted: str) -> tuple[Path, str] | None:
        """Return path and text of a CSV file that is named at a key; None, and a problem, if it has none."""
        try:
            return self._text(name, wanted)
        except Unreadable as error:
            self.document.problems.append(Located(str(error.path), error.line, "", error.message))
        except ValueError as error:
            self._problem(key, str(error))
        return None

    def _path(self, name: str) -> Path:
        return Path(os.path.normpath(self.file.parent / name))

    def _text(self, name: str, wanted: str) -> tuple[Path, str]:
        """Return path and text of a CSV file, and note it as a text of the scenario.

        Raises
        ------
        ValueError
            If there is none, or paths are confined and it lies outside.
        Unreadable
            If it cannot be read.
        """
        path = self._path(name)
        if is_outside(path, self.document.path):
            raise ValueError(OUTSIDE.format(name, self.document.path))
        if not path.is_file():
            raise ValueError(
                f"{no_file(path, path)}; allowed: a CSV file, by its path from this file's folder"
            )
        if path not in self.document.csv_files:
            decode = partial(decoded, declared=self.coding)
            self.document.files[path] = read_text(path, wanted, "CSV", decode)
            self.document.csv_files.add(path)
        return path, self.document.files[path]

    def _problem(self, key: Key, message: str) -> None:
        place = self.lines.place(key)
        self.document.problems.append(Located(place.file, place.line, written(key), message))

    def _note(self, section: str, found: Iterable[Located]) -> None:
        """Note problems of the rows of a file, as many as are listed of a section."""
        listing = self.document.listing
        self.document.problems += [
            one for one in found if listing.lists((section, f"{one.file}:{one.line}", one.key))
        ]


def _price_lists(raw: Values) -> Iterator[tuple[Key, Values, str]]:
    """Return (key, table that the tariffs belong to, path) for each price list of a file and its policies."""
    bodies: list[tuple[Key, Any]] = [((), raw)]
    policies = raw.get("policies")
    if isinstance(policies, dict):
        bodies += [(("policies", name), body) for name, body in policies.items()]
    for root, body in bodies:
        files = body.get(PRICE_LISTS) if isinstance(body, dict) else None
        for index, name in enumerate(files if isinstance(files, list) else []):
            if isinstance(name, str) and name:
                yield (*root, PRICE_LISTS, index), body, name


def _merge_price_list(
    path: Path, found: PriceList, root: Key, body: Values, rows: dict[Key, FileLine]
) -> list[Located]:
    """Merge the tariffs of a price list into the values of a file or a policy; return what is wrong.

    Parameters
    ----------
    path, found
        The price list.
    root
        Key of the section that the tariffs are added to.
    body
        The table that has this section.
    rows
        Receives the line of each row, by the key that the row has become.
    """
    wrong = [Located(str(path), line, column, message) for line, column, message in found.wrong]
    tariffs = body.setdefault("tariffs", {})
    if not isinstance(tariffs, dict):
        return wrong  # reported by the models
    rows.setdefault(root, FileLine(str(path), 1))
    for name, tariff in found.tariffs.items():
        there = tariffs.get(name, {})
        if not isinstance(there, dict) or "lines" in there:
            line = found.rows[(name,)]
            message = "has lines elsewhere in the same file or in another of its price lists"
            wrong.append(
                Located(str(path), line, f"tariffs.{name}", f"{message}; allowed: one place for them")
            )
            continue
        tariffs[name] = tariff | there
        for key, line in found.rows.items():
            if key[0] == name:
                rows.setdefault((*root, *key), FileLine(str(path), line))
    return wrong
