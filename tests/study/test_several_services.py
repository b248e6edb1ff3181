"""A leg with several services, from scenario to bills and charts: hand-calculated, hours from Monday 0:00.

The ferry closes daily at 15:00, leaves at 19:00 and arrives at 9:00; the barge closes at 9:00, leaves at
10:00 and takes 20 hours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fourport.errors import Refused
from fourport.plan.corridor import Corridor
from fourport.plan.excerpt import excerpt
from fourport.study.checks.identities import violations
from fourport.study.planning import arrivals, departures
from fourport.study.replication import Replication
from fourport.study.stops import stops
from fourport.trace.causes import intervals
from fourport.trace.intervals import CAUSE
from tests.tiny import Parcel, at, corridor, follow, hours

BARGE: dict[str, Any] = {
    "mode": "sea",
    "from": "a",
    "to": "b",
    "distance": "300 km",
    "timetable": [{"days": "daily", "departs": "10:00", "duration": "20 h"}],
    "cut_off": "1 h",
    "capacity": {"weight": "2 t"},
    "tariffs": ["inland"],
    "emissions": "low",
}
CHANGES: dict[str, Any] = {
    "services.barge": BARGE,
    "services.ferry.emissions": "high",
    "trucking.van.emissions": "low",
    "fleets.truck.emissions": "low",
    "emission_factors.low": {"title": "L", "wtw": "10 g/tkm"},
    "emission_factors.high": {"title": "H", "wtw": "20 g/tkm"},
    "tariffs.inland": {
        "title": "I",
        "lines": [{"name": "i", "category": "transport", "basis": "gross-weight", "price": "0.05 USD/kg"}],
    },
    "planning": {"late_quantile": 0.5, "allowance": "0 h"},
}


def made(**step: Any) -> Corridor:
    """Compile the corridor with a leg by the ferry or the barge, and a van from there."""
    return corridor(CHANGES | {"routes.van.steps": [{"by": ["ferry", "barge"], **step}, {"by": "van"}]})


def run(found: Corridor, *parcels: Parcel, **ferry: Any) -> Replication:
    """Run parcels; what every run must hold holds."""
    done = follow(found, parcels, **ferry)
    assert violations(done) == []
    return done


def by(done: Replication, key: str) -> list[bool]:
    """Say which consignments a service took."""
    (s,) = (s for s in done.corridor.plan.main_steps(1) if done.corridor.steps[s].key == key)
    return [bool(one) for one in done.trace.at(s).begun]


GOODS = (Parcel(1, "van"), Parcel(2, "van"), Parcel(3, "van"), Parcel(20, "van"))
"""The barge takes two of the first three, the ferry one; the fourth is for the barge of Tuesday."""


def test_bills_and_emissions_are_of_the_service_used() -> None:
    """Tests 1000 kg: by ferry 100 USD and 20 g x 200 km, by barge 50 USD and 10 g x 300 km; 400 g by van."""
    done = run(made(), *GOODS)
    assert by(done, "barge") == [True, True, False, True]
    assert by(done, "ferry") == [False, False, True, False]
    (invoice,) = (one for one in done.invoice.routes if one.consignments.tolist() == [0, 1, 2, 3])
    legs = {(line.leg, line.name): invoice.amounts[:, k].tolist() for k, line in enumerate(invoice.lines)}
    assert legs[("barge", "i")] == pytest.approx([50, 50, 0, 50])
    assert legs[("ferry", "s")] == pytest.approx([0, 0, 100, 0])
    assert done.emissions["wtw"].tolist() == pytest.approx([3.4, 3.4, 4.4, 3.4])
    assert hours(done.delivered_us) == [31, 31, 34, 55]  # 10 + 20, 24 + 9, 34 + 20, and an hour by van.


def test_causes_and_milestones() -> None:
    """Tests the third: cut-off until the barge of 10:00, full, then the ferry at 19:00; 15 h under way."""
    done = run(made(), *GOODS)
    spent = done.causes[2] / 3.6e9
    assert [spent[CAUSE[name]] for name in ("cut-off", "rolled-over", "cancelled", "transport")] == [
        7,
        9,
        0,
        15,
    ]
    told = [one for one in intervals(done.corridor, done.trace) if 2 in one.consignment.tolist()]
    assert [(done.corridor.steps[one.step].key, one.milestone) for one in told][-3:] == [
        ("ferry", "ARRI"),
        ("van", "GTOT"),
        ("van", "GTIN"),
    ]


def test_a_cancelled_ferry_is_a_cause() -> None:
    """Tests a parcel of 10:00 that the ferry of 19:00 fails: cancelled from then until the barge at 34."""
    off = np.arange(14) == 0
    done = run(made(), Parcel(10, "van"), cancelled=off)
    spent = done.causes[0] / 3.6e9
    assert [spent[CAUSE[name]] for name in ("cut-off", "rolled-over", "cancelled")] == [9, 0, 15]


def test_departures_tell_whom_they_left_behind() -> None:
    """Tests the tables of departures and arrivals: the barge of Monday left one behind, the ferry nobody."""
    done = run(made(), *GOODS)
    table = departures.measure(done)
    found = {(key[0], key[4]): row for key, row in zip(table.keys, table.values, strict=True)}
    monday = {name: row for (name, day), row in found.items() if day == "2019-01-07"}
    assert {name: (row[7], row[8], row[9]) for name, row in monday.items()} == {
        "ferry": (1, 0, 0),
        "barge": (2, 1, 1),
    }
    came = arrivals.measure(done)
    counts = {name: sum(row[0] for key, row in zip(came.keys, came.values, strict=True) if key[0] == name)
              for name in ("ferry", "barge")}  # fmt: skip
    assert counts == {"ferry": 1, "barge": 3}


def test_stops_are_one_line() -> None:
    """Tests that charts by distance have each place once, as far as by the service written first."""
    found = [stop for stop in stops(made(), 1)[1] if stop[4] == "mean"]
    assert [(place, event, km) for _, place, event, km, *_ in found] == [
        ("a", "enter", 0),
        ("a", "leave", 0),
        ("b", "arrive", 200),
        ("b", "leave", 200),
        ("c", "arrive", 240),
        ("c", "deliver", 240),
    ]


@pytest.mark.parametrize(("within", "ferry"), [("15 h", False), ("17 h", True)])
def test_in_order(within: str, ferry: bool) -> None:
    """Tests a parcel of 2:00: the ferry leaves 17 hours later, the barge after 8."""
    done = run(made(choose="in-order", within=within), Parcel(2, "van"))
    assert by(done, "ferry") == [ferry]
    assert done.as_planned.tolist() == [True]
    assert not done.before_planned.any()
    assert done.causes[0][CAUSE["cut-off"]] / 3.6e9 == (17 if ferry else 8)


def test_planned_departures_of_any_service() -> None:
    """Tests that who is rolled over from the barge to the ferry misses the plan, and none is early."""
    done = run(made(), *GOODS)
    assert done.as_planned.tolist() == [True, True, False, True]
    assert not done.before_planned.any()
    assert [done.hub.hours[i] for i in range(4)] == [9, 8, 16, 14]


def test_declarations_before_arrival() -> None:
    """Tests a declaration that is begun as the goods leave by the barge of 10:00, ready an hour later."""
    changes = CHANGES | {
        "facilities.b.activities.import.pre_arrival": "100 %",
        "routes.van.steps": [{"by": ["ferry", "barge"]}, {"at": "b", "do": "import"}, {"by": "van"}],
    }
    done = run(corridor(changes), Parcel(1, "van"))
    (s,) = (s for s, info in enumerate(done.corridor.steps) if info.part == "documents")
    assert hours(done.trace.at(s).begin_us) == [11]
    (office,) = done.corridor.offices
    assert office.entry is not None
    assert hours(done.trace.at(office.entry).end_us) == [30]


def test_an_excerpt_keeps_all_services() -> None:
    """Tests that what leads to the leg is kept for each service of it."""
    whole = made()
    steps = [info.key for info in whole.steps]
    short = excerpt(whole, [steps.index("barge")])
    kept = [short.steps[s].key for s in short.plan.main_steps(1)]
    assert kept == [key for key in kept if key in ("ferry", "barge", "ferry or barge")]
    assert len(kept) == 3


def test_goods_that_fit_one_service_only() -> None:
    """Tests that 5 t go by the ferry, past the barge that takes 2 t, and are not refused."""
    done = run(made(), Parcel(1, "van", kg=5000))
    assert by(done, "ferry") == [True]
    assert hours(done.trace.begin_us[done.trace.begin_us >= at(0)])[0] == 19


def test_factors_are_needed_of_all() -> None:
    """Tests that emissions that are known for one of the services only are refused."""
    changes = CHANGES | {"services.barge": {k: v for k, v in BARGE.items() if k != "emissions"}}
    found = corridor(changes | {"routes.van.steps": [{"by": ["ferry", "barge"]}, {"by": "van"}]})
    with pytest.raises(Refused, match="'barge' has no emission factor"):
        follow(found, [Parcel(1, "van")])
