"""Tests every chart of the reference results, drawn once: texts are apart, committed pictures are of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from fourport.charts import KINDS, bars, kinds_for
from fourport.charts.drawing import drawn
from fourport.charts.writing import save_figure
from fourport.store import Run
from tests.charts.baseline import Picture, alike, drawn_with, stored
from tests.charts.folder import ALL
from tests.charts.look import Seen, look, whiskers
from tests.regenerate_reference import COMPARED_CHARTS, CUSTOMS, REFERENCE

RUNS = {"run": Run.open(REFERENCE), "comparison": Run.open(CUSTOMS)}
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


def read(path: Path) -> Picture:
    """Read a picture in shades of 255."""
    return 255.0 * imread(path)[..., :3].astype(np.float64)


@pytest.mark.parametrize(("name", "kind"), DRAWN)
def test_texts_are_apart_and_the_picture_is_of_the_results(name: str, kind: str, tmp_path: Path) -> None:
    """Tests that no text crosses another, the bar of an interval or the edge, by the dots that they cover.

    And that the committed picture, if there is one, is what the stored tables give now (``make reference``
    draws them anew): to the shade where this machine draws like the one that drew the approved chart.
    """
    with drawn(RUNS[name], kind) as figure:
        seen = look(figure)
        assert bool(whiskers(figure)) or kind not in WITH_INTERVALS
        committed = RUNS[name].charts / f"{kind}.png"
        if committed.is_file():
            save_figure(figure, tmp_path / "now.png")
            same = stored(kind)[0]["drawn_with"] == drawn_with()
            assert alike(read(tmp_path / "now.png"), read(committed), to_the_shade=same)
    assert (seen.overlaps, seen.struck_out, seen.cut_off) == ([], [], [])


def test_all_pictures_are_there() -> None:
    """Tests that a picture is committed of each chart that every run draws, and of the comparison's kept."""
    files = {name: {path.name for path in run.charts.iterdir()} for name, run in RUNS.items()}
    assert files["comparison"] == {*COMPARED_CHARTS}
    assert files["run"] == {f"{kind}.png" for kind, chart in KINDS.items() if chart.default}


@pytest.mark.parametrize("kind", sorted({*KINDS} - {kind for _, kind in DRAWN}))
def test_charts_of_no_reference_result_likewise(shown: Callable[..., Seen], kind: str) -> None:
    """Tests the kinds that the reference results have no table for, on a made-up run."""
    seen = shown(ALL, kind)
    assert (seen.overlaps, seen.struck_out, seen.cut_off) == ([], [], [])


def test_a_number_that_is_struck_out_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the test can fail: the intervals are drawn through the middle of the bars."""
    monkeypatch.setattr(bars, "BELOW", -bars.BAR / 2)
    with drawn(RUNS["comparison"], "clearance-stages") as figure:
        assert len({*look(figure).struck_out}) > 1
