"""Storage: free time, tiers, demurrage; and what time in store is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fourport.plan.tables import DAY, HOUR, NEVER
from tests.ledger.journey import column, journey, ran, run
from tests.ledger.prices import priced

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
