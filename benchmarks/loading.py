"""Measure the processor time of ``fourport check``, beside that of an earlier state of the program.

    python benchmarks/loading.py --before ../fourport-before --json

The times are those of whole processes. Both states take turns, so that other load of the machine slows both.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from statistics import median

from arguments import whole_number
from commands import HERE, checkout, in_turns, run

SCENARIOS = ("weihai-2019", "weihai-customs")


def measure(scenario: str, before: Path | None, times: int) -> dict[str, float]:
    """Check a scenario ``times`` times; return medians, and the ratio to an earlier state if there is one."""
    states = [state for state in (before, HERE) if state is not None]
    for state in states:
        run(state, "check", "--quiet", scenario)  # writes the byte code
    taken = in_turns(states, times, lambda state: run(state, "check", "--quiet", scenario))
    medians = {state: median(cost.processor for cost in costs) for state, costs in taken.items()}
    result = {"times": times, "seconds": round(medians[HERE], 3)}
    if before is not None:
        result |= {"before": round(medians[before], 3), "ratio": round(medians[before] / medians[HERE], 2)}
    return result


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenarios", nargs="*", default=SCENARIOS, metavar="SCENARIO", help="what is checked")
    parser.add_argument("--before", type=checkout, metavar="FOLDER", help="checkout of an earlier state")
    parser.add_argument("--times", type=whole_number(1, 10_000), default=9, help="how many times")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    found = {scenario: measure(scenario, options.before, options.times) for scenario in options.scenarios}
    if options.json:
        print(json.dumps(found))
        return
    for scenario, measured in found.items():
        print(f"{scenario:20}", *(f"{name} {value}" for name, value in measured.items()))


if __name__ == "__main__":
    main()
