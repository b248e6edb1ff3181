"""Read scenario files: make a tree of each, follow ``extends`` and ``drop``, merge price lists."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fourport.arguments import CONFINE_VARIABLE
from fourport.errors import Key, Problem, UserError, printable
from fourport.scenario import library
from fourport.scenario.amounts import unscaled_block_space
from fourport.scenario.changes import resolved
from fourport.scenario.drop import DROP, dropped
from fourport.scenario.entries import table
from fourport.scenario.messages import problems_of
from fourport.scenario.price_lists import PriceList, read_price_list
from fourport.scenario.provenance import TreeBuilder
from fourport.scenario.references import entries, entries_used, new_but_unused, unused_in_base, wrong_names
from fourport.scenario.shape import validator
from fourport.scenario.spreadsheet import decoded, read_column
from fourport.scenario.suggestions import allowed, suggestion
from fourport.scenario.text import FileLines, parse, read_text
from fourport.scenario.timetable_files import read_timetable, timetables_named
from fourport.scenario.titles import Title
from fourport.scenario.tree import (
    FileLine,
    Lines,
    Located,
    Node,
    Values,
    merge,
    refuse,
    within,
    written,
)

TEXTS = ("title", "description")
"""Texts of a policy."""
EXTENDS = "extends"
"""Key for the base of a file: a file or a shipped scenario, or a list of these."""
PRICE_LISTS = "tariff_files"
CODING = "csv_encoding"
SCENARIO_KEYS = ("format", "name", "run")
"""Keys of every scenario; a file that has none of them, nor extends one that has, is a part of a scenario."""

CLAIMS = "claims"
"""Section of a file of published claims; in a scenario, the name of such a file."""

_OUTSIDE = (
    "{!r} leads out of the folder of {}, to which paths are confined (--confine)"
    "; allowed: a file in this folder or below it"
)


class NotAScenario(UserError):
    """Raised for a file of published claims where a scenario is wanted."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}:1: is a file of published claims, not a scenario"
            f"; allowed: fourport check {path}, or fourport claims SCENARIO --claims {path}"
        )
        self.path = path


@dataclass(frozen=True)
class ScenarioFile:
    """A scenario file as read.

    Attributes
    ----------
    path, raw, lines
        The file, its values, and the lines of its keys.
    ancestors
        Names of all files that it extends, directly or through others.
    """

    path: Path
    raw: Values
    lines: FileLines
    ancestors: frozenset[str]


