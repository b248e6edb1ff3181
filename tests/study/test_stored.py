"""What is made of a stored run: its tables under some policies, and what its manifest says of them."""

from __future__ import annotations

import copy
import json
import math
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourport import __version__
from fourport.arguments import EXCEL_VARIABLE
from fourport.errors import Key, UserError
from fourport.plan.compile import compile_corridor
from fourport.scenario.load import load
from fourport.scenario.new import write_new
from fourport.store import InMemory, Run
from fourport.study.comparison.offices import changed_clearance
from fourport.study.replication_measures import read_replications
from fourport.study.stored import (
    SCENARIO,
    OtherVersion,
    copy_run,
    indented,
    names_of,
    said_of,
    said_under,
    scenarios_of,
    write_scenario,
)


@pytest.fixture
def source(tmp_path: Path) -> Run:
    """Give a run under two policies from which curves were priced."""
    run = Run.create(tmp_path / "source")
    run.write_text("scenario.toml", "format = 2")
    run.write_text(SCENARIO, json.dumps({"policies": {key: {"values": {}, "ranges": {}} for key in "ab"}}))
    run.write_table("summary", pa.table({"policy": ["a", "b", "b"], "mean": [1.0, 2.0, 3.0]}))
    run.write_table("places", pa.table({"place": ["x"], "km": [1.0]}))
    run.write_table("curves", pa.table({"lane": ["l"], "x": [1.0]}))
    run.write_manifest({"policies": {"a": "A", "b": "B"}, "seed": 1, "curves": {"points": 1}})
    return Run.open(run.folder)


def test_a_copy_counts_its_own_rows(source: Run, tmp_path: Path) -> None:
    """Tests that of the copy under one policy its manifest counts the tables that it has, and no others."""
    target = Run.create(tmp_path / "target")
    target.write_manifest(copy_run(source, target, ["b"]))
    told = Run.open(target.folder).manifest()
    assert json.loads((target.folder / SCENARIO).read_text())["policies"].keys() == {"b"}
    assert told == {"policies": {"b": "B"}, "seed": 1, "rows": {"places.csv": 1, "summary.csv": 2}}
    assert names_of(Run.open(target.folder)) == ["places", "summary"]


def test_a_copy_under_a_later_policy_keeps_the_prices_that_it_shares_with_the_first(
    source: Run, tmp_path: Path
) -> None:
    """Tests that prices and factors stay, which are written once for all policies."""
    for name in ("prices", "emission-factors"):
        source.write_table(name, pa.table({"policy": ["a", "b"], "line": ["both", "of b"]}))
    target = Run.create(tmp_path / "target")
    copy_run(source, target, ["b"])
    assert target.table("prices")["line"].to_pylist() == ["both", "of b"]
    assert target.table("emission-factors")["line"].to_pylist() == ["both", "of b"]
    assert target.table("summary")["policy"].to_pylist() == ["b", "b"]


