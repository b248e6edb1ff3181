"""What a policy package's effect is owed to: Shapley's value of known games, and a package taken apart."""

from __future__ import annotations

import math
import re
from copy import deepcopy
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fourport
from fourport.cli.claims_text import attribution_text, in_short
from fourport.measures import measures_of
from fourport.plan.compile import compile_corridor
from fourport.scenario.load import load
from fourport.scenario.models.claims import RatioClaim
from fourport.scenario.models.scenario import Scenario
from fourport.store import InMemory, Run
from fourport.study.attribution.attribute import Attributed, attribute
from fourport.study.attribution.shapley import coalitions, shapley
from fourport.study.attribution.variants import GroupMeasure, Variants, with_value
from fourport.study.cohort import Cohorts
from fourport.study.curves.rates import Ranges
from fourport.study.processes import workers
from fourport.study.published_claims.judge import judge
from fourport.study.published_claims.model import Model
from fourport.study.replication import replicate
from fourport.study.run import run_study
from fourport.study.run_tables import write_tables
from fourport.study.sample import Sample
from fourport.study.variant import Variant
from tests.plan.test_compile import ROOT

OFFICE = "northport/clearance"
CLEARANCE = "facilities.northport.activities.clearance"


def test_the_glove_game() -> None:
    """Tests that of one left glove and two right ones, a pair being worth 1, the left has 2/3."""
    worth = {
        some: np.array([float("left" in some and len(some) > 1)])
        for some in coalitions(["left", "right-1", "right-2"])
    }
    shares = shapley(worth, ["left", "right-1", "right-2"])
    assert {name: share.tolist() for name, share in shares.items()} == {
        "left": [pytest.approx(2 / 3)],
        "right-1": [pytest.approx(1 / 6)],
        "right-2": [pytest.approx(1 / 6)],
    }


@given(st.lists(st.floats(-1e3, 1e3), min_size=16, max_size=16))
def test_it_is_the_mean_over_all_orders(values: list[float]) -> None:
    """Tests that a player's share is what it adds to those before it, averaged over the 24 orders of four."""
    players = ["a", "b", "c", "d"]
    worth = {some: np.array([value]) for some, value in zip(coalitions(players), values, strict=True)}
    shares = shapley(worth, players)
    for player in players:
        added = []
        for order in permutations(players):
            before = frozenset(order[: order.index(player)])
            added.append(float((worth[before | {player}] - worth[before])[0]))
        assert shares[player][0] == pytest.approx(np.mean(added), abs=1e-9)
    whole = (worth[frozenset(players)] - worth[frozenset()])[0]
    assert sum(share[0] for share in shares.values()) == pytest.approx(whole, abs=1e-9)


def documents() -> dict[str, dict[str, Any]]:
    """Give the template's scenario, made short, as it stands and under a policy package of two levers."""
    values = deepcopy(load(ROOT / "scenarios/templates/small.toml").tree.values)
    values["run"] = {**values["run"], "warm_up": "1 week", "window": "2 weeks"}
    values["levers"] = {
        "hours": {"kind": "working-hours", "resources": ["northport/officers", "northport/bays"]},
        "halved": {"kind": "risk-selection", "title": "Half the rate", "at": [OFFICE], "factor": 0.5},
        "idle": {"kind": "more-servers", "resources": {"northport/officers": 0}},
    }
    return {"base": values, "new": {**values, "policy_package": ["hours", "halved", "idle"]}}


def claim(expected: float = 0.5, tolerance: float = 0.1, **attribution: Any) -> RatioClaim:
    """Give a claim that export clearance takes a part of its time under the policy package."""
    return RatioClaim.model_validate(
        {
            "statement": "faster",
            "source": "nobody",
            "kind": "ratio",
            "measure": "clearance_time_export",
            "numerator": {"policy": "new"},
            "denominator": {"policy": "base"},
            "expected": expected,
            "tolerance": tolerance,
            "attribution": attribution,
        }
    )


