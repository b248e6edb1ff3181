"""Find the files that a scenario extends, and those that these extend, each of which is read once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fourport.errors import Key, UserError
from fourport.scenario import library
from fourport.scenario.confinement import OUTSIDE, is_outside
from fourport.scenario.entries import table
from fourport.scenario.text import FileLines, parse, read_text
from fourport.scenario.tree import Values, written

EXTENDS = "extends"
"""Key for the base of a file: a file or a shipped scenario, or a list of these."""
CLAIMS = "claims"
"""Section of a file of published claims; in a scenario, the name of such a file."""


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


def gather(path: Path, found: dict[Path, ScenarioFile], above: tuple[Path, ...] = ()) -> None:
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
            raise error_at(lines, key, OUTSIDE.format(claims, chain[0]))
    named = dict[Path, object]()
    for key, name in _extended(raw):
        base = _base(name, lines, key, chain[0])
        again = _again(base.resolve(), named, found)
        if again:
            raise error_at(lines, key, f"{name!r} {again}")
        named[base.resolve()] = name
        real = [file.resolve() for file in chain]
        if base.resolve() in real:
            circle = " -> ".join(map(str, (*chain[real.index(base.resolve()) :], base)))
            raise error_at(lines, key, f"the files extend each other in a circle: {circle}")
        try:
            if base.resolve() not in found:
                gather(base, found, chain)
        except NotAScenario as error:
            message = f"{str(base)!r} is a file of published claims, not a part of a scenario"
            raise error_at(lines, key, f"{message}; allowed: claims = FILE, to compare it") from error
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
        raise error_at(lines, key, f"{name!r} is not a file; allowed: {wanted}")
    beside = Path(os.path.normpath(Path(lines.file).parent / name))
    found = library.shipped(name)
    if is_outside(beside, asked):
        raise error_at(lines, key, OUTSIDE.format(name, asked))
    if beside.is_dir() and found is None:
        raise error_at(lines, key, f"{str(beside)!r} is a directory; allowed: a scenario file")
    if beside.exists() and not beside.is_dir():
        return beside
    if found is None:
        raise error_at(
            lines,
            key,
            f"there is no file {str(beside)!r} and no shipped scenario {name!r}"
            f"; allowed: a path from this file's folder, or one of {', '.join(library.names())}",
        )
    return found


def error_at(lines: FileLines, key: Key, message: str) -> UserError:
    """Return the error for what is at a key."""
    place = lines.place(key)
    return UserError(f"{place.file}:{place.line}: {written(key)}: {message}")
