"""Stays at the hub, hand-calculated; minutes from Monday's midnight."""

from __future__ import annotations

import numpy as np
import pytest

from fourport.plan.tables import HOUR, NEVER
from fourport.study.planning import hub_arrivals
from tests.levers.made import Followed, Parcel, corridor, follow, minutes

PLANNED = {"planning": {"allowance": "0 h"}}


@pytest.fixture(scope="module")
def three() -> Followed:
    """Follow goods accepted at 0:00, 12:00 and 13:00; the hub is the port, from which the ferry departs.

    The declaration in the inland takes 70 minutes and the feeder 120, so that they arrive at 3:10, 15:10
    and 16:10. The ferry takes until 16:00 and departs at 18:00; the last two need 20 minutes to be stowed
    and 110 to be declared, and depart on Tuesday.
    """
    return follow(corridor(PLANNED), Parcel(0), Parcel(720), Parcel(780))


def test_stays(three: Followed) -> None:
    """Tests arrivals, departures and the stays between them."""
    hub = three.run.hub
    assert list(map(minutes, hub.arrived_us)) == [190, 910, 970]
    assert list(map(minutes, hub.left_us)) == [1080, 2520, 2520]
    assert (hub.hours * 60).tolist() == pytest.approx([890, 1610, 1550])
    assert hub.departure.tolist()[1] == hub.departure.tolist()[2] > hub.departure[0]


@pytest.mark.parametrize(
    ("target", "share"), [("14 h", 0), ("24 h", 100 / 3), ("26 h", 200 / 3), ("27 h", 100)]
)
def test_share_within_the_target(three: Followed, target: str, share: float) -> None:
    """Tests the share by hand for targets between the stays of 14.8, 25.8 and 26.8 h."""
    changes = {"planning": {"allowance": "0 h", "hub_target": target}}
    measures = follow(corridor(changes), Parcel(0), Parcel(720), Parcel(780)).measures()
    assert measures["left_hub_within_target"] == pytest.approx(share)
    assert measures["hub_dwell_time"] == pytest.approx((890 + 1610 + 1550) / 180)
    assert measures["hub_dwell_time_p50"] == pytest.approx(1550 / 60)


def test_the_default_target_is_a_day(three: Followed) -> None:
    """Tests the share without a target in the file."""
    assert three.measures()["left_hub_within_target"] == pytest.approx(100 / 3)


def test_the_yardstick_does_not_move_with_the_plan() -> None:
    """Tests that a quicker declaration lowers the share as planned, but not the share within the target.

    The second parcel is inspected for 50 minutes, which nobody plans. With the quick declaration (21 minutes
    from 15:30) it is planned for Monday's ferry, which it then misses; it leaves on Tuesday either way.
    """
    parcels = [Parcel(0), Parcel(720, risk={"port/export/inspection": 0.0}), Parcel(780)]
    quick = {**PLANNED, "facilities.port.activities.export.preparation": "1 min"}
    before, after = (follow(corridor(changes), *parcels) for changes in (PLANNED, quick))
    assert before.measures()["departure_as_planned"] == 100
    assert after.measures()["departure_as_planned"] == pytest.approx(200 / 3)
    assert after.run.hub.left_us.tolist() == before.run.hub.left_us.tolist()
    for measure in ("left_hub_within_target", "hub_dwell_time"):
        assert after.measures()[measure] == before.measures()[measure]


def test_who_does_not_leave_is_late() -> None:
    """Tests that goods without a departure count as late, and as slower than all others."""
    found = follow(corridor({**PLANNED, "run.drain": "1 h"}), Parcel(0), Parcel(6 * 1440 + 780))
    assert found.run.hub.left_us[1] == NEVER
    assert found.run.hub.hours[1] == np.inf
    assert found.measures()["left_hub_within_target"] == 50
    assert found.measures()["hub_dwell_time"] == pytest.approx(890 / 60)
    assert "hub_dwell_time_p95" in found.measures()


def test_without_planning_terms_there_is_no_target() -> None:
    """Tests that the share is left out, and that the stay is measured."""
    measures = follow(corridor(), Parcel(0)).measures()
    assert "left_hub_within_target" not in measures
    assert measures["hub_dwell_time"] == pytest.approx(890 / 60)


def test_a_route_without_a_scheduled_service_has_no_hub() -> None:
    """Tests that neither measure is there."""
    changes = {**PLANNED, "routes.main.steps": [{"by": "truck"}, {"by": "van"}]}
    changes["lanes.main.from"] = "hub"
    measures = follow(corridor(changes), Parcel(0)).measures()
    assert not {"hub_dwell_time", "left_hub_within_target"} & {*measures}


def test_by_hour_of_arrival(three: Followed) -> None:
    """Tests the table of arrivals by hour, in local time of the hub."""
    rows = list(zip(*hub_arrivals.columns(hub_arrivals.measure(three.run)), strict=True))
    assert rows == [
        ("main", "port", 3, 1, 100, pytest.approx(890 / 60)),
        ("main", "port", 15, 1, 0, pytest.approx(1610 / 60)),
        ("main", "port", 16, 1, 0, pytest.approx(1550 / 60)),
    ]
    seoul = follow(corridor({**PLANNED, "facilities.port.zone": "Asia/Seoul"}), Parcel(0)).run
    (row,) = zip(*hub_arrivals.columns(hub_arrivals.measure(seoul)), strict=True)
    assert row[2] == (190 * 60_000_000 // HOUR + 9) % 24 == 12
