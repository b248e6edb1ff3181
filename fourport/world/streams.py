"""Random streams: one for each (seed, replication, purpose, entity).

A stream depends only on these four. A policy that adds, removes or changes something therefore shifts no
other stream: two policies see the same consignments, weather and service times (common random numbers).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from hashlib import blake2b
from typing import TypeVar, cast

import numpy as np

from fourport.plan.tables import Floats, Ints

Numbers = Floats | Ints
N = TypeVar("N", Floats, Ints)


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


KEPT, LARGEST = 64_000_000, 500_000
"""Bytes that a process keeps of the numbers of a replication, in all and of one array."""


class Streams:
    """The streams of one replication. What is drawn of them is kept for its next worlds."""

    def __init__(self, seed: int, replication: int) -> None:
        self.seed = seed
        self.replication = replication
        self._kept: dict[Hashable, tuple[object, Numbers]] = {}
        self._free = KEPT

    def generator(self, purpose: str, entity: str) -> np.random.Generator:
        """Return the generator of a stream, at its beginning."""
        return stream(self.seed, self.replication, purpose, entity)

    def uniforms(self, purpose: str, entity: str, n: int, first: int = 0) -> Floats:
        """Return ``n`` uniform numbers in [0, 1) of a stream, from the number ``first`` on.

        Nobody may change them.
        """
        return self.once((purpose, entity), (n, first), lambda: self._uniforms(purpose, entity, n, first))

    def _uniforms(self, purpose: str, entity: str, n: int, first: int) -> Floats:
        generator = self.generator(purpose, entity)
        if not first:
            return generator.random(n)
        passed, rest = divmod(first, AT_ONCE)
        generator.bit_generator.advance(passed)  # type: ignore[attr-defined]
        return generator.random(rest + n)[rest:]

    def once(self, name: Hashable, given: object, draw: Callable[[], N]) -> N:
        """Return what ``draw`` returns; it is not called if an array of this name and ``given`` is kept.

        Parameters
        ----------
        given
            Everything that the array depends on, besides the replication and its name; compared by equality.
        """
        before, kept = self._kept.get(name, (None, None))
        if kept is not None and before == given:
            return cast(N, kept)
        found = draw()
        found.flags.writeable = False
        free = self._free + (0 if kept is None else kept.nbytes)
        if found.nbytes <= min(LARGEST, free):
            self._kept[name], self._free = (given, found), free - found.nbytes
        return found


@lru_cache(maxsize=1)
def streams_of(seed: int, replication: int) -> Streams:
    """Return the streams of a replication.

    They are kept until the next replication is asked for, because the policies of a study are run one after
    the other in each replication and draw the same numbers.
    """
    return Streams(seed, replication)
