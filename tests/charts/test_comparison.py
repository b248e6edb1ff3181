"""Tests of the charts of comparisons and capacity: what they show is what is stored."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fourport.charts import KINDS, StoredResults, draw, kinds_for
from fourport.charts.capacity import _target_title
from fourport.charts.drawing import settings
from fourport.charts.signs import BETTER, OTHER, WORSE
from fourport.charts.style import STYLES, TEXT, TITLE
from fourport.errors import UserError
from fourport.store import Run
from fourport.study.capacity.measured import CLOSED
from fourport.study.capacity.target import parse_target
from tests.charts.compared import difference
from tests.charts.folder import LANES, ROUTES, Made, write_run
from tests.charts.look import boxes, faults, texts
from tests.stored import rows_of

MADE = Made({"islands": ["sea-air", "direct"]}, policies={"base": "", "night-shift": "officers at night"})


def figure(run: Run, kind: str, policy: str = "base") -> Figure:
    with settings(STYLES["screen"]):
        return KINDS[kind].figure(StoredResults(run), policy, STYLES["screen"])


def marks(axes: Axes, marker: str) -> list[tuple[float, float, str]]:
    """Give x, y and face of the signs of a kind in a panel of a forest, from the top."""
    found = [
        (float(x), float(y), str(line.get_markerfacecolor()))
        for line in axes.get_lines()
        if line.get_marker() == marker
        for x, y in np.asarray(line.get_xydata())
    ]
    return sorted(found, key=lambda one: one[1])


def signs(drawn: Figure) -> list[list[tuple[float, str]]]:
    """Give x and face of each mean, by panel."""
    return [[(x, face) for x, _, face in marks(axes, "o")] for axes in drawn.axes]


def test_forest_shows_all_together(tmp_path: Path) -> None:
    """Tests differences of each policy over all lanes, hollow where they are not significant."""
    run = write_run(tmp_path / "run", MADE)
    rows = [row for row in rows_of(run, "comparison") if row["lane"] == "*"]
    time = [row for row in rows if row["measure"] == "door_to_door_time"]
    drawn = figure(run, "forest")
    first, *_ = signs(drawn)
    assert [x for x, _ in first] == [float(row["difference"]) for row in time]
    hollow = [face == "white" for _, face in first]
    assert hollow == [row["verdict"] == "undecided" for row in time] == [True, False, False]
    seen = texts(drawn)
    assert (
        "Not comparable, as too much is not delivered: Door-to-door time P95. No difference: Undelivered"
        in seen
    )
    assert "No sign" not in seen
    assert "night-shift: officers at night" in texts(drawn)


def test_forest_draws_each_procedure_on_one_lane_before_others_on_more(tmp_path: Path) -> None:
    """Tests that a fall of import clearance is drawn, though transit is better on more lanes."""
    run = write_run(tmp_path / "run", MADE)
    rows = [difference("base", "night-shift", "*", "*", "door_to_door_time", "h", -1.0, -2.0, 0.5, 0.5, 3)]
    for name, hours, p, lanes in (
        ("transit", -1.0, 0.01, "abc"),
        ("import", -28.0, 0.5, "k"),
        ("export", -0.4, 0.01, "kl"),
    ):
        rows += [
            difference(
                "base", "night-shift", lane, "*", f"clearance_time_{name}{part}", "h", *[hours] * 3, p, 3
            )
            for lane in lanes
            for part in ("", "_p95")
        ]
    run.write_table("comparison", rows)
    seen = texts(figure(run, "forest")).replace("\n", " ")
    for title in ("Transit clearance: a", "Import clearance: k", "Export clearance: k"):
        assert title in seen
    assert "3 more panels: comparison.csv." in seen


@pytest.mark.parametrize("other", [0.0, 1.5])
def test_forest_tells_gaps_from_zeros(tmp_path: Path, other: float) -> None:
    """Tests that what one policy leaves undefined is no zero, whatever the other's difference is."""
    run = write_run(tmp_path / "run", MADE)
    rows = [
        difference("base", "night-shift", "*", "*", "door_to_door_time", "h", *["", "", ""], "", 3),
        difference("base", "one-declaration", "*", "*", "door_to_door_time", "h", *[other] * 3, 1.0, 3),
    ]
    run.write_table("comparison", rows)
    drawn = figure(run, "forest")
    assert [[x for x, _ in panel] for panel in signs(drawn)] == [[other]]
    assert "No sign: too much is not delivered." in texts(drawn)
    assert "No difference" not in texts(drawn)


