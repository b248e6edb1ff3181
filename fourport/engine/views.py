"""Arrays as Python reads them fastest."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray


def view(array: NDArray[np.signedinteger[Any]]) -> memoryview[int]:
    """Give a view that Python indexes several times faster than the array it looks at."""
    return cast("memoryview[int]", memoryview(np.ascontiguousarray(array)))  # type: ignore[arg-type]
