"""What compiled functions are written with, also where there is no Numba: then they run as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

try:
    from fourport.machine.compiling import inlined
    from fourport.machine.packed_type import at_hand
except (ImportError, OSError):  # OSError: Numba is there, and a library of its own is not.

    def inlined(function: F) -> F:
        """Return a function as it is."""
        return function

    def at_hand(arrays: Any) -> Any:
        """Return arrays as they are."""
        return arrays


__all__ = ["at_hand", "inlined"]
