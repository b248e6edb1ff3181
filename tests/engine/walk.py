"""Work out from the milestones which steps each token came to in a run, and which it passed over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fourport.engine.milestones import Milestones
from fourport.engine.reference.conditions import holds
from fourport.plan.tables import NEVER, Plan
from fourport.world.tables import World

LAST = int(np.iinfo(np.int64).max)


@dataclass(frozen=True)
class Visit:
    """A step that a consignment's token has come to and does."""

    i: int
    step: int
    kind: int
    provider: int
    priority: int
    goods: bool
    arrival: int
    begin: int
    end: int
    departure_index: int
    duration: int

    @property
    def left_queue(self) -> int:
        """Begin of the step; the latest possible time if it never began."""
        return LAST if self.begin == NEVER else self.begin


@dataclass(frozen=True)
class Passed:
    """A step that a token came to and passed over, with all reasons."""

    i: int
    step: int
    kind: int
    goods: bool
    arrival: int
    condition: bool
    done: bool
    not_after: bool
    by_another: bool = False
    """Whether the goods go by another service of the choice."""


def walk(plan: Plan, world: World, run: Milestones) -> tuple[list[Visit], list[Passed]]:
    """Follow every token as far as it came; of a choice, to the step that is done, or the first of them."""
    visits: list[Visit] = []
    passed: list[Passed] = []
    tracks = [plan.track_steps(t) for t in range(len(plan.track_first_step))]
    parted = set(run.parts.row.tolist())
    for i in range(world.n):
        route = int(world.route[i])
        first = int(plan.route_first_step[route])
        base = int(world.first_event_row[i]) - first
        filings = [
            t for t in tracks if t[0] in plan.route_steps(route) and run.begin_us[base + t[0]] != NEVER
        ]
        for steps in (plan.main_steps(route), *filings):
            goods = steps[0] == first
            at = int(world.entry_us[i] if goods else run.begin_us[base + steps[0]])
            for step in steps:
                if at == NEVER or at >= plan.end_us:
                    break
                passing = _passing(plan, world, run, i=i, step=step, at=at, goods=goods)
                if passing is not None:
                    passed.append(passing)
                    continue
                event_row, choice = base + step, plan.choice(step)
                begun = (one for one in choice if run.begin_us[base + one] != NEVER or base + one in parted)
                if step != next(begun, choice[0]):
                    kind = int(plan.step_kind[step])
                    passed.append(Passed(i, step, kind, goods, at, False, False, False, by_another=True))
                    continue
                visits.append(
                    Visit(
                        i=i,
                        step=step,
                        kind=int(plan.step_kind[step]),
                        provider=int(plan.step_provider[step]),
                        priority=int(plan.priority[step, world.trader_class[i]]),
                        goods=goods,
                        arrival=at,
                        begin=int(run.begin_us[event_row]),
                        end=int(run.end_us[event_row]),
                        departure_index=int(run.departure_index[event_row]),
                        duration=int(world.duration_us[event_row]),
                    )
                )
                at = int(run.end_us[event_row])
    return visits, passed


def _passing(
    plan: Plan, world: World, run: Milestones, *, i: int, step: int, at: int, goods: bool
) -> Passed | None:
    """Return why a token that comes to the step at ``at`` passes it over; None if it does the step."""
    earlier, track = int(plan.step_unless_done[step]), int(plan.step_after_track[step])
    ended = track_end(plan, world, run, i, track) if track >= 0 else NEVER
    reasons = Passed(
        i=i,
        step=step,
        kind=int(plan.step_kind[step]),
        goods=goods,
        arrival=at,
        condition=not holds(plan, world, int(plan.step_condition[step]), i),
        done=earlier >= 0 and bool(run.begin_us[_event_row(plan, world, i, earlier)] != NEVER),
        not_after=track >= 0 and (ended == NEVER or ended >= at),
    )
    return reasons if reasons.condition or reasons.done or reasons.not_after else None


def track_start(plan: Plan, world: World, run: Milestones, i: int, track: int) -> int:
    """Return when the declaration track of a consignment started."""
    return int(run.begin_us[_event_row(plan, world, i, plan.track_steps(track)[0])])


def track_end(plan: Plan, world: World, run: Milestones, i: int, track: int) -> int:
    """Return when the declaration track of a consignment ended."""
    return int(run.end_us[_event_row(plan, world, i, plan.track_steps(track)[-1])])


def _event_row(plan: Plan, world: World, i: int, step: int) -> int:
    return int(world.first_event_row[i] + step - plan.route_first_step[world.route[i]])
