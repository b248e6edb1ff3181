"""Why time passed, by hand. Hours count from a Monday's midnight; see :mod:`tests.tiny`."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourport.engine import simulate
from fourport.plan.compile import compile_corridor
from fourport.plan.tables import HOUR, NEVER, Kind
from fourport.scenario.load import load
from fourport.study.replication import Replication
from fourport.trace import Trace
from fourport.trace.causes import intervals
from fourport.trace.intervals import CAUSES
from fourport.trace.totals import cause_totals
from fourport.world.draw import draw
from tests.random_scenarios import on_a_grid, random_scenario, to_toml
from tests.tiny import START_US, Parcel, at, corridor, departures_of, follow

NAMES = list(CAUSES)
TINY = corridor()
FERRY = departures_of(TINY)

Told = list[tuple[str, float, float, str]]
"""Milestone, begin, end (hours) and cause."""


def told(run: Replication, *, declaration: bool = False) -> list[Told]:
    """Give the intervals of each consignment that last, in order of time."""
    found: dict[int, Told] = defaultdict(list)
    for chunk in intervals(run.corridor, run.trace):
        columns = (chunk.consignment, chunk.begin_us, chunk.end_us, chunk.cause)
        for i, begin, end, cause in zip(*(column.tolist() for column in columns), strict=True):
            if chunk.declaration == declaration and end != begin:
                hours = ((begin - START_US) / HOUR, (end - START_US) / HOUR)
                found[i].append((chunk.milestone, *hours, NAMES[cause]))
    return [sorted(found[i], key=lambda row: row[1]) for i in range(run.world.n)]


def totals(run: Replication, i: int = 0) -> dict[str, float]:
    """Give the hours of a consignment by cause, those that are not zero."""
    return {name: run.causes[i, k] / HOUR for k, name in enumerate(NAMES) if run.causes[i, k]}


def test_a_wait_is_cut_where_the_resource_closes() -> None:
    """Tests four at a dock of one server that closes at 18:00 and opens at 08:00.

    The first is served at once and the second, begun before closing, is finished after it; the third
    queues, waits for the office to open and is next; the fourth also queues again in the morning. One who
    comes at night waits for the opening first, and who comes at 08:00 sharp finds it open.
    """
    entries = (16.5, 16.75, 17.0, 17.25, 24.0, 32.0)
    run = follow(TINY, [Parcel(entry, "truck") for entry in entries])
    at_dock = [[row for row in rows if row[2] <= 40] for rows in told(run)]
    assert at_dock == [
        [("end", 16.5, 17.5, "service")],
        [("begin", 16.75, 17.5, "queue"), ("end", 17.5, 18.5, "service")],
        [("closed", 17.0, 18.0, "queue"), ("begin", 18.0, 32.0, "closed"), ("end", 32.0, 33.0, "service")],
        [
            ("closed", 17.25, 18.0, "queue"),
            ("opened", 18.0, 32.0, "closed"),
            ("begin", 32.0, 33.0, "queue"),
            ("end", 33.0, 34.0, "service"),
        ],
        [("opened", 24.0, 32.0, "closed"), ("begin", 32.0, 34.0, "queue"), ("end", 34.0, 35.0, "service")],
        [("begin", 32.0, 35.0, "queue"), ("end", 35.0, 36.0, "service")],
    ]


def test_a_wait_over_two_nights() -> None:
    """Tests a queue that is cut four times: who comes at 17:00 behind 11 h of work, at 10 h a day."""
    run = follow(TINY, [Parcel(17, "truck", minutes={"a/load": 11 * 60}), Parcel(17, "truck")])
    assert totals(run, 1)["queue"] == 1.0
    assert totals(run, 1)["closed"] == 14.0
    run = follow(
        TINY,
        [
            Parcel(17, "truck", minutes={"a/load": 60}),
            Parcel(17, "truck", minutes={"a/load": 20 * 60}),
            Parcel(17, "truck"),
        ],
    )
    # Served 17-18, 32-52 (finished at night), and from 56 on: closed 18-32 and 42-56, else queueing.
    assert [row for row in told(run)[2] if row[3] in {"queue", "closed"}] == [
        ("closed", 17.0, 18.0, "queue"),
        ("opened", 18.0, 32.0, "closed"),
        ("closed", 32.0, 42.0, "queue"),
        ("begin", 42.0, 56.0, "closed"),
    ]


def test_the_whole_journey() -> None:
    """Tests a consignment by truck from the acceptance at 13:00 to the delivery the next day at 14:00."""
    run = follow(TINY, [Parcel(13, "truck")])
    assert told(run) == [
        [
            ("end", 13.0, 14.0, "service"),
            ("scheduled", 14.0, 19.0, "cut-off"),
            ("due", 19.0, 33.0, "transport"),
            ("GTOT", 33.0, 36.0, "consolidation"),
            ("GTIN", 36.0, 38.0, "transport"),
        ]
    ]
    assert totals(run) == {"service": 1, "transport": 16, "consolidation": 3, "cut-off": 5}


def test_waiting_for_the_hours_of_legs() -> None:
    """Tests a van that leaves 08:00 to 18:00 only, and a fleet that loads 10:00 to 11:30 only.

    The goods of the first are ready at 20:30 of Tuesday, those of the second as the ferry comes at 09:00: its
    truck begins to load at 10:00, and its 3 h are over while it is closed.
    """
    yard = {"hours": [{"days": "daily", "open": "10:00", "close": "11:30"}]}
    hours = {"trucking.van.calendar": "office", "fleets.truck.calendar": "yard", "calendars.yard": yard}
    late = Parcel(0, "van", minutes={"b/discharge": 600})
    run = follow(corridor(hours), [late, Parcel(13, "truck"), Parcel(48, "van")])
    assert [row for row in told(run)[0] if row[1] >= 44] == [
        ("opened", 44.5, 56.0, "closed"),
        ("GTIN", 56.0, 57.0, "transport"),
    ]
    assert [row for row in told(run)[1] if row[1] >= 33] == [
        ("LOAD", 33.0, 34.0, "closed"),
        ("closed", 34.0, 35.5, "consolidation"),
        ("GTOT", 35.5, 58.0, "closed"),
        ("GTIN", 58.0, 60.0, "transport"),
    ]
    assert [totals(run, i).get("closed") for i in range(3)] == [11.5, 23.5, None]
    assert totals(run, 1)["consolidation"] == 1.5


def test_work_that_rests() -> None:
    """Tests a dock of 08:00 to 18:00 that stops at closing: the second is begun at 17:30 and ends at 08:30.

    Of the declarations of a van, the control by an officer until 18:00 is begun at 17:45 and ends at 08:15.
    """
    hours = {
        "facilities.a.resources.dock.at_closing": "resume",
        "facilities.a.resources.officers": {"servers": 1, "calendar": "office", "at_closing": "resume"},
    }
    made = corridor(hours)
    run = follow(made, [Parcel(16.5, "truck"), Parcel(16.75, "truck"), Parcel(16.75, "van")])
    assert [row for row in told(run)[1] if row[2] <= 33] == [
        ("begin", 16.75, 17.5, "queue"),
        ("closed", 17.5, 18.0, "service"),
        ("opened", 18.0, 32.0, "closed"),
        ("end", 32.0, 32.5, "service"),
    ]
    control = [("closed", 17.75, 18.0, "documents"), ("opened", 18.0, 32.0, "closed")]
    assert [row for row in told(run)[2] if row[2] <= 33][1:3] == control
    assert [totals(run, i).get("closed") for i in range(3)] == [None, 14.0, 14.0]
    assert (totals(run, 1)["service"], totals(run, 2)["documents"]) == (1.0, 0.5 + 0.5)  # also at b
    dock = made.plan.names.resources.index("a/dock")
    spells = sorted(
        row[1:] for row in zip(*map(list, run.trace.interrupted_work), strict=True) if row[0] == dock
    )
    assert spells == [(at(16.5), at(17.5)), (at(17.5), at(18)), (at(32), at(32.5))]


def test_the_first_departure_that_can_be_caught() -> None:
    """Tests that at the cut-off it is that sailing, and a minute later the next day's."""
    run = follow(TINY, [Parcel(13.5, "van"), Parcel(14, "van")])
    assert [totals(run, i)["cut-off"] for i in (0, 1)] == [19 - 15, 43 - 15.5]


