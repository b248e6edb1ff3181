"""What ``fourport curves`` does: check, simulate or read, price, store, draw, tell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fourport.charts import draw
from fourport.cli.breakeven import breakeven_table
from fourport.cli.job import tell
from fourport.cli.progress import progress
from fourport.cli.source import Asked, Source, chosen, left_out, source
from fourport.cli.told import fonts_told
from fourport.study.curves.axes import Axis, OneRate, OriginDistance
from fourport.study.curves.plan import Ask, axis_of, grids_of
from fourport.study.curves.sweep import Curve, Request, sweep
from fourport.study.curves.tables import write_curves


def run_curves(asked: Asked, ask: Ask, lane: str | None, routes: str | None) -> None:
    """Do it.

    Raises
    ------
    UserError
        With what is wrong, before anything is simulated where that can be seen.
    """
    found = source(asked)
    policy = found.policies[0]
    corridor = found.corridor(policy)
    lanes, dropped = chosen(corridor, lane, routes)
    axis = axis_of(ask, corridor, found.ranges(policy), list(lanes))
    grids = grids_of(ask, axis, corridor, lanes)
    begun = found.begin(f"curves-{ask.over}", ask, lane, routes)
    files = begun.journeys(policy, range(found.replications))
    request = Request(found.documents, policy, files, axis, lanes, grids)
    with progress(len(lanes) * len(files), "pricing", quiet=asked.quiet) as advance:
        curves = sweep(request, asked.workers, advance)
    write_curves(begun.run, curves, axis, ask.over, corridor.scenario.reporting_currency)
    begun.finish(curves=_record(ask, axis, curves, found), replications=len(files))
    with fonts_told():
        draw(begun.run, "cost-curve")
    tell(begun.run, "\n".join([breakeven_table(begun.run), *left_out(corridor, dropped)]), quiet=asked.quiet)


def _record(ask: Ask, axis: Axis, curves: Sequence[Curve], found: Source) -> dict[str, Any]:
    """Say what was asked, so that it can be asked again."""
    policy = found.policies[0]
    scenario = found.corridor(policy).scenario
    record: dict[str, Any] = {
        "over": ask.over,
        "x": axis.title,
        "x_unit": axis.unit,
        "log": axis.log,
        "policy": policy,
        "replications": found.replications,
        "points": ask.points,
        "routes": {curve.lane: list(curve.routes) for curve in curves},
        "ranges": {curve.lane: [curve.xs[0], curve.xs[-1]] for curve in curves},
        "intervals": "95 % Student t over replications, at each point; break-evens by inversion",
    }
    if isinstance(axis, OneRate):
        record["rate"] = axis.rate.name
    if isinstance(axis, OriginDistance):
        record["starts"] = {
            curve.lane: axis.roads[curve.lane].start(scenario, curve.lane) for curve in curves
        }
        record["roads"] = {curve.lane: axis.roads[curve.lane].title(scenario) for curve in curves}
    return record
