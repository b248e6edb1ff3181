"""What is counted of goods at services, for departures and arrivals."""

from __future__ import annotations

from typing import Any

import numpy as np

from fourport.machine import readable, run
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import Kind, firsts, ints
from fourport.study.compiled.service_tables import SERVICES, Calls, Served
from fourport.study.planning.local_time import turns_of
from fourport.trace import Trace
from fourport.trace.events import Loads


def served(corridor: Corridor, trace: Trace) -> Served:
    """Count the goods that come to services, and those that departures take."""
    world = trace.world
    calls = Calls(
        **_said(corridor),
        in_parts=trace.in_parts,
        size=world.size,
        first=world.departures.first,
        scheduled_us=world.departures.scheduled_us,
    )
    found = Served.room(len(corridor.plan.names.services), len(calls.cutoff_us))
    run(SERVICES, readable(calls), trace.places, readable(trace.happened), found)
    if len(trace.parts.row):
        _add_parts(corridor, trace, found)
    return found


def _add_parts(corridor: Corridor, trace: Trace, found: Served) -> None:
    """Add what departures took of goods that went in parts."""
    plan, first_row = corridor.plan, np.append(trace.places.first_row, len(trace.begin_us))
    parts = np.diff(np.searchsorted(trace.parts.row, first_row))
    for s in np.flatnonzero((parts > 0) & (plan.step_kind == Kind.SERVICE)).tolist():
        at, last = trace.at(s), slice(-int(parts[s]), None)  # they stand behind what went whole
        of = at.loads
        loads = Loads(of.place[last], of.departure_index[last], of.gone[last], of.thousandths[last])
        amounts = loads.of(trace.world.size[at.ids])
        departure = trace.world.departures.first[plan.step_provider[s]] + loads.departure_index
        np.add.at(found.load, departure, amounts)
        if plan.step_choice[s] < 0:
            np.subtract.at(found.comes_g, departure, amounts[:, 0])


@once
def _said(corridor: Corridor) -> dict[str, Any]:
    """Return what a corridor says, by the names of :class:`Calls`."""
    plan, scenario = corridor.plan, corridor.scenario
    window = plan.window_start_us, plan.window_end_us
    steps = np.flatnonzero(plan.step_kind == Kind.SERVICE)
    names = [plan.names.services[k] for k in plan.step_provider[steps].tolist()]
    zones = [scenario.facilities[scenario.services[name].origin].zone for name in names]
    turns = [turns_of(zone, *window) for zone in zones]
    none = ints([])
    return {
        "step": steps,
        "service": plan.step_provider[steps],
        "is_choice": plan.step_choice[steps] >= 0,
        "first_turn": firsts(its for its, _ in turns),
        "turn_us": np.concatenate([none, *(its for its, _ in turns)]),
        "offset_us": np.concatenate([none, *(its for _, its in turns)]),
        "cutoff_us": np.concatenate([none, *(its.cutoff_us for its in corridor.timetables)]),
        "window_us": np.array(window),
    }