def test_rolled_over_for_want_of_room() -> None:
    """Tests two of 6 t for a ship of 10 t: the second waits for the next, a day later."""
    run = follow(TINY, [Parcel(10, "van", kg=6000), Parcel(10.1, "van", kg=6000)])
    assert "rolled-over" not in totals(run, 0)
    assert totals(run, 1)["rolled-over"] == 24
    assert totals(run, 1)["cut-off"] == 19 - 12
    assert ("scheduled", 19.0, 43.0, "rolled-over") in told(run)[1]


def test_a_cancelled_departure() -> None:
    """Tests that a cancelled sailing costs the day to the next; two of them with a full one between."""
    cancelled = FERRY.cancelled.copy()
    cancelled[0] = True
    run = follow(TINY, [Parcel(10, "van")], cancelled=cancelled)
    assert told(run)[0][:4] == [
        ("lodgement", 10.0, 11.0, "preparation"),
        ("document-control", 11.0, 11.5, "documents"),
        ("scheduled", 11.5, 19.0, "cut-off"),
        ("scheduled", 19.0, 43.0, "cancelled"),
    ]
    cancelled[2] = True
    run = follow(TINY, [Parcel(10, "van", kg=6000), Parcel(10.1, "van", kg=6000)], cancelled=cancelled)
    waits = [row[1:] for row in told(run)[1] if row[3] in {"cancelled", "rolled-over"}]
    assert waits == [(19.0, 43.0, "cancelled"), (43.0, 67.0, "rolled-over"), (67.0, 91.0, "cancelled")]


