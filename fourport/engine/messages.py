"""Messages of an engine on stderr."""

from __future__ import annotations

import sys
from multiprocessing import parent_process


def tell(line: str) -> None:
    """Print a line on stderr, unless this is a worker: the program that started it has told it already."""
    if parent_process() is None:
        print(line, file=sys.stderr)
