"""The tree of a scenario: each node has the value, place in a file and provenance of an entry.

A file becomes a tree of :class:`Node` (:mod:`fourport.scenario.read`), without its tags: a number in an
overlay does not inherit the source of the number that it replaces. Overlays and policies are merged into
a new tree. Nodes never change, and a merged tree shares all unchanged nodes with the two trees that it
is made of. So results that belong to an entry are cached at its node, and a policy needs new ones only
where it changes something:

- ``values``: the entry as plain values, as TOML would give them;
- ``model``: the validated entry (:func:`fourport.scenario.entries.parsed`), or those of a section;
  ``invalid`` and ``problems`` say what is wrong with one that is not valid;
- ``ranges``: the plausible values of its numbers;
- ``references``: the names that the entry refers to, ``codes``: the currencies that it may name, and
  ``uses``: the keys of all entries that a section refers to (:mod:`fourport.scenario.references`).

Valid entries are put into the scenario as their models, so that each is validated once. Checks between
entries use the valid ones, so that an invalid entry does not hide other problems.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from fourport.errors import Key, Problem, UserError
from fourport.scenario.models.run import Grade
from fourport.scenario.titles import ENGLISH

if TYPE_CHECKING:
    from pydantic import ValidationError

Values = dict[str, Any]
UNKNOWN: Any = object()
"""Marks a result that is not cached at a node yet."""

_QUOTES = re.compile(r",? without quotes")


@dataclass(frozen=True)
class FileLine:
    """A line of a file."""

    file: str
    line: int


class Lines(Protocol):
    """The lines of the keys of a file, looked up only when a problem is reported."""

    file: str

    def place(self, key: Key) -> FileLine:
        """Return the line of a key as written, or of the nearest table above it."""
        ...


@dataclass(frozen=True, order=True)
class Located:
    """A problem and its line; sorts by file and line."""

    file: str
    line: int
    key: str
    message: str

    def __str__(self) -> str:
        """Return the line that the user reads."""
        where = f"{self.file}:{self.line}: "
        return where + (f"{self.key}: {self.message}" if self.key else self.message)


class Provenance(NamedTuple):
    """What is known about a number of a scenario.

    Attributes
    ----------
    value
        The number as written: "3.54 USD/kg", 3, a date.
    grade
        How well the number is known; None if the file does not say.
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


class Node:
    """A value, table or list of a scenario with its place in a file and its provenance.

    Attributes
    ----------
    lines, at
        Lines of the file, and the key in that file as written.
    parts
        Nodes by name or index; None for a single value.
    listed
        Whether the node is a list.
    provenance
        What is known about a number; None for other nodes.
    """

    def __init__(
        self,
        lines: Lines,
        at: Key,
        *,
        value: Any = None,
        parts: Mapping[Any, Node] | None = None,
        listed: bool = False,
        provenance: Provenance | None = None,
    ) -> None:
        self.lines, self.at, self.parts, self.listed, self.provenance = lines, at, parts, listed, provenance
        self.model: Any = UNKNOWN
        self.invalid: ValidationError | None = None
        self.problems: list[Problem] | None = None
        self.references: Any = UNKNOWN
        self.uses: frozenset[Key] | None = None
        self.codes: frozenset[str] | None = None
        if parts is None:
            self.values = value

    @property
    def place(self) -> FileLine:
        """Line of its key; for a table, of its header or first mention."""
        return self.lines.place(self.at)

    @cached_property
    def values(self) -> Any:
        """The value without tags, as TOML would give it."""
        assert self.parts is not None
        if self.listed:
            return [part.values for part in self.parts.values()]
        return {name: part.values for name, part in self.parts.items()}

    @property
    def is_table(self) -> bool:
        """Whether the node is a table."""
        return self.parts is not None and not self.listed

    def table(self, *names: str) -> Mapping[str, Node]:
        """Return the parts of a table within this one; empty if it is missing or not a table."""
        node: Node | None = self
        for name in names:
            node = node.parts.get(name) if node is not None and node.is_table and node.parts else None
        return (node.parts or {}) if node is not None and node.is_table else {}

    def nearest(self, key: Key) -> Node:
        """Return the node of a key, or of the nearest table above it."""
        node = self
        for element in key:
            if node.parts is None or element not in node.parts:
                break
            node = node.parts[element]
        return node

    def locate(self, problems: Iterable[Problem]) -> list[Located]:
        """Add file and line to problems, as written in the file."""
        found = []
        for problem in problems:
            node = self.nearest(problem.key)
            found.append(located(node.lines, node.at, problem.key, problem.message))
        return found

    @cached_property
    def ranges(self) -> Mapping[str, tuple[Any, Any]]:
        """Lowest and highest plausible value of its numbers as written, by what a key says below it."""
        if self.parts is None:
            known = self.provenance
            return {} if known is None or known.range is None else {"": known.range}
        below = {name: part.ranges for name, part in self.parts.items()}
        return {
            f"{step}{rest}": ends
            for name, ranges in below.items()
            if ranges
            for step in [_step(name)]
            for rest, ends in ranges.items()
        }

    def known(self, key: Key) -> Provenance | None:
        """Return what is known about a number; None if there is none of this key, or nothing is known."""
        node = self
        for element in key:
            if node.parts is None or element not in node.parts:
                return None
            node = node.parts[element]
        return node.provenance

    def numbers(self, key: Key = ()) -> Iterator[tuple[Key, Node]]:
        """Return every number with its key, in the order of the tree."""
        if self.provenance is not None:
            yield key, self
        for name, part in (self.parts or {}).items():
            yield from part.numbers((*key, name))


