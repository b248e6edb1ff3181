"""Random streams: one for each (seed, replication, purpose, entity).

A stream depends only on these four. A policy that adds, removes or changes something therefore shifts no
other stream: two policies see the same consignments, weather and service times (common random numbers).
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from fourport.plan.tables import Floats


def stream(seed: int, replication: int, purpose: str, entity: str) -> np.random.Generator:
    """Return the generator of a stream (Philox, a counter-based generator)."""
    names = [int.from_bytes(blake2b(name.encode(), digest_size=8).digest()) for name in (purpose, entity)]
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, replication, *names])))


class Streams:
    """The streams of one replication."""

    def __init__(self, seed: int, replication: int) -> None:
        self.seed = seed
        self.replication = replication

    def generator(self, purpose: str, entity: str) -> np.random.Generator:
        """Return the generator of a stream, at its beginning."""
        return stream(self.seed, self.replication, purpose, entity)

    def uniforms(self, purpose: str, entity: str, n: int) -> Floats:
        """Return the first ``n`` uniform numbers in [0, 1) of a stream."""
        return self.generator(purpose, entity).random(n)
