"""What benchmarks take from the command line, need to run, and print."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return a parser for whole numbers from ``least`` to ``most``.

    For other text argparse prints what is allowed and ends with exit code 2.
    """

    def read(text: str) -> int:
        if not text.isdecimal() or not least <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r}; allowed: a whole number from {least} to {most}")
        return int(text)

    return read


def need_compiled(parser: argparse.ArgumentParser) -> None:
    """End with exit code 2 where SimPy would run in place of the compiled engine, beside itself."""
    from fourport.arguments import COMPILED, ENGINE_VARIABLE  # not all benchmarks need fourport
    from fourport.engine import chosen

    if chosen() != COMPILED:
        parser.error(
            f"the {chosen()} engine would run; allowed: the {COMPILED} one, which needs Numba"
            f" and no other name in {ENGINE_VARIABLE}"
        )


def show(found: Mapping[str, object], *, as_json: bool) -> None:
    """Print measurements as one JSON object, or a line for each."""
    width = max(map(len, found))
    lines = [f"{name:{width}} {value}" for name, value in found.items()]
    print(json.dumps(found) if as_json else "\n".join(lines))
