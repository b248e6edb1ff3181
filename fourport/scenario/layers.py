"""One file of a scenario as a layer, and the laying of one layer over another.

A layer holds clean values (no provenance tags), where each stands, and what is
known about each number. Tags are taken off before layers are merged, so that a
number of an overlay does not inherit the source of the number it replaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from fourport.errors import Key, Problem, UserError
from fourport.scenario.models.run import Grade

Values = dict[str, Any]

_ELEMENT = re.compile(r'"([^"]*)"|([^."\[\]]+)|\[(\d+)\]')
"""An element of a written key: a name in quotes, a plain name, an index."""


@dataclass(frozen=True)
class Place:
    """A line of a file."""

    file: str
    line: int


@dataclass(frozen=True, order=True)
class Located:
    """A problem and the line that it is on; sorts by file and line."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        """Give the line that the user reads."""
        where = f"{self.file}:{self.line}: "
        return where + (f"{self.key}: {self.message}" if self.key else self.message)


@dataclass(frozen=True)
class Provenance:
    """What is known about a number of a scenario.

    Attributes
    ----------
    value
        The number as written: "3.54 USD/kg", 3, a date.
    grade
        Where it comes from; None if the file does not say.
    source
        Key of ``[sources]``.
    range
        Lowest and highest plausible value, as written.
    note
        Remark.
    """

    value: Any
    grade: Grade | None = None
    source: str | None = None
    range: tuple[Any, Any] | None = None
    note: str = ""


@dataclass
class Layer:
    """Values, their places and their provenance, each by key."""

    values: Values = field(default_factory=dict)
    places: dict[Key, Place] = field(default_factory=dict)
    provenance: dict[Key, Provenance] = field(default_factory=dict)

    def place(self, key: Key) -> Place:
        """Give the line of a key, or of the nearest table above it."""
        while key not in self.places and key:
            key = key[:-1]
        return self.places[key]

    def locate(self, problems: Iterable[Problem]) -> list[Located]:
        """Add file and line to problems."""
        located = []
        for problem in problems:
            place = self.place(problem.key)
            located.append(Located(place.file, place.line, written(problem.key), problem.message))
        return located


def written(key: Key) -> str:
    """Write a key as people do: ``services.ferry.timetable[0].departs``."""
    text = ""
    for element in key:
        if isinstance(element, int):
            text += f"[{element}]"
            continue
        bare = element.replace("-", "").replace("_", "")
        name = element if bare.isascii() and bare.isalnum() else f'"{element}"'
        text += f".{name}" if text else name
    return text


def key_of(text: str) -> Key:
    """Give the key that :func:`written` has written so."""
    return tuple(int(index) if index else quoted or plain for quoted, plain, index in _ELEMENT.findall(text))


def refuse(problems: Iterable[Located]) -> None:
    """Raise UserError with the lines of problems, by file and line, if there are any."""
    lines = [str(problem) for problem in sorted(set(problems))]
    if lines:
        raise UserError(*lines)


def merge(base: Layer, over: Layer) -> Layer:
    """Lay ``over`` on ``base``: tables merge, all else is replaced.

    A table that names its ``distribution`` is a new distribution and replaces the
    old one as a whole; parameters of another family make no sense.
    """
    replaced: set[Key] = set()
    values = _merged(base.values, over.values, (), replaced)

    def kept(key: Key) -> bool:
        return not any(key[:length] in replaced for length in range(1, len(key) + 1))

    places = {key: place for key, place in base.places.items() if kept(key)}
    provenance = {key: entry for key, entry in base.provenance.items() if kept(key)}
    return Layer(values, places | over.places, provenance | over.provenance)


def _merged(base: Mapping[str, Any], over: Mapping[str, Any], key: Key, replaced: set[Key]) -> Values:
    result = dict(base)
    for name, value in over.items():
        old = result.get(name)
        if isinstance(value, dict) and isinstance(old, dict) and "distribution" not in value:
            result[name] = _merged(old, value, (*key, name), replaced)
        else:
            replaced.add((*key, name))
            result[name] = value
    return result


def within(key: Key, root: Key) -> bool:
    """Tell whether a key is another, or stands below it."""
    return key[: len(root)] == root


def without(layer: Layer, root: Key) -> Layer:
    """Give the layer without an entry: its value, and the places and provenance of all below it."""

    def taken(values: Mapping[str, Any], key: Key) -> Values:
        name, rest = str(key[0]), key[1:]
        return {
            other: taken(value, rest) if other == name else value
            for other, value in values.items()
            if rest or other != name
        }

    return Layer(
        taken(layer.values, root),
        {key: place for key, place in layer.places.items() if not within(key, root)},
        {key: entry for key, entry in layer.provenance.items() if not within(key, root)},
    )


def without_policies(layer: Layer) -> Layer:
    """Give the layer without provenance and places of its policies."""
    bare = without(layer, ("policies",))
    return Layer(layer.values, bare.places, bare.provenance)


def policy_layer(layer: Layer, name: str) -> Layer:
    """Give the policy of this name as a layer of its own; its title and description stay behind."""
    root: Key = ("policies", name)
    values = {
        key: value
        for key, value in layer.values["policies"][name].items()
        if key not in ("title", "description")
    }
    places = {key[2:]: place for key, place in layer.places.items() if key[:2] == root and len(key) > 2}
    provenance = {key[2:]: entry for key, entry in layer.provenance.items() if key[:2] == root}
    return Layer(values, places, provenance)
