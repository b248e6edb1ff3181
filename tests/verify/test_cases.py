"""The exact cases through their scenario files, in full."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from fourport import Study
from fourport.cli import main
from fourport.plan.compile import compile_corridor
from fourport.scenario.load import load
from fourport.study.processes import workers
from fourport.study.replication import Replication, replicate
from fourport.study.verification import verdict_text, verify
from fourport.study.verification.cases import CASES, Case
from fourport.study.verification.coverage import PROMISES, Kept, measure_all
from fourport.study.verification.verify import Verdict, judge, replicate_case, run_cases

pytestmark = pytest.mark.long

DOCS = Path(__file__).parents[2] / "docs" / "verification.md"
MEASURES = [(case.name, k) for case in CASES.values() for k in range(len(case.measures))]


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    with workers(os.cpu_count() or 1) as executor:
        return run_cases([*CASES.values()], executor=executor)


@pytest.fixture(scope="module")
def coverage() -> list[Kept]:
    with workers(os.cpu_count() or 1) as executor:
        return measure_all(executor)


@pytest.mark.parametrize("k", range(len(PROMISES)), ids=[f"{one.what}, {one.noise}" for one in PROMISES])
def test_promises(coverage: list[Kept], k: int) -> None:
    """Tests that an interval holds the truth as often as the page says, in repeated studies."""
    assert coverage[k].passed, verdict_text.coverage_cells(coverage[k])


@pytest.mark.parametrize(("name", "k"), MEASURES)
def test_exact(verdict: Verdict, name: str, k: int) -> None:
    """Tests that an exact value lies in the 99 % interval of what its scenario gives."""
    finding = [found for found in verdict.findings if found.case == name][k]
    assert finding.passed, verdict_text.cells(finding)


def test_intervals_are_narrow(verdict: Verdict) -> None:
    """Tests that a pass says something: half-widths are a few per cent of the value."""
    wide = {f"{f.case}, {f.measure.what}": f.half_width for f in verdict.findings if f.half_width > 0.04}
    assert not wide


def test_identities(verdict: Verdict) -> None:
    """Tests that Little's law, conservation and the other identities hold in every run of every case."""
    assert verdict.broken == ()
    assert verdict.n_runs == sum(load(case.path).scenario.run.replications for case in CASES.values())


def test_page_is_up_to_date(verdict: Verdict, coverage: list[Kept]) -> None:
    """Tests that docs/verification.md is what ``fourport verify --markdown`` writes."""
    assert DOCS.read_text(encoding="utf-8") == verdict_text.markdown(verdict, coverage), (
        "write it anew with: fourport verify --markdown > docs/verification.md"
    )


THIN = """
extends = "{case}"
name = "thin"
title = "10 consignments a replication, and always a free server"
grade = "derived"
source = "formula"
run = {{ warm_up = "none", window = "1 weeks", drain = "1 weeks", replications = 100 }}
facilities.yard.resources.gang.servers = 500
lanes.only.demand = "10 consignments/week"
"""


def test_the_interval_of_p95_is_right_with_few_consignments(tmp_path: Path) -> None:
    """Tests 100 replications of 10 exponential times of 1 h, whose P95 is ln 20 = 2.996 h.

    The mean of P95 within replications is 2.40 h, with an interval from 2.17 to 2.63 h.
    """
    path = tmp_path / "thin.toml"
    path.write_text(THIN.format(case=CASES["m-m-1"].path), encoding="utf-8")
    found = Study(path).run().value("door_to_door_time_p95", "only", "only")
    assert found.low <= math.log(20) <= found.high
    assert found.high - found.low < 1


def test_all_files_are_cases() -> None:
    """Tests that the folder of exact scenarios holds the cases and nothing else, all with seed 1."""
    folder = CASES["m-m-1"].path.parent
    assert {path.stem for path in folder.iterdir()} == set(CASES)
    for case in CASES.values():
        scenario = load(case.path).scenario
        assert (scenario.name, scenario.run.seed) == (case.name, 1)


def _wrong(case: Case, factor: float) -> Case:
    """Give a case whose exact values are wrong by a factor."""

    def off(formula: Callable[[], float]) -> Callable[[], float]:
        return lambda: factor * formula()

    return replace(case, measures=tuple(replace(m, formula=off(m.formula)) for m in case.measures))


@pytest.mark.parametrize("name", ["sailing-gaps", "office", "closure"])
def test_a_wrong_value_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the check can fail: an exact value wrong by 5 % is found out, of the same replications."""
    once = cache(lambda replication: replicate_case(CASES[name], replication))
    monkeypatch.setattr(verify, "replicate_case", lambda case, replication: once(replication))
    for factor in (0.95, 1.05):
        verdict = run_cases([_wrong(CASES[name], factor)])
        assert not verdict.passed
        assert not any(finding.passed for finding in verdict.findings)


def test_a_wrong_value_fails_on_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the command says FAIL and exits with 1."""
    monkeypatch.setitem(CASES, "office", _wrong(CASES["office"], 1.05))
    result = CliRunner().invoke(main, ["verify", "--case", "office", "--jobs", "1"])
    assert result.exit_code == 1
    assert "FAIL" in result.output
    assert "1 missed" in result.output


