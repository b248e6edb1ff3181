"""A claim about a regime: what each of its levers has done, and where inputs would have to be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fourport.errors import UserError
from fourport.plan.tables import Floats
from fourport.scenario.models.claims import Attribution, Group, RatioClaim
from fourport.scenario.units import MICROSECONDS, split_quantity
from fourport.study.attribution.shapley import coalitions, shapley
from fourport.study.attribution.variants import Looked, Values, Variants, with_value
from fourport.study.curves.rates import Ranges
from fourport.study.statistics import Estimate, estimate


@dataclass(frozen=True)
class Moved:
    """An input at the ends of its range, and what the claimed ratio is there.

    Attributes
    ----------
    name
        What it is called.
    texts
        Low end, the scenario's own, high end, as written.
    ratios
        The ratio at each of the three.
    needed
        Where it would have to be for the ratio claimed, as text.
    """

    name: str
    texts: tuple[str, str, str]
    ratios: tuple[Estimate, Estimate, Estimate]
    needed: str


@dataclass(frozen=True)
class Attributed:
    """A claim's ratio taken apart.

    Attributes
    ----------
    claim
        Name of the claim.
    whole
        Change of the ratio from 1.
    levers
        What each lever has of it; these sum to the whole.
    inputs
        Unsourced inputs.
    """

    claim: str
    whole: Estimate
    levers: Mapping[str, Estimate]
    inputs: Sequence[Moved]


def attribute(
    claims: Mapping[str, RatioClaim],
    documents: Mapping[str, Values],
    ranges: Ranges,
    settings: tuple[int, int, int],
    progress: Callable[[int], Callable[[], None]] = lambda _: lambda: None,
) -> list[Attributed]:
    """Take the ratios of claims apart.

    The levers are those of the numerator's regime that the denominator's has not. Each input is moved to
    the ends of its range, all else as it is, in numerator and denominator alike.

    Parameters
    ----------
    documents
        Values of the scenario under each policy.
    ranges
        Plausible ranges of its numbers, as written.
    settings
        Seed, replications, processes.
    progress
        Given the number of runs, gives what is called after each.
    """
    variants = Variants()
    parts = [_Part(name, claim, documents, ranges, variants) for name, claim in claims.items()]
    seed, replications, jobs = settings
    variants.run(seed, replications, jobs, progress(len(variants.values) * replications))
    return [part.result(variants) for part in parts]


class _Part:
    """One claim: the variants that it needs."""

    def __init__(
        self,
        name: str,
        claim: RatioClaim,
        documents: Mapping[str, Values],
        ranges: Ranges,
        variants: Variants,
    ) -> None:
        assert claim.attribution is not None
        self.name, self.claim = name, claim
        above, below = documents[claim.numerator.policy], documents[claim.denominator.policy]
        self.over, self.under = _looked(claim.numerator, claim), _looked(claim.denominator, claim)
        before = tuple(below.get("regime", ()))
        regime = tuple(above.get("regime", ()))
        self.players = [lever for lever in regime if lever not in before]
        if not self.players or any(lever not in regime for lever in before):
            raise UserError(
                f"claims.{name}.attribution: the regime of {claim.numerator.policy!r} does not add levers to "
                f"that of {claim.denominator.policy!r}; allowed: a policy that switches more levers on"
            )
        self.base = variants.want(below, self.under)
        self.subsets = {
            some: variants.want(
                {**above, "regime": [one for one in regime if one in before or one in some]}, self.over
            )
            for some in coalitions(self.players)
        }
        self.moved = [
            (title, texts, [self._pair(variants, above, below, keys, end) for end in range(2)])
            for title, keys, texts in _inputs(claim.attribution, self.players, above, ranges, name)
        ]

    def _pair(
        self,
        variants: Variants,
        above: Values,
        below: Values,
        keys: Mapping[str, tuple[Any, Any]],
        end: int,
    ) -> tuple[str, str]:
        for key, ends in keys.items():
            above, below = with_value(above, key, ends[end]), with_value(below, key, ends[end])
        # A lever that is off changes nothing: the same run serves.
        if all(key.startswith("levers.") for key in keys):
            return variants.want(above, self.over), self.base
        return variants.want(above, self.over), variants.want(below, self.under)

    def result(self, variants: Variants) -> Attributed:
        """Work out what came of it."""

        def ratio(over: str, under: str) -> Floats:
            found: Floats = variants.found[over, self.over] / variants.found[under, self.under]
            return found

        worth = {some: ratio(name, self.base) for some, name in self.subsets.items()}
        shares = shapley(worth, self.players)
        whole = worth[frozenset(self.players)] - worth[frozenset()]
        as_it_is = worth[frozenset(self.players)]
        inputs = []
        for title, texts, (low, high) in self.moved:
            three = (ratio(*low), as_it_is, ratio(*high))
            needed = _needed(texts, [float(np.nanmean(one)) for one in three], self.claim)
            estimates = tuple(estimate(one.tolist()) for one in three)
            inputs.append(Moved(title, texts, estimates, needed))  # type: ignore[arg-type]
        levers = {player: estimate(share.tolist()) for player, share in shares.items()}
        return Attributed(self.name, estimate(whole.tolist()), levers, inputs)


def _looked(group: Group, claim: RatioClaim) -> Looked:
    return Looked(group.lanes, group.routes, claim.measure)


NO_EFFECT = 5e-4
"""A ratio that moves by less over an input's whole range is not moved by it."""

