"""Tests that charts of departures, cut-offs and resources show what the tables say."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection, QuadMesh
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fourport.charts import KINDS, StoredResults
from fourport.charts import cut_off as cut_off_chart
from fourport.charts.departures import BACKGROUND, LOAD
from fourport.charts.drawing import settings
from fourport.charts.language import WEEKDAYS
from fourport.charts.sailings import MOST, services
from fourport.charts.shades import Shades
from fourport.charts.style import STYLES
from fourport.errors import UserError
from fourport.store import Run
from tests.charts.folder import Made, write_run
from tests.charts.look import texts
from tests.charts.planning import RESOURCES, SERVICES, WEEKS
from tests.stored import rows_of

SMALL = Made({"islands": ["direct"]})


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return write_run(tmp_path_factory.mktemp("planning") / "run", SMALL)


def figure(kind: str, run: Run) -> Figure:
    with settings(STYLES["screen"]):
        return KINDS[kind].figure(StoredResults(run), "base", STYLES["screen"])


def test_departures_are_averaged_over_their_dates(run: Run) -> None:
    """Tests each weekly departure against its rows: figures, and room taken in each week."""
    rows = [row for row in rows_of(run, "departures") if row["service"] == "flights"]
    service = next(s for s in services(StoredResults(run), "base") if s.name == "flights")
    assert [d.name for d in service.departures][:3] == ["Mon 01:30", "Mon 13:00", "Tue 01:30"]
    mine = [row for row in rows if (row["weekday"], row["departs"]) == ("Tue", "01:30")]
    found = service.departures[2]
    assert len(mine) == len(found.weeks) == WEEKS
    assert found.load_t == pytest.approx(np.mean([row["load_t"] for row in mine]))
    assert found.rolled_over == pytest.approx(np.mean([row["rolled_over"] for row in mine]))
    taken = [100 * (row["background"] + row["load"]) / 103 for row in mine]
    assert found.weeks == pytest.approx(taken)


def test_cancelled_departures_count_as_often_as_they_leave(run: Run, tmp_path: Path) -> None:
    """Tests that one of two dates cancelled in half of the replications counts half in the load."""
    rows = [row for row in rows_of(run, "departures") if row["service"] == "barge"][:2]
    changed = [
        {**rows[0], "load_t": "10", "cancelled": "50"},
        {**rows[1], "load_t": "4", "cancelled": "0"},
    ]
    other = write_run(tmp_path / "run", SMALL)
    other.write_table("departures", [list(row.values()) for row in changed])
    (service,) = services(StoredResults(other), "base")
    assert service.departures[0].load_t == pytest.approx((0.5 * 10 + 4) / 1.5)
    assert service.departures[0].cancelled == 25
    assert not service.limited


def test_departures_that_differ(tmp_path: Path) -> None:
    """Tests numbers of flights, each with a row of its own, and capacities and cut-offs from row to row."""
    run = write_run(tmp_path / "run", SMALL)
    rows = [row for row in rows_of(run, "departures") if row["service"] == "ferry"]
    of_day = {"Tue": ("KE901", 335, 4.0), "Thu": ("KE903-EXTRA-LONG", 120, 2.5), "Sun": ("", 335, 4.0)}
    for row in rows:
        row["number"], row["capacity"], row["cut_off_h"] = of_day[row["weekday"]]
    run.write_table("departures", [list(row.values()) for row in rows])
    (service,) = services(StoredResults(run), "base")
    assert [d.name for d in service.departures] == [
        "Tue 19:00 KE901",
        "Thu 19:00 KE903-EXTRA\u2026",
        "Sun 19:00",
    ]
    assert [d.capacity for d in service.departures] == [335, 120, 335]
    seen = texts(figure("departures", run))
    assert "capacity 120\u2013335 TEU" in seen
    assert "cut-off 2.5\u20134 h before departure" in seen


def test_many_departures_are_folded(run: Run) -> None:
    """Tests that a service with more weekly departures than fit has a row for each clock."""
    shuttle = next(s for s in services(StoredResults(run), "base") if s.name == "shuttle")
    clocks = SERVICES["shuttle"].clocks
    assert 7 * len(clocks) > MOST
    assert [d.name for d in shuttle.departures] == [f"daily {clock}" for clock in clocks]


def test_services_without_a_departure_are_named(tmp_path: Path) -> None:
    """Tests that a service on the way of goods that never leaves is told, and that trucking legs are none."""
    run = write_run(tmp_path / "run", SMALL)
    assert "No departure" not in texts(figure("departures", run))
    rows = [row for row in rows_of(run, "departures") if row["service"] not in ("ferry", "barge")]
    run.write_table("departures", [list(row.values()) for row in rows])
    # No route takes the barge: nothing waits for it.
    assert f"No departure in the window: {SERVICES['ferry'].title}." in texts(figure("departures", run))


def bars(axes: Axes, color: str) -> list[Rectangle]:
    patches = [patch for patch in axes.patches if isinstance(patch, Rectangle)]
    return [patch for patch in patches if to_hex(patch.get_facecolor()) == to_hex(color)]


def test_bars_of_departures(run: Run) -> None:
    """Tests that background and load stand end to end, in % of the room, and nothing without a limit."""
    drawn = figure("departures", run)
    by_service = dict(zip(SERVICES, drawn.axes[0::2], strict=False))
    for service in services(StoredResults(run), "base"):
        axes = by_service[service.name]
        loads, background = bars(axes, LOAD), bars(axes, BACKGROUND)
        if not service.limited:
            assert not loads
            continue
        for departure, load, other in zip(service.departures, loads, background, strict=True):
            assert other.get_width() == pytest.approx(100 * departure.background / departure.capacity)
            assert load.get_x() == pytest.approx(other.get_width())
            assert load.get_width() == pytest.approx(100 * departure.load / departure.capacity)
        assert axes.get_xlim() == (0, 100)
    seen = texts(drawn)
    assert "12.0" in seen  # the ferry's cancelled departures
    assert "unlimited capacity" in seen


def test_cut_off_shows_every_half_hour(run: Run) -> None:
    """Tests heights and shades of bars, and marks where departures close, on the day before if need be."""
    drawn = figure("cut-off", run)
    rows = [row for row in rows_of(run, "arrivals") if row["service"] == "ferry"]
    axes = drawn.axes[0]
    most = max(row["consignments"] for row in rows)
    (bars,) = axes.collections
    assert isinstance(bars, PolyCollection)
    shade = to_hex(cut_off_chart.SHADES.color(12.0))
    assert {to_hex(color) for color in np.asarray(bars.get_facecolor())} == {shade}
    for path, row in zip(bars.get_paths(), rows, strict=True):
        corners = np.asarray(path.vertices)
        (left, top), (right, foot) = corners.min(axis=0), corners.max(axis=0)
        assert (left % 0.5, right - left, foot) == (0.0, 0.5, 1 + WEEKDAYS.index(row["weekday"]))
        assert foot - top == pytest.approx(cut_off_chart.FULL * row["consignments"] / most)
    marks = [np.asarray(line.get_xydata()) for line in axes.get_lines()]
    marks = [mark for mark in marks if mark[0, 0] == mark[1, 0]]
    assert [(float(mark[0, 0]), round(float(mark[1, 1]))) for mark in marks] == [(14, 2), (14, 4), (14, 7)]
    # 01:30 less six hours is 19:30 of the day before.
    flights = [np.asarray(line.get_xydata()) for line in drawn.axes[1].get_lines()]
    assert {float(mark[0, 0]) for mark in flights if mark[0, 0] == mark[1, 0]} == {7.0, 19.5}


def test_cut_off_counts_by_the_week(run: Run) -> None:
    """Tests that the height of the tallest bar is said, for each week if the run knows how many."""
    assert "tallest bar: 5.6 consignments a week" in texts(figure("cut-off", run))  # 45 in 8 weeks
    manifest = run.manifest()
    run.write_manifest({name: value for name, value in manifest.items() if name != "weeks"})
    assert "tallest bar: 45 consignments in the window" in texts(figure("cut-off", run))
    run.write_manifest(manifest)


def test_mean_wait_is_of_those_taken(tmp_path: Path) -> None:
    """Tests that a half hour counts in the mean as often as a departure took somebody who was ready in it.

    100 are ready in each: of the first, one that waits 10 h is taken, of the second 99 that wait 20 h.
    """
    run = write_run(tmp_path / "run", SMALL)
    first, second, *_ = rows_of(run, "arrivals")
    rows = [
        {**first, "consignments": "100", "taken": "1", "wait_h": "10"},
        {**second, "consignments": "100", "taken": "99", "wait_h": "20"},
    ]
    run.write_table("arrivals", [list(row.values()) for row in rows])
    assert "mean wait 20 h" in texts(figure("cut-off", run))  # 19.9: by all who are ready it were 15


def test_who_is_never_taken_is_told(tmp_path: Path) -> None:
    """Tests that grey bars have a sign in the legend, and that the share left behind is said; only then."""
    run = write_run(tmp_path / "run", SMALL)
    told = ("none taken before the end", "not taken before the end")
    assert not any(words in texts(figure("cut-off", run)) for words in told)
    first, second, *rest = rows_of(run, "arrivals")
    rows = [
        {**first, "consignments": "30", "taken": "30"},
        {**second, "consignments": "10", "taken": "0", "wait_h": ""},
        *(row for row in rest if row["service"] != first["service"]),
    ]
    run.write_table("arrivals", [list(row.values()) for row in rows])
    drawn = figure("cut-off", run)
    assert told[0] in texts(drawn)
    assert texts(drawn).count("25 % not taken before the end") == 1
    (bars,) = drawn.axes[0].collections
    gone = to_hex(np.asarray(bars.get_facecolor())[1])
    assert gone in {to_hex(sign.get_facecolor()) for sign in drawn.findobj(Rectangle) if sign.axes is None}


def test_a_run_that_does_not_say_who_was_taken_is_refused(tmp_path: Path) -> None:
    """Tests that of a run of before no mean wait is made up."""
    run = write_run(tmp_path / "run", SMALL)
    run.write_table("arrivals", run.table("arrivals").drop_columns(["taken"]))
    with pytest.raises(UserError, match=r"arrivals.csv:1: holds no 'taken'.*run it again"):
        figure("cut-off", run)


def test_one_consignment_is_no_plural(tmp_path: Path) -> None:
    """Tests that a single consignment is called one."""
    run = write_run(tmp_path / "run", SMALL)
    rows = [{**row, "consignments": str(float(WEEKS))} for row in rows_of(run, "arrivals")]
    run.write_table("arrivals", [list(row.values()) for row in rows])
    seen = texts(figure("cut-off", run))
    assert "tallest bar: 1 consignment a week" in seen
    assert "1 consignments" not in seen


def test_print_tells_closed_hours_by_patterns(run: Run) -> None:
    """Tests that closed hours and work after them have each a pattern of their own in print."""
    for style in ("screen", "print"):
        with settings(STYLES[style]):
            drawn = KINDS["utilisation"].figure(StoredResults(run), "base", STYLES[style])
        patches = [patch for axes in drawn.axes for patch in (axes.patch, *axes.patches)]
        hatches = {patch.get_hatch() for patch in patches} - {None}
        assert len(hatches) == (2 if style == "print" else 0)


def test_utilisation_cells(run: Run) -> None:
    """Tests every cell against the table, what is closed, and what is said of the busiest hour."""
    drawn = figure("utilisation", run)
    rows = rows_of(run, "resources")

    def mean(key: tuple[str, str]) -> float:
        mine = [row for row in rows if (row["place"], row["resource"]) == key]
        return float(sum(row["busy_h"] for row in mine) / sum(row["open_h"] for row in mine))

    busiest = sorted(RESOURCES, key=mean, reverse=True)[: len(drawn.axes)]
    for (place, name), axes in zip(busiest, drawn.axes, strict=True):
        meshes = [c.get_array() for c in axes.collections if isinstance(c, QuadMesh)]
        overtime, known = (np.ma.asarray(values) for values in meshes)  # type: ignore[var-annotated]
        cells = np.ma.filled(known, np.nan).reshape(7, 24)
        mine = [row for row in rows if (row["place"], row["resource"]) == (place, name)]
        days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        expected = np.full((7, 24), np.nan)
        for row in mine:
            expected[days.index(row["weekday"]), row["hour"]] = row["utilisation"]
        np.testing.assert_allclose(cells, expected)
        late = sum(math.isnan(row["utilisation"]) for row in mine)
        assert int((~np.ma.getmaskarray(overtime)).sum()) == late
        opened, busy = (sum(row[column] for row in mine) for column in ("open_h", "busy_h"))
        day, hour = np.unravel_index(int(np.nanargmax(expected)), (7, 24))
        about = f"mean {100 * busy / opened:.0f} %, most {np.nanmax(expected):.0f} % {days[day]} {hour} h"
        assert about in texts(drawn)


def test_utilisation_is_of_the_five_busiest(tmp_path: Path) -> None:
    """Tests that of seven resources the five with the highest mean are drawn, and the others are counted."""
    run = write_run(tmp_path / "run", SMALL)
    first = next(row for row in rows_of(run, "resources") if not math.isnan(row["utilisation"]))
    rows = [
        {**first, "resource": f"r{k}", "open_h": "1", "busy_h": f"{busy / 100}", "utilisation": f"{busy}"}
        for k, busy in enumerate((10, 70, 20, 60, 50, 30, 40))
    ]
    run.write_table("resources", [list(row.values()) for row in rows])
    drawn = figure("utilisation", run)
    seen = texts(drawn)
    assert len(drawn.axes) == 5
    order = [name for name in seen.replace(":", " ").split() if name in {f"r{k}" for k in range(7)}]
    assert order == ["r1", "r3", "r4", "r6", "r5"]
    assert "Not drawn, but in resources.csv: 2 resources that are less busy (mean 20 % or less)." in seen


def test_weeks_of_departures_have_dates(run: Run) -> None:
    """Tests the dates below the weeks against the first departure in the table."""
    days = [str(row["date"]) for row in rows_of(run, "departures")]
    first = min(map(date.fromisoformat, days))
    monday = first - timedelta(days=first.weekday())
    axes = figure("departures", run).axes[-1]
    told = {
        float(at): label.get_text()
        for at, label in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
    }
    assert told == {week: f"{monday + timedelta(weeks=week)}" for week in range(0, WEEKS, 2)}


def test_a_resource_without_work_is_not_used(tmp_path: Path) -> None:
    """Tests that no busiest hour is told of a resource where nothing was done."""
    run = write_run(tmp_path / "run", SMALL)
    rows = [
        {**row, "busy_h": "0", "utilisation": "0"} if row["resource"] == "bays" else row
        for row in rows_of(run, "resources")
        if row["resource"] != "bays" or not math.isnan(row["utilisation"])
    ]
    run.write_table("resources", [list(row.values()) for row in rows])
    seen = texts(figure("utilisation", run))
    assert seen.count("not used") == 1
    assert "mean 0 %" not in seen


def test_shades() -> None:
    """Tests names and colours of steps at their bounds, each darker than the one before."""
    shades = Shades((20, 40), first=1)
    assert [sign.name for sign in shades.signs] == ["< 20", "20\u201340", "\u2265 40"]
    assert [shades.colors.index(shades.color(x)) for x in (0, 19.9, 20, 39.9, 40, 500)] == [0, 0, 1, 1, 2, 2]
    weights = (0.2126, 0.7152, 0.0722)
    luminance = [
        sum(w * int(color[k : k + 2], 16) for w, k in zip(weights, (1, 3, 5), strict=True))
        for color in Shades((1, 2, 3, 4, 5, 6)).colors
    ]
    assert luminance == sorted(luminance, reverse=True)
    assert min(a - b for a, b in pairwise(luminance)) > 10


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("departures", "departures"),
        ("cut-off", "arrivals"),
        ("utilisation", "resources"),
        ("network-map", "legs"),
    ],
)
def test_empty_tables_are_refused(tmp_path: Path, kind: str, name: str) -> None:
    """Tests that a run in which nothing of the kind is stored is refused in words."""
    run = write_run(tmp_path / "run", SMALL)
    first = rows_of(run, name)[0]
    run.write_table(name, [])
    with pytest.raises(UserError, match=f"{name}.csv: has no rows, there is nothing to draw"):
        figure(kind, run)
    run.write_table(name, [list({**first, "policy": "other"}.values())])
    with pytest.raises(UserError, match=f"{name}.csv: has no rows of base"):
        figure(kind, run)
