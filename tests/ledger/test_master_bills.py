"""Charges by master bill: shared by the goods of a lane and route that leave by the same departure."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fourport.ledger.quantities import Shipments, chargeable_weight
from fourport.plan.tables import NEVER
from tests.ledger.journey import Ran, Values, journey, run

PRICE = 90.0


def billed(where: str, **more: Any) -> Values:
    """Give the journey with two lanes and two routes by one flight, and a price by master bill somewhere."""
    values = journey()
    values["lanes"]["m"] = values["lanes"]["l"] | {"title": "M", "renewal": {"interval": "7 h"}}
    values["routes"]["s"] = values["routes"]["r"] | {"title": "S"}
    for name in "lm":
        values["lanes"][name]["routes"] = {"r": "60 %", "s": "40 %"}
    line = {"name": "bill", "kind": "master-bill", "category": "handling"}
    values["tariffs"]["bills"] = {"lines": [line | {"price": f"{PRICE} USD/master-bill"} | more]}
    if where == "flight":
        values["services"]["flight"]["tariffs"].append("bills")
    else:
        place, do = where.split("/")
        values["facilities"][place]["activities"][do]["tariffs"] = ["bills"]
    return values


def paid(ran: Ran) -> np.ndarray[Any, Any]:
    """Give what each consignment pays for its master bill."""
    found = np.zeros(ran.world.n)
    for route in ran.invoice().routes:
        (k,) = [k for k, line in enumerate(route.lines) if line.name == "bill"]
        found[route.consignments] = route.amounts[:, k]
    return found


def at(ran: Ran, key: str, column: str) -> np.ndarray[Any, Any]:
    """Give a column of the milestones at a step, for all consignments."""
    keys = [info.key for info in ran.corridor.steps]
    first = ran.corridor.plan.route_first_step[ran.world.route]
    steps = [keys[int(f) :].index(key) for f in first]
    found: np.ndarray[Any, Any] = getattr(ran.milestones, column)[ran.world.first_event_row[:-1] + steps]
    return found


def wanted(ran: Ran, groups: list[np.ndarray[Any, Any]], pays: np.ndarray[Any, Any], counts: Any) -> Any:
    """Work out what each pays: groups of one departure, of which some count and some pay."""
    weight = chargeable_weight(Shipments.of(ran.world.size), 6000.0)
    departure = at(ran, "flight", "departure_index")
    found, bills = np.zeros(ran.world.n), 0
    for bill in {(*row,) for row in np.stack([departure, *groups], axis=1).tolist() if row[0] >= 0}:
        mine = (np.stack([departure, *groups], axis=1) == bill).all(axis=1) & counts
        found[mine] = PRICE * weight[mine] / weight[mine].sum()
        bills += 1
    assert bills > 8
    return np.where(pays, found, 0.0)


@pytest.mark.parametrize("consolidation", ["lane-and-route", "lane", "route"])
def test_by_hand_at_a_service(consolidation: str) -> None:
    """Tests that the goods of a bill share its price by chargeable weight; if not arrived, they pay none."""
    ran = run(billed("flight", consolidation=consolidation))
    groups = [getattr(ran.world, name) for name in ("lane", "route") if name in consolidation]
    done = at(ran, "flight", "end_us") != NEVER
    assert paid(ran) == pytest.approx(wanted(ran, groups, done, np.ones(ran.world.n, dtype=np.bool_)))


@pytest.mark.parametrize(("where", "which"), [("air/breakdown", "last"), ("hub/stuff", "next")])
def test_at_an_activity(where: str, which: str) -> None:
    """Tests that the bill of the flight before or after an activity is shared by those that finish it."""
    ran = run(billed(where, departure=which))
    done = (at(ran, where, "end_us") != NEVER) & (at(ran, "flight", "departure_index") >= 0)
    assert paid(ran) == pytest.approx(wanted(ran, [ran.world.lane, ran.world.route], done, done))


def test_a_bill_is_paid_in_full() -> None:
    """Tests that each bill costs its price, and that those share it that do the step."""
    values = billed("hub/stuff", departure="next")
    values["facilities"]["hub"]["activities"]["stuff"]["tariffs"] = []
    values["facilities"]["hub"]["activities"]["export"]["inspection"]["tariffs"] = ["bills"]
    ran = run(values)
    done = (at(ran, "hub/export/inspection", "end_us") != NEVER) & (at(ran, "flight", "departure_index") >= 0)
    assert 0.1 < done.mean() < 0.5
    found = paid(ran)
    assert found == pytest.approx(wanted(ran, [ran.world.lane, ran.world.route], done, done))
    assert found.sum() / PRICE == pytest.approx(round(found.sum() / PRICE))
