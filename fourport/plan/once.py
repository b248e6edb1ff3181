"""Compute once what a corridor or a plan says for all replications, and what several scenarios share."""

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

KEPT = 4
"""Number of values of a name that are kept: those that were asked for last."""


class Shared:
    """What several scenarios have in common, such as one scenario under its policies: computed once for all.

    It is kept as long as this object, which whoever has several scenarios compiled passes on.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[tuple[object, Any], ...]] = {}

    def once(self, name: Hashable, given: object, make: Callable[[], R]) -> R:
        """Return what ``make`` returns; it is not called if a value of this name and ``given`` is kept.

        Parameters
        ----------
        given
            Everything that the value depends on; compared by equality. Nobody may change the value.
        """
        kept = self._kept.get(name, ())
        same = next((one for one in kept if one[0] == given), None)
        found: R = make() if same is None else same[1]
        # The latest ``given``, since entries of the next one are likely to be the same objects. Threads
        # that do this at once may lose a value, but none gets a wrong one.
        self._kept[name] = ((given, found), *(one for one in kept if one is not same))[:KEPT]
        return found


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