def test_the_first_policy_is_the_manifest_s(tmp_path: Path) -> None:
    """Tests a run compared again with another baseline: its tables keep the order of the first comparison."""
    run = write_run(tmp_path / "run", MADE)
    manifest = run.manifest()
    manifest["policies"] = {"night-shift": "officers at night", "base": ""}
    manifest["comparison"]["baseline"] = "night-shift"
    run.write_manifest(manifest)
    rows = [
        difference("night-shift", "base", lane, route, "door_to_door_time", "h", 1.0, 0.5, 1.5, 0.01, 3)
        for lane, route in (("*", "*"), ("islands", "direct"))
    ]
    run.write_table("comparison", rows)
    assert [path.name for path in draw(run, "forest", formats=["svg"])] == ["forest.svg"]
    (base,) = draw(run, "forest", policy="base", formats=["svg"])
    assert base.name == "forest-base.svg"
    seen = texts(figure(run, "forest", "base"))
    assert f"{LANES['islands']} {ROUTES['direct']}" in seen
    assert "All together" in seen
    assert "policy base, against night-shift" in texts(figure(run, "forest", "night-shift"))


def test_forest_of_a_policy_goes_by_lane_and_route(tmp_path: Path) -> None:
    """Tests that another policy than the first has a row for all and for each route."""
    drawn = figure(write_run(tmp_path / "run", MADE), "forest", "night-shift")
    assert len(signs(drawn)[0]) == 3
    seen = texts(drawn)
    assert "All together" in seen
    for route in ("sea-air", "direct"):
        assert ROUTES[route] in seen
    assert seen.index(LANES["islands"]) < min(seen.index(ROUTES[route]) for route in ("sea-air", "direct"))


MANY = Made(
    {"islands": ["sea-air", "direct"]},
    policies={"base": "", **{f"policy-{k}-with-a-name": f"What it does, number {k}" for k in range(17)}},
)
"""Twenty policies, with the two that every made-up comparison has."""


def test_quantiles_stand_on_the_row_of_their_mean(tmp_path: Path) -> None:
    """Tests that a time's P90 is in its panel, below its mean, in a sign of its own, and has no panel."""
    run = write_run(tmp_path / "run", MADE)
    drawn = figure(run, "forest")
    rows = [row for row in rows_of(run, "comparison") if row["lane"] == "*"]
    found = {marker: marks(drawn.axes[0], marker) for marker in ("o", "^")}
    for marker, measure in (("o", "door_to_door_time"), ("^", "door_to_door_time_p90")):
        expected = [float(row["difference"]) for row in rows if row["measure"] == measure]
        assert [x for x, _, _ in found[marker]] == expected
    assert all(mean < below for (_, mean, _), (_, below, _) in zip(found["o"], found["^"], strict=True))
    titles = [text for text, _ in boxes(drawn)]
    assert "Door-to-door time" in titles
    assert "Door-to-door time P90" not in titles
    assert "mean (circle), P50 (diamond), P90 (triangle)" in texts(drawn)
    units = [axes.get_xlabel() for axes in drawn.axes]
    less = [f"\u2190 better   {unit}" for unit in ("h", "USD/kg", "h", "consignments")]
    assert units == [less[0], "points   better \u2192", *less[1:]]


def test_colours_say_what_is_better(tmp_path: Path) -> None:
    """Tests that a rise is worse for a time and better for a share, and grey for what has no better side."""
    run = write_run(tmp_path / "run", MADE)
    rows = [
        difference("base", "night-shift", "*", "*", measure, "%", 2.0, 1.0, 3.0, 0.01, 3)
        for measure in ("door_to_door_time", "departure_as_planned", "non_compliant")
    ]
    run.write_table("comparison", rows)
    faces = [face for panel in signs(figure(run, "forest")) for _, face in panel]
    assert faces == [WORSE, BETTER, OTHER]


