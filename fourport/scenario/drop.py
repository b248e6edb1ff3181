"""Follow ``drop``: keys that a file or a policy removes from what it changes, before it is merged."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from fourport.errors import Key
from fourport.scenario.suggestions import allowed, suggestion
from fourport.scenario.tree import Node, without, written

DROP = "drop"

_EXAMPLE = "keys in quotes, such as 'services.NAME.cancellation'"
_PART = r""""[^"\n]*"|'[^'\n]*'|[^\s.'"\[\]]+"""
_KEY = re.compile(rf"(?:{_PART})(?:\.(?:{_PART}))*")


def dropped(
    base: Node, names: object, forbidden: Callable[[Key], str], where: str
) -> tuple[Node, list[Key], list[tuple[Key, str]]]:
    """Remove keys from a tree.

    Parameters
    ----------
    names
        The keys, as a file writes them after ``drop``.
    forbidden
        Says why a key may not be removed, whether it is there or not; empty if it may.
    where
        Where the keys are looked up, for messages.

    Returns
    -------
    The rest of the tree, the removed keys, and what is wrong, each with its key.
    """
    if not isinstance(names, list):
        return base, [], [((DROP,), f"{names!r} is not a list; allowed: a list of {_EXAMPLE}")]
    gone, faults = list[Key](), list[tuple[Key, str]]()
    for index, name in enumerate(names):
        key = _key(name)
        fault = next(_why_missing(key, base.values, where), "")
        if not key:
            fault = f"{name!r} is not a key; allowed: {_EXAMPLE}"
        fault = forbidden(key) or fault
        if fault:
            faults.append(((DROP, index), fault))
        else:
            base = without(base, key)
            gone.append(key)
    return base, gone, faults


def _key(name: object) -> Key:
    """Split a dotted key; () if it is not one."""
    if not isinstance(name, str) or not _KEY.fullmatch(name):
        return ()
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in re.findall(_PART, name))


def _why_missing(key: Key, values: Any, where: str) -> Iterator[str]:
    """Return why a key cannot be dropped, if it does not exist."""
    for length, name in enumerate(key):
        if not isinstance(values, dict):
            yield f"{written(key[:length])} is no table, so that there is no {written(key)!r} to drop"
            return
        if name not in values:
            there = [written((*key[:length], other)) for other in values]
            meant = written(key[: length + 1])
            yield f"there is no {meant!r} {where}{suggestion(meant, there)}{allowed(there)}"
            return
        values = values[name]