def test_late_departure_and_arrival() -> None:
    """Tests that 2 h late at departure and 3 h lost under way are told apart from the scheduled 14 h."""
    late = {
        "departure_us": FERRY.departure_us + 2 * HOUR,
        "arrival_us": FERRY.arrival_us + 5 * HOUR,
    }
    run = follow(TINY, [Parcel(10, "truck")], **late)
    assert told(run)[0][1:5] == [
        ("scheduled", 11.0, 19.0, "cut-off"),
        ("DEPA", 19.0, 21.0, "late"),
        ("due", 21.0, 35.0, "transport"),
        ("ARRI", 35.0, 38.0, "late"),
    ]
    assert totals(run)["late"] == 5


def test_trucks_fill_and_come_back() -> None:
    """Tests a full truck that leaves at once, and one who waits 4 h for it, then 3 h for it to fill."""
    run = follow(TINY, [Parcel(8, "truck", kg=6000), Parcel(9, "truck", kg=4000)])
    assert [row for row in told(run)[0] if row[1] >= 33] == [("GTIN", 33.0, 35.0, "transport")]
    assert [row for row in told(run)[1] if row[1] >= 33] == [
        ("LOAD", 33.0, 37.0, "queue"),
        ("GTOT", 37.0, 40.0, "consolidation"),
        ("GTIN", 40.0, 42.0, "transport"),
    ]


def test_goods_wait_for_their_declaration() -> None:
    """Tests two that land together: 1 h of preparation, then one officer; only the second queues.

    The declarations' own intervals are the goods', since both begin with the arrival.
    """
    run = follow(TINY, [Parcel(8, "van"), Parcel(8.1, "van")])
    declaration = [
        [("lodgement", 33.0, 34.0, "preparation"), ("document-control", 34.0, 34.5, "documents")],
        [
            ("lodgement", 33.0, 34.0, "preparation"),
            ("begin", 34.0, 34.5, "queue"),
            ("document-control", 34.5, 35.0, "documents"),
        ],
    ]
    assert [
        [row for row in rows if row[1] >= 33 and row[2] <= 35][: len(declaration[i])]
        for i, rows in enumerate(told(run))
    ] == declaration
    assert [[row for row in rows if row[1] >= 33] for rows in told(run, declaration=True)] == declaration


