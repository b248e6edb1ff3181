"""One tree of a scenario: value, place in the file and provenance of each entry in one node.

A file becomes a tree of :class:`Node` (:mod:`fourport.scenario.read`), without its tags: a number of an
overlay does not inherit the source of the number that it replaces. An overlay or a policy is merged once
over what it changes. Nodes never change, and a merged tree shares with the two below it all that only one
of them has. So what has been worked out of an entry is kept at its node and is worked out again under a
policy only where the policy changes it:

- ``values``: the entry as plain values, as TOML would give them;
- ``model``: the entry validated (:func:`fourport.scenario.parts.parsed`);
- ``uses``: the names that stand in it (:mod:`fourport.scenario.references`).

A scenario is validated with those of its entries that are valid already as their models, so that each is
validated once. Checks between entries look at the valid ones, so that a broken one hides nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from fourport.errors import Key, Problem, UserError
from fourport.scenario.models.run import Grade

Values = dict[str, Any]
UNKNOWN: Any = object()
"""What has not been worked out of a node yet."""

_ELEMENT = re.compile(r'"([^"]*)"|([^."\[\]]+)|\[(\d+)\]')
"""An element of a written key: a name in quotes, a plain name, an index."""


@dataclass(frozen=True)
class Place:
    """A line of a file."""

    file: str
    line: int


class Lines(Protocol):
    """Where the keys of a file stand; looked up when something is told about one of them."""

    file: str

    def place(self, key: Key) -> Place:
        """Give the line of a key as it is written, or of the nearest table above it."""
        ...


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


class Node:
    """A value of a scenario, where it stands and what is known about it; of a table or a list, its parts.

    Attributes
    ----------
    lines, at
        The file that it stands in, and its key there as it is written.
    parts
        Nodes by name or by index; None of a single value.
    listed
        Whether it is a list.
    provenance
        What is known about it, if it is a number.
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
        self.uses: Any = UNKNOWN
        if parts is None:
            self.values = value

    @property
    def place(self) -> Place:
        """Line of its key; of a table, of its header or first mention."""
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
        """Whether it is a table."""
        return self.parts is not None and not self.listed

    def table(self, *names: str) -> Mapping[str, Node]:
        """Give the parts of a table within it, none if it is not there or no table."""
        node: Node | None = self
        for name in names:
            node = node.parts.get(name) if node is not None and node.is_table and node.parts else None
        return (node.parts or {}) if node is not None and node.is_table else {}

    def nearest(self, key: Key) -> Node:
        """Give the node of a key, or of the nearest table above it."""
        node = self
        for element in key:
            if node.parts is None or element not in node.parts:
                break
            node = node.parts[element]
        return node

    def locate(self, problems: Iterable[Problem]) -> list[Located]:
        """Add file and line to problems."""
        found = []
        for problem in problems:
            place = self.nearest(problem.key).place
            found.append(Located(place.file, place.line, written(problem.key), problem.message))
        return found

    def numbers(self, key: Key = ()) -> Iterator[tuple[Key, Node]]:
        """Give every number with its key, in the order of the tree."""
        if self.provenance is not None:
            yield key, self
        for name, part in (self.parts or {}).items():
            yield from part.numbers((*key, name))


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


def plain_tree(value: Any, lines: Lines, key: Key = ()) -> Node:
    """Give the tree of values that carry no tags."""
    inner = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    )
    if inner is None:
        return Node(lines, key, value=value)
    parts = {name: plain_tree(one, lines, (*key, name)) for name, one in inner}
    return Node(lines, key, parts=parts, listed=isinstance(value, list))


def merge(base: Node, over: Node) -> Node:
    """Lay ``over`` on ``base``: tables merge, all else is replaced.

    A table that names its ``distribution`` is a new distribution and replaces the
    old one as a whole; parameters of another family make no sense.
    """
    parts = dict(base.parts or {})
    for name, node in (over.parts or {}).items():
        old = parts.get(name)
        both = old is not None and old.is_table and node.is_table and "distribution" not in (node.parts or {})
        parts[name] = merge(old, node) if old is not None and both else node
    return Node(over.lines, over.at, parts=parts)


def within(key: Key, root: Key) -> bool:
    """Tell whether a key is another, or stands below it."""
    return key[: len(root)] == root


def without(tree: Node, root: Key) -> Node:
    """Give the tree without an entry that is there."""
    name, below = root[0], root[1:]
    assert tree.parts is not None
    parts = {
        other: without(part, below) if other == name else part
        for other, part in tree.parts.items()
        if below or other != name
    }
    return Node(tree.lines, tree.at, parts=parts)


def without_policies(tree: Node) -> Node:
    """Give the tree with its policies as mere values: their lines and numbers are none of the scenario's."""
    if "policies" not in (tree.parts or {}):
        return tree
    assert tree.parts is not None
    bare = Node(tree.lines, tree.at, value=tree.parts["policies"].values)
    return Node(tree.lines, tree.at, parts={**tree.parts, "policies": bare})


def policy_tree(tree: Node, name: str) -> Node:
    """Give the policy of this name as a tree of its own; its title and description stay behind."""
    parts = {
        key: part for key, part in tree.table("policies", name).items() if key not in ("title", "description")
    }
    return Node(tree.lines, tree.at, parts=parts)
