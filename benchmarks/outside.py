"""Measures the processor time of ``fourport run`` by part: all that is not the replications themselves.

python benchmarks/outside.py weihai-2019 --json

The steps are those of the command, in one process, with one replication.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any


class Timed(Executor):
    """Runs tasks in this process; ``seconds`` is the processor time that they took."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a task at once."""
        began = time.process_time()
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        self.seconds += time.process_time() - began
        return future


def measure(scenario: str) -> dict[str, float]:
    """Run a scenario as the command does; return the seconds of each part."""
    found = {"start of Python": time.process_time()}

    @contextmanager
    def part(name: str) -> Iterator[None]:
        began = time.process_time()
        yield
        found[name] = time.process_time() - began

    with part("imports"):
        from fourport.cli.group import save_time

        save_time()
        from fourport.api.study import Study
        from fourport.cli.table import summary_table
    with part("loading"):
        study = Study(scenario, replications=1)
    with part("compiled engine"):
        from fourport.study.prepare import prepare

        prepare()
    study.executor = executor = Timed()
    with TemporaryDirectory() as folder:
        with part("tables"):
            results = study.run(Path(folder) / "run")
        found["replication"] = executor.seconds
        found["tables"] -= executor.seconds
        with part("imports for charts"):
            from fourport.charts import KINDS
            from fourport.charts.drawing import drawn
            from fourport.charts.writing import save_figure
            from fourport.cli.output import load_matplotlib

            load_matplotlib()
            gc.freeze()
        for kind in (name for name, chart in KINDS.items() if chart.default):
            with part(kind), drawn(results.run, kind) as figure, part(f"{kind}.png"):
                save_figure(figure, results.run.charts / f"{kind}.png")
            found[kind] -= found[f"{kind}.png"]
        with part("summary"):
            summary_table(results.run)
    found["outside"] = sum(seconds for name, seconds in found.items() if name != "replication")
    return {name: round(seconds, 3) for name, seconds in found.items()}


def main() -> None:
    """Measure as asked for on the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("scenario", nargs="?", default="weihai-2019", help="what is run")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    found = measure(options.scenario)
    print(
        json.dumps(found)
        if options.json
        else "\n".join(f"{name:22} {seconds:.3f}" for name, seconds in found.items())
    )


if __name__ == "__main__":
    main()
