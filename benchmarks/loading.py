"""Measures the processor time of ``fourport check``, beside that of an earlier state of the program.

python benchmarks/loading.py --before ../fourport-before --json

Whole processes of both states take turns, so that a machine that is busy or slows down is so for both. Byte
code is written to a temporary folder and read again, as it is where the program is installed.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from arguments import whole_number

SCENARIOS = ("weihai-2019", "weihai-customs")
HERE = Path(__file__).resolve().parent.parent


def seconds(checkout: Path, scenario: str, byte_code: str) -> float:
    """Check a scenario in a new process of a checkout; give the user and system time that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "fourport", "check", "--quiet", scenario]
    environment = os.environ | {"PYTHONPATH": str(checkout), "PYTHONPYCACHEPREFIX": byte_code}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    subprocess.run(command, check=True, cwd=checkout, env=environment, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure(scenario: str, before: Path | None, times: int) -> dict[str, float]:
    """Check a scenario so many times; give medians, and the ratio to an earlier state if there is one."""
    taken: dict[Path, list[float]] = {one: [] for one in (before, HERE) if one is not None}
    with TemporaryDirectory() as byte_code:
        for one in taken:
            seconds(one, scenario, byte_code)  # writes the byte code
        for _ in range(times):
            for one, found in taken.items():
                found.append(seconds(one, scenario, byte_code))
    medians = {one: statistics.median(found) for one, found in taken.items()}
    result = {"times": times, "seconds": round(medians[HERE], 3)}
    if before is not None:
        result |= {"before": round(medians[before], 3), "ratio": round(medians[before] / medians[HERE], 2)}
    return result


def main() -> None:
    """Measure as asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenarios", nargs="*", default=SCENARIOS, metavar="SCENARIO", help="what is checked")
    parser.add_argument("--before", type=Path, metavar="FOLDER", help="checkout of an earlier state")
    parser.add_argument("--times", type=whole_number(1, 10_000), default=9, help="how many times")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    before = None if options.before is None else options.before.resolve()
    if before is not None and not (before / "fourport" / "__main__.py").is_file():
        parser.error(f"argument --before: {options.before}: holds no fourport; allowed: a checkout")
    found = {scenario: measure(scenario, before, options.times) for scenario in options.scenarios}
    if options.json:
        print(json.dumps(found))
        return
    for scenario, measured in found.items():
        print(f"{scenario:20}", *(f"{name} {value}" for name, value in measured.items()))


if __name__ == "__main__":
    main()
