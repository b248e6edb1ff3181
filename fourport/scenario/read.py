"""Reading scenario files: a tree of each, ``extends`` and ``drop`` followed, price lists laid in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from fourport.errors import Key, Problem, UserError
from fourport.scenario import library
from fourport.scenario.layers import (
    Lines,
    Located,
    Node,
    Place,
    Values,
    merge,
    refuse,
    within,
    without,
    written,
)
from fourport.scenario.parts import table
from fourport.scenario.price_lists import read_price_list
from fourport.scenario.provenance import Planting
from fourport.scenario.references import entries, idle_in_base, new_but_unused, used, wrong_names
from fourport.scenario.shape import allowed, suggestion
from fourport.scenario.text import FileLines, parse, positions, read_text

TEXTS = ("title", "description")
"""What a policy says of itself."""
DROP = "drop"
"""What a file leaves out of the files that it extends."""
PRICE_LISTS = "tariff_files"

_EXAMPLE = "keys of the files that this one extends, in quotes, such as 'policies.NAME'"
_PART = r""""[^"\n]*"|'[^'\n]*'|[^\s.'"\[\]]+"""
_KEY = re.compile(rf"(?:{_PART})(?:\.(?:{_PART}))*")


@dataclass
class Document:
    """A scenario as its files say, not yet validated.

    Attributes
    ----------
    layer
        The tree of all files, merged, with their policies.
    problems
        What was found wrong on the way.
    cited
        The source named at each ``source`` tag, with where the tag stands.
    files
        Text of each file, the base first; of price lists among them.
    price_lists
        Those of the files that are price lists.
    runs
        The section ``run`` as it stands when each file is merged: a date is
        judged by the horizon of the file in which it is written.
    there
        Entries of the file that extends no other.
    added
        Entries that the files over it add.
    used
        Entries that something refers to in any of the files or their policies.
    checked
        What was found wrong between entries.
    path
        The file that was asked for.
    """

    path: Path
    layer: Node
    problems: list[Located] = field(default_factory=list)
    cited: list[tuple[Key, Lines, Key, str]] = field(default_factory=list)
    files: dict[Path, str] = field(default_factory=dict)
    price_lists: set[Path] = field(default_factory=set)
    runs: dict[str, Node | None] = field(default_factory=dict)
    there: set[Key] = field(default_factory=set)
    added: set[Key] = field(default_factory=set)
    used: set[Key] = field(default_factory=set)
    checked: dict[tuple[Node, ...], list[Problem]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All files as read, the base first, each under a comment with its name, price lists as comments."""
        return "".join(f"# {file.name}\n{self._toml(file)}" for file in self.files)

    def _toml(self, file: Path) -> str:
        lines = self.files[file].splitlines() if file in self.price_lists else None
        return self.files[file] if lines is None else "".join(f"# {line}\n" for line in lines)

    def is_current(self) -> bool:
        """Tell whether the files are still as they were read."""
        try:
            return all(read_text(file) == text for file, text in self.files.items())
        except UserError:
            return False

    @cached_property
    def unused(self) -> list[Problem]:
        """Entries of the files that nothing refers to."""
        return [
            *idle_in_base(self.there, self.used, self.layer),
            *new_but_unused(self.added, self.used, self.layer),
        ]

    def refuse(self) -> None:
        """Raise UserError if anything was found wrong on the way."""
        refuse(self.problems)


_LATEST: list[Document] = []
"""The document read last: a command asks for one scenario under several policies, one after the other."""


def read(name_or_path: str | Path) -> Document:
    """Read a scenario and the files that it extends; those read last are parsed again only if they changed.

    Raises
    ------
    UserError
        If a file cannot be read or is not TOML, or ``extends`` leads nowhere or in a circle.
    """
    path = library.find(name_or_path)
    if _LATEST and _LATEST[0].path == path and _LATEST[0].is_current():
        return _LATEST[0]
    chain = _chain(path)
    document = Document(path, Node(FileLines(str(path), chain[0][1]), (), parts={}))
    for file, text, raw in reversed(chain):
        document.files[file] = text
        _add(document, file, raw, FileLines(str(file), text))
    document.problems += document.layer.locate(wrong_names(document.layer))
    document.problems += _unknown_sources(document)
    document.problems += _texts_of_policies(document)
    _LATEST[:] = [] if document.problems else [document]
    return document


def _add(document: Document, file: Path, raw: Values, lines: FileLines) -> None:
    """Lay a file over those that it extends."""
    _lay_in_price_lists(document, file, raw, lines)
    planting = Planting(lines)
    over = planting.tree({key: value for key, value in raw.items() if key not in ("extends", DROP)})
    base, gone = _dropped(document.layer, raw, planting)
    document.problems += planting.problems.values()
    document.cited = [one for one in document.cited if not any(within(one[0], key) for key in gone)]
    document.cited += [(key, lines, at, source) for key, (at, source) in planting.cited.items()]
    document.layer = merge(base, over)
    _note_entries(document)
    document.runs[str(file)] = document.layer.table().get("run")


def _dropped(base: Node, raw: Values, planting: Planting) -> tuple[Node, list[Key]]:
    """Leave out of what a file extends what it drops; give what is left, and the keys that are gone."""
    names, gone = raw.get(DROP, []), list[Key]()
    if not isinstance(names, list):
        planting.problem((DROP,), (DROP,), f"{names!r} is not a list; allowed: a list of {_EXAMPLE}")
        return base, gone
    for index, name in enumerate(names):
        key = _key(name)
        fault = next(_faults(key, base.values), "") if key else f"{name!r} is not a key; allowed: {_EXAMPLE}"
        if "extends" not in raw:
            fault = "a file that extends no other has nothing to drop; allowed: no drop"
        if fault:
            planting.problem((DROP, index), (DROP, index), fault)
        else:
            base = without(base, key)
            gone.append(key)
    return base, gone


