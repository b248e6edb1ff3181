"""Run a study of fixed size: all replications of all policies, in parallel, and store the results."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from fourport.arguments import GROUPED_BY
from fourport.store import InMemory, Run
from fourport.store.reading import sha256_of_file
from fourport.study.averages import Averages, Averaging
from fourport.study.checks.identities import violations
from fourport.study.consignment_rows import consignments_of, join_parts, milestones_of
from fourport.study.curves.journeys import file_of, journeys_of, write_journeys
from fourport.study.keyed import keys_of
from fourport.study.packed import Packed
from fourport.study.parallel import Progress, in_order
from fourport.study.planning import SHEETS
from fourport.study.prepare import prepare
from fourport.study.replication import replicate
from fourport.study.replication_measures import write_replications
from fourport.study.tabulate import tabulate
from fourport.study.variant import Variant

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = {"consignments": consignments_of, "milestones": milestones_of}
"""Tables with rows of single consignments, which may be large, and the function that makes each."""


class BrokenIdentity(RuntimeError):
    """Results that violate an identity: a defect of the program, never of the scenario."""


@dataclass(frozen=True)
class Task:
    """One replication of one policy; small, so that it can be sent to another process.

    Attributes
    ----------
    folder
        Folder of the run; None for a run in memory.
    """

    policy: str
    variant: Variant
    replication: int
    seed: int
    folder: Path | None
    also: tuple[str, ...]


@dataclass(frozen=True)
class Done:
    """What is left of a task that was done.

    Attributes
    ----------
    files
        SHA-256 of each file that was written, by its path.
    rows, journeys
        Rows of consignments by table, and journeys, of a run in memory.
    """

    tables: Packed
    files: dict[Path, str]
    rows: dict[str, pa.Table]
    journeys: bytes | None

    def is_whole(self) -> bool:
        """Return whether all files are there, as they were written."""
        return all(path.is_file() and sha256_of_file(path) == its for path, its in self.files.items())


def run_study(
    run: Run,
    variants: Mapping[str, Variant],
    seed: int,
    replications: int,
    *,
    executor: Executor | None = None,
    also: Collection[str] = (),
    progress: Progress | None = None,
) -> dict[str, Averages]:
    """Run and store all replications.

    Parameters
    ----------
    variants
        The scenario under each policy, by name.
    progress
        Called after each replication.
    also
        Additional tables to store: ``milestones``; ``journeys``, from which curves are priced; for a run in
        memory also ``consignments``, which a folder always has. The rows of a replication are written before
        the next replication begins, so a run in a folder never holds all rows in memory. Also what
        consignments are grouped by (``GROUPED_BY``) where ``groups`` is to have all measures.

    Raises
    ------
    BrokenIdentity
        If a replication violates an identity; nothing of that replication is written.
    """
    memory = run if isinstance(run, InMemory) else None
    kinds = tuple(sorted({*also} if memory else {"consignments", *also}))
    tasks = [
        Task(policy, variant, replication, seed, None if memory else run.folder, kinds)
        for replication in range(replications)  # a process draws once what policies of one have in common
        for policy, variant in variants.items()
    ]
    prepare(progress)
    _warm_up(variants.values())
    # Policies have nearly all keys in common. Many replications bring hardly more parts than the first, since
    # a route or group seldom has other keys than there.
    read = cache(keys_of)
    averaging = {policy: Averaging(read) for policy in variants}
    found: dict[str, Averages] = {}
    kept: dict[tuple[str, int], tuple[dict[str, pa.Table], bytes | None]] = {}
    for task, result in zip(tasks, in_order(_work, tasks, executor, progress), strict=True):
        averaging[task.policy].add(result.tables)
        if task.replication == replications - 1:  # Processes still run those of other policies.
            found[task.policy] = averaging[task.policy].averages()
        run.note_files(result.files)
        if memory is not None:
            kept[task.policy, task.replication] = result.rows, result.journeys
    every = [(policy, replication) for policy in variants for replication in range(replications)]
    if memory is not None:
        for which in every:
            rows, journeys = kept[which]
            for name, table in rows.items():
                memory.keep_rows(name, *which, table)
            if journeys is not None:
                memory.keep_journeys(*which, journeys)
    write_replications(run, averaging)
    if "milestones" in also and memory is None:
        parts = [run.milestones_part(*which) for which in every]
        join_parts(parts, run.folder / "milestones.parquet")
    return found


_LAZY = (
    *("numpy.ma", "numpy.random", "pyarrow.compute", "pyarrow.parquet", "fourport.special"),
    *(kind.module for kind in SHEETS.values()),
)
"""Modules that are first imported by a task."""


def _warm_up(variants: Iterable[Variant]) -> None:
    """Do here what every worker process would do first; forked ones inherit it."""
    for module in _LAZY:
        import_module(module)
    for variant in variants:
        _ = variant.corridor


def _work(task: Task) -> Done:
    """Run a task: simulate, check, write the rows."""
    replication = replicate(task.variant.corridor, task.seed, task.replication)
    broken = violations(replication)
    if broken:
        raise BrokenIdentity(f"policy {task.policy}, replication {task.replication}: {'; '.join(broken)}")
    which = task.policy, task.replication
    kept = {name: rows_of(*which, replication) for name, rows_of in ROWS.items() if name in task.also}
    journeys = file_of(journeys_of(replication)) if "journeys" in task.also else None
    by = {*task.also}.intersection(GROUPED_BY)
    if task.folder is None:
        return Done(Packed.of(tabulate(replication, by)), {}, kept, journeys)
    run = Run(task.folder)
    written = [run.keep_rows(name, *which, table) for name, table in kept.items()]
    if journeys is not None:
        written.append(run.journeys_file(*which))
        write_journeys(written[-1], journeys)
    files = {path: sha256_of_file(path) for path in written}
    return Done(Packed.of(tabulate(replication, by)), files, {}, None)
