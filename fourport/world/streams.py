"""Random streams: one for each (seed, replication, purpose, entity).

A stream depends only on these four. A policy that adds, removes or changes something therefore shifts no
other stream: two policies see the same consignments, weather and service times (common random numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from functools import lru_cache
from hashlib import blake2b
from operator import is_
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from fourport.plan.tables import Floats

N = TypeVar("N")


def stream(seed: int, replication: int, purpose: str, entity: str) -> np.random.Generator:
    """Return the generator of a stream (Philox, a counter-based generator)."""
    names = [int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) for name in (purpose, entity)]
    return np.random.Generator(np.random.Philox(sequence_of(seed, replication, *names)))


def sequence_of(*numbers: int) -> np.random.SeedSequence:
    """Return the seed sequence of some numbers.

    NumPy makes words of 32 bits of them; it takes three times as long to be given the numbers.
    """
    words = [number.to_bytes(4 * max(-(-number.bit_length() // 32), 1), "little") for number in numbers]
    return np.random.SeedSequence(np.frombuffer(b"".join(words), dtype="<u4"))


AT_ONCE = 4
"""Numbers that Philox makes at each count of its counter."""


KEPT, LARGEST = 64_000_000, 2_000_000
"""Bytes that a process keeps of the numbers of a replication, in all and of one array."""


class Streams:
    """The streams of one replication.

    What is drawn of them, and what follows from that alone, is kept for the next worlds of the replication.
    """

    def __init__(self, seed: int, replication: int) -> None:
        self.seed = seed
        self.replication = replication
        self._kept: dict[Hashable, _Kept] = {}
        self._free = KEPT

    def generator(self, purpose: str, entity: str) -> np.random.Generator:
        """Return the generator of a stream, at its beginning."""
        return stream(self.seed, self.replication, purpose, entity)

    def uniforms(self, purpose: str, entity: str, n: int, first: int = 0) -> Floats:
        """Return ``n`` uniform numbers in [0, 1) of a stream, from the number ``first`` on."""
        generator = self.generator(purpose, entity)
        if not first:
            return generator.random(n)
        passed, rest = divmod(first, AT_ONCE)
        generator.bit_generator.advance(passed)  # type: ignore[attr-defined]
        return generator.random(rest + n)[rest:]

    def once(
        self, name: Hashable, given: object, draw: Callable[[], N], of: Sequence[NDArray[Any]] = ()
    ) -> N:
        """Return what ``draw`` returns; it is not called if an array of this name and ``given`` is kept.

        Nobody may change what is kept.

        Parameters
        ----------
        given
            Everything that the array depends on, besides the replication, its name and ``of``; compared by
            equality.
        draw
            Returns an array, or a dataclass of arrays.
        of
            Arrays that it is made of. They must be the very same ones, which :meth:`once` returned before.
            What is made of one that is not kept is not kept itself.
        """
        before = self._kept.get(name)
        if (
            before is not None
            and len(before.of) == len(of)
            and all(map(is_, before.of, of))
            and before.given == given
        ):
            return cast(N, before.found)
        found = draw()
        arrays = [found] if isinstance(found, np.ndarray) else [*vars(found).values()]
        size, largest = sum(one.nbytes for one in arrays), max(one.nbytes for one in arrays)
        free = self._free + (0 if before is None else before.size)
        if largest <= LARGEST and size <= free and not any(one.flags.writeable for one in of):
            for one in arrays:
                one.flags.writeable = False
            self._kept[name], self._free = _Kept(given, tuple(of), found, size), free - size
        return found


class _Kept(NamedTuple):
    """What is kept under a name, what it was drawn with, and its size in bytes."""

    given: object
    of: tuple[NDArray[Any], ...]
    found: object
    size: int


@lru_cache(maxsize=1)
def streams_of(seed: int, replication: int) -> Streams:
    """Return the streams of a replication.

    They are kept until the next replication is asked for, because the policies of a study are run one after
    the other in each replication and draw the same numbers.
    """
    return Streams(seed, replication)
