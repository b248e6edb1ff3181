"""Hand-calculated cases of consignments too large for any departure, through both engines. In minutes."""

from __future__ import annotations

import pytest

from fourport.plan.tables import UNBOUND
from tests.builder import Consignment, Departure, Run, build
from tests.steps import Route, delay, join, mark, service

SAIL = Route([service("sail", "ferry")])


def weighing(weight: int) -> tuple[int, int, int]:
    """Give a size or a room of which only the weight matters."""
    return weight, 1, 1


def room(weight: int) -> tuple[int, int, int]:
    """Give a room that is limited by weight only."""
    return weight, UNBOUND, UNBOUND


def test_in_three_parts(run: Run) -> None:
    """Tests 2500 kg with 1000 kg a departure: 400, 400 and 200 thousandths; others use what is left."""
    ferry = [Departure(at, at, at + 50, free=room(1000)) for at in (10, 110, 210)]
    case = build(
        services={"ferry": ferry},
        splitting=["ferry"],
        routes={"sea": Route([delay("drive"), service("sail", "ferry"), delay("unload")])},
        consignments=[
            Consignment(0, "sea", {"drive": 1, "unload": 5}, size=weighing(2500)),
            Consignment(0, "sea", {"drive": 2, "unload": 5}, size=weighing(500)),
            Consignment(0, "sea", {"drive": 3, "unload": 5}, size=weighing(501)),
        ],
        end=400,
    )
    milestones = run(case.plan, case.world)
    assert case.read(milestones) == [
        {"drive": (0, 1), "sail": (210, 260, 2), "unload": (260, 265)},
        {"drive": (0, 2), "sail": (210, 260, 2), "unload": (260, 265)},  # 500 + 500 = 1000.
        {"drive": (0, 3)},  # Fits an empty departure, so it waits, and none is empty.
    ]
    assert case.read_parts(milestones) == [(0, "sail", 0, 400), (0, "sail", 1, 400), (0, "sail", 2, 200)]


def test_thousandths_are_rounded_without_loss(run: Run) -> None:
    """Tests 1999 kg with 1000 kg a departure: 500 thousandths are 999 kg and the rest 1000 kg."""
    ferry = [Departure(at, at, at + 5, free=room(1000)) for at in (10, 20)]
    case = build(
        services={"ferry": ferry},
        splitting=["ferry"],
        routes={"sea": SAIL},
        consignments=[Consignment(0, "sea", size=weighing(1999)), Consignment(0, "sea", size=weighing(1))],
        end=100,
    )
    milestones = run(case.plan, case.world)
    assert case.read_parts(milestones) == [(0, "sail", 0, 500), (0, "sail", 1, 500)]
    assert case.read(milestones) == [{"sail": (20, 25, 1)}, {"sail": (10, 15, 0)}]


def test_an_earlier_part_arrives_last(run: Run) -> None:
    """Tests that the step begins with the last part and ends with the first, which is late."""
    case = build(
        services={
            "ferry": [
                Departure(10, 30, 90, free=room(500), scheduled=10),
                Departure(20, 20, 40, free=room(500)),
            ]
        },
        splitting=["ferry"],
        routes={
            "sea": Route(
                [service("sail", "ferry", files="entry"), mark("landed"), join("release", "entry")],
                {"entry": [delay("prepare")]},
            )
        },
        consignments=[Consignment(0, "sea", {"prepare": 5}, size=weighing(1000))],
        end=100,
    )
    milestones = run(case.plan, case.world)
    (found,) = case.read(milestones)
    assert found == {"sail": (20, 90, 1), "landed": (90, 90), "release": (90, 90), "prepare": (20, 25)}
    assert case.read_parts(milestones) == [(0, "sail", 0, 500), (0, "sail", 1, 500)]