def test_forest_says_first_what_is_not_delivered(tmp_path: Path) -> None:
    """Tests the warning above the note and beside the name, and that verdicts cover chance only."""
    run = write_run(tmp_path / "run", MADE)
    both = "base", "night-shift"
    rows = [
        difference(*both, "*", "*", "logistics_cost", "USD/kg", -1.0, -1.1, -0.9, 0.01, 3, lost=7.7),
        difference(
            *both, "islands", "direct", "logistics_cost", "USD/kg", -1.0, -1.1, -0.9, 0.01, 3, lost=100.0
        ),
    ]
    run.write_table("comparison", [(*row[:11], "lost", *row[12:]) for row in rows])
    drawn = figure(run, "forest")
    seen = texts(drawn)
    assert "NOT DELIVERED, points more of all consignments than under the baseline: night-shift 7.7" in seen
    assert f"({ROUTES['direct']} 100.0)" in seen
    assert "night-shift: officers at night (7.7 points more undelivered)" in " ".join(seen.split())
    assert signs(drawn) == [[(-1.0, "white")]]  # neither full nor in the colour of better
    assert "62 % of the cost comes from prices that are estimates, 31 % of the time" in " ".join(seen.split())


@pytest.mark.parametrize(("lost", "warned"), [(0.05, False), (0.2, True), (100.0, True)])
def test_forest_warns_of_losses_on_a_single_route(tmp_path: Path, lost: float, warned: bool) -> None:
    """Tests that a route that loses more than the margin is told though all together lose nothing."""
    run = write_run(tmp_path / "run", MADE)
    cost = "logistics_cost", "USD/kg", -1.0, -1.1, -0.9, 0.01, 3
    rows = [
        difference("base", "night-shift", "*", "*", *cost, lost=0.02),
        difference("base", "night-shift", "islands", "direct", *cost, lost=lost),
        difference("base", "night-shift", "islands", "sea-air", *cost, lost=-3.0),
    ]
    run.write_table("comparison", rows)
    for policy in ("base", "night-shift"):
        seen = " ".join(texts(figure(run, "forest", policy)).split())
        assert ("NOT DELIVERED" in seen) == warned
        assert (f"night-shift 0.0 ({ROUTES['direct']} {lost:.1f})" in seen) == warned
    told = f"night-shift: officers at night ({lost:.1f} points more undelivered on a route)"
    assert (told in " ".join(texts(figure(run, "forest")).split())) == warned


def test_clearance_has_a_panel_for_a_lane(tmp_path: Path) -> None:
    """Tests that the clearance of a lane is drawn by its name, in a panel of its own."""
    run = write_run(tmp_path / "run", MADE)
    rows = [
        difference("base", "night-shift", lane, "*", measure, "h", -1.0, -1.1, -0.9, 0.01, 3)
        for lane, measure in (("*", "door_to_door_time"), ("islands", "clearance_time_transit"))
    ]
    run.write_table("comparison", rows)
    drawn = figure(run, "forest")
    assert len(drawn.axes) == 2
    assert f"Transit clearance: {LANES['islands']}" in " ".join(texts(drawn).split())


def test_forest_of_twenty(tmp_path: Path) -> None:
    """Tests that many policies go by their names, with four panels beside each other and nothing hidden."""
    drawn = figure(write_run(tmp_path / "run", MANY), "forest")
    assert faults(drawn) == ([], [])
    seen = texts(drawn)
    assert "policy-16-with-a-name" in seen
    assert "What it does" not in seen
    assert [len(row) for row in signs(drawn)] == [19] * 5
    assert len({round(axes.get_position().x0, 3) for axes in drawn.axes}) == 4


