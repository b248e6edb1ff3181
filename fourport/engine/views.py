"""Arrays in the form that Python reads fastest."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray


def view(array: NDArray[np.signedinteger[Any]]) -> memoryview[int]:
    """Return a memory view of an array; Python indexes it several times faster than the array."""
    return cast("memoryview[int]", memoryview(np.ascontiguousarray(array)))  # type: ignore[arg-type]
