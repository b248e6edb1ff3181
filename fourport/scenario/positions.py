"""Where each key of a TOML text stands: key -> line.

tomllib gives values without their lines, so that the same text is parsed a
second time by tree-sitter, whose tree knows the row of every node. tomllib
decides what the text means; this module only points at lines.
"""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from fourport.errors import Key


@dataclass
class Positions:
    """Lines of a text.

    Attributes
    ----------
    lines
        Line (from 1) of every key, array element and table; of a table, where its
        header or its first mention stands.
    twice
        Keys given a second time: (key, line, line of the first).
    """

    lines: dict[Key, int] = field(default_factory=lambda: {(): 1})
    twice: list[tuple[Key, int, int]] = field(default_factory=list)

    def value(self, key: Key, node: Node | None, line: int) -> None:
        """Note the line of a value and, of an inline table or an array, of all within."""
        self.lines.setdefault(key, line)
        if node is None:
            return
        if node.type == "inline_table":
            for pair in node.children:
                if pair.type == "pair":
                    self.pair(key, pair)
        elif node.type == "array":
            elements = (child for child in node.named_children if child.type != "comment")
            for index, element in enumerate(elements):
                self.value((*key, index), element, _line(element))

    def pair(self, table: Key, node: Node) -> None:
        """Note the lines of ``name = value``."""
        named = node.named_children
        names = tuple(_names(named[0])) if named else ()
        for length in range(1, len(names)):
            self.lines.setdefault((*table, *names[:length]), _line(node))
        key = (*table, *names)
        if key in self.lines and names:
            self.twice.append((key, _line(node), self.lines[key]))
        self.value(key, named[1] if len(named) > 1 else None, _line(node))


def positions(text: str) -> Positions:
    """Find the lines of all keys of a TOML text, as far as it can be read."""
    found = Positions()
    elements: dict[Key, int] = {}
    headers: set[Key] = set()
    tree = Parser(Language(tree_sitter_toml.language())).parse(text.encode())
    for node in tree.root_node.named_children:
        if node.type == "pair":
            found.pair((), node)
        elif node.type in ("table", "table_array_element") and node.named_children:
            names = tuple(_names(node.named_children[0]))
            key = _into_arrays(names, elements)
            for length in range(1, len(key)):
                found.lines.setdefault(key[:length], _line(node))
            if node.type == "table_array_element":
                found.lines.setdefault(key, _line(node))
                elements[key] = elements.get(key, -1) + 1
                key = (*key, elements[key])
            elif key in headers:
                found.twice.append((key, _line(node), found.lines[key]))
            else:
                headers.add(key)
            found.lines.setdefault(key, _line(node))
            for pair in node.named_children[1:]:
                if pair.type == "pair":
                    found.pair(key, pair)
    return found


def _into_arrays(names: tuple[str, ...], elements: dict[Key, int]) -> Key:
    """Insert the number of the last element where a header passes an array of tables."""
    key: Key = ()
    for position, name in enumerate(names):
        key = (*key, name)
        if key in elements and position < len(names) - 1:
            key = (*key, elements[key])
    return key


def _names(node: Node) -> Iterator[str]:
    """Give the parts of a bare, quoted or dotted key."""
    if node.type == "dotted_key":
        for child in node.named_children:
            yield from _names(child)
    elif node.text is not None:
        written = node.text.decode()
        if node.type == "quoted_key":
            with contextlib.suppress(tomllib.TOMLDecodeError):
                written = next(iter(tomllib.loads(f"{written} = 0")))
        yield written


def _line(node: Node) -> int:
    return node.start_point.row + 1