def test_detection_of_twenty(tmp_path: Path) -> None:
    """Tests that points bear numbers, those on one spot together, and each number has its policy below."""
    run = write_run(tmp_path / "run", MANY)
    rows = rows_of(run, "detection")
    mine = [row for row in rows if row["policy"] != "policy-5-with-a-name"]
    moved = [
        {**row, "policy": "policy-5-with-a-name"} for row in rows if row["policy"] == "policy-9-with-a-name"
    ]
    run.write_table("detection", [tuple(row.values()) for row in [*mine, *moved]])
    drawn = figure(run, "detection")
    assert faults(drawn) == ([], [])
    policies = list(dict.fromkeys(row["policy"] for row in [*mine, *moved]))
    numbers = {name: str(k) for k, name in enumerate(policies, 1)}
    assert len(numbers) == 20
    for axes in drawn.axes:
        written = [text.get_text() for text in axes.texts]
        shared = f"{numbers['policy-9-with-a-name']}, {numbers['policy-5-with-a-name']}"
        assert shared in written
        assert {number for text in written for number in text.split(", ")} == {*numbers.values()}
        assert axes.get_xlabel() == "undetected non-compliance, % of all"
        assert axes.get_ylabel() == "clearance time, h"
    key = [text.get_text() for text in drawn.texts]
    for name, number in numbers.items():
        assert number in key
        assert any(text.startswith(name) for text in key)


def test_forest_of_many_rows_fits_a_page(tmp_path: Path) -> None:
    """Tests that twenty rows of routes stand below their lanes, with two signs, on the height of a page.

    One panel has no sign for half of the routes: its rows are left out.
    """
    run = write_run(tmp_path / "run", MADE)
    rows = [
        difference("base", "night-shift", lane, route, f"{measure}{part}", "h", -1.0, -2.0, -0.5, 0.01, 3)
        for measure in ("door_to_door_time", *(f"clearance_time_{name}" for name in ("import", "export")))
        for lane in "abcd"
        for route in ("*", *(f"{lane}{k}" for k in range(5)))
        for part in ("", "_p50", "_p90", "_p95")
    ]
    run.write_table("comparison", [row for row in rows if row not in rows[:12]])
    drawn = figure(run, "forest", "night-shift")
    assert drawn.get_figheight() < 16.6
    assert faults(drawn) == ([], [])
    assert all(len(panel) <= 2 * 24 for panel in signs(drawn))
    assert "Of times: mean (circle) and P95 (square)." in texts(drawn)
    names = [text.get_text() for text in drawn.texts if text.get_text() in ("a", "b", "a4", "b0", "b4")]
    assert names == ["a", "a4", "b", "b0", "b4"]
    assert {axes.get_xlabel() for axes in drawn.axes} == {"\u2190 better   h"}


def test_notes_of_a_comparison_are_short(tmp_path: Path) -> None:
    """Tests that the note of each chart of a comparison is at most 100 words: what a board reads."""
    run = write_run(tmp_path / "run", MADE)
    for kind in ("forest", "stages", "clearance-stages", "detection"):
        with settings(STYLES["screen"]):
            page = figure(run, kind)
        above = [text for text in page.texts if text.get_color() == STYLES["screen"].quiet]
        title = next(text for text in page.texts if text.get_fontsize() == TITLE)
        below_title = [
            text
            for text in above
            if text.get_fontsize() == TEXT and text.get_position()[1] < title.get_position()[1]
        ]
        note = [text for text in below_title if text.get_position()[0] == title.get_position()[0]]
        assert 10 < len(" ".join(text.get_text() for text in note).split()) <= 100, kind


def test_forest_of_nothing(tmp_path: Path) -> None:
    """Tests that a comparison without differences is still drawn, and none at all is refused."""
    run = write_run(tmp_path / "run", MADE)
    run.write_table(
        "comparison",
        [
            difference("base", "night-shift", "*", "*", measure, unit, 0.0, 0.0, 0.0, 1.0, 3)
            for measure, unit in (("undelivered", "consignments"), ("inspections", "inspections"))
        ],
    )
    drawn = figure(run, "forest")
    assert "No difference: Undelivered consignments; Inspections." in texts(drawn)
    assert not drawn.axes
    assert drawn.get_figheight() < 2.5  # no room is kept for panels
    run.write_table("comparison", [])
    with pytest.raises(UserError, match="there is nothing to draw"):
        figure(run, "forest")


