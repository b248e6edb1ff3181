"""Tests of claims: values against the summary and by hand, verdicts, regions."""

from __future__ import annotations

import math
from concurrent.futures import Executor
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from scipy.stats import binom

from fourport.cli.claims_text import claims_text
from fourport.plan.compile import compile_corridor
from fourport.plan.tables import Floats
from fourport.scenario.claims import read_claims
from fourport.scenario.library import folder
from fourport.scenario.load import load
from fourport.store import Run
from fourport.study.counts import ratio_of_counts
from fourport.study.curves.bounds import LEAST, Band
from fourport.study.curves.breakeven import band
from fourport.study.published_claims.groups import policies_of
from fourport.study.published_claims.judge import JudgedClaim, judge, regions, verdict
from fourport.study.published_claims.model import Model
from fourport.study.published_claims.problems import problems_of
from fourport.study.replication_measures import Series
from fourport.study.run import run_study
from fourport.study.run_tables import write_tables
from fourport.study.sample import Sample
from fourport.study.statistics import estimate, jackknife, ratio_values
from fourport.study.variant import Variant
from tests.stored import rows_of
from tests.study.published_claims.claimed import DOCUMENTS, TEXT, claims


def modelled(folder: Path, replications: int) -> Model:
    """Run two policies and keep their journeys."""
    run = Run.create(folder / "run")
    variants = {name: Variant.of(values) for name, values in DOCUMENTS.items()}
    averages = run_study(run, variants, 1, replications, also=["journeys"])
    write_tables(run, "tiny", averages)
    return Model(Sample(variants, {name: {} for name in DOCUMENTS}, 1, replications, stored=run))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Give ten replications."""
    return modelled(tmp_path_factory.mktemp("claims"), LEAST)


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """Give the first replication alone."""
    return modelled(tmp_path_factory.mktemp("one"), 1)


def judged(tmp_path: Path, name: str, model: Model, text: str = TEXT) -> JudgedClaim:
    return judge(name, claims(tmp_path, text)[name], model)


def by_replication(sample: Sample, policy: str, lane: str, route: str, measure: str) -> list[float]:
    assert sample.stored is not None
    return [
        float(row["value"])
        for row in rows_of(sample.stored, "replications")
        if (row["policy"], row["lane"], row["route"], row["measure"]) == (policy, lane, route, measure)
    ]


def sums(sample: Sample, route: str, measure: str) -> tuple[Floats, Floats]:
    """Give what each replication adds to a mean, and what that is over, from the rows of consignments."""
    assert sample.stored is not None
    column, weight = {
        "freight_cost": ("freight_cost", "weight_kg"),
        "door_to_door_time": ("door_to_door_h", None),
    }[measure]
    found = []
    for k in range(sample.replications):
        table = pq.read_table(sample.stored.consignments_file("base", k)).to_pylist()
        mine = [row for row in table if row["route"] == route and row["delivered"] is not None]
        found.append((sum(row[column] for row in mine), sum(row[weight] if weight else 1 for row in mine)))
    above, below = np.array(found, dtype=np.float64).T
    return above, below


def jackknifed(sample: Sample, route: str, measure: str) -> Floats:
    """Give the jackknife values of a mean."""
    return ratio_values(*sums(sample, route, measure))


def test_a_ratio_of_costs_is_that_of_the_summary(tmp_path: Path, model: Model) -> None:
    """Tests that prices worked out from journeys are the run's own, of all kilograms together."""
    found = judged(tmp_path, "half", model)
    (van, its), (truck, of) = (sums(model.sample, route, "freight_cost") for route in ("van", "truck"))
    values = jackknife(lambda a, b, c, d: (a / b) / (c / d), van, its, truck, of)
    expected = band(values[:, None])
    assert model.sample.stored is not None
    means = {
        row["route"]: row["mean"]
        for row in rows_of(model.sample.stored, "summary")
        if (row["policy"], row["measure"]) == ("base", "freight_cost")
    }
    assert found.value == pytest.approx(means["van"] / means["truck"], rel=0.01)
    assert (found.low, found.high) == pytest.approx((expected.low[0], expected.high[0]), rel=1e-9)
    assert found.n == LEAST


