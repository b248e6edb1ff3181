"""Goods that are handed in for a cut-off: by hand, against what must hold of any lane, beside the others."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fourport.plan.tables import DAY, HOUR, WEEK, Ints
from fourport.scenario.models.calendars import HolidayList, day_kinds
from fourport.world.demand import rates
from fourport.world.draw import draw
from fourport.world.hand_in import in_time
from tests.tiny import START_US, Values, at, corridor, hours, values
from tests.world.test_demand import lane

UTC_ZONE = ZoneInfo("UTC")
OFFICE = [{"begins": "08:00", "ends": "18:00", "share": "100 %"}]
"""The lane accepts goods from 8 to 18 o'clock."""


def times(*found: float) -> Ints:
    """Give hours after Monday's midnight as us UTC."""
    return np.array([at(one) for one in found], dtype=np.int64)


def by_hand(
    ready: list[float], before: float, cutoffs: list[float], holidays: tuple[str, ...] = (), **profile: Any
) -> list[float]:
    """Give when goods are handed in that are ready at these hours, on a lane with these profiles."""
    kinds = day_kinds((HolidayList.model_validate({"dates": list(holidays)}),))
    table = rates(lane(**profile), kinds, UTC_ZONE, START_US, START_US + 2 * WEEK)
    begins = np.array(sorted(round((day.toordinal() - 719163) * DAY) for day in kinds), dtype=np.int64)
    many = np.full(len(ready), round(before * HOUR))
    return hours(in_time(times(*ready), many, times(*cutoffs), table, begins))


def test_the_next_cut_off_that_can_be_reached() -> None:
    """Tests cut-offs on Tuesday and Thursday at 15:00, five hours before which goods must be handed in.

    What is ready at 10:00 on Tuesday is just in time, a minute later it is for Thursday at 10:00; after that
    nothing sails, and goods are handed in at once.
    """
    found = by_hand([0, 34, 34 + 1 / 60, 82, 82.5], 5, [39, 87])
    assert found == [34, 34, 82, 82, 82.5]


def test_within_the_hours_of_acceptance() -> None:
    """Tests that goods for a cut-off at 23:00, five minutes before the closing or at night, come earlier.

    Handed in at 22:00 they would come after the closing at 18:00 of the same day; for the cut-off at 04:00 on
    Wednesday at 03:00, so on Tuesday before 18:00. What is ready then is handed in at once.
    """
    just = 1 / HOUR
    assert by_hand([9, 17.5], 1, [23, 47], day=OFFICE) == [18 - just, 18 - just]
    assert by_hand([24 + 9, 24 + 17], 1, [52], day=OFFICE) == [42 - just, 42 - just]
    assert by_hand([9], 1, [12], day=OFFICE) == [11]


def test_never_past_a_holiday() -> None:
    """Tests that goods for a ship on Friday are handed in before the holiday on Thursday, not after it."""
    friday = [4 * 24 + 15.0]
    assert by_hand([9], 5, friday, day=OFFICE) == [106]
    assert by_hand([9, 4 * 24 + 9], 5, friday, ("2019-01-10",), day=OFFICE) == [66 - 1 / HOUR, 106]


def test_no_day_without_demand() -> None:
    """Tests that goods for a ship on Sunday come on Friday evening where the lane rests at weekends."""
    week = {"Mon": "50 %", "Fri": "50 %"}
    assert by_hand([9], 5, [6 * 24 + 15.0], week=week, day=OFFICE) == [4 * 24 + 18 - 1 / HOUR]


@settings(max_examples=40, derandomize=True, database=None)
@given(
    st.lists(st.tuples(st.integers(0, 335), st.integers(0, 90)), min_size=1, max_size=20),
    st.lists(st.integers(0, 335), max_size=8),
    st.sets(st.sampled_from([f"2019-01-{day:02}" for day in range(7, 21)]), max_size=4),
    st.booleans(),
)
def test_what_must_hold(
    goods: list[tuple[int, int]], cutoffs: list[int], off: set[str], is_office: bool
) -> None:
    """Tests that goods come when they are ready or later, in time, when the lane accepts, before holidays.

    What is held back could reach no cut-off earlier, and could not be handed in later by as much as an hour.
    """
    kinds = day_kinds((HolidayList.model_validate({"dates": sorted(off)}),))
    made = lane(**({"day": OFFICE} if is_office else {}))
    table = rates(made, kinds, UTC_ZONE, START_US, START_US + 2 * WEEK)
    begins = np.array(sorted((day.toordinal() - 719163) * DAY for day in kinds), dtype=np.int64)

    def is_accepted(time: int) -> bool:
        return bool(((table[:, 0] <= time) & (time < table[:, 1])).any())

    goods = [one for one in goods if is_accepted(at(one[0]))]
    ready, before = (
        times(*(one for one, _ in goods)),
        np.array([one * HOUR for _, one in goods], dtype=np.int64),
    )
    closing = times(*sorted(cutoffs))
    for came, was, needs in zip(
        in_time(ready, before, closing, table, begins).tolist(), ready.tolist(), before.tolist(), strict=True
    ):
        assert came >= was
        assert is_accepted(came)
        assert not ((was < begins) & (begins <= came)).any()
        in_reach = closing[closing >= was + needs]
        if not len(in_reach):
            assert came == was
            continue
        assert came + needs <= in_reach[0]
        later = [t for t in range(came + HOUR, int(in_reach[0]) - needs + 1, HOUR) if is_accepted(t)]
        assert all(((was < begins) & (begins <= t)).any() for t in later)


