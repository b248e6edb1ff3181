"""Consignments that are too large for any departure, from the scenario to results."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fourport.errors import Refused
from fourport.ledger.invoice import Ledger
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.scenario.models.scenario import Scenario
from fourport.study.checks.identities import violations
from fourport.study.curves.journeys import file_of, journeys_of, read_journeys
from fourport.study.planning import departures
from fourport.study.replication import Replication, replicate
from fourport.trace import Events
from tests.ledger.journey import journey

CHARTER = {"name": "charter", "kind": "departure", "category": "transport", "basis": "gross-weight"}


def corridor(**flight: Any) -> Corridor:
    """Give the journey of a flight that takes 250 kg; what weighs 300.2 kg goes in parts."""
    values = journey()
    values["services"]["flight"] |= {"capacity": {"weight": "250 kg"}, "too_large": "split"} | flight
    values["tariffs"]["air"]["lines"] = [CHARTER | {"price": "1000 EUR/departure"}]
    return compile_corridor(Scenario.model_validate(values))


@pytest.fixture(scope="module")
def run() -> Replication:
    """Give a run of it."""
    return replicate(corridor(), 1, 0)


def flown(run: Replication) -> Events:
    """Give the events of the flight."""
    return run.trace.at([info.key for info in run.corridor.steps].index("flight"))


def test_all_identities_hold(run: Replication) -> None:
    """Tests that goods went in parts, and that no identity is broken."""
    assert len(run.trace.parts.row) > 10
    assert violations(run) == []


@pytest.mark.parametrize(
    ("name", "by", "message"),
    [
        ("thousandths", 1, "flight: a consignment is not the sum of its parts"),
        ("thousandths", -1, "flight: a consignment is not the sum of its parts"),
        ("departure_index", 1, "flight: a departure is over capacity"),
    ],
)
def test_a_bent_part_is_found(run: Replication, name: str, by: int, message: str) -> None:
    """Tests that a part that is larger, smaller or on another departure is found."""
    changed = getattr(run.trace.parts, name).copy()
    changed[0] += by
    bent = replace(run, trace=replace(run.trace, parts=replace(run.trace.parts, **{name: changed})))
    assert message in violations(bent)


def test_departures_carry_the_parts(run: Replication) -> None:
    """Tests load, and weight left behind, of each departure against sums over parts."""
    sheet = departures.measure(run)
    at, size = flown(run), run.world.size[:, 0]
    parts, n = at.trace.parts, len(run.world.departures.cutoff_us)
    grams, went_in_parts, gone = np.zeros(n), set(), dict.fromkeys(range(len(size)), 0)
    first_row = at.trace.slices[at.step].start
    for row, d, part in zip(
        parts.row.tolist(), parts.departure_index.tolist(), parts.thousandths.tolist(), strict=True
    ):
        i = int(at.ids[row - first_row])
        grams[d] += size[i] * (gone[i] + part) // 1000 - size[i] * gone[i] // 1000
        gone[i] += part
        went_in_parts.add(i)
    for i, d in zip(at.ids.tolist(), at.departure_index.tolist(), strict=True):
        if d >= 0 and i not in went_in_parts:
            grams[d] += size[i]
    timetable = run.corridor.timetables[0]
    plan = run.corridor.plan
    shown = (timetable.scheduled_us >= plan.window_start_us) & (timetable.scheduled_us < plan.window_end_us)
    sailed = ~run.world.departures.cancelled[shown]
    assert sheet.values[sailed, 4] == pytest.approx(grams[shown][sailed] / 1e6)
    assert (grams <= 250_000).all()
    # What has come until the cut-off is on a departure until then, or left behind.
    ready, cutoff = at.ready_us[at.visited], timetable.cutoff_us
    came = np.array([size[at.ids[at.visited]][ready <= when].sum() for when in cutoff])
    behind = (came - np.cumsum(grams))[shown][sailed] / 1e6
    assert sheet.values[sailed, 9] == pytest.approx(behind)


def test_stored_journeys_have_the_parts(run: Replication) -> None:
    """Tests that an invoice of stored journeys is that of the run, also of picked ones."""
    journeys = journeys_of(run)
    read = read_journeys(file_of(journeys), run.corridor, run.corridor.lane_names)
    assert len(read.trace.parts.row) > 10
    for name in ("row", "departure_index", "thousandths"):
        assert getattr(read.trace.parts, name).tolist() == getattr(journeys.trace.parts, name).tolist()
    ids = np.flatnonzero(run.in_window)
    again = Ledger(run.corridor, read.trace, read.carried).invoice()
    assert again.logistics_cost == pytest.approx(run.invoice.logistics_cost[ids])
    twice = read.pick(np.repeat(np.arange(read.world.n)[::-1], 2))
    costs = Ledger(run.corridor, twice.trace, twice.carried).invoice().logistics_cost
    assert costs == pytest.approx(np.repeat(again.logistics_cost[::-1], 2))


def test_refused_without_the_option() -> None:
    """Tests that the same goods are refused without it, and with it if not even a thousandth fits."""
    with pytest.raises(Refused, match=r": a consignment of 300\.2 kg fits no vehicle of flight, .* 250 kg"):
        replicate(corridor(too_large="refuse"), 1, 0)
    with pytest.raises(Refused, match=r"a thousandth of a consignment of 300\.2 kg fits no .* 0\.3 kg"):
        replicate(corridor(capacity={"weight": "0.3 kg"}), 1, 0)


def test_enough_room_changes_nothing() -> None:
    """Tests that where all fit into some departure, the option changes no milestone."""
    room = {"weight": "400 kg"}
    split, whole = (
        replicate(corridor(capacity=room, too_large=what), 1, 0).trace for what in ("split", "refuse")
    )
    assert not len(split.parts.row)
    for name in ("begin_us", "end_us", "departure_index"):
        assert getattr(split, name).tolist() == getattr(whole, name).tolist()
