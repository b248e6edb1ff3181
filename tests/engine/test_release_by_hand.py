"""Hand-calculated cases of block space that is released before departure, through both engines. Minutes."""

from __future__ import annotations

import pytest

from fourport.plan.tables import UNBOUND
from tests.builder import Case, Consignment, Departure, Run, build
from tests.steps import Route, choice, delay, service

Size = tuple[int, int, int]


def weighing(weight: int) -> Size:
    """Give a size or a room of which only the weight matters."""
    return weight, 1, 1


def room(weight: int) -> Size:
    """Give a room that is limited by weight only."""
    return weight, UNBOUND, UNBOUND


def ferry(free: int, block: int, released: int | None = 50, cutoff: int = 100) -> Departure:
    """Give a departure at its cut-off, whose block space is released at minute 50."""
    return Departure(cutoff, cutoff, cutoff + 50, free=room(free), block=room(block), released=released)


ROUTES = {
    "own": Route([delay("drive"), service("sail", "ferry", block=True)]),
    "other": Route([delay("drive"), service("sail", "ferry")]),
}


def waits(*goods: tuple[str, int, int], drive: int = 10) -> list[Consignment]:
    """Give goods of a route that are accepted at a minute and weigh so much; all drive ten minutes."""
    return [Consignment(at, route, {"drive": drive}, size=weighing(kg)) for route, at, kg in goods]


def aboard(run: Run, case: Case) -> list[int | None]:
    """Give the departure of each consignment, None for those that are left behind."""
    return [row["sail"][2] if "sail" in row else None for row in case.read(run(case.plan, case.world))]  # type: ignore[misc]


def sailing(run: Run, departures: list[Departure], goods: list[Consignment]) -> list[int | None]:
    """Give the departure of each of some goods."""
    return aboard(run, build(services={"ferry": departures}, routes=ROUTES, consignments=goods, end=1000))


GOODS = waits(("other", 0, 6), ("other", 1, 5), ("own", 40, 4), ("own", 60, 3), ("other", 70, 2))


@pytest.mark.parametrize(
    ("released", "expected"),
    [
        (None, [0, None, 0, 0, 0]),
        # 4 of 10 are kept for what was accepted at 40; others have 8 + 6 = 14, of which 6, 5 and 3 use all.
        (50, [0, 0, 0, 0, None]),
        # What was accepted at 60 is known, too: 7 are kept, and others have 8 + 3 = 11: 6 and 5 use all.
        (60, [0, 0, 0, 0, None]),
        # Nothing was accepted by then: 18 for all, in the order of their arrival: 6, 5, 4 and 3 use all.
        (39, [0, 0, 0, 0, None]),
    ],
)
def test_what_is_not_needed_is_open_to_others(
    run: Run, released: int | None, expected: list[int | None]
) -> None:
    """Tests 8 t of free sale and a block of 10: without release 5 t stay behind, with it only 2 t."""
    assert sailing(run, [ferry(8, 10, released)], GOODS) == expected


def test_what_is_known_is_kept(run: Run) -> None:
    """Tests that goods known at the release have space, though others came before them; late ones have none.

    The block of 10 keeps 6 for the goods of minute 40. The others' 4 t take what is given back. The goods of
    the block that come at 60 find neither block nor free sale: 4 were left, and others were there before.
    """
    goods = waits(("other", 0, 4), ("other", 1, 4), ("own", 40, 6), ("own", 60, 1))
    assert sailing(run, [ferry(0, 10)], goods) == [0, None, 0, None]
    assert sailing(run, [ferry(0, 10, released=None)], goods) == [None, None, 0, 0]


def test_accepted_exactly_at_the_release(run: Run) -> None:
    """Tests that goods accepted at the instant of the release are known."""
    for at, expected in ((50, [None, 0]), (51, [0, None])):
        goods = waits(("other", 0, 10), ("own", at, 10))
        assert sailing(run, [ferry(0, 10)], goods) == expected


def test_accepted_in_time_but_not_there(run: Run) -> None:
    """Tests that nothing is kept for goods that were accepted before and are not there at the cut-off."""
    late = Consignment(0, "own", {"drive": 101}, size=weighing(10))
    assert sailing(run, [ferry(0, 10)], [*waits(("other", 1, 10)), late]) == [0, None]


def test_what_is_too_large_for_the_block(run: Run) -> None:
    """Tests that nothing is kept for goods that do not fit, but for those behind them that do."""
    goods = waits(("own", 0, 11), ("own", 1, 7), ("own", 2, 4), ("other", 3, 3))
    assert sailing(run, [ferry(0, 10)], goods) == [None, 0, None, 0]
    # In free sale there is room for 11 with what is given back: 10 - 7 and 8.
    assert sailing(run, [ferry(8, 10)], goods) == [0, 0, None, None]


def test_unlimited_stays_unlimited(run: Run) -> None:
    """Tests that dimensions without a limit in block and free sale do not overflow when both are one."""
    departure = Departure(100, 100, 150, free=(UNBOUND, 5, 5), block=(UNBOUND, 5, UNBOUND), released=50)
    goods = [Consignment(k, "other", {"drive": 10}, size=(10**15, 5, 1)) for k in range(3)]
    assert sailing(run, [departure], goods) == [0, 0, None]


def test_two_departures_at_once(run: Run) -> None:
    """Tests that both keep space for the same goods, which need that of one of them only."""
    twice = [ferry(0, 10), ferry(0, 10)]
    goods = waits(("other", 0, 4), ("own", 1, 8), ("other", 2, 4), ("other", 3, 2))
    assert sailing(run, twice, goods) == [None, 0, None, 0]


def test_one_of_several_services(run: Run) -> None:
    """Tests a barge with a block that is released, beside a ferry that goods of the block prefer.

    While they are kept for the ferry, the barge keeps nothing for them, so that others take all of it.
    """
    steps = choice("sail", {"ferry": False, "barge": True}, within=100)
    routes = {
        "own": Route([*steps]),
        "other": Route([service("sail", "barge")]),
    }
    goods = [Consignment(0, "own", size=weighing(6)), Consignment(0, "other", size=weighing(8))]
    barge = [ferry(0, 10, released=20, cutoff=20)]
    for leaves, expected in ((60, [("sail/ferry", 0), ("sail", 0)]), (160, [("sail/barge", 0), None])):
        case = build(
            services={"ferry": [ferry(10, 0, None, cutoff=leaves)], "barge": barge},
            routes=routes,
            consignments=goods,
            end=1000,
        )
        rows = case.read(run(case.plan, case.world))
        taken = [next(((n, t[2]) for n, t in row.items() if len(t) > 2), None) for row in rows]
        assert taken == expected


def test_in_parts(run: Run) -> None:
    """Tests 20 t of another route, too large for 4 t of free sale: 4 and 6 t given back of a block of 10."""
    departures = [ferry(4, 10), ferry(4, 10, released=150, cutoff=200)]
    case = build(
        services={"ferry": departures},
        routes=ROUTES,
        consignments=waits(("other", 0, 20), ("own", 1, 4)),
        splitting=["ferry"],
        end=1000,
    )
    milestones = run(case.plan, case.world)
    # 549 thousandths are 10.98, so 10 t; the rest of 10 t fits the second, which keeps nothing.
    assert case.read_parts(milestones) == [(0, "sail", 0, 549), (0, "sail", 1, 451)]
    assert aboard(run, case) == [1, 0]
