"""Read the text of a scenario file: its values, by tomllib, and the line of each key.

tomllib gives no lines. So the text is parsed a second time by tree-sitter, whose nodes have rows. tomllib
decides what the text means; tree-sitter only gives the lines.
"""

from __future__ import annotations

import contextlib
import re
import stat
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourport.errors import Key, UserError
from fourport.scenario.tree import FileLine, Values, written

if TYPE_CHECKING:
    from tree_sitter import Node

DEEPEST = 40
"""Largest depth of nested tables and arrays; a scenario needs about ten."""
OLD_FORMAT = 1
"""A format that is no longer read; ``fourport upgrade`` rewrites it."""
LARGEST = 2**24
"""Largest file in bytes, about a hundred times the shipped scenarios; a device may never end."""
_QUIET = re.compile(
    r'''"""(?:[^"\\]++|\\.|"(?!""))*+"{3,5}|\'{3}(?:[^']++|'(?!''))*+'{3,5}'''
    r"""|"(?:[^"\\\n]++|\\.)*+"|'[^'\n]*+'|#[^\n]*+""",
    re.DOTALL,
)
"""A string or a comment."""
_LONG_KEY = re.compile(rf"(?:\.[^.=,\n\[\]{{}}]*+){{{DEEPEST}}}")
_BRACKET = re.compile(r"[\[\]{}]")
_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


class Unreadable(UserError):
    """Raised for a file that cannot be read as text.

    Attributes
    ----------
    path, line
        The file and its line.
    message
        What is wrong with it, without its name.
    """

    def __init__(self, path: Path, line: int, message: str) -> None:
        super().__init__(f"{path}:{line}: {message}")
        self.path, self.line, self.message = path, line, message


def kind_of(path: Path) -> str:
    """Return what a path is that leads to no regular file; empty if there is nothing."""
    try:
        kind = stat.S_IFMT(path.stat().st_mode)
    except OSError:
        return ""
    named = {
        stat.S_IFDIR: "a directory",
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFREG: "",
    }
    return named.get(kind, "a device")


def no_file(path: Path, name: object) -> str:
    """Return what is wrong with a path that leads to no regular file."""
    kind = kind_of(path)
    return f"{str(name)!r} is {kind}, not a file" if kind else f"there is no file {str(name)!r}"


def read_text(
    path: Path,
    wanted: str = "a scenario (fourport new FILE writes one)",
    kind: str = "TOML",
    decode: Callable[[bytes], str] | None = None,
) -> str:
    """Read a file as text: in UTF-8, or as ``decode`` reads it.

    Raises
    ------
    Unreadable
        If it is a directory or a socket, cannot be read, is too large, is empty, or is not text.
    """
    if kind_of(path) in ("a directory", "a socket"):
        raise Unreadable(path, 1, f"is {kind_of(path)}; allowed: {wanted}")
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise Unreadable(path, 1, f"cannot be read: {error.strerror or error}") from error
    if len(data) > LARGEST:
        raise Unreadable(path, 1, f"is larger than {LARGEST >> 20} MiB; allowed: {wanted}")
    if decode is None and b"\0" in data:
        raise Unreadable(path, 1, f"is a binary file; allowed: {kind} in UTF-8")
    try:
        text = data.decode("utf-8-sig") if decode is None else decode(data)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Unreadable(path, line, f"is not UTF-8 text; allowed: {kind} in UTF-8") from error
    except ValueError as error:
        raise Unreadable(path, 1, str(error)) from error
    if not text.strip():
        raise Unreadable(path, 1, f"is empty; allowed: {wanted}")
    return text


def parse(path: Path, text: str) -> Values:
    """Parse TOML.

    Raises
    ------
    UserError
        With the line, for too deep nesting, duplicate keys, other errors of TOML, and an older format.
    """
    refuse_deep(path, text)
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(*_syntax(path, text, str(error))) from error
    except ValueError as error:  # Python refuses integers of thousands of digits
        raise UserError(f"{path}:1: holds a number that is too long: {error}") from error
    deep = too_deep(raw)
    if deep is not None:
        line = positions(text).line(deep) or 1
        raise UserError(f"{path}:{line}: {deep[0]}: is nested too deeply; allowed: {DEEPEST} levels")
    if raw.get("format") == OLD_FORMAT:
        line = positions(text).lines[("format",)]
        raise UserError(
            f"{path}:{line}: format: {OLD_FORMAT} is an older format; "
            f"rewrite the file: fourport upgrade {path}"
        )
    return raw