def by_hand(changes: dict[str, object]) -> float:
    """Give the claimed ratio with some values changed: the mean of all consignments over that of all.

    Each consignment counts alike, whatever replication it is of; the jackknife leaves out one replication.
    """
    found = np.empty((3, 2, 2))
    for replication in range(3):
        for k, policy in enumerate(("new", "base")):
            changed: Any = documents()[policy]
            for key, value in changes.items():
                changed = with_value(changed, key, value)
            run = replicate(compile_corridor(Scenario.model_validate(changed)), 7, replication)
            hours = run.clearance.hours["export"][run.in_window]
            released = hours[np.isfinite(hours)]
            found[replication, k] = released.sum(), len(released)
    (new, n_new), (base, n_base) = found.sum(axis=0)
    without = [
        (new - a) / (n_new - n_a) / ((base - b) / (n_base - n_b)) for (a, n_a), (b, n_b) in found.tolist()
    ]
    return float(3 * (new / n_new) / (base / n_base) - 2 * np.mean(without))


PREPARATION = f"{CLEARANCE}.preparation.mean"
RATE = f"{CLEARANCE}.inspection.rates.other"
RANGES: Ranges = {PREPARATION: ("1 h", "8 h"), RATE: ("3 %", "30 %")}


def attributed(
    made: RatioClaim, jobs: int = 1, replications: int = 3, factor: tuple[float, float] = (0.5, 1.0)
) -> Attributed:
    """Take a claim apart."""
    with workers(jobs) as executor:
        (part,) = attribute(sampled(replications, factor), {"faster": made}, executor=executor)
    return part


def sampled(replications: int, factor: tuple[float, float] = (0.5, 1.0)) -> Sample:
    """Give a sample of the documents."""
    ranges = {"new": {**RANGES, "levers.halved.factor": factor}}
    variants = {policy: Variant.of(values) for policy, values in documents().items()}
    return Sample(variants, ranges, 7, replications)


def test_an_answer() -> None:
    """Tests that the Python function returns the same parts, with their tables."""
    run, sample = InMemory(), sampled(2)
    run.write_text("scenario.toml", "")
    run.write_manifest({"policies": {"base": "", "new": ""}})
    made = {"faster": claim(inputs={"preparation": [PREPARATION]})}
    answer = fourport.attribute(replace(sample, stored=run), made)
    assert [*answer.found] == attribute(sample, made)
    assert answer.tables == ("attribution", "claim-inputs", "claim-together")
    rows = answer.table("attribution").to_pylist()
    assert [row["lever"] for row in rows] == [*answer.found[0].levers, "*"]


def test_a_policy_package_is_taken_apart() -> None:
    """Tests that the levers' shares sum to the whole, that an idle lever has none, and the inputs' ends."""
    part = attributed(claim(inputs={"preparation": [PREPARATION]}))
    assert sum(found.mean for found in part.levers.values()) == pytest.approx(part.whole.mean, abs=1e-12)
    assert part.levers["idle"].mean == pytest.approx(0, abs=1e-15)
    assert part.levers["hours"].mean < 0  # officers who never go home keep nobody waiting overnight
    factor, prepared = part.inputs
    assert factor.input.texts == ("0.5", "0.5", "1.0")
    assert factor.ratios[0] == factor.ratios[1]
    assert factor.ratios[2].mean >= factor.ratios[1].mean
    assert prepared.ratios[2].mean == pytest.approx(by_hand({PREPARATION: "8 h"}), rel=1e-12)
    assert attributed(claim(inputs={"preparation": [PREPARATION]}), jobs=2) == part


@pytest.mark.parametrize(
    ("measure", "replications", "routes"),
    [
        ("clearance_time_export", 3, ()),
        ("clearance_time_export_p50", 3, ()),
        ("clearance_time_export_p95", 2, ()),
        ("clearance_time_export_p95", 2, ("by-air",)),  # fewer than two a replication lie beyond it
        ("door_to_door_time", 2, ()),
        ("logistics_cost", 2, ("by-sea",)),
        ("cleared_within_24h", 2, ()),
        ("inspections", 3, ()),
        ("consignments", 2, ()),
    ],
)
def test_it_explains_the_ratio_that_the_claim_has(
    tmp_path: Path, measure: str, replications: int, routes: tuple[str, ...]
) -> None:
    """Tests that ratio and interval are those of the judged claim, though replications differ in size."""
    made = claim()
    groups = {
        key: group.model_copy(update={"routes": routes})
        for key, group in (("numerator", made.numerator), ("denominator", made.denominator))
    }
    made = made.model_copy(update={"measure": measure, **groups})
    run = Run.create(tmp_path / "run")
    sample = replace(sampled(replications), stored=run)
    averages = run_study(run, sample.variants, sample.seed, replications, also=["journeys"])
    write_tables(run, "small", averages)
    judged = judge("faster", made, Model(sample))
    (part,) = attribute(sample, {"faster": made})
    found = (part.ratio.mean, part.ratio.low, part.ratio.high)
    assert found == pytest.approx((judged.value, judged.low, judged.high), rel=1e-5, nan_ok=True)
    assert (part.ratio.n, part.verdict) == (judged.n, judged.verdict)
    thin = measure.endswith("p95") and bool(routes)
    assert (math.isnan(part.ratio.low), math.isnan(part.whole.low)) == (thin, thin)
    assert sum(one.mean for one in part.levers.values()) == pytest.approx(part.whole.mean, abs=1e-12)
    sizes = sample.series("base", None)["*", "*", "consignments", "consignments"]
    assert len(set(sizes.tolist())) > 1


