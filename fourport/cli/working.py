"""What a command does while it works: processes, a progress bar, and an end at an interrupt."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

import click

from fourport.scenario.load import Loaded
from fourport.scenario.memory import gib, memory_here, memory_needed
from fourport.store import Run
from fourport.study.parallel import Progress, workers


@contextmanager
def working(
    run: Callable[[], Run | None], jobs: int, what: str, *, quiet: bool
) -> Iterator[tuple[Executor | None, Progress | None]]:
    """Open an executor and a progress bar; an interrupt names the folder that stays unfinished.

    Parameters
    ----------
    run
        Gives the folder, if one is begun.
    what
        What the bar counts.
    """
    with progress(what, quiet=quiet) as advance, workers(jobs) as executor:
        try:
            yield executor, advance
        except KeyboardInterrupt:
            begun = run()
            raise KeyboardInterrupt(*([] if begun is None else [begun.folder])) from None


@contextmanager
def progress(what: str, *, quiet: bool = False) -> Iterator[Progress | None]:
    """Show a bar on stderr, where that is a terminal; the function given sets it to so many of so many."""
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
    """Give the number of processes: those asked for, as far as there are tasks and memory for them.

    What memory does not allow is told on stderr.

    Parameters
    ----------
    jobs
        What was asked for; None is one for each processor.
    loaded
        What each of them may have to hold a replication of.
    """
    asked = max(min(jobs or os.cpu_count() or 1, tasks), 1)
    needed, have = max(memory_needed(one.layer.values) for one in loaded), memory_here()
    fit = max(min(asked, int(have // max(needed, 1.0))), 1)
    if fit < asked:
        click.echo(
            f"{fit} process{'es' * (fit > 1)} in place of {asked}: a replication takes about {gib(needed)}"
            f" of memory, this machine has {gib(have)}",
            err=True,
        )
    return fit
