"""Measure how long ``fourport --help`` takes to answer, as typed in a shell.

python benchmarks/help.py --json
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time

from arguments import whole_number


def measure(times: int) -> dict[str, float]:
    """Ask for the help ``times`` times, each in a new process, and return the wall times in seconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "fourport", "--help"], check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - began)
    return {"times": times, "best": round(min(taken), 3), "median": round(statistics.median(taken), 3)}


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=whole_number(1, 10_000), default=20, help="how many times")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    found = measure(options.times)
    print(
        json.dumps(found) if options.json else "\n".join(f"{name:8} {value}" for name, value in found.items())
    )


if __name__ == "__main__":
    main()