Keys = Mapping[str, tuple[Any, Any]]


def _inputs(
    asked: Attribution, players: Sequence[str], values: Values, ranges: Ranges, claim: str
) -> list[tuple[str, Keys, tuple[str, str, str]]]:
    """Give the inputs: those of the levers that have a range, and those named."""
    of_levers = {
        key: (key,) for key in ranges if key.startswith(tuple(f"levers.{player}." for player in players))
    }
    found: list[tuple[str, Keys, tuple[str, str, str]]] = []
    for title, keys in {**of_levers, **asked.inputs}.items():
        missing = [key for key in keys if key not in ranges]
        if missing:
            message = f"the scenario gives no range for {', '.join(missing)}; allowed: numbers with a range"
            raise UserError(f"claims.{claim}.attribution.inputs: {message}")
        own = str(_value(values, keys[0]))
        low, high = ranges[keys[0]]
        found.append((title, {key: ranges[key] for key in keys}, (str(low), own, str(high))))
    return found


def _value(values: Values, key: str) -> Any:
    found: Any = values
    for part in key.split("."):
        found = found[part]
    return found


def _needed(texts: Sequence[str], ratios: Sequence[float], claim: RatioClaim) -> str:
    """Say where an input would have to be for the ratio claimed, by straight lines between the three points.

    An end of the range within the claim's tolerance is one such place. Where none is, the end that comes
    nearest is named.
    """
    if claim.expected is None:
        return ""
    tolerance = claim.tolerance or 0.0
    off = [abs(ratio - claim.expected) for ratio in ratios]
    if max(ratios) - min(ratios) < NO_EFFECT:
        return "it has no effect"
    for a, b in ((0, 1), (1, 2)):
        x, y = ratios[a], ratios[b]
        if min(x, y) <= claim.expected <= max(x, y) and x != y and not _whole(texts):
            try:
                low, high = _amount(texts[a]), _amount(texts[b])
            except ValueError:
                return f"between {texts[a]} and {texts[b]}"
            return _written(low + (high - low) * (claim.expected - x) / (y - x), texts[1])
    nearest = min(range(3), key=off.__getitem__)
    if off[nearest] <= tolerance:
        return f"{texts[nearest]}, within the tolerance"
    return f"outside its range; nearest at {texts[nearest]}" + ("" if nearest == 1 else ", or beyond")


def _whole(texts: Sequence[str]) -> bool:
    """Tell whether an input counts things: there is nothing between two of its values."""
    return all(text.isdigit() for text in texts)


def _amount(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        number, unit = split_quantity(text, "a quantity")
    return number * MICROSECONDS.get(unit, 1)


def _written(amount: float, like: str) -> str:
    try:
        float(like)
    except ValueError:
        _, unit = split_quantity(like, "a quantity")
        return f"about {amount / MICROSECONDS.get(unit, 1):.3g} {unit}"
    return f"about {amount:.3g}"
