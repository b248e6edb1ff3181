"""A study of fixed size: all replications of all policies, run in parallel, stored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fourport.measures import absent
from fourport.store import Run
from fourport.study.curves.journeys import journeys_of, write_journeys
from fourport.study.documents import corridor_of, load_documents
from fourport.study.identities import violations
from fourport.study.parallel import in_order
from fourport.study.planning import Sheet, mean_of
from fourport.study.replication import replicate
from fourport.study.replications import write_replications
from fourport.study.rows import join_parts, write_consignments, write_milestones
from fourport.study.statistics import Estimate, estimate
from fourport.study.tabulate import Tables, tabulate

EXTRAS = ("milestones", "journeys")
"""What a run stores on request."""


class BrokenIdentity(RuntimeError):
    """A run whose results contradict themselves: a defect of the program, never of the scenario."""


@dataclass(frozen=True)
class Task:
    """One replication of one policy; small, so that it travels to another process."""

    policy: str
    replication: int
    seed: int
    folder: Path
    also: frozenset[str]


@dataclass(frozen=True)
class Averages:
    """Estimates by key, over replications, and the means of planning tables."""

    summary: dict[tuple[Any, ...], Estimate]
    costs: dict[tuple[Any, ...], Estimate]
    stops: dict[tuple[Any, ...], Estimate]
    lead_times: dict[tuple[Any, ...], Estimate]
    legs: dict[tuple[Any, ...], Estimate]
    emissions: dict[tuple[Any, ...], Estimate]
    clearance_stages: dict[tuple[Any, ...], Estimate]
    sheets: dict[str, Sheet]


def run_study(
    run: Run,
    documents: Mapping[str, Mapping[str, Any]],
    seed: int,
    replications: int,
    *,
    jobs: int = 1,
    also: Collection[str] = (),
    progress: Callable[[], None] = lambda: None,
) -> dict[str, Averages]:
    """Run and store all replications.

    Parameters
    ----------
    documents
        The validated values of the scenario under each policy, by name.
    progress
        Called after each replication.
    also
        What to store besides, of :data:`EXTRAS`: every milestone as a row, the journeys that curves
        are priced from.

    Raises
    ------
    BrokenIdentity
        If a replication breaks an identity; nothing of it is written.
    """
    tasks = [
        Task(policy, replication, seed, run.folder, frozenset(also))
        for policy in documents
        for replication in range(replications)
    ]
    found: dict[tuple[str, int], Tables] = {}
    with in_order(_work, tasks, jobs, load_documents, (documents,)) as results:
        for task, tables in zip(tasks, results, strict=True):
            found[task.policy, task.replication] = tables
            progress()
    write_replications(run, found)
    if "milestones" in also:
        parts = [run.milestones_part(task.policy, task.replication) for task in tasks]
        join_parts(parts, run.folder / "milestones.parquet")
    return {
        policy: average([found[policy, replication] for replication in range(replications)])
        for policy in documents
    }


def average(tables: Sequence[Tables]) -> Averages:
    """Average replications, in their order."""
    names = ("summary", "costs", "stops", "lead_times", "legs", "emissions", "clearance_stages")
    estimates = {name: _average([getattr(t, name) for t in tables]) for name in names}
    sheets = {name: mean_of([t.sheets[name] for t in tables]) for name in tables[0].sheets}
    return Averages(**estimates, sheets=sheets)


def _average(columns: Sequence[Mapping[tuple[Any, ...], float]]) -> dict[tuple[Any, ...], Estimate]:
    keys = sorted({key for column in columns for key in column}, key=_first_seen(columns))
    return {key: estimate([column.get(key, absent(key[2])) for column in columns]) for key in keys}


def _first_seen(columns: Sequence[Mapping[tuple[Any, ...], float]]) -> Callable[[tuple[Any, ...]], int]:
    place: dict[tuple[Any, ...], int] = {}
    for column in columns:
        for key in column:
            place.setdefault(key, len(place))
    return place.__getitem__


def _work(task: Task) -> Tables:
    """Do one task: run, check, write the rows, give the numbers."""
    replication = replicate(corridor_of(task.policy), task.seed, task.replication)
    broken = violations(replication)
    if broken:
        raise BrokenIdentity(f"policy {task.policy}, replication {task.replication}: {'; '.join(broken)}")
    run = Run(task.folder)
    write_consignments(
        run.consignments_file(task.policy, task.replication), task.policy, task.replication, replication
    )
    if "milestones" in task.also:
        write_milestones(
            run.milestones_part(task.policy, task.replication), task.policy, task.replication, replication
        )
    if "journeys" in task.also:
        write_journeys(run.journeys_file(task.policy, task.replication), journeys_of(replication))
    return tabulate(replication)
