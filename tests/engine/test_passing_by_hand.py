"""Hand-calculated cases of conditions and of steps that are passed over. Times are minutes.

Run through both engines, as those in ``test_by_hand``.
"""

from __future__ import annotations

from tests.builder import Consignment, Departure, Run, Trucks, build
from tests.rules import Below, Both, Either, Not
from tests.steps import Route, delay, fleet, join, mark, resource, service


def test_non_compliant_and_trader_classes_have_rates_of_their_own(run: Run) -> None:
    """Tests that a BELOW has a rate for each trader class, compliant or not, and excludes the rate itself."""
    case = build(
        trader_classes=("gold", "plain"),
        conditions={"picked": Below("luck", {"gold": 0.1, "plain": 0.4}, {"gold": 0.6, "plain": 0.2})},
        routes={"in": Route([delay("land"), delay("inspect", when="picked"), delay("leave")])},
        consignments=[
            Consignment(
                0,
                "in",
                {"land": 10, "inspect": 20, "leave": 5},
                trader_class=trader_class,
                non_compliant=non_compliant,
                risk={"luck": luck},
            )
            for trader_class, non_compliant, luck in [
                ("gold", False, 0.3),
                ("gold", True, 0.3),
                ("plain", False, 0.3),
                ("plain", True, 0.3),
                ("gold", True, 0.6),
                ("plain", True, 0.1),
            ]
        ],
        end=100,
    )
    waved_through = {"land": (0, 10), "leave": (10, 15)}
    inspected = {"land": (0, 10), "inspect": (10, 30), "leave": (30, 35)}
    assert case.read(run(case.plan, case.world)) == [
        waved_through,  # 0.3 >= 0.1.
        inspected,  # 0.3 < 0.6.
        inspected,  # 0.3 < 0.4.
        waved_through,  # 0.3 >= 0.2: here those who offend are picked less often.
        waved_through,  # 0.6 is not below 0.6.
        inspected,  # 0.1 < 0.2.
    ]


def test_rules_over_rules(run: Run) -> None:
    """Tests NOT, BOTH and EITHER, also over one another and over one shared risk number."""
    names = ("low", "lower", "late", "not low", "between", "any", "neither", "twice")
    case = build(
        conditions={
            "low": Below("luck", {"plain": 0.5}),
            "lower": Below("luck", {"plain": 0.2}),  # Nobody is lower and not low.
            "late": {"plain": 0.5},  # A risk number of its own, named as the condition.
            "not lower": Not("lower"),
            "not low": Not("low"),
            "between": Both("low", "not lower"),
            "any": Either("between", "late"),
            "neither": Not("any"),
            "twice": Both("late", "late"),
        },
        routes={"in": Route([*(mark(name, when=name) for name in names), delay("leave")])},
        consignments=[
            Consignment(1, "in", {"leave": 1}, risk={"luck": luck, "late": late})
            for luck, late in [(0.1, 0.9), (0.3, 0.9), (0.7, 0.9), (0.1, 0.1), (0.3, 0.1), (0.5, 0.5)]
        ],
        end=100,
    )
    found = case.read(run(case.plan, case.world))
    assert all(steps.pop("leave") == (1, 2) for steps in found)
    assert all(times == (1, 1) for steps in found for times in steps.values())
    assert [list(steps) for steps in found] == [
        ["low", "lower", "neither"],
        ["low", "between", "any"],
        ["not low", "neither"],
        ["low", "lower", "late", "any", "twice"],  # Any by the second alone.
        ["low", "late", "between", "any", "twice"],
        ["not low", "neither"],  # 0.5 is not below 0.5.
    ]


def test_a_step_instead_of_another(run: Run) -> None:
    """Tests that a step is passed over once another has been done, but not if that was passed over."""
    case = build(
        conditions={"scanned": {"plain": 0.5}},
        services={"ferry": [Departure(20, 30, 40)]},
        routes={
            "in": Route(
                [
                    delay("scan", when="scanned"),
                    delay("open", unless="scan"),
                    delay("repack", unless="open"),
                    delay("leave"),
                ]
            ),
            "sea": Route([service("sail", "ferry"), delay("drive", unless="sail"), delay("leave")]),
        },
        consignments=[
            Consignment(0, "in", {"scan": 1, "open": 10, "repack": 3, "leave": 5}, risk={"scanned": risk})
            for risk in (0.0, 0.9)
        ]
        + [Consignment(0, "sea", {"drive": 7, "leave": 5})],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"scan": (0, 1), "repack": (1, 4), "leave": (4, 9)},  # Not opened, hence repacked.
        {"open": (0, 10), "leave": (10, 15)},
        {"sail": (30, 40, 0), "leave": (40, 45)},
    ]


def test_a_step_of_the_declaration_instead_of_another(run: Run) -> None:
    """Tests that the declarations too pass over a step, and that those who do are not in the queue."""
    case = build(
        resources={"desk": [(0, 1)]},
        conditions={"electronic": {"plain": 0.5}},
        routes={
            "in": Route(
                [join("release", "declaration")],
                {
                    "declaration": [
                        delay("transmit"),
                        mark("accepted", when="electronic"),
                        resource("review", "desk", unless="accepted"),
                        delay("stamp"),
                    ]
                },
            )
        },
        consignments=[
            Consignment(0, "in", {"transmit": 5, "review": 20, "stamp": 1}, risk={"electronic": risk})
            for risk in (0.9, 0.0, 0.9)
        ],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"transmit": (0, 5), "review": (5, 25), "stamp": (25, 26), "release": (0, 26)},
        {"transmit": (0, 5), "accepted": (5, 5), "stamp": (5, 6), "release": (0, 6)},
        {"transmit": (0, 5), "review": (25, 45), "stamp": (45, 46), "release": (0, 46)},
    ]


