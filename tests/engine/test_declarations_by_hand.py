"""Hand-calculated cases of marks and of declarations that nobody waits for. Times are minutes.

Run through both engines, as those in ``test_by_hand``.
"""

from __future__ import annotations

from tests.builder import Consignment, Departure, Run, build
from tests.steps import Route, delay, join, mark, resource, service


def test_marks_start_declarations(run: Run) -> None:
    """Tests that a MARK starts a declaration when it is come to, if it is done and its condition holds."""
    case = build(
        conditions={"bonded": {"plain": 0.5}, "trusted": {"plain": 0.5}},
        services={"ferry": [Departure(10, 15, 30)]},
        routes={
            "in": Route(
                [
                    service("sail", "ferry"),
                    mark("landed", when="bonded", files="declaration", files_when="trusted"),
                    delay("unload"),
                    mark("again", files="declaration"),
                    join("release", "declaration"),
                    mark("too late", files="declaration"),
                ],
                {"declaration": [delay("transmit"), mark("released")]},
            )
        },
        consignments=[
            Consignment(0, "in", {"unload": 5, "transmit": 20}, risk={"bonded": bonded, "trusted": trusted})
            for bonded, trusted in [(0.0, 0.0), (0.0, 0.9), (0.9, 0.0)]
        ],
        end=100,
    )
    held = {
        "sail": (15, 30, 0),
        "unload": (30, 35),
        "again": (35, 35),
        "transmit": (35, 55),
        "released": (55, 55),
        "release": (35, 55),
        "too late": (55, 55),
    }
    assert case.read(run(case.plan, case.world)) == [
        {
            "sail": (15, 30, 0),
            "landed": (30, 30),
            "unload": (30, 35),
            "again": (35, 35),  # Started already, at 30.
            "transmit": (30, 50),
            "released": (50, 50),
            "release": (35, 50),
            "too late": (50, 50),  # Delivered, by a MARK.
        },
        held | {"landed": (30, 30)},
        held,  # Passed over, so it starts nothing.
    ]


def test_declarations_that_nobody_waits_for(run: Run) -> None:
    """Tests that such declarations take their turn at the desk, hold no goods up and may outlast them."""
    case = build(
        resources={"desk": [(0, 1)]},
        conditions={"held": {"plain": 0.5}},
        routes={
            "in": Route(
                [
                    delay("ship", files="statistics"),
                    resource("check", "desk"),
                    join("release", "statistics", when="held"),
                    mark("gone", files="receipt"),
                ],
                {
                    "statistics": [delay("transmit"), resource("review", "desk"), mark("noted")],
                    "receipt": [delay("send")],
                    "complaint": [delay("write")],
                },
            )
        },
        consignments=[
            Consignment(
                0,
                "in",
                {"ship": 10, "check": 5, "transmit": 8, "review": 30, "send": 60, "write": 1},
                risk={"held": risk},
            )
            for risk in (0.9, 0.0)
        ],
        end=110,
    )
    assert case.read(run(case.plan, case.world)) == [
        {
            "ship": (0, 10),
            "transmit": (0, 8),
            "review": (8, 38),
            "noted": (38, 38),
            "check": (68, 73),  # The declarations of the second came before, at 8.
            "gone": (73, 73),
            "send": (73, None),  # 73 + 60 is after the end.
        },
        {
            "ship": (0, 10),
            "transmit": (0, 8),
            "review": (38, 68),
            "noted": (68, 68),
            "check": (73, 78),
            "release": (78, 78),
            "gone": (78, 78),
            "send": (78, None),
        },
    ]


def test_goods_are_gone_before_their_declarations(run: Run) -> None:
    """Tests that declarations without a JOIN, started by a departure, go on after the delivery."""
    case = build(
        services={"ferry": [Departure(10, 15, 30)]},
        resources={"desk": [(0, 0), (50, 1)]},
        routes={
            "sea": Route(
                [
                    service("sail", "ferry", files="statistics"),
                    mark("ashore", after="statistics"),
                    mark("end"),
                ],
                {"statistics": [delay("transmit"), resource("review", "desk")]},
            )
        },
        consignments=[Consignment(0, "sea", {"transmit": 5, "review": 10})],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"sail": (15, 30, 0), "end": (30, 30), "transmit": (15, 20), "review": (50, 60)}
    ]


def test_marks_at_the_end_of_the_run(run: Run) -> None:
    """Tests that a MARK come to at the end does not happen, and one just before does and files."""
    case = build(
        routes={
            "in": Route(
                [delay("ship"), mark("landed", files="declaration"), mark("gone")],
                {"declaration": [delay("transmit"), mark("released")]},
            )
        },
        consignments=[
            Consignment(0, "in", {"ship": 98, "transmit": 1}),
            Consignment(0, "in", {"ship": 99, "transmit": 1}),
            Consignment(0, "in", {"ship": 100, "transmit": 1}),
        ],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [
        {
            "ship": (0, 98),
            "landed": (98, 98),
            "gone": (98, 98),
            "transmit": (98, 99),
            "released": (99, 99),
        },
        {"ship": (0, 99), "landed": (99, 99), "gone": (99, 99), "transmit": (99, None)},
        {"ship": (0, None)},
    ]
