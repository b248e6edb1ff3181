"""Curves, break-evens and route-choice maps made up for charts: routes that cross at many places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise

import numpy as np

from fourport.store import Run

XS = np.geomspace(10.0, 5000.0, 13)


def write_curves(run: Run, lanes: Mapping[str, Sequence[str]], replications: int) -> dict[str, object]:
    """Write the tables and give what the manifest says of them."""
    several = replications > 1
    curves, found = [], []
    for lane, routes in lanes.items():
        cost = {route: 5.0 - 0.35 * k + 25.0 * (1 + 0.3 * k) / XS for k, route in enumerate(routes)}
        for route, values in cost.items():
            for x, mean in zip(XS, values, strict=True):
                ends = (0.98 * mean, 1.02 * mean) if several else ("", "")
                curves.append((lane, route, x, "kg", "logistics_cost", "USD/kg", mean, *ends))
        for a, b in combinations(routes, 2):
            difference = cost[a] - cost[b]
            at = [k for k, (one, other) in enumerate(pairwise(difference)) if one * other < 0]
            verdict = "break-even" if at else "throughout"
            # 5 - 0.35 k + 25 (1 + 0.3 k) / x: any two cross at 7.5 / 0.35 kg.
            x = 7.5 / 0.35 if at else float("nan")
            ends = (0.9 * x, 1.1 * x) if several else ("", "")
            row = (lane, "weight", "logistics_cost", a, b, verdict, x, *ends, "kg", XS[0], XS[-1], a, b)
            height = 5.0 + 25.0 / x if at else ""
            found.append((*row, replications, height))
    run.write_table("curves", curves)
    run.write_table("breakeven", found)
    return {
        "over": "weight",
        "x": "gross weight of the consignment",
        "x_unit": "kg",
        "log": True,
        "replications": replications,
    }


def write_route_choice(run: Run, lanes: Mapping[str, Sequence[str]], replications: int) -> dict[str, object]:
    """Write a map in diagonal bands, one a route, undecided at their edges; give what the manifest says."""
    values, weights = np.geomspace(10.0, 500.0, 24), np.geomspace(20.0, 4000.0, 20)
    found: list[tuple[object, ...]] = []
    for lane, routes in lanes.items():
        for i, weight in enumerate(weights):
            for j, value in enumerate(values):
                place = len(routes) * (i + j) / (len(weights) + len(values) - 1)
                cheapest, edge = routes[int(place)], place % 1
                unsure = replications < 2 or edge < 0.15 or edge > 0.85
                cell = (lane, i * len(values) + j, value, "USD/kg", weight, "kg", cheapest, "")
                decided, left = ("no", " ".join(routes)) if unsure else ("yes", cheapest)
                verdict = (decided, replications, left, "", 0.2 if unsure else 0.0)
                found.append((*cell, 0.1, -0.1 if unsure else 0.05, 0.3, "USD/kg", *verdict))
    run.write_table("route-choice", found)
    return {"replications": replications}
