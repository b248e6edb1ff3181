"""Invoices of random corridors against invoices worked out for each consignment from its milestones."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from fourport.engine import Milestones, simulate
from fourport.ledger import invoice
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.tables import DAY, HOUR, NEVER
from fourport.scenario.models.scenario import Scenario
from fourport.trace import Trace
from fourport.world.draw import draw
from fourport.world.tables import World
from tests.random_scenarios import random_scenario

RATES = (2.0, 3.0, 5.0, 7.0, 11.0)
"""USD for a consignment, from third day to third day of the horizon; the last holds on."""


def _lines(start: date) -> dict[str, list[dict[str, Any]]]:
    stored = {"kind": "storage", "category": "storage", "basis": "consignment"}
    tiers = [{"days": 1, "price": "1 USD/consignment/d"}, {"price": "10 USD/consignment/d"}]
    ready = {"since": "ready", "count": "from-begin", "free": "1 h"}
    anywhere: list[dict[str, Any]] = [
        {"name": "since arrival", "free": "3 h", "tiers": tiers} | stored,
        {"name": "since ready", "tiers": tiers} | ready | stored,
    ]
    for k, rate in enumerate(RATES):
        period: dict[str, Any] = {"valid_from": start + timedelta(days=3 * k)}
        if k < len(RATES) - 1:
            period["valid_to"] = start + timedelta(days=3 * k + 2)
        price = {"name": "of the day", "category": "handling", "basis": "consignment", "otherwise": "nearest"}
        anywhere.append(price | {"price": f"{rate} USD/consignment"} | period)
    t_km = {"name": "t-km", "category": "transport", "basis": "tonne-km", "price": "0.5 USD/tkm"}
    filing = {"name": "filing", "category": "customs", "basis": "filing", "price": "4 USD/filing"}
    return {"work": anywhere, "leg": [*anywhere, t_km], "customs": [*anywhere, filing]}


def _priced(seed: int) -> Corridor:
    """Give a random corridor with a tariff at everything that may have one."""
    values = random_scenario(seed)
    for place in values["facilities"].values():
        for activity in place["activities"].values():
            activity["tariffs"] = ["customs" if activity["kind"] == "customs" else "work"]
            if activity["kind"] == "customs":
                activity["filings"] = 3
                if "inspection" in activity:
                    activity["inspection"]["tariffs"] = ["work"]
                for agency in activity.get("agencies", {}).values():
                    agency["tariffs"] = ["work"]
    for section in ("services", "fleets", "trucking"):
        for leg in values.get(section, {}).values():
            leg["tariffs"] = ["leg"]
    values["tariffs"] = {name: {"lines": lines} for name, lines in _lines(values["run"]["start"]).items()}
    return compile_corridor(Scenario.model_validate(values))


def _days(held: int, free: int, counted: int) -> float:
    """Price a stay: 1 for the first day begun, 10 for each further one."""
    if held <= free:
        return 0.0
    days = math.ceil(counted / DAY)
    return 1.0 + 10.0 * (days - 1)


def _by_hand(corridor: Corridor, world: World, marks: Milestones, i: int) -> Iterator[float]:
    """Go along the journey of a consignment and give its lines, tariff by tariff."""
    plan, route = corridor.plan, int(world.route[i])
    start = corridor.scenario.run.start
    arrived = ready = int(world.entry_us[i])
    for s in plan.main_steps(route):
        info, event_row = (
            corridor.steps[s],
            int(world.first_event_row[i]) + s - int(plan.route_first_step[route]),
        )
        begin, end = int(marks.begin_us[event_row]), int(marks.end_us[event_row])
        if end == NEVER:
            yield from [0.0] * (3 * len(info.tariffs) + (info.tariffs in (("leg",), ("customs",))))
            continue
        if not info.tariffs:
            ready = end
            continue
        until = begin if info.mode else end
        zone = ZoneInfo(corridor.scenario.facilities[info.place].zone)
        day = datetime.fromtimestamp(begin / 1e6, UTC).astimezone(zone).date()
        yield _days(until - arrived, 3 * HOUR, until - arrived - 3 * HOUR)
        yield _days(until - ready, HOUR, until - ready)
        yield RATES[min(max((day - start).days // 3, 0), len(RATES) - 1)]
        if info.mode:
            yield 0.5 * info.distance_km * int(world.size[i, 0]) / 1e6
        elif info.part == "release":
            yield 12.0
        ready = end
        arrived = end if info.mode else arrived


@pytest.mark.parametrize("seed", range(25))
def test_invoices_of_random_corridors(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests storage, prices of the day, t-km and filings of every consignment on random corridors.

    A few consignments are charged at a time, so that routes are in one batch with parts of others.
    """
    monkeypatch.setattr(sys.modules["fourport.ledger.invoice"], "BLOCK", 3 + seed)
    corridor = _priced(seed)
    world = draw(corridor, seed, 0)
    marks = simulate(corridor.plan, world)
    invoices = invoice(corridor, Trace.of(corridor.plan, world, marks))
    for route in invoices.routes:
        for row, i in enumerate(route.consignments.tolist()):
            wanted = list(_by_hand(corridor, world, marks, i))
            assert route.amounts[row].tolist() == pytest.approx(wanted, rel=1e-9)
            freight = [amount for amount, line in zip(wanted, route.lines, strict=True) if line.freight]
            assert invoices.freight_cost[i] == pytest.approx(sum(freight), rel=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_lists_of_lines(seed: int) -> None:
    """Tests that lists of some consignments are their rows on the invoices of their routes."""
    corridor = _priced(seed)
    world = draw(corridor, seed, 0)
    invoices = invoice(corridor, Trace.of(corridor.plan, world, simulate(corridor.plan, world)))
    low, high = world.n // 5, world.n - world.n // 4
    begin, amounts = invoices.lists(slice(low, high))
    rows = {
        i: route.amounts[row].tolist()
        for route in invoices.routes
        for row, i in enumerate(route.consignments.tolist())
    }
    assert high - low > 5
    assert [amounts[b:e].tolist() for b, e in pairwise(begin.tolist())] == [rows[i] for i in range(low, high)]
    begin, amounts = invoices.lists(slice(0))
    assert (begin.tolist(), len(amounts)) == ([0], 0)


def test_random_corridors_have_what_matters() -> None:
    """Tests that among them goods lie longer than free time, and prices of several days are paid."""
    paid: dict[str, set[float]] = {}
    for seed in range(10):
        corridor = _priced(seed)
        world = draw(corridor, seed, 0)
        trace = Trace.of(corridor.plan, world, simulate(corridor.plan, world))
        for route in invoice(corridor, trace).routes:
            for k, line in enumerate(route.lines):
                paid.setdefault(line.name, set()).update(np.unique(route.amounts[:, k]).tolist())
    assert {2.0, 3.0, 5.0, 7.0} <= paid["of the day"]
    assert {0.0, 1.0, 11.0} <= paid["since arrival"]
    assert {0.0, 1.0, 11.0} <= paid["since ready"]
    assert {0.0, 12.0} <= paid["filing"]
