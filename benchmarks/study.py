"""Measure how much faster several processes run the replications of a study than one.

    python benchmarks/study.py --replications 64 --json

The scenario is ``weihai-2019`` with a shorter window (``study.toml``), so that a replication takes about half
a second. The benchmark measures ``Study.run`` into a temporary folder: start of the processes, replications,
tables. Loading the scenario comes before and charts come after; neither is measured.
The ratio of the wall times is the result, and needs a machine on which nothing else runs. The ratio of the
processor times of all processes together shows, on a busy machine too, what the processes cost.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from arguments import show, whole_number  # noqa: E402

from fourport import Study, load  # noqa: E402
from fourport.engine import prepare  # noqa: E402
from fourport.scenario.load import Loaded  # noqa: E402
from fourport.study.parallel import workers  # noqa: E402


def seconds(loaded: Loaded, replications: int, jobs: int) -> tuple[float, float]:
    """Run the study in ``jobs`` processes and return wall time and processor time, s."""
    with TemporaryDirectory() as folder:
        began, before = time.monotonic(), os.times()
        with workers(jobs) as executor:
            Study(loaded, replications=replications, executor=executor).run(Path(folder) / "out")
        wall, after = time.monotonic() - began, os.times()
    return wall, sum(after[:4]) - sum(before[:4])


def measure(replications: int, jobs: int, times: int) -> dict[str, float]:
    """Run the study in ``jobs`` processes and in one, in turns, and return medians and ratios."""
    loaded = load(Path(__file__).with_name("study.toml"))
    prepare()
    many, one = [], []
    for _ in range(times):
        many.append(seconds(loaded, replications, jobs))
        one.append(seconds(loaded, replications, 1))
    found: dict[str, float] = {"replications": replications, "jobs": jobs, "times": times}
    for column, kind in enumerate(("wall", "processor")):
        alone, together = (median(run[column] for run in runs) for runs in (one, many))
        found[f"{kind}_seconds_one"] = round(alone, 2)
        found[f"{kind}_seconds"] = round(together, 2)
        found[f"{kind}_ratio"] = round(alone / together, 2)
    return found


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replications", type=whole_number(1, 100_000), default=64)
    parser.add_argument("--jobs", type=whole_number(2, 1000), default=2, help="processes, beside one")
    parser.add_argument("--times", type=whole_number(1, 10_000), default=1, help="how many times")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    found = measure(options.replications, options.jobs, options.times)
    show(found, as_json=options.json)


if __name__ == "__main__":
    main()
