"""Reading scenario files: bytes to layers, ``extends`` followed."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fourport.errors import Key, UserError
from fourport.scenario import library
from fourport.scenario.drop import DROP, drop, kept
from fourport.scenario.layers import Layer, Located, Place, Values, merge, refuse, written
from fourport.scenario.naming import wrong_names
from fourport.scenario.parts import table
from fourport.scenario.positions import positions
from fourport.scenario.provenance import Strip
from fourport.scenario.shape import allowed, suggestion
from fourport.scenario.tariff_files import beside, lay_in, named_files
from fourport.scenario.unused import entries, used

DEEPEST = 40
"""Tables and arrays nested deeper than this are refused; a scenario needs about ten."""
OLDER = 1
"""A format that is no longer read; ``fourport upgrade`` rewrites it."""
LARGEST = 2**24
"""Bytes of a file; the shipped scenarios have about a hundredth. A device may never end."""
TEXTS = ("title", "description")
"""What a policy says of itself."""
_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass
class Document:
    """A scenario as its files say, not yet validated.

    Attributes
    ----------
    layer
        Values, places and provenance of all files, merged.
    problems
        What was found wrong on the way.
    cited
        The source named at each ``source`` tag.
    texts
        Text of each file, the base first.
    runs
        The section ``run`` as it stands when each file is merged: a date is
        judged by the horizon of the file in which it is written.
    there
        Entries of the file that extends no other.
    added
        Entries that the files over it add.
    used
        Entries that something refers to in any of the files or their policies.
    path
        The file that was asked for.
    """

    layer: Layer = field(default_factory=Layer)
    problems: list[Located] = field(default_factory=list)
    cited: list[tuple[Key, Place, str]] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    runs: dict[str, Any] = field(default_factory=dict)
    there: set[Key] = field(default_factory=set)
    added: set[Key] = field(default_factory=set)
    used: set[Key] = field(default_factory=set)
    path: Path = Path()

    @property
    def text(self) -> str:
        """All files as read, the base first, each under a comment with its name."""
        return "".join(f"# {Path(name).name}\n{text}" for name, text in self.texts.items())

    def refuse(self) -> None:
        """Raise UserError if anything was found wrong on the way."""
        refuse(self.problems)


def read(name_or_path: str | Path) -> Document:
    """Read a scenario and the files that it extends.

    Raises
    ------
    UserError
        If a file cannot be read or is not TOML, or ``extends`` leads nowhere or in a circle.
    """
    path = library.find(name_or_path)
    chain = _chain(path)
    document = Document(path=path)
    for file, text, raw in reversed(chain):
        places = {key: Place(str(file), line) for key, line in positions(text).lines.items()}
        document.texts[str(file)] = text
        _lay_in_price_lists(document, file, raw, places)
        strip = Strip(places)
        layer = strip.layer({key: value for key, value in raw.items() if key not in ("extends", DROP)})
        base, gone, wrong = drop(document.layer, raw)
        document.problems += layer.locate([*strip.problems.values(), *wrong])
        document.cited = [one for one in document.cited if kept(one[0], gone)]
        document.cited += [(key, layer.place(key), source) for key, source in strip.cited.items()]
        document.layer = merge(base, layer)
        _note_entries(document)
        document.runs[str(file)] = document.layer.values.get("run")
    document.layer.places[()] = Place(str(path), 1)
    document.problems += document.layer.locate(wrong_names(document.layer.values))
    document.problems += _unknown_sources(document)
    document.problems += _texts_of_policies(document)
    return document


def _lay_in_price_lists(document: Document, file: Path, raw: Values, places: dict[Key, Place]) -> None:
    """Lay in the CSV files that a file names, each noted as a text of the scenario."""
    for key, body, name in named_files(raw):
        path = beside(file, name)
        if not path.is_file():
            place = places.get(key) or places.get(key[:-1]) or Place(str(file), 1)
            message = (
                f"there is no file {str(path)!r}; allowed: a CSV file, by its path from this file's folder"
            )
            document.problems.append(Located(place.file, place.line, written(key), message))
            continue
        text = read_text(path, "CSV", "a price list (docs/tariffs.md)")
        document.texts[str(path)] = "".join(f"# {line}\n" for line in text.splitlines())
        document.problems += lay_in(path, text, key, body, places)


def _note_entries(document: Document) -> None:
    """Note what the file merged last adds, and what is used now."""
    values = document.layer.values
    found = entries(values)
    if document.runs:
        document.there &= found  # what is dropped is gone
        document.added = found - document.there
    else:
        document.there = found
    document.used |= used(values)
    for body in table(values, "policies").values():
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


def read_text(
    path: Path, kind: str = "TOML", wanted: str = "a scenario (fourport new FILE writes one)"
) -> str:
    """Read a file as UTF-8 text.

    Raises
    ------
    UserError
        If it is a directory, cannot be read, is too large, is empty, or is not text.
    """
    if path.is_dir():
        raise UserError(f"{path}:1: is a directory; allowed: a scenario file")
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise UserError(f"{path}:1: cannot be read: {error.strerror or error}") from error
    if len(data) > LARGEST:
        raise UserError(f"{path}:1: is larger than {LARGEST >> 20} MiB; allowed: {wanted}")
    if b"\0" in data:
        raise UserError(f"{path}:1: is a binary file; allowed: {kind} in UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UserError(f"{path}:{line}: is not UTF-8 text; allowed: {kind} in UTF-8") from error
    if not text.strip():
        raise UserError(f"{path}:1: is empty; allowed: {wanted}")
    return text


def parse(path: Path, text: str) -> Values:
    """Parse TOML.

    Raises
    ------
    UserError
        With the line, for duplicate keys, whatever else is not TOML, and an older format.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(*_syntax(path, text, str(error))) from error
    except RecursionError as error:
        raise UserError(f"{path}:1: is nested too deeply; allowed: {DEEPEST} levels") from error
    except ValueError as error:  # Python refuses integers of thousands of digits
        raise UserError(f"{path}:1: holds a number that is too long: {error}") from error
    deep = _too_deep(raw)
    if deep is not None:
        line = positions(text).lines.get(deep, 1)
        raise UserError(f"{path}:{line}: {deep[0]}: is nested too deeply; allowed: {DEEPEST} levels")
    if raw.get("format") == OLDER:
        line = positions(text).lines[("format",)]
        raise UserError(
            f"{path}:{line}: format: {OLDER} is an older format; rewrite the file: fourport upgrade {path}"
        )
    return raw


