"""Run folders made up for charts: long titles, many routes, none simulated."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from fourport.store import Run
from tests.charts.compared import write_compared
from tests.charts.planning import RESOURCES, SERVICES, WEEKS, write_planning
from tests.charts.priced import write_curves, write_route_choice

PLACES = (
    ("works", "Works and workshops of the northern peninsula", 0.0),
    ("zone", "Comprehensive bonded zone of the north shore", 35.0),
    ("port", "North port, ferry terminal and multimodal centre", 14.0),
    ("far-port", "Far port, international ferry terminal", 420.0),
    ("shed", "Container freight station", 6.0),
    ("air", "Far international airport (FAR)", 40.0),
    ("hub", "Midway transfer airport (MID)", 5200.0),
    ("gateway", "Gateway airport of the west coast (GWY)", 4100.0),
    ("ramp", "Rail ramp", 80.0),
    ("inland", "Inland terminal", 900.0),
    ("depot", "Depot of the parcel carrier", 30.0),
    ("shops", "Consignees in the greater metropolitan area", 25.0),
)
"""Key, title and km from the place before."""

ROUTES = {
    "sea-air": "Sea and air by way of the far port, consolidated in the bonded zone of the north shore",
    "sea-air-park": "Sea and air by way of the far port, logistics park",
    "truck-air": "Overland by truck for two thousand kilometres and direct air from the southern airport",
    "direct": "Direct air",
    "rail-air": "Rail to the far airport, consolidated under bond, and air",
    "express": "Express",
    "post": "Postal parcels handed over at the exchange office of the far airport",
}
LANES = {
    "west": "Northern peninsula to the west coast and the interior",
    "west-urgent": "Northern peninsula to the west coast, urgent spare parts for aircraft on the ground",
    "islands": "Islands",
}
LINES = (
    ("Collection", "transport", False, 0.06),
    ("Truck to the port", "transport", True, 0.05),
    ("Sea freight", "transport", True, 0.08),
    ("Terminal handling", "handling", True, 0.25),
    ("Bonded truck", "transport", True, 0.04),
    ("Air freight", "transport", True, 2.6),
    ("Feeder flight", "transport", True, 0.9),
    ("Line-haul", "transport", True, 0.3),
    ("Barge", "transport", True, 0.02),
    ("Breakdown", "handling", False, 0.1),
    ("Import declaration", "customs", False, 0.2),
    ("Storage", "storage", False, 0.07),
    ("Delivery", "transport", False, 0.15),
    ("inventory", "time", False, 0.12),
)
"""Name, category, whether freight, USD/kg."""

CAUSES = {
    "service": 0.05,
    "transport": 0.3,
    "preparation": 0.08,
    "documents": 0.001,
    "inspection": 0.009,
    "queue": 0.1,
    "closed": 0.2,
    "consolidation": 0.0,
    "cut_off": 0.21,
    "rolled_over": 0.03,
    "cancelled": 0.015,
    "late": 0.005,
}
"""Causes of time, and their shares of it."""


@dataclass(frozen=True)
class Made:
    """What a made-up run holds.

    Attributes
    ----------
    lanes
        Routes by lane.
    lost
        Routes of which nothing arrives.
    pace
        What all times are multiplied by.
    waits
        Whether goods wait at the origin; else they leave at once.
    """

    lanes: Mapping[str, Sequence[str]]
    lost: Collection[str] = ()
    policies: Mapping[str, str] = field(default_factory=lambda: {"base": ""})
    replications: int = 3
    stops: int = len(PLACES)
    consignments: int = 600
    pace: float = 1.0
    waits: bool = False


ALL = Made(
    {"west": list(ROUTES), "west-urgent": ["direct", "sea-air", "express"], "islands": ["sea-air-park"]}
)


def write_run(folder: Path, made: Made = ALL) -> Run:
    """Write a complete run, which may be changed: a copy of the one that is kept."""
    copytree(kept(made).folder, folder)
    return Run(folder)


_KEPT: dict[str, tuple[Run, TemporaryDirectory[str]]] = {}


def kept(made: Made = ALL) -> Run:
    """Give a complete run for tests that only read it, written once in a process."""
    key = repr(made)
    if key not in _KEPT:
        place = TemporaryDirectory(prefix="charts-")
        _KEPT[key] = _write(Path(place.name) / "run", made), place
    return _KEPT[key][0]


def _write(folder: Path, made: Made) -> Run:
    run = Run.create(folder)
    summary: list[tuple[object, ...]] = []
    costs: list[tuple[object, ...]] = []
    stops: list[tuple[object, ...]] = []
    lead_times: list[tuple[object, ...]] = []
    for number, policy in enumerate(made.policies):
        rng = np.random.default_rng(number)
        for lane, routes in made.lanes.items():
            for k, route in enumerate(routes):
                key = ("made-up", policy, lane, route)
                pace = 1 + 0.35 * list(ROUTES).index(route) + 0.2 * list(LANES).index(lane)
                hours = 24 * made.pace * pace * rng.lognormal(0.5, 0.35, made.consignments)
                lost = route in made.lost
                summary += [(*key, *row, made.replications) for row in _summary(hours, pace, made, lost)]
                costs += [(*key, *row, made.replications) for row in _costs(pace)]
                if not lost:
                    stops += [(*key, *row, made.replications) for row in _stops(hours, k, made, pace)]
                lead_times += [(*key, *row, made.replications) for row in _lead_times(hours, lost)]
    run.write_table("summary", summary)
    run.write_table("costs", costs)
    run.write_table("stops", stops)
    run.write_table("lead-times", lead_times)
    write_planning(run, made)
    run.write_manifest(
        {
            "fourport": "0.1.0",
            "scenario": {
                "name": "made-up",
                "title": "A corridor made up for charts, with long names throughout",
            },
            "policies": dict(made.policies),
            "curves": write_curves(run, made.lanes, made.replications),
            "route-choice": write_route_choice(run, made.lanes, made.replications),
            "replications": made.replications,
            "seed": 7,
            **write_compared(run, made),
            "weeks": WEEKS,
            "titles": {
                "lanes": LANES,
                "routes": ROUTES,
                "places": {key: title for key, title, _ in PLACES},
                "services": {name: service.title for name, service in SERVICES.items()},
                "resources": {f"{place}/{name}": title for (place, name), title in RESOURCES.items()},
            },
        }
    )
    return run


Estimate = tuple[float, float, float]
Hours = NDArray[np.float64]


def _lead_times(hours: Hours, lost: bool) -> Iterator[tuple[object, ...]]:
    for share in range(101):
        value = float("inf") if lost else float(np.quantile(hours, share / 100))
        yield share, "h", value, value, value


def _about(mean: float, made: Made, half: float = 0.03) -> Estimate:
    if made.replications < 2:
        return mean, float("nan"), float("nan")
    return mean, mean * (1 - half), mean * (1 + half)


def _summary(hours: Hours, pace: float, made: Made, lost: bool) -> Iterator[tuple[object, ...]]:
    n = float(len(hours))
    yield "consignments", "consignments", n, n, n
    yield "undelivered", "consignments", n if lost else 0.0, 0.0, n
    nan = float("nan")
    p95 = nan if lost else float(np.quantile(hours, 0.95))
    mean = nan if lost else float(hours.mean())
    yield "door_to_door_time", "h", *_about(mean, made)
    yield "door_to_door_time_p95", "h", *_about(p95, made)
    for cause, share in CAUSES.items():
        yield f"time_{cause}", "h", *_about(mean * share, made)
    freight = sum(pace * amount for _, _, freight, amount in LINES if freight)
    yield "freight_cost", "USD/kg", *_about(freight, made)
    yield "logistics_cost", "USD/kg", *_about(_logistics(pace), made)


def _costs(pace: float) -> Iterator[tuple[object, ...]]:
    for order, (name, category, freight, amount) in enumerate(LINES):
        scope = "freight" if freight else "other"
        mean = pace * amount
        yield order, "leg", "tariff", name, category, "shipper", scope, "USD/kg", mean, mean, mean


def _stops(hours: Hours, k: int, made: Made, pace: float) -> Iterator[tuple[object, ...]]:
    """Give a way that leaves out every place whose turn it is to be left out on route ``k``."""
    chosen = [p for j, p in enumerate(PLACES) if j in (0, len(PLACES) - 1) or (j + k) % 4]
    chosen = chosen[: made.stops - 1] + chosen[-1:]
    km, order = 0.0, 0
    origin = ["enter", "leave"] if made.waits else ["leave"]
    events = [(chosen[0][0], event, 0.0) for event in origin]
    for key, _, far in chosen[1:]:
        km += far + 13 * k
        events += [(key, "arrive", km), (key, "leave", km)]
    events[-1] = (events[-1][0], "deliver", km)
    for order, (key, event, at) in enumerate(events):
        share = order / (len(events) - 1)
        for measure in ("mean", "p10", "p50", "p90"):
            value = hours.mean() if measure == "mean" else np.quantile(hours, float(measure[1:]) / 100)
            mean = float(value) * share
            yield order, key, event, at, measure, "h", mean, mean, mean
        for measure, value in _costs_so_far(pace, share):
            yield order, key, event, at, measure, "USD/kg", value, value, value


def _costs_so_far(pace: float, share: float) -> Iterator[tuple[str, float]]:
    freight = sum(pace * amount for _, _, freight, amount in LINES if freight)
    for measure, total in (("freight_cost", freight), ("logistics_cost", _logistics(pace))):
        yield measure, total * share
        for name, times in (("p10", 0.9), ("p50", 1.1), ("p90", 1.6)):
            yield f"{measure}_{name}", total * share * times


def _logistics(pace: float) -> float:
    return sum(pace * amount for *_, amount in LINES)
