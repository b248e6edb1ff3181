"""Tests of claims: values against the summary and by hand, verdicts, regions, refusals."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from fourport.cli.held import claims_table
from fourport.errors import UserError
from fourport.plan.compile import compile_corridor
from fourport.scenario.claims import read_claims, shipped
from fourport.scenario.load import load
from fourport.scenario.models import Scenario
from fourport.scenario.models.claims import Claim, Claims
from fourport.store import Run
from fourport.study.curves.breakeven import Band, band
from fourport.study.curves.claim_problems import problems_of, unmeasured
from fourport.study.curves.claims import Judged, Model, judge, policies_of
from fourport.study.curves.regions import regions, verdict
from fourport.study.documents import load_documents
from fourport.study.report import write_tables
from fourport.study.run import run_study
from tests.study.made import RANDOM
from tests.tiny import Values, values

TEXT = """
format = 1
[sources.paper]
title = "A paper"

[claims.half]
statement = "By van costs half"
source = "paper"
kind = "ratio"
measure = "freight_cost"
numerator = { lanes = ["l"], routes = ["van"] }
denominator = { routes = ["truck"] }
expected = 0.5
tolerance = 0.1
sweep = { rate = "sea", low = "0.05 USD/kg", high = "0.2 USD/kg" }

[claims.faster]
statement = "More bays make it faster"
source = "paper"
kind = "ratio"
measure = "door_to_door_time"
numerator = { policy = "bays" }
denominator = {}
at_most = 1.0

[claims.inspected]
statement = "Inspection takes time"
source = "paper"
kind = "ratio"
measure = "time_service"
numerator = { policy = "bays", routes = ["van"] }
denominator = { routes = ["van"] }
expected = 1.0
tolerance = 0.2

[claims.dearer]
statement = "The truck is dearer from 0.3 USD/kg for the van on"
source = "paper"
kind = "threshold"
measure = "freight_cost"
first = { routes = ["van"] }
second = { routes = ["truck"] }
sweep = { rate = "van", low = "0 USD/kg", high = "1 USD/kg" }
expected = "0.04 USD/kg"
tolerance = "0.04 USD/kg"
"""


def priced_values(changes: Values) -> Values:
    """Give the tiny corridor, with a tariff for the van."""
    line = {"name": "v", "category": "transport", "basis": "gross-weight", "price": "0.01 USD/kg"}
    return values(changes | {"hauls.van.tariffs": ["van"], "tariffs.van": {"title": "V", "lines": [line]}})


DOCUMENTS = {
    "base": priced_values(RANDOM),
    "bays": priced_values(RANDOM | {"facilities.b.stations.bays.servers": 5}),
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Run two policies and keep their journeys."""
    run = Run.create(tmp_path_factory.mktemp("claims") / "run")
    averages = run_study(run, DOCUMENTS, 1, 4, also=["journeys"])
    write_tables(run, "tiny", averages)
    corridors = {name: compile_corridor(Scenario.model_validate(one)) for name, one in DOCUMENTS.items()}
    files = {name: [run.journeys_file(name, k) for k in range(4)] for name in DOCUMENTS}
    return Model(corridors, files, {}, run, 1, load_documents, DOCUMENTS)


def claims(tmp_path: Path, text: str = TEXT) -> dict[str, Claim]:
    path = tmp_path / "claims.toml"
    path.write_text(text, encoding="utf-8")
    return read_claims(path).claims.claims


def judged(tmp_path: Path, name: str, model: Model, text: str = TEXT) -> Judged:
    return judge(name, claims(tmp_path, text)[name], model)


def by_replication(run: Run, policy: str, lane: str, route: str, measure: str) -> list[float]:
    return [
        float(row["value"])
        for row in run.read_table("replications.csv")
        if (row["policy"], row["lane"], row["route"], row["measure"]) == (policy, lane, route, measure)
    ]


