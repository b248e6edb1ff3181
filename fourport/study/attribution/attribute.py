"""A claim about a policy package: what each of its levers has done, and where inputs would have to be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from fourport.plan.tables import Floats
from fourport.scenario.models.claims import Group, RatioClaim
from fourport.scenario.tree import key_of
from fourport.store import Run
from fourport.study.attribution.inputs import HIGH, LOW, OWN, Input, inputs_of, lever_title, possible
from fourport.study.attribution.required_inputs import (
    Helps,
    Needed,
    Target,
    Together,
    groups,
    helping,
    needed,
    together,
)
from fourport.study.attribution.shapley import coalitions, shapley
from fourport.study.attribution.variants import Looked, Variants, with_value
from fourport.study.parallel import Progress
from fourport.study.published_claims.judge import Verdict, accepted_by, verdict
from fourport.study.sample import Sample
from fourport.study.statistics import Estimate, estimate
from fourport.study.variant import Variant


@dataclass(frozen=True)
class Moved:
    """An input at the ends of its range, and what the claimed ratio is there.

    Attributes
    ----------
    ratios
        The ratio at the low end, at the scenario's own value, at the high end.
    needed
        Where it would have to be for the ratio claimed; None if nothing is wanted.
    """

    input: Input
    ratios: tuple[Estimate, Estimate, Estimate]
    needed: Needed | None


@dataclass(frozen=True)
class Attributed:
    """A claim's ratio taken apart.

    Attributes
    ----------
    claim
        Name of the claim.
    verdict
        Whether the interval of the ratio lies within what agrees; "undecided" without an interval.
    target
        What it wants; None if the model's ratio lies within its bounds.
    ratio, without
        The ratio as the scenario stands, and without the levers.
    whole
        Change from the one to the other.
    levers
        What each lever has of it; these sum to the whole.
    titles
        What the levers call themselves.
    inputs
        Unsourced inputs.
    together
        What several of them give together, where no single one suffices.
    """

    claim: str
    verdict: Verdict
    target: Target | None
    ratio: Estimate
    without: Estimate
    whole: Estimate
    levers: Mapping[str, Estimate]
    titles: Mapping[str, str]
    inputs: Sequence[Moved]
    together: Sequence[Together]


def attribute(
    sample: Sample,
    claims: Mapping[str, RatioClaim],
    *,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> list[Attributed]:
    """Take the ratios of claims apart.

    The levers are those that only the numerator's policy package has. Each input is moved to
    the ends of its range, all else as it is, in numerator and denominator alike; then, where none of them
    makes the claim true, the two strongest together and all of them.

    Parameters
    ----------
    claims
        Those in which :func:`fourport.study.attribution.problems.problems_of` finds nothing.
    executor
        None works in this process.
    progress
        Called after each run, of two rounds.
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
    """One claim: the variants that it needs."""

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
        self.target: Target | None = None
        self.said: list[Needed | None] = [None] * len(self.inputs)
        self.helps: list[Helps] = []
        self.groups: list[tuple[tuple[Helps, ...], Pair]] = []

    def _pair(self, changed: Mapping[str, object], players: frozenset[str] | None = None) -> Pair:
        """Ask for numerator and denominator with some values changed, and some of the levers on."""
        values = self.values
        for key, value in changed.items():
            values = with_value(values, key, value)
        on = [one for one in self.policy_package if one in self.before or players is None or one in players]
        # A lever that is off changes nothing: the same run serves.
        off = all(key_of(key)[0] == "levers" and key_of(key)[1] in self.players for key in changed)
        base = self.values if off else values
        return (
            self.variants.want({**values, "policy_package": on}, self.over),
            self.variants.want({**base, "policy_package": list(self.before)}, self.under),
        )

    def _ratio(self, pair: Pair) -> Floats:
        over, under = pair
        found: Floats = self.variants.found[over, self.over] / self.variants.found[under, self.under]
        return found

    @property
    def _as_it_is(self) -> Floats:
        return self._ratio(self.subsets[frozenset(self.players)])

    def _three(self) -> list[tuple[Floats, Floats, Floats]]:
        return [(self._ratio(low), self._as_it_is, self._ratio(high)) for low, high in self.ends]

    def combine(self) -> None:
        """See where inputs would have to be, and ask for several together if none suffices alone."""
        own = _mean(self._as_it_is)
        self.target = target = Target.of(self.claim, own)
        if target is None:
            return
        three = [[_mean(ratio) for ratio in one] for one in self._three()]
        self.said = [
            needed(one, ratios, target, lambda changed: possible(self.values, changed))
            for one, ratios in zip(self.inputs, three, strict=True)
        ]
        if target.agrees(own) or any(said is not None and said.at for said in self.said):
            return
        self.helps = helping(self.inputs, three, target)
        for some in groups(self.helps):
            changed = {key: value for one in some for key, value in one.input.at(one.end).items()}
            self.groups.append((some, self._pair(changed)))

    def result(self) -> Attributed:
        """Work out what came of it."""
        worth = {some: self._ratio(pair) for some, pair in self.subsets.items()}
        with_all, without = worth[frozenset(self.players)], worth[frozenset()]
        ratio, target = _estimate(with_all), self.target
        moved = [
            Moved(one, (_estimate(three[LOW]), _estimate(three[OWN]), _estimate(three[HIGH])), said)
            for one, three, said in zip(self.inputs, self._three(), self.said, strict=True)
        ]
        joined = [
            together(some, self.helps, _estimate(self._ratio(pair)), _mean(with_all), target)
            for some, pair in self.groups
            if target is not None
        ]
        return Attributed(
            claim=self.name,
            verdict=verdict(ratio.low, ratio.high, accepted_by(self.claim)),
            target=target,
            ratio=ratio,
            without=_estimate(without),
            whole=_estimate(with_all - without),
            levers={one: _estimate(share) for one, share in shapley(worth, self.players).items()},
            titles={one: lever_title(self.values, one) for one in self.players},
            inputs=moved,
            together=joined,
        )


