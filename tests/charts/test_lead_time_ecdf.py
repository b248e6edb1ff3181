"""Tests that the distribution of lead times shows the stored consignments."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from fourport.charts import KINDS, StoredResults
from fourport.charts.drawing import settings
from fourport.charts.style import STYLES
from fourport.errors import UserError
from fourport.store import Run
from tests.charts.folder import Made, write_run
from tests.charts.look import texts
from tests.stored import rows_of


def figure(run: Run) -> Figure:
    with settings(STYLES["screen"]):
        return KINDS["lead-time-ecdf"].figure(StoredResults(run), "base", STYLES["screen"])


def days_of(run: Run, route: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    rows = [row for row in rows_of(run, "lead-times") if row["route"] == route]
    return np.array([float(row["mean"] or "inf") / 24 for row in rows])


def test_curve_is_the_share_delivered_in_time(tmp_path: Path) -> None:
    """Tests that the curve goes through every share and time of the table."""
    run = write_run(tmp_path / "run", Made({"west": ["post"]}))
    curve = figure(run).axes[0].get_lines()[0]
    assert np.asarray(curve.get_xdata()) == pytest.approx(days_of(run, "post"))
    assert np.asarray(curve.get_ydata()).tolist() == list(range(101))


def test_curve_ends_with_the_undelivered(tmp_path: Path) -> None:
    """Tests that the curve stops below 100 % where some are never delivered."""
    run = write_run(tmp_path / "run", Made({"west": ["post"]}))
    rows = rows_of(run, "lead-times")
    cut = [{**row, "mean": "" if int(row["share"]) > 90 else row["mean"]} for row in rows]
    run.write_table("lead-times", [list(row.values()) for row in cut])
    curve = figure(run).axes[0].get_lines()[0]
    assert np.asarray(curve.get_ydata())[-1] == 90
    assert np.isfinite(np.asarray(curve.get_xdata())).all()


def test_p95_is_the_summary_s(tmp_path: Path) -> None:
    """Tests that the mark stands where the table says, with its value beside it."""
    run = write_run(tmp_path / "run", Made({"west": ["direct", "post"]}))
    rows = {r["route"]: r for r in rows_of(run, "summary") if r["measure"] == "door_to_door_time_p95"}
    drawn = figure(run)
    marks = [line for line in drawn.axes[0].get_lines() if len(np.asarray(line.get_xdata())) == 1]
    for mark, route in zip(marks, ("direct", "post"), strict=True):
        days = float(rows[route]["mean"]) / 24
        assert float(np.asarray(mark.get_xdata())[0]) == pytest.approx(days)
        assert float(np.asarray(mark.get_ydata())[0]) == 95
        assert f"P95 {days:.1f} days" in texts(drawn)


def test_axis_ends_where_nearly_all_have_arrived(tmp_path: Path) -> None:
    """Tests that a few stragglers do not squeeze the curves, and are spoken of."""
    run = write_run(tmp_path / "run", Made({"west": ["direct"]}, consignments=2000))
    drawn = figure(run)
    days = days_of(run, "direct")
    right = drawn.axes[0].get_xlim()[1]
    assert days[99] < right < days[100]
    assert "at most 1 % of any route" in texts(drawn)


def test_route_of_which_nothing_arrived(tmp_path: Path) -> None:
    """Tests that a route without times is named, and said to be without."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air", "direct"]}, lost=["direct"]))
    seen = texts(figure(run))
    assert "Direct air (none delivered)" in seen
    assert seen.count("P95") == 2  # one label, one mention in the note


def test_nothing_arrived_at_all(tmp_path: Path) -> None:
    """Tests that a run without deliveries is refused in words."""
    run = write_run(tmp_path / "run", Made({"west": ["direct"]}, lost=["direct"]))
    with pytest.raises(UserError, match="nothing was delivered"):
        figure(run)


def test_missing_table(tmp_path: Path) -> None:
    """Tests that a run without lead times is refused in words."""
    run = write_run(tmp_path / "run", Made({"west": ["direct"]}))
    (run.folder / "lead-times.csv").unlink()
    with pytest.raises(UserError, match=r"holds no lead-times\.csv"):
        figure(run)


@pytest.mark.parametrize(("promise", "days"), [("120 h", 5.0), ("3 days", 3.0), ("1 week", 7.0)])
def test_the_promise_is_marked(tmp_path: Path, promise: str, days: float) -> None:
    """Tests that a lane's promise is a line of its own panel, and that it is named."""
    run = write_run(tmp_path / "run", Made({"west": ["post"], "islands": ["direct"]}))
    assert "promise" not in texts(figure(run))
    said = {"base": {"values": {"lanes": {"west": {"promise": promise}, "islands": {}}}}}
    (run.folder / "scenario.json").write_text(json.dumps({"policies": said}), encoding="utf-8")
    drawn = figure(run)
    drops = [[np.asarray(line.get_xdata()).tolist() for line in axes.get_lines()] for axes in drawn.axes]
    assert [lines.count([days, days]) for lines in drops] == [1, 0]
    assert f"promise: {days:g} days" in texts(drawn)


def test_each_route_has_its_own_p95(tmp_path: Path) -> None:
    """Tests that routes that are equally late have a label each, in their colours."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air", "direct"]}))
    rows = [
        {**row, "mean": "120", "low": "120", "high": "120"}
        if row["measure"] == "door_to_door_time_p95"
        else row
        for row in rows_of(run, "summary")
    ]
    run.write_table("summary", [list(row.values()) for row in rows])
    (axes,) = figure(run).axes
    labels = [text for text in axes.texts if text.get_text() == "P95 5.0 days"]
    assert len({text.get_color() for text in labels}) == 2
