"""Named tuples of arrays, handed to machine code by one address."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import numpy as np

N = TypeVar("N", bound=tuple[Any, ...])


class Packed:
    """The address of a list of numbers: address and shape of each array of a named tuple.

    A field is annotated with the type of its array; one of several dimensions as ``Annotated[Ints, 2]``. The
    arrays must stay where they are.

    Attributes
    ----------
    arrays
        The named tuple.

    Raises
    ------
    TypeError
        If an array is not as its field says: of another type or dimension, read-only, or not in C order.
    """

    def __init__(self, arrays: Any) -> None:
        named: dict[str, np.ndarray[Any, Any]] = arrays._asdict()
        wanted = kinds_of(arrays.__class__)
        for name, array in named.items():
            if (array.dtype, array.ndim) != wanted[name] or not array.flags.carray:
                raise TypeError(
                    f"{name}: {array.dtype} of {array.ndim} dimensions; compiled code takes others"
                )
        numbers = [number for array in named.values() for number in (array.ctypes.data, *array.shape)]
        self.arrays, self._numbers = arrays, np.array(numbers, dtype=np.int64)
        self.address: int = self._numbers.ctypes.data


def readable(arrays: N) -> N:
    """Return a named tuple that :class:`Packed` takes; arrays that it would refuse are copied.

    So compiled code must only read them: what it writes to a copy is lost.
    """
    wanted = kinds_of(arrays.__class__).values()
    made = (np.require(of, kind, ["C", "W"]) for of, (kind, _) in zip(arrays, wanted, strict=True))
    return arrays.__class__(*made)


@cache
def kinds_of(packed: type) -> dict[str, tuple[np.dtype[Any], int]]:
    """Return type and number of dimensions of the arrays of a named tuple, by name."""
    found = {}
    for name, hint in get_type_hints(packed, include_extras=True).items():
        kind, dimensions = get_args(hint) if get_origin(hint) is Annotated else (hint, 1)
        (of_array,) = get_args(get_args(kind)[1])  # NDArray[np.int64] is ndarray[..., dtype[np.int64]]
        found[name] = np.dtype(of_array), dimensions
    return found
