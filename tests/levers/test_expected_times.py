"""Stages by hand: without queues the mean is the times of the stages, weighted by shares."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from tests.levers.made import Parcel, corridor, follow, leg

CITY = "facilities.city.activities.import"
MANY = {
    f"facilities.city.resources.{name}": {"servers": 5000}
    for name in ("officers", "bays", "gang", "scanners")
}
OFFICE: dict[str, Any] = {
    "routes.main.steps": leg("truck", "city/import", "van"),
    **MANY,
    f"{CITY}.documents.rates": {"plain": "40 %"},
    f"{CITY}.inspection.rates": {"plain": "20 %"},
    f"{CITY}.inspection.scan": {
        "resource": "scanners",
        "duration": "10 min",
        "review_resource": "officers",
        "review": "5 min",
        "share": "50 %",
        "false_alarms": "50 %",
        "detects": "90 %",
    },
    f"{CITY}.inspection.laboratory": {"share": "50 %", "duration": "200 min"},
    f"{CITY}.duty": {"share": "40 %", "duration": "35 min"},
}
"""An office with all stages: 120 to prepare, 25 to control, 45 to open; the truck takes 60."""

CUTS = {"inspection": 5, "scan": 2, "alarm": 2, "laboratory": 2, "duty": 5}
"""Into how many equal parts each risk number is cut: every rate of the office is a whole number of them."""


def parcels(more: Mapping[str, int]) -> list[Parcel]:
    """Give a consignment for each combination of parts: each independent share comes out exactly."""
    cuts = {**CUTS, **more}
    middles = [[(k + 0.5) / n for k in range(n)] for n in cuts.values()]
    names = [f"city/import/{name}" for name in cuts]
    return [Parcel(risk=dict(zip(names, numbers, strict=True))) for numbers in itertools.product(*middles)]


RED = 0.5 * (10 + 5) + 0.75 * 45 + 0.75 * 0.5 * 200
"""Minutes of who is selected: half are scanned, of whom half raise an alarm, half are opened at once; of
the opened three quarters a half waits for the laboratory: 7.5 + 33.75 + 75 = 116.25."""
WORK = 0.5 * (10 + 5) + 0.75 * 45
"""Of which scanner, officer and bay work."""

CASES: dict[str, tuple[tuple[str, ...], dict[str, Any], dict[str, int], float, float]] = {
    "as it is": (
        (),
        {},
        {},
        120 + 0.4 * 25 + 0.4 * 35 + 0.2 * RED,  # 167.25
        0.4 * 25 + 0.2 * WORK,
    ),
    "twice as many red, 60 % of documents": (
        ("select",),
        {
            "levers.select.factor": 2,
            "levers.select.sampling": None,
            "levers.select.documents": {"plain": "60 %"},
        },
        {},
        120 + 0.6 * 25 + 0.4 * 35 + 0.4 * RED,
        0.6 * 25 + 0.4 * WORK,
    ),
    "half of the others sampled": (  # whose documents are looked at, too
        ("select",),
        {"levers.select.factor": 1, "levers.select.sampling": "50 %", "levers.select.documents": None},
        {"sampling": 2},
        120 + (0.4 + 0.3) * 25 + 0.4 * 35 + (0.2 + 0.4) * RED,
        (0.4 + 0.3) * 25 + (0.2 + 0.4) * WORK,
    ),
    "60 % lodged 60 minutes earlier, half of them amended": (
        ("advance",),
        {"levers.advance.amendment.share": "50 %"},
        {"pre-arrival": 5, "amendment": 2},
        120 + 0.4 * 25 + 0.4 * 35 + 0.2 * RED - 0.6 * 60 + 0.6 * 0.5 * (20 + 25),
        0.4 * 25 + 0.2 * WORK + 0.6 * 0.5 * 25,
    ),
    "40 % in two steps": (  # a quarter of the preparation, no payment, the full entry controlled
        ("two-step",),
        {},
        {"two-step": 5},
        (0.6 + 0.4 * 0.25) * 120 + 0.4 * 25 + 0.6 * 0.4 * 35 + 0.2 * RED,
        0.4 * 25 + 0.2 * WORK + 0.4 * 25,
    ),
    "all scanned, no false alarms": (
        ("scan",),
        {"levers.scan.scan.share": "100 %", "levers.scan.scan.false_alarms": "0 %"},
        {},
        120 + 0.4 * 25 + 0.4 * 35 + 0.2 * 15,
        0.4 * 25 + 0.2 * 15,
    ),
    "two filings": (
        (),
        {"facilities.city.activities.import.filings": 2},
        {},
        2 * 120 + 2 * 0.4 * 25 + 0.4 * 35 + 0.2 * RED,
        2 * 0.4 * 25 + 0.2 * WORK,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_mean_clearance_time(case: str) -> None:
    """Tests the mean from arrival to release, the officers' hours, and that nobody waits."""
    policy_package, changes, more, clearance, work = CASES[case]
    cargo = parcels(more)
    found = follow(corridor(OFFICE | changes, *policy_package), *cargo)
    measures = found.measures()
    assert measures["clearance_time_import"] == pytest.approx(clearance / 60, rel=1e-9)
    assert measures["officer_hours"] == pytest.approx(len(cargo) * work / 60, rel=1e-9)
    assert measures["door_to_door_time"] == pytest.approx((60 + clearance + 30) / 60, rel=1e-9)
    assert measures["time_queue"] + measures["time_closed"] == 0
    causes = sum(value for name, value in measures.items() if name.startswith("time_"))
    assert causes == pytest.approx(measures["door_to_door_time"], rel=1e-9)


def test_shares_of_who_does_what() -> None:
    """Tests that the grid has each combination once, by the number of consignments at each stage, of 200."""
    run = follow(corridor(OFFICE), *parcels({})).run
    done: dict[str, int] = {info.part: 0 for info in run.corridor.steps}
    for s, info in enumerate(run.corridor.steps):
        done[info.part] += int(run.trace.at(s).begun.sum())
    # Red 40, half of them scanned; 10 alarms and 20 not scanned are opened, half of these sampled.
    expected = {
        "documents": 80,
        "payment": 80,
        "hold": 40,
        "scan": 20,
        "review": 20,
        "inspection": 30,
        "laboratory": 15,
    }
    assert {part: done[part] for part in expected} == expected
    assert np.unique(run.world.first_event_row[1:] - run.world.first_event_row[:-1]).tolist() == [
        len(run.corridor.steps)
    ]
