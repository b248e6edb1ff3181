"""What a comparison prints, of twenty policies made up by hand: overview first, then what is significant."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from fourport.cli.columns import TextColumn, tables
from fourport.cli.comparison_table import comparison_text
from fourport.cli.lines import PIPED
from fourport.store import Run
from fourport.store.tables import TOGETHER
from fourport.study.comparison.comparison_tables import Compared, record, write_comparison
from fourport.study.comparison.measured import Measured, Question
from fourport.study.replication_measures import Series
from tests.stored import rows_of

MEASURES = {
    "consignments": ("consignments", 9000.0),
    "undelivered": ("consignments", 0.0),
    **{f"door_to_door_time{end}": ("h", 120.0) for end in ("", "_p50", "_p90", "_p95")},
    "departure_as_planned": ("%", 80.0),
    "freight_cost": ("USD/kg", 3.0),
    "logistics_cost": ("USD/kg", 4.0),
    **{f"clearance_time_import{end}": ("h", 34.0) for end in ("", "_p50", "_p90", "_p95")},
    **{f"clearance_time_export{end}": ("h", 1.8) for end in ("", "_p50", "_p90", "_p95")},
    "cleared_within_24h": ("%", 50.0),
    "customs_cost": ("USD/kg", 0.2),
    "officer_hours": ("h", 2345.0),
    "inspections": ("inspections", 30.0),
    "non_compliant": ("consignments", 12.0),
    "undetected": ("consignments", 3.0),
}
"""Unit and size of each measure."""

LANES = {"inward": "Inward by ferry", "outward": "Outward by ferry and air", "by-air": "Direct air"}
ONLY = {"clearance_time_import": ("inward", "by-air"), "clearance_time_export": ("outward",)}
"""Lanes that have a measure, where not all do."""

TOUCHED = frozenset({("inward", "import"), ("by-air", "import"), ("outward", "export")})
"""Lanes and procedures that each policy changes."""

NAMES = ("provincial", *(f"policy-of-customs-{k:02}" for k in range(19)))


FEW = NAMES[:5]
"""Policies enough where it is not their number that matters: each pair of them takes its time to judge."""


def made(
    n: int, factors: Mapping[str, Mapping[str, float]], names: Sequence[str] = NAMES
) -> dict[str, Series]:
    """Give policies with n replications: each of the ``inward`` lane's measures times its factor.

    Each measure of a policy moves a little, but of the third: that differs in what its factors name alone.
    """
    noise = np.random.default_rng(3).normal(1.0, 0.02, (len(MEASURES), n))
    wobble = np.random.default_rng(4).normal(1.0, 0.0005, (len(NAMES), len(MEASURES), n))
    wobble[2] = 1.0
    values: dict[str, Series] = {}
    for name, shaken in zip(names, wobble, strict=False):
        series = Series()
        for lane in (TOGETHER, *LANES):
            for (measure, (unit, size)), ups, down in zip(MEASURES.items(), noise, shaken, strict=True):
                if lane not in (TOGETHER, *ONLY.get(re.sub("_p..$", "", measure), LANES)):
                    continue
                touched = lane in (TOGETHER, "inward") and name != "provincial"
                factor = factors.get(name, {}).get(measure, 1.0) * down if touched else 1.0
                for route in (TOGETHER, *(["route"] if lane != TOGETHER else [])):
                    series[lane, route, measure, unit] = size * ups * factor
        values[name] = series
    return values


FAST = {"clearance_time_import": 0.5, "officer_hours": 1.3}
BETTER = {"logistics_cost": 0.9}


def compared(folder: Path, n: int, values: Mapping[str, Series], question: Question) -> tuple[Compared, Run]:
    """Compare and store."""
    run = Run.create(folder)
    found = write_comparison(run, Measured(values, touched=dict.fromkeys(values, TOUCHED)), question)
    said = {"estimates_of": "provincial", "estimates": ESTIMATES}
    comparison = record(found) | said
    run.write_manifest({"titles": {"lanes": LANES}, "replications": n, "seed": 1, "comparison": comparison})
    return found, run


ESTIMATES = {
    "cost": {"share": 61.6, "largest": [["Air freight", 40.4]]},
    "time": {"share": 30.2, "largest": []},
}


def told(
    folder: Path, n: int, question: Question | None = None, *, full: bool = False
) -> tuple[str, Compared, Run]:
    """Compare and print; one policy is fast and takes more work, another costs less and nothing else.

    What was compared before is not compared again, since that takes seconds.
    """
    asked = question or Question("provincial")
    if (n, asked) not in _COMPARED:
        values = made(n, {NAMES[1]: FAST, NAMES[2]: BETTER})
        _COMPARED[n, asked] = compared(folder, n, values, asked)
    found, run = _COMPARED[n, asked]
    return comparison_text(run, found, full=full), found, run


_COMPARED: dict[tuple[int, Question], tuple[Compared, Run]] = {}


def test_the_overview_comes_first_and_is_short(tmp_path: Path) -> None:
    """Tests order, length and width of twenty policies, and that each table has more than times."""
    text, _, _ = told(tmp_path / "run", 10)
    lines = text.splitlines()
    assert lines[0] == "Overview: all lanes and routes together"
    assert len(lines) < 150
    assert max(map(len, lines)) <= PIPED
    overview, differences = text.split(
        "Significant differences from provincial, all lanes and routes together"
    )
    assert "Not significant" in differences
    first, second, clearance = [part for part in overview.split("\n\n") if part.strip()][:3]
    assert clearance.startswith("Mean clearance lane by lane")
    for table, words in ((first, "officer inspections undetected"), (second, "logistics cost dominated")):
        assert all(word in table for word in words.split())
        rows = [line.split()[0] for line in table.splitlines() if line.startswith("  p")]
        assert rows == [*NAMES]


def test_what_is_significant_is_marked_and_shown(tmp_path: Path) -> None:
    """Tests the marks and the shown differences against comparison.csv, and the count of all others."""
    text, _, run = told(tmp_path / "run", 10)
    rows = [row for row in rows_of(run, "comparison") if row["route"] == "*"]
    together = [row for row in rows if row["lane"] == "*"]
    sure = [row for row in together if row["verdict"] in ("better", "worse")]
    assert {(row["policy"], row["measure"]) for row in sure} >= {
        (NAMES[1], "officer_hours"),
        *((NAMES[2], measure) for measure in BETTER),
    }
    overview, rest = text.split("Significant differences")
    # Over all lanes clearance is shown, and marked, lane by lane: its means.
    shown = [
        row for row in rows if row["verdict"] in ("better", "worse") and row["measure"] != "freight_cost"
    ]
    shown = [row for row in shown if row["lane"] == "*" or "clearance_time" in row["measure"][:-4]]
    shown = [row for row in shown if row["lane"] == "*" or not re.search("_p..$", row["measure"])]
    assert (NAMES[1], "inward", "clearance_time_import") in {
        (row["policy"], row["lane"], row["measure"]) for row in shown
    }
    assert len(re.findall(r"\d\*", overview)) == len(shown)
    assert len(re.findall(r" ±", rest.split("Not significant")[0])) == len(sure)
    (cell,) = {row["difference"] for row in sure if row["measure"] == "officer_hours"}
    assert f"{float(cell):+.0f} ±" in rest
    counted = re.search(r"officer hours (\d+)", rest)
    assert counted
    assert int(counted[1]) == 19 - sum(row["measure"] == "officer_hours" for row in sure)
    assert "comparison.csv; --full" in rest


def test_clearance_is_shown_lane_by_lane(tmp_path: Path) -> None:
    """Tests that no mean holds the clearance of several lanes, and only what a policy changes is shown."""
    text = told(tmp_path / "run", 10)[0]
    overview = text.split("Significant differences")[0]
    means, clearance = overview.split("Mean clearance lane by lane")
    assert "mport clearance" not in means
    assert "Inward" not in means
    heads = [line.split() for line in clearance.splitlines()[1:3]]
    assert heads == [["Inward", "by", "ferry"], ["import"]]  # on the others nothing differs
    row = next(line for line in clearance.splitlines() if line.startswith(f"  {NAMES[1]} "))
    assert row.endswith("17.0*")


def test_undelivered_consignments_are_explained(tmp_path: Path) -> None:
    """Tests that who is in means and quantiles is said where a table has any undelivered, and only there."""
    values = made(10, {}, FEW)
    values[NAMES[3]][TOGETHER, TOGETHER, "undelivered", "consignments"] = np.full(10, 2.0)
    for lane in (None, "by-air"):
        found, run = compared(tmp_path / f"{lane}", 10, values, Question("provincial", lane=lane))
        text = " ".join(comparison_text(run, found).split())
        assert ('("-": the quantile lies among them). The same holds for clearance times' in text) == (
            lane is None
        )


def test_what_is_not_delivered_comes_first(tmp_path: Path) -> None:
    """Tests a policy that loses a route of 9,000 consignments: first the loss, then no mean of what is left.

    Costs and work fall, and are not called better.
    """
    values = made(10, {NAMES[1]: {"logistics_cost": 0.9, "officer_hours": 0.8}}, FEW)
    for place in ((TOGETHER, TOGETHER), ("inward", TOGETHER), ("inward", "route")):
        share = 0.05 if place[0] == TOGETHER else 1.0
        values[NAMES[1]][*place, "undelivered", "consignments"] = (
            share * values[NAMES[1]][*place, "consignments", "consignments"]
        )
    found, run = compared(tmp_path / "run", 10, values, Question("provincial"))
    text = comparison_text(run, found)
    first = text.split("Overview")[0].splitlines()
    assert first[0].startswith("NOT DELIVERED by the end of the run")
    rows = {line.rsplit(maxsplit=4)[0].strip(): line.split() for line in first if line.startswith("    ")}
    assert rows["all lanes and routes"][-3:] == ["5.0", "+5.0", "-"]
    assert rows["Inward by ferry, route"][-3:] == ["100.0", "+100.0", "-"]
    cells = [line.split()[1:] for line in text.splitlines() if line.startswith(f"  {NAMES[1]} ")]
    assert cells[0][0].endswith("!")  # officer hours
    assert cells[1][0] == "-"  # mean time
    assert "!: would be better, but fewer consignments are delivered" in " ".join(text.split())
    assert not any(NAMES[1] in winners for winners in found.blocks[0].dominated_by.values())
    found, run = compared(tmp_path / "lane", 10, values, Question("provincial", lane="inward"))
    text = comparison_text(run, found)
    assert "\n    Inward by ferry, all routes " in text
    assert "Significant differences from provincial, Inward by ferry, all routes together\n" in text


def test_a_lane_alone(tmp_path: Path) -> None:
    """Tests that policies which leave the lane alone stand in a line, and no other lane is spoken of."""
    text, found, _ = told(tmp_path / "run", 10, Question("provincial", lane="by-air"))
    assert text.startswith("Overview: Direct air\n")
    assert f"The same as provincial here, in every measure and replication: {NAMES[1]}, {NAMES[2]}," in text
    assert found.printed.tests == 0
    assert {row.verdict for row in found.rows} == {"same"}
    assert "Nothing could be tested." in text
    assert len(text.splitlines()) < 50


def test_who_is_dominated(tmp_path: Path) -> None:
    """Tests that one that costs more and is nowhere better is named with the one that dominates it."""
    text, found, _ = told(tmp_path / "run", 10)
    by = found.blocks[0].dominated_by
    assert NAMES[2] in by["provincial"]
    assert by[NAMES[2]] == ()
    told_of = " ".join(text.split())
    free = ", ".join(name for name, of in by.items() if not of)
    assert f"Not dominated: {free}. Number dominated by each: {NAMES[2]} " in told_of
    full, _, _ = told(tmp_path / "full", 10, full=True)
    assert re.search(rf"Dominated: provincial by [^;]*{NAMES[2]}", " ".join(full.split()))
    baseline = [line for line in text.splitlines() if line.startswith("  provincial ")][1]
    assert baseline.endswith(f"by {len(by['provincial'])}")


@pytest.mark.parametrize(("n", "hopeless"), [(4, True), (16, False)])
def test_what_so_many_replications_can_tell(tmp_path: Path, n: int, hopeless: bool) -> None:
    """Tests that few replications are said to be too few, with the number that it takes."""
    text, _, _ = told(tmp_path / "run", n)
    told_of = " ".join(text.split())
    assert (
        f"With {n} replications a difference gets its star in 80 % of studies if it is at least" in told_of
    ) != hopeless
    assert (f"{n} replications are too few for a star among" in told_of) == hopeless
    assert ("A single test takes at least 6." in told_of) == hopeless


def test_verdicts_are_said_to_cover_chance_only(tmp_path: Path) -> None:
    """Tests the sentence beside every verdict, and what is said of an interval without zero."""
    text, found, _ = told(tmp_path / "run", 10)
    told_of = " ".join(text.split())
    assert "These verdicts cover chance only" in told_of
    assert (
        "Under provincial, 62 % of the cost comes from prices that are estimates (Air freight 40 %); 30 %"
        in told_of
    )
    rows = [row for row in found.rows if row.together and row.tested]
    beside = [row for row in rows if not row.sure and not row.difference.low <= 0 <= row.difference.high]
    assert beside
    assert (
        f"{len(beside)} of the {len(rows)} intervals leave out zero, although their difference is not"
        in told_of
    )


def test_all_of_it(tmp_path: Path) -> None:
    """Tests that everything is printed on request: each value with its interval, each difference with p."""
    text, found, _ = told(tmp_path / "run", 10, full=True)
    rows = [row for row in found.rows if row.together]
    part = text.split("\nDifferences from provincial")[1].split("These verdicts")[0]
    # None are undelivered in any replication, so nothing is known of how many more may be.
    without = [row for row in rows if math.isnan(row.difference.low)]
    assert {row.measure for row in without} == {"undelivered"}
    assert len(re.findall(r"^  \S+ .* \.\. ", part, re.MULTILINE)) == len(rows) - len(without)
    overview = text.split("\nDifferences from provincial")[0].split("Mean clearance")[0]
    assert overview.count("±") == 20 * 11
    assert max(map(len, text.splitlines())) <= PIPED
    assert "\nCaught the planned departure, points\n" in part
    assert f"\n  {NAMES[1]}: Inward by ferry " in part
    assert not re.search(r", %$|_", part, re.MULTILINE)  # neither shares nor keys of measures


def test_routes_are_told_lane_by_lane(tmp_path: Path) -> None:
    """Tests an overview for each lane and differences by lane and route."""
    values = made(10, {})
    for series in values.values():
        for (lane, route, measure, unit), mine in list(series.items()):
            if route == "route" and lane != "by-air":
                series[lane, "other", measure, unit] = mine * 2
    one = {"provincial": values["provincial"]}
    found, run = compared(tmp_path / "run", 10, one, Question("route", ("route", "other")))
    text = comparison_text(run, found)
    assert [line for line in text.splitlines() if line.startswith("Overview")] == [
        "Overview: Inward by ferry",
        "Overview: Outward by ferry and air",
    ]
    assert "Significant differences from route, lane by lane" in text
    assert "  Inward by ferry, other" in text
    assert "/100: for 100 consignments." in text
    assert re.search(r"^ +h .*% +h/100 +/100 +/100$", text, re.MULTILINE)  # hours, inspections, undetected


def test_tables_by_hand() -> None:
    """Tests headings over several columns, cells to the right, and the break where a line gets too long."""
    columns = [
        TextColumn("Time", "mean", "h", ["1.0", "10.0"]),
        TextColumn("Time", "P95", "h", ["2.0", "20.0"]),
        TextColumn("", "logistics cost", "USD/kg", ["3.1", "3.2*"]),
    ]
    assert tables(["a", "bc"], columns).splitlines() == [
        "       Time     logistics",
        "    mean   P95       cost",
        "       h     h     USD/kg",
        "a    1.0   2.0        3.1",
        "bc  10.0  20.0        3.2*",
    ]
    assert tables(["a", "bc"], columns, width=15).splitlines() == [
        "       Time",
        "    mean   P95",
        "       h     h",
        "a    1.0   2.0",
        "bc  10.0  20.0",
        "",
        "    logistics",
        "         cost",
        "       USD/kg",
        "a         3.1",
        "bc        3.2*",
    ]


def test_a_heading_wider_than_its_columns() -> None:
    """Tests that the columns below it make room, and its neighbours' headings stay apart."""
    columns = [
        TextColumn("Import clearance", "P95", "h", ["-1 ±1"]),
        TextColumn("", "officer hours", "h", ["."]),
    ]
    assert tables(["a"], columns).splitlines() == [
        "   Import clearance  officer",
        "                P95    hours",
        "                  h        h",
        "a             -1 ±1        .",
    ]
    columns.insert(1, TextColumn("Import clearance", "mean", "h", ["2"]))
    assert tables(["a"], columns).splitlines()[:2] == [
        "   Import clearance  officer",
        "        P95    mean    hours",
    ]


