"""Tests of charts on slides: their size, their type, what does not fit, and that texts stay apart."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from fourport.charts import KINDS, StoredResults, draw, kinds_for, why_not
from fourport.charts.drawing import pages, settings
from fourport.charts.style import STYLES
from fourport.errors import UserError
from fourport.store import Run
from tests.charts.folder import ALL, Made
from tests.charts.look import drawn_pieces, look
from tests.charts.test_apart import RUNS

STYLE = STYLES["slide"]
SLIDES = [kind for kind in KINDS if not KINDS[kind].off_slide]
SHOWN = [(name, kind) for name, run in RUNS.items() for kind in kinds_for(run, style="slide")]
SMALL = Made({"west": ["direct", "express"], "islands": ["sea-air"]}, stops=4)


def sizes(figure: Figure) -> list[float]:
    """Give the size in points that each text has in the file."""
    found = [text for text in figure.findobj(Text) if isinstance(text, Text) and text.get_visible()]
    return [float(text.get_fontsize()) * STYLE.enlarged for text in found if text.get_text().strip()]


@pytest.mark.parametrize(("name", "kind"), SHOWN)
def test_type_can_be_read_and_texts_are_apart(name: str, kind: str) -> None:
    """Tests that all but the foot has 18 points, and the foot 12, and that no text crosses another."""
    with pages(RUNS[name], kind, style="slide") as figures:
        count = 0
        for figure in figures:
            count += 1
            seen = look(figure)
            assert (seen.overlaps, seen.struck_out, seen.cut_off) == ([], [], [])
            assert {round(size, 2) for size in sizes(figure) if size < 18} == {12.0}
            assert max(sizes(figure)) == pytest.approx(26)
            assert tuple(figure.get_size_inches() * STYLE.enlarged) == pytest.approx((40 / 3, 7.5))
    assert count


@pytest.mark.parametrize("kind", sorted({*SLIDES} - {kind for _, kind in SHOWN}))
def test_kinds_of_no_reference_result_likewise(written: Callable[[Made], Run], kind: str) -> None:
    """Tests the kinds that the reference results have no table for, on a made-up run."""
    with pages(written(SMALL), kind, style="slide") as figures:
        for figure in figures:
            seen = look(figure)
            assert (seen.overlaps, seen.struck_out, seen.cut_off) == ([], [], [])
            assert {round(size, 2) for size in sizes(figure) if size < 18} == {12.0}


def test_files_are_numbered_and_have_the_size_of_a_slide(
    written: Callable[[Made], Run], tmp_path: Path
) -> None:
    """Tests names, dots and inches of PNG and SVG: 1920 x 1080 dots at 144 per inch, 960 x 540 points."""
    files = draw(written(SMALL), "lead-time-ecdf", style="slide", folder=tmp_path)
    stems = [f"lead-time-ecdf-slide-{number}" for number in (1, 2)]
    assert [file.name for file in files] == [f"{stem}.{form}" for stem in stems for form in ("png", "svg")]
    png, svg = (file.read_bytes() for file in files[:2])
    assert struct.unpack(">II", png[16:24]) == (1920, 1080)
    per_metre = struct.unpack(">I", png[png.index(b"pHYs") + 4 :][:4])[0]
    assert per_metre * 0.0254 == pytest.approx(144, abs=0.02)
    head = svg.decode()[:600]
    assert re.findall(r'(?:width|height)="([^"]+)"', head) == ["960pt", "540pt"]
    shape = [float(number) for number in re.findall(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', head)[0]]
    assert shape[0] / shape[1] == pytest.approx(16 / 9)


def test_bars_have_one_scale_and_keep_their_sums(written: Callable[[Made], Run]) -> None:
    """Tests that bars of all slides of the costs have one scale, and that small parts are drawn, too."""
    with pages(written(SMALL), "cost-stack", style="slide") as figures:
        axes = [figure.axes[0] for figure in figures]
        assert len({one.get_xlim() for one in axes}) == 1
        results = StoredResults(written(SMALL))
        for one, lane in zip(axes, ("west", "islands"), strict=True):
            ends: dict[float, float] = {}
            for piece in drawn_pieces(one):
                x, y, width = piece.get_x(), piece.get_y(), piece.get_width()
                ends[y] = max(ends.get(y, 0.0), x + width)
            routes = results.lanes("base")[lane]
            costs = [results.value("base", lane, route, "logistics_cost").mean for route in routes]
            assert sorted(ends.values()) == pytest.approx(sorted(costs))


def test_what_does_not_fit_is_refused(written: Callable[[Made], Run], tmp_path: Path) -> None:
    """Tests the refusals: kinds that need a page, PDF, and a lane with too many routes for its key."""
    run = written(ALL)
    assert "does not go on a slide" in why_not(run, "departures", style="slide")
    assert why_not(run, "departures") == ""
    with pytest.raises(UserError, match="does not go on a slide: its columns"):
        draw(run, "departures", style="slide", folder=tmp_path)
    with pytest.raises(UserError, match="'slide' has no pdf"):
        draw(run, "cost-stack", style="slide", formats=["pdf"], folder=tmp_path)
    with pytest.raises(UserError, match="does not fit on a slide in type of 18 points"):
        draw(run, "lead-time-ecdf", lane="west", style="slide", folder=tmp_path)


def test_a_slide_is_drawn_with_its_lane_alone(written: Callable[[Made], Run]) -> None:
    """Tests that small type is found: a chart in the style of a page fails the test above."""
    run = written(SMALL)
    with settings(STYLES["screen"]):
        figure = KINDS["cost-stack"].figure(StoredResults(run), "base", STYLES["screen"])
        assert min(sizes(figure)) / STYLE.enlarged < 18
