"""Tests that charts stay as they were seen and approved; each kind is drawn from the reference run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fourport.charts import KINDS, kinds_for
from fourport.charts.drawing import settings
from fourport.charts.style import STYLES
from fourport.store import Run
from tests.charts.baseline import FOLDER, MADE, alike, drawn, drawn_with, picture, stored, structure
from tests.charts.folder import Made

REFERENCE = Run(Path(__file__).resolve().parents[2] / "results" / "reference")


@pytest.fixture(name="run")
def _run(written: Callable[[Made], Run]) -> Run:
    return written(MADE)


@pytest.mark.parametrize("kind", KINDS)
def test_charts_are_as_approved(run: Run, kind: str) -> None:
    """Tests series, names, limits and texts against the baseline, and the picture within a tolerance.

    Where this fails on purpose: ``python -m tests.charts.baseline``, and look at the pictures.
    """
    approved, seen = stored(kind)
    with settings(STYLES["screen"]):
        figure = drawn(run, kind)
        found = structure(figure)
        pixels = picture(figure)
    assert found["texts"] == approved["texts"]
    assert len(found["axes"]) == len(approved["axes"])
    for mine, theirs in zip(found["axes"], approved["axes"], strict=True):
        assert mine["names"] == theirs["names"]
        assert (mine["patches"], mine["collections"]) == (theirs["patches"], theirs["collections"])
        assert mine["limits"] == pytest.approx(theirs["limits"], rel=1e-3, abs=1e-6)
        assert len(mine["lines"]) == len(theirs["lines"])
        for line, other in zip(mine["lines"], theirs["lines"], strict=True):
            assert line == pytest.approx(other, rel=1e-3, abs=1e-6)
    assert alike(pixels, seen, to_the_shade=approved["drawn_with"] == drawn_with())


@pytest.mark.parametrize("kind", ["cost-stack", "departures"])
def test_a_missing_bar_is_seen(run: Run, kind: str) -> None:
    """Tests that the comparison of pictures can fail: the bars of one panel are taken away."""
    with settings(STYLES["screen"]):
        figure = drawn(run, kind)
        for patch in list(figure.axes[0].patches):
            patch.remove()
        assert not alike(picture(figure), stored(kind)[1], to_the_shade=False)


def test_what_covers_what_is_seen(run: Run) -> None:
    """Tests that with the same libraries a line through a number, where it was behind, is told."""
    with settings(STYLES["screen"]):
        figure = drawn(run, "cost-stack")
        before = picture(figure)
        for text in figure.axes[0].texts:
            text.set_zorder(0)
        after = picture(figure)
    assert alike(before, after, to_the_shade=False)
    assert not alike(before, after, to_the_shade=True)


def test_no_baseline_is_left_over() -> None:
    """Tests that there is a baseline of every kind and of nothing else."""
    assert {path.stem for path in FOLDER.iterdir()} == set(KINDS)


def test_the_reference_run_holds_what_charts_need() -> None:
    """Tests that only kinds lack results there whose tables come from studies of their own."""
    own = {"curves", "route-choice", "capacity", "comparison", "policies", "detection"}
    lacking = set(KINDS) - set(kinds_for(REFERENCE))
    assert {KINDS[kind].needs for kind in lacking} <= own
