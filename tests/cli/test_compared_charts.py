"""Tests which charts a command draws: those of which the run holds something."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.cli.compare import CHARTS, _charts
from fourport.cli.output import default_charts, draw_charts
from tests.charts.folder import Made, write_run


def test_clearance_is_not_drawn_of_a_lane_without_customs(tmp_path: Path) -> None:
    """Tests that the chart does not apply to a lane of which nothing is cleared, nor where no customs is."""
    run = write_run(tmp_path / "run", Made({"west": ["direct"]}))
    others = [kind for kind in CHARTS if kind != "clearance-stages"]
    assert _charts(run, None) == _charts(run, "west") == [*CHARTS]
    assert _charts(run, "islands") == others
    run.write_table("clearance-stages", [])
    assert _charts(run, None) == others
    run.file("clearance-stages").unlink()
    assert _charts(run, None) == others


def test_charts_drawn_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Tests that one process and three draw the same files, and print the same of what cannot be drawn."""
    drawn, told = [], []
    for jobs in (1, 3):
        run = write_run(tmp_path / str(jobs) / "run", Made({"west": ["direct"]}))
        run.file("costs").unlink()
        assert draw_charts(run, [*default_charts(), "forest"], jobs) == []
        drawn.append({path.name: path.read_bytes() for path in run.charts.iterdir()})
        told.append(capsys.readouterr().err.replace(str(run.folder), "run"))
    assert sorted(drawn[0]) == ["forest.png", "lead-time-ecdf.png", "time-distance.png"]
    assert drawn[0] == drawn[1]
    assert told[0] == told[1] == "chart cost-stack: run: holds no costs.csv\n"
