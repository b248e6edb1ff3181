"""Processes, progress and the folder of results while a command works."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fourport.cli.dry_run import DryRun
from fourport.cli.output import begin, note
from fourport.cli.progress import progress
from fourport.cli.shards import tell_done
from fourport.errors import UserError
from fourport.scenario.memory import gib, memory_here, memory_needed
from fourport.scenario.models.scenario import Scenario
from fourport.store.unfinished import is_idle, is_unfinished, tasks_kept
from fourport.study.parallel import InThisProcess, Progress, Shard, ShardDone
from fourport.study.processes import Processes, workers
from fourport.study.run_tables import digest

if TYPE_CHECKING:
    from fourport.study.cluster import Cluster


class Destination:
    """The folder of results: ``--out``, or results/<scenario>/<what>-<time>-<hash>.

    Parameters
    ----------
    text, marks
        Everything that determines the results, of which the hash is.
    """

    def __init__(self, out: Path | None, scenario: str, text: str, what: str, *marks: object) -> None:
        self.out, self.scenario, self.text, self.what, self.marks = out, scenario, text, what, marks

    def __call__(self) -> Path:
        """Return ``--out``, a folder in which the same was begun, or a new one.

        Of folders of one second each gets its name, which ends with -2, -3, ...

        Raises
        ------
        UserError
            If the folder cannot be made.
        """
        folder = self.out or self._begun() or self._made()
        begin(folder)
        if is_unfinished(folder):
            note(f"{folder}{os.sep}: {tasks_kept(folder)} tasks are finished already")
        return folder

    @property
    def _mark(self) -> str:
        return digest(self.text, *self.marks)

    def _begun(self) -> Path | None:
        """Return the first folder in which the same was begun, and no command is at work."""
        names = "-".join(filter(None, (self.what, "*", self._mark)))
        found = sorted((Path("results") / self.scenario).glob(f"{names}*"))
        return next((path for path in found if is_unfinished(path) and is_idle(path)), None)

    def _made(self) -> Path:
        name = "-".join(filter(None, (self.what, f"{now():%Y%m%dT%H%M%SZ}", self._mark)))
        folder = first = Path("results") / self.scenario / name
        number = 1
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            while True:
                try:
                    folder.mkdir()  # test and make in one step, so that no other run takes the name
                except FileExistsError:
                    number += 1
                    folder = first.with_name(f"{first.name}-{number}")
                else:
                    return folder
        except OSError as error:
            what = f"cannot be written: {error.strerror or error}"
            raise UserError(f"{folder}: {what}; allowed: --out with a folder elsewhere") from error


def now() -> datetime:
    """Return the current time, UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Where:
    """Where tasks are run: on processes of this machine or on a cluster, all of them or a share.

    Attributes
    ----------
    jobs
        Processes; None for one per processor.
    cluster
        Address of a Dask scheduler; None for this machine.
    dry_run
        What replaces the study by a trial, if it is only to be costed.
    """

    jobs: int | None
    out: Path | None = None
    cluster: str | None = None
    shard: Shard | None = None
    dry_run: DryRun | None = None

    @classmethod
    def of(
        cls,
        jobs: int | None = None,
        out: Path | None = None,
        cluster: str | None = None,
        shard: Shard | None = None,
        *,
        dry_run: bool = False,
    ) -> Where:
        """Return where tasks are run as the options say.

        Raises
        ------
        UserError
            If a share has no folder: shares of one command would take each other for it.
        """
        if shard is not None and out is None and not dry_run:
            raise UserError("--shard: needs a folder of its own; allowed: together with --out FOLDER")
        return cls(jobs, out, cluster, shard, DryRun() if dry_run else None)

    def refuse_stored(self) -> None:
        """Refuse what asks for machines to simulate on, where a run is stored.

        Raises
        ------
        UserError
            If there is such an option.
        """
        asked = {"--shard": self.shard, "--cluster": self.cluster, "--dry-run": self.dry_run}
        given = [name for name, value in asked.items() if value is not None]
        wrong = [f"{name}: a stored run is not simulated; allowed: without" for name in given]
        if wrong:
            raise UserError(*wrong)

    @contextmanager
    def executor(self, tasks: int, scenarios: Collection[Scenario]) -> Iterator[Executor | None]:
        """Open an executor; if tasks are shared out, or only tried, the command ends when that is done.

        Parameters
        ----------
        tasks, scenarios
            As in :func:`processes`.
        """
        if self.dry_run is not None:
            yield self.dry_run.trial
            self.dry_run.tell(self.processes(tasks, scenarios), scenarios, self.shard)
            click.get_current_context().exit()
        with self._machines(tasks, scenarios) as found:
            if self.shard is None:
                yield found
                return
            sharing = found or InThisProcess()
            sharing.shard = self.shard
            try:
                yield sharing
            except ShardDone as done:
                ctx = click.get_current_context()
                tell_done(done, ctx)
                ctx.exit()

    def _machines(
        self, tasks: int, scenarios: Collection[Scenario]
    ) -> AbstractContextManager[Cluster | Processes | None]:
        if self.cluster is not None:
            from fourport.study.cluster import Cluster

            return Cluster(self.cluster)
        return workers(self.processes(tasks, scenarios))

    def processes(self, tasks: int, scenarios: Collection[Scenario]) -> int:
        """Return how many processes run so many tasks: those of the cluster, or as :func:`processes`."""
        if self.cluster is None:
            return processes(self.jobs, self.share(tasks), scenarios)
        from fourport.study.cluster import Cluster

        with Cluster(self.cluster) as cluster:
            return cluster.threads

    def tried(self, replications: int) -> int:
        """Return how many of so many replications are simulated: all, or those of a trial."""
        return replications if self.dry_run is None else self.dry_run.tried(replications)

    def folder(self, scenario: str, text: str, what: str, *marks: object) -> Callable[[], Path]:
        """Return what names the folder of results, with the parameters of :class:`Destination`."""
        if self.dry_run is not None:
            return self.dry_run.folder
        return Destination(self.out, scenario, text, what, *marks)

    def share(self, tasks: int) -> int:
        """Return how many of so many tasks are run."""
        return tasks if self.shard is None else len(range(tasks)[self.shard.number - 1 :: self.shard.of])


