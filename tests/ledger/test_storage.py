"""Storage: free time, tiers, demurrage; and what time in store is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from fourport.ledger.days_in_store import counted_days, days_in_store
from fourport.plan.tables import DAY, HOUR, NEVER
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.tariffs import StorageLine
from tests.ledger.journey import column, journey, ran, run
from tests.ledger.prices import priced, tariff

RENT: dict[str, Any] = {
    "kind": "storage",
    "basis": "gross-weight",
    "free": "48 h",
    "tiers": [{"days": 3, "price": "0.02 USD/kg/d"}, {"price": "0.05 USD/kg/d"}],
}


@pytest.mark.parametrize(
    ("hours", "wanted"),
    [
        (0, 0.0),
        (48, 0.0),
        (48.01, 2.0),  # one day begun, 100 kg x 0.02
        (72, 2.0),
        (73, 4.0),
        (120, 6.0),
        (121, 11.0),  # the fourth day after free time: 0.05
        (240, 31.0),  # 3 x 2 + 5 x 5
    ],
)
def test_free_time_and_tiers(hours: float, wanted: float) -> None:
    """Tests what 100 kg cost after so many hours: each day begun after 48 h, dearer from the fourth on."""
    assert priced(RENT, (100, 0.1), hours=hours) == pytest.approx([wanted], rel=1e-12)


@pytest.mark.parametrize(("hours", "wanted"), [(48, 0.0), (48.01, 6.0), (97, 16.0)])
def test_days_from_the_begin(hours: float, wanted: float) -> None:
    """Tests that days may count from the begin once free time is over."""
    line = RENT | {"count": "from-begin"}
    assert priced(line, (100, 0.1), hours=hours) == pytest.approx([wanted], rel=1e-12)


@pytest.mark.parametrize(("hours", "wanted"), [(48, 0.0), (49, 20.0), (240, 31.0)])
def test_minimum_after_free_time(hours: float, wanted: float) -> None:
    """Tests that the minimum is due only after free time."""
    assert priced(RENT | {"minimum": "20 USD"}, (100, 0.1), hours=hours) == pytest.approx([wanted], rel=1e-12)


def test_demurrage() -> None:
    """Tests demurrage of half a TEU (a quarter FEU) after three days free: 80 USD a TEU and day."""
    line = RENT | {"basis": "containers", "free": "3 d", "tiers": [{"price": "160 USD/FEU/d"}]}
    assert priced(line, (1, 1), hours=5 * 24) == pytest.approx([160.0], rel=1e-12)


def test_since_ready() -> None:
    """Tests that time may count from when the goods were ready."""
    assert priced(RENT | {"since": "ready"}, (100, 0.1), hours=97) == pytest.approx([2.0], rel=1e-12)


@pytest.mark.parametrize("since", ["arrival", "ready"])
@pytest.mark.parametrize("tariff", ["air", "breakdown", "stuffing"])
def test_time_in_store_on_a_journey(tariff: str, since: str) -> None:
    """Tests time in store on a run: until a handling ends, at the hub until the flight departs."""
    values = journey()
    line = {"kind": "storage", "basis": "consignment", "tiers": [{"price": "1 USD/consignment/d"}]}
    rent = {"name": "rent", "category": "storage", "since": since} | line
    values["tariffs"][tariff]["lines"].append(rent)
    case = ran().priced(values)
    (route,) = case.invoice().routes
    last = {"air": "flight", "breakdown": "air/breakdown", "stuffing": "hub/stuff"}[tariff]
    step = [info.key for info in case.corridor.steps].index(last)
    event_rows = case.world.first_event_row[:-1] + step
    until = (case.milestones.begin_us if tariff == "air" else case.milestones.end_us)[event_rows]
    inspected = case.end("hub/export/inspection")
    ready = {
        "air": np.where(inspected != NEVER, inspected, case.end("hub/export/release")),
        "breakdown": case.end("flight"),
        "stuffing": case.end("haul"),
    }[tariff]
    arrived = {"air": case.end("haul"), "breakdown": case.end("flight"), "stuffing": case.end("haul")}[tariff]
    begin = arrived if since == "arrival" else ready
    wanted = np.where(case.finished(last), -(-(until - begin) // DAY), 0)
    assert wanted.max() >= 1
    assert np.array_equal(column(route, "rent"), wanted)


def test_storage_at_the_first_facility() -> None:
    """Tests that before any transport time in store begins with the entry."""
    values = journey()
    values["facilities"]["yard"]["activities"] = {
        "rest": {"kind": "stay", "duration": "30 h", "tariffs": ["rent"]}
    }
    line = {"kind": "storage", "basis": "consignment", "tiers": [{"price": "1 USD/consignment/d"}]}
    values["tariffs"]["rent"] = {"title": "R", "lines": [{"name": "rent", "category": "storage"} | line]}
    values["routes"]["r"]["steps"].insert(0, {"at": "yard", "do": "rest"})
    case = run(values)
    (route,) = case.invoice().routes
    rested = case.finished("yard/rest")
    assert (case.end("yard/rest") - case.world.entry_us)[rested].tolist() == [30 * HOUR] * int(rested.sum())
    assert column(route, "rent").tolist() == np.where(rested, 2.0, 0.0).tolist()


OFFICE: dict[str, Any] = {
    "hours": [{"days": "Mon-Fri", "open": "09:00", "close": "17:00"}],
    "holidays": ["spring"],
}
SPRING: dict[str, Any] = {"dates": ["2019-02-04", "2019-02-05"], "working_days": ["2019-02-02"]}


@pytest.mark.parametrize(
    ("begin", "end", "dates", "working"),
    [
        # In Shanghai, 8 h ahead of UTC. Friday 1 February 23:00 to Monday 4 February 01:00.
        ("2019-02-01T15:00", "2019-02-03T17:00", 4, 2),  # Friday, and Saturday as a make-up day
        ("2019-02-01T15:00", "2019-02-01T16:00", 1, 1),  # until midnight
        ("2019-02-01T15:00", "2019-02-01T16:01", 2, 2),  # a minute of Saturday
        ("2019-02-02T16:00", "2019-02-03T16:00", 1, 0),  # Sunday, all of it
        ("2019-02-03T16:00", "2019-02-07T15:59", 4, 2),  # Monday and Tuesday are holidays
        ("2019-02-06T02:00", "2019-02-06T02:00", 1, 1),  # no time at all, on a day
    ],
)
def test_days_by_the_calendar(begin: str, end: str, dates: int, working: int) -> None:
    """Tests how many dates, and how many of an office's working days, a stay touches."""
    values = journey()
    values |= {"calendars": values.get("calendars", {}) | {"office": OFFICE}, "holidays": {"spring": SPRING}}
    scenario = Scenario.model_validate(values)
    line: dict[str, Any] = {"name": "n", "category": "storage", "kind": "storage", "basis": "consignment"}
    line["tiers"] = [{"price": "1 USD/consignment/d"}]
    begin_us, end_us = (np.array([np.datetime64(time, "us")]).astype(np.int64) for time in (begin, end))
    for by, wanted in (
        ({"by": "calendar-days"}, dates),
        ({"by": "working-days", "calendar": "office"}, working),
    ):
        counts = counted_days(StorageLine.model_validate(line | by), scenario)
        assert days_in_store(begin_us, end_us, "Asia/Shanghai", counts).tolist() == [wanted]


