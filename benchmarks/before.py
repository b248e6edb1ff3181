"""Measure three commands beside an earlier state of the program, in turns.

    git worktree add --detach ../fourport-before 96f783d
    python benchmarks/before.py ../fourport-before --json

The commands are ``run weihai-2019``, ``compare weihai-customs`` and ``claims weihai-customs``, as whole
processes with their worker processes, tables and charts. Each state runs its own version of the scenario, and
both run the same number of replications, whatever the scenarios say. Before that, each state runs a small
scenario once, so that what is compiled once for an installation is not measured.
"""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from arguments import whole_number
from commands import HERE, Cost, checkout, in_turns, run

COMMANDS = {"run": "weihai-2019", "compare": "weihai-customs", "claims": "weihai-customs"}
"""Scenario of each command."""


def run_into_folder(state: Path, command: str, scenario: str, replications: int, jobs: int) -> Cost:
    """Run a command of a state of the program; its results go to a temporary folder."""
    numbers = ("--replications", str(replications), "--jobs", str(jobs))
    with TemporaryDirectory() as folder:
        return run(state, command, scenario, *numbers, "--quiet", "--out", str(Path(folder) / "out"))


def measure(before: Path, command: str, replications: int, jobs: int, times: int) -> dict[str, object]:
    """Run a command of both states ``times`` times and return the medians of their times, and the ratios."""
    scenario = COMMANDS[command]
    taken = in_turns(
        (before, HERE),
        times,
        lambda state: run_into_folder(state, command, scenario, replications, jobs),
    )
    found: dict[str, object] = {"scenario": scenario, "replications": replications, "jobs": jobs}
    for kind in ("processor", "wall"):
        old, new = (median(getattr(cost, kind) for cost in taken[state]) for state in (before, HERE))
        found[f"{kind}_seconds_before"] = round(old, 2)
        found[f"{kind}_seconds"] = round(new, 2)
        found[f"{kind}_ratio"] = round(old / new, 2)
    return found


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", type=checkout, metavar="PATH", help="checkout of the earlier state")
    parser.add_argument("--only", choices=COMMANDS, help="measure only this command")
    parser.add_argument(
        "--replications", type=whole_number(2, 100_000), default=10, help="in both states [default: 10]"
    )
    parser.add_argument(
        "--jobs", type=whole_number(1, 1000), default=os.cpu_count() or 1, help="processes of each command"
    )
    parser.add_argument("--times", type=whole_number(1, 10_000), default=1, help="how many times")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    for state in (options.before, HERE):
        run_into_folder(state, "run", str(state / "scenarios" / "templates" / "small.toml"), 1, 1)
    found = {
        command: measure(options.before, command, options.replications, options.jobs, options.times)
        for command in ([options.only] if options.only else COMMANDS)
    }
    if options.json:
        print(json.dumps(found))
        return
    print(f"{'':8} {'processor, s':>27} {'wall, s':>27}")
    print(f"{'command':8}", *(f"{head:>8}" for head in 2 * ("before", "now", "ratio ")))
    for command, one in found.items():
        numbers = [value for name, value in one.items() if name.split("_")[0] in ("processor", "wall")]
        print(f"{command:8}", *(f"{number:8}" for number in numbers))


if __name__ == "__main__":
    main()
