"""Tests that names find places near their points, and none over another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fourport.charts.labels import Canvas, Label, place, share
from fourport.charts.text_layout import number, short, width_of, wrap
from tests.charts.look import faults


def room(width: float = 6.0, lines: tuple[Line2D, ...] = ()) -> Canvas:
    figure = Figure(figsize=(width, 4))
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    axes.set_xlim(0, 10)
    axes.set_ylim(0, 10)
    for line in lines:
        axes.add_line(line)
    return Canvas(axes, lines, 8.0, width=1.5, leader="grey")


def test_a_crowd_finds_places() -> None:
    """Tests that a dozen names of one point are all written, none over another."""
    here = room()
    found = place(here, [Label(5, 5, f"a place called number {k}", "black") for k in range(12)])
    figure = here.axes.figure
    assert isinstance(figure, Figure)
    assert len(found) == 12
    assert faults(figure)[0] == []


def test_the_important_one_is_written_where_there_is_no_room_for_all() -> None:
    """Tests that names are left out rather than overlapped, the heavier ones last."""
    here = room(width=1.0)
    labels = [Label(5, 5, f"very long name {k}", "black", weight=float(k)) for k in range(40)]
    found = [text.get_text().replace("\n", " ") for text in place(here, labels)]
    assert 1 <= len(found) < 40
    assert "very long name 39" in found


def test_names_keep_clear_of_lines() -> None:
    """Tests that a name beside a steep line does not lie on it."""
    line = Line2D([5, 5], [0, 10])
    here = room(lines=(line,))
    (text,) = place(here, [Label(5, 5, "harbour", "black")])
    box = text.get_window_extent()
    x = here.axes.transData.transform((5, 5))[0]
    assert box.x1 < x or box.x0 > x


def test_what_has_no_place_near_its_point_is_left_out() -> None:
    """Tests a point beyond the axes and a name that is too long, each beside one that has a place."""
    canvas = replace(room(), reach=22.0)
    beyond = place(canvas, [Label(5, 5, "here", "black"), Label(13, 5, "beyond", "black")])
    long = place(canvas, [Label(2, 2, "here", "black"), Label(5, 5, "word " * 400, "black")])
    assert [text.get_text() for text in (*beyond, *long)] == ["here", "here"]


def test_near_points_share_a_name() -> None:
    """Tests that a name stands once where routes meet, in a colour of its own, and again elsewhere."""
    labels = [Label(1, 1, "hub", "red"), Label(1.01, 1, "hub", "blue"), Label(9, 9, "hub", "blue")]
    found = share(room(), labels, near=20, shared="black")
    assert [(label.x, label.color) for label in found] == [(1, "black"), (9, "blue")]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("North port, ferry terminal and more", "North port"),
        ("Far airport (FAR)", "Far airport"),
        ("Plain", "Plain"),
        ("(odd)", "(odd)"),
    ],
)
def test_short_names(title: str, name: str) -> None:
    """Tests that what follows a comma or stands in brackets is left out."""
    assert short(title) == name


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["Weihai, port", "Weihai, zone"], ["Weihai, port", "Weihai, zone"]),
        (["Sea, zone (bonded)", "Sea, park (bonded)", "Air, direct"], ["Sea, zone", "Sea, park", "Air"]),
        (["Port", "Port (north)", "Port (north), quay"], ["Port", "Port (north)", "Port (north), quay"]),
        (["Air (Seoul, Incheon)", "Air (Seoul, Gimpo)"], ["Air (Seoul, Incheon)", "Air (Seoul, Gimpo)"]),
    ],
)
def test_short_names_tell_titles_apart(titles: list[str], names: list[str]) -> None:
    """Tests that as much of a title is kept as tells it from the others."""
    assert [short(title, titles) for title in titles] == names


@pytest.mark.parametrize("width", [0.5, 1.0, 3.0])
def test_wrapped_text_fits_and_loses_nothing(width: float) -> None:
    """Tests that each line is within the width, and that all letters are there in order."""
    text = "Bonded trucks between the harbour and the Unaussprechlichlangerflughafenname"
    rows = wrap(text, width, 8.5)
    assert all(width_of(row, 8.5) <= width for row in rows)
    assert "".join(rows).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (28_000.0, 2, "28,000"),
        (0.94, 2, "0.94"),
        (1e6, 3, "1,000,000"),
        (0.000012, 2, "0.000012"),
        (-20_000.0, 6, "\u221220,000"),
        (0.1 + 0.2, 6, "0.3"),
        (0.0, 3, "0"),
    ],
)
def test_numbers_have_no_powers(value: float, digits: int, text: str) -> None:
    """Tests that numbers are written out, however large or small."""
    assert number(value, digits) == text


def test_width_grows_with_size() -> None:
    """Tests that a measured width is in inches: twice the size, about twice as wide."""
    assert width_of("freight", 20) == pytest.approx(2 * width_of("freight", 10), rel=0.03)
    assert width_of("", 10) == 0
    assert np.isclose(width_of("MMMM", 72), 4 * 0.863, rtol=0.02)  # DejaVu Sans: M is 0.863 em wide
