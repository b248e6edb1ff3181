"""Who came to which step, and when they were ready for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from fourport.engine.passing import does
from fourport.plan.tables import NEVER, Ints, Kind
from fourport.study.replication import Replication


@dataclass(frozen=True)
class Visits:
    """The consignments that came to one step of a route and were ready for it.

    Attributes
    ----------
    step
        Step of the plan.
    consignment, event row
        (k,) who, and where their milestones of the step stand.
    ready_us
        (k,) when they were ready, us UTC.
    """

    step: int
    consignment: Ints
    event_row: Ints
    ready_us: Ints


def visits(run: Replication, kinds: tuple[Kind, ...], *, papers: bool = False) -> Iterator[Visits]:
    """Give the visits to each step of some kinds, route by route, those without an end too.

    Parameters
    ----------
    papers
        Give those of the papers on their own ways (filing tracks) too, after the goods'.
    """
    plan, world = run.corridor.plan, run.world
    for route in range(plan.n_routes):
        ids = np.flatnonzero(world.route == route)
        if not len(ids):
            continue
        base = world.first_event_row[ids] - int(plan.route_first_step[route])
        everyone = np.ones(len(ids), dtype=np.bool_)
        goods = _Token(ids, base, world.entry_us[ids].copy(), everyone)
        yield from _walk(run, plan.main_steps(route), goods, kinds)
        for track in range(len(plan.track_first_step)) if papers else ():
            steps = plan.track_steps(track)
            if steps[0] in plan.route_steps(route):
                started = run.milestones.begin_us[base + steps[0]]
                token = _Token(ids, base, started.copy(), started != NEVER)
                yield from _walk(run, steps, token, kinds)


@dataclass
class _Token:
    """Who walks a track: ready since, and still under way."""

    ids: Ints
    base: Ints
    ready: Ints
    here: np.ndarray[tuple[int], np.dtype[np.bool_]]


def _walk(run: Replication, steps: range, token: _Token, kinds: tuple[Kind, ...]) -> Iterator[Visits]:
    plan, ids, base = run.corridor.plan, token.ids, token.base
    for s in steps:
        mine = token.here & does(plan, run.holds, run.milestones, s, base + s, ids, token.ready)
        if plan.step_kind[s] in kinds:
            yield Visits(s, ids[mine], base[mine] + s, token.ready[mine])
        end = run.milestones.end_us[base + s]
        done = mine & (end != NEVER)
        token.ready[done] = end[done]
        token.here &= done | ~mine