def test_stages_have_a_bar_for_each_policy(tmp_path: Path) -> None:
    """Tests the totals beside the bars against the table, for the only lane as for all."""
    run = write_run(tmp_path / "run", MADE)
    seen = texts(figure(run, "stages"))
    rows = {
        row["policy"]: float(row["mean"])
        for row in rows_of(run, "policies")
        if (row["lane"], row["measure"]) == ("*", "door_to_door_time")
    }
    for policy, hours in rows.items():
        assert policy in seen
        assert f"{hours / 24:.1f} ±" in seen
    assert "time_new_kind_of_wait".removeprefix("time_") in seen


@pytest.mark.parametrize(("lanes", "shown"), [(1, 1), (2, 2), (3, 2)])
def test_stages_of_many_say_which_lanes_are_drawn(tmp_path: Path, lanes: int, shown: int) -> None:
    """Tests that the lanes with the most touched bars are drawn, which is said only if one is left out."""
    made = Made({lane: ["direct"] for lane in [*LANES][:lanes]}, policies=MANY.policies)
    run = write_run(tmp_path / "run", made)
    rows = [
        {**row, "mean": "100"}
        if (row["lane"], row["measure"]) == ("west", "door_to_door_time") and row["policy"] > "policy-1-"
        else row
        for row in rows_of(run, "policies")
    ]
    run.write_table("policies", [tuple(row.values()) for row in rows])
    seen = texts(figure(run, "stages"))
    assert (f"Of the {lanes} single lanes, {shown} are drawn" in seen) == (lanes > shown)
    assert [title in seen for title in [*LANES.values()][:lanes]] == {
        1: [False],
        2: [True, True],
        3: [False, True, True],
    }[lanes]


def test_detection_has_a_point_for_each_policy(tmp_path: Path) -> None:
    """Tests the points against the table, and that a dominated policy looks different."""
    run = write_run(tmp_path / "run", MADE)
    drawn = figure(run, "detection")
    assert len(drawn.axes) == 2
    rows = [
        row
        for row in rows_of(run, "detection")
        if (row["lane"], row["measure"]) == ("*", "clearance_time_import")
    ]
    points = [
        (float(np.asarray(line.get_xdata())[0]), float(np.asarray(line.get_ydata())[0]), line.get_marker())
        for line in drawn.axes[0].get_lines()
        if line.get_marker() in {"o", "X"}
    ]
    expected = [
        (float(row["undetected"]), float(row["time"]), "X" if row["dominated_by"] else "o") for row in rows
    ]
    assert points == expected
    assert "nothing is cleared" not in texts(drawn)
    past = ("past", "*", "clearance_time_import", "", "", "", "h", 100, 100, 100, 5, "")
    run.write_table("detection", [past, *(tuple(row.values()) for row in rows)])
    told = " ".join(texts(figure(run, "detection")).split())
    assert "because nothing is cleared, with the share undetected: past (100 %)." in told
    run.write_table("detection", [])
    with pytest.raises(UserError, match="there is nothing to draw"):
        figure(run, "detection")