def test_only_after_the_declaration(run: Run) -> None:
    """Tests that a step is done if the declaration ended before, and not if it ends at this instant."""
    case = build(
        conditions={"filed": {"plain": 0.5}},
        routes={
            "in": Route(
                [
                    delay("ship", files="declaration", files_when="filed"),
                    delay("fast lane", after="declaration"),
                    delay("leave"),
                ],
                {"declaration": [delay("transmit"), delay("review")]},
            )
        },
        consignments=[
            Consignment(
                0,
                "in",
                {"ship": 40, "transmit": transmit, "review": 10, "fast lane": 2, "leave": 5},
                risk={"filed": risk},
            )
            for transmit, risk in [(29, 0.0), (30, 0.0), (31, 0.0), (1, 0.9)]
        ],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [
        {
            "ship": (0, 40),
            "transmit": (0, 29),
            "review": (29, 39),
            "fast lane": (40, 42),
            "leave": (42, 47),
        },
        # Through at 40, as the goods come: not before.
        {"ship": (0, 40), "transmit": (0, 30), "review": (30, 40), "leave": (40, 45)},
        {"ship": (0, 40), "transmit": (0, 31), "review": (31, 41), "leave": (40, 45)},
        {"ship": (0, 40), "leave": (40, 45)},  # Never filed.
    ]


def test_only_after_declarations_that_were_awaited(run: Run) -> None:
    """Tests that goods held by a JOIN go on at the instant at which the declaration ends, not after it."""
    case = build(
        routes={
            "in": Route(
                [
                    delay("ship", files="declaration"),
                    join("release", "declaration"),
                    mark("was through", after="declaration"),
                    delay("unload"),
                    mark("is through", after="declaration"),
                    delay("leave"),
                ],
                {"declaration": [delay("transmit"), mark("released")]},
            )
        },
        consignments=[
            Consignment(0, "in", {"ship": 10, "transmit": transmit, "unload": 1, "leave": 5})
            for transmit in (9, 10, 15)
        ],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [
        {
            "ship": (0, 10),
            "transmit": (0, 9),
            "released": (9, 9),
            "release": (10, 10),
            "was through": (10, 10),
            "unload": (10, 11),
            "is through": (11, 11),
            "leave": (11, 16),
        },
        {
            "ship": (0, 10),
            "transmit": (0, 10),
            "released": (10, 10),
            "release": (10, 10),
            "unload": (10, 11),
            "is through": (11, 11),
            "leave": (11, 16),
        },
        {
            "ship": (0, 10),
            "transmit": (0, 15),
            "released": (15, 15),
            "release": (10, 15),
            "unload": (15, 16),
            "is through": (16, 16),
            "leave": (16, 21),
        },
    ]


def test_declarations_only_after_other_declarations(run: Run) -> None:
    """Tests that declarations look at other declarations; their steps do not tie by consignment or track."""
    case = build(
        routes={
            "in": Route(
                [mark("start", files="permit"), join("release", "declaration")],
                {
                    "declaration": [delay("transmit"), delay("shortcut", after="permit"), delay("stamp")],
                    "permit": [delay("apply")],
                },
            )
        },
        consignments=[
            Consignment(0, "in", {"transmit": 10, "shortcut": 4, "stamp": 2, "apply": apply})
            for apply in (9, 10, 11)
        ],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [
        {
            "start": (0, 0),
            "release": (0, 16),
            "transmit": (0, 10),
            "shortcut": (10, 14),
            "stamp": (14, 16),
            "apply": (0, 9),
        },
        {"start": (0, 0), "release": (0, 12), "transmit": (0, 10), "stamp": (10, 12), "apply": (0, 10)},
        {"start": (0, 0), "release": (0, 12), "transmit": (0, 10), "stamp": (10, 12), "apply": (0, 11)},
    ]


def test_any_of_three_reasons_is_enough(run: Run) -> None:
    """Tests that a step with all three reasons is done only if none of them is there."""
    case = build(
        conditions={"wanted": {"plain": 0.5}, "scanned": {"plain": 0.5}},
        routes={
            "in": Route(
                [
                    delay("ship", files="declaration"),
                    mark("scan", when="scanned"),
                    fleet("drive", "trucks", when="wanted", unless="scan", after="declaration"),
                    delay("leave"),
                ],
                {"declaration": [delay("transmit")]},
            )
        },
        fleets={"trucks": Trucks(4, weight=1, volume=1, hold=9, out=[20], back=[10])},
        consignments=[
            Consignment(
                0,
                "in",
                {"ship": 10, "transmit": transmit, "leave": 5},
                risk={"wanted": wanted, "scanned": scanned},
            )
            for transmit, wanted, scanned in [(9, 0.0, 0.9), (9, 0.9, 0.9), (9, 0.0, 0.0), (10, 0.0, 0.9)]
        ],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"ship": (0, 10), "transmit": (0, 9), "drive": (10, 30, 0), "leave": (30, 35)},
        {"ship": (0, 10), "transmit": (0, 9), "leave": (10, 15)},
        {"ship": (0, 10), "transmit": (0, 9), "scan": (10, 10), "leave": (10, 15)},
        {"ship": (0, 10), "transmit": (0, 10), "leave": (10, 15)},
    ]