def test_names_make_room_for_a_heading() -> None:
    """Tests names beside one wide heading, and that they are broken at words before a table is split."""
    name, wide = "    " + "word " * 12, TextColumn("Clearance by day of acceptance", "mean", "h", ["3.14~"])
    for width in range(60, 80):
        assert max(map(len, tables([name], [wide], width).splitlines())) <= width
    text = tables([name], [TextColumn("", "mean", "h", ["1"]), TextColumn("", "P95", "h", ["2"])], 40)
    assert [line.split()[-2:] for line in text.splitlines()[:3]] == [["mean", "P95"], ["h", "h"], ["1", "2"]]
    assert max(map(len, text.splitlines())) <= 40


def test_differences_never_stand_on_time_alone(tmp_path: Path) -> None:
    """Tests that costs and work keep their columns where only a time is significant."""
    values = made(10, {NAMES[3]: {"door_to_door_time": 0.5}}, FEW)
    found, run = compared(tmp_path / "run", 10, values, Question("provincial"))
    sure = {row.measure for row in found.rows if row.lane == TOGETHER and row.verdict in ("better", "worse")}
    assert sure == {"door_to_door_time"}
    text = comparison_text(run, found).split("Significant differences")[1].split("Not significant")[0]
    assert text.splitlines()[1:] == [
        "                        Door to door  logistics  customs",
        "                                mean       cost     cost",
        "                                   h     USD/kg   USD/kg",
        f"  {NAMES[3]}    -60.5 ±0.7          .        .",
    ]