def _key(name: object) -> Key:
    """Take a dotted key apart; () if it is none."""
    if not isinstance(name, str) or not _KEY.fullmatch(name):
        return ()
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in re.findall(_PART, name))


def _faults(key: Key, values: Any) -> Iterator[str]:
    """Find why a key cannot be dropped: it is not there."""
    for length, name in enumerate(key):
        if not isinstance(values, dict):
            yield f"{written(key[:length])} is no table, so that there is no {written(key)!r} to drop"
            return
        if name not in values:
            there = [written((*key[:length], other)) for other in values]
            meant = written(key[: length + 1])
            yield (
                f"there is no {meant!r} in the files that this one extends"
                f"{suggestion(meant, there)}{allowed(there)}"
            )
            return
        values = values[name]


def _lay_in_price_lists(document: Document, file: Path, raw: Values, lines: FileLines) -> None:
    """Lay in the CSV files that a file names, each noted as a text of the scenario."""
    for key, body, name in _price_lists(raw):
        path = Path(os.path.normpath(file.parent / name))
        if not path.is_file():
            place = lines.place(key)
            message = (
                f"there is no file {str(path)!r}; allowed: a CSV file, by its path from this file's folder"
            )
            document.problems.append(Located(place.file, place.line, written(key), message))
            continue
        text = read_text(path, "CSV", "a price list (docs/tariffs.md)")
        document.files[path] = text
        document.price_lists.add(path)
        document.problems += _lay_in(path, text, (*key[:-2], "tariffs"), body, lines.rows)


def _price_lists(raw: Values) -> Iterator[tuple[Key, Values, str]]:
    """Give each price list that a file or one of its policies names: its key, where it belongs, its path."""
    bodies: list[tuple[Key, Any]] = [((), raw)]
    policies = raw.get("policies")
    if isinstance(policies, dict):
        bodies += [(("policies", name), body) for name, body in policies.items()]
    for root, body in bodies:
        files = body.get(PRICE_LISTS) if isinstance(body, dict) else None
        for index, name in enumerate(files if isinstance(files, list) else []):
            if isinstance(name, str) and name:
                yield (*root, PRICE_LISTS, index), body, name


def _lay_in(path: Path, text: str, root: Key, body: Values, rows: dict[Key, Place]) -> list[Located]:
    """Lay the tariffs of a price list into the values of a file or a policy; give what is wrong with it.

    Parameters
    ----------
    path, text
        The price list.
    root
        Key of the tariffs that its own become a part of.
    body
        The table in which they stand.
    rows
        Gets the line of each row, under the key that the row has become.
    """
    found = read_price_list(text)
    wrong = [Located(str(path), line, column, message) for line, column, message in found.wrong]
    tariffs = body.setdefault("tariffs", {})
    if not isinstance(tariffs, dict):
        return wrong  # the models say so
    rows.setdefault(root, Place(str(path), 1))
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
                rows.setdefault((*root, *key), Place(str(path), line))
    return wrong


def _note_entries(document: Document) -> None:
    """Note what the file merged last adds, and what is used now."""
    found = entries(document.layer)
    if document.runs:
        document.there &= found  # what is dropped is gone
        document.added = found - document.there
    else:
        document.there = found
    document.used |= used(document.layer)
    for body in document.layer.table("policies").values():
        document.used |= used(body)


def _chain(path: Path) -> list[tuple[Path, str, Values]]:
    """Give the file and all that it extends, itself first."""
    chain: list[tuple[Path, str, Values]] = []
    seen: list[Path] = []
    while True:
        seen.append(path.resolve())
        text = read_text(path)
        raw = parse(path, text)
        chain.append((path, text, raw))
        if "extends" not in raw:
            return chain
        where = f"{path}:{positions(text).lines.get(('extends',), 1)}: extends: "
        path = _base(path, raw["extends"], where)
        if path.resolve() in seen:
            circle = [*(str(file) for file, _, _ in chain[seen.index(path.resolve()) :]), str(path)]
            raise UserError(f"{where}the files extend each other in a circle: {' -> '.join(circle)}")


def _base(path: Path, name: object, where: str) -> Path:
    """Find the file that another extends."""
    if not isinstance(name, str) or not name:
        raise UserError(f"{where}{name!r} is not a file; allowed: a path in quotes, or a shipped scenario")
    beside = Path(os.path.normpath(path.parent / name))
    found = library.shipped(name)
    if beside.is_dir() and found is None:
        raise UserError(f"{where}{str(beside)!r} is a directory; allowed: a scenario file")
    if beside.exists() and not beside.is_dir():
        return beside
    if found is None:
        raise UserError(
            f"{where}there is no file {str(beside)!r} and no shipped scenario {name!r}"
            f"; allowed: a path from this file's folder, or one of {', '.join(library.names())}"
        )
    return found


def _unknown_sources(document: Document) -> list[Located]:
    """Find tags that name a source which no file has."""
    values = document.layer.values
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
    """Find titles and descriptions of policies that are no texts: no model of a section holds them."""
    told = {(one.file, one.line, one.key) for one in document.problems}
    found = []
    for name in table(document.layer.values, "policies"):
        body = table(document.layer.values, "policies", name)
        for text in TEXTS:
            key: Key = ("policies", name, text)
            value = body.get(text, "")
            if isinstance(value, str):
                continue
            shown = "a table" if isinstance(value, dict) else "a list" if isinstance(value, list) else value
            place = document.layer.nearest(key).place
            if (place.file, place.line, written(key)) not in told:
                message = f"{shown} is not a text; allowed: a text in quotes"
                found.append(Located(place.file, place.line, written(key), message))
    return found
