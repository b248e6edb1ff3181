"""Variants of a scenario on the same random numbers: measures of groups of consignments in each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.curves.groups import pairs_of
from fourport.study.documents import Documents, corridor_of, load_documents
from fourport.study.identities import violations
from fourport.study.measures import measures_of
from fourport.study.parallel import in_order
from fourport.study.replication import replicate
from fourport.study.run import BrokenIdentity

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Looked:
    """A measure of the consignments of some lanes and routes; of all where none are named."""

    lanes: tuple[str, ...]
    routes: tuple[str, ...]
    measure: str


@dataclass
class Variants:
    """What is to be run, each variant once, and what came out.

    Attributes
    ----------
    values
        Of each variant, by name.
    looked
        What is measured in each.
    """

    values: dict[str, Values] = field(default_factory=dict)
    looked: dict[str, list[Looked]] = field(default_factory=dict)
    found: dict[tuple[str, Looked], Floats] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def want(self, values: Values, looked: Looked) -> str:
        """Ask for a measure of a variant, and give the variant's name."""
        text = json.dumps(values, default=str, sort_keys=True)
        name = self._names.setdefault(text, f"variant-{len(self._names)}")
        self.values[name] = values
        if looked not in self.looked.setdefault(name, []):
            self.looked[name].append(looked)
        return name

    def run(self, seed: int, replications: int, jobs: int, progress: Callable[[], None]) -> None:
        """Run all of them."""
        tasks = [
            _Task(name, replication, seed, tuple(self.looked[name]))
            for name in self.values
            for replication in range(replications)
        ]
        columns: dict[tuple[str, Looked], list[float]] = {}
        documents: Documents = self.values
        with in_order(_measure, tasks, min(jobs, len(tasks) or 1), load_documents, (documents,)) as results:
            for task, found in zip(tasks, results, strict=True):
                for looked, value in zip(task.looked, found, strict=True):
                    columns.setdefault((task.name, looked), []).append(value)
                progress()
        self.found = {key: np.array(column) for key, column in columns.items()}


def with_value(values: Values, key: str, value: object) -> Values:
    """Give the values of a scenario with one of them replaced, by its key as it is written.

    Raises
    ------
    KeyError
        If there is no such key.
    """
    changed = deepcopy(dict(values))
    table: Any = changed
    *path, last = key.split(".")
    for part in path:
        table = table[part]
    if last not in table:
        raise KeyError(key)
    table[last] = value
    return changed


@dataclass(frozen=True)
class _Task:
    name: str
    replication: int
    seed: int
    looked: tuple[Looked, ...]


def _measure(task: _Task) -> list[float]:
    run = replicate(corridor_of(task.name), task.seed, task.replication)
    broken = violations(run)
    if broken:
        raise BrokenIdentity(f"{task.name}, replication {task.replication}: {'; '.join(broken)}")
    return [_of(run, looked) for looked in task.looked]


def _of(run: Any, looked: Looked) -> float:
    corridor, world = run.corridor, run.world
    mine = np.zeros(world.n, dtype=np.bool_)
    for lane, route in pairs_of(corridor, looked.lanes, looked.routes):
        of_route = world.route == corridor.plan.route_names.index(route)
        mine |= of_route & (world.lane == corridor.lane_names.index(lane))
    ids: Sequence[int] = np.flatnonzero(mine & run.in_window)  # type: ignore[assignment]
    return measures_of(run, np.asarray(ids)).get(looked.measure, np.nan)
