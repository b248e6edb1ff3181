"""What is asked wrongly in Python: told in a sentence, before anything is simulated."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fourport
from fourport.errors import UserError
from fourport.scenario.claims import read_claims
from tests.cli.short import short_scenario
from tests.cli.test_curves import CLAIMS

BAYS: dict[str, Any] = {"resource": "northport/bays", "servers": [1], "target": "90% within 20 h"}


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a scenario that is quick to run."""
    return short_scenario(tmp_path_factory.mktemp("trial"))


@pytest.fixture(scope="module")
def study(trial: Path) -> fourport.Study:
    """Give two replications."""
    return fourport.Study(trial, replications=2, seed=3)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"measure": "waiting"}, "measure: 'waiting' is not a time; did you mean 'wait'.*allowed: clearance"),
        ({"measure": "wait", "target": "5% within_promise"}, "measure: the target '5% within_promise' names"),
        ({"lane": "west"}, "lane: there is no lane 'west'; did you mean 'east'"),
        ({"replications": 1}, "replications: 1 is out of range; allowed: 2 to 100000"),
        ({"confidence_percent": 1000}, "confidence_percent: 1000 is out of range; allowed: above 50"),
        ({"confidence_percent": 50}, "confidence_percent: 50 is out of range"),
        ({"confidence_percent": "95"}, "confidence_percent: '95' is out of range"),
        ({"servers": []}, "servers: .* is out of range; allowed: up to 200 numbers"),
        ({"servers": 0}, "servers: 0 is out of range; allowed: 1 to 1000000"),
        ({"servers": [1.5]}, "servers: 1.5 is not a whole number"),
        ({"servers": None}, "servers: None is not a whole number"),
        ({"servers": range(1, 300)}, "servers: .* is out of range; allowed: up to 200 numbers"),
        ({"target": 95}, "^target: 95 is not a target"),
        ({"resource": "northport/bay"}, "^resource: there is no resource 'northport/bay'; did you mean"),
        ({"servers": "few", "target": "soon"}, "^servers: 'few' is not understood.*\ntarget: 'soon' is not"),
    ],
)
def test_capacity(study: fourport.Study, asked: dict[str, Any], told: str) -> None:
    """Tests that what the command refuses is refused by the function, too."""
    with pytest.raises(UserError, match=told):
        fourport.capacity(study.sample(), **{**BAYS, **asked})


def test_capacity_of_one_number(study: fourport.Study, trial: Path) -> None:
    """Tests that a number needs no list, and that 50 replications are run unless others are asked for."""
    found = fourport.capacity(study.sample(), **{**BAYS, "servers": np.int64(2)})
    assert [point.servers for point in found.found.points] == [2]
    assert found.manifest["replications"] == found.found.points[0].value.n == 50
    assert fourport.capacity(trial, replications=np.int64(3), **BAYS).manifest["replications"] == 3


@pytest.mark.parametrize(
    ("asked", "lines"),
    [
        ({"replications": 0}, ["replications: 0 is out of range; allowed: 1 to 100000"]),
        ({"replications": -1}, ["replications: -1 is out of range; allowed: 1 to 100000"]),
        ({"replications": 2.5}, ["replications: 2.5 is not a whole number; allowed: 1 to 100000"]),
        ({"seed": -1}, [f"seed: -1 is out of range; allowed: 0 to {2**63 - 1}"]),
        ({"seed": "a"}, [f"seed: 'a' is not a whole number; allowed: 0 to {2**63 - 1}"]),
        (
            {"seed": 2**63, "replications": "many", "policies": ["more"]},
            ["replications: 'many' is not a whole", f"seed: {2**63} is out of", "there is no policy 'more'"],
        ),
    ],
)
def test_replications_and_seed(trial: Path, asked: dict[str, Any], lines: list[str]) -> None:
    """Tests that a study tells all that is wrong with its numbers and its scenario at once."""
    with pytest.raises(UserError) as refused:
        fourport.Study(trial, **asked)
    assert len(refused.value.lines) == len(lines)
    assert all(part in line for part, line in zip(lines, refused.value.lines, strict=True))


