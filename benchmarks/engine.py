"""Measure the compiled engine against the reference engine on a year of a sea-air chain.

    python benchmarks/engine.py --consignments 100000 --json

The chain (``corridor.toml``): pick-up, consolidation, export customs, a ferry, unloading, transit customs,
trucks, build-up, flights, breakdown, delivery. Servers and capacities grow with the number of consignments,
so that the load stays the same. Times are processor seconds of this process; ``compiled_user_seconds`` are
those without the system's, which makes memory ready for each run.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from arguments import need_compiled, show, whole_number  # noqa: E402

from fourport.engine import compiled, prepare, reference  # noqa: E402
from fourport.ledger import invoice  # noqa: E402
from fourport.plan.compile import compile_corridor  # noqa: E402
from fourport.plan.corridor import Corridor  # noqa: E402
from fourport.scenario.load import load  # noqa: E402
from fourport.scenario.models.scenario import Scenario  # noqa: E402
from fourport.study.replication import assemble  # noqa: E402
from fourport.study.tabulate import tabulate  # noqa: E402
from fourport.trace import Trace  # noqa: E402
from fourport.world.draw import draw  # noqa: E402

BASE = 20_000
"""Consignments a year for which the servers and capacities of ``corridor.toml`` are sized."""

MOST = 10_000_000
"""Upper limit; more consignments need more memory than machines have."""

RUNS = 5
AT_LEAST_S = 1.0
"""The compiled engine is timed so many times, and for so many seconds at least, in which a processor that has
rested comes up to its speed, as it does in the reference engine's time; the median counts."""

T = TypeVar("T")


def corridor(consignments: int) -> Corridor:
    """Return the chain, sized for ``consignments`` in its 52 weeks."""
    values: dict[str, Any] = load(Path(__file__).with_name("corridor.toml")).tree.values
    factor = consignments / BASE
    for facility in values["facilities"].values():
        for staffed in facility.get("resources", {}).values():
            staffed["servers"] = max(staffed["servers"], round(staffed["servers"] * factor))
    for fleet in values["fleets"].values():
        fleet["vehicles"] = max(fleet["vehicles"], round(fleet["vehicles"] * factor))
    for service in values["services"].values():
        for room in (service["capacity"], service.get("block_space", {})):
            for dimension, amount in room.items():
                number, unit = amount.split()
                room[dimension] = f"{max(1.0, factor) * float(number)} {unit}"
    values["lanes"]["us"]["demand"] = f"{consignments / 52} consignments/week"
    return compile_corridor(Scenario.model_validate(values))


def timed(what: Callable[[], T]) -> tuple[T, float]:
    """Call a function and return its result and the processor seconds it took."""
    began = time.process_time()
    result = what()
    return result, time.process_time() - began


def user_seconds() -> float:
    """Return the processor seconds of this process so far, without those of the system."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def peak_mb() -> float:
    """Return the peak memory of this process, MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def measure(consignments: int, *, with_reference: bool) -> dict[str, Any]:
    """Run the chain and return the measurements; the compiled engine is timed when it is ready."""
    chain = corridor(consignments)
    world, draw_seconds = timed(lambda: draw(chain, seed=1, replication=0))
    _, prepare_seconds = timed(prepare)
    began = user_seconds()
    milestones, first_seconds = timed(lambda: compiled.simulate(chain.plan, world))
    engine_peak_mb = peak_mb()
    taken, by_user = [first_seconds], [user_seconds() - began]
    while len(taken) < RUNS or sum(taken) < AT_LEAST_S:
        began = user_seconds()
        taken.append(timed(lambda: compiled.simulate(chain.plan, world))[1])
        by_user.append(user_seconds() - began)
    compiled_seconds = median(taken)
    trace = Trace.of(chain.plan, world, milestones)
    _, ledger_seconds = timed(lambda: invoice(chain, trace))
    run, assemble_seconds = timed(lambda: assemble(chain, world, milestones))
    _, tabulate_seconds = timed(lambda: tabulate(run))
    found: dict[str, Any] = {
        "consignments": world.n,
        "event_rows": len(world.duration_us),
        "compiled_seconds": round(compiled_seconds, 4),
        "compiled_user_seconds": round(median(by_user), 4),
        "reference_seconds": None,
        "compiled_ratio": None,
        "identical": None,
        "engine_peak_mb": round(engine_peak_mb),
        "prepare_seconds": round(prepare_seconds, 2),
        "draw_seconds": round(draw_seconds, 3),
        "ledger_seconds": round(ledger_seconds, 3),
        "summary_seconds": round(assemble_seconds - ledger_seconds + tabulate_seconds, 3),
    }
    if with_reference:
        expected, reference_seconds = timed(lambda: reference.simulate(chain.plan, world))
        found["reference_seconds"] = round(reference_seconds, 3)
        found["compiled_ratio"] = round(reference_seconds / compiled_seconds, 1)
        found["identical"] = not milestones.differences(expected)
    return found


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--consignments",
        type=whole_number(1, MOST),
        default=100_000,
        help="about so many enter in the year",
    )
    parser.add_argument("--no-reference", action="store_true", help="leave out the slow side")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    need_compiled(parser)
    found = measure(options.consignments, with_reference=not options.no_reference)
    show(found, as_json=options.json)


if __name__ == "__main__":
    main()