def test_capacity_shows_the_target_and_the_answer(tmp_path: Path) -> None:
    """Tests the points against the table, the line of the target, and the answer in the title."""
    run = write_run(tmp_path / "run", MADE)
    drawn = figure(run, "capacity")
    seen = texts(drawn)
    told = " ".join(seen.split())
    port = run.manifest()["titles"]["places"]["port"]
    assert f"{port}, Inspection bays: how many for 95 % within 24 h ({LANES['islands']}): 4" in told
    assert "mean time is 3.75 h; most of it: work 2.5 h, waiting in the queue 1.25 h." in told
    assert f"of the demand: {port}, Inspection bays: servers (2\u20135); 1 more." in told
    assert "target 95 %" in seen
    marked = [line for line in drawn.axes[0].get_lines() if line.get_marker() not in ("None", None)]
    assert marked
    assert not any(line.get_clip_on() for line in marked)  # at 0 % and 100 % they are cut in half
    assert "97.30 %" in seen
    rows = [row for row in rows_of(run, "capacity") if not math.isnan(row["value"])]
    (curve,) = (line for line in drawn.axes[0].get_lines() if len(np.asarray(line.get_xdata())) == len(rows))
    assert np.asarray(curve.get_ydata()).tolist() == [float(row["value"]) for row in rows]
    manifest = run.manifest()
    manifest["capacity"]["smallest"] = None
    run.write_manifest(manifest)
    assert "none for sure" in texts(figure(run, "capacity"))
    run.write_table("capacity", [(1, "visits", "%", 80.0, 75.0, 85.0, 3, "misses", 400.0, 0.0)])
    assert "none of these" in texts(figure(run, "capacity"))
    manifest["capacity"]["unlimited"] = {"value": 90.0, "low": 86.0, "high": 94.0}
    run.write_manifest(manifest)
    assert "no number is enough" in texts(figure(run, "capacity"))
    run.write_table("capacity", [(1, "visits", "%", *["", "", ""], 0, "undecided", 0, 0)])
    with pytest.raises(UserError, match="nothing came to the resource"):
        figure(run, "capacity")


def test_capacity_of_a_resource_without_a_title(tmp_path: Path) -> None:
    """Tests that it is called by its name, and its facility once."""
    run = write_run(tmp_path / "run", MADE)
    manifest = run.manifest()
    port = manifest["titles"]["places"]["port"]
    manifest["titles"]["resources"] = {}
    run.write_manifest(manifest)
    name = manifest["capacity"]["resource"].partition("/")[2]
    assert f"{port}, {name}: how many for" in " ".join(texts(figure(run, "capacity")).split())


def test_capacity_for_a_bound_of_another_measure(tmp_path: Path) -> None:
    """Tests a cost that is to be at most 2 USD/kg: title, line of the target, value and axis in its unit."""
    run = write_run(tmp_path / "run", MADE)
    run.write_table("capacity", [(1, "logistics_cost", "USD/kg", 1.9, 1.8, 1.95, 9, "meets", 400.0, 0.0)])
    manifest = run.manifest()
    manifest["capacity"] |= {
        "measure": "logistics_cost",
        "target": "logistics_cost <= 2",
        "unit": "USD/kg",
        "bound": 2.0,
        "at_most": True,
        "within": "",
        "smallest": 1,
    }
    run.write_manifest(manifest)
    seen = texts(figure(run, "capacity"))
    told = f"Inspection bays: how many for logistics cost at most 2 USD/kg ({LANES['islands']}): 1"
    assert told in " ".join(seen.split())
    assert "target 2 USD/kg" in seen
    assert "1.9 USD/kg" in seen
    assert "Logistics cost, USD/kg" in seen


def test_capacity_of_an_unlimited_number(tmp_path: Path) -> None:
    """Tests that it has a place of its own behind the numbers, with its interval, or none without a value."""
    run = write_run(tmp_path / "run", MADE)
    (axes,) = figure(run, "capacity").axes
    (at,) = (tick for tick, label in ticks(axes) if label == "unlimited")
    assert at > 5
    drawn = [np.asarray(line.get_xydata())[0] for line in axes.get_lines() if line.get_marker() == "D"]
    assert [point.tolist() for point in drawn] == [[at, 99.9]]
    manifest = run.manifest()
    manifest["capacity"]["unlimited"] = dict.fromkeys(("value", "low", "high"), math.nan)
    run.write_manifest(manifest)
    (axes,) = figure(run, "capacity").axes
    assert "unlimited" not in [label for _, label in ticks(axes)]


def ticks(axes: Axes) -> list[tuple[float, str]]:
    """Give place and text of the ticks of the horizontal axis."""
    labels = (label.get_text() for label in axes.get_xticklabels())
    return [*zip(map(float, axes.get_xticks()), labels, strict=True)]


