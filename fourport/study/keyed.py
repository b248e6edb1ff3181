"""Tables by key, of which the keys are written once for many replications, and the numbers for each."""

from __future__ import annotations

import io
import math
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from fourport.plan.tables import Floats, Ints

Key: TypeAlias = tuple[Any, ...]
"""Key of a row of a table: texts and numbers."""


class Keys(tuple[Key, ...]):
    """Keys of some rows of a table, in order."""

    @cached_property
    def written(self) -> bytes:
        """The keys as they are sent and kept; those that are equal are nearly always written alike."""
        return written_keys(self)


class Table(Mapping[Key, float]):
    """Values by key, and the number of kilograms, parcels or consignments that each mean or share is over.

    Parameters
    ----------
    values, over
        Values, and what some of them are over.
    """

    def __init__(self, values: Mapping[Key, float] | None = None, over: Mapping[Key, float] | None = None):
        self.keys_of_parts: list[Keys] = []
        self._values: list[Floats] = []
        self._over: list[Floats] = []
        if values:
            its = [(over or {}).get(key, np.nan) for key in values]
            self.add([Keys(values)], np.array([*values.values()], dtype=np.float64), np.array(its))

    def add(self, parts: Sequence[Keys], values: Floats, over: Floats | float = np.nan) -> None:
        """Add rows whose keys the table has not got yet.

        Parameters
        ----------
        parts
            Keys of one part of the rows after the other.
        values, over
            (k,) values of all these rows, and what means or shares are over; NaN for others.
        """
        self.keys_of_parts += parts
        self._values.append(values)
        self._over.append(np.full(len(values), over) if isinstance(over, float) else over)
        self.__dict__.pop("_found", None)

    @property
    def numbers(self) -> Floats:
        """(2, k) values of all rows, and what they are over."""
        return np.stack([np.concatenate([np.zeros(0), *parts]) for parts in (self._values, self._over)])

    @property
    def over(self) -> dict[Key, float]:
        """What the means and shares are over, by key."""
        rows = zip(self, self.numbers[1].tolist(), strict=True)
        return {key: of for key, of in rows if not math.isnan(of)}

    @cached_property
    def _found(self) -> dict[Key, float]:
        keys = (key for part in self.keys_of_parts for key in part)
        return dict(zip(keys, self.numbers[0].tolist(), strict=True))

    def __getitem__(self, key: Key) -> float:
        return self._found[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._found)

    def __len__(self) -> int:
        return sum(map(len, self.keys_of_parts))


ReadKeys: TypeAlias = Callable[[bytes], Sequence[Key]]
"""Reads keys that were written, as :func:`keys_of` does, or from memory those that were read before."""


class Places:
    """Numbers of keys, in the order in which they first came."""

    def __init__(self, read: ReadKeys) -> None:
        self._read = read
        self._number: dict[Key, int] = {}
        self._last: tuple[bytes, ...] = ()
        self._found = np.zeros(0, dtype=np.int64)
        self._of_part: dict[bytes, Ints] = {}

    def of_parts(self, parts: tuple[bytes, ...]) -> Ints:
        """Return the numbers of keys that were written in parts: nearly always the same parts as before."""
        if parts != self._last:
            for part in parts:
                if part not in self._of_part:
                    at = [self._number.setdefault(key, len(self._number)) for key in self._read(part)]
                    self._of_part[part] = np.array(at, dtype=np.int64)
            none = np.zeros(0, dtype=np.int64)
            self._last, self._found = parts, np.concatenate([none, *map(self._of_part.__getitem__, parts)])
        return self._found

    def of(self, keys: Iterable[Key]) -> Ints:
        """Return the numbers of keys; -1 for those that did not come."""
        return np.array([self._number.get(key, -1) for key in keys], dtype=np.int64)

    def __len__(self) -> int:
        return len(self._number)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._number)


def written_keys(keys: Iterable[Key]) -> bytes:
    """Write keys of texts and numbers."""
    return pickle.dumps([*keys], protocol=5)


def keys_of(content: bytes) -> tuple[Key, ...]:
    """Read keys.

    Raises
    ------
    pickle.UnpicklingError
        If there is anything but texts and numbers: what was kept must not be able to run anything.
    """
    return tuple(_Plain(io.BytesIO(content)).load())


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a key")
