"""Remove from the files that a file extends what it drops."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fourport.errors import Key
from fourport.scenario.extended_files import EXTENDS
from fourport.scenario.provenance import TreeBuilder
from fourport.scenario.suggestions import allowed, suggestion
from fourport.scenario.tree import Node, Values, without, written

DROP = "drop"
"""Key for what a file removes from the files that it extends."""

_EXAMPLE = "keys of the files that this one extends, in quotes, such as 'policies.NAME'"
_PART = r""""[^"\n]*"|'[^'\n]*'|[^\s.'"\[\]]+"""
_KEY = re.compile(rf"(?:{_PART})(?:\.(?:{_PART}))*")


def dropped(base: Node, raw: Values, builder: TreeBuilder) -> tuple[Node, list[Key]]:
    """Remove what a file drops from the files that it extends; return the rest, and the removed keys."""
    names, gone = raw.get(DROP, []), list[Key]()
    if not isinstance(names, list):
        builder.problem((DROP,), (DROP,), f"{names!r} is not a list; allowed: a list of {_EXAMPLE}")
        return base, gone
    for index, name in enumerate(names):
        key = _key(name)
        fault = f"{name!r} is not a key; allowed: {_EXAMPLE}"
        if key:
            fault = next(_why_not_dropped(key, base.values), "")
        if EXTENDS not in raw:
            fault = "a file that extends no other has nothing to drop; allowed: no drop"
        if fault:
            builder.problem((DROP, index), (DROP, index), fault)
        else:
            base = without(base, key)
            gone.append(key)
    return base, gone


def _key(name: object) -> Key:
    """Split a dotted key; () if it is not one."""
    if not isinstance(name, str) or not _KEY.fullmatch(name):
        return ()
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in re.findall(_PART, name))


def _why_not_dropped(key: Key, values: Any) -> Iterator[str]:
    """Return why a key cannot be dropped, if it does not exist."""
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