AIMING: Values = {
    "lanes.l.renewal": None,
    "lanes.l.demand": "200 consignments/week",
    "lanes.l.day": OFFICE,
    "services.ferry.timetable": [{"days": ["Tue", "Fri"], "departs": "19:00", "duration": "14 h"}],
}


def aimed(share: str, spare: Any = "1 h", **more: Any) -> Values:
    """Give the changes under which a share of the route by van aims at the ferry."""
    return AIMING | {
        "lanes.l.aims_at_cut_off": {"van": {"share": share, "lead": "2 h", "spare": spare} | more}
    }


def handed(changes: Values) -> dict[tuple[Any, ...], int]:
    """Give when each consignment of a drawn world is handed in, by all else that chance says of it."""
    made = corridor(RANDOM_GOODS | changes)
    world = draw(made, 3, 0)
    columns = world.route, world.trader_class, world.size[:, 0]
    draws = (
        (*np.split(world.duration_us, world.first_event_row[1:-1]),),
        np.reshape(world.risk, (-1, world.n)).T,
    )
    chance = [[tuple(one.tolist()) for one in column] for column in draws]
    who = zip(*(column.tolist() for column in columns), *chance, strict=True)
    found = dict(zip(who, world.entry_us.tolist(), strict=True))
    assert len(found) == world.n
    assert (np.diff(world.entry_us) >= 0).all()
    return found


RANDOM_GOODS: Values = {
    "commodities.parts.weight": {"distribution": "uniform", "low": "100 kg", "high": "900 kg"},
    "facilities.b.activities.discharge.duration": {"distribution": "exponential", "mean": "1 h"},
}


def test_only_who_aims_is_moved() -> None:
    """Tests that a larger share moves more, all others stay, and that nobody else's chance is another.

    All of a share of 40 % aim under 70 %, too, and then at the same time.
    """
    none, some, more = handed(AIMING), handed(aimed("40 %")), handed(aimed("70 %"))
    assert none.keys() == some.keys() == more.keys()
    assert handed(aimed("0 %")) == none
    moved = [{who for who, time in found.items() if time != none[who]} for found in (some, more)]
    assert moved[0] < moved[1]
    assert all(some[who] == more[who] for who in moved[0])
    by_van = [who for who in none if who[0] == 1]
    assert 0.3 < len(moved[0]) / len(by_van) < 0.5
    assert moved[1] < set(by_van)


def test_time_in_hand_before_the_cut_off() -> None:
    """Tests that the time between the lead before the cut-off (15:00) and the hand-in is as drawn, or longer.

    The ferry leaves on Tuesday and Friday; between 8 and 18 o'clock a spare time of up to 5 h always fits.
    """
    spare = {"distribution": "uniform", "low": "0 h", "high": "5 h"}
    found, none = handed(aimed("100 %", spare)), handed(AIMING)
    left = []
    for who, time in found.items():
        day, hour = divmod((time - START_US) / HOUR, 24)
        if who[0] == 1 and none[who] < START_US + 11 * DAY:
            assert day % 7 in (1, 4)
            left.append(13 - hour)
    assert len(left) > 100
    assert 0 <= min(left) < 0.2
    assert 4.8 < max(left) <= 5
    assert abs(np.mean(left) - 2.5) < 4 * 5 / np.sqrt(12 * len(left))


def test_the_service_of_the_leg_that_closes_next() -> None:
    """Tests that of several services of a leg the one that closes next is aimed at, unless one is named."""
    other = values()["services"]["ferry"] | {
        "timetable": [{"days": ["Wed"], "departs": "19:00", "duration": "14 h"}]
    }
    steps = [{"at": "a", "do": "load"}, {"by": ["ferry", "other"]}, {"by": "van"}]
    changes = {"services.other": other, "routes.van.steps": steps}
    both, named = handed(changes | aimed("100 %")), handed(changes | aimed("100 %", service="other"))
    days = [
        {(time - START_US) // DAY % 7 for who, time in found.items() if who[0] == 1 and time < at(9 * 24)}
        for found in (both, named)
    ]
    assert days == [{1, 2, 4}, {2}]
