"""Shapley value: the contribution of each player, averaged over all orders of joining."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations
from math import comb

import numpy as np

from fourport.plan.tables import Floats

Coalition = frozenset[str]


def coalitions(players: Sequence[str]) -> Iterator[Coalition]:
    """Yield all subsets, the empty one first."""
    sizes = range(len(players) + 1)
    yield from map(frozenset, chain.from_iterable(combinations(players, size) for size in sizes))


def shapley(worth: Mapping[Coalition, Floats], players: Sequence[str]) -> dict[str, Floats]:
    """Return the share of each player in ``worth(all) - worth(none)``; the shares sum to it.

    Shapley (1953): the mean over all orders of what a player adds to the players before it; a coalition S of
    n players without it has the weight 1 / (n C(n - 1, |S|)).

    Parameters
    ----------
    worth
        (replications,) worth of each coalition.
    """
    n = len(players)
    found: dict[str, Floats] = {}
    for player in players:
        share = np.zeros_like(worth[frozenset()])
        for others in coalitions([p for p in players if p != player]):
            share = share + (worth[others | {player}] - worth[others]) / (n * comb(n - 1, len(others)))
        found[player] = share
    return found
