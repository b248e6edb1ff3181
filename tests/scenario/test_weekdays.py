"""Days of the week as airlines write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourport.scenario.models.calendars import WEEKDAYS, Hours, weekdays_of
from tests.scenario.bending import Bend, accepted, complaints


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1.3.5..", "Mon Wed Fri"),
        ("1-3-5--", "Mon Wed Fri"),
        ("1_3_5__", "Mon Wed Fri"),
        ("  3 5  ", "Wed Fri"),
        ("......7", "Sun"),
        ("135", "Mon Wed Fri"),
        ("531", "Mon Wed Fri"),
        ("7", "Sun"),
        ("1,3,5", "Mon Wed Fri"),
        ("1/3/5", "Mon Wed Fri"),
        ("1.3.5", "Mon Wed Fri"),
        ("1 3 5", "Mon Wed Fri"),
        ("1234567", "Mon Tue Wed Thu Fri Sat Sun"),
        ("x67", "Mon Tue Wed Thu Fri"),
        ("X7", "Mon Tue Wed Thu Fri Sat"),
    ],
)
def test_weekday_strings(text: str, days: str) -> None:
    """Tests each way of writing."""
    assert weekdays_of(text) == tuple(days.split())
    hours = Hours.model_validate({"days": text, "open": "08:00", "close": "09:00"})
    assert " ".join(hours.days) == days


@pytest.mark.parametrize(
    "text",
    [
        *("1-5", "1010100", "1030500", "0", "8", "11", "1.1", ".3.5.1.", "3......", "13.....", "1..3..."),
        *("", ".......", "x", "x1234567", "1;3", "Mon1", "\uff11\uff13"),
    ],
)
def test_what_may_mean_two_things(text: str) -> None:
    """Tests that ranges, yes-or-no places, digits at other places and nothing at all are not read."""
    assert weekdays_of(text) is None


@given(days=st.sets(st.integers(1, 7), min_size=1), filler=st.sampled_from(".-_ "), how=st.integers(0, 3))
def test_any_days(days: set[int], filler: str, how: int) -> None:
    """Tests that all ways of writing any set of days give these days."""
    places = "".join(str(k) if k in days else filler for k in range(1, 8))
    others = "".join(str(k) for k in range(1, 8) if k not in days)
    digits = [str(k) for k in sorted(days)]
    text = [places, "".join(digits), "/".join(digits), f"X{others}" if others else "1234567"][how]
    assert weekdays_of(text) == tuple(WEEKDAYS[k - 1] for k in sorted(days))


def test_a_wrong_string_is_told_with_what_is_allowed(bend: Bend) -> None:
    """Tests the message, and that a number without quotes is told as such."""
    for days in ('"1-5"', '["135", "3"]', "135"):
        (found,) = complaints(bend('days = "Tue"', f"days = {days}"))
        assert "services.ferry.timetable[0].days: " in found
        assert 'digits such as "1.3.5.." or "135"' in found
    loaded = accepted(bend('days = "Tue"', 'days = ".2....."'))
    assert loaded.scenario.services["ferry"].timetable[0].days == ("Tue",)
