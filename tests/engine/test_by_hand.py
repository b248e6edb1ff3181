"""Hand-calculated cases, run through both engines. Times are minutes."""

from __future__ import annotations

from tests.builder import Consignment, Departure, Run, Trucks, build
from tests.steps import Route, delay, fleet, join, resource, service


def test_resource_closes_in_the_middle_of_services(run: Run) -> None:
    """Tests that services go on past the closing and none begins until the opening."""
    case = build(
        resources={"customs": [(0, 2), (30, 0), (60, 2)]},
        routes={"import": Route([resource("clear", "customs")])},
        consignments=[
            Consignment(0, "import", {"clear": 20}),
            Consignment(0, "import", {"clear": 40}),
            Consignment(5, "import", {"clear": 15}),
            Consignment(10, "import", {"clear": 10}),
            Consignment(30, "import", {"clear": 10}),
        ],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"clear": (0, 20)},
        {"clear": (0, 40)},  # Ten minutes past the closing.
        {"clear": (20, 35)},  # The server of the first.
        {"clear": (60, 70)},  # A server is free at 35, but closed.
        {"clear": (60, 70)},  # Comes exactly at the closing; nothing begins then.
    ]


def test_a_falling_number_of_servers_waits_for_those_at_work(run: Run) -> None:
    """Tests that with two at work and one server left, the next begins when both have ended."""
    case = build(
        resources={"dock": [(-10, 2), (10, 1)]},
        routes={"in": Route([resource("strip", "dock")])},
        consignments=[
            Consignment(0, "in", {"strip": 15}),
            Consignment(0, "in", {"strip": 25}),
            Consignment(5, "in", {"strip": 5}),
        ],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"strip": (0, 15)},
        {"strip": (0, 25)},
        {"strip": (25, 30)},  # At 15 one is still busy, and one is all there is.
    ]


def test_priority(run: Run) -> None:
    """Tests that a lower class goes first, also when it comes as the server falls free."""
    case = build(
        resources={"desk": [(0, 1)]},
        trader_classes=("gold", "plain"),
        routes={"in": Route([resource("check", "desk", priority={"gold": 1, "plain": 2})])},
        consignments=[
            Consignment(0, "in", {"check": 10}, trader_class="plain"),
            Consignment(2, "in", {"check": 10}, trader_class="plain"),
            Consignment(10, "in", {"check": 10}, trader_class="gold"),
            Consignment(15, "in", {"check": 10}, trader_class="gold"),
        ],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"check": (0, 10)},  # Not interrupted.
        {"check": (30, 40)},  # Second to come, last to be served.
        {"check": (10, 20)},
        {"check": (20, 30)},
    ]


def test_rolled_over_and_cancelled(run: Run) -> None:
    """Tests that what does not fit waits in its place, past a cancelled departure."""
    case = build(
        services={
            "ferry": [
                Departure(10, 15, 40, free=(10, 99, 99)),
                Departure(50, 50, 80, cancelled=True),
                Departure(90, 95, 120, scheduled=90, free=(10, 99, 99)),
            ]
        },
        routes={"sea": Route([service("sail", "ferry")])},
        consignments=[
            Consignment(0, "sea", size=(6, 1, 1)),
            Consignment(5, "sea", size=(6, 1, 1)),
            Consignment(8, "sea", size=(4, 1, 1)),
            Consignment(10, "sea", size=(1, 1, 1)),
            Consignment(60, "sea", size=(4, 1, 1)),
        ],
        end=200,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"sail": (15, 40, 0)},  # 6 of 10.
        {"sail": (95, 120, 2)},  # 6 + 6 > 10; the next one is cancelled; then 6 of 10.
        {"sail": (15, 40, 0)},  # 6 + 4 = 10.
        {"sail": (95, 120, 2)},  # No room at 10; then 6 + 1 = 7.
        {},  # 7 + 4 > 10: undelivered.
    ]


def test_arrival_exactly_at_the_cutoff(run: Run) -> None:
    """Tests that who comes at the cut-off is in time and a minute later is not."""
    case = build(
        services={"ferry": [Departure(10, 10, 25), Departure(40, 45, 60)]},
        routes={"sea": Route([delay("drive"), service("sail", "ferry")])},
        consignments=[Consignment(0, "sea", {"drive": 10}), Consignment(0, "sea", {"drive": 11})],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"drive": (0, 10), "sail": (10, 25, 0)},
        {"drive": (0, 11), "sail": (45, 60, 1)},
    ]


