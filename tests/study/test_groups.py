"""Groups of consignments: against rows of single consignments, and holiday weeks by hand."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

import fourport
from fourport.arguments import GROUPED_BY
from fourport.errors import UserError
from fourport.plan.corridor import Corridor
from fourport.study.groups import GROUPINGS, Accepted, holiday_weeks
from fourport.study.packed import Packed
from fourport.study.replication import replicate
from fourport.study.tabulate import tabulate
from fourport.world.streams import streams_of
from tests.tiny import Parcel, Values, corridor, follow
from tests.world.test_draw import RANDOM

Rows = list[dict[str, Any]]
SEOUL = ZoneInfo("Asia/Seoul")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a corridor from Seoul with two commodities and a holiday week."""
    text = (Path(__file__).parents[1] / "data" / "corridor.toml").read_text(encoding="utf-8")
    text = text.replace("dates = [2019-02-05]", "dates = [2019-01-15, 2019-01-16, 2019-01-17]")
    text = text.replace(
        'commodities = { parts = "100 %" }', 'commodities = { parts = "60 %", toys = "40 %" }'
    )
    text = text.replace('"Asia/Shanghai"', '"Asia/Seoul"')
    text += """
[commodities.toys]
title = "Toys"
value = "9 USD/kg"
density = "200 kg/m3"
weight = "300 kg"
"""
    file = tmp_path_factory.mktemp("groups") / "corridor.toml"
    file.write_text(text.replace('window = "2 weeks"', 'window = "3 weeks"'), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def results(file: Path) -> fourport.Results:
    """Run it with all groups and all rows."""
    return fourport.Study(file, replications=3, seed=4).run(by=GROUPED_BY, rows=True)


def local(row: dict[str, Any]) -> datetime:
    """Return when a consignment was accepted, by the clock of its origin."""
    entered: datetime = row["entered"]
    return entered.astimezone(SEOUL)


def in_holiday_week(row: dict[str, Any]) -> bool:
    """Return whether it is accepted from 7 to 20 January."""
    return 7 <= local(row).day < 21


KEYS: dict[str, Callable[[dict[str, Any]], str]] = {
    "trader-class": lambda row: str(row["trader_class"]),
    "commodity": lambda row: str(row["commodity"]),
    "week": lambda row: "{}-W{:02}".format(*local(row).isocalendar()[:2]),
    "weekday": lambda row: "holidays" if in_holiday_week(row) else local(row).strftime("%a"),
    "holiday-week": lambda row: "within" if in_holiday_week(row) else "outside",
}
"""The group of a row by the calendar of Python; 14 to 20 January and the week before are holiday weeks."""


@pytest.mark.parametrize("by", GROUPED_BY)
def test_groups_are_those_of_the_rows(results: fourport.Results, by: str) -> None:
    """Tests number, mean and pooled P95 of each group and route against all consignments of the run."""
    rows: Rows = results.table("consignments").to_pylist()
    groups: dict[tuple[str, str], Rows] = {}
    for row in rows:
        for route in (str(row["route"]), "*"):
            groups.setdefault((KEYS[by](row), route), []).append(row)
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in results.by(by).to_pylist():
        if row["lane"] == "east":
            found.setdefault((row["group"], row["route"]), {})[row["measure"]] = row["mean"]
    assert {*found} == {*groups}
    assert len({group for group, _ in found}) > 1
    for key, mine in groups.items():
        assert found[key]["consignments"] == pytest.approx(len(mine) / 3)
        hours = np.array([np.inf if row["delivered"] is None else row["door_to_door_h"] for row in mine])
        with np.errstate(invalid="ignore"):
            p95 = np.quantile(hours, 0.95)
        if np.isfinite(p95) and np.isfinite(hours).all():
            assert found[key]["door_to_door_time_p95"] == pytest.approx(p95, rel=2e-3)
        weight = sum(row["weight_kg"] for row in mine) / 3000
        assert found[key]["weight"] == pytest.approx(weight)


def test_every_run_has_the_promises(file: Path, results: fourport.Results) -> None:
    """Tests that without a request there are the times by weekday and holiday week, and no others."""
    plain = fourport.Study(file, replications=3, seed=4).run()
    rows, every = (one.table("groups").to_pylist() for one in (plain, results))
    assert {row["by"] for row in rows} == {"holiday-week", "weekday"}
    assert {row["measure"] for row in rows} >= {"consignments", "undelivered", "door_to_door_time_p95"}
    times = ("consignments", "undelivered", "door_to_door")
    assert all(row["measure"].startswith(times) for row in rows)
    assert [row for row in every if row in rows] == rows
    with pytest.raises(UserError, match="groups: holds none by week; run it again by week"):
        plain.by("week")


def test_groups_by_hand() -> None:
    """Tests times by trader class: gold landed at 33:00 needs 28.5 and 27.5 h, plain 46.5 h."""
    made = corridor({"planning": {"allowance": "1 h"}})
    parcels = [Parcel(8, "van"), Parcel(10, "van"), Parcel(14, "van", trader_class="plain", risk=0.9)]
    groups = tabulate(follow(made, parcels), ["trader-class"]).groups
    times = {
        name: groups["l", "van", "trader-class", name, "door_to_door_time", "h"] for name in ("gold", "plain")
    }
    assert times == {"gold": pytest.approx(28), "plain": pytest.approx(46.5)}
    assert groups["*", "*", "trader-class", "plain", "departure_as_planned", "%"] == 100
    assert {key[2] for key in tabulate(follow(made, parcels)).groups} == {"holiday-week", "weekday"}


def test_names_are_the_same_in_all_replications() -> None:
    """Tests that groups without consignments have their entry, so that none is mistaken for another."""
    for by in GROUPED_BY:
        few = [*GROUPINGS[by](Accepted(follow(corridor(), [Parcel(8, "van")]))).names]
        assert few == [*GROUPINGS[by](Accepted(follow(corridor(), []))).names]
    assert [*GROUPINGS["week"](Accepted(follow(corridor(), []))).names][:2] == ["2019-W01", "2019-W02"]


MONDAY = date(2019, 1, 14)


@pytest.mark.parametrize(
    ("lists", "weeks"),
    [
        ([[0, 1, 2]], [-1, 0]),
        ([[2, 3, 4]], [-1, 0]),
        ([[3, 4, 5, 6]], [-1, 0]),
        ([[4, 5, 6, 7]], []),
        ([[0], [1]], []),
        ([[0, 1, 2, 7, 8, 9]], [-1, 0, 1]),
        ([[]], []),
    ],
)
def test_holiday_weeks(lists: list[list[int]], weeks: list[int]) -> None:
    """Tests that two holidays of one list from Monday to Friday make the week, and the one before it."""
    days = {f"h{k}": {"dates": [MONDAY + timedelta(days=d) for d in one]} for k, one in enumerate(lists)}
    made = corridor({"holidays": days, "calendars.office.holidays": list(days)})
    (found,) = holiday_weeks(made)
    assert [(date(1970, 1, 1) + timedelta(days=day) - MONDAY).days // 7 for day in found.tolist()] == weeks


def test_whose_holidays_count() -> None:
    """Tests that the lists of the lane and of calendars on its routes count, and no others."""
    days = {"dates": [MONDAY + timedelta(days=d) for d in range(5)]}
    office = {"hours": [{"days": "daily", "open": "08:00", "close": "18:00"}]}
    unused = {"holidays": {"h": days}, "calendars.idle": {**office, "holidays": ["h"]}}
    assert [found.tolist() for found in holiday_weeks(corridor(unused))] == [[]]
    of_lane = {
        "holidays": {"h": days},
        "lanes.l.renewal": None,
        "lanes.l.demand": "9 consignments/week",
        "lanes.l.holidays": ["h"],
    }
    (found,) = holiday_weeks(corridor(of_lane))
    assert len(found) == 2


FREE = {"holidays": {"off": {"dates": [MONDAY - timedelta(days=d) for d in (5, 6, 7)]}}}
TIMELESS: Values = {"lanes.n": None, **FREE, "calendars.office.holidays": ["off"]}
"""No lane whose goods come by the clock of their origin, and holidays."""


@pytest.mark.parametrize(
    "changes",
    [
        {"facilities.a.zone": "Asia/Seoul"},
        {"facilities.a.zone": "Pacific/Auckland", **TIMELESS},
        {**FREE, "lanes.n.holidays": ["off"]},
        {**FREE, "calendars.office.holidays": ["off"]},
        {"run.window": "4 days", "run.drain": "10 days"},
        {"lanes.l.routes": {"truck": "30 %", "van": "70 %"}},
        {"lanes.m.renewal.interval": "2 h"},
        {
            "routes.again": {"title": "A", "steps": [{"by": "ferry"}, {"by": "van"}]},
            "lanes.l.routes": {"again": "30 %", "van": "70 %"},
        },
        {"lanes.l.trader_classes": {"gold": "30 %", "plain": "70 %"}},
        {"facilities.b.activities.import.inspection.rates": {"gold": "60 %", "plain": "90 %"}},
    ],
)
def test_what_policies_share_changes_no_table(changes: Values) -> None:
    """Tests that tables are the same whether another policy of the replication was measured before or not."""
    both = TIMELESS if TIMELESS.keys() <= changes.keys() else {}
    other, made = (corridor({**RANDOM, **one}) for one in (both, changes))

    def tables_of(policy: Corridor) -> bytes:
        return pickle.dumps(Packed.of(tabulate(replicate(policy, 1, 0), GROUPED_BY)))

    alone = []
    for policy in (other, made):
        streams_of.cache_clear()
        alone.append(tables_of(policy))
    assert alone[0] != alone[1]
    assert [tables_of(policy) for policy in (other, made, other, made)] == alone * 2


def test_what_is_no_group(results: fourport.Results) -> None:
    """Tests the messages."""
    with pytest.raises(UserError, match="by: 'tier' is no group of consignments; allowed: trader-class"):
        results.by("tier")
    with pytest.raises(UserError, match="is no group of consignments"):
        fourport.Study("weihai-2019", replications=1).run(by="month")
