"""Refuse goods that do not fit into an empty vehicle that their route needs."""

from __future__ import annotations

import numpy as np

from fourport.errors import Problem, Refused
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import Ints, Kind, Space
from fourport.world.services import most_free_sale
from fourport.world.tables import World


def refuse_oversize(corridor: Corridor, world: World) -> None:
    """Check that every consignment fits into each empty vehicle that its route needs.

    Raises
    ------
    Refused
        If one does not fit.
    """
    routes = corridor.plan.n_routes
    largest = world.once("largest", routes, lambda: _largest(world, routes), world.size, world.route)
    problems = []
    for r in np.flatnonzero(largest.any(axis=0)).tolist():
        problems += oversize(corridor, r, largest[:, r], split=True)
    if problems:
        raise Refused(problems)


def _largest(world: World, routes: int) -> Ints:
    """Return the largest size of any consignment of each route, (3, routes); 0 without any."""
    largest = np.zeros((3, routes), dtype=np.int64)
    for of_route, of_size in zip(largest, world.size.T, strict=True):
        np.maximum.at(of_route, world.route, of_size)
    return largest


def oversize(corridor: Corridor, route: int, largest: Ints, *, split: bool = False) -> list[Problem]:
    """Return a problem for each vehicle of a route that is too small.

    Parameters
    ----------
    largest
        (3,) size of the goods in g, cm3 and micro-TEU.
    split
        Whether services that split may take them in parts.
    """
    problems = []
    for steps in _legs(corridor, route):
        each = [_oversize(corridor, route, one, largest, split=split) for one in steps]
        if all(each):  # Of several services one is enough.
            problems += [problem for of_leg in each for problem in of_leg]
    return problems


@once
def _legs(corridor: Corridor, route: int) -> list[range]:
    """Return the steps of each leg of a route that goods go by service or fleet."""
    plan, legs = corridor.plan, []
    for s in plan.main_steps(route):
        if int(plan.step_kind[s]) in {Kind.SERVICE, Kind.FLEET} and s == plan.choice(s)[0]:
            legs.append(plan.choice(s))
    return legs


def _oversize(corridor: Corridor, route: int, s: int, largest: Ints, *, split: bool) -> list[Problem]:
    """Return a problem for each dimension in which the vehicles of a step are too small."""
    plan = corridor.plan
    kind, k = int(plan.step_kind[s]), int(plan.step_provider[s])
    loaded, of = largest, ""
    if kind == Kind.FLEET:
        capacity = np.array([plan.fleet_weight_g[k], plan.fleet_volume_cm3[k], largest[2]])
    else:
        if split and plan.service_splits[k]:
            loaded, of = -(-largest // 1000), "a thousandth of "
        capacity = _roomiest(corridor, k, int(plan.step_space[s]), loaded)
    info = corridor.steps[s]
    return [
        Problem(
            ("routes", plan.names.routes[route], "steps", info.route_step),
            f"{of}a consignment of {largest[d] / unit:g} {what} fits no vehicle of {info.key}, "
            f"which takes {capacity[d] / unit:g} {what}",
        )
        for d, (what, unit) in enumerate((("kg", 1e3), ("m3", 1e6), ("TEU", 1e6)))
        if loaded[d] > capacity[d]
    ]


def _roomiest(corridor: Corridor, service: int, space: int, size: Ints) -> Ints:
    """Return what the departure that suits goods of a size best can offer to one consignment, (3,).

    Background cargo is then as small as its distribution allows.
    """
    capacity = _most_capacity(corridor, service, space)
    best: Ints = capacity[int(np.argmin((size > capacity).sum(axis=1)))]
    return best


@once
def _most_capacity(corridor: Corridor, service: int, space: int) -> Ints:
    """Return what each departure can offer to one consignment at most, (D, 3)."""
    timetable = corridor.timetables[service]
    free = most_free_sale(list(corridor.scenario.services.values())[service].background, timetable)
    return np.maximum(free, timetable.block) if space == Space.BLOCK else free