def test_a_ratio_of_costs_is_that_of_the_summary(tmp_path: Path, model: Model) -> None:
    """Tests that prices worked out from journeys are the run's own, replication by replication."""
    found = judged(tmp_path, "half", model)
    van, truck = (by_replication(model.run, "base", "l", route, "freight_cost") for route in ("van", "truck"))
    ratios = np.array(van) / np.array(truck)
    expected = band(ratios[:, None])
    assert found.value == pytest.approx(ratios.mean(), rel=1e-9)
    assert (found.low, found.high) == pytest.approx((expected.low[0], expected.high[0]), rel=1e-9)
    assert found.n == 4


def test_a_ratio_between_policies(tmp_path: Path, model: Model) -> None:
    """Tests a measure of all lanes together, and one that is stored but not priced, between two policies."""
    base, bays = (by_replication(model.run, name, "l", "van", "time_service") for name in DOCUMENTS)
    found = judged(tmp_path, "inspected", model)
    assert found.value == pytest.approx(np.mean(np.array(bays) / np.array(base)), rel=1e-9)
    assert policies_of(claims(tmp_path)) == ("base", "bays")
    faster = judged(tmp_path, "faster", model)
    base, bays = (by_replication(model.run, name, "*", "*", "door_to_door_time") for name in DOCUMENTS)
    assert faster.value == pytest.approx(np.mean(np.array(bays) / np.array(base)), rel=1e-9)
    assert faster.verdict == ("holds" if faster.high <= 1 else "undecided")


def test_the_region_of_a_rate(tmp_path: Path, model: Model) -> None:
    """Tests the region against the ratio by hand: (s + 0.01) / (s + 40 / kg of a mean consignment)."""
    found = judged(tmp_path, "half", model)
    assert found.swept is not None
    holds = [region for region in found.regions if region.verdict == "holds"]
    truck = np.array(by_replication(model.run, "base", "l", "truck", "freight_cost")) - 0.1
    for region in holds:
        middle = (region.low + region.high) / 2
        ratio = np.mean((middle + 0.01) / (middle + truck))
        assert 0.4 <= ratio <= 0.6
    assert [region.low for region in found.regions][1:] == [region.high for region in found.regions][:-1]
    assert (found.regions[0].low, found.regions[-1].high) == (0.05, 0.2)


def test_a_threshold(tmp_path: Path, model: Model) -> None:
    """Tests that the van's rate at which both cost the same is what the truck's handling costs a kg."""
    found = judged(tmp_path, "dearer", model)
    truck = np.array(by_replication(model.run, "base", "l", "truck", "freight_cost")) - 0.1
    assert found.value == pytest.approx(truck.mean(), rel=1e-6)
    assert found.low < found.value < found.high
    assert found.unit == "USD/kg"


def test_one_replication_decides_nothing(tmp_path: Path, model: Model) -> None:
    """Tests that one replication gives the values, a threshold among them, without interval or verdict."""
    one = replace(model, files={name: files[:1] for name, files in model.files.items()})
    found = {name: judged(tmp_path, name, one) for name in ("half", "dearer")}
    truck = by_replication(model.run, "base", "l", "truck", "freight_cost")[0] - 0.1
    assert found["dearer"].value == pytest.approx(truck, rel=1e-6)
    for claim in found.values():
        assert np.isnan([claim.low, claim.high]).all()
        assert (claim.verdict, claim.said, claim.n) == ("undecided", "", 1)
    text = claims_table(list(found.values()))
    assert "One replication: no intervals, nothing can be decided." in text
    assert not [mark for mark in ("(", "?", "nan", "In brackets") if mark in text]


def test_a_range_without_a_threshold_says_so(tmp_path: Path, model: Model) -> None:
    """Tests that one replication in whose range nothing crosses does not speak of several thresholds."""
    one = replace(model, files={name: files[:1] for name, files in model.files.items()})
    found = judged(tmp_path, "dearer", one, TEXT.replace('low = "0 USD/kg"', 'low = "0.9 USD/kg"'))
    assert found.said == "no threshold from 0.9 to 1 USD/kg"