def _looked(group: Group, claim: RatioClaim) -> Looked:
    return Looked(group.lanes, group.routes, claim.measure)


def _estimate(ratios: Floats) -> Estimate:
    return estimate(ratios.tolist())


def _mean(ratios: Floats) -> float:
    return float(np.mean(ratios[~np.isnan(ratios)])) if not np.isnan(ratios).all() else float("nan")


AT = ("low", "scenario", "high")
"""What the places of an input are called in tables."""


def write_attribution(run: Run, parts: Sequence[Attributed]) -> None:
    """Write the levers' shares, the inputs at the ends of their ranges, and what several give together."""
    run.write_table("attribution", _lever_rows(parts))
    run.write_table("claim-inputs", _input_rows(parts))
    run.write_table("claim-together", _combined_rows(parts))


def _lever_rows(parts: Sequence[Attributed]) -> Iterator[tuple[object, ...]]:
    """Give the rows of ``attribution.csv``: each lever, then the whole."""
    for part in parts:
        for lever, found in (*part.levers.items(), ("*", part.whole)):
            yield part.claim, lever, found.mean, found.low, found.high, found.n


def _input_rows(parts: Sequence[Attributed]) -> Iterator[tuple[object, ...]]:
    """Give the rows of ``claim-inputs.csv``: each input at its low end, as it is, and at its high end."""
    for part in parts:
        for moved in part.inputs:
            keys = " ".join(moved.input.values)
            said = moved.needed.text if moved.needed else ""
            for at, text, ratio in zip(AT, moved.input.texts, moved.ratios, strict=True):
                yield part.claim, moved.input.title, keys, at, text, *_interval(ratio), said, ratio.n


def _combined_rows(parts: Sequence[Attributed]) -> Iterator[tuple[object, ...]]:
    """Give the rows of ``claim-together.csv``: what is moved in each run, and what all of it gives."""
    for part in parts:
        for number, joined in enumerate(part.together, 1):
            said = "yes" if joined.reached else "no"
            for one in joined.helps:
                what = (one.input.title, " ".join(one.input.values), one.text)
                yield part.claim, number, *what, *_interval(joined.ratio), said, joined.ratio.n


def _interval(found: Estimate) -> tuple[float, float, float]:
    return found.mean, found.low, found.high
