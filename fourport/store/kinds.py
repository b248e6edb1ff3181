"""What the entries of a stored JSON file are expected to be, and which are something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Kind: TypeAlias = Any
"""A type, of which ``float`` stands for any number, or None; ``[kind]``, a list; :class:`Row`; :class:`Each`;
names with their kinds, each of which may be missing; or a tuple of alternatives."""


@dataclass(frozen=True)
class Each:
    """A table with any names, whose values are of a kind."""

    kind: Kind


@dataclass(frozen=True)
class Row:
    """A list with one value of each kind."""

    kinds: tuple[Kind, ...]


def misfits(found: object, kind: Kind, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield each entry that is not of its kind: where it is, with dots, and what it should be.

    Parameters
    ----------
    where
        Name of what was found; "" for the whole file.
    """
    if isinstance(kind, tuple):
        if all(any(misfits(found, one)) for one in kind):
            yield where, " or ".join(map(_told, kind))
    elif not _is(found, kind):
        yield where, _told(kind)
    else:
        for name, its, value in _inside(found, kind):
            yield from misfits(value, its, f"{where}.{name}" if where else name)


def _is(found: object, kind: Kind) -> bool:
    """Return whether something is of a kind, but for what is in it."""
    if isinstance(kind, Row):
        return isinstance(found, list) and len(found) == len(kind.kinds)
    if isinstance(found, bool) or kind is None:
        return found is kind or kind is bool
    return isinstance(found, (int, float) if kind is float else _python(kind))


def _python(kind: Kind) -> type:
    """Return the type of a kind."""
    if isinstance(kind, type):
        return kind
    return list if isinstance(kind, list | Row) else dict


def _inside(found: Any, kind: Kind) -> Iterable[tuple[str, Kind, object]]:
    """Return name, kind and value of each entry whose kind is known."""
    if isinstance(kind, Each):
        return ((name, kind.kind, value) for name, value in found.items())
    if isinstance(kind, Mapping):
        return ((name, its, found[name]) for name, its in kind.items() if name in found)
    if isinstance(kind, list):
        return ((str(k), kind[0], value) for k, value in enumerate(found))
    if isinstance(kind, Row):
        pairs = zip(kind.kinds, found, strict=True)
        return ((str(k), its, value) for k, (its, value) in enumerate(pairs))
    return ()


_TOLD = {str: "a text", int: "a whole number", float: "a number", bool: "true or false", dict: "a table"}


def _told(kind: Kind) -> str:
    """Return what something should be."""
    if isinstance(kind, Row):
        return f"a list of {len(kind.kinds)}"
    return "nothing" if kind is None else {**_TOLD, list: "a list"}[_python(kind)]