def test_what_is_expected_changes_no_value(tmp_path: Path, model: Model) -> None:
    """Tests that other expectations give other verdicts of the same values."""
    other = TEXT.replace("expected = 0.5", "expected = 5.0").replace(
        'expected = "0.04 USD/kg"', 'expected = "9 USD/kg"'
    )
    for name in ("half", "dearer"):
        one, two = judged(tmp_path, name, model), judged(tmp_path, name, model, other)
        assert (one.value, one.low, one.high) == (two.value, two.low, two.high)
        assert two.verdict == "fails"


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ((0.71, 0.79), "holds"),
        ((0.7, 0.8), "holds"),
        ((0.81, 0.9), "fails"),
        ((0.6, 0.69), "fails"),
        ((0.79, 0.81), "undecided"),
        ((0.5, 0.9), "undecided"),
    ],
)
def test_verdicts(interval: tuple[float, float], said: str) -> None:
    """Tests the logic of equivalence: within, outside, across a border."""
    assert verdict(*interval, (0.7, 0.8)) == said


def test_a_wrong_claim_seldom_holds() -> None:
    """Tests that a claim whose true value lies on the border of what agrees holds in 2.5 % of studies."""
    rng = np.random.default_rng(3)
    trials, wrong = 3000, 0
    for _ in range(trials):
        found = band(rng.normal(0.8, 0.01, (10, 1)))
        wrong += verdict(float(found.low[0]), float(found.high[0]), (0.7, 0.8)) == "holds"
    assert wrong <= binom.ppf(0.9995, trials, 0.025)


def test_regions_by_hand() -> None:
    """Tests an interval x +- 0.1 against 1 to 2: it holds from 1.1 to 1.9."""
    xs = np.linspace(0.0, 3.0, 7)
    found = regions(xs.tolist(), Band(xs, xs - 0.1, xs + 0.1), (1.0, 2.0))
    assert [one.verdict for one in found] == ["fails", "undecided", "holds", "undecided", "fails"]
    assert [one.low for one in found] == pytest.approx([0.0, 0.9, 1.1, 1.9, 2.1])


@pytest.mark.parametrize("name", ["weihai-2019", "weihai-2020"])
def test_shipped_claims_fit_the_shipped_scenarios(name: str) -> None:
    """Tests that all that the shipped claims name is in the shipped scenarios."""
    named = read_claims(shipped()).claims.claims
    corridor = compile_corridor(load(name).scenario)
    assert problems_of(named, {"base": corridor}) == []


