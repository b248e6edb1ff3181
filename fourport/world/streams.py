"""Random streams: one for each (seed, replication, purpose, entity).

A stream depends only on these four. A policy that adds, removes or changes something therefore shifts no
other stream: two policies see the same consignments, weather and service times (common random numbers).
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

import numpy as np

from fourport.plan.tables import Floats


def stream(seed: int, replication: int, purpose: str, entity: str) -> np.random.Generator:
    """Return the generator of a stream (Philox, a counter-based generator)."""
    names = [int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) for name in (purpose, entity)]
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, replication, *names])))


KEPT = 64_000_000
"""Bytes of uniform numbers that a process keeps, enough for some 8 million."""


class Streams:
    """The streams of one replication; uniform numbers once drawn are kept for its next worlds."""

    def __init__(self, seed: int, replication: int) -> None:
        self.seed = seed
        self.replication = replication
        self._kept: dict[tuple[str, str], Floats] = {}
        self._free = KEPT

    def generator(self, purpose: str, entity: str) -> np.random.Generator:
        """Return the generator of a stream, at its beginning."""
        return stream(self.seed, self.replication, purpose, entity)

    def uniforms(self, purpose: str, entity: str, n: int) -> Floats:
        """Return the first ``n`` uniform numbers in [0, 1) of a stream; nobody may change them."""
        found = self._kept.get((purpose, entity))
        if found is None or len(found) < n:
            found = self.generator(purpose, entity).random(n)
            found.flags.writeable = False
            if found.nbytes <= self._free:
                self._free -= found.nbytes
                self._kept[purpose, entity] = found
        return found[:n]


@lru_cache(maxsize=1)
def streams_of(seed: int, replication: int) -> Streams:
    """Return the streams of a replication.

    They are kept until the next replication is asked for, because the policies of a study are run one after
    the other in each replication and draw the same numbers.
    """
    return Streams(seed, replication)
