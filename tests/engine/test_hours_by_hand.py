"""Hand-calculated cases of legs that begin within hours only, run through both engines. Times are minutes."""

from __future__ import annotations

from tests.builder import Consignment, Run, Trucks, build
from tests.steps import Route, delay, fleet, join


def test_trips_begin_within_hours(run: Run) -> None:
    """Tests that a trip begins while open only, at once or at the next opening, and goes on after closing."""
    case = build(
        hours={"trucks": [(0, 0), (10, 1), (30, 0), (60, 1), (70, 0)]},
        routes={"in": Route([delay("drive", hours="trucks"), delay("rest")])},
        consignments=[
            Consignment(entry, "in", {"drive": 25, "rest": 1}) for entry in (5, 10, 29, 30, 65, 70, 99)
        ],
        end=200,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"drive": (10, 35), "rest": (35, 36)},  # Five minutes past the closing.
        {"drive": (10, 35), "rest": (35, 36)},  # Comes exactly at the opening.
        {"drive": (29, 54), "rest": (54, 55)},
        {"drive": (60, 85), "rest": (85, 86)},  # Comes exactly at the closing.
        {"drive": (65, 90), "rest": (90, 91)},
        {},  # It never opens again.
        {},
    ]


def test_filing_ahead_at_the_opening(run: Run) -> None:
    """Tests that declarations lodged as the truck leaves are lodged at the opening, not as the goods come."""
    case = build(
        hours={"trucks": [(0, 0), (40, 1)]},
        routes={
            "in": Route(
                [delay("drive", hours="trucks", files="import"), join("release", "import")],
                {"import": [delay("prepare")]},
            )
        },
        consignments=[Consignment(5, "in", {"drive": 10, "prepare": 30})],
        end=200,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"drive": (40, 50), "prepare": (40, 70), "release": (50, 70)},
    ]


def test_a_trip_that_would_end_after_the_run(run: Run) -> None:
    """Tests that a begin settled at the arrival is kept, and an end beyond that of the run is not."""
    case = build(
        hours={"trucks": [(0, 0), (90, 1)]},
        routes={"in": Route([delay("drive", hours="trucks")])},
        consignments=[Consignment(5, "in", {"drive": 10})],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [{"drive": (90, None)}]


def test_a_fleet_closes_while_a_truck_loads(run: Run) -> None:
    """Tests two trucks that load and leave until 20 and from 50 on, and drive on in between."""
    case = build(
        hours={"yard": [(0, 1), (20, 0), (50, 1)]},
        fleets={"vans": Trucks(vehicles=2, weight=10, volume=99, hold=15, out=[10], back=[5], hours="yard")},
        routes={"in": Route([fleet("drive", "vans")])},
        consignments=[Consignment(entry, "in", size=(4, 1, 1)) for entry in (0, 18, 25, 50)],
        end=200,
    )
    milestones = run(case.plan, case.world)
    assert case.read(milestones) == [
        {"drive": (15, 25, 0)},  # Leaves as its hold runs out, and arrives while it is closed.
        {"drive": (50, 60, 1)},  # Its hold runs out at 33, when it may not leave.
        {"drive": (50, 60, 1)},  # Comes in the night, and is loaded at the opening.
        {"drive": (65, 75, 2)},  # 4 + 4 + 4 > 10: the truck that came home at 30.
    ]
    assert case.read_trips(milestones) == [(0, 15, 25), (18, 50, 60), (50, 65, 75)]


def test_goods_wait_for_a_fleet_to_open(run: Run) -> None:
    """Tests that a truck begins to load at the opening, from which its hold counts, and leaves when full."""
    case = build(
        hours={"yard": [(0, 0), (30, 1), (45, 0), (100, 1)]},
        fleets={"vans": Trucks(vehicles=2, weight=10, volume=99, hold=15, out=[10], back=[80], hours="yard")},
        routes={"in": Route([fleet("drive", "vans")])},
        consignments=[Consignment(entry, "in", size=(5, 1, 1)) for entry in (0, 5, 10)],
        end=200,
    )
    milestones = run(case.plan, case.world)
    assert case.read(milestones) == [
        {"drive": (30, 40, 0)},
        {"drive": (30, 40, 0)},  # Full.
        {"drive": (100, 110, 1)},  # Its hold runs out at 45, exactly at the closing.
    ]
    assert case.read_trips(milestones) == [(30, 30, 40), (30, 100, 110)]