@dataclass
class Document:
    """A scenario as its files say, not yet validated.

    Attributes
    ----------
    tree
        The tree of all files, merged, with their policies.
    problems
        Problems found so far.
    cited
        The source named at each ``source`` tag, with the place of the tag.
    files
        Text of each file, including price lists; a base comes before the files that extend it.
    price_lists
        Those of the files that are price lists or other tables in CSV.
    unknown_columns
        Those of the price lists with columns that are not known; nothing else is reported of them.
    runs
        The section ``run`` as it stands when each file is merged, or when a file over it first has one: a
        date may fit the horizon of the file in which it is written.
    layers
        The tree after each file is merged, with policies.
    there
        Entries of the files that extend no other.
    added
        Entries that overlays add.
    used
        Entries that something refers to in any of the files or their policies.
    checked
        Cache of problems between entries.
    path
        The file that was asked for.
    confined
        Whether its paths were confined.
    pipes
        Those of the files that are no regular files, each with what tells it from others.
    """

    path: Path
    tree: Node
    confined: bool = False
    pipes: dict[Path, object] = field(default_factory=dict)
    problems: list[Located] = field(default_factory=list)
    cited: list[tuple[Key, Lines, Key, str]] = field(default_factory=list)
    files: dict[Path, str] = field(default_factory=dict)
    price_lists: set[Path] = field(default_factory=set)
    unknown_columns: set[str] = field(default_factory=set)
    runs: dict[str, Node | None] = field(default_factory=dict)
    layers: list[Node] = field(default_factory=list)
    there: set[Key] = field(default_factory=set)
    added: set[Key] = field(default_factory=set)
    used: set[Key] = field(default_factory=set)
    checked: dict[tuple[Node, ...], list[Problem]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All files as read, the base first, each under a comment with its name; price lists as comments."""
        return "".join(f"# {printable(file.name)}\n{self._toml(file)}" for file in self.files)

    def _toml(self, file: Path) -> str:
        lines = self.files[file].splitlines() if file in self.price_lists else None
        return self.files[file] if lines is None else "".join(f"# {line}\n" for line in lines)

    def is_current(self) -> bool:
        """True if the files have not changed since they were read; a pipe, read once, is not read again."""
        try:
            return all(
                _pipe(file) == self.pipes[file] if file in self.pipes else read_text(file) == text
                for file, text in self.files.items()
            )
        except UserError:
            return False

    @cached_property
    def unused(self) -> list[Problem]:
        """Unused entries of the files."""
        return [
            *unused_in_base(self.there, self.used, self.tree),
            *new_but_unused(self.added, self.used, self.tree),
        ]

    def refuse(self) -> None:
        """Raise UserError if problems were found."""
        refuse(self.problems)


_LATEST: list[Document] = []
"""The document read last, since a command loads one scenario under several policies, one after the other."""


def read(name_or_path: str | Path) -> Document:
    """Read a scenario and the files that it extends; unchanged files of the last call are not parsed again.

    Raises
    ------
    UserError
        If a file cannot be read or is not TOML, ``extends`` leads nowhere or in a circle, or the file
        is only a part of a scenario.
    PublishedClaims
        If the file holds published claims.
    """
    path = library.find(name_or_path)
    latest = _LATEST[0] if _LATEST else None
    if latest and (latest.path, latest.confined) == (path, confined()) and latest.is_current():
        return latest
    sources: dict[Path, ScenarioFile] = {}
    _gather(path, sources)
    document = Document(path, Node(sources[path.resolve()].lines, (), parts={}), confined())
    for source in sources.values():
        document.files[source.path] = source.lines.text
        if (pipe := _pipe(source.path)) is not None:
            document.pipes[source.path] = pipe
        _add(document, source)
    if not document.tree.table().keys() & SCENARIO_KEYS:
        raise UserError(
            f"{path}:1: has no {', '.join(SCENARIO_KEYS)}, so that it is only a part of a scenario"
            "; allowed: a scenario, such as a file that extends this one"
        )
    document.problems += document.tree.locate(wrong_names(document.tree))
    document.problems += _unknown_sources(document)
    document.problems += _texts_of_policies(document)
    _LATEST[:] = [document]
    return document


def _pipe(path: Path) -> object:
    """Return what tells a pipe or a device from others; None for a file that can be read again."""
    try:
        found = path.stat()
    except OSError:
        return None
    return None if stat.S_ISREG(found.st_mode) else (found.st_dev, found.st_ino)


def confined() -> bool:
    """True if all paths that a scenario names must stay within its folder."""
    return os.environ.get(CONFINE_VARIABLE, "0") not in ("", "0")


def is_outside(path: Path, asked: Path) -> bool:
    """True if paths are confined, and one is neither below the folder of the file asked for nor shipped."""
    if not confined():
        return False
    folders = (asked.parent.resolve(), library.folder().resolve())
    return not any(path.resolve().is_relative_to(folder) for folder in folders)


def _add(document: Document, source: ScenarioFile) -> None:
    """Merge a file into the document."""
    file, raw, lines = source.path, source.raw, source.lines
    _merge_price_lists(document, file, raw, lines)
    _merge_timetables(document, file, raw, lines)
    _read_columns(document, file, raw, raw.get(CODING), (), lines)
    builder = TreeBuilder(lines)
    over = builder.tree({key: value for key, value in raw.items() if key not in (EXTENDS, DROP)})
    where = "in the files that this one extends"
    base, gone, faults = dropped(document.tree, raw.get(DROP, []), lambda _: _why_not_dropped(raw), where)
    for at, fault in faults:
        builder.problem(at, at, fault)
    document.problems += builder.problems.values()
    document.cited = [one for one in document.cited if not any(within(one[0], key) for key in gone)]
    document.cited += [(key, lines, at, named) for key, (at, named) in builder.cited.items()]
    over = resolved(base, over, document.problems)
    document.problems += _given_twice(base, over, source.ancestors)
    document.problems += over.locate(unscaled_block_space(base, over))
    document.tree = merge(base, over)
    document.layers.append(document.tree)
    _note_entries(document, over, extends=EXTENDS in raw)
    run = document.tree.table().get("run")
    document.runs[str(file)] = run
    document.runs |= {part: run for part, its_run in document.runs.items() if its_run is None}


def _why_not_dropped(raw: Values) -> str:
    return "" if EXTENDS in raw else "a file that extends no other has nothing to drop; allowed: no drop"


def _given_twice(base: Node, over: Node, ancestors: frozenset[str]) -> list[Located]:
    """Check that no two files give the same number unless one extends the other."""
    found: dict[Key, Located] = {}
    for key, old, new in _replaced(base, over):
        if old.lines.file not in ancestors and next(new.numbers(), None):
            place, there = new.place, old.place
            message = (
                f"is given in {there.file} on line {there.line}, too, and neither file extends the other"
                "; allowed: one of the two, or a file that extends the other"
            )
            found.setdefault(key[:2], Located(place.file, place.line, written(key), message))
    return list(found.values())


def _replaced(base: Node, over: Node, key: Key = ()) -> Iterator[tuple[Key, Node, Node]]:
    """Return what has numbers in a tree and is replaced by another: its key, old and new node."""
    for name, new in (over.parts or {}).items():
        old = (base.parts or {}).get(name)
        if old is not None and old.is_table and new.is_table:
            yield from _replaced(old, new, (*key, name))
        elif old is not None and next(old.numbers(), None):
            yield (*key, name), old, new


def _merge_price_lists(document: Document, file: Path, raw: Values, lines: FileLines) -> None:
    """Merge the CSV files that a file names into its values, and note them as texts of the scenario."""
    for key, body, name in _price_lists(raw):
        try:
            path, text = _csv(document, file, name, "a price list (docs/tariffs.md)", raw.get(CODING))
        except ValueError as error:
            document.problems.append(_located(lines, key, str(error)))
            continue
        found = read_price_list(text)
        if not found.understood:
            document.unknown_columns.add(str(path))
        document.problems += _merge_price_list(path, found, (*key[:-2], "tariffs"), body, lines.rows)


def _csv(document: Document, file: Path, name: str, wanted: str, coding: object) -> tuple[Path, str]:
    """Return path and text of a CSV file that a file names, and note it as a text of the scenario.

    Raises
    ------
    ValueError
        If there is none, or paths are confined and it lies outside.
    UserError
        If it cannot be read.
    """
    path = Path(os.path.normpath(file.parent / name))
    if is_outside(path, document.path):
        raise ValueError(_OUTSIDE.format(name, document.path))
    if not path.is_file():
        raise ValueError(
            f"there is no file {str(path)!r}; allowed: a CSV file, by its path from this file's folder"
        )
    if path not in document.price_lists:
        document.files[path] = read_text(path, "CSV", wanted, partial(decoded, declared=coding))
        document.price_lists.add(path)
    return path, document.files[path]


def _located(lines: FileLines, key: Key, message: str) -> Located:
    place = lines.place(key)
    return Located(place.file, place.line, written(key), message)


def _merge_timetables(document: Document, file: Path, raw: Values, lines: FileLines) -> None:
    """Replace the CSV files that services name by the departures in them, if all of them can be read.

    Otherwise the service keeps the names of its files, so that no check misses its departures.
    """
    for key, name, service, names in timetables_named(raw):
        rows: list[Values] = []
        understood = "timetable" not in service
        if not understood:
            message = "is given beside timetable; allowed: one of the two"
            document.problems.append(_located(lines, (*key, "timetable_files"), message))
        for index, one in enumerate(names if understood else ()):
            try:
                path, text = _csv(document, file, one, "a timetable (docs/timetables.md)", raw.get(CODING))
            except ValueError as error:
                document.problems.append(_located(lines, (*key, "timetable_files", index), str(error)))
                understood = False
                continue
            found = read_timetable(text, name)
            document.problems += [Located(str(path), *fault) for fault in found.wrong]
            understood &= found.understood
            for number, row in found.departures:
                lines.rows[(*key, "timetable", len(rows))] = FileLine(str(path), number)
                rows.append(row)
        if rows and understood:
            service["timetable"] = rows
            del service["timetable_files"]


def _read_columns(
    document: Document, file: Path, value: Any, coding: object, key: Key, lines: FileLines
) -> None:
    """Replace columns of CSV files that are named as observed values by these values, all through a file."""
    if isinstance(value, dict) and value.get("distribution") == "observed" and "file" in value:
        names = [value.pop(name, "") for name in ("file", "column", "unit")]
        try:
            if not all(isinstance(name, str) for name in names):
                raise ValueError("file, column and unit are texts in quotes")
            _, text = _csv(document, file, names[0], "a table with a column", coding)
            value["values"] = read_column(text, names[1], names[2])
        except (UserError, ValueError) as error:
            file_name = Path(str(names[0])).name
            document.problems.append(_located(lines, key, f"{file_name}: {error}"))
            value["values"] = []
        return
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        _read_columns(document, file, one, coding, (*key, name), lines)


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
    """Merge the tariffs of a price list into the values of a file or a policy; return its problems.

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


def _note_entries(document: Document, over: Node, *, extends: bool) -> None:
    """Note the entries that the last merged file adds, and the entries used now."""
    found = entries(document.tree)
    document.there &= found  # dropped entries are gone
    document.there |= set() if extends else entries(over)
    document.added = found - document.there
    document.used |= entries_used(document.tree)
    for body in document.tree.table("policies").values():
        document.used |= entries_used(body)


def _gather(path: Path, found: dict[Path, ScenarioFile], above: tuple[Path, ...] = ()) -> None:
    """Read a file and all files that it extends, each once and after those that it extends itself.

    Parameters
    ----------
    path
        The file.
    found
        Receives the files, by their resolved paths; files in it are not read again.
    above
        Chain of files that leads to this one, each of which extends the next.
    """
    text = read_text(path)
    raw, lines = parse(path, text), FileLines(str(path), text)
    if isinstance(raw.get(CLAIMS), dict) and raw.keys().isdisjoint({EXTENDS, "name", "run"}):
        raise NotAScenario(path)
    chain, ancestors = (*above, path), set[str]()
    for key, claims in _claims_named(raw):
        if is_outside(path.parent / claims, chain[0]):
            raise _error_at(lines, key, _OUTSIDE.format(claims, chain[0]))
    named = dict[Path, object]()
    for key, name in _extended(raw):
        base = _base(name, lines, key, chain[0])
        again = _again(base.resolve(), named, found)
        if again:
            raise _error_at(lines, key, f"{name!r} {again}")
        named[base.resolve()] = name
        real = [file.resolve() for file in chain]
        if base.resolve() in real:
            circle = " -> ".join(map(str, (*chain[real.index(base.resolve()) :], base)))
            raise _error_at(lines, key, f"the files extend each other in a circle: {circle}")
        try:
            if base.resolve() not in found:
                _gather(base, found, chain)
        except NotAScenario as error:
            message = f"{str(base)!r} is a file of published claims, not a part of a scenario"
            raise _error_at(lines, key, f"{message}; allowed: claims = FILE, to compare it") from error
        source = found[base.resolve()]
        ancestors |= {str(source.path), *source.ancestors}
    found[path.resolve()] = ScenarioFile(path, raw, lines, frozenset(ancestors))


def _again(base: Path, named: Mapping[Path, object], found: Mapping[Path, ScenarioFile]) -> str:
    """Return what is wrong with naming a file after others in a list; empty if nothing is.

    A file below an earlier one of the list would be expected over it, but it is laid once, and below.
    """
    if base in named:
        return f"is the file of {named[base]!r} in this list; allowed: each file once"
    for earlier, name in named.items():
        if base in found and str(found[base].path) in found[earlier].ancestors:
            return (
                f"is extended by {name!r} earlier in this list, and laid below it"
                f"; allowed: to leave it out, or to name it before {name!r}"
            )
    return ""


def _extended(raw: Values) -> list[tuple[Key, object]]:
    """Return what a file extends, each with its key."""
    if EXTENDS not in raw:
        return []
    names = raw[EXTENDS]
    if isinstance(names, list) and names:
        return [((EXTENDS, index), name) for index, name in enumerate(names)]
    return [((EXTENDS,), names)]


def _claims_named(raw: Values) -> Iterator[tuple[Key, str]]:
    """Yield the files of claims that a file and its policies name, each with its key."""
    bodies: list[tuple[Key, Any]] = [((), raw)]
    bodies += [(("policies", name), body) for name, body in table(raw, "policies").items()]
    for root, body in bodies:
        name = body.get(CLAIMS) if isinstance(body, dict) else None
        if isinstance(name, str) and name:
            yield (*root, CLAIMS), name


def _base(name: object, lines: FileLines, key: Key, asked: Path) -> Path:
    """Return the path of the file that another one extends at this key."""
    if not isinstance(name, str) or not name:
        wanted = "a path in quotes, or a shipped scenario, or a list of these"
        raise _error_at(lines, key, f"{name!r} is not a file; allowed: {wanted}")
    beside = Path(os.path.normpath(Path(lines.file).parent / name))
    found = library.shipped(name)
    if is_outside(beside, asked):
        raise _error_at(lines, key, _OUTSIDE.format(name, asked))
    if beside.is_dir() and found is None:
        raise _error_at(lines, key, f"{str(beside)!r} is a directory; allowed: a scenario file")
    if beside.exists() and not beside.is_dir():
        return beside
    if found is None:
        raise _error_at(
            lines,
            key,
            f"there is no file {str(beside)!r} and no shipped scenario {name!r}"
            f"; allowed: a path from this file's folder, or one of {', '.join(library.names())}",
        )
    return found


def _error_at(lines: FileLines, key: Key, message: str) -> UserError:
    """Return the error for what is at a key."""
    place = lines.place(key)
    return UserError(f"{place.file}:{place.line}: {written(key)}: {message}")


def _unknown_sources(document: Document) -> list[Located]:
    """Check that the sources named by tags exist in some file."""
    values = document.tree.values
    known = list(table(values, "sources"))
    for name in table(values, "policies"):
        known += table(values, "policies", name, "sources")
    found = []
    for key, lines, at, source in document.cited:
        if source not in known:
            place = lines.place(at)
            there = allowed(known) or "; there is no section [sources.KEY]"
            message = f"there is no source {source!r}{suggestion(source, known)}{there}"
            found.append(Located(place.file, place.line, written(key), message))
    return found


def _texts_of_policies(document: Document) -> list[Located]:
    """Check that titles and descriptions of policies are texts, since no model holds them."""
    told = {(one.file, one.line, one.key) for one in document.problems}
    found = []
    for name in table(document.tree.values, "policies"):
        body = table(document.tree.values, "policies", name)
        for text in TEXTS:
            key: Key = ("policies", name, text)
            value = body.get(text, "")
            try:
                validator(Title if text == "title" else str)(value)
            except ValidationError as error:
                found += document.tree.locate(problems_of(error, value, key))
    return [one for one in found if (one.file, one.line, one.key) not in told]
