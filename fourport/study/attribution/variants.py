"""Variants of a scenario on the same random numbers: measures of groups of consignments in each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fourport.measures import cleared, measures_of, spread
from fourport.plan.corridor import Corridor
from fourport.plan.excerpt import excerpt
from fourport.plan.tables import Floats, Ints
from fourport.scenario.layers import key_of
from fourport.study.clearance import clearance_hours
from fourport.study.cohort import Cohort
from fourport.study.curves.groups import pairs_of
from fourport.study.documents import Documents, corridor_of, load_documents
from fourport.study.identities import violations, violations_of_movement
from fourport.study.parallel import in_order
from fourport.study.replication import Movement, move, replicate
from fourport.study.run import BrokenIdentity

CLEARANCE = "clearance_time_"
"""What the names of clearance times begin with; the procedure follows."""

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
    found
        (replications,) of each measure, by the name of the variant.
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

    def run(
        self, seed: int, replications: int, jobs: int, progress: Callable[[int], Callable[[], None]]
    ) -> None:
        """Run those that something is asked of that is not yet known.

        Parameters
        ----------
        progress
            Given the number of runs, gives what is called after each.
        """
        new = {
            name: tuple(one for one in looked if (name, one) not in self.found)
            for name, looked in self.looked.items()
        }
        tasks = [
            _Task(name, replication, seed, looked)
            for name, looked in new.items()
            for replication in range(replications)
            if looked
        ]
        if not tasks:
            return
        advance = progress(len(tasks))
        columns: dict[tuple[str, Looked], list[float]] = {}
        documents: Documents = {task.name: self.values[task.name] for task in tasks}
        with in_order(_measure, tasks, min(jobs, len(tasks)), load_documents, (documents,)) as results:
            for task, found in zip(tasks, results, strict=True):
                for looked, value in zip(task.looked, found, strict=True):
                    columns.setdefault((task.name, looked), []).append(value)
                advance()
        self.found |= {key: np.array(column) for key, column in columns.items()}


def with_value(values: Values, key: str, value: object) -> Values:
    """Give the values of a scenario with one of them replaced, by its key as it is written.

    Raises
    ------
    KeyError
        If there is no such key.
    """
    changed = deepcopy(dict(values))
    table: Any = changed
    *path, last = key_of(key)
    try:
        for part in path:
            table = table[part]
        table[last]
    except (IndexError, TypeError):
        raise KeyError(key) from None
    table[last] = value
    return changed


@dataclass(frozen=True)
class _Task:
    name: str
    replication: int
    seed: int
    looked: tuple[Looked, ...]


def _measure(task: _Task) -> list[float]:
    corridor = corridor_of(task.name)
    run: Movement
    if all(looked.measure.startswith(CLEARANCE) for looked in task.looked):
        # Clearance is over long before the journey is, and costs no money: most of a run can be left out.
        run = move(excerpt(corridor, _releases(corridor, task.looked)), task.seed, task.replication)
        broken = violations_of_movement(run)
        hours = clearance_hours(run.corridor, run.trace)
        found = [_clearance_times(hours, _ids(run, one)) for one in task.looked]
    else:
        whole = run = replicate(corridor, task.seed, task.replication)
        broken = violations(whole)
        found = [measures_of(Cohort(whole, _ids(run, one))) for one in task.looked]
    if broken:
        raise BrokenIdentity(f"{task.name}, replication {task.replication}: {'; '.join(broken)}")
    return [measures.get(one.measure, np.nan) for measures, one in zip(found, task.looked, strict=True)]


def _clearance_times(hours: Mapping[str, Floats], ids: Ints) -> dict[str, float]:
    """Give the clearance times of some consignments, from those of all by procedure."""
    found: dict[str, float] = {}
    for procedure, every in hours.items():
        sample = cleared(every[ids])
        if sample is not None:
            found.update(spread(f"{CLEARANCE}{procedure}", sample))
    return found


def _releases(corridor: Corridor, looked: Sequence[Looked]) -> list[int]:
    """Give the steps whose end is a release by an office whose clearance times are looked at."""
    routes = {
        (one.measure, route) for one in looked for _, route in pairs_of(corridor, one.lanes, one.routes)
    }
    names = corridor.plan.route_names
    return [
        office.release
        for office in corridor.offices
        if any(
            measure.startswith(CLEARANCE + office.procedure) and names[office.route] == route
            for measure, route in routes
        )
    ]


def _ids(run: Movement, looked: Looked) -> Ints:
    """Give the consignments of the cohort that are looked at, (k,)."""
    corridor, world = run.corridor, run.world
    mine = np.zeros(world.n, dtype=np.bool_)
    for lane, route in pairs_of(corridor, looked.lanes, looked.routes):
        of_route = world.route == corridor.plan.route_names.index(route)
        mine |= of_route & (world.lane == corridor.lane_names.index(lane))
    return np.flatnonzero(mine & run.in_window)
