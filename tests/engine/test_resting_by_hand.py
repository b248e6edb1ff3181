"""Hand-calculated cases of work that rests while its server is off duty, through both engines. In minutes."""

from __future__ import annotations

from tests.builder import Consignment, Run, build
from tests.steps import Route, resource

CLEAR = Route([resource("clear", "customs")])


def test_work_rests_at_closing(run: Run) -> None:
    """Tests two servers until 30 and from 60 on: what is under way goes on at 60, with the same servers."""
    case = build(
        resources={"customs": [(0, 2), (30, 0), (60, 2), (90, 0)]},
        resuming=["customs"],
        routes={"import": CLEAR},
        consignments=[
            Consignment(0, "import", {"clear": 30}),
            Consignment(10, "import", {"clear": 50}),
            Consignment(15, "import", {"clear": 20}),
            Consignment(30, "import", {"clear": 1}),
            Consignment(80, "import", {"clear": 20}),
        ],
        end=300,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"clear": (0, 30, 0)},  # Ends exactly at the closing.
        {"clear": (10, 90, 1)},  # 20 minutes before the closing, and 30 after the opening.
        {"clear": (60, 80, 0)},  # A server is free at 30, but off duty.
        {"clear": (80, 81, 0)},
        {"clear": (81, None, 0)},  # 9 of its 20 minutes until 90, and never again.
    ]


def test_the_highest_servers_go(run: Run) -> None:
    """Tests three servers of which the first stays from 10 to 40, and takes new work meanwhile."""
    case = build(
        resources={"customs": [(0, 3), (10, 1), (40, 2), (50, 3)]},
        resuming=["customs"],
        routes={"import": CLEAR},
        consignments=[
            Consignment(0, "import", {"clear": 15}),
            Consignment(0, "import", {"clear": 15}),
            Consignment(0, "import", {"clear": 15}),
            Consignment(5, "import", {"clear": 20}),
            Consignment(36, "import", {"clear": 8}),
            Consignment(42, "import", {"clear": 1}),
        ],
        end=300,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"clear": (0, 15, 0)},
        {"clear": (0, 45, 1)},  # 10 minutes, then 5 from 40 on.
        {"clear": (0, 55, 2)},  # 10 minutes, then 5 from 50 on.
        {"clear": (15, 35, 0)},  # Begins though three have not ended.
        {"clear": (36, 44, 0)},
        {"clear": (44, 45, 0)},  # At 42 one server of two rests no more, and both are busy.
    ]


def test_lowest_first_and_classes(run: Run) -> None:
    """Tests that at an opening the first in the queue gets the server who stays longest."""
    case = build(
        resources={"customs": [(0, 0), (10, 2), (20, 1)]},
        resuming=["customs"],
        trader_classes=("gold", "plain"),
        routes={"import": Route([resource("clear", "customs", priority={"gold": 1, "plain": 2})])},
        consignments=[
            Consignment(0, "import", {"clear": 15}, trader_class="plain"),
            Consignment(5, "import", {"clear": 15}, trader_class="gold"),
            Consignment(6, "import", {"clear": 5}, trader_class="plain"),
        ],
        end=300,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"clear": (10, None, 1)},  # Its server is never on duty again.
        {"clear": (10, 25, 0)},
        {"clear": (25, 30, 0)},
    ]


def test_only_resources_that_resume(run: Run) -> None:
    """Tests one that finishes beside one that resumes, with the same hours."""
    hours = [(0, 1), (30, 0), (60, 1)]
    case = build(
        resources={"dock": hours, "customs": hours},
        resuming=["customs"],
        routes={"in": Route([resource("strip", "dock")]), "import": CLEAR},
        consignments=[
            Consignment(20, "in", {"strip": 20}),
            Consignment(20, "import", {"clear": 20}),
        ],
        end=300,
    )
    assert case.read(run(case.plan, case.world)) == [{"strip": (20, 40)}, {"clear": (20, 70, 0)}]