def test_shipped_claims_fit_the_customs_scenario() -> None:
    """Tests that all that the claims about clearance name is in the scenario that they belong to."""
    file = shipped().parent / load("weihai-customs").scenario.claims
    named = read_claims(file).claims.claims
    corridors = {name: compile_corridor(load("weihai-customs", name).scenario) for name in ("base", "weihai")}
    assert problems_of(named, corridors) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("tolerance = 0.1\n", "", "claims.half: either expected and tolerance are needed"),
        (
            'kind = "threshold"',
            'kind = "treshold"',
            "claims.dearer.kind: is not a kind of claim; allowed: ratio, threshold",
        ),
        ("at_most = 1.0", "at_most = 1.0\nat_lest = 1", "claims.faster.at_lest: is not a known key"),
        (
            'source = "paper"\nkind = "threshold"',
            'source = "papr"\nkind = "threshold"',
            "did you mean 'paper'?",
        ),
        ('statement = "By van costs half"\n', "", "claims.half.statement: is missing"),
        (
            'tolerance = "0.04 USD/kg"',
            'tolerance = "0.04 CNY/kg"',
            "expected is in USD/kg, tolerance in CNY/kg",
        ),
        (
            'low = "0.05 USD/kg", high = "0.2 USD/kg"',
            'low = "0.2 USD/kg", high = "0.05 USD/kg"',
            "low must lie",
        ),
        (
            'low = "0.05 USD/kg", high = "0.2 USD/kg"',
            'low = "0.1 USD/kg", high = "0.1 USD/kg"',
            "low must lie",
        ),
    ],
)
def test_a_wrong_file_is_told_by_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Tests that each problem of a file is told with its line."""
    assert TEXT.count(old) == 1
    with pytest.raises(UserError) as error:
        claims(tmp_path, TEXT.replace(old, new))
    (line,) = error.value.lines
    where, _, message = line.removeprefix(f"{tmp_path / 'claims.toml'}:").partition(": ")
    assert int(where) > 1
    assert said in message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('policy = "bays" }', 'policy = "bay" }', "there is no policy 'bay'; did you mean 'bays'?"),
        (
            'routes = ["van"] }\ndenominator = { routes = ["truck"] }',
            'routes = ["von"] }\ndenominator = { routes = ["truck"] }',
            "there is no route 'von'",
        ),
        ('sweep = { rate = "van"', 'sweep = { rate = "vam"', "there is no tariff 'vam'"),
        ('low = "0 USD/kg", high = "1 USD/kg"', 'low = "1 CNY/kg"', "for a rate in USD/kg; allowed: USD/kg"),
        (
            'expected = "0.04 USD/kg"\ntolerance = "0.04 USD/kg"',
            'expected = "0.04 CNY/kg"\ntolerance = "0.04 CNY/kg"',
            "for a rate in USD/kg; allowed: USD/kg",
        ),
        (
            'measure = "time_service"',
            'measure = "time_service"\nrates = { vam = "1 USD/kg" }',
            "tariff 'vam'",
        ),
        (
            'measure = "time_service"',
            'measure = "time_service"\nrates = { van = "1 USD/kg" }',
            "'time_service' does not depend on rates; allowed: logistics_cost, freight_cost",
        ),
        (
            'measure = "time_service"\nnumerator = { policy = "bays", routes = ["van"] }',
            'measure = "door_to_door_time_p95"\nnumerator = { policy = "bays", lanes = ["l"] }',
            "a quantile of several routes is not that of all together",
        ),
    ],
)
def test_names_that_the_scenario_lacks(tmp_path: Path, model: Model, old: str, new: str, said: str) -> None:
    """Tests that what a claim names wrongly is told before anything is run."""
    assert TEXT.count(old) == 1
    found = problems_of(claims(tmp_path, TEXT.replace(old, new)), model.corridors)
    assert any(said in problem.message for problem in found)


def test_problems_of_several_claims_at_once(tmp_path: Path, model: Model) -> None:
    """Tests that what is wrong with one claim hides nothing of another, each under its own key."""
    text = TEXT.replace('lanes = ["l"]', 'lanes = ["m"]').replace(
        'routes = ["van"] }\nexpected', 'routes = ["vn"] }\nexpected'
    )
    found = problems_of(claims(tmp_path, text.replace('rate = "sea"', 'rate = "see"')), model.corridors)
    assert [problem.key for problem in found] == [
        ("claims", "half", "numerator", "lanes", 0),
        ("claims", "half", "sweep"),
        ("claims", "inspected", "denominator", "routes", 0),
    ]


def test_a_measure_that_is_not_there(tmp_path: Path, model: Model) -> None:
    """Tests that it is told with the claim, the nearest and the policy, and priced ones ask for no run."""
    asked: list[str] = []

    def measured(policy: str) -> list[str]:
        asked.append(policy)
        return ["time_service", "inspections"] if policy == "bays" else ["time_service"]

    assert unmeasured(claims(tmp_path), measured) == []
    assert asked == ["bays", "base"]
    (wrong,) = unmeasured(claims(tmp_path, TEXT.replace("time_service", "time_servise")), measured)
    assert wrong.key == ("claims", "inspected", "measure")
    assert wrong.message == (
        "there is no measure 'time_servise' under the policy 'bays'; did you mean 'time_service'?"
        "; allowed: time_service, inspections"
    )
    (wrong,) = unmeasured(claims(tmp_path, TEXT.replace("time_service", "inspections")), measured)
    assert wrong.message == "there is no measure 'inspections'; allowed: time_service"


def test_a_file_without_claims_is_refused() -> None:
    """Tests that a file that claims nothing is no file of claims."""
    with pytest.raises(ValueError, match="holds no claim"):
        Claims.model_validate({"format": 1, "claims": {}})
