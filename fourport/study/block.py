"""Rows of a table over all replications, of which estimates are made at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from fourport.measures import find
from fourport.plan.tables import Floats
from fourport.study.columns import Columns
from fourport.study.counts import count_estimates, share_estimates
from fourport.study.keyed import Key
from fourport.study.pooled import Samples
from fourport.study.quantiles import pooled_quantiles
from fourport.study.statistics import Estimates, estimates, rare

SampleOf = Callable[[Key], "tuple[Key, float] | None"]
"""Returns the key of the sample and the probability of the quantile that has a key; None for other keys."""


@dataclass(frozen=True, eq=False)
class Block:
    """Some rows of a table.

    Attributes
    ----------
    table
        The table.
    keys
        Key of each of ``k`` rows, which ends with the unit.
    values, over
        (k, replications) values and what they are over, as in :class:`~fourport.study.columns.Columns`.
    clusters
        (k,) as in :func:`~fourport.study.counts.share_estimates`.
    """

    table: Columns
    keys: Sequence[Key]
    values: Floats
    over: Floats
    clusters: Floats

    def means(self) -> Estimates:
        """Return the means and shares of all consignments."""
        found = estimates(self.values, self.over)
        mean = np.isfinite(self.over).any(axis=1)
        share = mean & np.array([key[-1] == "%" for key in self.keys], dtype=np.bool_)
        unbounded = mean & ~share & rare(self.values, self.over)
        found.low[unbounded] = found.high[unbounded] = math.nan
        found.put(share, share_estimates(self.values[share], self.over[share], self.clusters[share]))
        return found

    def put_quantiles(self, found: Estimates, samples: Samples, sample_of: SampleOf) -> None:
        """Put the quantiles of samples to the other estimates."""
        asked = [(k, *its) for k, key in enumerate(self.keys) if (its := sample_of(key)) is not None]
        rows, q = np.array([k for k, _, _ in asked], dtype=np.int64), np.array([one for _, _, one in asked])
        place = {key: k for k, key in enumerate(dict.fromkeys(key for _, key, _ in asked))}
        of = np.array([place[key] for _, key, _ in asked], dtype=np.int64)
        for first, some in samples.of([*place]):
            mine = np.flatnonzero((of >= first) & (of < first + len(some)))
            quantiles = pooled_quantiles(some, of[mine] - first, q[mine], self.values[rows[mine]])
            found.put(rows[mine], quantiles)

    def put_counts(self, found: Estimates) -> None:
        """Put the counts of events of measures to the other estimates."""
        names = [key[-2] for key in self.keys]
        counts = {name for name in {*names} if (kind := find(name)) is not None and kind.of_events}
        events = np.array([name in counts for name in names], dtype=np.bool_)
        keys = (self.keys[k] for k in np.flatnonzero(events).tolist())
        among = self.table.at((*key[:-2], "consignments", "consignments") for key in keys)
        trials = np.nan_to_num(self.table.values(among), posinf=np.inf)
        found.put(events, count_estimates(self.values[events], None, trials, self.clusters[events]))

    def withhold(self, found: Estimates, unknown: Callable[[Key], bool]) -> None:
        """Withhold the estimates of some keys."""
        which = np.array([unknown(key) for key in self.keys], dtype=np.bool_)
        for column in (found.mean, found.low, found.high):
            column[which] = math.nan