@pytest.mark.parametrize(
    ("preparation", "goods", "declaration"),
    [
        # Done long before the arrival: the goods wait for nothing.
        ("1 h", {}, [(19.0, 20.0), (20.0, 20.5)]),
        # Lodged at 39:00: of the 20 h of preparation, the goods wait from 33:00 on.
        ("20 h", {"preparation": 6.0, "documents": 0.5}, [(19.0, 39.0), (39.0, 39.5)]),
        # Document control is under way when they arrive.
        ("13.75 h", {"documents": 0.25}, [(19.0, 32.75), (32.75, 33.25)]),
        # Done on arrival to the minute.
        ("13.5 h", {}, [(19.0, 32.5), (32.5, 33.0)]),
    ],
)
def test_declaration_lodged_ahead(
    preparation: str, goods: dict[str, float], declaration: list[tuple[float, float]]
) -> None:
    """Tests that of declarations begun at the sailing only what is left on arrival counts for the goods."""
    made = corridor(
        {
            "facilities.b.activities.import.pre_arrival": "100 %",
            "facilities.b.activities.import.preparation": preparation,
        }
    )
    run = follow(made, [Parcel(8, "van")])
    waited: dict[str, float] = defaultdict(float)
    for _, begin, end, cause in told(run)[0]:
        if begin >= 33 and cause in {"preparation", "documents", "queue"}:
            waited[cause] += end - begin
    assert dict(waited) == goods
    assert [row[1:3] for row in told(run, declaration=True)[0] if row[1] >= 19] == declaration


def test_inspection_counts_with_its_wait() -> None:
    """Tests one bay and two selected: the 2 h of the second, and its wait for the bay, are inspection."""
    run = follow(
        corridor({"facilities.b.resources.officers.servers": 2}),
        [
            Parcel(8, "van", trader_class="plain", risk=0.2),
            Parcel(8.1, "van", trader_class="plain", risk=0.2),
            Parcel(8.2, "van", trader_class="plain", risk=0.5),
        ],
    )
    assert [totals(run, i).get("inspection") for i in range(3)] == [2.0, 4.0, None]
    inspected = [row for row in told(run)[1] if row[3] == "inspection"]
    assert inspected == [
        ("CUSI", 34.5, 36.5, "inspection"),
        ("inspection-end", 36.5, 38.5, "inspection"),
    ]


def test_the_undelivered_keep_what_they_have_done() -> None:
    """Tests that one who never gets on a ship has the hours of the steps it finished, and no more."""
    run = follow(TINY, [Parcel(8, "truck")], cancelled=np.ones(len(FERRY.cutoff_us), dtype=np.bool_))
    assert totals(run) == {"service": 1}
    assert run.delivered_us.tolist() == [NEVER]


_parcels = st.builds(
    Parcel,
    entry=st.integers(0, 24 * 8).map(lambda k: k / 2),
    route=st.sampled_from(["truck", "van"]),
    kg=st.sampled_from([100.0, 3000.0, 6000.0]),
    trader_class=st.sampled_from(["gold", "plain"]),
    risk=st.sampled_from([0.1, 0.9]),
)
_BUSY = {
    "facilities.b.activities.import.pre_arrival": "50 %",
    "facilities.b.activities.import.preparation": "12 h",
    "facilities.b.resources.officers": {"servers": 1, "calendar": "office"},
    "facilities.a.resources.officers": {"servers": 1, "calendar": "office"},
}
BUSY = corridor(_BUSY)


@settings(max_examples=60)
@given(st.lists(_parcels, min_size=1, max_size=25), st.lists(st.integers(0, 3), min_size=14, max_size=14))
def test_intervals_are_gapless(parcels: list[Parcel], chance: list[int]) -> None:
    """Tests on random cargo that intervals lead from entry to delivery and sum by cause exactly.

    Sailings are cancelled, late or both. Declarations' intervals are gapless too.
    """
    parcels = sorted(parcels, key=lambda parcel: parcel.entry)
    drawn = departures_of(BUSY)
    late = np.array(chance) % 2 * 3 * HOUR
    changes: dict[str, Any] = {
        "cancelled": np.array(chance) >= 2,
        "departure_us": drawn.departure_us + late,
        "arrival_us": drawn.arrival_us + 2 * late,
    }
    run = follow(BUSY, parcels, **changes)
    legs: dict[tuple[int, bool, int], list[tuple[int, int]]] = defaultdict(list)
    sums = np.zeros_like(run.causes)
    for chunk in intervals(BUSY, run.trace):
        assert (chunk.end_us >= chunk.begin_us).all()
        track = max(first for first in (0, *BUSY.plan.track_first_step) if first <= chunk.step)
        track = track if chunk.declaration else 0
        columns = (chunk.consignment, chunk.begin_us, chunk.end_us, chunk.cause)
        for i, begin, end, cause in zip(*(column.tolist() for column in columns), strict=True):
            legs[i, chunk.declaration, track].append((begin, end))
            if not chunk.declaration:
                sums[i, cause] += end - begin
    assert (sums == run.causes).all()
    for (i, declaration, _), spans in legs.items():
        spans.sort()
        assert all(one[1] == other[0] for one, other in pairwise(spans))
        if not declaration:
            assert spans[0][0] == at(parcels[i].entry)
            if run.delivered_us[i] != NEVER:
                assert spans[-1][1] == run.delivered_us[i]
    done = run.delivered_us != NEVER
    assert (run.causes[done].sum(axis=1) == (run.delivered_us - run.world.entry_us)[done]).all()