def test_a_broken_identity_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a run that breaks an identity fails though its values are right."""
    monkeypatch.setattr(verify, "violations", lambda run: ["something is lost"])
    verdict = run_cases([CASES["closure"]])
    assert all(finding.passed for finding in verdict.findings)
    assert not verdict.passed
    assert "closure, replication 1: something is lost" in verdict.broken


def test_engines_that_differ_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a case fails if the engines do not give the same milestones in its first replication."""
    monkeypatch.setattr(verify, "differences", lambda plan, world: ["end_us"])
    verdict = run_cases([CASES["closure"]])
    assert not verdict.passed
    assert verdict.differences == ("closure: end_us",)


def test_the_undelivered_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a cohort that is not drained is reported."""
    case = CASES["office"]
    corridor = compile_corridor(load(case.path).scenario)
    plan = replace(corridor.plan, end_us=corridor.plan.window_end_us)
    monkeypatch.setattr(verify, "_corridor", lambda path: replace(corridor, plan=plan))
    outcome = verify.replicate_case(case, 0)
    assert any("not delivered" in what for what in outcome.broken)


def test_jobs_make_no_difference() -> None:
    """Tests that two processes find what one finds, to the last bit."""
    cases = [CASES["closure"], CASES["sailing-gaps"]]
    alone = run_cases(cases, quick=True)
    with workers(2) as executor:
        together = run_cases(cases, quick=True, executor=executor)
    for one, other in zip(alone.findings, together.findings, strict=True):
        assert (one.value, one.low, one.high) == (other.value, other.low, other.high)


def test_interval_by_hand() -> None:
    """Tests the interval and z of ten values against a calculation by hand (t of 9 at 99.5 %: 3.2498)."""
    values = [1.2, 0.8, 1.5, 0.9, 1.1, 1.4, 0.7, 1.0, 1.3, 1.1]
    finding = judge("m-m-1", replace(CASES["m-m-1"].measures[0], formula=lambda: 1.0), values)
    error = math.sqrt(0.6 / 9 / 10)
    assert finding.value == pytest.approx(1.1)
    assert finding.high - finding.value == pytest.approx(3.2498 * error, rel=1e-4)
    assert finding.z == pytest.approx(0.1 / error)
    assert finding.passed


def test_quick_is_a_part_of_full() -> None:
    """Tests that a quick check makes a fifth of the replications, eight at least if there are eight."""
    planned = {name: verify.planned_replications(case, quick=True) for name, case in CASES.items()}
    assert (planned["m-m-7"], planned["m-m-1"], planned["office"], planned["closure"]) == (15, 9, 8, 2)


def test_list() -> None:
    """Tests that --list names every case with its exact values and runs nothing."""
    result = CliRunner().invoke(main, ["verify", "--list"])
    assert result.exit_code == 0
    assert all(name in result.output for name in CASES)
    assert "20.677921" in result.output


def test_unknown_case() -> None:
    """Tests that a case that does not exist is refused with those that do."""
    result = CliRunner().invoke(main, ["verify", "--case", "mm1"])
    assert result.exit_code == 2
    assert "'mm1'" in result.output
    assert "m-m-1" in result.output


def _replicate(name: str) -> Replication:
    return replicate(compile_corridor(load(CASES[name].path).scenario), 1, 0)


def test_measures_by_hand() -> None:
    """Tests each kind of measure against counting one consignment after the other."""
    run = _replicate("sailing-capacity-15")
    departures, world, plan = run.world.departures.of(0), run.world, run.corridor.plan
    rows = list(zip(world.entry_us.tolist(), run.trace.begin_us.tolist(), strict=True))
    inside = [(i, b) for i, b in rows if plan.window_start_us <= i < plan.window_end_us]
    counts = [
        sum(1 for i, b in rows[max(0, k - 400) : k] if i <= cutoff < b or (i <= cutoff and b < 0))
        for cutoff in departures.cutoff_us.tolist()[300:400]
        for k in [int(world.entry_us.searchsorted(cutoff, side="right"))]
    ]
    left, wait = (measure.read(run) for measure in CASES["sailing-capacity-15"].measures)
    assert wait == pytest.approx(sum(b - i for i, b in inside) / len(inside) / 3.6e9)
    short = replace(
        plan,
        window_start_us=int(departures.cutoff_us[300]),
        window_end_us=int(departures.cutoff_us[400]),
    )
    part = replace(run, corridor=replace(run.corridor, plan=short))
    assert CASES["sailing-capacity-15"].measures[0].read(part) == pytest.approx(sum(counts) / len(counts))
    assert left > 0