@pytest.mark.parametrize("improved", [True, False])
def test_what_is_undelivered_is_not_comparable(tmp_path: Path, improved: bool) -> None:
    """Tests that an infinite P95 is neither significant nor counted with what is not, found or not."""
    values = made(10, {NAMES[1]: FAST} if improved else {}, FEW)
    for name in NAMES[3:5]:
        unit, size = MEASURES["door_to_door_time_p95"]
        values[name][TOGETHER, TOGETHER, "door_to_door_time_p95", unit] = np.full(10, np.inf) * size
    found, run = compared(tmp_path / "run", 10, values, Question("provincial"))
    text = " ".join(comparison_text(run, found).split())
    assert "because too much is undelivered, by number of policies (of 4): door to door P95 2." in text
    if improved:
        assert "door to door mean 4, P50 4, P90 4, P95 2" in text
    else:
        together = [row for row in rows_of(run, "comparison") if row["lane"] == "*"]
        assert f"none of {len(together) - 2}" in text


def test_thin_tails_are_marked(tmp_path: Path) -> None:
    """Tests 45 consignments a replication: P95 and P90 have "?" and no interval, P50 is judged as before."""
    values = made(10, {NAMES[1]: FAST}, FEW)
    for series in values.values():
        for lane, route, measure, unit in list(series):
            if measure == "consignments" and route != TOGETHER:
                series[lane, route, measure, unit] = np.full(10, 15.0)
    found, run = compared(tmp_path / "run", 10, values, Question("provincial"))
    text = comparison_text(run, found)
    assert "?: thin tail. Fewer than 5 consignments" in text
    assert all(not dominated for block in found.blocks for dominated in block.dominated_by.values())
    rows = [row for row in rows_of(run, "comparison") if (row["lane"], row["route"]) == ("*", "*")]
    for end, thin in (("_p50", False), ("_p90", True), ("_p95", True)):
        mine = [
            row for row in rows if row["measure"] == f"door_to_door_time{end}" and row["verdict"] != "same"
        ]
        assert {row["verdict"] == "thin" for row in mine} == {thin}
        assert {row["p_adjusted"] is None or math.isnan(row["p_adjusted"]) for row in mine} == {thin}
    assert re.search(r"\d\?", text.split("Significant differences")[0])
    assert re.search(r"\+0\.\d+ +\?\n", comparison_text(run, found, full=True))
