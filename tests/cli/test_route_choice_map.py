"""The route-choice map, ``fourport route-choice``, as a user types it, on what ``fourport new`` writes."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.short import SHORT, fourport, short_scenario

CELLS = ("--cells", "6x5", "--weights", "23", "26", "--values", "300", "400")


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a scenario that is quick to run."""
    return short_scenario(tmp_path_factory.mktemp("scenario"))


@pytest.fixture(scope="module")
def mapped(scenario: Path) -> tuple[Path, Result]:
    """Simulate and map where routes cost about the same, with two more replications for undecided cells."""
    out = scenario.parent / "map"
    words = ("--replications", "10", "--at-most", "12", "--jobs", "1", "--out", str(out))
    return out, fourport("route-choice", str(scenario), *CELLS, *words)


def test_a_route_choice(mapped: tuple[Path, Result]) -> None:
    """Tests the header, a row for each cell, that only undecided cells got more, and the chart."""
    out, result = mapped
    assert (result.exit_code, result.stderr) == (0, "")
    lines = (out / "route-choice.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == (
        "lane,cell,value_density,value_density_unit,weight,weight_unit,cheapest,runner_up,"
        "difference,low,high,unit,decided,replications,not_ruled_out,modes,at_most"
    )
    rows = list(csv.DictReader(lines))
    assert [int(row["cell"]) for row in rows] == list(range(30))
    assert {row["replications"] for row in rows} <= {"10", "12"}
    assert {row["decided"] for row in rows} == {"yes", "no"}
    for row in rows:
        assert {row["cheapest"], row["runner_up"]} == {"by-sea", "by-air"}
        assert float(row["difference"]) >= 0
        assert (row["decided"] == "yes") == (float(row["low"]) > 0) == (row["at_most"] == "0")
        assert row["not_ruled_out"] == (row["cheapest"] if row["decided"] == "yes" else "by-sea by-air")
        assert row["modes"] == ({"by-sea": "sea", "by-air": "air"}.get(row["not_ruled_out"], ""))
    assert (out / "charts" / "route-choice.png").is_file()
    told = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert told["route_choice"]["looks"] == [10, 12]
    assert told["estimates"]["cost"]["share"] == 100
    assert "These verdicts cover chance only" in " ".join(result.stdout.split())
    assert "At stake: the most" in result.stdout
    assert re.search(r"undecided in .* %, between\n .* %: by-sea, by-air \(at stake: ", result.stdout)


def test_few_replications_decide_nothing(scenario: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests that two replications give the cheapest route of each cell without an interval, and say so."""
    out = tmp_path / "map"
    result = fourport("route-choice", str(scenario), "--cells", "6x5", *SHORT, "--out", str(out))
    told = " ".join(result.stdout.split())
    assert "it takes 10 that delivered goods by every route to decide anything" in told
    assert "t stake" not in told  # of what is undecided without intervals nothing is known
    rows = list(csv.DictReader((out / "route-choice.csv").open(encoding="utf-8")))
    assert {(row["decided"], row["low"], row["at_most"]) for row in rows} == {("no", "", "")}
    assert {row["not_ruled_out"] for row in rows} == {"by-sea by-air"}


def test_a_stored_run_gives_the_same_route_choice(mapped: tuple[Path, Result], tmp_path: Path) -> None:
    """Tests that mapping a stored run, which simulates what it lacks, gives the same bytes."""
    words = ("--replications", "10", "--at-most", "12", "--jobs", "2")
    result = fourport("route-choice", str(mapped[0]), *CELLS, *words, "--out", str(tmp_path / "again"))
    assert result.exit_code == 0, result.output
    again = (tmp_path / "again" / "route-choice.csv").read_bytes()
    assert again == (mapped[0] / "route-choice.csv").read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--cells", "40"), "--cells 40: allowed: columns x rows such as 40x40"),
        (("--routes", "by-sea"), "a route-choice map needs two routes of a lane"),
        (("--cells", "1x5"), "2 to 200 each"),
        (
            ("--values", "0", "5"),
            "the range from 0 to 5 USD/kg is empty; allowed: --values with 0 < lowest < highest",
        ),
        (("--weights", "10", "90000"), "fits no vehicle of"),
        (("--at-most", "1"), "--at-most 1: is less than the 2 replications"),
    ],
)
def test_what_is_wrong_with_a_map_is_said(
    mapped: tuple[Path, Result], tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """Tests exit code 2 and a reason, with nothing written."""
    result = fourport(
        "route-choice", str(mapped[0]), "--replications", "2", *words, "--out", str(tmp_path / "out")
    )
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_route_that_loses_goods_is_no_choice(scenario: Path, tmp_path: Path) -> None:
    """Tests that the ferry, with a tenth of its capacity, is left out of the map and named."""
    text = scenario.read_text(encoding="utf-8")
    assert text.count('{ weight = "60 t" }') == 1
    dying = tmp_path / "dying.toml"
    dying.write_text(text.replace('{ weight = "60 t" }', '{ weight = "6 t" }'), encoding="utf-8")
    result = fourport("route-choice", str(dying), "--cells", "6x5", *SHORT, "--out", str(tmp_path / "map"))
    assert result.exit_code == 0, result.output
    assert "of its consignments were not delivered" in result.stdout
    rows = csv.DictReader((tmp_path / "map" / "route-choice.csv").open(encoding="utf-8"))
    assert {(row["cheapest"], row["runner_up"]) for row in rows} == {("by-air", "")}
    told = json.loads((tmp_path / "map" / "manifest.json").read_text(encoding="utf-8"))
    assert 0.05 < told["route_choice"]["withheld"]["east"]["by-sea"] < 1
