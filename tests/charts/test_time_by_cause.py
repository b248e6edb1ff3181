"""Tests that the bars of time by cause add up to the stored times, work first."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fourport.charts import KINDS, StoredResults
from fourport.charts.drawing import settings
from fourport.charts.style import STYLES
from fourport.charts.time_by_cause import _WAITING, _WORK, CAUSE
from fourport.errors import UserError
from fourport.measures import PARTS_OF_TIME
from fourport.store import Run
from fourport.trace.intervals import CAUSES
from tests.charts.folder import Made, kept, write_run
from tests.charts.look import drawn_pieces, texts
from tests.stored import rows_of

REFERENCE = Run.open(Path(__file__).resolve().parents[2] / "results" / "reference")
LOOKS = {**_WORK, **_WAITING}


def figure(run: Run) -> Figure:
    with settings(STYLES["screen"]):
        return KINDS["time-by-cause"].figure(StoredResults(run), "base", STYLES["screen"])


def bars(figure: Figure) -> list[list[Rectangle]]:
    """Give the pieces of each bar, from the top."""
    found: dict[float, list[Rectangle]] = {}
    for piece in drawn_pieces(figure.axes[0]):
        found.setdefault(round(piece.get_y(), 6), []).append(piece)
    return [found[y] for y in sorted(found)]


def routes(run: Run) -> list[tuple[str, str]]:
    return [(lane, route) for lane, routes in StoredResults(run).lanes("base").items() for route in routes]


@pytest.fixture(scope="module", name="shown", params=["made-up", "reference"])
def _shown(request: pytest.FixtureRequest) -> tuple[Run, Figure]:
    """Give a run and its chart, drawn once."""
    run = kept() if request.param == "made-up" else REFERENCE
    return run, figure(run)


def test_every_cause_of_the_engine_has_its_look() -> None:
    """Tests that no cause is without name, colour and pattern, and that these differ."""
    named = {measure.removeprefix(CAUSE) for measure in PARTS_OF_TIME}
    assert set(LOOKS) == named == {name.replace("-", "_") for name in CAUSES}
    assert len({color for color, _ in LOOKS.values()}) == len(LOOKS)


def test_pieces_are_the_stored_times_in_one_order(shown: tuple[Run, Figure]) -> None:
    """Tests width and colour of every piece, and that they follow each other without a gap."""
    run, drawn = shown
    results = StoredResults(run)
    for pieces, key in zip(bars(drawn), routes(run), strict=True):
        stored = {cause: results.value("base", *key, f"time_{cause}").mean / 24 for cause in LOOKS}
        seen = {cause: days for cause, days in stored.items() if days > 0}
        np.testing.assert_allclose([piece.get_width() for piece in pieces], list(seen.values()))
        colors = [to_hex(piece.get_facecolor()) for piece in pieces]
        assert colors == [LOOKS[cause][0].lower() for cause in seen]
        assert pieces[0].get_x() == 0
        for before, after in pairwise(pieces):
            assert before.get_x() + before.get_width() == pytest.approx(after.get_x())


def test_pieces_add_up_to_the_door_to_door_time(shown: tuple[Run, Figure]) -> None:
    """Tests that every hour has a cause: bars end where the summary's door-to-door time does."""
    run, drawn = shown
    for pieces, key in zip(bars(drawn), routes(run), strict=True):
        total = StoredResults(run).value("base", *key, "door_to_door_time")
        end = pieces[-1].get_x() + pieces[-1].get_width()
        assert end == pytest.approx(total.mean / 24, rel=1e-5)


def test_ends_say_total_interval_and_share_of_waiting(shown: tuple[Run, Figure]) -> None:
    """Tests the words at the ends of bars against the summary."""
    run, drawn = shown
    results, seen = StoredResults(run), texts(drawn)
    for key in routes(run):
        total = results.value("base", *key, "door_to_door_time")
        waits = sum(results.value("base", *key, f"time_{cause}").mean for cause in _WAITING)
        half = (total.high - total.low) / 48
        words = f"± {half:.1f}" if half >= 0.05 else "± <0.1"
        assert f"{total.mean / 24:.1f} {words} waiting {100 * waits / total.mean:.0f} %" in seen


def test_mark_stands_where_waiting_begins() -> None:
    """Tests that the black mark is at the sum of what is work."""
    results, drawn = StoredResults(REFERENCE), figure(REFERENCE)
    points = [np.asarray(line.get_xydata()) for line in drawn.axes[0].get_lines()]
    marks = [xy[0, 0] for xy in points if len(xy) == 2 and xy[0, 0] == xy[1, 0] and xy[0, 1] < xy[1, 1]]
    work = [
        sum(results.value("base", *key, f"time_{cause}").mean for cause in _WORK) / 24
        for key in routes(REFERENCE)
    ]
    np.testing.assert_allclose(marks, work)


def test_axis_holds_every_interval(shown: tuple[Run, Figure]) -> None:
    """Tests that x begins at 0 and no interval is cut."""
    run, drawn = shown
    low, high = drawn.axes[0].get_xlim()
    assert low == 0
    assert high * 24 >= max(
        StoredResults(run).value("base", *k, "door_to_door_time").high for k in routes(run)
    )


@pytest.mark.parametrize(("pace", "unit"), [(1.0, "days"), (0.05, "hours")])
def test_unit_of_time(tmp_path: Path, pace: float, unit: str) -> None:
    """Tests that a journey of hours is drawn in hours."""
    run = write_run(tmp_path / "run", Made({"west": ["post"]}, pace=pace))
    assert f"door-to-door time, {unit}" in texts(figure(run))


def test_legend_names_what_is_there(tmp_path: Path) -> None:
    """Tests that causes that take no time are not in the legend, and unknown ones by their key."""
    run = write_run(tmp_path / "run", Made({"west": ["post"]}))
    seen = texts(figure(run))
    assert "Rolled over for lack of capacity" in seen
    assert "Truck waits to fill" not in seen
    rows = rows_of(run, "summary")
    other = [{**row, "measure": row["measure"].replace("time_late", "time_strike")} for row in rows]
    run.write_table("summary", [list(row.values()) for row in other])
    seen = texts(figure(run))
    assert "strike" in seen
    assert "Departure or arrival late" not in seen


def test_route_of_which_nothing_arrived(tmp_path: Path) -> None:
    """Tests that a route without times is named, and said to be without."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air", "direct"]}, lost=["direct"]))
    drawn = figure(run)
    assert len(bars(drawn)) == 1
    assert "none delivered" in texts(drawn)


def test_nothing_to_explain_is_refused(tmp_path: Path) -> None:
    """Tests that a run without deliveries, or without causes, is refused in words."""
    run = write_run(tmp_path / "lost", Made({"west": ["direct"]}, lost=["direct"]))
    with pytest.raises(UserError, match="nothing was delivered"):
        figure(run)
    run = write_run(tmp_path / "old", Made({"west": ["direct"]}))
    rows = [row for row in rows_of(run, "summary") if not row["measure"].startswith("time_")]
    run.write_table("summary", [list(row.values()) for row in rows])
    with pytest.raises(UserError, match="holds no time by cause"):
        figure(run)