def test_a_ratio_between_policies(tmp_path: Path, model: Model) -> None:
    """Tests a measure of all lanes together, and one that is stored but not priced, between two policies."""
    base, bays = (by_replication(model.sample, name, "l", "van", "time_service") for name in DOCUMENTS)
    found = judged(tmp_path, "inspected", model)
    assert found.value == pytest.approx(np.mean(bays) / np.mean(base), rel=1e-3)
    assert policies_of(claims(tmp_path)) == ("base", "bays")
    faster = judged(tmp_path, "faster", model)
    base, bays = (by_replication(model.sample, name, "*", "*", "door_to_door_time") for name in DOCUMENTS)
    assert faster.value == pytest.approx(np.mean(bays) / np.mean(base), rel=1e-3)
    assert faster.verdict == ("holds" if faster.high <= 1 else "undecided")


def test_the_region_of_a_rate(tmp_path: Path, model: Model) -> None:
    """Tests the region against the ratio by hand: (s + 0.01) / (s + 40 / kg of a mean consignment)."""
    found = judged(tmp_path, "half", model)
    assert found.swept is not None
    holds = [region for region in found.regions if region.verdict == "holds"]
    truck = np.array(by_replication(model.sample, "base", "l", "truck", "freight_cost")) - 0.1
    for region in holds:
        middle = (region.low + region.high) / 2
        ratio = np.mean((middle + 0.01) / (middle + truck))
        assert 0.4 <= ratio <= 0.6
    assert [region.low for region in found.regions][1:] == [region.high for region in found.regions][:-1]
    assert (found.regions[0].low, found.regions[-1].high) == (0.05, 0.2)


def test_a_threshold(tmp_path: Path, model: Model) -> None:
    """Tests that the van's rate at which both cost the same is what the truck's handling costs a kg."""
    found = judged(tmp_path, "dearer", model)
    truck = jackknifed(model.sample, "truck", "freight_cost") - 0.1
    assert found.value == pytest.approx(truck.mean(), rel=1e-6)
    assert found.low < found.value < found.high
    assert found.unit == "USD/kg"


SECOND = 'second = { routes = ["van"] }\nmeasure'


def test_a_difference_of_times(tmp_path: Path, model: Model) -> None:
    """Tests the hours that one route takes longer, over all consignments, and what agrees in hours."""
    found = judged(tmp_path, "longer", model)
    truck, van = (jackknifed(model.sample, route, "door_to_door_time") for route in ("truck", "van"))
    hours = truck - van
    expected = band(hours[:, None])
    assert (found.value, found.low, found.high) == pytest.approx(
        (hours.mean(), expected.low[0], expected.high[0]), rel=1e-9
    )
    assert found.unit == "h"
    assert found.accepted == pytest.approx((1 / 3, 2 / 3))
    least = TEXT.replace('expected = "30 min"\ntolerance = "10 min"', 'at_least = "0 h"')
    assert judged(tmp_path, "longer", model, least).accepted == (0.0, np.inf)
    alone = judged(tmp_path, "longer", model, TEXT.replace(SECOND, "measure"))
    assert alone.value == pytest.approx(np.mean(truck), rel=1e-9)