def refuse_deep(path: Path, text: str) -> None:
    """Refuse a TOML text, before it is parsed, whose values are too deep or whose keys have too many parts.

    Parsers call themselves for each level, and a key of thousands of parts takes gigabytes.

    Raises
    ------
    UserError
        With the line.
    """
    if _deep_in(_QUIET.sub("_", text)) is not None:
        bare = _QUIET.sub(lambda found: "_" + "\n" * found[0].count("\n"), text)
        deep = _deep_in(bare)
        assert deep is not None
        line = bare.count("\n", 0, deep.start()) + 1
        raise UserError(f"{path}:{line}: is nested too deeply; allowed: {DEEPEST} levels")


def _deep_in(bare: str) -> re.Match[str] | None:
    """Return the first key or bracket that is too deep in a text without strings and comments, if any."""
    deep, depth = _LONG_KEY.search(bare), 0
    for bracket in () if deep else _BRACKET.finditer(bare):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > DEEPEST:
            return bracket
    return deep


def _syntax(path: Path, text: str, message: str) -> list[str]:
    twice = positions(text).twice
    if twice:
        # The keys in a duplicate table need no report of their own.
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


def too_deep(raw: Mapping[str, Any]) -> Key | None:
    """Return a key that is nested too deeply, if any; without recursion."""
    pending: list[tuple[Key, Any]] = [((), raw)]
    while pending:
        key, value = pending.pop()
        inner = value if isinstance(value, dict) else dict(enumerate(value))
        if len(key) == DEEPEST and inner:
            return (*key, next(reversed(inner)))
        pending += [((*key, name), one) for name, one in inner.items() if isinstance(one, dict | list)]
    return None