def test_sums_are_those_of_the_intervals(tmp_path: Path) -> None:
    """Tests random files: several services of a leg, slots, work that rests, trucks with hours, and ties."""
    found: Counter[str] = Counter()
    for seed in range(40):
        (file := tmp_path / "random.toml").write_text(to_toml(random_scenario(seed)), encoding="utf-8")
        made = compile_corridor(load(file).scenario)
        world = on_a_grid(draw(made, seed, 0), 10)
        trace = Trace.of(made.plan, world, simulate(made.plan, world))
        sums = np.zeros((world.n, len(CAUSES)), dtype=np.int64)
        for chunk in intervals(made, trace):
            if not chunk.declaration:
                np.add.at(sums, (chunk.consignment, chunk.cause), chunk.end_us - chunk.begin_us)
        assert (sums == cause_totals(made, trace)).all(), seed
        found.update(name for k, name in enumerate(NAMES) if sums[:, k].any())
    assert {name for name in NAMES if found[name] < 3} == set()


def test_trips_are_needed() -> None:
    """Tests that causes of some of the consignments are refused, of which the trips are not kept."""
    run = follow(TINY, [Parcel(13, "truck")])
    with pytest.raises(ValueError, match="without trips"):
        cause_totals(TINY, run.trace.pick(np.array([0]), run.world))


@pytest.mark.parametrize("route", ["truck", "van"])
@pytest.mark.parametrize("taken", [-1, 2_000_000_000])
def test_a_vehicle_that_there_is_not(route: str, taken: int) -> None:
    """Tests that the causes of goods that no vehicle took lack the time of it, as the checks report."""
    run = follow(TINY, [Parcel(13, route)])
    under_way = run.delivered_us - run.world.entry_us
    assert cause_totals(TINY, run.trace).sum() == under_way
    index = run.trace.departure_index
    wrong = np.where(index >= 0, taken, -1).astype(index.dtype)
    assert cause_totals(TINY, replace(run.trace, departure_index=wrong)).sum() < under_way


def test_waiting_where_nobody_may() -> None:
    """Tests that a wait before a step that begins at once is not among the causes, as the checks report."""
    run = follow(TINY, [Parcel(13, "van")])
    last = TINY.plan.main_steps(TINY.plan.names.routes.index("van"))[-1]
    assert TINY.plan.step_kind[last] == Kind.DELAY
    later = np.zeros_like(run.trace.begin_us)
    later[run.trace.slices[last]] = HOUR
    late = replace(run.trace, begin_us=run.trace.begin_us + later, end_us=run.trace.end_us + later)
    assert late.delivered_us == run.delivered_us + HOUR
    assert cause_totals(TINY, late).sum() == run.delivered_us - run.world.entry_us


def test_milestones_have_codes_and_places() -> None:
    """Tests the codes at the begin of a delay and at selection, and that a truck leaves from where it was."""
    made = corridor(
        {"facilities.b.activities.discharge": {"kind": "stay", "duration": "1 h", "begins": "NFD"}}
    )
    run = follow(made, [Parcel(13, "truck")])
    found = {
        (chunk.milestone, chunk.place)
        for chunk in intervals(run.corridor, run.trace)
        if len(chunk.consignment)
    }
    assert {("DEPA", "a"), ("ARRI", "b"), ("GTOT", "b"), ("GTIN", "c")} <= found
