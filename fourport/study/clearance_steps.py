"""Stages of the WCO Time Release Study: which steps of a plan belong to them, and the keys of their times."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import takewhile
from typing import NamedTuple

import numpy as np

from fourport.plan.corridor import STAGE_OF, Corridor, Office, Part
from fourport.plan.once import once
from fourport.plan.tables import Ints, Kind, firsts, ints
from fourport.store.tables import OFFICE_SEPARATOR, TOGETHER
from fourport.study.clearance import PROCEDURES
from fourport.study.compiled.stage_tables import Offices, Stages
from fourport.study.keyed import Keys

STAGES = (
    "handling",
    "preparation",
    "document-control",
    "payment",
    "amendment",
    "scan",
    "appointment",
    "inspection",
    "laboratory",
    "removal",
)
"""Stages in order.

Handling, such as unloading, takes place between arrival and customs. Removal lasts from the release until the
goods leave the facility, and is not part of the clearance time.
"""

REMOVAL = STAGES.index("removal")

NUMBER: Mapping[Part, int] = {part: STAGES.index(stage) for part, stage in STAGE_OF.items()}
"""Index of the stage of each part of an office or other activity; instants belong to no stage."""

BETWEEN = ("handling", "stay", "direct", "information", "manifest")
"""Parts between two offices, or between an office and a transport, of a facility."""

StageKey = tuple[str, str, str, str, int, str, str, str]
"""Lane, route, procedure, office, order, stage, measure, unit."""


@once
def columns_of(
    corridor: Corridor, procedure: str, lane: str, on: str, office: str, gone_through: bytes
) -> tuple[Ints, Keys]:
    """Return the times of a procedure on a lane and route, at an office or at all of them together.

    Parameters
    ----------
    gone_through
        Whether anybody went through each stage; otherwise it has no times, but a share.

    Returns
    -------
    Which of these numbers it has, and their keys: of the whole, and then of each stage its waiting, its work
    and the share that passes it.
    """
    routes = None if lane == TOGETHER else tuple(corridor.scenario.lanes[lane].routes)
    there = _there(corridor, procedure, office, routes if on == TOGETHER else (on,))
    place, through = (lane, on, procedure, office), np.frombuffer(gone_through, dtype=np.bool_)
    found = {0: (*place, 0, TOGETHER, "time", "h")}
    for stage in there:
        of_stage = *place, stage + 1, STAGES[stage]
        if through[stage]:
            found |= {1 + 3 * stage: (*of_stage, "waiting", "h"), 2 + 3 * stage: (*of_stage, "work", "h")}
        found[3 + 3 * stage] = *of_stage, "passed", "%"
    return np.array([*found]), Keys(found.values())


def _there(
    corridor: Corridor, procedure: str, office: str, routes: tuple[str, ...] | None
) -> Collection[int]:
    """Return the stages that an office, or a whole procedure, has on the given routes (None: all)."""
    plan, found = corridor.plan, set[int]()
    for one in corridor.offices:
        if one.procedure != procedure or not (
            office == TOGETHER or one.name in office.split(OFFICE_SEPARATOR)
        ):
            continue
        if routes is not None and plan.names.routes[one.route] not in routes:
            continue
        found |= {stage for stage, *_ in stage_steps(corridor, one)}
        if office == one.name:
            found.add(REMOVAL)
    return sorted(found)


StageSteps = tuple[tuple[int, int, int | None], ...]
"""Stage, step of the plan, and of a step on the declaration track the join at which the goods wait for it."""


def stage_steps(corridor: Corridor, office: Office) -> StageSteps:
    """Return the steps of an office that belong to a stage, from its entry to its release."""
    plan, found = corridor.plan, []
    before = plan.main_steps(office.route).start - 1 if office.entry is None else office.entry
    for s in range(before + 1, office.release + 1):
        join = s if int(plan.step_kind[s]) == Kind.JOIN else None
        for t in (s,) if join is None else plan.track_steps(int(plan.step_track[s])):
            stage = NUMBER.get(corridor.steps[t].part)
            if stage is not None:
                found.append((stage, t, join))
    return tuple(found)


class Measured(NamedTuple):
    """One office on a route, or all of a procedure there together.

    Attributes
    ----------
    offices
        The one, or the several in order.
    names
        What they are called in the table: by name, and together if they are all of the procedure.
    """

    offices: tuple[Office, ...]
    names: tuple[str, ...]


@once
def measured_offices(corridor: Corridor) -> list[Measured]:
    """Return whose sums are measured, by procedure and route."""
    found = []
    for procedure in PROCEDURES:
        for route in range(corridor.plan.n_routes):
            there = [one for one in corridor.offices if (one.route, one.procedure) == (route, procedure)]
            if len(there) == 1:
                found.append(Measured((there[0],), (there[0].name, TOGETHER)))
            elif there:
                found += [Measured((one,), (one.name,)) for one in there]
                joined = OFFICE_SEPARATOR.join(one.name for one in there)
                found.append(Measured((*there,), (TOGETHER, joined)))
    return found


_Stage = tuple[int, list[StageSteps], range, int]
"""Index, and its steps at each office that has any; of a removal the steps by which goods leave, and the last
of the route."""


@once
def stages_of_offices(corridor: Corridor) -> tuple[Offices, Stages]:
    """Return the measured offices with all their stages."""
    measured = [offices for offices, _ in measured_offices(corridor)]
    stages = [[*_stages_of(corridor, offices)] for offices in measured]
    every = [stage for there in stages for stage in there]
    by_office = [steps for _, each, *_ in every for steps in each]
    steps = [one for of_office in by_office for one in of_office]
    return Offices(
        release_first=firsts(measured),
        release=ints(one.release for offices in measured for one in offices),
        stage_first=firsts(stages),
        part=ints(part for part, _ in places_of(corridor)[1]),
        whole=ints(whole for _, whole in places_of(corridor)[1]),
    ), Stages(
        stage=ints(stage for stage, *_ in every),
        office_first=firsts(each for _, each, *_ in every),
        step_first=firsts(by_office),
        step=ints(t for _, t, _ in steps),
        join=ints(-1 if join is None else join for *_, join in steps),
        leaves=ints(leaves.start for *_, leaves, _ in every),
        leaves_end=ints(leaves.stop for *_, leaves, _ in every),
        last=ints(last for *_, last in every),
    )


def _stages_of(corridor: Corridor, offices: tuple[Office, ...]) -> Iterator[_Stage]:
    """Yield the stages of offices on a route; the removal of one alone, since each has its own."""
    plan, each = corridor.plan, [stage_steps(corridor, office) for office in offices]
    for stage in range(REMOVAL):
        there = [tuple(one for one in steps if one[0] == stage) for steps in each]
        if any(there):
            yield stage, [steps for steps in there if steps], range(0), -1
    if len(offices) == 1:
        main = plan.main_steps(offices[0].route)
        after = range(offices[0].release + 1, main.stop)
        between = [*takewhile(lambda s: corridor.steps[s].part in BETWEEN, after)]
        # Behind them comes a transport, or the next office.
        leaves = plan.choice(after[len(between)]) if len(between) < len(after) else range(0)
        yield REMOVAL, [tuple((REMOVAL, s, None) for s in between)], leaves, main[-1]


Place = tuple[str, str, str, str]
"""Procedure, lane, route and office: of which there are sums."""


@once
def places_of(corridor: Corridor) -> tuple[dict[Place, int], list[tuple[int, int]]]:
    """Return the number of all sums, and of which parts they are made, in the order of the routes.

    There are parts for each of the measured offices: the sums of all lanes, and then those of each lane.
    """
    number, parts, lanes = dict[Place, int](), list[tuple[int, int]](), corridor.lane_names
    for k, (offices, names) in enumerate(measured_offices(corridor)):
        procedure, route = offices[0].procedure, corridor.plan.names.routes[offices[0].route]
        for slot, lane in enumerate((TOGETHER, *lanes)):
            if lane != TOGETHER and route not in corridor.scenario.lanes[lane].routes:
                continue
            for on in (TOGETHER,) if lane == TOGETHER else (TOGETHER, route):
                for name in names:
                    whole = number.setdefault((procedure, lane, on, name), len(number))
                    parts.append((k * (1 + len(lanes)) + slot, whole))
    return number, parts


@once
def in_order(corridor: Corridor, procedure: str, offices: tuple[str, ...]) -> list[tuple[Place, int]]:
    """Return the places of a procedure with their numbers, in the order of the table and then of offices."""
    number, lanes = places_of(corridor)[0], corridor.scenario.lanes.items()
    places = [(TOGETHER, TOGETHER), *((name, on) for name, lane in lanes for on in (TOGETHER, *lane.routes))]
    found = ((procedure, *place, office) for place in places for office in offices)
    return [(place, number[place]) for place in found if place in number]
