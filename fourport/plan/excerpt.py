"""Shorten a corridor to the steps that decide some milestones.

The time of a step depends on the steps before it on its route, on all consignments that use the same
resource, service or fleet, and on the steps before these. Everything else can be left out: the milestones
of the remaining steps are the same to the microsecond.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import numpy as np

from fourport.plan.corridor import Corridor, Office
from fourport.plan.layout import NUMBERED
from fourport.plan.tables import Ints, Plan


def excerpt(corridor: Corridor, steps: Iterable[int]) -> Corridor:
    """Return the corridor with each route cut off where no later step affects the given steps.

    Steps, declaration tracks and offices that are left out are not in its tables, and the others are numbered
    anew. Nothing is drawn, moved or checked for what is left out, so that a world of one corridor does not
    fit the other.

    Parameters
    ----------
    steps
        Steps of the plan.
    """
    plan = corridor.plan
    n_main, kept = _kept(plan, steps)
    tracks = np.flatnonzero(np.isin(plan.track_first_step, kept))
    number = _numbers(len(plan.step_kind), kept)
    short = replace(
        plan,
        route_first_step=np.searchsorted(kept, plan.route_first_step),
        route_n_main=n_main,
        track_first_step=number[plan.track_first_step[tracks]],
        track_n_steps=plan.track_n_steps[tracks],
        **_columns(plan, kept, {"steps": number, "tracks": _numbers(len(plan.track_n_steps), tracks)}),
    )
    infos = tuple(corridor.steps[s] for s in kept.tolist())
    offices = tuple(_offices(corridor.offices, number.tolist()))
    return replace(corridor, plan=short, steps=infos, offices=offices)


def kept_steps(plan: Plan, steps: Iterable[int]) -> Ints:
    """Return the steps of a plan that are in its excerpt for some steps, in order."""
    return _kept(plan, steps)[1]


def _kept(plan: Plan, steps: Iterable[int]) -> tuple[Ints, Ints]:
    """Return how many main steps of each route are kept, (R,), and all steps that are, in order."""
    wanted = _deciding(plan, steps)
    n_main = np.array([_length(plan, route, wanted) for route in range(plan.n_routes)], dtype=np.int64)
    return n_main, np.array(sorted(_done(replace(plan, route_n_main=n_main))), dtype=np.int64)


def _numbers(n: int, kept: Ints) -> Ints:
    """Return the new number of each of n; -1 for those that are left out, and at the end for none."""
    found = np.full(n + 1, -1, dtype=np.int64)
    found[kept] = np.arange(len(kept))
    return found


def _columns(plan: Plan, kept: Ints, number: Mapping[str, Ints]) -> dict[str, Any]:
    """Return the columns of the kept steps, with new numbers where they number steps or tracks."""
    found: dict[str, Any] = {"priority": plan.priority[kept]}
    for name in (one.name for one in fields(plan) if one.name.startswith("step_")):
        column, of = getattr(plan, name)[kept], NUMBERED.get(name.removeprefix("step_"), "")
        found[name] = number[of][column] if of in number else column
    return found


def _offices(offices: Iterable[Office], number: Sequence[int]) -> Iterator[Office]:
    """Yield the offices whose release is kept, with the new numbers of their steps."""
    for one in offices:
        if number[one.release] >= 0:
            entry = None if one.entry is None else number[one.entry]
            yield replace(one, entry=entry, release=number[one.release])


def _deciding(plan: Plan, steps: Iterable[int]) -> set[int]:
    """Return the steps that affect the times of the given steps, including these steps themselves."""
    users: dict[tuple[int, int], list[int]] = {}
    for s, provider in enumerate(plan.step_provider.tolist()):
        if provider >= 0:
            users.setdefault((int(plan.step_kind[s]), provider), []).append(s)
    before = _before(plan)
    found: set[int] = set()
    pending = list(steps)
    while pending:
        s = pending.pop()
        if s not in found:
            found.add(s)
            pending += before[s]
            pending += plan.choice(s)  # Which of them is done depends on the departures of all.
            pending += users.get((int(plan.step_kind[s]), int(plan.step_provider[s])), ())
    return found


def _before(plan: Plan) -> Mapping[int, list[int]]:
    """Return the direct predecessors of each step.

    They are the step before it, the last step of a declaration track that it depends on, and the steps that
    may start its track.
    """
    before: dict[int, list[int]] = {s: [] for s in range(len(plan.step_kind))}
    tracks = [list(plan.track_steps(track)) for track in range(len(plan.track_first_step))]
    for line in (*(list(plan.main_steps(route)) for route in range(plan.n_routes)), *tracks):
        for earlier, later in pairwise(line):
            before[later].append(earlier)
    for s, earlier_ones in before.items():
        for looks_at in (int(plan.step_track[s]), int(plan.step_after_track[s])):
            if looks_at >= 0:
                earlier_ones.append(tracks[looks_at][-1])
        for begun in _begun(plan, s):
            before[tracks[begun][0]].append(s)
    return before


def _begun(plan: Plan, s: int) -> Iterator[int]:
    """Yield the declaration tracks that a step may start: early, or as the JOIN that waits for the track."""
    yield from (int(t) for t in (plan.step_early_track[s], plan.step_track[s]) if t >= 0)


def _length(plan: Plan, route: int, wanted: set[int]) -> int:
    """Return the number of main steps to keep.

    A route is kept up to the last wanted step, and from there to the next step that nobody passes over.
    """
    steps = list(plan.main_steps(route))
    length = max((k + 1 for k, s in enumerate(steps) if s in wanted), default=1)
    rules = (plan.step_condition, plan.step_unless_done, plan.step_after_track, plan.step_choice)
    while length < len(steps) and any(rule[steps[length - 1]] >= 0 for rule in rules):
        length += 1
    return length


def _done(plan: Plan) -> set[int]:
    """Return all steps that some consignment may do: main steps, and steps of the tracks that they start."""
    found: set[int] = set()
    pending = [s for route in range(plan.n_routes) for s in plan.main_steps(route)]
    while pending:
        s = pending.pop()
        if s not in found:
            found.add(s)
            pending += [t for track in _begun(plan, s) for t in plan.track_steps(track)]
    return found