def test_one_at_a_time_and_in_its_place(run: Run) -> None:
    """Tests two that are too large: the second is begun when the first is gone, in the same departure."""
    ferry = [Departure(at, at, at + 5, free=room(10)) for at in (10, 20, 30, 40)]
    case = build(
        services={"ferry": ferry},
        splitting=["ferry"],
        routes={"sea": SAIL},
        consignments=[Consignment(0, "sea", size=weighing(16)), Consignment(0, "sea", size=weighing(40))],
        end=100,
    )
    milestones = run(case.plan, case.world)
    # 687 thousandths of 16 are 10.99, so 10; the rest, 6, leaves 4 of 10, and 124 thousandths of 40 are 4.96.
    assert case.read_parts(milestones) == [
        (0, "sail", 0, 687),
        (0, "sail", 1, 313),
        (1, "sail", 1, 124),
        (1, "sail", 2, 250),
        (1, "sail", 3, 250),
    ]
    assert case.read(milestones) == [{"sail": (20, 25, 1)}, {}]


def test_only_one_part_a_departure(run: Run) -> None:
    """Tests that a second one takes nothing of the room that the first cannot use."""
    ferry = [Departure(10, 10, 15, free=(10, 100, UNBOUND))]
    case = build(
        services={"ferry": ferry},
        splitting=["ferry"],
        routes={"sea": SAIL},
        consignments=[Consignment(0, "sea", size=(1, 1000, 1)), Consignment(0, "sea", size=(1000, 1, 1))],
        end=100,
    )
    assert case.read_parts(run(case.plan, case.world)) == [(0, "sail", 0, 100)]


@pytest.mark.parametrize(
    ("block", "free", "from_block"),
    [(300, 200, True), (200, 300, False), (200, 200, True), (0, 300, False)],
)
def test_the_roomier_pool(run: Run, block: int, free: int, from_block: bool) -> None:
    """Tests that a part comes from the pool that takes more, the block if they are equal."""
    ferry = [Departure(10, 10, 15, free=room(free), block=room(block))]
    case = build(
        services={"ferry": ferry},
        splitting=["ferry"],
        routes={
            "reserved": Route([service("sail", "ferry", block=True)]),
            "open": Route([service("go", "ferry")]),
        },
        consignments=[
            Consignment(0, "reserved", size=weighing(1000)),
            Consignment(0, "open", size=weighing(200)),
        ],
        end=100,
    )
    milestones = run(case.plan, case.world)
    assert case.read_parts(milestones) == [(0, "sail", 0, max(block, free))]
    assert case.read(milestones)[1] == ({"go": (10, 15, 0)} if from_block else {})


def test_who_fits_with_less_background_waits(run: Run) -> None:
    """Tests that a consignment is not split that would fit if there were the least background cargo."""
    ferry = [Departure(10, 10, 15, free=room(60), most_free=room(100))]
    for weight, parts in ((100, []), (101, [(0, "sail", 0, 603)])):
        case = build(
            services={"ferry": ferry},
            splitting=["ferry"],
            routes={"sea": SAIL},
            consignments=[Consignment(0, "sea", size=weighing(weight))],
            end=100,
        )
        # 603 thousandths of 101 are 60.9, so 60; 604 would be 61.
        assert case.read_parts(run(case.plan, case.world)) == parts


def test_nothing_is_split_unless_asked(run: Run) -> None:
    """Tests that without the option what is too large waits for ever, and with it only where it is set."""
    case = build(
        services={"ferry": [Departure(10, 10, 15, free=room(5))], "barge": []},
        splitting=["barge"],
        routes={"sea": SAIL},
        consignments=[Consignment(0, "sea", size=weighing(20))],
        end=100,
    )
    milestones = run(case.plan, case.world)
    assert case.read_parts(milestones) == []
    assert case.read(milestones) == [{}]


def test_two_legs_by_one_service(run: Run) -> None:
    """Tests that the parts of a first leg do not count on the second, which begins anew."""
    ferry = [Departure(at, at, at + 5, free=room(10)) for at in (10, 20, 30, 40)]
    case = build(
        services={"ferry": ferry},
        splitting=["ferry"],
        routes={"sea": Route([service("out", "ferry"), service("back", "ferry")])},
        consignments=[Consignment(0, "sea", size=weighing(20))],
        end=100,
    )
    milestones = run(case.plan, case.world)
    assert case.read(milestones) == [{"out": (20, 25, 1), "back": (40, 45, 3)}]
    assert case.read_parts(milestones) == [
        (0, "out", 0, 549),
        (0, "out", 1, 451),
        (0, "back", 2, 549),
        (0, "back", 3, 451),
    ]
