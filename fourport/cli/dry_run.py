"""``--dry-run``: a trial in place of the study, and what the study is expected to take."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import click

from fourport.cli.lines import said
from fourport.cli.output import echo
from fourport.scenario.memory import memory_needed
from fourport.scenario.models.scenario import Scenario
from fourport.store.temporary import temporary_folder
from fourport.study.parallel import Shard
from fourport.study.trial import REPLICATIONS, Cost, Trial


class DryRun:
    """A command that is only costed.

    Attributes
    ----------
    trial
        Runs the replications that are tried.
    asked
        Replications of the study.
    """

    def __init__(self) -> None:
        self.trial = Trial()
        self.asked = 1
        self._folder: Path | None = None

    def tried(self, replications: int) -> int:
        """Return how many of so many replications are tried."""
        self.asked = max(self.asked, replications)
        return min(replications, REPLICATIONS)

    def folder(self) -> Path:
        """Make the folder of the trial, which is removed when the command ends."""
        self._folder = click.get_current_context().with_resource(temporary_folder()) / "trial"
        return self._folder

    def tell(self, processes: int, scenarios: Collection[Scenario], shard: Shard | None) -> None:
        """Print what the study is expected to take."""
        assert self._folder is not None
        tried = self.tried(self.asked)
        cost = self.trial.cost(self._folder, self.asked / tried, processes, shard)
        echo(cost_text(cost, self.asked, tried, [memory_needed(one) for one in scenarios], shard))


def cost_text(cost: Cost, asked: int, tried: int, needed: Sequence[float], shard: Shard | None = None) -> str:
    """Format the cost of a study.

    Parameters
    ----------
    asked, tried
        Replications of the study and of the trial.
    needed
        Estimates of the memory of a replication under each policy, bytes; none if they are not known.
    """
    some = f"{cost.processes} process{'es' * (cost.processes > 1)}"
    stages = f", in {len(cost.tasks)} stages" if len(cost.tasks) > 1 else ""
    more = f", and {size(cost.disk_at_work)} more until it is finished" if cost.disk_at_work else ""
    each = max(cost.peak, *needed) if needed else cost.peak
    every = cost.processes + (cost.processes > 1)
    rows = {
        "study": f"{asked:,} replications" + (f" x {len(needed)} policies" if len(needed) > 1 else ""),
        "tasks": f"{sum(cost.tasks):,}{stages}, of {seconds(cost.task_s)} each"
        + (f" (shard {shard})" if shard else ""),
        "processor": seconds(cost.processor_s),
        "wall time": f"{seconds(cost.wall_s)} with {some}, without charts",
        "memory": f"{size(each * every)}"
        + (f", {size(each)} a process and the program" if every > 1 else ""),
        "disk": f"{size(cost.disk)}{more}",
    }
    told = (
        f"Measured in a trial of {tried} of {asked:,} replications, on this machine and in one process; times"
        " of tasks and sizes of files are scaled. Memory is the most that the trial took, or an estimate from"
        " the demand if that is more. Each process is taken to have a processor. Nothing was kept."
    )
    return "\n".join([*(f"{name:<11}{text}" for name, text in rows.items()), "", said(told)])


def size(n_bytes: float) -> str:
    """Format a number of bytes, such as 3.1 GB."""
    for unit in ("kB", "MB", "GB"):
        n_bytes /= 1000
        if n_bytes < 999.5 or unit == "GB":
            return f"{n_bytes:,.3g} {unit}" if n_bytes < 999.5 else f"{n_bytes:,.0f} {unit}"
    raise AssertionError


def seconds(time: float) -> str:
    """Format a time: 0.012 s, 42 s, 5 min, 3 h 20 min."""
    if time < 99.5:
        return f"{time:.2g} s"
    minutes = round(time / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60:,} h {minutes % 60} min"
