"""Named tuples of arrays, handed to machine code by one address."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from fourport.engine.compiled.state import nothing


class Packed:
    """The address of a list of numbers: address and shape of each array of a named tuple.

    The arrays must stay where they are.

    Raises
    ------
    TypeError
        If an array is not as the loop was compiled for: of another type or dimension, read-only, or not in C
        order.
    """

    def __init__(self, arrays: Any) -> None:
        named: dict[str, np.ndarray[Any, Any]] = arrays._asdict()
        wanted = kinds_of(arrays.__class__)
        for name, array in named.items():
            if (array.dtype, array.ndim) != wanted[name] or not array.flags.carray:
                raise TypeError(f"{name}: {array.dtype} of {array.ndim} dimensions; the loop takes others")
        numbers = [number for array in named.values() for number in (array.ctypes.data, *array.shape)]
        self._kept = arrays, np.array(numbers, dtype=np.int64)
        self.address: int = self._kept[1].ctypes.data


@cache
def kinds_of(packed: type) -> dict[str, tuple[np.dtype[Any], int]]:
    """Return type and number of dimensions of the arrays of ``Tables`` or of ``State``, by name."""
    (blank,) = (blank for blank in nothing() if type(blank) is packed)
    return {name: (array.dtype, array.ndim) for name, array in blank._asdict().items()}
