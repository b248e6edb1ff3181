"""The estimates behind a result, by hand, of tables made up for two routes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fourport.store import Run
from fourport.study.estimates_behind import chance_only, estimates_behind

PLACES = {"a": "Port A", "b": "Port B"}


def made(folder: Path) -> Run:
    """Give a run: 3 t by "dear" and 1 t by "cheap", 30 and 10 consignments.

    Dear costs 8 USD/kg, 6 by an estimate; cheap 4, 2 by an estimate. Dear takes 20 h, 10 of them at a and 5
    at b; cheap 40 h, 20 at a. Only at a has a number a range.
    """
    run = Run.create(folder)
    size = {"dear": (3.0, 30.0), "cheap": (1.0, 10.0)}
    summary = [
        ("s", "base", "l", route, measure, "", amount, amount, amount, 2)
        for route, amounts in size.items()
        for measure, amount in zip(("weight", "consignments"), amounts, strict=True)
    ]
    run.write_table("summary", summary)
    prices = {
        ("air", "Air freight"): "estimate",
        ("port", "Handling"): "published",
        ("sea", "Sea"): "estimate",
    }
    run.write_table(
        "prices",
        [
            ("s", "base", tariff, f"Tariff {tariff}", line, *[""] * 9, grade, "", "", "")
            for (tariff, line), grade in prices.items()
        ],
    )
    lines = [("dear", "air", "Air freight", 6.0), ("dear", "port", "Handling", 2.0)]
    lines += [("cheap", "sea", "Sea", 2.0), ("cheap", "port", "Handling", 2.0)]
    costs = [
        ("s", "base", "l", route, 0, "", tariff, line, "", "", "freight", "USD/kg", mean, mean, mean, 2)
        for route, tariff, line, mean in lines
    ]
    on_value = ("duty", "", "on value", "USD/kg", 9.0, 9.0, 9.0, 2)  # no part of the cost
    costs.append(("s", "base", "l", "dear", 1, "", "air", "Air freight", *on_value))
    run.write_table("costs", costs)
    stops = {"dear": [("a", 0), ("a", 10), ("b", 15), ("b", 20)], "cheap": [("a", 0), ("a", 20), ("b", 40)]}
    rows = [
        ("s", "base", "l", route, k, place, "", 0.0, "mean", "h", hours, hours, hours, 2)
        for route, at in stops.items()
        for k, (place, hours) in enumerate(at)
    ]
    run.write_table("stops", rows)
    ranges = {
        "facilities.a.activities.load.duration": ["1 h", "2 h"],
        "value_of_time.capital_rate": ["1", "2"],
    }
    text = json.dumps({"policies": {"base": {"values": {}, "ranges": ranges}}})
    run.write_text("scenario.json", text)
    return run


def test_shares_by_hand(tmp_path: Path) -> None:
    """Tests 20 of 28 t USD/kg: air 18, sea 2; and 500 of 1,000 hours at a: 10 x 30 and 20 x 10."""
    found = estimates_behind(made(tmp_path / "run"), "base", PLACES)
    assert found["cost"] == {"share": 71.4, "largest": [["Tariff air", 64.3], ["Tariff sea", 7.1]]}
    assert found["time"] == {"share": 50.0, "largest": [["Port A", 50.0]]}
    assert chance_only(found, "base").endswith(
        "Under base, 71 % of the cost comes from prices that are estimates (Tariff air 64 %, Tariff sea 7 "
        "%); 50 % of the time is spent at places of which durations or staff are estimates (Port A 50 %)."
    )


def test_a_later_policy_has_the_prices_of_the_first_and_its_own(tmp_path: Path) -> None:
    """Tests a policy under which air freight has a published price, the others those of the first policy."""
    run = made(tmp_path / "run")
    for name in ("summary", "costs"):
        rows = [{**row, "policy": "p"} for row in run.table(name).to_pylist()]
        run.write_table(name, [*map(dict.values, rows)])
    prices = [[*row.values()] for row in run.table("prices").to_pylist()]
    run.write_table(
        "prices",
        [*prices, ["s", "p", "air", "Tariff air", "Air freight", *[""] * 9, "published", "", "", ""]],
    )
    assert estimates_behind(run, "p", PLACES)["cost"] == {"share": 7.1, "largest": [["Tariff sea", 7.1]]}
    assert estimates_behind(run, "base", PLACES) == {}


def cleared(run: Run) -> None:
    """Add an office at b: 10 h of preparation, 4 of waiting for officers and 1 of their work, 5 of a bay.

    It imports by "dear"; what is exported at a takes 100 h of preparation.
    """
    hours = [("preparation", "work", 10.0), ("document-control", "waiting", 4.0)]
    hours += [("document-control", "work", 1.0), ("inspection", "work", 5.0), ("removal", "waiting", 9.0)]
    rows: list[tuple[object, ...]] = [
        ("s", "base", *place, "import", office, k, stage, measure, "h", mean, mean, mean, 2)
        for place in (("l", "dear"), ("l", "*"), ("*", "*"))
        for office in ("b/import", "*")
        for k, (stage, measure, mean) in enumerate(hours)
    ]
    rows.append(("s", "base", "l", "dear", "export", "a/out", 1, "preparation", "work", "h", *[100.0] * 3, 2))
    run.write_table("clearance-stages", rows)
    office = {
        "kind": "customs",
        "documents": {"resource": "officers"},
        "inspection": {"resource": "bays"},
    }
    values = {"facilities": {"b": {"activities": {"import": office}}, "a": {"activities": {"out": office}}}}
    ranges = {
        "facilities.b.activities.import.preparation.mean": ["1 h", "20 h"],
        "facilities.b.resources.officers.shifts[0].servers": [1, 4],
        "facilities.b.activities.export.documents.duration": ["1 h", "2 h"],
    }
    text = json.dumps({"policies": {"base": {"values": values, "ranges": ranges}}})
    run.write_text("scenario.json", text)


def test_behind_a_share_cleared_stand_the_stages_of_its_offices(tmp_path: Path) -> None:
    """Tests 14 of 20 h at b: 10 of preparation and 4 until officers are there, whose work has no range."""
    run = made(tmp_path / "run")
    cleared(run)
    about: dict[str, Any] = {"measure": "cleared_within_24h", "offices": ["b/import"]}
    found = estimates_behind(run, "base", PLACES, **about)
    stages = [["Preparation by the trader", 50.0], ["Document control", 20.0]]
    assert found == {"clearance": {"share": 70.0, "largest": stages}}
    assert "70 % of the clearance time is work or waiting of which durations" in chance_only(found, "base")
    assert estimates_behind(run, "base", PLACES, routes=["cheap"], **about) == {}
    both = estimates_behind(run, "base", PLACES, **{**about, "offices": ["b/import", "a/out"]})
    assert both["clearance"]["largest"][0] == ["Preparation by the trader, Port B", 8.3]


def test_a_measure_has_its_own_estimates_behind_it(tmp_path: Path) -> None:
    """Tests costs and times of routes, the freight alone, and measures behind which neither stands.

    On the route "dear" 6 of 8 USD/kg are an estimate, and 10 of 20 h are at a. All lines are freight; customs
    has none.
    """
    run = made(tmp_path / "run")

    def of(measure: str) -> dict[str, float]:
        found = estimates_behind(run, "base", PLACES, routes=["dear"], measure=measure)
        return {name: told["share"] for name, told in found.items()}

    assert (of("logistics_cost"), of("freight_cost"), of("customs_cost")) == ({"cost": 75.0},) * 2 + ({},)
    assert (of("door_to_door_time"), of("within_promise")) == ({"time": 50.0},) * 2
    assert (of("visits"), of("emissions_wtw"), of("weight")) == ({}, {}, {})


def test_nothing_known(tmp_path: Path) -> None:
    """Tests that a lane without rows has no shares, and the sentence still says what is not covered."""
    found = estimates_behind(made(tmp_path / "run"), "base", PLACES, lane="other")
    assert found == {}
    assert chance_only(found, "base").endswith("They do not say that the inputs are right.")
