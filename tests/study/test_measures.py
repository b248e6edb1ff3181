"""What a replication says, worked out by hand. Hours count from a Monday's midnight."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from fourport.store.tables import TOGETHER
from fourport.study.cohort import cohorts
from fourport.study.replication import Replication
from fourport.study.tabulate import tabulate
from tests.tiny import Parcel, corridor, departures_of, follow, values

PLANNED: dict[str, Any] = {
    "planning": {"allowance": "1 h"},
    "value_of_time": {"capital_rate": "36.5 %/year"},
}
MADE = corridor(PLANNED)
VANS = [Parcel(8, "van", kg=1000), Parcel(10, "van", kg=3000), Parcel(14, "van", kg=2000)]
"""Landed at 33:00, 33:00 and 57:00; declarations done 34:30, 35:00 and 58:30; 1 h of discharge, one by one.

So off by van at 35:30, 36:30 and 59:30, and delivered an hour later, after 28.5, 27.5 and 46.5 h.
"""
HOURS = [28.5, 27.5, 46.5]
MEAN = 102.5 / 3


def summary(parcels: list[Parcel], route: str = "van", **departures: Any) -> dict[str, float]:
    """Give the measures of a route by name."""
    found = tabulate(follow(MADE, parcels, **departures)).summary
    return {name: value for (_, r, name, _), value in found.items() if r == route}


def test_times_by_hand() -> None:
    """Tests mean and quantiles (linear between ranked values) of door-to-door time, and the units."""
    found = summary(VANS)
    assert found["consignments"] == 3
    assert found["undelivered"] == 0
    assert found["weight"] == 6.0
    assert found["door_to_door_time"] == pytest.approx(MEAN)
    assert found["door_to_door_time_p50"] == pytest.approx(28.5)
    # Between the second and the third of three values, 0.8 and 0.9 of the way.
    assert found["door_to_door_time_p90"] == pytest.approx(28.5 + 0.8 * 18)
    assert found["door_to_door_time_p95"] == pytest.approx(28.5 + 0.9 * 18)
    units = {key[2]: key[3] for key in tabulate(follow(MADE, VANS)).summary}
    assert units["weight"] == "t"
    assert units["departure_as_planned"] == "%"
    assert units["freight_cost"] == "USD/kg"


def test_causes_sum_to_the_mean_time() -> None:
    """Tests that mean times by cause add up to the mean door-to-door time, and one of them by hand."""
    found = summary(VANS)
    times = [value for name, value in found.items() if name.startswith("time_")]
    assert sum(times) == pytest.approx(MEAN)
    assert found["time_transport"] == pytest.approx(15.0)
    assert found["time_cut_off"] == pytest.approx((9.5 + 7.5 + (43 - 15.5)) / 3)


def test_as_planned() -> None:
    """Tests that of four, all planned, the one whose sailing is cancelled goes by a later one."""
    assert summary(VANS)["departure_as_planned"] == 100.0
    cancelled = departures_of(MADE).cancelled.copy()
    cancelled[1] = True
    assert summary([*VANS, Parcel(80, "van")], cancelled=cancelled)["departure_as_planned"] == 75.0
    assert "departure_as_planned" not in {key[2] for key in tabulate(follow(corridor(), VANS)).summary}


def test_costs_for_each_kg() -> None:
    """Tests freight and logistics cost over 6 t, and the cost lines that make them up.

    Sea freight 0.1 USD/kg; capital of 50 USD/kg at 0.1 % a day, weighted by what was how long under way.
    """
    found = tabulate(follow(MADE, VANS))
    by_name = {key[2]: value for key, value in found.summary.items()}
    days = sum(kg * hours for kg, hours in zip((1000, 3000, 2000), HOURS, strict=True)) / 6000 / 24
    assert by_name["freight_cost"] == pytest.approx(0.1)
    assert by_name["logistics_cost"] == pytest.approx(0.1 + 0.05 * days)
    lines = {key[2:]: value for key, value in found.costs.items()}
    sea = (0, "ferry", "sea", "s", "transport", "shipper", "freight", "USD/kg")
    time = (1, "door-to-door", "value_of_time", "inventory", "time", "shipper", "other", "USD/kg")
    assert lines == {sea: pytest.approx(0.1), time: pytest.approx(0.05 * days)}


def test_charges_on_value() -> None:
    """Tests that insurance of 1 % of 50 USD/kg stands beside the logistics cost."""
    insured = values(PLANNED)
    line = {"name": "insurance", "kind": "value", "category": "insurance", "share": "1 %"}
    insured["tariffs"]["sea"]["lines"].append(line)
    found = tabulate(follow(corridor(insured), VANS))
    by_name = {key[2]: value for key, value in found.summary.items()}
    plain = summary(VANS)
    assert by_name["charges_on_value"] == pytest.approx(0.5)
    assert by_name["logistics_cost"] == pytest.approx(plain["logistics_cost"])
    assert "charges_on_value" not in plain
    so_far = [value for key, value in found.stops.items() if key[6] == "logistics_cost"]
    assert so_far[-1] == pytest.approx(plain["logistics_cost"])
    assert ("insurance", "on value") in {(key[5], key[8]) for key in found.costs}


def test_stops() -> None:
    """Tests time since entry and km at every stop of the van's route, over the three."""
    found = tabulate(follow(MADE, VANS)).stops
    means = {key[2:6]: value for key, value in found.items() if key[6] == "mean"}
    entered = (8 + 10 + 14) / 3
    assert means == {
        (0, "a", "enter", 0.0): 0.0,
        (1, "a", "leave", 0.0): pytest.approx((19 + 19 + 43) / 3 - entered),
        (2, "b", "arrive", 200.0): pytest.approx((33 + 33 + 57) / 3 - entered),
        (3, "b", "leave", 200.0): pytest.approx((35.5 + 36.5 + 59.5) / 3 - entered),
        (4, "c", "arrive", 240.0): pytest.approx(MEAN),
        (5, "c", "deliver", 240.0): pytest.approx(MEAN),
    }
    band = {key[6]: value for key, value in found.items() if key[2] == 5}
    assert band["p50"] == pytest.approx(28.5)
    assert band["p10"] == pytest.approx(27.5 + 0.2 * 1)
    assert band["p90"] == pytest.approx(28.5 + 0.8 * 18)


