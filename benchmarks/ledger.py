"""Measure how long it takes to invoice consignments over five legs with every kind of line.

    python benchmarks/ledger.py --consignments 1000000 --json

Sizes, times and choices are drawn, not simulated: the ledger reads arrays, wherever they come from. Times are
processor seconds of this process. Memory is its peak, including the arrays of the run.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from arguments import show, whole_number  # noqa: E402
from engine import MOST, peak_mb, timed  # noqa: E402

from fourport.engine import Milestones  # noqa: E402
from fourport.ledger import Ledger, invoice  # noqa: E402
from fourport.plan.compile import compile_corridor  # noqa: E402
from fourport.plan.corridor import Corridor  # noqa: E402
from fourport.plan.tables import HOUR, NEVER, WEEK  # noqa: E402
from fourport.scenario.load import load  # noqa: E402
from fourport.trace import Trace  # noqa: E402
from fourport.world.tables import NO_DEPARTURES, NO_DRIVES, World  # noqa: E402


def made_up(corridor: Corridor, n: int) -> tuple[World, Milestones]:
    """Return consignments of one route, with each step begun some hours after the previous one."""
    generator = np.random.default_rng(1)
    n_steps = int(corridor.plan.route_first_step[1])
    entry = np.sort(generator.integers(corridor.plan.start_us, corridor.plan.start_us + 48 * WEEK, n))
    begin, end = np.empty((n, n_steps), dtype=np.int64), np.empty((n, n_steps), dtype=np.int64)
    now = entry.copy()
    for s in range(n_steps):
        begin[:, s] = now + generator.integers(0, 20 * HOUR, n)
        end[:, s] = begin[:, s] + HOUR
        if corridor.plan.step_condition[s] >= 0:
            passed = generator.random(n) > 0.03
            begin[passed, s] = end[passed, s] = NEVER
            now = np.where(passed, now, end[:, s])
        else:
            now = end[:, s]
    kg = np.clip(generator.lognormal(5.7, 0.9, n), 10, 5000)
    size = np.stack([kg * 1e3, kg / 0.17, kg / 26 / 170 * 1e6], axis=1).astype(np.int64)
    none = np.zeros(n, dtype=np.int64)
    world = World(
        entry_us=entry,
        lane=none,
        route=none,
        trader_class=none,
        commodity=none,
        credit=generator.integers(0, 2, n),
        size=size,
        value=kg * 50,
        non_compliant=np.zeros(n, dtype=np.bool_),
        risk=tuple(np.zeros((len(corridor.plan.names.draws), n))),
        first_event_row=np.arange(n + 1, dtype=np.int64) * n_steps,
        duration_us=np.zeros(n * n_steps, dtype=np.int64),
        departures=NO_DEPARTURES,
        drives=NO_DRIVES,
    )
    times_us = np.stack([begin.ravel(), end.ravel()], axis=1)
    return world, Milestones(times_us, np.full(n * n_steps, -1, dtype=np.int32), ())


def measure(n: int) -> dict[str, Any]:
    """Invoice once, and once more with other sizes, and return the measurements."""
    corridor = compile_corridor(load(Path(__file__).with_name("ledger.toml")).scenario)
    world, milestones = made_up(corridor, n)
    trace = Trace.of(corridor.plan, world, milestones)
    del milestones
    held = peak_mb()
    invoices, seconds = timed(lambda: invoice(corridor, trace))
    peak = peak_mb()
    lines = [line.name for line in invoices.lines]
    amounts = invoices.routes[0].amounts
    unused = [name for k, name in enumerate(lines) if not amounts[:, k].any()]
    total = invoices.logistics_cost + invoices.charges_on_value
    cents = float(np.abs(amounts.sum(axis=1) - total).max())
    del invoices, amounts, total
    ledger = Ledger(corridor, trace)
    ledger.invoice()
    _, again = timed(lambda: ledger.invoice(world.size * 2, world.value))
    return {
        "consignments": n,
        "legs": sum(bool(info.mode) for info in corridor.steps),
        "lines": len(lines),
        "lines_without_amount": unused,
        "seconds": round(seconds, 3),
        "seconds_other_sizes": round(again, 3),
        "run_mb": round(held),
        "peak_mb": round(peak),
        "largest_difference": cents,
    }


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--consignments", type=whole_number(1, MOST), default=1_000_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    found = measure(options.consignments)
    show(found, as_json=options.json)


if __name__ == "__main__":
    main()