def test_inputs_are_called_in_words() -> None:
    """Tests that a lever's number goes by title and words of its field, or by a title of the claim."""
    called = {"levers.halved.factor", PREPARATION}
    titles = [one.input.title for one in attributed(claim(inputs={"preparation": [PREPARATION]})).inputs]
    assert titles == [
        "Half the rate: factor on the rates of inspection of all trader classes",
        "preparation",
    ]
    named = attributed(claim(inputs={"rates": ["levers.halved.factor"], "preparation": [PREPARATION]})).inputs
    assert [one.input.title for one in named] == ["rates", "preparation"]
    assert {key for one in named for key in one.input.values} == called


def test_two_inputs_that_suffice_together() -> None:
    """Tests 0.62: no input alone is enough, two are, as run by hand, and so is a point on the way."""
    part = attributed(claim(0.62, 0.001, inputs={"preparation": [PREPARATION], "rate": [RATE]}))
    assert all(one.needed is not None and not one.needed.at for one in part.inputs)
    (two,) = part.together
    assert [(one.input.title, one.text) for one in two.helps] == [("preparation", "8 h"), ("rate", "30 %")]
    assert two.ratio.mean == pytest.approx(by_hand({PREPARATION: "8 h", RATE: "30 %"}), rel=1e-12)
    assert two.reached
    effects = sum(one.ratios[2].mean - part.ratio.mean for one in part.inputs[1:])
    assert abs(part.ratio.mean + effects - two.ratio.mean) > 0.02  # not the sum: the two overlap
    found = re.fullmatch(
        r"“preparation” at 8 h in place of 4 h and “rate” at about (\S+ %) in place of 6 %", two.point
    )
    assert found is not None
    assert by_hand({PREPARATION: "8 h", RATE: found[1]}) == pytest.approx(0.62, abs=0.01)
    assert f"together, {two.point}" in in_short(part)


def test_no_inputs_that_suffice_at_all() -> None:
    """Tests 0.2: neither two nor all that help come to it, as run by hand, which is what is said."""
    inputs = {"preparation": [PREPARATION], "rate": [RATE]}
    part = attributed(claim(0.2, 0.01, inputs=inputs), factor=(0.1, 1.0))
    assert [(one.reached, one.point) for one in part.together] == [(False, ""), (False, "")]
    ends = {PREPARATION: "8 h", RATE: "30 %", "levers.halved.factor": 0.1}
    assert [len(one.helps) for one in part.together] == [2, 3]
    assert part.together[1].ratio.mean == pytest.approx(by_hand(ends), rel=1e-12)
    said = in_short(part)
    assert "No run with inputs moved gives 0.2: the nearest, " in said
    gives = f"gives {part.together[-1].ratio.mean:.2f} ("
    assert f"all 3 that help, each at the end that is best alone, {gives}" in said
    assert said.endswith("values between the ends of ranges, and other combinations, were not run.")
    assert "“hours”" in said


def test_inputs_that_suffice_alone_are_not_run_together() -> None:
    """Tests that what a single input does is said, and nothing run beside."""
    part = attributed(claim(0.7, 0.001, inputs={"preparation": [PREPARATION]}))
    assert part.together == []
    needed_hours = part.inputs[1].needed
    assert needed_hours is not None
    assert (
        f"“preparation” at {needed_hours.at} (on a straight line between runs) in place of 4 h"
        in in_short(part)
    )


