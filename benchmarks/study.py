"""Measure how much faster several processes, or a Dask cluster, run the replications of a study than one.

    python benchmarks/study.py --replications 64 --dask --json
    python benchmarks/study.py --memory 10,100,1000 --json

The scenario is ``weihai-2019`` with a shorter window (``study.toml``), so that a replication takes about a
fifth of a second. The benchmark measures ``Study.run`` into a temporary folder: start of the processes,
replications, tables. Loading the scenario comes before and charts come after; neither is measured.
The ratio of the wall times is the result, and needs a machine on which nothing else runs. The ratio of the
processor times of all processes together shows, on a busy machine too, what the processes cost. ``--dask``
begins a scheduler and as many workers on this machine, beforehand; they have run a study once before they are
measured, and the processor time of scheduler and workers counts.

``--memory`` measures instead the largest memory of the program itself, without its processes, for some
numbers of replications, each in a program of its own. The scenario is the template ``small``
(``memory.toml``), so that a thousand replications take a minute or two: what a program would keep of each
replication shows as well as with a large scenario.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from arguments import show, whole_number  # noqa: E402

from fourport import Study, load  # noqa: E402
from fourport.errors import UserError  # noqa: E402
from fourport.scenario.load import Loaded  # noqa: E402
from fourport.study.cluster import Cluster  # noqa: E402
from fourport.study.prepare import prepare  # noqa: E402
from fourport.study.processes import workers  # noqa: E402

Machines = Callable[[], AbstractContextManager[Executor | None]]
"""Opens what runs the tasks."""


def seconds(loaded: Loaded, replications: int, machines: Machines) -> tuple[float, float]:
    """Run the study and return wall time and processor time, s."""
    with TemporaryDirectory() as folder:
        began, before = time.monotonic(), os.times()
        with machines() as executor:
            Study(loaded, replications=replications, executor=executor).run(Path(folder) / "out")
        wall, after = time.monotonic() - began, os.times()
    return wall, sum(after[:4]) - sum(before[:4])


def measure(replications: int, jobs: int, times: int, *, dask: bool) -> dict[str, float]:
    """Run the study in ``jobs`` processes and in one, in turns, and return medians and ratios."""
    loaded = load(Path(__file__).with_name("study.toml"))
    prepare()
    many, one, on_dask = [], [], list[tuple[float, float]]()
    begun: AbstractContextManager[tuple[str, list[int]]] = cluster(jobs) if dask else nullcontext(("", []))
    with begun as (address, processes):
        for _ in range(times):
            many.append(seconds(loaded, replications, lambda: workers(jobs)))
            one.append(seconds(loaded, replications, lambda: workers(1)))
            if dask:
                if not on_dask:  # the workers load the engine
                    seconds(loaded, 2 * jobs, lambda: Cluster(address))
                before = processor(processes)
                wall, ours = seconds(loaded, replications, lambda: Cluster(address))
                on_dask.append((wall, ours + processor(processes) - before))
    found: dict[str, float] = {"replications": replications, "jobs": jobs, "times": times}
    for column, kind in enumerate(("wall", "processor")):
        alone, together = (median(run[column] for run in runs) for runs in (one, many))
        if dask:
            found[f"{kind}_seconds_dask"] = round(median(run[column] for run in on_dask), 2)
            found[f"{kind}_ratio_dask"] = round(found[f"{kind}_seconds_dask"] / together, 2)
        found[f"{kind}_seconds_one"] = round(alone, 2)
        found[f"{kind}_seconds"] = round(together, 2)
        found[f"{kind}_ratio"] = round(alone / together, 2)
    return found


def processor(processes: Sequence[int]) -> float:
    """Return the processor time of running processes, s."""
    import psutil  # comes with Dask

    return sum(sum(psutil.Process(one).cpu_times()[:2]) for one in processes)


@contextmanager
def cluster(workers: int) -> Iterator[tuple[str, list[int]]]:
    """Begin a scheduler and workers on loopback, and yield its address and all processes."""
    # As docs/cluster.md has it.
    env = os.environ | {"PYTHONPATH": str(ROOT), "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
    processes: list[int] = []
    with TemporaryDirectory() as folder, ExitStack() as begun:

        def begin(what: str, *words: str) -> None:
            command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *words, "--no-dashboard"]
            process = begun.enter_context(subprocess.Popen(command, stderr=subprocess.DEVNULL, env=env))
            begun.callback(process.kill)
            processes.append(process.pid)

        file = Path(folder) / "scheduler.json"
        begin("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        while not file.exists():
            time.sleep(0.1)
        address: str = json.loads(file.read_text(encoding="utf-8"))["address"]
        for _ in range(workers):
            begin("worker", address, "--no-nanny", "--nthreads", "1", "--local-directory", folder)
        while True:
            with suppress(UserError), Cluster(address) as found:
                if found.threads == workers:
                    break
            time.sleep(0.1)
        yield address, processes


def peak(replications: int, jobs: int) -> float:
    """Run the study in a program of its own and return the largest memory of that process, MB."""
    command = [sys.executable, __file__, "--replications", str(replications), "--jobs", str(jobs), "--peak"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout)


def run_once(replications: int, jobs: int) -> float:
    """Run the study in this program, and return its largest memory, MB."""
    seconds(load(Path(__file__).with_name("memory.toml")), replications, lambda: workers(jobs))
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1)


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replications", type=whole_number(1, 100_000), default=64)
    parser.add_argument("--jobs", type=whole_number(2, 1000), default=2, help="processes, beside one")
    parser.add_argument("--times", type=whole_number(1, 10_000), default=1, help="how many times")
    parser.add_argument("--dask", action="store_true", help="measure a Dask cluster on this machine, too")
    parser.add_argument("--memory", metavar="A,B,...", help="measure memory for these replications instead")
    parser.add_argument("--peak", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if options.peak:
        print(run_once(options.replications, options.jobs))
        return
    found: dict[str, float] = {}
    if options.memory is None:
        found = measure(options.replications, options.jobs, options.times, dask=options.dask)
    else:
        for replications in map(whole_number(1, 100_000), options.memory.split(",")):
            found[f"peak_mb_{replications}"] = peak(replications, options.jobs)
    show(found, as_json=options.json)


if __name__ == "__main__":
    main()
