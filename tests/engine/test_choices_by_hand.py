"""Hand-calculated cases of legs with several services, through both engines. All times in minutes."""

from __future__ import annotations

import pytest

from fourport.plan.tables import UNBOUND
from tests.builder import Consignment, Departure, Run, Times, build
from tests.steps import Route, Step, choice, delay, join, service


def sailing(cutoff: int, room: int = 1000, *, cancelled: bool = False) -> Departure:
    """Give a departure that leaves 10 minutes after its cut-off and takes 50."""
    free = (room, UNBOUND, UNBOUND)
    return Departure(cutoff, cutoff + 10, cutoff + 60, free=free, cancelled=cancelled)


def follow(
    run: Run,
    ferry: list[Departure],
    barge: list[Departure],
    *goods: tuple[int, int],
    steps: list[Step] | None = None,
    splitting: tuple[str, ...] = (),
) -> list[dict[str, Times]]:
    """Say when each of the goods, (arrival, weight), sailed with the ferry or with the barge."""
    case = build(
        services={"ferry": ferry, "barge": barge},
        splitting=splitting,
        routes={
            "either": Route(steps or choice("sail", {"ferry": False, "barge": False})),
            "barge-only": Route([service("sail/barge", "barge")]),
        },
        consignments=[
            Consignment(at, "either" if weight > 0 else "barge-only", size=(abs(weight), 1, 1))
            for at, weight in goods
        ],
        end=1000,
    )
    found = case.read(run(case.plan, case.world))
    for one in found:
        arrived = one.pop("sail/arrived", None)
        assert arrived is None or arrived[0] in [times[1] for times in one.values()]
    return found


def test_the_next_departure(run: Run) -> None:
    """Tests that goods take whichever closes next, also one that the order written names last."""
    ferry, barge = [sailing(100), sailing(300)], [sailing(50), sailing(200)]
    assert follow(run, ferry, barge, (0, 1), (51, 1), (100, 1), (101, 1), (201, 1)) == [
        {"sail/barge": (60, 110, 0)},
        {"sail/ferry": (110, 160, 0)},
        {"sail/ferry": (110, 160, 0)},  # At the cut-off is in time.
        {"sail/barge": (210, 260, 1)},
        {"sail/ferry": (310, 360, 1)},
    ]


def test_what_is_full_or_cancelled(run: Run) -> None:
    """Tests that goods left behind by one service take the next departure of the other with room."""
    ferry = [sailing(10, room=5), sailing(30, cancelled=True), sailing(50)]
    assert follow(run, ferry, [sailing(20, room=7), sailing(40, room=3)], (0, 5), (0, 4), (0, 3), (0, 3)) == [
        {"sail/ferry": (20, 70, 0)},
        {"sail/barge": (30, 80, 0)},
        {"sail/barge": (30, 80, 0)},
        {"sail/barge": (50, 100, 1)},
    ]


def test_one_order_with_those_who_have_no_choice(run: Run) -> None:
    """Tests that arrival alone decides about room, whether goods could go by another service or not."""
    ferry, barge = [sailing(90)], [sailing(50, room=1), sailing(150)]
    assert follow(run, ferry, barge, (0, 1), (1, -1)) == [
        {"sail/barge": (60, 110, 0)},
        {"sail/barge": (160, 210, 1)},
    ]
    assert follow(run, ferry, barge, (0, -1), (1, 1)) == [
        {"sail/barge": (60, 110, 0)},
        {"sail/ferry": (100, 150, 0)},
    ]


def test_two_that_close_at_once(run: Run) -> None:
    """Tests that each tries the services in the order written, consignment by consignment.

    The second does not fit the ferry any more and takes the room of the barge before the third, which came
    later though it has no choice.
    """
    ferry, barge = [sailing(50, room=10), sailing(90)], [sailing(50, room=10), sailing(95)]
    goods = ((0, 8), (1, 6), (2, -6), (3, 2), (4, 4))
    assert follow(run, ferry, barge, *goods) == [
        {"sail/ferry": (60, 110, 0)},
        {"sail/barge": (60, 110, 0)},
        {"sail/barge": (105, 155, 1)},
        {"sail/ferry": (60, 110, 0)},
        {"sail/barge": (60, 110, 0)},
    ]


@pytest.mark.parametrize(
    ("within", "sailed"),
    [
        (-1, {"sail/barge": (40, 90, 0)}),  # The next.
        (59, {"sail/barge": (40, 90, 0)}),  # The ferry leaves at 60, too late.
        (60, {"sail/ferry": (60, 110, 0)}),
    ],
)
def test_in_order_within_a_time(run: Run, within: int, sailed: dict[str, Times]) -> None:
    """Tests that the ferry is preferred if it is scheduled to leave in time from the arrival at 0."""
    steps = choice("sail", {"ferry": False, "barge": False}, within=within)
    assert follow(run, [sailing(50)], [sailing(30)], (0, 1), steps=steps) == [sailed]


def test_what_was_preferred_is_cancelled(run: Run) -> None:
    """Tests that goods wait for a preferred sailing until its cut-off, then take the next by the same rule.

    The ferry that closes at 50 does not sail. The one at 150 would leave at 160, within 160 but not 159.
    """
    ferry, barge = [sailing(50, cancelled=True), sailing(150)], [sailing(30), sailing(70)]
    for within, sailed in ((159, {"sail/barge": (80, 130, 1)}), (160, {"sail/ferry": (160, 210, 1)})):
        steps = choice("sail", {"ferry": False, "barge": False}, within=within)
        assert follow(run, ferry, barge, (0, 1), steps=steps) == [sailed]


def test_block_space_of_one_of_them(run: Run) -> None:
    """Tests that goods use the block space of the service that has some."""
    ferry = [Departure(50, 50, 90, free=(0, 0, 0), block=(5, UNBOUND, UNBOUND))]
    steps = choice("sail", {"ferry": True, "barge": True})
    assert follow(run, ferry, [sailing(60, room=9)], (0, 4), (0, 4), steps=steps) == [
        {"sail/ferry": (50, 90, 0)},
        {"sail/barge": (70, 120, 0)},
    ]


def test_parts_go_by_one_service(run: Run) -> None:
    """Tests that goods too large for both are split, and that the rest follows the first part.

    What fits the other service as a whole, 15 on the barge, waits for that.
    """
    ferry, barge = [sailing(10, room=10), sailing(30, room=10)], [sailing(20, room=15), sailing(40, room=15)]
    found = follow(run, ferry, barge, (0, 16), (0, 15), splitting=("ferry", "barge"))
    assert found == [{"sail/ferry": (40, 90, 1)}, {"sail/barge": (30, 80, 0)}]


def test_declarations_and_what_follows(run: Run) -> None:
    """Tests that declarations are filed as the service that is used leaves, and that the way goes on."""
    case = build(
        services={"ferry": [sailing(100)], "barge": [sailing(20)]},
        routes={
            "sea": Route(
                [
                    *choice("sail", {"ferry": False, "barge": False}, files="entry"),
                    join("release", "entry"),
                    delay("drive"),
                ],
                {"entry": [delay("prepare")]},
            )
        },
        consignments=[Consignment(0, "sea", {"prepare": 5, "drive": 7})],
        end=500,
    )
    assert case.read(run(case.plan, case.world)) == [
        {
            "sail/barge": (30, 80, 0),
            "sail/arrived": (80, 80),
            "release": (80, 80),
            "drive": (80, 87),
            "prepare": (30, 35),
        }
    ]
