"""Compute once what a corridor or a plan says, however many replications ask for it."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar


class Keeps(Protocol):
    """What does not change, and keeps what is computed of it."""

    @property
    def _kept(self) -> dict[Hashable, Any]: ...


K = TypeVar("K", bound=Keeps)
P = ParamSpec("P")
R = TypeVar("R")


def once(function: Callable[Concatenate[K, P], R]) -> Callable[Concatenate[K, P], R]:
    """Compute a function of a corridor or a plan once for all replications, and keep the result with it.

    The other arguments must be hashable, and nobody may change the result.
    """

    @wraps(function)
    def kept(owner: K, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = function, args, *kwargs.items()
        if key not in owner._kept:
            owner._kept[key] = function(owner, *args, **kwargs)
        found: R = owner._kept[key]
        return found

    return kept
