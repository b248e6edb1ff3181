"""More servers, other working hours: hand-calculated, and monotone. Minutes from Monday midnight."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from fourport.plan.corridor import Corridor
from fourport.plan.tables import HOUR, NEVER, Ints
from fourport.study.replication import Replication, replicate
from tests.levers.made import START_US, Parcel, Times, corridor, follow, leg

RISK = "port/export/inspection"
OFFICERS, BAYS = "facilities.port.resources.officers", "facilities.port.resources.bays"
ROUTE: dict[str, Any] = {"routes.main.steps": leg("port/export", "ferry")}


def port(entry: float, controlled: float, opened: float, sailed: float = 1080) -> Times:
    """Give the times of who enters then: 90 to prepare, 20 at an officer, 50 at a bay, 720 on the ferry."""
    return {
        "port/export/preparation": (entry, entry + 90),
        "port/export/documents": (controlled - 20, controlled),
        "port/export/release": (entry, controlled),
        RISK: (opened, opened + 50),
        "port/export/removal": (opened + 50, opened + 50),
        "ferry": (sailed, sailed + 720),
    }


def test_more_servers() -> None:
    """Tests three that come at once and are all inspected: one officer and one bay, then two of each."""
    changes = ROUTE | {f"{OFFICERS}.servers": 1, f"{BAYS}.servers": 1}
    parcels = [Parcel(risk={RISK: 0.01})] * 3
    before, after = follow(corridor(changes), *parcels), follow(corridor(changes, "more"), *parcels)
    # Controlled at 110, 130, 150; the bay is free at 160 and 210.
    assert [before.times(i) for i in range(3)] == [port(0, 110, 110), port(0, 130, 160), port(0, 150, 210)]
    # Two at a time: controlled at 110, 110, 130; the third finds both bays busy until 160.
    assert [after.times(i) for i in range(3)] == [port(0, 110, 110), port(0, 110, 110), port(0, 130, 160)]


def changes_of(made: Corridor, resource: str, hours: int = 48) -> list[tuple[float, int]]:
    """Give from when (hours) a resource has how many servers, in the first hours."""
    plan = made.plan
    k = plan.names.resources.index(resource)
    mine = slice(plan.resource_change_first[k], plan.resource_change_first[k + 1])
    at = ((plan.resource_change_us[mine] - START_US) / HOUR).tolist()
    return [(h, s) for h, s in zip(at, plan.resource_servers[mine].tolist(), strict=True) if h < hours]


SHIFTS: dict[str, Any] = {
    "calendars.night": {"hours": [{"days": "daily", "open": "20:00", "close": "23:00"}]},
    OFFICERS: {
        "shifts": [
            {"servers": 3, "calendar": "day"},
            {"servers": 1, "calendar": "night"},
            {"servers": 0},
        ]
    },
}
"""Three officers from 8 to 16, one from 20 to 23."""


@pytest.mark.parametrize(("more", "day", "night"), [(0, 3, 1), (2, 5, 3)])
def test_every_shift_that_works_has_more(more: int, day: int, night: int) -> None:
    """Tests that shifts with servers get more; who is shut stays shut."""
    levers = {"levers.more.resources": {"port/officers": more}}
    found = changes_of(corridor(SHIFTS | levers, "more"), "port/officers", 24)
    assert found == [(0, 0), (8, day), (16, 0), (20, night), (23, 0)]


DAY: dict[str, Any] = ROUTE | {
    OFFICERS: {"servers": 1, "calendar": "day"},
    BAYS: {"servers": 1, "calendar": "day"},
}


def test_round_the_clock() -> None:
    """Tests officers and bays from 8 to 16 (480 to 960), and round the clock.

    The first waits for the morning. The second is controlled from 950 on, beyond closing, and the bay is
    closed until 1920; it sails the next day, at 2520, with the lever or not: the cut-off was 960.
    """
    parcels = (Parcel(risk={RISK: 0.01}), Parcel(860, risk={RISK: 0.01}))
    before, after = follow(corridor(DAY), *parcels), follow(corridor(DAY, "round-the-clock"), *parcels)
    assert before.times(0) == port(0, 500, 500)
    assert before.times(1) == port(860, 970, 1920, sailed=2520)
    assert after.times(0) == port(0, 110, 110)
    assert after.times(1) == port(860, 970, 970, sailed=2520)


def test_by_another_calendar() -> None:
    """Tests the lever the other way: who worked always works from 8 to 16."""
    parcels = (Parcel(risk={RISK: 0.01}), Parcel(860, risk={RISK: 0.01}))
    always, day = follow(corridor(ROUTE), *parcels), follow(corridor(ROUTE, "daytime"), *parcels)
    assert always.times(0) == port(0, 110, 110)
    assert day.times(0) == port(0, 500, 500)
    assert day.times(1) == port(860, 970, 1920, sailed=2520)


def test_as_many_as_in_the_largest_shift() -> None:
    """Tests three by day and one by night: three round the clock, or in the other calendar; closures stay."""
    assert changes_of(corridor(SHIFTS, "round-the-clock"), "port/officers") == [(0, 3)]
    assert changes_of(corridor(SHIFTS, "daytime"), "port/officers") == [
        (0, 0), (8, 3), (16, 0), (32, 3), (40, 0)
    ]  # fmt: skip
    closed = SHIFTS | {
        f"{OFFICERS}.closures": [{"begins": "2019-01-07T10:00:00", "ends": "2019-01-07T12:00:00"}]
    }
    assert changes_of(corridor(closed, "round-the-clock"), "port/officers") == [(0, 3), (10, 0), (12, 3)]


def test_more_and_longer_add_up() -> None:
    """Tests both levers in both orders: two more by day and night, of which the larger shift is kept."""
    levers = {"levers.more.resources": {"port/officers": 2}}
    for policy_package in (("more", "round-the-clock"), ("round-the-clock", "more")):
        assert changes_of(corridor(SHIFTS | levers, *policy_package), "port/officers") == [(0, 5)]


RANDOM = {"distribution": "exponential", "mean": "170 min"}


def crowd(resource: str, **more: Any) -> Mapping[str, Any]:
    """Give a corridor whose only queue is a FIFO resource of the port: with two servers it cannot keep up.

    120 x 170 minutes a week are 101 % of two servers. All are inspected if it is
    the bays. Nothing comes after it but the release and a way of fixed duration.
    """
    at = "facilities.port.activities.export"
    other = BAYS if resource == "officers" else OFFICERS
    work = "documents" if resource == "officers" else "inspection"
    return {
        "routes.main.steps": leg("port/export", "onward"),
        f"{at}.preparation": {"distribution": "lognormal", "mean": "90 min", "sd": "60 min"},
        f"{at}.{work}.duration": RANDOM,
        f"{at}.inspection.rates": {"gold": "100 %", "plain": "100 %"} if resource == "bays" else {},
        f"facilities.port.resources.{resource}.servers": 2,
        f"{other}.servers": 5000,
        "lanes.main.demand": "120 consignments/week",
        **more,
    }


def released(run: Replication) -> Ints:
    """Give the release of each consignment; never is later than any time."""
    (office,) = run.corridor.offices
    at = run.trace.at(office.release).end_us
    return np.where(at == NEVER, np.iinfo(np.int64).max, at)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "shifts",
    [None, [{"servers": 2, "calendar": "day"}, {"servers": 1}]],
    ids=["always", "shifts"],
)
@pytest.mark.parametrize("resource", ["officers", "bays"])
def test_more_servers_release_nobody_later(resource: str, shifts: Sequence[Any] | None, seed: int) -> None:
    """Tests under common random numbers that with each server more nobody is released later."""
    changes = dict(crowd(resource))
    if shifts:
        changes[f"facilities.port.resources.{resource}"] = {"shifts": shifts}
    before: Ints | None = None
    done = None
    means = []
    for more in range(4):
        changes["levers.more.resources"] = {f"port/{resource}": more}
        run = replicate(corridor(changes, "more"), seed, 0)
        now = released(run)
        if before is not None:
            assert (now <= before).all()
        before = now
        done = now < np.iinfo(np.int64).max if done is None else done
        means.append(float((now - run.world.entry_us)[done].mean()))
    assert means == sorted(means, reverse=True)
    assert means[0] > means[-1]