def test_costs_at_stops() -> None:
    """Tests what a kg has cost at every stop: sea freight from the arrival on, capital as time goes by."""
    found = tabulate(follow(MADE, VANS)).stops
    kg = (1000, 3000, 2000)
    # Hours since the entry at the stops of the van's route, of the three.
    since = [(0, 0, 0), (11, 9, 29), (25, 23, 43), (27.5, 26.5, 45.5), HOURS, HOURS]
    for order, hours in enumerate(since):
        (freight,) = (v for key, v in found.items() if key[2] == order and key[6] == "freight_cost")
        assert freight == pytest.approx(0.1 if order > 1 else 0.0)
        (total,) = (v for key, v in found.items() if key[2] == order and key[6] == "logistics_cost")
        days = sum(w * h for w, h in zip(kg, hours, strict=True)) / 6000 / 24
        assert total == pytest.approx(freight + 0.05 * days)
    band = {key[6]: value for key, value in found.items() if key[2] == 5}
    slowest, middle, fastest = (0.1 + 0.05 * h / 24 for h in (46.5, 28.5, 27.5))
    assert band["logistics_cost_p50"] == pytest.approx(middle)
    assert band["logistics_cost_p10"] == pytest.approx(fastest + 0.2 * (middle - fastest))
    assert band["logistics_cost_p90"] == pytest.approx(middle + 0.8 * (slowest - middle))


def test_lead_times() -> None:
    """Tests the time within which a share is delivered: linear between ranks, infinite if undelivered."""
    found = {key[2]: value for key, value in tabulate(follow(MADE, VANS)).lead_times.items()}
    assert list(found) == list(range(101))
    assert [found[share] for share in (0, 50, 100)] == [27.5, 28.5, 46.5]
    assert found[75] == pytest.approx((28.5 + 46.5) / 2)
    run = follow(MADE, [*VANS, Parcel(160, "van", kg=4000)], cancelled=np.arange(14) >= 6)
    found = {key[2]: value for key, value in tabulate(run).lead_times.items()}
    assert found[66] == pytest.approx(28.5 + 0.98 * 18)
    assert math.isinf(found[67])


def test_a_first_leg_by_van_begins_at_the_entry() -> None:
    """Tests that goods fetched by a van leave when they are accepted."""
    made = corridor({"routes.van.steps": [{"by": "van"}]})
    found = tabulate(follow(made, [Parcel(5, "van")])).stops
    means = {key[2:6]: value for key, value in found.items() if key[6] == "mean"}
    assert means[0, "b", "leave", 0.0] == 0.0
    assert means[1, "c", "arrive", 40.0] == 1.0


@pytest.mark.parametrize(
    ("steps", "left"),
    [
        ([{"at": "b", "do": "discharge"}, {"by": "van"}], 1.0),
        ([{"at": "b", "do": "rest"}, {"by": "van"}], 2.0),
        ([{"by": "truck"}], 3.0),
    ],
    ids=["work before a trucking leg", "a stay before a trucking leg", "a truck that waits for its load"],
)
def test_waiting_at_the_origin_begins_with_the_entry(steps: list[dict[str, str]], left: float) -> None:
    """Tests that what comes before the first way is a stop at the origin: work, a stay, or a hold."""
    rest = {"facilities.b.activities.rest": {"kind": "stay", "duration": "2 h"}}
    found = tabulate(follow(corridor({"routes.van.steps": steps, **rest}), [Parcel(5, "van")])).stops
    means = [(*key[3:5], value) for key, value in found.items() if key[6] == "mean"]
    assert means[:2] == [("b", "enter", 0.0), ("b", "leave", left)]


