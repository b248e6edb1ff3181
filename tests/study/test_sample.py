"""Studies of a sample in memory: what a notebook gets is what the commands write."""

from __future__ import annotations

from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fourport.api.capacity import capacity
from fourport.api.claims import published_claims
from fourport.api.curves import curves, route_choice_map
from fourport.api.results import Results
from fourport.errors import UserError
from fourport.scenario.load import Loaded, load
from fourport.study.sample import Sample
from tests.cli.short import fourport, short_scenario
from tests.cli.test_curves import CLAIMS

CLAIM = """
[claims.quick]
statement = "Air is quicker"
source = "paper"
kind = "ratio"
measure = "door_to_door_time_p95"
numerator = { routes = ["by-air"] }
denominator = { routes = ["by-sea"] }
at_most = 1.0
"""
SEED, REPLICATIONS = 3, 2


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a scenario that is quick to run, with claims beside it."""
    path = short_scenario(tmp_path_factory.mktemp("scenario"))
    (path.parent / "claims.toml").write_text(CLAIMS + CLAIM, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def loaded(scenario: Path) -> dict[str, Loaded]:
    return {"base": load(scenario)}


@pytest.fixture(scope="module")
def written(scenario: Path) -> dict[tuple[str, str], bytes]:
    """Give the tables that the commands write, by command and file."""
    common = ("--replications", str(REPLICATIONS), "--seed", str(SEED), "--jobs", "1", "--quiet")
    asked = (
        ("curves", "--over", "weight", "--points", "4"),
        ("route-choice", "--cells", "4x3", "--at-most", "2"),
        ("claims", "--claims", str(scenario.parent / "claims.toml")),
    )
    found: dict[tuple[str, str], bytes] = {}
    for command, *words in asked:
        out = scenario.parent / command
        assert fourport(command, str(scenario), *words, *common, "--out", str(out)).exit_code == 0
        found |= {(command, path.name): path.read_bytes() for path in out.glob("*.csv")}
    return found


@pytest.mark.parametrize("executor", [nullcontext(), ThreadPoolExecutor(2)])
def test_a_notebook_gets_what_the_commands_write(
    scenario: Path,
    loaded: dict[str, Loaded],
    written: dict[tuple[str, str], bytes],
    tmp_path: Path,
    executor: nullcontext[None] | Executor,
) -> None:
    """Tests tables to the byte: curves, map and claims, in this process and with any executor."""
    sample, claims = Sample.of(loaded, SEED, REPLICATIONS), scenario.parent / "claims.toml"
    with executor as other:
        answers: dict[str, Results] = {
            "curves": curves(sample, over="weight", points=4, executor=other),
            "route-choice": route_choice_map(sample, columns=4, rows=3, executor=other),
            "claims": published_claims(sample, claims, executor=other),
        }
    for command, answer in answers.items():
        answer.save(tmp_path / command)
        tables = {path.name: path.read_bytes() for path in (tmp_path / command).glob("*.csv")}
        assert tables == {name: written[command, name] for of, name in written if of == command}


def test_journeys_are_simulated_once(loaded: dict[str, Loaded]) -> None:
    """Tests that what is kept in memory is not simulated again, and more replications are added to it."""
    sample, runs = Sample.of(loaded, SEED, REPLICATIONS), list[tuple[int, int]]()
    for replications in (None, None, range(3), range(3)):
        sample.journeys("base", replications, progress=lambda *number: runs.append(number))
    assert runs == [(0, 2), (1, 2), (2, 2), (0, 1), (1, 1)]
    other = Sample.of(loaded, SEED + 1, REPLICATIONS).journeys("base", range(1))
    assert other != sample.journeys("base", range(1))


def test_what_a_notebook_asks_wrongly(loaded: dict[str, Loaded]) -> None:
    """Tests that names that there are not are told with those that there are, before anything is run."""
    sample = Sample.of(loaded)
    with pytest.raises(UserError, match="no policy 'bse'; did you mean 'base'"):
        route_choice_map(sample, policy="bse")
    with pytest.raises(UserError, match=r"^over wieght: is not an axis; did you mean 'weight'"):
        curves(sample, over="wieght")
    with pytest.raises(UserError, match="servers: 0 is out of range; allowed: 1 to"):
        capacity(sample, resource="northport/bays", servers=[0, 1], target="90% within 20 h")


def test_a_folder_that_was_opened_is_left_alone(scenario: Path, tmp_path: Path) -> None:
    """Tests that journeys which a stored run lacks are kept in memory, and no file is written."""
    words = ("--replications", "2", "--jobs", "1", "--quiet", "--out", str(tmp_path / "run"))
    assert fourport("run", str(scenario), *words).exit_code == 0
    before = sorted(tmp_path.rglob("*"))
    sample = Results.open(tmp_path / "run").sample()
    found = curves(sample, over="weight", points=3).found
    assert np.isfinite(found.lanes[0].sums).all()
    assert sorted(tmp_path.rglob("*")) == before
    again = curves(replace(sample, replications=1), over="weight", points=3)
    assert again.found.replications == again.manifest["replications"] == 1


def test_capacity_by_its_options(loaded: dict[str, Loaded]) -> None:
    """Tests the study's plain function: numbers in their order, shares that rise, what is refused."""
    sample = Sample.of(loaded, SEED, REPLICATIONS)
    found = capacity(sample, resource="northport/bays", servers=[3, 1], target="90% within 20 h").found
    assert [point.servers for point in found.points] == [1, 3]
    assert found.points[0].value.mean <= found.points[1].value.mean
    with pytest.raises(UserError, match="no resource 'northport/bay'; did you mean"):
        capacity(sample, resource="northport/bay", servers=[1], target="90% within 20 h")