def test_cutoff_before_the_run(run: Run) -> None:
    """Tests that nobody is in time for a cut-off before the start, though the ferry leaves after it."""
    case = build(
        services={
            "ferry": [Departure(-5, 20, 30), Departure(0, 10, 25, free=(1, 1, 1)), Departure(40, 45, 60)]
        },
        routes={"sea": Route([service("sail", "ferry")])},
        consignments=[Consignment(0, "sea"), Consignment(0, "sea")],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [{"sail": (10, 25, 1)}, {"sail": (45, 60, 2)}]


def test_block_and_free_room(run: Run) -> None:
    """Tests that a block step takes the block first, then free room, in all three dimensions."""
    case = build(
        services={
            "flight": [
                Departure(20, 30, 90, block=(5, 5, 5), free=(10, 10, 10)),
                Departure(120, 130, 190, block=(9, 9, 9), free=(0, 0, 0)),
            ]
        },
        routes={
            "contract": Route([service("fly", "flight", block=True)]),
            "spot": Route([service("fly", "flight")]),
        },
        consignments=[
            Consignment(0, "contract", size=(4, 1, 1)),
            Consignment(1, "contract", size=(1, 1, 5)),
            Consignment(2, "spot", size=(1, 1, 6)),
            Consignment(3, "spot", size=(9, 9, 5)),
            Consignment(4, "contract", size=(1, 4, 4)),
        ],
        end=300,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"fly": (30, 90, 0)},  # Block: (1, 4, 4) left.
        {"fly": (30, 90, 0)},  # 5 TEU > 4 in the block; free: (9, 9, 5) left.
        {},  # 6 TEU > 5 in free room; and never in the block.
        {"fly": (30, 90, 0)},  # Free: nothing left.
        {"fly": (30, 90, 0)},  # Block: nothing left.
    ]


def test_one_truck_full_and_on_hold(run: Run) -> None:
    """Tests that a truck leaves when full or when its hold has run out, and must come home first."""
    case = build(
        fleets={"trucks": Trucks(1, weight=10, volume=99, hold=30, out=[20, 25, 15], back=[10])},
        routes={"road": Route([fleet("drive", "trucks")])},
        consignments=[
            Consignment(0, "road", size=(6, 1, 1)),
            Consignment(5, "road", size=(4, 1, 1)),
            Consignment(7, "road", size=(3, 1, 1)),
            Consignment(65, "road", size=(3, 1, 1)),
            Consignment(66, "road", size=(3, 1, 1)),
        ],
        end=200,
    )
    milestones = run(case.plan, case.world)
    assert case.read(milestones) == [
        {"drive": (5, 25, 0)},
        {"drive": (5, 25, 0)},  # 6 + 4 = 10: full.
        {"drive": (65, 90, 1)},  # The truck is home at 25 + 10 = 35 and held until 35 + 30 = 65.
        {"drive": (65, 90, 1)},  # Comes exactly then, and is loaded.
        {"drive": (130, 145, 2)},  # Home at 90 + 10 = 100, held until 130.
    ]
    assert case.read_trips(milestones) == [(0, 5, 25), (35, 65, 90), (100, 130, 145)]


def test_two_trucks_in_strict_order(run: Run) -> None:
    """Tests that a truck leaves at once when the next does not fit, and the next truck loads it."""
    case = build(
        fleets={"trucks": Trucks(2, weight=10, volume=8, hold=30, out=[20, 10], back=[10])},
        routes={"road": Route([fleet("drive", "trucks")])},
        consignments=[
            Consignment(0, "road", size=(6, 1, 1)),
            Consignment(4, "road", size=(5, 2, 1)),
            Consignment(6, "road", size=(1, 6, 1)),
            Consignment(7, "road", size=(4, 1, 1)),
        ],
        end=200,
    )
    milestones = run(case.plan, case.world)
    assert case.read(milestones) == [
        {"drive": (4, 24, 0)},
        {"drive": (6, 16, 1)},  # 6 + 5 > 10: the first truck leaves, the second opens.
        {"drive": (6, 16, 1)},  # 2 + 6 = 8 litres: full.
        {"drive": (56, 66, 2)},  # The second is home first, at 16 + 10 = 26; 26 + 30 = 56.
    ]
    assert case.read_trips(milestones) == [(0, 4, 24), (4, 6, 16), (26, 56, 66)]