@contextmanager
def working(
    executor: AbstractContextManager[Executor | None], what: str, total: int | None = None, *, quiet: bool
) -> Iterator[tuple[Executor | None, Progress | None]]:
    """Open an executor and show progress; parameters as in :func:`~fourport.cli.progress.progress`."""
    with progress(what, total, quiet=quiet) as advance, executor as opened:
        yield opened, advance


def simulating(
    where: Where, scenarios: Collection[Scenario], replications: int, *, quiet: bool
) -> AbstractContextManager[tuple[Executor | None, Progress | None]]:
    """Open an executor and show progress for the replications of scenarios."""
    total = len(scenarios) * replications
    shown = where.share(len(scenarios) * where.tried(replications))
    return working(where.executor(total, scenarios), "replications", shown, quiet=quiet)


def processes(jobs: int | None, tasks: int, scenarios: Collection[Scenario]) -> int:
    """Return the number of processes: as many as asked for, limited by tasks and memory.

    A limit by memory is reported on stderr.

    Parameters
    ----------
    jobs
        Number asked for; None for one per processor.
    tasks
        Number of replications to run.
    scenarios
        Scenarios of which a process may have to hold a replication; none if that is not known.
    """
    asked = max(min(jobs or os.cpu_count() or 1, tasks), 1)
    needed, have = max(map(memory_needed, scenarios), default=0.0), memory_here()
    fit = max(min(asked, int(have // max(needed, 1.0))), 1)
    if fit < asked:
        note(
            f"{fit} process{'es' * (fit > 1)} in place of {asked}: a replication takes about {gib(needed)}"
            f" of memory, this machine has {gib(have)}"
        )
    return fit
