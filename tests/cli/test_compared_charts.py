"""Tests which charts a comparison draws: those of which it holds something."""

from __future__ import annotations

from pathlib import Path

from fourport.cli.compare import CHARTS, _charts
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