def test_filing_ahead_and_at_arrival(run: Run) -> None:
    """Tests that declarations filed ahead run beside the goods, and others from the JOIN on."""
    declaration = {"declaration": [delay("transmit"), resource("review", "desk")]}
    rest = [join("declaration", "declaration"), delay("leave")]
    case = build(
        resources={"desk": [(0, 1)]},
        conditions={"trusted": {"plain": 0.5}},
        routes={
            "ahead": Route([delay("ship", files="declaration", files_when="trusted"), *rest], declaration),
            "later": Route([delay("ship"), *rest], declaration),
        },
        consignments=[
            Consignment(0, "ahead", {"ship": 40, "transmit": 5, "review": 10, "leave": 5}),
            Consignment(0, "ahead", {"ship": 40, "transmit": 30, "review": 15, "leave": 5}),
            Consignment(0, "later", {"ship": 40, "transmit": 5, "review": 10, "leave": 5}),
            Consignment(
                0, "ahead", {"ship": 40, "transmit": 5, "review": 10, "leave": 5}, risk={"trusted": 0.5}
            ),
        ],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [
        # Declarations through at 15, goods at 40.
        {"ship": (0, 40), "transmit": (0, 5), "review": (5, 15), "declaration": (40, 40), "leave": (40, 45)},
        # Filed ahead too, but 30 + 15 = 45 is later than 40.
        {
            "ship": (0, 40),
            "transmit": (0, 30),
            "review": (30, 45),
            "declaration": (40, 45),
            "leave": (45, 50),
        },
        # Not before 40; the desk is free from 45 on.
        {
            "ship": (0, 40),
            "transmit": (40, 45),
            "review": (45, 55),
            "declaration": (40, 55),
            "leave": (55, 60),
        },
        # 0.5 is not below 0.5: not trusted; behind the third at the desk.
        {
            "ship": (0, 40),
            "transmit": (40, 45),
            "review": (55, 65),
            "declaration": (40, 65),
            "leave": (65, 70),
        },
    ]


def test_inspection(run: Run) -> None:
    """Tests that only those whose risk number is below the rate of their trader class are inspected."""
    case = build(
        resources={"shed": [(0, 1)]},
        trader_classes=("gold", "plain"),
        conditions={"inspected": {"gold": 0.2, "plain": 0.5}},
        routes={"in": Route([delay("land"), resource("inspect", "shed", when="inspected"), delay("leave")])},
        consignments=[
            Consignment(0, "in", minutes, trader_class=trader_class, risk={"inspected": risk})
            for minutes in [{"land": 10, "inspect": 20, "leave": 5}]
            for trader_class, risk in [("gold", 0.3), ("plain", 0.3), ("plain", 0.5), ("gold", 0.1)]
        ],
        end=100,
    )
    assert case.read(run(case.plan, case.world)) == [
        {"land": (0, 10), "leave": (10, 15)},
        {"land": (0, 10), "inspect": (10, 30), "leave": (30, 35)},
        {"land": (0, 10), "leave": (10, 15)},
        {"land": (0, 10), "inspect": (30, 50), "leave": (50, 55)},
    ]


def test_end_of_the_run(run: Run) -> None:
    """Tests that nothing happens at the end, and that what is settled before keeps its begin."""
    declaration = {"declaration": [delay("transmit")]}
    case = build(
        services={
            "ferry": [Departure(90, 110, 150, free=(1, 9, 9)), Departure(100, 101, 102, free=(1, 9, 9))]
        },
        fleets={"trucks": Trucks(1, weight=10, volume=10, hold=10, out=[80, 80], back=[10])},
        routes={
            "walk": Route([delay("walk")]),
            "sea": Route(
                [service("sail", "ferry", files="declaration"), join("declaration", "declaration")],
                declaration,
            ),
            "road": Route([fleet("drive", "trucks")]),
        },
        consignments=[
            Consignment(0, "walk", {"walk": 99}),
            Consignment(0, "walk", {"walk": 100}),
            Consignment(0, "sea", {"transmit": 5}),
            Consignment(1, "sea", {"transmit": 5}),
            Consignment(15, "road"),
            Consignment(100, "walk", {"walk": 1}),
        ],
        end=100,
    )
    milestones = run(case.plan, case.world)
    assert case.read(milestones) == [
        {"walk": (0, 99)},
        {"walk": (0, None)},
        {"sail": (110, None, 0), "transmit": (110, None)},  # Loaded at 90.
        {},  # The second ferry has its cut-off at the end.
        {"drive": (25, None, 0)},  # 25 + 80 = 105.
        {},
    ]
    assert case.read_trips(milestones) == [(15, 25, None)]
