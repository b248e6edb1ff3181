"""How many processes a command works with."""

from __future__ import annotations

import os
from collections.abc import Iterable

import click

from fourport.scenario.load import Loaded
from fourport.scenario.memory import gib, memory_here, memory_needed


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
    needed, have = max(memory_needed(one.scenario) for one in loaded), memory_here()
    fit = max(min(asked, int(have // max(needed, 1.0))), 1)
    if fit < asked:
        click.echo(
            f"{fit} process{'es' * (fit > 1)} in place of {asked}: a replication takes about {gib(needed)}"
            f" of memory, this machine has {gib(have)}",
            err=True,
        )
    return fit