def _syntax(path: Path, text: str, message: str) -> list[str]:
    twice = positions(text).twice
    if twice:
        # What stands in a table that is there twice goes without saying.
        tables = {key for key, _, _ in twice}
        return [
            f"{path}:{line}: {written(key)}: given twice, first on line {first}"
            for key, line, first in twice
            if not any(key[:length] in tables for length in range(1, len(key)))
        ]
    match = _LINE.search(message)
    line = int(match[1]) if match and match[1] else len(text.rstrip().splitlines())
    what = message[: match.start()] if match else message
    return [f"{path}:{line}: is not TOML: {what[:1].lower()}{what[1:]}"]


def _too_deep(raw: Mapping[str, Any]) -> Key | None:
    """Give a key that is nested too deeply, without recursion."""
    pending: list[tuple[Key, Any]] = [((), raw)]
    while pending:
        key, value = pending.pop()
        if len(key) > DEEPEST:
            return key
        inner = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        pending += [((*key, name), one) for name, one in inner]
    return None


def _unknown_sources(document: Document) -> list[Located]:
    """Find tags that name a source which no file has."""
    values = document.layer.values
    known = list(table(values, "sources"))
    for name in table(values, "policies"):
        known += table(values, "policies", name, "sources")
    found = []
    for key, place, source in document.cited:
        if source not in known:
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
            place = document.layer.place(key)
            if (place.file, place.line, written(key)) not in told:
                message = f"{shown} is not a text; allowed: a text in quotes"
                found.append(Located(place.file, place.line, written(key), message))
    return found
