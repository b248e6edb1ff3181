"""Stages of the WCO Time Release Study: which steps of a plan belong to them, and the keys of their times."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import takewhile

import numpy as np

from fourport.plan.corridor import STAGE_OF, Corridor, Office, Part
from fourport.plan.once import once
from fourport.plan.tables import Ints, Kind
from fourport.store.tables import OFFICE_SEPARATOR, TOGETHER
from fourport.study.clearance import PROCEDURES
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


@once
def offices_of(corridor: Corridor, procedure: str, route: int) -> tuple[tuple[Office, StageSteps], ...]:
    """Return the offices of a procedure on a route, in order, with their steps."""
    mine = (one for one in corridor.offices if (one.route, one.procedure) == (route, procedure))
    return tuple((one, stage_steps(corridor, one)) for one in mine)


@once
def looked_at(corridor: Corridor, route: int) -> tuple[dict[int, int], list[tuple[int, int]]]:
    """Return the steps of a route that offices are measured by, and the joins of those on tracks.

    Returns
    -------
    The place of each step among them, and pairs of a place and the join at which goods wait for its track.
    """
    main, found = corridor.plan.main_steps(route), dict[int, int | None]()
    for procedure in PROCEDURES:
        for office, steps in offices_of(corridor, procedure, route):
            found |= {t: join for _, t, join in steps}
            after = range(office.release + 1, main.stop)
            removal = takewhile(lambda s: corridor.steps[s].part in BETWEEN, after)
            found |= dict.fromkeys((office.release, *removal, main[-1]))
    place = {s: k for k, s in enumerate(sorted(found))}
    joins = [(place[t], join) for t, join in found.items() if join is not None]
    return place, joins