@pytest.mark.parametrize(
    ("more", "wanted"), [({}, 5.0), ({"count": "from-begin"}, 13.0), ({"free": "5 d"}, 0.0)]
)
def test_free_days(more: dict[str, str], wanted: float) -> None:
    """Tests five dates in store, three of them free: two are charged, or all; 2 USD for two days, then 3."""
    line = {
        **{"kind": "storage", "basis": "consignment", "by": "calendar-days", "free": "3 d"},
        "tiers": [{"days": 2, "price": "2.5 USD/consignment/d"}, {"price": "3 USD/consignment/d"}],
    }
    wanted += 1.0 if more == {"count": "from-begin"} else 0.0
    days = {("arrival", None): np.array([5])}
    assert priced(line | more, (1, 1), stored_days=days) == pytest.approx([wanted], rel=1e-12)


@pytest.mark.parametrize("by", ["calendar-days", "working-days"])
def test_dates_in_store_on_a_journey(by: str) -> None:
    """Tests a run: as many dates in UTC as the goods are at the hub until the flight departs."""
    values = journey()
    values["facilities"]["hub"]["zone"] = "UTC"
    every_day = {"hours": [{"days": "daily", "open": "09:00", "close": "17:00"}]}
    values["calendars"] = values.get("calendars", {}) | {"always": every_day}
    rent: dict[str, Any] = {"name": "rent", "category": "storage", "kind": "storage", "by": by}
    rent |= {"basis": "consignment"}
    rent |= {"tiers": [{"price": "1 USD/consignment/d"}]}
    rent |= {"calendar": "always"} if by == "working-days" else {}
    values["tariffs"]["air"]["lines"].append(rent)
    case = ran().priced(values)
    (route,) = case.invoice().routes
    step = [info.key for info in case.corridor.steps].index("flight")
    begin, until = case.end("haul"), case.milestones.begin_us[case.world.first_event_row[:-1] + step]
    dates = (until - 1) // DAY - begin // DAY + 1
    assert np.array_equal(column(route, "rent"), np.where(case.finished("flight"), dates, 0))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"by": "working-days"}, "working-days need a calendar"),
        ({"calendar": "office"}, "working-days need a calendar, and only they"),
        ({"by": "calendar-days", "free": "36 h"}, "free is no whole number of days, but calendar-days count"),
    ],
)
def test_bad_days(more: dict[str, str], said: str) -> None:
    """Tests that what does not fit together is refused."""
    with pytest.raises(ValidationError, match=said):
        tariff(RENT | more)