def test_integers_of_numpy(trial: Path) -> None:
    """Tests that these are numbers like others, down to the manifest."""
    study = fourport.Study(trial, replications=np.int64(1), seed=np.uint8(3))
    assert (type(study.replications), type(study.seed)) == (int, int)
    assert (study.run().manifest["replications"], study.sample().seed) == (1, 3)


@pytest.mark.parametrize(
    ("scenario", "told"),
    [
        (None, "scenario: None is not a scenario; allowed: a file, the name of a shipped one"),
        ({}, "scenario: there is none"),
        ({"a": 3}, "scenario: 'a': 3 is not a loaded scenario"),
        (3, "scenario: 3 is not a scenario"),
    ],
)
def test_what_is_not_a_scenario(scenario: Any, told: str) -> None:
    """Tests that it is told in a sentence."""
    with pytest.raises(UserError, match=told):
        fourport.Study(scenario)
    with pytest.raises(UserError, match="is not a scenario; allowed: a file"):
        fourport.load(scenario)


def test_policies(trial: Path) -> None:
    """Tests that a text is one name, and that policies do not go with scenarios that are loaded by name."""
    assert [*fourport.Study(trial, "more-officers").loaded] == ["more-officers"]
    with pytest.raises(UserError, match="policies: 3 is not a name; allowed: a text, or a list of texts"):
        fourport.Study(trial, ["base", 3])  # type: ignore[list-item]
    with pytest.raises(UserError, match="policies: 3 is not a name"):
        fourport.Study(trial, 3)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=r"policies: zzz: scenarios by name are loaded.*allowed: no policies"):
        fourport.Study({"a": fourport.load(trial)}, ["zzz"])


def test_a_file_that_changes_after_it_is_loaded(tmp_path: Path) -> None:
    """Tests that policies are laid over the text that was loaded, which is not read again."""
    path = short_scenario(tmp_path)
    loaded = fourport.load(path)
    path.write_text("nothing", encoding="utf-8")
    study = fourport.Study(loaded, ["more-officers", "base"])
    assert {one.text for one in study.loaded.values()} == {loaded.text}
    assert [one.policy for one in study.loaded.values()] == ["more-officers", None]
    assert study.loaded["base"] is fourport.Study(loaded).first is loaded
    assert fourport.curves(loaded, over="weight", points=2, policy="more-officers").policies == (
        "more-officers",
    )


def test_several_scenarios_are_compared(trial: Path, tmp_path: Path) -> None:
    """Tests that they stand one after the other, and that a text is one name."""
    other = short_scenario(tmp_path)
    text = other.read_text(encoding="utf-8")
    other.write_text(re.sub("^name = .*", 'name = "other"', text, count=1, flags=re.M), encoding="utf-8")
    found = fourport.compare(str(trial), other, measures="weight", replications=2)
    assert found.policies == (fourport.load(trial).scenario.name, "other")
    assert "weight" in found.table("comparison")["measure"].to_pylist()


