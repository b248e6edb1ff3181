"""A trial: a few replications of a study, from which the cost of all of them is estimated.

The trial runs the study itself, whatever it does, so that its cost has all stages and files of the study.
What is done once for each task is scaled by the number of replications: simulating and pricing, taking in
results, the files of single replications. The rest is taken as it is: loading, tables, estimates.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from fourport.store.unfinished import UNFINISHED
from fourport.study.parallel import InThisProcess, Shard

R = TypeVar("R")

REPLICATIONS = 2
"""Replications of a trial: the first shows what each process does once, the second what a task costs."""
BY_REPLICATION = ("consignments", "journeys", "milestones.parquet")
"""Files and folders of a run that grow with its replications."""
MEASURES = "replications.csv"
"""Grows with them, too, unless it is the copy of a stored run, which has no rows of consignments."""


@dataclass
class Stage:
    """Tasks of a study that depend on nothing but earlier stages.

    Attributes
    ----------
    seconds
        Processor time of each task that was run, s.
    taken_in
        Processor time of the program to take in all of their results, s.
    """

    seconds: list[float] = field(default_factory=list)
    taken_in: float = 0.0

    @property
    def task(self) -> float:
        """Processor time of a task in a process that has run others, s: the mean of the second half."""
        later = self.seconds[len(self.seconds) // 2 :]
        return sum(later) / len(later)

    @property
    def once(self) -> float:
        """Processor time that each process takes once, s."""
        return max(sum(self.seconds) - self.task * len(self.seconds), 0.0)


class Trial(InThisProcess):
    """An executor that runs the tasks of a trial in this process, and measures them."""

    def __init__(self) -> None:
        self.stages: list[Stage] = []
        self._began = time.process_time()

    def watch(self, results: Iterator[R], tasks: int) -> Iterator[R]:
        """Yield the results of the tasks of a stage as they come."""
        if not tasks:
            return
        stage = Stage()
        self.stages.append(stage)
        before = time.process_time()
        for result in results:
            ready = time.process_time()
            stage.seconds.append(ready - before)
            yield result
            before = time.process_time()
            stage.taken_in += before - ready

    def cost(self, run: Path, scale: float, processes: int, shard: Shard | None = None) -> Cost:
        """Return the cost of the study.

        Parameters
        ----------
        run
            Folder of the trial, whose results are complete but still has what is kept until the end.
        scale
            Replications of the study by those of the trial.
        shard
            The only share of the first stage that is run, if any; its results are kept, and no tables made.
        """
        spent = time.process_time() - self._began
        rest = spent - sum(sum(one.seconds) + one.taken_in for one in self.stages)
        grown, same, at_work = _sizes(run)
        counts = [round(len(one.seconds) * scale) for one in self.stages]
        stages = self.stages
        if shard is not None:
            stages, counts, rest = stages[:1], [len(range(counts[0])[shard.number - 1 :: shard.of])], 0.0
            scale *= counts[0] / max(round(len(stages[0].seconds) * scale), 1)
        processes = max(min(processes, max(counts, default=1)), 1)
        tasks = sum(one.task * n for one, n in zip(stages, counts, strict=True))
        taken_in = sum(one.taken_in * scale for one in stages)
        once = sum(one.once for one in stages)
        return Cost(
            tasks=tuple(counts),
            processes=processes,
            processor_s=tasks + once * processes + taken_in + rest,
            # The program takes in results while the processes are at work, unless it is the slower one.
            wall_s=rest + once + (tasks + taken_in if processes == 1 else max(tasks / processes, taken_in)),
            task_s=tasks / max(sum(counts), 1),
            disk=round(grown * scale) + (0 if shard else same),
            disk_at_work=round(at_work * scale),
            peak=_peak(),
        )


@dataclass(frozen=True)
class Cost:
    """What a study is expected to take.

    Attributes
    ----------
    tasks
        Number of tasks of each stage; the next stage begins when all are done.
    processor_s, wall_s
        Processor time of all processes together, and time from begin to end without charts.
    task_s
        Processor time of a task.
    disk, disk_at_work
        Size of the results, bytes, and of what is kept besides until they are finished.
    peak
        Largest memory of the process of the trial, bytes; 0 where the system does not tell.
    """

    tasks: tuple[int, ...]
    processes: int
    processor_s: float
    wall_s: float
    task_s: float
    disk: int
    disk_at_work: int
    peak: int


def _sizes(run: Path) -> tuple[int, int, int]:
    """Return the bytes that grow with the replications, those that do not, and those kept until the end."""
    grown = same = at_work = 0
    growing = (*BY_REPLICATION, MEASURES) if (run / BY_REPLICATION[0]).is_dir() else BY_REPLICATION
    for path in run.rglob("*"):
        if path.is_file():
            top, size = path.relative_to(run).parts[0], path.stat().st_size
            if top == UNFINISHED:
                at_work += size
            elif top in growing:
                grown += size
            else:
                same += size
    return grown, same, at_work


def _peak() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
