"""Lines on stderr of what is below the command line: engines and what is compiled."""

from __future__ import annotations

import sys
from multiprocessing import parent_process

quiet = False
"""Whether nothing is printed."""


def tell(line: str) -> None:
    """Print a line on stderr, unless this is a worker: the program that started it has told it already."""
    if not quiet and parent_process() is None:
        print(line, file=sys.stderr)
