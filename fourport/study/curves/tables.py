"""The tables of curves: ``curves.csv`` and ``breakeven.csv``."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from fourport.store import Run
from fourport.study.curves.axes import Axis
from fourport.study.curves.sweep import COSTS, Curve
from fourport.study.curves.variations import MEASURES
from fourport.study.statistics import estimate


def write_curves(run: Run, curves: Sequence[Curve], axis: Axis, over: str, currency: str) -> None:
    """Write both tables."""
    run.write_table("curves", _curve_rows(curves, axis, currency))
    run.write_table("breakeven", _breakeven_rows(curves, axis, over))


def _curve_rows(curves: Sequence[Curve], axis: Axis, currency: str) -> Iterator[tuple[object, ...]]:
    units = {"logistics_cost": f"{currency}/kg", "freight_cost": f"{currency}/kg", "door_to_door_time": "h"}
    for curve in curves:
        shown = [k for k, x in enumerate(curve.xs) if x in set(curve.grid)]
        for r, route in enumerate(curve.routes):
            for m, measure in enumerate(MEASURES):
                for k in shown:
                    found = estimate(curve.values[:, k, r, m].tolist())
                    if found.n:
                        x = curve.xs[k]
                        interval = (found.mean, found.low, found.high)
                        yield curve.lane, route, x, axis.unit, measure, units[measure], *interval


def _breakeven_rows(curves: Sequence[Curve], axis: Axis, over: str) -> Iterator[tuple[object, ...]]:
    for measure in COSTS:
        for curve in curves:
            names = dict(enumerate(curve.routes))
            for (a, b), comparisons in curve.comparisons(measure).items():
                n = len(curve.differences(a, b, measure))
                sides = {0: names[a], 1: names[b]}
                for found in comparisons:
                    yield (
                        curve.lane,
                        over,
                        measure,
                        names[a],
                        names[b],
                        found.verdict,
                        found.x,
                        found.low,
                        found.high,
                        axis.unit,
                        curve.xs[0],
                        curve.xs[-1],
                        sides.get(found.below, ""),
                        sides.get(found.above, ""),
                        n,
                        math.nan if math.isnan(found.x) else curve.cost(a, b, measure, found.x),
                    )