def test_capacity_says_what_the_text_says(tmp_path: Path) -> None:
    """Tests that targets, where time goes and what it rests on are called as in the text."""
    for text, measure in (
        ("95% within 24 h", "clearance"),
        ("95% cleared_within_24h", None),
        ("undelivered <= 3", None),
        ("weight >= 3 t", None),
        ("freight_cost_per_parcel <= 3 USD/parcel", None),
    ):
        target = parse_target(text, measure)
        names = ("measure", "unit", "bound", "at_most", "within")
        assert _target_title({name: getattr(target, name) for name in names}) == target.told
    run = write_run(tmp_path / "run", MADE)
    manifest = run.manifest()
    manifest["capacity"]["hours"] = {CLOSED: 4.0}
    manifest["estimates"] = {"clearance": {"share": 71.4, "largest": []}}
    run.write_manifest(manifest)
    said = " ".join(texts(figure(run, "capacity")).split())
    assert f"most of it: {CLOSED[0].lower()}{CLOSED[1:]} 4 h." in said
    assert "71 % of the clearance time is work or waiting with estimated durations, rates or staff." in said


@pytest.mark.parametrize("numbers", [range(1, 21), range(1, 201), range(20)])
@pytest.mark.parametrize("last", [False, True])
def test_capacity_of_many_keeps_clear_of_its_axis(tmp_path: Path, numbers: range, last: bool) -> None:
    """Tests that the share of the first or the last number stands between the edges of the axes."""
    run = write_run(tmp_path / "run", MADE)
    rows = [(k, "visits", "%", 100.0, 99.8, 100.0, 3, "meets", 400.0, 0.0) for k in numbers]
    run.write_table("capacity", rows)
    manifest = run.manifest()
    manifest["capacity"]["smallest"] = numbers[-1 if last else 0]
    run.write_manifest(manifest)
    drawn = figure(run, "capacity")
    (label,) = (box for text, box in boxes(drawn) if text == "100.00 %")
    pad = drawn.dpi / 72
    edges = drawn.axes[0].get_window_extent()
    assert edges.x0 + pad < label.x0
    assert label.x1 < edges.x1 - pad


def test_forest_of_routes_under_two_policies(tmp_path: Path) -> None:
    """Tests a row for each lane, route and policy that is compared, as many as the family counts."""
    run = write_run(tmp_path / "run", MADE)
    manifest = run.manifest()
    manifest["comparison"] |= {"baseline": "direct", "routes": ["direct", "sea-air"]}
    run.write_manifest(manifest)
    rows = [
        difference("direct", policy, "islands", "sea-air", measure, unit, 1.0 + k, 0.5, 3.0, 0.01, 3)
        for k, policy in enumerate(MADE.policies)
        for measure, unit in (("door_to_door_time", "h"), ("undelivered", "consignments/100 consignments"))
    ]
    run.write_table("comparison", rows)
    drawn = figure(run, "forest")
    assert [[x for x, _ in panel] for panel in signs(drawn)] == [[1.0, 2.0], [1.0, 2.0]]
    for policy in MADE.policies:
        assert f"{ROUTES['sea-air']} ({policy})" in texts(drawn)
    assert [axes.get_xlabel() for axes in drawn.axes] == [
        f"\u2190 better   {unit}" for unit in ("h", "of 100 consignments")
    ]
    only = figure(run, "forest", "night-shift")
    assert [[x for x, _ in panel] for panel in signs(only)] == [[2.0], [2.0]]


def test_only_what_is_there_is_offered(tmp_path: Path) -> None:
    """Tests that a run without non-compliance has no chart of detection, one without a summary no other."""
    run = write_run(tmp_path / "run", MADE)
    assert {"forest", "stages", "detection", "capacity"} <= {*kinds_for(run)}
    (run.folder / "detection.csv").unlink()
    assert "detection" not in kinds_for(run)
    (run.folder / "summary.csv").unlink()
    assert draw(run, "capacity", formats=["svg"])[0].name == "capacity.svg"