def located(lines: Lines, at: Key, key: Key, message: str) -> Located:
    """Return a problem of a key with the line where it is written; cells of a CSV file have no quotes."""
    place = lines.place(at)
    if place.file != lines.file:
        message = _QUOTES.sub("", message)
    return Located(place.file, place.line, written(key), message)


def written(key: Key) -> str:
    """Return a key as users write it: ``services.ferry.timetable[0].departs``."""
    return "".join(map(_step, key)).removeprefix(".")


def _step(element: str | int) -> str:
    """Return what an element adds to a written key."""
    if isinstance(element, int):
        return f"[{element}]"
    bare = element.replace("-", "").replace("_", "")
    return f".{element}" if bare.isascii() and bare.isalnum() else f'."{element}"'


def refuse(problems: Iterable[Located]) -> None:
    """Raise UserError with the lines of the problems, sorted by file and line, if there are any."""
    lines = [str(problem) for problem in sorted(set(problems))]
    if lines:
        raise UserError(*lines)


def plain_tree(value: Any, lines: Lines, key: Key = ()) -> Node:
    """Return the tree of values without tags."""
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if inner is None:
        return Node(lines, key, value=value)
    parts = {name: plain_tree(one, lines, (*key, name)) for name, one in inner}
    return Node(lines, key, parts=parts, listed=isinstance(value, list))


def merge(base: Node, over: Node) -> Node:
    """Merge ``over`` into ``base``: tables merge, all else is replaced.

    A title by language changes the languages that it gives; an old title of one text stays as the English
    one. A new title of one text replaces all languages.

    A table that names its ``distribution`` replaces the old one as a whole, since parameters of another
    family make no sense. One that does not changes the parameters that it gives.
    """
    parts = dict(base.parts or {})
    for name, node in (over.parts or {}).items():
        old = parts.get(name)
        if name == "title" and node.is_table and old is not None and isinstance(old.values, str):
            old = Node(old.lines, old.at, parts={ENGLISH: old})
        both = old is not None and old.is_table and node.is_table and "distribution" not in (node.parts or {})
        parts[name] = merge(old, node) if old is not None and both else node
    return Node(over.lines, over.at, parts=parts)


def within(key: Key, root: Key) -> bool:
    """True if a key equals ``root`` or is below it."""
    return key[: len(root)] == root


def without(tree: Node, root: Key) -> Node:
    """Return the tree without an entry, which must exist."""
    name, below = root[0], root[1:]
    assert tree.parts is not None
    parts = {
        other: without(part, below) if other == name else part
        for other, part in tree.parts.items()
        if below or other != name
    }
    return Node(tree.lines, tree.at, parts=parts)


def without_policies(tree: Node) -> Node:
    """Return the tree with policies as plain values, without their lines and numbers."""
    if "policies" not in (tree.parts or {}):
        return tree
    assert tree.parts is not None
    bare = Node(tree.lines, tree.at, value=tree.parts["policies"].values)
    return Node(tree.lines, tree.at, parts={**tree.parts, "policies": bare})


def policy_tree(tree: Node, name: str) -> Node:
    """Return the policy of this name as a tree of its own, without title and description."""
    parts = {
        key: part for key, part in tree.table("policies", name).items() if key not in ("title", "description")
    }
    return Node(tree.lines, tree.at, parts=parts)
