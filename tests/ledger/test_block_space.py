"""Dead freight: block space that is paid for and not used."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fourport.ledger.block_space import unused_space
from fourport.plan.tables import DAY, WEEK
from fourport.scenario.models.tariffs import Sharing
from tests.ledger.journey import Ran, Values, journey, run

GUIDE = (Path(__file__).parents[2] / "docs" / "tariffs.md").read_text(encoding="utf-8")
PRICE = 2.0
BLOCK = 1000.0


def blocked(**terms: Any) -> Values:
    """Give the journey with a block of 1 t on each flight, on which one of two routes is booked."""
    values = journey()
    values["services"]["flight"]["block_space"] = {"weight": "1 t"}
    values["run"]["drain"] = "2 weeks"
    free = values["routes"]["r"]
    steps = [step | {"space": "block"} if step.get("by") == "flight" else step for step in free["steps"]]
    values["routes"] = {"r": free, "b": free | {"title": "B", "steps": steps}}
    values["lanes"]["l"] |= {"routes": {"r": "50 %", "b": "50 %"}, "renewal": {"interval": "9 h"}}
    line = {"name": "dead", "kind": "dead-freight", "category": "transport", "basis": "gross-weight"}
    values["tariffs"]["air"]["lines"].append(line | {"price": f"{PRICE} USD/kg"} | terms)
    return values


def paid(ran: Ran) -> np.ndarray[Any, Any]:
    """Give the dead freight of each consignment."""
    found = np.zeros(ran.world.n)
    for route in ran.invoice().routes:
        (k,) = [k for k, line in enumerate(route.lines) if line.name == "dead"]
        found[route.consignments] = route.amounts[:, k]
    return found


def flown(ran: Ran, *, on_block: bool = True) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Give the flight of each consignment, of the block or of all (-1: none), and whether it landed."""
    keys = [info.key for info in ran.corridor.steps]
    first = ran.corridor.plan.route_first_step[ran.world.route]
    rows = ran.world.first_event_row[:-1] + [keys[int(f) :].index("flight") for f in first]
    mine = (ran.world.route == ran.corridor.plan.names.routes.index("b")) | (not on_block)
    index = ran.milestones.departure_index[rows]
    return np.where(mine, index, -1), ran.milestones.end_us[rows] < ran.corridor.plan.end_us


def leaving(ran: Ran) -> np.ndarray[Any, Any]:
    """Give which flights leave in the run."""
    flights = ran.world.departures.of(0)
    return ~flights.cancelled & (flights.departure_us < ran.corridor.plan.end_us)


