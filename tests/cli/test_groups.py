"""What ``fourport run`` prints of groups of consignments."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.cli.groups import WIDTH, group_table, promise_table
from fourport.store import Run
from tests.cli.short import SHORT, fourport, short_scenario
from tests.stored import rows_of

NAN = float("nan")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@pytest.mark.usefixtures("no_charts")
def test_by(tmp_path: Path) -> None:
    """Tests the option: all measures of the group asked for are stored and printed, within 80 columns."""
    out = tmp_path / "out"
    done = fourport(
        "run",
        str(short_scenario(tmp_path)),
        *SHORT,
        "--by",
        "trader-class",
        "--by",
        "week",
        "--out",
        str(out),
    )
    assert done.exit_code == 0, done.output
    rows = rows_of(Run(out), "groups")
    assert {row["by"] for row in rows} == {"trader-class", "week", "weekday", "holiday-week"}
    assert {row["measure"] for row in rows if row["by"] == "trader-class"} >= {"logistics_cost", "weight"}
    assert {row["measure"] for row in rows if row["by"] == "weekday"}.isdisjoint({"logistics_cost", "weight"})
    for heading in ("by trader class", "by week", "P95 by day of acceptance"):
        assert heading in done.output


def test_what_is_no_group(tmp_path: Path) -> None:
    """Tests that another name is refused with exit code 2 and the names that are allowed."""
    done = fourport("run", str(short_scenario(tmp_path)), "--by", "tier")
    assert done.exit_code == 2
    assert "'trader-class', 'commodity', 'week'" in done.output


def made(folder: Path, lanes: tuple[str, ...] = ("l",), *, holidays: bool = True) -> Run:
    """Write a run with a P95 of 100 h, of 90 h outside holiday weeks, and of 50 to 55 h by weekday.

    Few are accepted on Tuesdays, and too few arrive of those of Sundays.
    """
    run = Run.create(folder)
    run.write_manifest({"titles": {"lanes": {"l": "Lane", "m": "Other"}}, "replications": 2, "seed": 1})
    summary, groups = [], []
    for lane in lanes:
        about = ("s", "base", lane, "r")
        summary += [
            (*about, "door_to_door_time", "h", 40.0, 39.0, 41.0, 2),
            (*about, "door_to_door_time_p95", "h", 100.0, 99.0, 101.0, 2),
        ]
        p95 = "door_to_door_time_p95", "h"
        weeks = {"outside": 90.0, **({"within": 300.0} if holidays else {})}
        for route in ("r", "*"):
            place = ("s", "base", lane, route)
            groups += [
                (*place, "holiday-week", name, *p95, value, 0.0, 500.0, 2) for name, value in weeks.items()
            ]
            groups += [
                (*place, "weekday", day, *p95, 50.0 + k, 0.0, 99.0, 2) for k, day in enumerate(WEEKDAYS[:6])
            ]
            groups += [(*place, "weekday", "Sun", *p95, NAN, NAN, NAN, 2)]
            groups += [
                (
                    *place,
                    "weekday",
                    day,
                    "consignments",
                    "consignments",
                    9.0 if day == "Tue" else 900.0,
                    0.0,
                    999.0,
                    2,
                )
                for day in WEEKDAYS
            ]
    groups += [("s", "base", "*", "*", "weekday", "Mon", "consignments", "consignments", 18.0, 8.0, 20.0, 2)]
    run.write_table("summary", summary)
    run.write_table("groups", groups)
    return run


def row_of(text: str, name: str) -> list[str]:
    (line,) = (line for line in text.splitlines() if line.startswith(f"  {name} "))
    return line.split()[1:]


def test_promises_of_nothing(tmp_path: Path) -> None:
    """Tests the table of a run in which nothing was accepted: it has a head and no route."""
    text = promise_table(made(tmp_path / "run", lanes=()))
    assert text.splitlines()[1].split() == ["all", *WEEKDAYS]


def test_promises(tmp_path: Path) -> None:
    """Tests the P95 of a route: of all, outside holiday weeks, by day; thin tails are marked."""
    text = promise_table(made(tmp_path / "run"))
    days = ["50.0", "51.0*", "52.0", "53.0", "54.0", "55.0", "-"]
    assert row_of(text, "r") == ["100.0", "90.0", *days]
    assert "Outside: of goods accepted outside holiday weeks" in " ".join(text.split())
    plain = promise_table(made(tmp_path / "plain", holidays=False))
    assert row_of(plain, "r") == ["100.0", *days]
    assert "Outside" not in plain
    assert "The columns by day are outside them, too." in " ".join(text.split())


def test_groups_of_lanes(tmp_path: Path) -> None:
    """Tests that a single lane stands for all, and that several follow all together."""
    one = group_table(made(tmp_path / "one"), "weekday")
    assert row_of(one, "Mon") == ["900", "50.0"]
    assert row_of(one, "Tue") == ["9", "51.0*"]
    assert "All lanes together" not in one
    two = group_table(made(tmp_path / "two", ("l", "m")), "weekday").splitlines()
    heads = [line for line in two if line in ("Lane", "Other", "All lanes together")]
    assert sorted(heads) == ["All lanes together", "Lane", "Other"]
    assert max(map(len, two[: two.index("")])) <= WIDTH


def test_groups_have_titles(tmp_path: Path) -> None:
    """Tests titles instead of keys, a key without a title, the cost that is meant, and units of counts."""
    run = Run.create(tmp_path / "run")
    titles = {"lanes": {"l": "Lane"}, "trader_classes": {"aeo": {"en": "Certified"}, "b": ""}}
    run.write_manifest({"titles": titles, "replications": 2, "seed": 1})
    run.write_table("summary", [("s", "base", "l", "r", "door_to_door_time", "h", 40.0, 39.0, 41.0, 2)])
    rows = [
        ("s", "base", "l", "*", "trader-class", group, measure, unit, value, 0.0, 9.0, 2)
        for group in ("aeo", "b")
        for measure, unit, value in (
            ("consignments", "consignments", 9.0),
            ("undelivered", "consignments", 1.0),
            ("logistics_cost", "USD/kg", 2.5),
        )
    ]
    run.write_table("groups", rows)
    lines = group_table(run, "trader-class").splitlines()
    assert [" ".join(line.split()) for line in lines[:6]] == [
        "logistics",
        "by trader class consignments undelivered cost",
        "consignments USD/kg",
        "Lane",
        "Certified 9 1.0 2.500",
        "b 9 1.0 2.500",
    ]
