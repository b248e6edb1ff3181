"""Traffic on each leg in the window."""

from __future__ import annotations

from fourport.study.replication import Replication

LegKey = tuple[str, str, str, str, float, str, str]
"""Leg, mode, from, to, km, measure, unit."""


def traffic_of(run: Replication) -> dict[LegKey, float]:
    """Return the consignments and weight that depart on each leg in the window, all routes together."""
    plan, world = run.corridor.plan, run.world
    found: dict[LegKey, float] = {}
    for s, info in enumerate(run.corridor.steps):
        if info.mode:
            at = run.trace.at(s)
            mine = (at.begin_us >= plan.window_start_us) & (at.begin_us < plan.window_end_us)
            leg = (info.key.partition("#")[0], info.mode, info.place, info.destination, info.distance_km)
            weight = float(world.size[at.ids[mine], 0].sum() / 1e6)
            for measure, unit, value in (
                ("consignments", "consignments", float(mine.sum())),
                ("weight", "t", weight),
            ):
                key = (*leg, measure, unit)
                found[key] = found.get(key, 0.0) + value
    return found