@pytest.mark.parametrize(
    ("scenarios", "asked", "told"),
    [
        ((), {}, "None is not compared; allowed: files or names of scenarios"),
        ((["a.toml", "b.toml"],), {}, r"\['a.toml', 'b.toml'\] is not compared"),
        (("a.toml", 3), {}, "3 is not compared"),
        (("weihai-2019",), {"replications": 1}, "replications: 1 is out of range; allowed: 2 to 100000"),
        (("weihai-2019",), {"measures": 3}, "measures: 3 is not a name"),
        (("weihai-2019",), {"baseline": ["base"]}, r"baseline: \['base'\] is not a name"),
    ],
)
def test_comparisons(scenarios: tuple[Any, ...], asked: dict[str, Any], told: str) -> None:
    """Tests that what cannot be compared is told before anything is loaded."""
    with pytest.raises(UserError, match=told):
        fourport.compare(*scenarios, **asked)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"points": 1}, "points: 1 is out of range; allowed: 2 to 1000"),
        ({"points": 0}, "points: 0 is out of range"),
        ({"points": 2.0}, "points: 2.0 is not a whole number"),
        ({"routes": "by-rail"}, "^routes by-rail: is not a route here"),
        ({"lane": "west"}, "^lane west: there is no such lane"),
        ({"policy": "more"}, "^policy: there is no policy 'more'"),
        ({"low": 5, "high": 4}, "allowed: 0 < low < high"),
        ({"lane": 3}, "lane: 3 is not a name"),
        ({"policy": 3}, "policy: 3 is not a name"),
        ({"over": None}, "^over None: is not an axis"),
        ({"over": "rate"}, "^over rate needs rate TARIFF or rate TARIFF.LINE"),
    ],
)
def test_curves(study: fourport.Study, asked: dict[str, Any], told: str) -> None:
    """Tests that what the command refuses is refused by the function, too."""
    with pytest.raises(UserError, match=told):
        fourport.curves(study.sample(), **{"over": "weight", **asked})


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"columns": 1}, "columns: 1 is out of range; allowed: 2 to 200"),
        ({"rows": 201}, "rows: 201 is out of range; allowed: 2 to 200"),
        ({"most_replications": 0}, "most_replications: 0 is out of range; allowed: 1 to 100000"),
        ({"most_replications": 1}, "^most_replications 1: is less than the 2 replications of the first"),
        (
            {"values_per_kg": (5, 4)},
            "the range from 5 to 4 USD/kg is empty; allowed: values_per_kg with 0 < lowest",
        ),
        ({"routes": "by-sea"}, "needs two routes"),
    ],
)
def test_maps(study: fourport.Study, asked: dict[str, Any], told: str) -> None:
    """Tests that what the command refuses is refused by the function, too."""
    with pytest.raises(UserError, match=told):
        fourport.route_choice_map(study.sample(), **asked)


def test_a_sample_of_anything_that_has_one(trial: Path, tmp_path: Path) -> None:
    """Tests that a study, its results in memory and in a folder, and what they are made of price the same."""
    file = tmp_path / "short.toml"
    text = trial.read_text(encoding="utf-8")
    file.write_text(text.replace("replications = 10\n", "replications = 2\n"), encoding="utf-8")
    study, folder = fourport.Study(file), tmp_path / "run"
    given = (study.sample(), study, study.run(), study.run(folder), study.first, folder, str(folder), file)
    found = [fourport.curves(one, over="weight", points=2).found.lanes[0].sums for one in given]
    assert len(found[0]) == 2
    assert all(np.array_equal(one, found[0]) for one in found)
    officers = fourport.curves(str(file), over="weight", points=2, policy="more-officers")
    assert officers.found.policy == "more-officers"
    assert officers.policies == ("more-officers",)


@pytest.mark.parametrize("given", [None, 3, {}, fourport.Study])
def test_what_has_no_sample(given: Any, tmp_path: Path) -> None:
    """Tests that every function that needs a sample tells what has one."""
    claims = tmp_path / "claims.toml"
    claims.write_text(CLAIMS, encoding="utf-8")
    for call in (
        lambda: fourport.curves(given, over="weight"),
        lambda: fourport.route_choice_map(given),
        lambda: fourport.capacity(given, **BAYS),
        lambda: fourport.published_claims(given, claims),
        lambda: fourport.attribute(given, {}),
    ):
        with pytest.raises(UserError, match="has no sample; allowed: a sample, a study, results"):
            call()


def test_claims(study: fourport.Study, tmp_path: Path) -> None:
    """Tests that a file of claims is named by a text or a path, or read before, and what is none."""
    file = tmp_path / "claims.toml"
    file.write_text(CLAIMS, encoding="utf-8")
    sample = study.sample()
    given = (file, str(file), read_claims(str(file)))
    values = [
        [one.value for one in fourport.published_claims(sample, claims).found.judged] for claims in given
    ]
    assert values[0]
    answer = fourport.published_claims(sample, file)
    assert answer.table("claims")["value"].to_pylist() == pytest.approx(values[0], rel=1e-5)
    entry = {"file": "claims.toml", "about": "", "policies": ["base"], "replications": 2}
    assert answer.manifest["claims"] == entry
    assert values[0] == values[1] == values[2]
    with pytest.raises(UserError, match="None is not a file of claims"):
        fourport.published_claims(sample, None)  # type: ignore[arg-type]
    for wrong in ("claims.toml", read_claims(file), dict(read_claims(file).claims.claims)):
        with pytest.raises(UserError, match="is not a claim of a ratio that asks for an attribution"):
            fourport.attribute(sample, wrong)  # type: ignore[arg-type]
