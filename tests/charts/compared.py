"""What comparisons and capacity studies leave in a run's folder, made up."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fourport.measures import find
from fourport.store import Run

if TYPE_CHECKING:
    from tests.charts.folder import Made


MEASURES = (
    ("door_to_door_time", "h", 10.0),
    ("door_to_door_time_p90", "h", 25.0),
    ("departure_as_planned", "points", 5.0),
    ("logistics_cost", "USD/kg", 0.0001),
    ("officer_hours", "h", 12345.0),
    ("undetected", "consignments", 1.0),
)
"""Name, unit and size of differences."""

CAUSES = ("time_service", "time_transport", "time_queue", "time_closed", "time_new_kind_of_wait")


CLEARANCE = {
    "import": {
        "handling": (2.0, 3.0),
        "preparation": (0.0, 20.0),
        "document-control": (1.5, 0.5),
        "payment": (0.0, 1.0),
        "amendment": (0.0, 0.25),
        "scan": (0.5, 0.25),
        "inspection": (1.0, 2.0),
        "laboratory": (0.0, 3.0),
        "removal": (9.0, 0.0),
    },
    "export": {"preparation": (0.0, 1.0), "document-control": (0.25, 0.25), "removal": (30.0, 0.0)},
}
"""Hours of waiting and work by procedure and stage."""

PORT, PAIR = "port/import", "zone/exit + port/export"
OFFICES = {"import": (PORT,), "export": ("zone/exit", "port/export", PAIR)}
"""Offices by procedure; each has the hours of its procedure."""


def difference(*row: Any, lost: float = 0.0) -> tuple[Any, ...]:
    """Give a row of ``comparison.csv`` from its columns up to p, and the number of replications.

    Its verdict is by its p value and the better side of its measure; nothing is too small to matter.
    """
    *names, measure, unit, mean, low, high, p, n = row
    about, verdict = find(measure), "undecided"
    if mean == "" or math.isnan(mean):
        verdict = "unknown"
    elif not any((mean, low, high)):
        verdict = "same"
    elif p < 0.05:
        better = about.better if about else ""
        verdict = ("better" if (mean < 0) == (better == "less") else "worse") if better else "differs"
    return (*names, measure, unit, mean, low, high, p, 0.0, verdict, "", lost, n)


def write_compared(run: Run, made: Made) -> dict[str, Any]:
    """Write the tables, and give what the manifest says of them."""
    nan = float("nan")
    curve = [
        (servers, "visits", "%", share, low, high, made.replications, verdict, 400.0, 0.0)
        for servers, share, low, high, verdict in (
            (2, 41.0, 30.0, 52.0, "misses"),
            (3, 93.9, 90.6, 97.0, "undecided"),
            (4, 97.3, 97.1, 97.6, "meets"),
            (5, 99.9, nan, nan, "undecided"),
            (6, nan, nan, nan, "undecided"),
        )
    ]
    run.write_table("capacity", curve)
    comparison, policies, detection = [], [], []
    others = [*list(made.policies)[1:], "one-declaration", "half-the-inspections-and-officers-at-night"]
    for k, policy in enumerate(others):
        for lane, route in (("*", "*"), *((lane, r) for lane, routes in made.lanes.items() for r in routes)):
            key = (next(iter(made.policies)), policy, lane, route)
            for measure, unit, scale in MEASURES:
                low, high = ((-1.0 - k) * scale, (0.5 - k) * scale) if made.replications > 1 else (nan, nan)
                p = nan if made.replications < 2 else (0.2, 0.01)[k > 0]
                comparison.append(
                    difference(*key, measure, unit, (-0.25 - k) * scale, low, high, p, made.replications)
                )
            comparison.append(
                difference(*key, "undelivered", "consignments", 0.0, 0.0, 0.0, 1.0, made.replications)
            )
            comparison.append(
                difference(*key, "door_to_door_time_p95", "h", nan, nan, nan, nan, made.replications)
            )
    for k, policy in enumerate(dict.fromkeys([*made.policies, *others])):
        for lane in ("*", *made.lanes):
            lost = not set(made.lanes.get(lane, ["x"])) - {*made.lost}
            hours = {"door_to_door_time": 100.0, **dict.fromkeys(CAUSES, 100.0 / len(CAUSES))}
            for measure, mean in hours.items():
                value = (nan, nan, nan) if lost else (mean * (1 + k / 5), mean * 0.99, mean * (1.1 + k / 5))
                policies.append((policy, lane, "*", measure, "h", *value, made.replications, ""))
            for measure in ("clearance_time_import", "clearance_time_export"):
                time, missed = (20.0 - k, 19.5 - k, 20.5 - k), (10.0 + 5 * k, 8.0 + 5 * k, 12.0 + 5 * k)
                by = "base" if k == 1 else ""
                detection.append((policy, lane, measure, *time, "h", *missed, made.replications, by))
    run.write_table("comparison", comparison)
    run.write_table("policies", policies)
    run.write_table("detection", detection)
    rows = [*_clearance_stages(made, [*dict.fromkeys([*made.policies, *others])])]
    run.write_table("clearance-stages", rows)
    return {
        "comparison": {
            "baseline": next(iter(made.policies)),
            "routes": [],
            "tests": {"together": 1200, "apart": 34},
            "margins": {"undelivered_points": 0.1},
            "estimates": {"cost": {"share": 62.0, "largest": []}, "time": {"share": 31.0, "largest": []}},
            "changed_offices": {policy: [PORT, PAIR][: 1 + k % 2] for k, policy in enumerate(others)},
        },
        "capacity": {
            "resource": "port/bays",
            "measure": "visits",
            "lanes": [next(iter(made.lanes))],
            "routes": [],
            "hours": {"Waiting in the queue": 1.25, "Work": 2.5},
            "uncertain": {"facilities.port.resources.bays.servers": [2, 5], "lanes.west.demand": ["1", "9"]},
            "target": "95% within 24 h",
            "unit": "%",
            "bound": 95.0,
            "at_most": False,
            "within": "24 h",
            "confidence": 0.95,
            "smallest": 4,
            "unlimited": {"value": 99.9, "low": 99.8, "high": 100.0},
        },
    }


def _clearance_stages(made: Made, policies: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """Give rows: each policy changes the preparation of imports by an hour more than the one before it."""
    places = [("*", "*"), *((lane, route) for lane, on in made.lanes.items() for route in ("*", *on))]
    for k, policy in enumerate(policies):
        for place in places:
            for procedure, stages in CLEARANCE.items():
                for office in ("*", *OFFICES[procedure]):
                    key = ("made-up", policy, *place, procedure, office)
                    yield from _hours(key, stages, k if procedure == "import" else 0, made.replications)


def _hours(
    key: tuple[str, ...], stages: Mapping[str, tuple[float, float]], less: int, n: int
) -> Iterator[tuple[object, ...]]:
    """Give the rows of an office: ``less`` hours are taken from its preparation."""
    total = sum(waiting + work for waiting, work in stages.values()) - stages["removal"][0] - less
    about = (total, 0.98 * total, 1.02 * total) if n > 1 else (total, "", "")
    yield (*key, 0, "*", "time", "h", *about, n)
    for order, (stage, (waiting, work)) in enumerate(stages.items(), start=1):
        mine = work - (less if stage == "preparation" else 0)
        yield (*key, order, stage, "waiting", "h", waiting, waiting, waiting, n)
        yield (*key, order, stage, "work", "h", mine, mine, mine, n)
        yield (*key, order, stage, "passed", "%", 100.0, 100.0, 100.0, n)
