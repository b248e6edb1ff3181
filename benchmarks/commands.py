"""Run commands of fourport as whole processes, from one checkout or from two in turns, and measure them."""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
"""The checkout of this benchmark."""


@dataclass(frozen=True)
class Cost:
    """What a command took: wall time, and user and system time of all its processes, s."""

    wall: float
    processor: float


def run(checkout: Path, *words: str) -> Cost:
    """Run a command of a checkout in a new process, without its output, and measure it.

    Byte code is written beside the modules, as it is where the program is installed. If the command fails,
    the benchmark prints its message and ends with its exit code.
    """
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-m", "fourport", *words],
        check=False,
        cwd=checkout,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.stderr.write(done.stderr)
        sys.exit(done.returncode)
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Cost(time.monotonic() - began, used)


def in_turns(
    checkouts: Sequence[Path], times: int, command: Callable[[Path], Cost]
) -> dict[Path, list[Cost]]:
    """Run a command of each checkout ``times`` times, in turns, so that other load slows all of them."""
    found: dict[Path, list[Cost]] = {checkout: [] for checkout in checkouts}
    for _ in range(times):
        for checkout, costs in found.items():
            costs.append(command(checkout))
    return found


def checkout(text: str) -> Path:
    """Return a checkout named on the command line.

    For other folders argparse prints what is allowed and ends with exit code 2.
    """
    path = Path(text).resolve()
    if not (path / "fourport" / "__main__.py").is_file():
        raise argparse.ArgumentTypeError(f"{text}: holds no fourport; allowed: a checkout")
    return path
