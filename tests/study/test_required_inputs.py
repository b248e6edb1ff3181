"""Where one input alone would have to be: what is said of it, worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from fourport.study.attribution.inputs import HIGH, Input, possible
from fourport.study.attribution.required_inputs import (
    HelpfulInput,
    TargetRatio,
    combined,
    groups,
    helping,
    required_value,
)
from fourport.study.statistics import Estimate
from tests.study.test_attribution import CLEARANCE, PREPARATION, claim, documents

AHEAD, FILINGS = f"{CLEARANCE}.pre_arrival", f"{CLEARANCE}.filings"
HOURS, SHARES = ("30 min", "1 h", "6 h"), ("10 %", "30 %", "60 %")


@pytest.mark.parametrize(
    ("key", "values", "ratios", "wanted", "said"),
    [
        (PREPARATION, HOURS, (0.9, 0.8, 0.3), 0.55, "about 3.5 h (on a straight line between runs)"),
        (PREPARATION, HOURS, (0.9, 0.8, 0.3), 0.84, "about 0.8 h (on a straight line between runs)"),
        (PREPARATION, HOURS, (0.9, 0.8, 0.3), 0.295, "6 h (within the tolerance)"),
        ("fleets.trucks.weight", ("500 kg", "1 t", "3 t"), (0.9, 0.8, 0.4), 0.6,
         "about 2 t (on a straight line between runs)"),
        ("fleets.trucks.weight", ("500 kg", "1 t", "3 t"), (0.9, 0.8, 0.4), 0.85,
         "about 0.75 t (on a straight line between runs)"),
        (AHEAD, SHARES, (0.5, 0.6, 0.7), 0.45, "nearest at 10 %, lower would be nearer; a straight line "
         "reaches 0.45 at about 0 % (extrapolated, not run)"),
        (AHEAD, SHARES, (0.5, 0.6, 0.7), 0.8, "nearest at 60 %, higher would be nearer; a straight line "
         "reaches 0.8 at about 90 % (extrapolated, not run)"),
        (AHEAD, SHARES, (0.5, 0.6, 0.7), 0.3, "nowhere in its range, nor near it; nearest at 10 %"),
        (PREPARATION, HOURS, (0.4, 0.41, 0.46), 0.56, "nearest at 6 h, higher would be nearer; a straight "
         "line reaches 0.56 at about 16 h (extrapolated, not run)"),
        (PREPARATION, HOURS, (0.4, 0.41, 0.46), 0.58, "nowhere in its range, nor near it; nearest at 6 h"),
        (PREPARATION, HOURS, (0.4, 0.41, 0.46), 0.3, "nowhere in its range, nor near it; nearest at 30 min"),
        (PREPARATION, ("1 h", "1 h", "6 h"), (0.4, 0.4, 0.5), 0.38, "nowhere in its range, nor near it; "
         "nearest at 1 h"),
        (FILINGS, (1, 2, 3), (0.42, 0.21, 0.14), 0.7, "nowhere in its range, nor near it; nearest at 1"),
        (AHEAD, ("30 %", "30 %", "60 %"), (0.6, 0.6, 0.8), 0.5, "nearest at 30 %, lower would be nearer; a "
         "straight line reaches 0.5 at about 15 % (extrapolated, not run)"),
        (AHEAD, ("10 %", "60 %", "60 %"), (0.4, 0.6, 0.6), 0.8, "nowhere in its range, nor near it; "
         "nearest at 60 %"),
        (AHEAD, SHARES, (0.7, 0.6, 0.8), 0.5, "nearest as it is (30 %): moving it either way leads away"),
        (AHEAD, SHARES, (0.6, 0.6, 0.8), 0.5, "nearest at 10 %, and moving it further changes nothing"),
        (AHEAD, SHARES, (0.6, 0.6001, 0.6002), 0.5, "it has no effect"),
        (FILINGS, (1, 2, 3), (0.42, 0.21, 0.14), 0.425, "1 (within the tolerance)"),
        (FILINGS, (1, 2, 3), (0.42, 0.21, 0.14), 0.3, "between 2 and 1, where there is no whole number"),
        (FILINGS, (1, 2, 5), (0.42, 0.21, 0.12), 0.175, "about 3 (on a straight line between runs)"),
        (FILINGS, (1, 2, 3), (0.42, 0.21, 0.14), 0.09, "nearest at 3, higher would be nearer; a straight "
         "line reaches 0.09 at about 4 (extrapolated, not run)"),
        ("run.start", ("2024-01-01", "2024-01-02", "2024-01-05"), (0.5, 0.6, 0.7), 0.65,
         "between 2024-01-02 and 2024-01-05"),
    ],
)  # fmt: skip
def test_where_an_input_would_have_to_be(
    key: str, values: tuple[Any, Any, Any], ratios: tuple[float, ...], wanted: float, said: str
) -> None:
    """Tests each thing that is said, worked out by hand; what a share cannot be is told by the scenario."""
    base = documents()["base"]
    base["facilities"]["northport"]["activities"]["clearance"] |= {"pre_arrival": "30 %", "filings": 2}
    found = required_value(
        Input("x", {key: values}), ratios, TargetRatio(wanted, 0.006), lambda changed: possible(base, changed)
    )
    assert found.text.removeprefix("outside its range; ") == said
    within = "its range" not in found.text and "no whole" not in found.text and "no effect" not in found.text
    assert bool(found.at) == within
    assert said.startswith(found.at)


@pytest.mark.parametrize(
    ("bounds", "ratio", "target"),
    [
        ({"at_least": 0.5}, 0.3, TargetRatio(0.5, 0.0, "or more")),
        ({"at_least": 0.5}, 0.6, None),
        ({"at_most": 0.5}, 0.6, TargetRatio(0.5, 0.0, "or less")),
        ({"at_least": 0.2, "at_most": 0.5}, 0.4, None),
    ],
)
def test_a_bound_is_aimed_at_when_it_is_missed(
    bounds: dict[str, float], ratio: float, target: TargetRatio | None
) -> None:
    """Tests that a claim with bounds wants the one that the model misses, and nothing within them."""
    free = {"expected": None, "tolerance": None, "at_least": None, "at_most": None}
    assert TargetRatio.of(claim().model_copy(update=free | bounds), ratio) == target


def test_what_is_run_together() -> None:
    """Tests that the strongest two come first, then all, each at its better end, and nothing twice."""
    target = TargetRatio(0.9, 0.0)
    names = ("a", "b", "c", "d")
    ratios = [(0.4, 0.5, 0.7), (0.6, 0.5, 0.55), (0.5, 0.5, 0.5001), (0.4, 0.5, 0.3)]
    inputs = [Input(name, {PREPARATION: HOURS}) for name in names]
    helps = helping(inputs, ratios, target)
    assert [(one.input.title, one.text) for one in helps] == [("a", "6 h"), ("b", "30 min"), ("c", "6 h")]
    assert groups(helps) == [tuple(helps[:2]), tuple(helps)]
    assert groups(helps[:2]) == [tuple(helps[:2])]
    assert groups(helps[1:]) == [tuple(helps[1:])]
    assert groups(helps[:1]) == []
    # One that has next to no effect alone is none of the two strongest.
    assert groups([helps[0], helps[2]]) == [(helps[0], helps[2])]
    assert groups([helps[0], helps[2], helps[2]]) == [(helps[0], helps[2], helps[2])]


def test_what_comes_in_whole_numbers_is_not_interpolated() -> None:
    """Tests 0.7 of 0.5 as it is: with 3 filings (0.58) a preparation of 3.7 h, where both ends give 0.8.

    On the way from one to the other, (0.7 - 0.58) / (0.8 - 0.58) of 1 h to 6 h lie 2.73 h. Of two
    counts there is none.
    """
    target, ratio = TargetRatio(0.7, 0.0), Estimate(0.8, 0.79, 0.81, 3)
    prepared = HelpfulInput(Input("hours", {PREPARATION: HOURS}), HIGH, 0.6, 0.1)
    filed = HelpfulInput(Input("filings", {FILINGS: (1, 2, 3)}), HIGH, 0.58, 0.08)
    for some in ((prepared, filed), (filed, prepared)):
        found = combined(some, some, ratio, 0.5, target)
        assert found.point == "“filings” at 3 in place of 2 and “hours” at about 3.73 h in place of 1 h"
    assert combined((filed, filed), (filed, filed), ratio, 0.5, target).point == ""


@pytest.mark.parametrize(
    ("ratios", "said"),
    [((0.1, 0.3, 0.6), "3 (0.5 or more)"), ((0.1, 0.45, 0.6), "3 (0.5 or more)"),
     ((0.7, 0.45, 0.6), "3 (0.5 or more)")],
)  # fmt: skip
def test_a_bound_is_met_by_what_lies_beyond(ratios: tuple[float, ...], said: str) -> None:
    """Tests that a count may go past a bound where none lies on it, though as it is it may be nearer."""
    one, target = Input("filings", {FILINGS: (1, 2, 3)}), TargetRatio(0.5, 0.0, "or more")
    found = required_value(one, ratios, target, lambda _: True)
    assert (found.text, found.at) == (said, "3")
