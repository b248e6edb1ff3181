"""Attribute a claimed ratio to the levers of a policy package, and find the input values that reach it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from fourport.errors import key_of
from fourport.plan.tables import Floats
from fourport.scenario.models.claims import Group, RatioClaim
from fourport.study.attribution.inputs import HIGH, LOW, Input, inputs_of, lever_title, possible
from fourport.study.attribution.required_inputs import (
    CombinedInputs,
    HelpfulInput,
    RequiredValue,
    TargetRatio,
    combined,
    groups,
    helping,
    required_value,
)
from fourport.study.attribution.shapley import coalitions, shapley
from fourport.study.attribution.variants import GroupMeasure, Variants, with_value
from fourport.study.parallel import Progress
from fourport.study.published_claims.groups import Weighed
from fourport.study.published_claims.judge import Verdict, accepted_by, verdict
from fourport.study.published_claims.ratios import Sectioned, ratio_estimate, ratio_of, unjudged
from fourport.study.sample import Sample
from fourport.study.statistics import Estimate
from fourport.study.variant import Variant


@dataclass(frozen=True)
class Moved:
    """The claimed ratio with an input at the ends of its range.

    Attributes
    ----------
    ratios
        Ratio at the low end, at the scenario's value, and at the high end.
    needed
        Input value required for the claimed ratio; None if the ratio already agrees.
    """

    input: Input
    ratios: tuple[Estimate, Estimate, Estimate]
    needed: RequiredValue | None


@dataclass(frozen=True)
class Attributed:
    """The attribution of a claim's ratio.

    Attributes
    ----------
    claim
        Name of the claim.
    verdict
        Whether the interval of the ratio lies within the accepted bounds; "undecided" without an interval.
    target
        The ratio to be reached; None if the model's ratio lies within the accepted bounds.
    ratio, without
        Ratio of the scenario as it stands, and without the levers.
    whole
        Difference between the two ratios.
    levers
        Contribution of each lever; the contributions sum to ``whole``.
    titles
        Titles of the levers.
    inputs
        Inputs without a source.
    together
        Results with several inputs moved together, where no single input suffices.
    """

    claim: str
    verdict: Verdict
    target: TargetRatio | None
    ratio: Estimate
    without: Estimate
    whole: Estimate
    levers: Mapping[str, Estimate]
    titles: Mapping[str, str]
    inputs: Sequence[Moved]
    together: Sequence[CombinedInputs]


def attribute(
    sample: Sample,
    claims: Mapping[str, RatioClaim],
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Attributed]:
    """Attribute the ratios of claims to levers and inputs.

    The levers are those in the numerator's policy package only. Each input is moved to the ends of its range,
    all else unchanged, in numerator and denominator alike. If no single input makes the claim true, the two
    strongest are moved together, and then all of them.

    Parameters
    ----------
    claims
        Claims for which :func:`fourport.study.attribution.problems.problems_of` finds no problems.
    executor
        None runs in this process.
    progress
        Called after each run. There are two rounds of runs.
    """
    variants = Variants(sample.seed, sample.replications)
    parts = [_Part(name, claim, sample, variants) for name, claim in claims.items()]
    variants.run(executor, progress)
    for part in parts:
        part.combine()
    variants.run(executor, progress)
    return [part.result() for part in parts]


Pair = tuple[Variant, Variant]
"""Variants of numerator and denominator."""


class _Part:
    """One claim and the variants that it needs."""

    def __init__(self, name: str, claim: RatioClaim, sample: Sample, variants: Variants) -> None:
        assert claim.attribution is not None
        self.name, self.claim, self.variants = name, claim, variants
        self.over, self.under = _looked(claim.numerator, claim), _looked(claim.denominator, claim)
        self.values = sample.variants[claim.denominator.policy].values
        self.before = tuple(self.values.get("policy_package", ()))
        self.policy_package = tuple(sample.variants[claim.numerator.policy].values.get("policy_package", ()))
        self.players = [lever for lever in self.policy_package if lever not in self.before]
        known = sample.ranges[claim.numerator.policy]
        self.inputs = inputs_of(claim.attribution, self.players, self.values, known)
        self.subsets = {some: self._pair({}, frozenset(some)) for some in coalitions(self.players)}
        self.ends = [(self._pair(one.at(LOW)), self._pair(one.at(HIGH))) for one in self.inputs]
        self.target: TargetRatio | None = None
        self.said: list[RequiredValue | None] = [None] * len(self.inputs)
        self.helps: list[HelpfulInput] = []
        self.groups: list[tuple[tuple[HelpfulInput, ...], Pair]] = []

    def _pair(self, changed: Mapping[str, object], players: frozenset[str] | None = None) -> Pair:
        """Request numerator and denominator with changed values and some of the levers on."""
        values = self.values
        for key, value in changed.items():
            values = with_value(values, key, value)
        on = [one for one in self.policy_package if one in self.before or players is None or one in players]
        # A value of a lever that is off has no effect, so the unchanged run is reused.
        off = all(key_of(key)[0] == "levers" and key_of(key)[1] in self.players for key in changed)
        base = self.values if off else values
        return (
            self.variants.want({**values, "policy_package": on}, self.over),
            self.variants.want({**base, "policy_package": list(self.before)}, self.under),
        )

    def _measures(self, pair: Pair) -> tuple[Weighed, Weighed]:
        over, under = pair
        return self.variants.found[over, self.over], self.variants.found[under, self.under]

    def _ratio(self, pair: Pair) -> Sectioned:
        return ratio_of(self.claim.measure, *self._measures(pair))

    def _estimate(self, pair: Pair) -> Estimate:
        return ratio_estimate(self.claim.measure, *self._measures(pair))[0]

    @property
    def _as_it_is(self) -> float:
        return self._ratio(self.subsets[frozenset(self.players)]).whole

    def combine(self) -> None:
        """Find the required input values, and request runs with several inputs if no single one suffices."""
        own = self._as_it_is
        self.target = target = TargetRatio.of(self.claim, own)
        if target is None:
            return
        three = [[self._ratio(low).whole, own, self._ratio(high).whole] for low, high in self.ends]
        parts = self.variants.parts
        self.said = [
            required_value(one, ratios, target, lambda changed: possible(self.values, changed, parts))
            for one, ratios in zip(self.inputs, three, strict=True)
        ]
        if target.agrees(own) or any(said is not None and said.at for said in self.said):
            return
        self.helps = helping(self.inputs, three, target)
        for some in groups(self.helps):
            changed = {key: value for one in some for key, value in one.input.at(one.end).items()}
            self.groups.append((some, self._pair(changed)))

    def result(self) -> Attributed:
        """Compute the attribution from the finished runs."""
        worth = {some: self._ratio(pair).joined for some, pair in self.subsets.items()}
        with_all, without = worth[frozenset(self.players)], worth[frozenset()]
        ratio, target = self._estimate(self.subsets[frozenset(self.players)]), self.target
        shares = shapley(worth, self.players)
        moved = [
            Moved(one, (self._estimate(low), ratio, self._estimate(high)), said)
            for one, (low, high), said in zip(self.inputs, self.ends, self.said, strict=True)
        ]
        joined = [
            combined(some, self.helps, self._estimate(pair), self._as_it_is, target)
            for some, pair in self.groups
            if target is not None
        ]
        return Attributed(
            claim=self.name,
            verdict=verdict(ratio.low, ratio.high, accepted_by(self.claim)),
            target=target,
            ratio=ratio,
            without=self._estimate(self.subsets[frozenset()]),
            whole=self._part(with_all - without),
            levers={one: self._part(share) for one, share in shares.items()},
            titles={one: lever_title(self.values, one) for one in self.players},
            inputs=moved,
            together=joined,
        )

    def _part(self, joined: Floats) -> Estimate:
        """Return a difference of ratios; it has an interval if all of these may have one."""
        found = Sectioned.of_joined(joined).estimate()
        groups = (one for pair in self.subsets.values() for one in self._measures(pair))
        return replace(found, low=math.nan, high=math.nan) if unjudged(self.claim.measure, *groups) else found


def _looked(group: Group, claim: RatioClaim) -> GroupMeasure:
    return GroupMeasure(group.lanes, group.routes, claim.measure)


AT = ("low", "scenario", "high")
"""Names in tables of the low end, own value and high end of an input."""


def attribution_tables(parts: Sequence[Attributed]) -> dict[str, Iterator[tuple[object, ...]]]:
    """Return the rows of the tables of lever contributions, of moved inputs, and of inputs moved together."""
    return {
        "attribution": _lever_rows(parts),
        "claim-inputs": _input_rows(parts),
        "claim-together": _combined_rows(parts),
    }


def _lever_rows(parts: Sequence[Attributed]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of ``attribution.csv``: each lever, then the whole."""
    for part in parts:
        for lever, found in (*part.levers.items(), ("*", part.whole)):
            yield part.claim, lever, found.mean, found.low, found.high, found.n


def _input_rows(parts: Sequence[Attributed]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of ``claim-inputs.csv``: each input at its low end, own value and high end."""
    for part in parts:
        for moved in part.inputs:
            keys = " ".join(moved.input.values)
            said = moved.needed.text if moved.needed else ""
            for at, text, ratio in zip(AT, moved.input.texts, moved.ratios, strict=True):
                yield part.claim, moved.input.title, keys, at, text, *_interval(ratio), said, ratio.n


def _combined_rows(parts: Sequence[Attributed]) -> Iterator[tuple[object, ...]]:
    """Yield the rows of ``claim-together.csv``: the inputs moved in each run, and the resulting ratio."""
    for part in parts:
        for number, joined in enumerate(part.together, 1):
            said = "yes" if joined.reached else "no"
            for one in joined.helps:
                what = (one.input.title, " ".join(one.input.values), one.text)
                yield part.claim, number, *what, *_interval(joined.ratio), said, joined.ratio.n


def _interval(found: Estimate) -> tuple[float, float, float]:
    return found.mean, found.low, found.high