@pytest.mark.parametrize("end", ["p50", "p95"])
def test_claims_about_quantiles_are_about_all_consignments(tmp_path: Path, model: Model, end: str) -> None:
    """Tests a P50, alone and as a ratio: those of all consignments of the run, sectioned about them.

    Some 40 consignments a replication use the van: beyond P95 are two, which is too few to judge by.
    """
    measure, p95 = f"door_to_door_time_{end}", {}
    assert model.sample.stored is not None
    for row in rows_of(model.sample.stored, "summary"):
        if (row["policy"], row["measure"]) == ("base", measure):
            p95[row["route"]] = row
    text = TEXT.replace(SECOND, "measure").replace(
        'measure = "door_to_door_time"\nexpected', f'measure = "{measure}"\nexpected'
    )
    alone = judged(tmp_path, "longer", model, text)
    assert alone.value == pytest.approx(p95["truck"]["mean"], abs=1e-3)
    text = TEXT.replace(
        'measure = "time_service"\nnumerator = { policy = "bays", routes = ["van"] }',
        f'measure = "{measure}"\nnumerator = {{ routes = ["truck"] }}',
    )
    ratio = judged(tmp_path, "inspected", model, text)
    assert ratio.value == pytest.approx(p95["truck"]["mean"] / p95["van"]["mean"], abs=1e-3)
    truck, van = (
        np.array(by_replication(model.sample, "base", "l", route, measure)) for route in ("truck", "van")
    )
    if end == "p95":
        for claim in (alone, ratio):
            assert np.isnan([claim.low, claim.high]).all()
            assert (claim.verdict, claim.n) == ("undecided", LEAST)
            assert "; thin tail: fewer than 5 consignments" in " ".join(claims_text([claim]).split())
        return
    spread = np.sqrt(((truck / van - ratio.value) ** 2).sum() / (LEAST - 1) / LEAST)
    assert ratio.high - ratio.value == pytest.approx(2.262157 * spread, rel=1e-5)


@dataclass(repr=False)
class Lossy(Sample):
    """A sample in which a share of the consignments of the van is not delivered."""

    lost: float = 0.0

    def series(self, policy: str, executor: Executor | None = None) -> Series:
        """Return the measures, with so many undelivered."""
        found = super().series(policy, executor)
        consignments = found["l", "van", "consignments", "consignments"]
        found["l", "van", "undelivered", "consignments"] = self.lost * consignments
        return found


@pytest.mark.parametrize(("lost", "withheld"), [(0.0499, False), (0.06, True)])
def test_means_of_survivors_are_withheld(tmp_path: Path, model: Model, lost: float, withheld: bool) -> None:
    """Tests a ratio, a threshold and a difference of means of the van: above 5 % there is no value."""
    given = {field.name: getattr(model.sample, field.name) for field in fields(model.sample)}
    lossy = Model(Lossy(**given, lost=lost))
    for name in ("half", "dearer", "longer", "inspected"):
        found = judged(tmp_path, name, lossy)
        assert math.isnan(found.value) == withheld
        assert found.said == ("withheld: 6 % undelivered" if withheld else "")
        if withheld:
            assert (found.verdict, found.regions) == ("undecided", ())
            assert "the model leaves it open: withheld: 6 % undelivered; " in " ".join(
                claims_text([found]).split()
            )
    counted = TEXT.replace('measure = "time_service"', 'measure = "inspections"')
    assert judged(tmp_path, "inspected", lossy, counted).said == ""


def test_one_replication_decides_nothing(tmp_path: Path, model: Model, one: Model) -> None:
    """Tests that one replication gives the values, a threshold among them, without interval or verdict."""
    found = {name: judged(tmp_path, name, one) for name in ("half", "dearer", "longer")}
    truck = by_replication(model.sample, "base", "l", "truck", "freight_cost")[0] - 0.1
    assert found["dearer"].value == pytest.approx(truck, rel=1e-6)
    for claim in found.values():
        assert np.isnan([claim.low, claim.high]).all()
        assert (claim.verdict, claim.said, claim.n) == ("undecided", "", 1)
    text = claims_text(list(found.values()))
    assert "One replication: no intervals, nothing can be decided." in text
    assert not [mark for mark in ("(", "?", "nan", "In brackets") if mark in text]


def test_a_range_without_a_threshold_says_so(tmp_path: Path, one: Model) -> None:
    """Tests that one replication in whose range nothing crosses does not speak of several thresholds."""
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


def test_a_ratio_of_few_counts() -> None:
    """Tests by hand counts of 2, 0, 1 over 0, 4, 2: 3 of 6, a denominator of zero included."""
    values = ratio_values(np.array([2.0, 0.0, 1.0, np.nan]), np.array([0.0, 4.0, 2.0, 5.0]))
    # Without each: 1 of 6, 3 of 2, 2 of 4.
    assert values[:3] == pytest.approx([1.5 - 2 / 6, 1.5 - 3, 1.5 - 1])
    assert np.isnan(values[3])
    assert np.isnan(ratio_values(np.ones(3), np.zeros(3))).all()
    assert ratio_values(np.array([3.0]), np.array([6.0])).tolist() == [0.5]
    same = np.random.default_rng(1).random(9)
    assert ratio_values(same, same) == pytest.approx(np.ones(9))


