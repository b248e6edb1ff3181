"""Measure a route-choice map of 40 x 40 cells over 4 routes, from a stored run of 10 replications.

    python benchmarks/route_choice.py --json

The run is simulated and stored first; this is not measured. The benchmark measures
``fourport route-choice RUN --lane shandong-us`` in its own process: start, reading, pricing, comparison
of routes, tables and chart. It reports wall time, and the processor seconds of all its processes, which do
not depend on other load of the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

from arguments import show, whole_number
from commands import HERE, run


def measure(replications: int, cells: str, jobs: int) -> dict[str, object]:
    """Store a run, compute its route-choice map, and return the measurements."""
    with tempfile.TemporaryDirectory() as scratch:
        stored, out = str(Path(scratch) / "run"), Path(scratch) / "route-choice"
        scenario = str(Path(__file__).with_name("route_choice.toml"))
        options = ("--quiet", "--jobs", str(jobs))
        simulated = run(
            HERE,
            *("run", scenario, "--journeys", "--replications", str(replications), "--out", stored),
            *options,
        )
        mapped = run(
            HERE,
            *("route-choice", stored, "--lane", "shandong-us", "--cells", cells, "--out", str(out)),
            *options,
        )
        rows = (out / "route-choice.csv").read_text(encoding="utf-8").count("\n") - 1
        routes = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["route_choice"]["routes"]
    return {
        "cells": rows,
        "routes": len(routes["shandong-us"]),
        "replications": replications,
        "jobs": jobs,
        "run_seconds": round(simulated.wall, 2),
        "route_choice_seconds": round(mapped.wall, 2),
        "route_choice_processor_seconds": round(mapped.processor, 2),
    }


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replications", type=whole_number(2, 100_000), default=10)
    parser.add_argument("--cells", default="40x40")
    parser.add_argument("--jobs", type=whole_number(1, 1000), default=os.cpu_count() or 1)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    found = measure(options.replications, options.cells, options.jobs)
    show(found, as_json=options.json)


if __name__ == "__main__":
    main()
