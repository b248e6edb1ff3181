"""What must hold where legs have several services, or block space is released, checked from the events alone.

An engine decides who is loaded. Here it is not decided again; it is checked that the departures that took
goods could take them, and that room went to those who came first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

import numpy as np

from fourport.plan.once import once
from fourport.plan.tables import NEVER, Ints, Kind, Plan, Space
from fourport.study.replication import Movement
from fourport.world.tables import Flags


@dataclass(frozen=True)
class Tries:
    """The ``k`` departures that whole consignments tried at a leg, each once.

    Attributes
    ----------
    departure
        (k,) number of the departure among those of all services.
    ids, ready_us
        (k,) consignment, and its arrival in the queue, us UTC.
    space
        (k,) space on which it would go: that of its step, but free sale if it was accepted after the release.
    loaded
        (k,) whether the departure took it.
    """

    departure: Ints
    ids: Ints
    ready_us: Ints
    space: Ints
    loaded: Flags


def broken_loading(run: Movement) -> Iterator[str]:
    """Yield what is wrong at services that are one of several for a leg, or that release block space.

    Nothing is checked elsewhere.
    """
    plan, departures = run.corridor.plan, run.world.departures
    releases = np.searchsorted(
        departures.first, np.flatnonzero(departures.released_us != NEVER), side="right"
    )
    services = {*plan.step_provider[plan.step_choice >= 0].tolist(), *(releases - 1).tolist()}
    found: list[Tries] = []
    for steps, of_leg in _legs(plan):
        if not services.isdisjoint(of_leg):
            tries, too_early = _tries(run, steps)
            found.append(tries)
            if too_early:
                key = run.corridor.steps[steps[0]].key
                yield f"{key}: goods went by a departure that they could not take"
    if not found:
        return
    columns = (np.concatenate([getattr(one, name) for one in found]) for name in Tries.__annotations__)
    for departure in sorted(_overtaken(run, Tries(*columns))):
        service = int(np.searchsorted(run.world.departures.first, departure, side="right")) - 1
        name = plan.names.services[service]
        yield f"{name}: a consignment was left behind for one that came later and is no smaller"
        return


@once
def _legs(plan: Plan) -> list[tuple[range, list[int]]]:
    """Return the steps of each leg by services, of which goods do one, and these services."""
    legs = {plan.choice(s) for s in np.flatnonzero(plan.step_kind == Kind.SERVICE).tolist()}
    return [(leg, plan.step_provider[leg].tolist()) for leg in sorted(legs, key=lambda leg: leg[0])]


def _tries(run: Movement, steps: range) -> tuple[Tries, bool]:
    """Return what goods tried at a leg, and whether any took a departure that it could not."""
    plan, trace, offers, at = run.corridor.plan, run.trace, run.trace.offers(steps[0]), run.trace.at(steps[0])
    waits = reduce(np.logical_or, (trace.at(s).visited for s in steps))  # a new array, also of one step
    last = np.full(len(waits), np.searchsorted(offers.cutoff_us, plan.end_us, side="left") - 1)
    taken = np.full(len(waits), -1)
    for s in steps:
        by = trace.at(s)
        if len(trace.parts.row):  # The rest of what went in part is smaller, and not compared.
            waits[by.loads.place[by.loads.thousandths < 1000]] = False
        here = np.flatnonzero(by.departure_index >= 0)
        taken[here] = last[here] = offers.place(s)[by.departure_index[here]]
    mine = np.flatnonzero(waits)
    which, d = offers.tried(at.ready_us[mine], last[mine])
    who = mine[which]
    loaded = d == taken[who]
    could_not = bool(np.count_nonzero(loaded) < np.count_nonzero(taken[mine] >= 0))
    departure = run.world.departures.first[plan.step_provider[offers.step[d]]] + offers.number[d]
    released = run.world.departures.released_us[departure]
    has_block = (released == NEVER) | (run.world.entry_us[at.ids[who]] <= released)
    tries = Tries(
        departure=departure,
        ids=at.ids[who],
        ready_us=at.ready_us[who],
        space=np.where(has_block, plan.step_space[offers.step[d]], Space.FREE),
        loaded=loaded,
    )
    return tries, could_not


def _overtaken(run: Movement, tries: Tries) -> Iterator[int]:
    """Yield the departures that left one behind and then took another that needs no less room.

    Room only shrinks while a departure is loaded, so that what did not fit is no reason to fit later.
    """
    runs = ~run.world.departures.cancelled[tries.departure]
    left_some = np.unique(tries.departure[runs & ~tries.loaded])
    mine = np.flatnonzero(runs & np.isin(tries.departure, left_some))
    order = mine[np.lexsort((tries.ids[mine], tries.ready_us[mine], tries.departure[mine]))]
    departure = tries.departure[order]
    bounds = [0, *(np.flatnonzero(np.diff(departure)) + 1).tolist(), len(order)]
    for begin, end in pairwise(bounds):
        here = order[begin:end]
        loaded = tries.loaded[here]
        left = np.flatnonzero(~loaded)
        size, space = run.world.size[tries.ids[here]], tries.space[here]
        for k in left.tolist():
            later = k + np.flatnonzero(loaded[k:])
            if ((size[later] >= size[k]).all(axis=1) & (space[later] <= space[k])).any():
                yield int(departure[begin])
                break