def test_a_ratio_whose_denominator_is_in_one_replication_has_no_spread() -> None:
    """Tests that no replication is left out of 4 of 1: without the third nothing is known of the ratio."""
    above, below = np.array([1.0, 2.0, 1.0]), np.array([0.0, 0.0, 1.0])
    assert np.isnan(ratio_values(above, below)).all()
    found = ratio_of_counts(above, below)
    assert (found.mean, found.n) == (4.0, 3)
    assert found.low < 1
    assert found.high > 20


def test_a_ratio_of_rare_counts_has_exact_bounds() -> None:
    """Tests none of 8 in 4 replications: at most 1 - 0.025^(1/4) are, 60.2 % of all, a ratio of 1.515.

    The replications are what is independent, as nothing tells whether such events come together.
    """
    none = ratio_of_counts(np.zeros(4), np.full(4, 2.0))
    assert (none.mean, none.low, none.n) == (0.0, 0.0, 4)
    assert none.high == pytest.approx(0.60236 / (1 - 0.60236), rel=1e-4)
    same = ratio_of_counts(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 2.0]))
    assert (same.low, same.high) == pytest.approx((1.0, 1.0))
    nothing = ratio_of_counts(np.ones(3), np.zeros(3))
    assert math.isnan(nothing.mean)
    assert math.isnan(nothing.high)


@pytest.mark.parametrize("noise", ["normal", "lognormal", "poisson"])
@pytest.mark.parametrize("n", [10, 100])
def test_intervals_of_ratios_hold_the_truth(noise: str, n: int) -> None:
    """Tests that 95 % intervals of noisy ratios hold the truth in 93 % of studies or more.

    The mean of ratios does so in 73 % (noise of 20 %, 100 replications). Poisson counts are 0 in some.
    """
    rng, trials, truth = np.random.default_rng(5), 1500, 1.0
    if noise == "normal":
        above, below = rng.normal(1, 0.2, (2, n, trials))
    elif noise == "lognormal":
        above, below = np.exp(rng.normal(0, 0.2, (2, n, trials)))
    else:
        above, below, truth = rng.poisson(1.2, (n, trials)), rng.poisson(2.8, (n, trials)), 1.2 / 2.8
    values = ratio_values(above.astype(float), below.astype(float))
    found = [estimate(values[:, k].tolist()) for k in range(trials)]
    hold = sum(one.low <= truth <= one.high for one in found)
    assert hold >= binom.ppf(0.001, trials, 0.93 if n == 10 else 0.945)


def test_regions_by_hand() -> None:
    """Tests an interval x +- 0.1 against 1 to 2: it holds from 1.1 to 1.9."""
    xs = np.linspace(0.0, 3.0, 7)
    found = regions(xs.tolist(), Band(xs, xs - 0.1, xs + 0.1), (1.0, 2.0))
    assert [one.verdict for one in found] == ["fails", "undecided", "holds", "undecided", "fails"]
    assert [one.low for one in found] == pytest.approx([0.0, 0.9, 1.1, 1.9, 2.1])


@pytest.mark.parametrize("name", ["weihai-2019", "weihai-2020"])
def test_shipped_claims_fit_the_shipped_scenarios(name: str) -> None:
    """Tests that all that the shipped claims name is in the shipped scenarios."""
    named = read_claims(folder() / "claims.toml").claims.claims
    corridor = compile_corridor(load(name).scenario)
    assert problems_of(named, {"base": corridor}) == []


@pytest.mark.parametrize("name", ["weihai-customs", "korea-ecommerce"])
def test_shipped_claims_fit_the_scenario_that_names_them(name: str) -> None:
    """Tests that all that claims about clearance or parcels name is in the scenario that they belong to."""
    named = read_claims(folder() / load(name).scenario.claims).claims.claims
    corridors = {policy: compile_corridor(load(name, policy).scenario) for policy in policies_of(named)}
    assert problems_of(named, corridors) == []
