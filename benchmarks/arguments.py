"""Numbers on a benchmark's command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Give what reads a whole number from ``least`` to ``most``; of others argparse tells, exit code 2."""

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r}; allowed: a whole number from {least} to {most}")
        return int(text)

    return read