def test_the_undelivered() -> None:
    """Tests that the undelivered are counted, slower than all others, and not in mean time or cost a kg."""
    last = Parcel(160, "van", kg=4000)
    never = np.arange(14) >= 6
    found = summary([*VANS, last], cancelled=never)
    assert (found["consignments"], found["undelivered"], found["weight"]) == (4, 1, 10.0)
    assert found["door_to_door_time"] == pytest.approx(MEAN)
    assert found["departure_as_planned"] == 75.0
    assert found["freight_cost"] == pytest.approx(600 / 6_000)
    assert math.isfinite(found["door_to_door_time_p50"])
    assert math.isinf(found["door_to_door_time_p90"])
    run = follow(MADE, [last], cancelled=never)
    tables = tabulate(run)
    by_name = {key[2]: value for key, value in tables.summary.items()}
    assert by_name["undelivered"] == 1
    assert math.isnan(by_name["door_to_door_time"])
    assert math.isinf(by_name["door_to_door_time_p95"])
    assert math.isnan(by_name["freight_cost"])
    assert math.isnan(by_name["time_transport"])
    assert not tables.stops
    assert not tables.costs


def by_route(run: Replication) -> list[tuple[str, str, list[int]]]:
    """Give the cohort of each lane and route."""
    measured = np.flatnonzero(run.in_window)
    places, found = cohorts(run, measured)
    every = zip(places, found.each, strict=True)
    return [(lane, on, one.ids.tolist()) for (_, lane, on), one in every if on != TOGETHER]


def test_only_the_window_is_measured() -> None:
    """Tests a warm-up of a week: who enters before it or at its end moves, but is not measured."""
    made = corridor({"run.warm_up": "1 week"})
    week = 7 * 24
    entries = [week - 0.5, week, 2 * week - 0.5, 2 * week]
    run = follow(made, [Parcel(entry, "van") for entry in entries])
    assert run.in_window.tolist() == [False, True, True, False]
    assert by_route(run) == [("l", "van", [1, 2])]


def test_lanes_and_routes_apart() -> None:
    """Tests that the cohorts are those of lane and route, in order, and nothing at all of no consignments."""
    run = follow(MADE, [Parcel(1, "van"), Parcel(2, "truck"), Parcel(3, "van")])
    assert by_route(run) == [("l", "truck", [1]), ("l", "van", [0, 2])]
    empty = tabulate(follow(MADE, []))
    assert (len(empty.summary), len(empty.costs), len(empty.stops)) == (0, 0, 0)


def test_costs_are_in_the_reporting_currency() -> None:
    """Tests that units name the reporting currency, not the dollar."""
    made = corridor({"reporting_currency": "EUR", "currencies": {"USD": "1.25 USD/EUR"}})
    tables = tabulate(follow(made, VANS))
    units = {key[3] for key in tables.summary if key[2].endswith("_cost")} | {key[-1] for key in tables.costs}
    assert units == {"EUR/kg"}


def test_promise_by_hand() -> None:
    """Tests the share delivered within the promise: two of three, and of four if one never arrives."""
    made = corridor({"lanes.l.promise": "28.5 h"})
    found = tabulate(follow(made, VANS)).summary
    assert found["l", "van", "within_promise", "%"] == pytest.approx(200 / 3)
    late = tabulate(follow(made, [*VANS, Parcel(167, "van")], cancelled=np.array([False] * 6 + [True] * 8)))
    assert late.summary["l", "van", "undelivered", "consignments"] == 1
    assert late.summary["l", "van", "within_promise", "%"] == pytest.approx(50)
    assert not any("promise" in key[2] for key in tabulate(follow(MADE, VANS)).summary)


def test_costs_of_a_parcel_by_hand() -> None:
    """Tests that costs of a parcel are those of a kg times its mean weight, and only of goods in parcels."""
    made = corridor({"commodities.parts.parcel": "2 kg"})
    found = {key[2:]: value for key, value in tabulate(follow(made, VANS)).summary.items()}
    assert found["parcels", "parcels"] == 3000
    # 0.1 USD/kg of sea freight is all that the route by van costs.
    assert found["logistics_cost", "USD/kg"] == pytest.approx(0.1)
    assert found["logistics_cost_per_parcel", "USD/parcel"] == pytest.approx(0.2)
    assert not any("parcel" in key[2] for key in tabulate(follow(MADE, VANS)).summary)
