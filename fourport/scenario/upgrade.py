"""Rewrite a scenario file, or a file of published claims, of format 1 in format 2.

Format 2 renames keys to the terms of the trade; it changes no meaning. Only the names are rewritten, so
that comments, order and layout stay.
"""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from fourport.errors import UserError
from fourport.scenario.text import kind_of, refuse_deep

if TYPE_CHECKING:
    from tree_sitter import Node

FORMAT = 2
"""Format that this version reads."""

_ANY = "*"  # any one part of a path

_KEYS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("tiers",), "trader_classes"),
    (("tiers", _ANY, "offences"), "non_compliant"),
    (("lanes", _ANY, "tiers"), "trader_classes"),
    (("hauls",), "trucking"),
    (("fleets", _ANY, "hold"), "max_consolidation_time"),
    (("facilities", _ANY, "stations"), "resources"),
    (("facilities", _ANY, "activities", _ANY, "station"), "resource"),
    (("facilities", _ANY, "activities", _ANY, "documents", "station"), "resource"),
    (("facilities", _ANY, "activities", _ANY, "inspection", "station"), "resource"),
    (("facilities", _ANY, "activities", _ANY, "inspection", "scan", "station"), "resource"),
    (("facilities", _ANY, "activities", _ANY, "inspection", "scan", "review_station"), "review_resource"),
    (("facilities", _ANY, "activities", _ANY, "lodged_ahead"), "pre_arrival"),
    (("facilities", _ANY, "activities", _ANY, "inspection", "targeting"), "risk_auc"),
    (("levers", _ANY, "stations"), "resources"),
    (("levers", _ANY, "scan", "station"), "resource"),
    (("levers", _ANY, "scan", "review_station"), "review_resource"),
    (("levers", _ANY, "targeting"), "risk_auc"),
    (("regime",), "policy_package"),
)
"""Path of a key in format 1, outside of policies, and its name in format 2."""

_VALUES: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
    (("levers", _ANY, "kind"), {"trader-tiers": "trader-classes"}),
    (
        ("claims", _ANY, "measure"),
        {"stranded": "undelivered", "offences": "non_compliant", "missed_offences": "undetected"},
    ),
)
"""Path of a text in format 1, and its words in format 2."""

_PATHS: tuple[tuple[str, ...], ...] = (("drop",), ("claims", _ANY, "attribution", "inputs", _ANY))
"""Paths of texts that name keys of a scenario by their path."""

RENAMED = {pattern[-1]: new for pattern, new in _KEYS}
"""Keys of format 1 with another name in format 2."""

_PART = re.compile(r""""[^"\n]*"|'[^'\n]*'|[^\s.'"\[\]]+""")

_Edit = tuple[int, int, bytes]  # first byte, byte after the last, new text


def upgraded(text: bytes) -> bytes:
    """Rewrite a TOML text of format 1 in format 2; a text of format 2 is returned unchanged.

    Raises
    ------
    tomllib.TOMLDecodeError, UnicodeDecodeError
        If the text is not TOML.
    """
    import tree_sitter_toml
    from tree_sitter import Language, Parser

    mark = text[: len(BOM_UTF8)] if text.startswith(BOM_UTF8) else b""
    text = text.removeprefix(mark)
    tomllib.loads(text.decode())
    edits: list[_Edit] = []
    for node in Parser(Language(tree_sitter_toml.language())).parse(text).root_node.named_children:
        if node.type == "pair":
            edits += _pair((), node)
        elif node.type in ("table", "table_array_element"):
            path, found = _key((), node.named_children[0])
            edits += found
            for pair in node.named_children[1:]:
                if pair.type == "pair":
                    edits += _pair(path, pair)
    for begin, end, new in sorted(edits, reverse=True):
        text = text[:begin] + new + text[end:]
    tomllib.loads(text.decode())
    return mark + text