@pytest.mark.parametrize(
    ("expected", "tolerance", "said"),
    [
        (0.7, 0.6, "which agrees with the claim"),
        (0.7, 0.05, "which leaves the claim of 0.7 open"),
        (0.1, 0.01, "not 0.1 as claimed"),
    ],
)
def test_the_closing_sentence_follows_the_interval(expected: float, tolerance: float, said: str) -> None:
    """Tests that a claim is said to agree, to be open or not to agree by the whole interval, 0.50 to 0.99."""
    part = attributed(claim(expected, tolerance))
    assert (round(part.ratio.low, 2), round(part.ratio.high, 2)) == (0.5, 0.99)
    assert f"the model gives 0.74 (0.50 to 0.99), {said}. Nearly all of" in in_short(part)


def test_one_replication_has_no_intervals() -> None:
    """Tests that one replication prints values, no "nan", and why there are no intervals."""
    part = attributed(claim(0.2, 0.01, inputs={"rate": [RATE], "preparation": [PREPARATION]}), replications=1)
    text = attribution_text([part])
    assert text.splitlines()[2].startswith("  In short: as the scenario stands")
    assert "nan" not in text
    assert f"to {part.ratio.mean:.3f},\n" in text
    assert "One replication: no intervals; two or more give them" in text


def test_clearance_is_measured_on_a_part_of_the_run() -> None:
    """Tests that measures are to the last digit what the whole run gives, whether or not it is cut short."""
    names = ["clearance_time_export", "clearance_time_export_p95", "door_to_door_time"]
    groups = [((), ("by-sea",)), (("east",), ())]
    for some in (names[:2], names):
        variants, values = Variants(7, 2), documents()["new"]
        looked = [GroupMeasure(*group, name) for group in groups for name in some]
        for one in looked:
            variant = variants.want(values, one)
        variants.run()
        for replication in range(2):
            run = replicate(compile_corridor(Scenario.model_validate(values)), 7, replication)
            for one in looked:
                of_route = run.world.route == run.corridor.plan.names.routes.index("by-sea")
                ids = np.flatnonzero(run.in_window & (of_route if one.routes else True))
                found = variants.found[variant, one].values[replication]
                assert found == measures_of(Cohorts.of(run, ids))[one.measure]


def test_what_is_known_is_not_run_again() -> None:
    """Tests that a second round runs what is new alone."""
    variants, runs = Variants(7, 2), list[tuple[int, int]]()
    one, other = (
        GroupMeasure((), (), "clearance_time_export"),
        GroupMeasure((), ("by-sea",), "clearance_time_export"),
    )
    variants.want(documents()["base"], one)
    variants.want(documents()["base"], one)
    variants.run(progress=lambda *number: runs.append(number))
    variants.run(progress=lambda *number: runs.append(number))
    variants.want(documents()["base"], other)
    variants.run(progress=lambda *number: runs.append(number))
    assert runs == [(0, 2), (1, 2), (2, 2)] * 2


@pytest.mark.parametrize(("key", "value"), [("name", "other"), ("run.seed", 9), ("levers.halved.factor", 1)])
def test_one_value_is_replaced(key: str, value: object) -> None:
    """Tests that a value is replaced by its key and nothing else, and that an unknown key is refused."""
    values = documents()["base"]
    changed = with_value(values, key, value)
    table: Any = changed
    for part in key.split("."):
        table = table[part]
    assert table == value
    assert values == documents()["base"]
    with pytest.raises(KeyError):
        with_value(values, f"{key}-not", value)


def test_a_value_in_a_list_or_under_a_name_in_quotes_is_replaced() -> None:
    """Tests keys with an index and with a quoted name, as ranges have them."""
    values = documents()["base"]
    values["levers"]["idle"]["resources"] = {"northport/officers": 0}
    changed: Any = with_value(values, 'levers.idle.resources."northport/officers"', 2)
    assert changed["levers"]["idle"]["resources"] == {"northport/officers": 2}
    changed = with_value(values, "calendars.office.hours[1].open", "14:00")
    assert [hours["open"] for hours in changed["calendars"]["office"]["hours"]] == ["08:00", "14:00"]
    with pytest.raises(KeyError):
        with_value(values, "calendars.office.hours[2].open", "14:00")
