"""Corridors whose break-evens can be worked out by hand; nothing in them is random."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fourport.plan.compile import compile_corridor
from fourport.scenario.models.scenario import Scenario
from fourport.study.curves.axes import Axis
from fourport.study.curves.bounds import LEAST
from fourport.study.curves.curves import Curve, price_lanes
from fourport.study.curves.journeys import Kept, file_of, journeys_of
from fourport.study.variant import Variant
from tests.tiny import Parcel, Values, follow, values


def price(basis: str, amount: str, **more: Any) -> Values:
    """Give a tariff of one line."""
    return {
        "title": "T",
        "lines": [{"name": "n", "category": "transport", "basis": basis, "price": amount} | more],
    }


def trucking(begin: str, end: str, hours: float, tariff: str, **more: Any) -> Values:
    """Give a way of 100 km."""
    return {
        "mode": "road",
        "from": begin,
        "to": end,
        "distance": "100 km",
        "duration": f"{hours} h",
        "tariffs": [tariff],
    } | more


def slow_and_quick(slow: Values, quick: Values, hours: float = 48.0, **more: Any) -> Values:
    """Give two routes over the same ferry: the slow one takes so many hours more."""
    return values(
        {
            "fleets": {},
            "trucking": {
                "slow": trucking("b", "c", 1.0 + hours, "slow"),
                "quick": trucking("b", "c", 1.0, "quick"),
            },
            "lanes.l.routes": {"slow": "50 %", "quick": "50 %"},
            "routes": {
                name: {"title": name, "steps": [{"by": "ferry"}, {"by": name}]} for name in ("slow", "quick")
            },
            "tariffs.slow": slow,
            "tariffs.quick": quick,
        }
        | more
    )


def inland(near: str = "1.1 USD/kg", far: str = "1 USD/kg", road: str = "0.5 USD/kg") -> Values:
    """Give a shipper 50 km from a port, and a line-haul of 1,000 km and 20 h from there to an airport."""
    place = {"title": "P", "kind": "hub", "zone": "UTC", "latitude": "1 N", "longitude": "1 E"}
    made = values()
    return values(
        {
            "fleets": {},
            "facilities.works": place | {"kind": made["facilities"]["c"]["kind"]},
            "facilities.airport": place | {"kind": made["facilities"]["c"]["kind"]},
            "trucking": {
                "first": trucking("works", "a", 1.0, "nothing", distance="50 km"),
                "line": trucking("a", "airport", 20.0, "road", distance="1000 km"),
                "van": trucking("b", "c", 1.0, "near"),
                "plane": trucking("airport", "c", 2.0, "far", mode="air"),
            },
            "lanes.l.from": "works",
            "lanes.l.routes": {"near": "50 %", "far": "50 %"},
            "routes": {
                "near": {"title": "near", "steps": [{"by": "first"}, {"by": "ferry"}, {"by": "van"}]},
                "far": {"title": "far", "steps": [{"by": "first"}, {"by": "line"}, {"by": "plane"}]},
            },
            "tariffs.nothing": price("gross-weight", "0 USD/kg"),
            "tariffs.near": price("gross-weight", near),
            "tariffs.far": price("gross-weight", far),
            "tariffs.road": price("gross-weight", road),
        }
    )


def priced(
    document: Values,
    routes: Sequence[str],
    axis: Axis,
    grid: Sequence[float],
    weights: Mapping[str, Sequence[float]] | None = None,
) -> Curve:
    """Send the same parcels by each route, replications all alike, and price them along an axis."""
    corridor = compile_corridor(Scenario.model_validate(document))
    sent = weights or dict.fromkeys(routes, (100.0, 300.0, 800.0))
    parcels = [
        Parcel(4.0 * k, route, kg) for k in range(3) for route in routes for kg in sent[route][k : k + 1]
    ]
    replication = follow(corridor, parcels)
    kept = Kept(Variant.of(document), file_of(journeys_of(replication)))
    (curve,) = price_lanes({"l": tuple(routes)}, axis, {"l": tuple(grid)}, [kept] * LEAST)
    return curve
