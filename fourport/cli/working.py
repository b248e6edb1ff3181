"""Processes, a progress bar and interrupts while a command works."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager

import click

from fourport.api.study import Study
from fourport.cli.folder import Destination
from fourport.scenario.load import Loaded
from fourport.scenario.memory import gib, memory_here, memory_needed
from fourport.study.parallel import Progress, workers


@contextmanager
def working(
    folder: Destination, jobs: int, what: str, *, quiet: bool
) -> Iterator[tuple[Executor | None, Progress | None]]:
    """Open an executor and a progress bar; on an interrupt, name the unfinished folder, if it is begun.

    Parameters
    ----------
    what
        What the bar counts.
    """
    with progress(what, quiet=quiet) as advance, workers(jobs) as executor:
        try:
            yield executor, advance
        except KeyboardInterrupt:
            raise KeyboardInterrupt(*([] if folder.begun is None else [folder.begun])) from None


def studying(
    study: Study, folder: Destination, jobs: int | None, *, quiet: bool
) -> AbstractContextManager[tuple[Executor | None, Progress | None]]:
    """Open an executor and a progress bar for the replications of a study."""
    workers = processes(jobs, len(study.loaded) * study.replications, study.loaded.values())
    return working(folder, workers, "replications", quiet=quiet)


@contextmanager
def progress(what: str, *, quiet: bool = False) -> Iterator[Progress | None]:
    """Show a progress bar if stderr is a terminal; yield a function that sets it to ``done`` of ``total``."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def processes(jobs: int | None, tasks: int, loaded: Iterable[Loaded]) -> int:
    """Return the number of processes: as many as asked for, limited by tasks and memory.

    A limit by memory is reported on stderr.

    Parameters
    ----------
    jobs
        Number asked for; None for one per processor.
    tasks
        Number of replications to run.
    loaded
        Scenarios of which a process may have to hold a replication.
    """
    asked = max(min(jobs or os.cpu_count() or 1, tasks), 1)
    needed, have = max(memory_needed(one.scenario) for one in loaded), memory_here()
    fit = max(min(asked, int(have // max(needed, 1.0))), 1)
    if fit < asked:
        click.echo(
            f"{fit} process{'es' * (fit > 1)} in place of {asked}: a replication takes about {gib(needed)}"
            f" of memory, this machine has {gib(have)}",
            err=True,
        )
    return fit