def upgrade(file: Path) -> bool:
    """Rewrite a file in the current format, in place; return whether anything changed.

    Raises
    ------
    UserError
        If it is no regular file, which alone can be rewritten in place, cannot be read or written, is not
        TOML, or is nested too deeply; it stays as it was.
    """
    if kind := kind_of(file):
        raise UserError(f"{file}: is {kind}; allowed: a file")
    try:
        before = file.read_bytes()
        refuse_deep(file, before.decode())
        after = upgraded(before)
        if after != before:
            target = file.resolve()  # a link stays one
            part = target.with_name(f"{target.name}.part")
            part.write_bytes(after)
            shutil.copymode(target, part)
            part.replace(target)
    except OSError as error:
        raise UserError(f"{file}: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{file}: is not TOML, so that nothing was changed: {error}") from None
    return after != before


def _key(table: tuple[str, ...], node: Node) -> tuple[tuple[str, ...], Iterator[_Edit]]:
    """Return the path of a key of a table, and the edits of its name."""
    names = [child for child in _bare(node) if child.text is not None]
    path = table + tuple(_written(child) for child in names)
    return path, (
        (child.start_byte, child.end_byte, new.encode())
        for k, child in enumerate(names)
        if (new := _renamed(path[: len(table) + k + 1]))
    )


def _bare(node: Node) -> Iterator[Node]:
    """Return the single names of a dotted key, in order."""
    if node.type != "dotted_key":
        yield node
        return
    for child in node.named_children:
        yield from _bare(child)


def _written(node: Node) -> str:
    """Return a name as TOML reads it, without quotes."""
    assert node.text is not None
    return str(next(iter(tomllib.loads(f"{node.text.decode()} = 0"))))


def _pair(table: tuple[str, ...], node: Node) -> Iterator[_Edit]:
    """Return the edits of ``name = value`` of a table."""
    name, value = node.named_children[:2]
    path, edits = _key(table, name)
    yield from edits
    yield from _within(path, value)


def _within(path: tuple[str, ...], node: Node) -> Iterator[_Edit]:
    """Return the edits of a value."""
    for child in node.named_children:
        if child.type == "pair":
            yield from _pair(path, child)
        elif child.type != "comment":
            yield from _within(path, child)
    if node.text is None:
        return
    if node.type == "integer" and path == ("format",) and node.text == b"1":
        yield node.start_byte, node.end_byte, str(FORMAT).encode()
    if node.type != "string":
        return
    text = tomllib.loads(f"text = {node.text.decode()}")["text"]
    named = any(_fits(pattern, _outside(path)) for pattern in _PATHS)
    new = _dotted(text) if named else _value(path, text)
    if new != text:
        yield node.start_byte, node.end_byte, _quoted(new, node.text[:1].decode()).encode()


def _quoted(text: str, quote: str) -> str:
    """Write a text as a TOML string, in the quotes that it had if they can hold it."""
    plain = text.isprintable() and quote not in text and (quote == "'" or "\\" not in text)
    return f"{quote}{text}{quote}" if plain else json.dumps(text, ensure_ascii=False)


def _value(path: tuple[str, ...], text: str) -> str:
    for pattern, words in _VALUES:
        if _fits(pattern, _outside(path)):
            return words.get(text, text)
    return text


def _dotted(text: str) -> str:
    """Rename the parts of a key that is written as a path, such as "tiers.gold"."""
    parts = _PART.findall(text)
    bare = tuple(part.strip("\"'") for part in parts)
    return ".".join(_renamed(bare[: k + 1]) or part for k, part in enumerate(parts)) if parts else text


def _renamed(path: tuple[str, ...]) -> str | None:
    """Return the name in format 2 of the last part of a path; None if it is the same."""
    return next((new for pattern, new in _KEYS if _fits(pattern, _outside(path))), None)


def _outside(path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the path of a key outside of its policy."""
    return path[2:] if path[0] == "policies" else path


def _fits(pattern: tuple[str, ...], path: tuple[str, ...]) -> bool:
    return len(pattern) == len(path) and all(
        wanted in (_ANY, part) for wanted, part in zip(pattern, path, strict=True)
    )
