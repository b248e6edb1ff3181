"""Tests that texts and the bars of intervals stay apart in every chart of the reference results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fourport.charts import KINDS, bars, kinds_for
from fourport.charts.drawing import drawn
from fourport.store import Run
from tests.charts.folder import ALL
from tests.charts.look import Seen, look, whiskers

REFERENCE = Path(__file__).resolve().parents[2] / "results" / "reference"
RUNS = {"run": Run.open(REFERENCE), "comparison": Run.open(REFERENCE / "customs")}
DRAWN = [(name, kind) for name, run in RUNS.items() for kind in kinds_for(run)]
WITH_INTERVALS = {
    "cost-stack",
    "cost-time",
    "clearance-stages",
    "detection",
    "forest",
    "stages",
    "time-by-cause",
}


@pytest.mark.parametrize(("name", "kind"), DRAWN)
def test_texts_and_intervals_are_apart(name: str, kind: str) -> None:
    """Tests that no text crosses another, the bar of an interval or the edge, by the dots that they cover."""
    with drawn(RUNS[name], kind) as figure:
        seen = look(figure)
        assert bool(whiskers(figure)) or kind not in WITH_INTERVALS
    assert (seen.overlaps, seen.struck_out, seen.cut_off) == ([], [], [])


@pytest.mark.parametrize("kind", sorted({*KINDS} - {kind for _, kind in DRAWN}))
def test_charts_of_no_reference_result_likewise(shown: Callable[..., Seen], kind: str) -> None:
    """Tests the kinds that the reference results have no table for, on a made-up run."""
    seen = shown(ALL, kind)
    assert (seen.overlaps, seen.struck_out, seen.cut_off) == ([], [], [])


def test_a_number_that_is_struck_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the test can fail: the intervals are drawn through the middle of the bars."""
    monkeypatch.setattr(bars, "BELOW", -bars.BAR / 2)
    with drawn(RUNS["comparison"], "clearance-stages") as figure:
        assert {"0.09", "0.07"} <= {*look(figure).struck_out}
