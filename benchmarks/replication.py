"""Measure the parts of a replication: world, engine, charges, causes, checks, measures, files.

    python benchmarks/replication.py weihai-2019 --json

Replications are run in this process as ``fourport run`` runs them, rows of consignments included. Times are
processor seconds, medians over the replications after the first, in which what belongs to the plan alone is
computed once.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from arguments import whole_number  # noqa: E402

from fourport.errors import UserError  # noqa: E402
from fourport.plan.ready import load_ready  # noqa: E402
from fourport.store import Run  # noqa: E402
from fourport.study import replication, run  # noqa: E402
from fourport.study.variant import Variant  # noqa: E402
from fourport.trace import Trace  # noqa: E402

PARTS: dict[str, tuple[Any, str]] = {
    "world": (replication, "draw"),
    "engine": (replication, "simulate"),
    "trace": (Trace, "of"),
    "planned departures": (replication, "planned_departures"),
    "invoices": (replication, "invoice"),
    "emissions": (replication, "emissions"),
    "clearance": (replication, "clearance_of"),
    "causes": (replication, "cause_totals"),
    "checks": (run, "violations"),
    "rows": (run.ROWS, "consignments"),
    "files": (Run, "keep_rows"),
    "measures": (run, "tabulate"),
}
"""Each part of a replication, and where its function is."""

OTHER = "other"
"""What is left of the whole."""


def measure(scenario: str, policy: str | None, replications: int, seed: int | None) -> dict[str, float]:
    """Run replications, and return the median seconds of each part and of the whole."""
    loaded = load_ready(scenario, policy)
    variant = Variant.of(loaded.tree.values)
    seed = loaded.scenario.run.seed if seed is None else seed
    taken: dict[str, list[float]] = {name: [] for name in (*PARTS, OTHER, "whole")}
    with TemporaryDirectory() as scratch:
        folder = Run.create(Path(scratch) / "run").folder
        for number in range(replications + 1):
            task = run.Task(policy or "base", variant, number, seed, folder, ("consignments",))
            spent = dict.fromkeys(PARTS, 0.0)
            with _timed_parts(spent):
                began = time.process_time()
                run._work(task)
                whole = time.process_time() - began
            for name, seconds in (spent | {OTHER: whole - sum(spent.values()), "whole": whole}).items():
                taken[name].append(seconds)
    return {name: round(statistics.median(seconds[1:]), 4) for name, seconds in taken.items()}


@contextmanager
def _timed_parts(spent: dict[str, float]) -> Iterator[None]:
    """Add up the seconds of each part while the context lasts."""
    with ExitStack() as stack:
        for part, (holder, name) in PARTS.items():
            if isinstance(holder, dict):
                stack.enter_context(patch.dict(holder, {name: _timed(holder[name], part, spent)}))
            else:
                stack.enter_context(patch.object(holder, name, _timed(getattr(holder, name), part, spent)))
        yield


def _timed(function: Callable[..., Any], part: str, spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*args: Any, **kwargs: Any) -> Any:
        began = time.process_time()
        try:
            return function(*args, **kwargs)
        finally:
            spent[part] += time.process_time() - began

    return timed


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenario", nargs="?", default="weihai-2019", help="a file or a shipped scenario")
    parser.add_argument("--policy", metavar="NAME", help="policy in the file; none by default")
    parser.add_argument(
        "--replications", type=whole_number(1, 10_000), default=5, help="how many are counted"
    )
    parser.add_argument(
        "--seed", type=whole_number(0, 2**63 - 1), help="seed of all streams; the scenario's by default"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    try:
        found = measure(options.scenario, options.policy, options.replications, options.seed)
    except UserError as error:
        parser.error(str(error))
    if options.json:
        print(json.dumps(found))
        return
    print(f"{'':20}{'seconds':>9}{'share':>9}")
    for name, seconds in found.items():
        print(f"{name:20}{seconds:9.3f}{100 * seconds / found['whole']:8.1f}%")


if __name__ == "__main__":
    main()
