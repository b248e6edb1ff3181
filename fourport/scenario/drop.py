"""``drop``: what a file leaves out of the files that it extends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from fourport.errors import Key, Problem
from fourport.scenario.layers import Layer, Values, within, without, written
from fourport.scenario.shape import allowed, suggestion

DROP = "drop"
EXAMPLE = "keys of the files that this one extends, in quotes, such as 'policies.NAME'"

_PART = r""""[^"\n]*"|'[^'\n]*'|[^\s.'"\[\]]+"""
_KEY = re.compile(rf"(?:{_PART})(?:\.(?:{_PART}))*")


def drop(base: Layer, raw: Values) -> tuple[Layer, list[Key], list[Problem]]:
    """Leave out of what a file extends what it drops.

    Parameters
    ----------
    base
        All files below it, merged.
    raw
        The file as it is written. What it says itself is laid over what is left.

    Returns
    -------
    Layer, list of Key, list of Problem
        What is left, the keys that are gone, and what is wrong with ``drop``.
    """
    names = raw.get(DROP, [])
    if not isinstance(names, list):
        return base, [], [Problem((DROP,), f"{names!r} is not a list; allowed: a list of {EXAMPLE}")]
    gone: list[Key] = []
    wrong: list[Problem] = []
    for index, name in enumerate(names):
        key = _key(name)
        fault = next(_faults(key, base.values), "") if key else f"{name!r} is not a key; allowed: {EXAMPLE}"
        if "extends" not in raw:
            fault = "a file that extends no other has nothing to drop; allowed: no drop"
        if fault:
            wrong.append(Problem((DROP, index), fault))
        else:
            base = without(base, key)
            gone.append(key)
    return base, gone, wrong


def _key(name: object) -> Key:
    """Take a dotted key apart; () if it is none."""
    if not isinstance(name, str) or not _KEY.fullmatch(name):
        return ()
    return tuple(part[1:-1] if part[0] in "\"'" else part for part in re.findall(_PART, name))


def _faults(key: Key, values: Any) -> Iterator[str]:
    """Find why a key cannot be dropped: it is not there."""
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


def kept(key: Key, gone: list[Key]) -> bool:
    """Tell whether a key is none of those that are gone, nor below one."""
    return not any(within(key, one) for one in gone)
