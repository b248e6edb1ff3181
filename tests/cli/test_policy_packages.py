"""``run``, ``compare`` and ``claims`` with levers: a base of another name, and what its levers have done."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fourport.cli import main
from tests.plan.test_compile import ROOT

pytestmark = pytest.mark.usefixtures("no_charts")

LEVERS = """
[levers.hours]
kind = "working-hours"
resources = ["northport/officers", "northport/bays"]

[levers.halved]
kind = "risk-selection"
at = ["northport/clearance"]
factor = { value = 0.5, range = [0.1, 1.0], grade = "estimate" }

[policies.new]
title = "Both levers"
policy_package = ["hours", "halved"]
"""
CLAIMS = """
format = 2
[sources.news]
title = "A newspaper"
date = "2020"
[claims.faster]
statement = "Clearance takes half of its time"
source = "news"
kind = "ratio"
measure = "clearance_time_export"
numerator = { policy = "new" }
denominator = {}
expected = 0.5
tolerance = 0.1
[claims.faster.attribution.inputs]
"more ahead" = ["levers.halved.factor"]
"""


@pytest.fixture(name="scenario")
def _scenario(tmp_path: Path) -> Path:
    """Give a short scenario whose base is called ``old`` and whose claims lie beside it."""
    text = (ROOT / "scenarios/templates/small.toml").read_text(encoding="utf-8")
    text = text.replace('window = "8 weeks"', 'window = "2 weeks"').replace(
        'name = "small"', 'base = "old"\nclaims = "my-claims.toml"\nname = "small"'
    )
    (tmp_path / "my.toml").write_text(text + LEVERS, encoding="utf-8")
    (tmp_path / "my-claims.toml").write_text(CLAIMS, encoding="utf-8")
    return tmp_path / "my.toml"


def fourport(*words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, list(words), prog_name="fourport")


def table(path: Path) -> list[dict[str, str]]:
    """Read a table."""
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def test_the_base_has_its_name(scenario: Path, tmp_path: Path) -> None:
    """Tests that a scenario as it stands is compared and reported by the name that it gives itself."""
    out = tmp_path / "out"
    result = fourport("compare", str(scenario), "--replications", "2", "--jobs", "1", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "Significant differences from old" in result.stdout
    assert {row["baseline"] for row in table(out / "comparison.csv")} == {"old"}
    run = fourport(
        "run", str(scenario), "--replications", "2", "--policy", "old", "--out", str(tmp_path / "2")
    )
    assert run.exit_code == 0, run.output
    assert {row["policy"] for row in table(tmp_path / "2" / "summary.csv")} == {"old"}


def test_claims_are_taken_apart(scenario: Path, tmp_path: Path) -> None:
    """Tests that a scenario's own claims are found, and that levers and inputs are printed and stored."""
    out = tmp_path / "out"
    result = fourport("claims", str(scenario), "--replications", "3", "--jobs", "1", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "part of each lever (Shapley value)" in result.stdout
    assert "In short: as the scenario stands the model gives" in result.stdout
    assert "levers.halved.factor" not in result.stdout
    rows = table(out / "attribution.csv")
    assert [row["lever"] for row in rows] == ["hours", "halved", "*"]
    change = [float(row["change"]) for row in rows]
    assert sum(change[:-1]) == pytest.approx(change[-1], abs=1e-6)
    (claim,) = table(out / "claims.csv")
    assert float(claim["value"]) == pytest.approx(1 + change[-1], rel=1e-5)
    inputs = table(out / "claim-inputs.csv")
    assert {(row["input"], row["keys"]) for row in inputs} == {("more ahead", "levers.halved.factor")}
    assert [row["value"] for row in inputs] == ["0.1", "0.5", "1.0"]
    assert table(out / "claim-together.csv") == []


def test_a_claim_that_fails_is_no_error(scenario: Path, tmp_path: Path) -> None:
    """Tests that a claim far from the model ends with exit code 0 and says what inputs together give."""
    text = CLAIMS.replace("expected = 0.5", "expected = 0.05").replace("tolerance = 0.1", "tolerance = 0.01")
    rate = '"rate of inspection" = ["facilities.northport.activities.clearance.inspection.rates.other"]\n'
    claims, out = tmp_path / "other.toml", tmp_path / "out"
    claims.write_text(text + rate, encoding="utf-8")
    words = ("claims", str(scenario), "--claims", str(claims), "--replications", "3", "--jobs", "1")
    result = fourport(*words, "--out", str(out))
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    assert "  the model does not agree: it gives" in result.stdout
    assert "FAIL" not in result.stdout
    assert [row["verdict"] for row in table(out / "claims.csv")] == ["fails"]
    rows = table(out / "claim-together.csv")
    assert {row["input"] for row in rows} == {"more ahead", "rate of inspection"}
    assert {row["enough"] for row in rows} == {"no"}
    assert f"ratio {float(rows[0]['ratio']):.3f} (" in result.stdout


def test_one_replication_of_claims_prints_no_nan(scenario: Path, tmp_path: Path) -> None:
    """Tests that with one replication values are printed without intervals, with the reason."""
    result = fourport("claims", str(scenario), "--replications", "1", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    assert "nan" not in result.stdout
    assert "One replication: no intervals; two or more give them" in result.stdout


def test_policies_that_differ_in_more_than_their_policy_package_are_refused(
    scenario: Path, tmp_path: Path
) -> None:
    """Tests that the claim is named with its line and what differs, before anything is simulated."""
    text = scenario.read_text(encoding="utf-8") + "\nfacilities.northport.resources.bays.servers = 2\n"
    scenario.write_text(text, encoding="utf-8")
    out = tmp_path / "out"
    result = fourport("claims", str(scenario), "--replications", "2", "--out", str(out))
    line = 1 + CLAIMS.split("\n").index("[claims.faster.attribution.inputs]")
    assert result.exit_code == 2
    assert f"my-claims.toml:{line}: claims.faster.attribution: the policies 'new' and " in result.stderr
    assert (
        "differ in more than their policy package: facilities.northport.resources.bays.servers"
        in result.stderr
    )
    assert not out.exists()


def test_an_input_without_a_range_is_refused(scenario: Path, tmp_path: Path) -> None:
    """Tests that a claim which moves a number without a range is refused by its name, without a traceback."""
    claims = tmp_path / "other.toml"
    claims.write_text(CLAIMS.replace('["levers.halved.factor"]', '["run.seed"]'), encoding="utf-8")
    words = ("claims", str(scenario), "--claims", str(claims), "--replications", "2", "--jobs", "1")
    result = fourport(*words, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert 'inputs."more ahead": the scenario gives no range for run.seed' in result.stderr
    assert f"{claims}:{len(CLAIMS.splitlines())}: claims.faster" in result.stderr


def test_a_number_under_two_titles_is_refused(scenario: Path, tmp_path: Path) -> None:
    """Tests that the second title is refused at its line, naming the first, before anything is simulated."""
    claims, out = tmp_path / "other.toml", tmp_path / "out"
    claims.write_text(CLAIMS + '"again" = ["levers.halved.factor"]\n', encoding="utf-8")
    words = ("claims", str(scenario), "--claims", str(claims), "--replications", "2", "--jobs", "1")
    result = fourport(*words, "--out", str(out))
    assert result.exit_code == 2
    line = len(CLAIMS.splitlines()) + 1
    where = f"{claims}:{line}: claims.faster.attribution.inputs.again: levers.halved.factor is named under"
    assert f"{where} 'more ahead' already; allowed: each number once" in result.stderr
    assert not out.exists()