class _Table:
    """A table of a text, with the keys that were found in it so far."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.found: set[Key] = set()

    @cached_property
    def pairs(self) -> Iterator[Node]:
        """Its ``name = value`` that were not looked at yet."""
        return iter([node for node in self.node.named_children if node.type == "pair"])


@dataclass
class Positions:
    """Lines of a text. A table is looked at when a key of it is asked for, and only as far as the key."""

    _again: list[tuple[Key, int, int]] = field(default_factory=list)
    _lines: dict[Key, int] = field(default_factory=lambda: {(): 1})
    _tables: dict[Key, list[_Table]] = field(default_factory=dict)

    @property
    def lines(self) -> Mapping[Key, int]:
        """Line (from 1) of each key, array element and table; of a table, its header or first mention."""
        self._see_all()
        return self._lines

    @property
    def twice(self) -> list[tuple[Key, int, int]]:
        """Duplicate keys: (key, line, line of the first), in the order of the text."""
        self._see_all()
        return sorted(self._again, key=lambda one: one[1])

    def line(self, key: Key) -> int | None:
        """Return the line of a key; None if it is not there. Looks at the keys of the tables above it."""
        for length in range(len(key)):
            for table in self._tables.get(key[:length], ()):
                self._see(key[:length], table, key)
        return self._lines.get(key)

    def again(self, key: Key, line: int, first: int) -> None:
        """Note a second header of a table."""
        self._again.append((key, line, first))

    def header(self, key: Key, line: int) -> None:
        """Note the line of the header of a table."""
        for length in range(1, len(key) + 1):
            self._note(key[:length], line)

    def table(self, key: Key, node: Node) -> None:
        """Note a table whose keys can be looked at."""
        self._tables.setdefault(key, []).append(_Table(node))

    def _see_all(self) -> None:
        for key, tables in self._tables.items():
            for table in tables:
                self._see(key, table)

    def _see(self, key: Key, table: _Table, until: Key | None = None) -> None:
        """Note the lines of the keys of a table, as far as one of them if it is given."""
        while until not in table.found and (node := next(table.pairs, None)) is not None:
            table.found.update(self._pair(key, node))

    def _note(self, key: Key, line: int) -> None:
        """Note a line of a key, the first of which counts."""
        if line < self._lines.get(key, line + 1):
            self._lines[key] = line

    def _value(self, key: Key, node: Node | None, line: int) -> Iterator[Key]:
        """Note the line of a value, and of what is in an inline table or an array; yield their keys."""
        self._note(key, line)
        yield key
        if node is None or len(key) > 2 * DEEPEST:
            return
        if node.type == "inline_table":
            for pair in node.children:
                if pair.type == "pair":
                    yield from self._pair(key, pair)
        elif node.type == "array":
            elements = (child for child in node.named_children if child.type != "comment")
            for index, element in enumerate(elements):
                yield from self._value((*key, index), element, _line(element))

    def _pair(self, table: Key, node: Node) -> Iterator[Key]:
        """Note the lines of ``name = value``, and yield the keys."""
        named = node.named_children
        names = tuple(_names(named[0])) if named else ()
        for length in range(1, len(names)):
            self._note((*table, *names[:length]), _line(node))
            yield (*table, *names[:length])
        key = (*table, *names)
        if key in self._lines and names:
            first, again = sorted((_line(node), self._lines[key]))
            self.again(key, again, first)
        yield from self._value(key, named[1] if len(named) > 1 else None, _line(node))


@lru_cache(maxsize=8)
def positions(text: str) -> Positions:
    """Return the lines of all keys of a TOML text, as far as it can be parsed."""
    found = Positions()
    elements: dict[Key, int] = {}
    headers: dict[Key, int] = {}
    import tree_sitter_toml  # only when a line is reported
    from tree_sitter import Language, Parser

    root = Parser(Language(tree_sitter_toml.language())).parse(text.encode()).root_node
    found.table((), root)
    for node in root.named_children:
        if node.type in ("table", "table_array_element") and node.named_children:
            key = _into_arrays(tuple(_names(node.named_children[0])), elements)
            if node.type == "table_array_element":
                found.header(key, _line(node))
                elements[key] = elements.get(key, -1) + 1
                key = (*key, elements[key])
            elif key in headers:
                found.again(key, _line(node), headers[key])
            headers.setdefault(key, _line(node))
            found.header(key, _line(node))
            found.table(key, node)
    return found


@dataclass
class FileLines:
    """Lines of the keys of a scenario file and of the price lists that it names.

    Attributes
    ----------
    file, text
        The scenario file.
    rows
        Lines of price lists, by the keys that their rows have become.
    """

    file: str
    text: str
    rows: dict[Key, FileLine] = field(default_factory=dict)

    def place(self, key: Key) -> FileLine:
        """Return the line of a key as written, or of the nearest table above it."""
        found = positions(self.text)
        while True:
            line = found.line(key)
            if line is not None:
                return FileLine(self.file, line)
            if key in self.rows:
                return self.rows[key]
            key = key[:-1]


def _into_arrays(names: tuple[str, ...], elements: dict[Key, int]) -> Key:
    """Insert the index of the last element where a header passes an array of tables."""
    key: Key = ()
    for position, name in enumerate(names):
        key = (*key, name)
        if key in elements and position < len(names) - 1:
            key = (*key, elements[key])
    return key


def _names(node: Node) -> Iterator[str]:
    """Return the parts of a bare, quoted or dotted key."""
    parts: list[Node] = []
    while node.type == "dotted_key":  # of all parts but the last, as often as there are dots
        node, *last = node.named_children
        parts = [*last, *parts]
    for part in (node, *parts):
        if part.text is None:
            continue
        written = part.text.decode()
        if part.type == "quoted_key":
            with contextlib.suppress(tomllib.TOMLDecodeError):
                written = next(iter(tomllib.loads(f"{written} = 0")))
        yield written


def _line(node: Node) -> int:
    return node.start_point.row + 1
