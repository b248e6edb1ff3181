"""The sentences that a claim closes with: no more than the runs have shown."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from fourport.cli.claims_text import in_short
from fourport.study.attribution.attribute import Attributed, Moved
from fourport.study.attribution.inputs import HIGH, Input
from fourport.study.attribution.required_inputs import (
    CombinedInputs,
    HelpfulInput,
    RequiredValue,
    TargetRatio,
)
from fourport.study.statistics import Estimate

KEY = "facilities.port.activities.clearance.preparation"
NOT_RUN = "values between the ends of ranges, and other combinations, were not run."


def about(mean: float) -> Estimate:
    """Give an estimate without an interval."""
    return Estimate(mean, math.nan, math.nan, 1)


def moved(title: str, low: float, high: float) -> Moved:
    """Give an input that is 2 h as it stands, and the ratio at 1 h and at 3 h; it is not enough by itself."""
    one = Input(title, {KEY: ("1 h", "2 h", "3 h")})
    return Moved(one, (about(low), about(0.5), about(high)), RequiredValue("outside its range"))


def joined(
    inputs: Sequence[Moved], ratio: float, *, reached: bool = False, point: str = ""
) -> CombinedInputs:
    """Give what inputs at their high ends give together."""
    helps = tuple(HelpfulInput(one.input, HIGH, one.ratios[HIGH].mean, 0.1) for one in inputs)
    return CombinedInputs(helps, True, about(ratio), reached, point)


def said(
    levers: Mapping[str, float],
    inputs: Sequence[Moved] = (),
    together: Sequence[CombinedInputs] = (),
    target: TargetRatio | None = None,
) -> str:
    """Give what is said of a claim whose ratio is 0.5 as the scenario stands."""
    whole = sum(levers.values())
    shares = {lever: about(share) for lever, share in levers.items()}
    titles = {lever: lever for lever in levers}
    ratios = about(0.5), about(0.5 - whole), about(whole)
    return in_short(Attributed("c", "fails", target, *ratios, shares, titles, inputs, together))


@pytest.mark.parametrize(
    ("levers", "sentence"),
    [
        ({"a": -0.5}, "All of the change, -0.50, is due to “a”."),
        ({"a": -0.495, "b": -0.0049}, "All of the change, -0.50, is due to “a”."),
        ({"a": -0.49, "b": -0.01}, "Nearly all of the change, -0.50, is due to “a”."),
        ({"a": -0.01, "b": 0.46, "c": 0.03}, "Nearly all of the change, +0.48, is due to “b”."),
        ({"a": -0.4, "b": -0.1}, "Of the change of -0.50, “a” has most: -0.40, all other levers -0.10."),
        ({"a": -0.6, "b": 0.2}, "Of the change of -0.40, “a” has most: -0.60, all other levers +0.20."),
        # The others come to nothing in sum, but each does something.
        (
            {"a": -0.5, "b": 0.2, "c": -0.2},
            "Of the change of -0.50, “a” has most: -0.50, all other levers +0.00.",
        ),
        ({"a": 0.0, "b": 0.0004}, "The levers change nothing."),
        ({"a": 0.2, "b": -0.2}, "The levers cancel each other out."),
    ],
)
def test_what_the_change_is_owed_to(levers: dict[str, float], sentence: str) -> None:
    """Tests "all" up to 1 % and "nearly all" up to 10 % that the others do, whichever way they work."""
    assert said(levers).endswith(f" as claimed. {sentence}")


A, B, C = moved("a", 0.6, 0.4), moved("b", 0.55, 0.45), moved("c", 0.52, 0.48)


def test_the_nearest_run_is_named_and_no_more_claimed() -> None:
    """Tests that of runs that all miss 0.2 the nearest is named: not always the one with most moved."""
    target = TargetRatio(0.2, 0.01)
    two, three = joined([A, B], 0.33), joined([A, B, C], 0.3)
    text = said({"x": -0.5}, [A, B, C], [two, three], target)
    which = "all 3 that help, each at the end that is best alone, gives 0.30"
    assert text.endswith(f"No run with inputs moved gives 0.2: the nearest, {which}; {NOT_RUN}")
    both = "with “a” at 3 h in place of 2 h and “b” at 3 h in place of 2 h, gives 0.33"
    text = said({"x": -0.5}, [A, B, C], [two, joined([A, B, C], 0.36)], target)
    assert text.endswith(f"No run with inputs moved gives 0.2: the nearest, {both}; {NOT_RUN}")
    text = said({"x": -0.5}, [A, B, C], [joined([A, B], 0.43)], target)
    assert f"the nearest, with “a” at 3 h in place of 2 h, gives 0.40; {NOT_RUN}" in text


def test_where_nothing_comes_nearer() -> None:
    """Tests moves that lead away, that do next to nothing and that have no ratio: as it stands is nearest."""
    away = [moved("a", 0.6, 0.7), moved("b", 0.5, 0.49999), moved("c", math.nan, 0.8)]
    assert said({"x": -0.5}, away, target=TargetRatio(0.2, 0.01)).endswith(
        f"No run with inputs moved gives 0.2 or comes nearer to it than the scenario as it stands; {NOT_RUN}"
    )


@pytest.mark.parametrize(
    ("target", "ratio", "point", "sentence"),
    [
        (TargetRatio(0.2, 0.01), 0.205, "", "give 0.20, which agrees."),
        (TargetRatio(0.2, 0.01), 0.1, "", "give 0.10, past it."),
        (TargetRatio(0.2, 0.0, "or less"), 0.1, "", "give 0.10, which agrees."),
        (
            TargetRatio(0.2, 0.01),
            0.1,
            "“a” at 3 h and “b” at about 2.5 h",
            "would, on a straight line between runs.",
        ),
    ],
)
def test_several_that_are_enough(target: TargetRatio, ratio: float, point: str, sentence: str) -> None:
    """Tests that what several give is told with its ratio, or as a point on a line that was not run."""
    text = said({"x": -0.5}, [A, B], [joined([A, B], ratio, reached=True, point=point)], target)
    what = point or "“a” at 3 h in place of 2 h and “b” at 3 h in place of 2 h"
    baseline = "“a” and “b” move the baseline, too; it is then no longer the scenario's."
    assert text.endswith(
        f"No run with a single input moved gives {target}; together, {what} {sentence} {baseline}"
    )


def test_the_baseline_moves_with_all_but_the_levers() -> None:
    """Tests that of inputs that would do those are named that are no numbers of a lever."""
    needed = RequiredValue("about 2.5 h", "about 2.5 h")
    own = replace(A, needed=needed)
    lever = replace(own, input=Input("l", {"levers.exchange.share": ("10 %", "50 %", "90 %")}))
    text = said({"x": -0.5}, [own, lever], target=TargetRatio(0.2, 0.01))
    assert text.endswith(
        "For 0.2 it would take “a” at about 2.5 h in place of 2 h, or “l” at about 2.5 h in place of 50 %, "
        "all else as it is. “a” moves the baseline, too; it is then no longer the scenario's."
    )
    text = said({"x": -0.5}, [lever], target=TargetRatio(0.2, 0.01))
    assert text.endswith("in place of 50 %, all else as it is.")