@pytest.mark.parametrize("memory", [False, True])
def test_a_long_table_is_copied_in_parts(
    memory: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests measures of each replication, with parts of none of the policy that is kept, first among them."""
    rows = [(policy, k, "l", "r", "m", "h", k / 3, 1.0) for policy in "ab" for k in range(7)]
    source = Run.create(tmp_path / "source")
    source.write_text("scenario.toml", "format = 2")
    source.write_table("replications", rows)
    source.write_manifest({"policies": {"a": "A", "b": "B"}})
    for module in ("content", "reading"):
        monkeypatch.setattr(f"fourport.store.{module}.ROWS_AT_ONCE", 3)
    opened, target = Run.open(source.folder), InMemory() if memory else Run.create(tmp_path / "target")
    copy_run(opened, target, ["b"])
    assert not opened._tables
    assert target.table("replications").to_pylist() == source.table("replications").to_pylist()[7:]


def test_a_long_table_that_is_wanted_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that it is copied as it is, unless it begins otherwise than tables do now."""
    source = Run.create(tmp_path / "source")
    source.write_text("scenario.toml", "format = 2")
    source.write_table("replications", [("a", k, "l", "r", "m", "h", k / 3, 1.0) for k in range(3)])
    source.write_manifest({"policies": {"a": "A"}, "fourport": __version__})
    text = source.file("replications").read_bytes()
    for number, mark in enumerate((b"", b"\xef\xbb\xbf")):
        monkeypatch.setenv(EXCEL_VARIABLE, str(number))
        target = Run.create(tmp_path / str(number))
        manifest = copy_run(Run.open(source.folder), target, ["a"])
        assert target.file("replications").read_bytes() == mark + text
        target.write_manifest(manifest)
        assert Run.open(target.folder).manifest()["rows"] == {"replications.csv": 3}


def test_a_long_table_that_was_changed(tmp_path: Path) -> None:
    """Tests that its line is named, or that it is not as it was written."""
    run = Run.create(tmp_path / "run")
    run.write_table("replications", [("a", 0, "l", "r", "m", "h", 0.5, 1.0)])
    run.write_manifest({})
    as_written = run.file("replications").read_text()
    for changed, told in (("0.7", "is not as it was written"), ("x", r"replications\.csv:2: value: 'x'")):
        run.file("replications").write_text(as_written.replace("0.5", changed))
        with pytest.raises(UserError, match=told):
            names_of(Run.open(run.folder))


def test_a_column_that_is_there_twice(source: Run) -> None:
    """Tests a header of a run of an older version, which has no hashes."""
    file = source.file("summary")
    file.write_text(file.read_text().replace("mean", "policy", 1))
    manifest = json.loads((source.folder / "manifest.json").read_text())
    kept = {name: value for name, value in manifest.items() if name not in ("files", "sha256")}
    (source.folder / "manifest.json").write_text(json.dumps(kept))
    with pytest.raises(UserError, match=r"summary\.csv:1: has 'policy' more than once; allowed"):
        names_of(Run.open(source.folder))


def test_tables_that_are_gone(source: Run) -> None:
    """Tests that a lost table is told, and one that was priced from the run is not missed."""
    (source.folder / "curves.csv").unlink()
    assert names_of(source) == ["places", "summary"]
    (source.folder / "places.csv").unlink()
    with pytest.raises(UserError, match=r"places\.csv: is not there; allowed: the table as it was written"):
        names_of(source)


@pytest.mark.parametrize("indent", [1, 2, None])
def test_one_policy_of_many(indent: int | None) -> None:
    """Tests that its entry is the one among all, also where another holds its name, or it is odd."""
    odd = 'a "b": {'
    said = {
        name: {"values": {"title": name, "b": {"a": 1}}, "ranges": {}} for name in ("b", odd, "policies", "a")
    }
    run = InMemory()
    run.write_text("scenario.json", json.dumps({"policies": said}, ensure_ascii=False, indent=indent))
    assert {name: said_under(run, name) for name in said} == said_of(run) == said
    assert said_under(run, "title") == {}


def test_text_of_shared_tables() -> None:
    """Tests that what tables share is written as JSON with an indent, at each depth."""
    shared = {"título": [1, 2.5, None, True], "empty": [{}, [], ()], "on": date(2019, 1, 5), "to": math.inf}
    value = {
        "policies": {"a": {"values": shared, "ranges": {"x": (1, 2)}}, "b": [shared, {"deeper": shared}]}
    }
    assert indented(value, {}) == json.dumps(value, ensure_ascii=False, indent=1, default=str)


Policies = dict[str, Any]


@pytest.fixture(scope="module")
def policies(tmp_path_factory: pytest.TempPathFactory) -> Policies:
    """Give what is stored of a scenario and of a policy that has one more officer."""
    path = tmp_path_factory.mktemp("new") / "trial.toml"
    write_new(path, None)
    run = InMemory()
    write_scenario(run, {"base": load(path), "more-officers": load(path, "more-officers")})
    found: Policies = json.loads(run.text(SCENARIO))["policies"]
    return found


def stored(policies: Policies, policy: str, key: Key, value: object) -> InMemory:
    """Return a run with a changed value under a policy; None removes it."""
    changed = copy.deepcopy(policies)
    at = changed[policy]["values"]
    for part in key[:-1]:
        at = at[part]
    if value is None:
        del at[key[-1]]
    else:
        at[key[-1]] = value
    run = InMemory()
    run.write_text(SCENARIO, json.dumps({"policies": changed}))
    run.write_manifest({"policies": {name: name for name in policies}})
    return run


NAMED = {
    "holiday list": ("calendars", "office", "holidays", 0),
    "calendar": ("facilities", "northport", "resources", "dock", "calendar"),
    "resource": ("facilities", "northport", "activities", "clearance", "inspection", "resource"),
    "facility": ("services", "ferry", "from"),
    "activity": ("routes", "by-sea", "steps", 0, "do"),
    "service, fleet or trucking leg": ("routes", "by-sea", "steps", 2, "by"),
    "tariff": ("fleets", "trucks", "tariffs", 0),
    "time zone": ("facilities", "eastport", "zone"),
}
"""A key that names something of each kind."""


@pytest.mark.parametrize("kind", NAMED)
def test_what_a_stored_scenario_names_and_has_not(policies: Policies, kind: str) -> None:
    """Tests that it is refused with the words of a scenario file, with the policy and the way out."""
    key = NAMED[kind]
    with pytest.raises(OtherVersion) as refused:
        scenarios_of(stored(policies, "more-officers", key, "transport"))
    *lines, way_out = refused.value.lines
    assert any(
        f"{SCENARIO}:1: {key[0]}.{key[1]}." in line
        and f": there is no {kind} 'transport'" in line
        and line.endswith(" (under the policy 'more-officers')")
        for line in lines
    )
    assert way_out.endswith("run it again")


WRONG: dict[str, tuple[Key, object, str]] = {
    "a section": (("commodities",), None, "scenario.json:1: commodities: is missing"),
    "a route that jumps": (("routes", "by-sea", "steps", 3), None, "scenario.json:1: routes.by-sea.steps"),
    "a name that is a path": (("lanes", "../east"), {}, "'../east' cannot be a name"),
    "no departure": (
        ("services", "flight", "timetable", 0, "valid_from"),
        "2024-12-01",
        "scenario.json:1: services.flight.timetable: no departure lies in the horizon; allowed: at least one",
    ),
    "too deep": (("description",), json.loads("[" * 60 + "]" * 60), "description: is nested too deeply"),
}
"""What is changed in a stored scenario, and what is said of it."""


@pytest.mark.parametrize("case", WRONG)
def test_a_stored_scenario_that_would_not_be_read_from_a_file(policies: Policies, case: str) -> None:
    """Tests that values, connections and timetables are checked, too."""
    key, value, told = WRONG[case]
    with pytest.raises(OtherVersion) as refused:
        scenarios_of(stored(policies, "more-officers", key, value))
    assert told in str(refused.value)


def keys_of(values: Any, key: Key = ()) -> Iterator[Key]:
    """Yield the keys of everything in a scenario."""
    for name, inner in values.items() if isinstance(values, dict) else enumerate(values):
        yield (*key, name)
        if isinstance(inner, dict | list):
            yield from keys_of(inner, (*key, name))


@settings(max_examples=40)
@given(data=st.data())
def test_a_stored_scenario_is_refused_or_can_be_used(policies: Policies, data: st.DataObject) -> None:
    """Tests that one that is not refused compiles and is compared, whatever was removed or renamed in it."""
    key = data.draw(st.sampled_from([*keys_of(policies["base"]["values"])]))
    others: list[object] = [None, "transport", "office", "northport", True, 0, [], {}]
    run = stored(policies, "more-officers", key, data.draw(st.sampled_from(others)))
    with suppress(OtherVersion):
        found = scenarios_of(run)
        changed_clearance(found, "base")
        for scenario in found.values():
            compile_corridor(scenario)


def test_policies_share_the_entries_that_they_have_in_common(policies: Policies) -> None:
    """Tests that an entry is validated once, and one that differs for each."""
    run = stored(policies, "more-officers", ("services", "ferry", "cut_off"), "7 h")
    base, other = scenarios_of(run).values()
    assert base.routes["by-sea"] is other.routes["by-sea"]
    assert base.services["flight"] is other.services["flight"]
    assert base.services["ferry"] != other.services["ferry"]


def test_dates_that_an_extended_file_has_for_its_own_horizon() -> None:
    """Tests that a stored scenario may have them, as the files of it may, and is the same again."""
    loaded = {"base": load("weihai-2020")}
    run = InMemory()
    write_scenario(run, loaded)
    assert scenarios_of(run, loaded)["base"] == loaded["base"].scenario


def test_policies_of_the_manifest_that_other_files_have_not(policies: Policies, tmp_path: Path) -> None:
    """Tests a policy that has another name in the scenario, or in a row of the measures."""
    run = stored({"base": policies["base"], "other": policies["more-officers"]}, "base", ("title",), "T")
    run.write_manifest({"policies": {"base": "", "more-officers": ""}, "replications": 1})
    with pytest.raises(UserError, match=r"scenario\.json: holds no 'more-officers', which .*; run it again"):
        scenarios_of(run)
    rows = [(policy, 0, "l", "r", "m", "h", 0.5, 1.0) for policy in ("base", "more-officers", "by-sea")]
    for some, told in ((rows, "base, by-sea, more-officers"), (rows[:1], "base")):
        run.write_table("replications", some)
        with pytest.raises(
            UserError, match=f"has rows of {told}; allowed: base, more-officers; run it again"
        ):
            read_replications(run)
    run.write_table("replications", rows[:2])
    assert [*read_replications(run)] == ["base", "more-officers"]


def test_measures_of_policies_in_any_order() -> None:
    """Tests that each policy has its own values, whether its rows follow each other or those of others."""
    run = InMemory()
    run.write_manifest({"policies": {"a": "", "b": ""}, "replications": 1})
    number = {(policy, measure): float(k) for k, (policy, measure) in enumerate(product("ab", "mno"), 1)}
    for order in (sorted(number), sorted(number, key=lambda row: row[1])):
        run.write_table(
            "replications",
            [(policy, 0, "l", "r", measure, "h", number[policy, measure], 1.0) for policy, measure in order],
        )
        found = read_replications(run)
        assert [*found] == ["a", "b"]
        for policy, its in found.items():
            assert {key[2]: values.tolist() for key, values in its.items()} == {
                measure: [number[policy, measure]] for measure in "mno"
            }