def wanted(ran: Ran, committed: float = 1.0, release: int = 0, sold: float = 1.0) -> np.ndarray[Any, Any]:
    """Work out the dead freight of each consignment, flight by flight and week by week."""
    flights, kg = ran.world.departures.of(0), ran.world.size[:, 0] / 1e3
    flight, landed = flown(ran)
    known, empty, weeks = {}, dict[int, float](), dict[int, list[int]]()
    flying = np.flatnonzero(leaving(ran)).tolist()
    for d in flying:
        mine = flight == d
        by_then = mine & (ran.world.entry_us <= flights.scheduled_us[d] - release)
        known[d] = kg[mine].sum(), kg[by_then].sum()
    later = sum(all_of - early for all_of, early in known.values()) / len(flying)
    for d in flying:
        used, early = known[d]
        kept = min(committed * BLOCK, early + later)
        if not release:
            empty[d] = max(committed * BLOCK - used, 0)
        else:
            empty[d] = max(kept - used, 0) + (1 - sold) * max(committed * BLOCK - max(kept, used), 0)
        weeks.setdefault(int(flights.scheduled_us[d] - ran.corridor.plan.start_us) // WEEK, []).append(d)
    found, owed = np.zeros(ran.world.n), 0.0
    for week in sorted(weeks):
        mine = np.isin(flight, weeks[week])
        owed += sum(empty[d] for d in weeks[week])
        if mine.any():
            found[mine] += owed * PRICE * kg[mine] / kg[mine].sum()
            owed = 0.0
    last = np.isin(flight, weeks[max(w for w in weeks if np.isin(flight, weeks[w]).any())])
    found[last] += owed * PRICE * kg[last] / kg[last].sum()
    return np.where(landed, found, 0.0)


@pytest.mark.parametrize("committed", [1.0, 0.6])
def test_hard_block_by_hand(committed: float) -> None:
    """Tests that the goods of a block pay for what it leaves empty in their week, the others nothing."""
    ran = run(blocked(committed=f"{100 * committed} %"))
    flight, _ = flown(ran)
    found = paid(ran)
    assert found == pytest.approx(wanted(ran, committed))
    assert (found[flight < 0] == 0).all()
    assert (found > 0).mean() > 0.3


def test_released_by_hand() -> None:
    """Tests a block whose rest is released two days before, of which 30 % are sold."""
    ran = run(blocked(release="2 d", sold="30 %", committed="80 %"))
    assert paid(ran) == pytest.approx(wanted(ran, 0.8, 2 * DAY, 0.3))
    hard, soft = run(blocked(committed="80 %")), run(blocked(release="2 d", committed="80 %"))
    assert 0 < paid(soft).sum() < paid(ran).sum() < paid(hard).sum()


@pytest.mark.parametrize("sold", [0.0, 0.3])
def test_offered_in_the_run_by_hand(sold: float) -> None:
    """Tests that what other goods take beyond free sale is sold, and the share ``sold`` of the rest, too.

    The block is released two days before; on the flights from Monday to Saturday 400 kg are on free sale.
    """
    values = blocked(release="2 d", sold=f"{100 * sold} %")
    values["services"]["flight"] |= {"capacity": {"weight": "1.4 t"}, "block_release": "2 d"}
    values["lanes"]["l"] |= {"routes": {"r": "80 %", "b": "20 %"}, "renewal": {"interval": "3 h"}}
    ran = run(values)
    flights, kg, (mine, landed) = ran.world.departures.of(0), ran.world.size[:, 0] / 1e3, flown(ran)
    any_flight, _ = flown(ran, on_block=False)
    n = len(flights.cutoff_us)
    used, load = (np.bincount(of[of >= 0], kg[of >= 0], minlength=n) for of in (mine, any_flight))
    others = np.maximum(load - used - 400, 0)
    assert (others > 0).sum() > 5
    assert (load <= 1400 + 1e-9).all()
    empty = np.where(leaving(ran), (1 - sold) * np.maximum(BLOCK - used - others, 0), 0)
    week = (flights.scheduled_us - ran.corridor.plan.start_us) // WEEK
    found, there = paid(ran), (mine >= 0) & landed
    carried, owed = np.bincount(week, used), np.bincount(week, empty)
    assert (carried > 0).all()
    wanted = kg[there] * PRICE * owed[week[mine[there]]] / carried[week[mine[there]]]
    assert found[there] == pytest.approx(wanted)
    assert (found[~there] == 0).all()


def test_a_flight_without_its_goods_costs() -> None:
    """Tests that few goods pay for all flights that leave, also empty ones, and for no cancelled one."""
    values = blocked()
    values["lanes"]["l"] |= {"renewal": {"interval": "60 h"}, "routes": {"r": "0 %", "b": "100 %"}}
    ran = run(values)
    flights, (flight, landed) = ran.world.departures.of(0), flown(ran)
    leaves = leaving(ran)
    assert len({*np.flatnonzero(leaves)} - {*flight}) > 3
    assert flights.cancelled.any()
    assert landed[flight >= 0].all()
    kg = ran.world.size[flight >= 0, 0].sum() / 1e3
    assert paid(ran).sum() == pytest.approx(PRICE * (BLOCK * leaves.sum() - kg))


def test_full_blocks_cost_nothing() -> None:
    """Tests that nothing is charged where every flight leaves with more than is committed."""
    ran = run(blocked(committed="0 %"))
    assert not paid(ran).any()


def test_the_guide() -> None:
    """Tests the table of the guide, which says how the charged space of two departures comes about."""
    (table,) = re.findall(r"\| departure \|[^\n]*\n\|[-|]+\|\n((?:\|[^\n]*\n)+)", GUIDE)
    rows = np.array([[float(cell) for cell in row.strip("|").split("|")[1:]] for row in table.splitlines()])
    used, known, charged = rows[:, 0], rows[:, 1], rows[:, -1]
    terms = Sharing("chargeable-weight", "block", "last", 0.8, 3 * DAY, 0.5)
    committed = np.full(2, 0.8 * 40)
    assert unused_space(committed, used, known, terms, 2) == pytest.approx(charged)
    hard = terms._replace(release_us=0, sold=0.0)
    assert unused_space(committed, used, known, hard, 2) == pytest.approx([7.0, 12.0])
