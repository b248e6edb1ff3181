"""Changes of tariffs in overlays and policies: single lines and weight breaks by name, factors, patterns.

They are worked out against the tree that they change, and become plain values: what is merged has no names
of lines, no factors and no patterns left.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from fourport.errors import Key
from fourport.scenario.suggestions import allowed, suggestion
from fourport.scenario.tree import Located, Node, Provenance, merge, written

SECTION = "tariffs"
SCALE = "scale"
_PRICE = re.compile(r"\s*([+-]?[\d_.]+(?:[eE][+-]?\d+)?)\s*([A-Z]{3}(?:\s*/.*)?)\s*")
"""A price or an amount of money: number, currency and what it is for."""


def resolved(base: Node, over: Node, problems: list[Located]) -> Node:
    """Return an overlay or a policy whose changes of tariffs are plain values.

    Parameters
    ----------
    base
        The tree that is changed.
    over
        The changes.
    problems
        Receives what is wrong with the changes, with its line.
    """
    there, node = (base.parts or {}).get(SECTION), (over.parts or {}).get(SECTION)
    if there is None or node is None:
        return over
    made = _changed(there, node, (SECTION,), problems)
    return over if made is node else Node(over.lines, over.at, parts={**(over.parts or {}), SECTION: made})


def _changed(base: Node | None, over: Node, key: Key, problems: list[Located]) -> Node:
    """Return the changes of one node as plain values; the node itself if they are that already."""
    factor = _factor(over)
    if factor is not None:
        return _scaled(base, over, factor, key, problems)
    if base is None or base.parts is None or not over.is_table:
        return over
    if base.listed:
        return _list_changed(base, over, key, problems)
    parts: dict[Any, Node] = {}
    for pattern, node in sorted((over.parts or {}).items(), key=lambda item: "*" not in str(item[0])):
        for name in _matching(pattern, list(base.parts), node, key, problems):
            earlier, current = parts.get(name), base.parts.get(name)
            if earlier is not None:  # a pattern changes it, too
                current = _over(current, earlier)
            made = _changed(current, node, (*key, name), problems)
            parts[name] = _over(earlier, made)
    unchanged = list(parts) == list(over.parts or {}) and all(
        parts[name] is node for name, node in (over.parts or {}).items()
    )
    return over if unchanged else Node(over.lines, over.at, parts=parts)


def _over(base: Node | None, over: Node) -> Node:
    """Merge two nodes if they are tables; else the second replaces the first."""
    return merge(base, over) if base is not None and base.is_table and over.is_table else over


def _list_changed(base: Node, over: Node, key: Key, problems: list[Located]) -> Node:
    """Return a list of tables with names, such as the lines of a tariff, with the changes of some by name."""
    elements = dict(base.parts or {})
    names = {index: node.values.get("name") for index, node in elements.items() if node.is_table}
    if not names:
        return over  # the models tell that a list is wanted
    for pattern, node in (over.parts or {}).items():
        known = list(dict.fromkeys(str(name) for name in names.values()))
        meant = list(_matching(pattern, known, node, key, problems))
        if not {*meant} & {*known} and meant:
            message = f"there is no line {pattern!r}{suggestion(pattern, known)}{allowed(known)}"
            problems += _located(node, (*key, pattern), message)
        for index, name in names.items():
            if name in meant:
                change = _changed(elements[index], node, (*key, index), problems)
                elements[index] = _over(elements[index], change)
    return Node(over.lines, over.at, parts=elements, listed=True)


def _matching(pattern: str, names: list[str], node: Node, key: Key, problems: list[Located]) -> Iterator[str]:
    """Return the name, or those that match a pattern; report a pattern that none matches."""
    if "*" not in pattern:
        yield pattern
        return
    parts = ".*".join(map(re.escape, pattern.split("*")))
    found = [name for name in names if re.fullmatch(parts, name, re.S)]
    if not found:
        problems += _located(node, (*key, pattern), f"matches nothing in the files below{allowed(names)}")
    yield from found


def _factor(node: Node) -> Decimal | None:
    """Return the factor of a table such as ``{ scale = 2 }``; None for any other node."""
    if not node.is_table or list(node.parts or {}) != [SCALE]:
        return None
    value = (node.parts or {})[SCALE].values
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Decimal(str(value)) if is_number and math.isfinite(value) else None


def _scaled(base: Node | None, over: Node, factor: Decimal, key: Key, problems: list[Located]) -> Node:
    """Return a node with all prices in it multiplied by a factor."""
    tags = (over.parts or {})[SCALE].provenance
    if factor < 0:
        problems += _located(over, (*key, SCALE), f"{factor} is negative; allowed: 0 or more")
    elif base is None or not any(_PRICE.fullmatch(str(node.values)) for _, node in base.numbers()):
        problems += _located(over, (*key, SCALE), "there is no price here in the files below to multiply")
    else:
        return _multiplied(base, over, factor, tags)
    return base or over


def _multiplied(node: Node, over: Node, factor: Decimal, tags: Provenance | None) -> Node:
    if node.parts is not None:
        parts = {name: _multiplied(part, over, factor, tags) for name, part in node.parts.items()}
        return Node(node.lines, node.at, parts=parts, listed=node.listed)
    match = _PRICE.fullmatch(str(node.values)) if node.provenance is not None else None
    if match is None:
        return node
    value = f"{(Decimal(match[1].replace('_', '')) * factor).normalize():f} {match[2]}"
    note = tags.note if tags and tags.note else f"{factor} x {node.values}"
    grade, source = (tags.grade, tags.source) if tags else (None, None)
    provenance = Provenance(value, grade, source, None, note)
    return Node(over.lines, over.at, value=value, provenance=provenance)


def _located(node: Node, key: Key, message: str) -> list[Located]:
    return [Located(node.place.file, node.place.line, written(key), message)]
