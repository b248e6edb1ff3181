"""Find the input values that would give a ratio, alone or together, by straight lines between runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fourport.scenario.models.claims import RatioClaim
from fourport.study.attribution.inputs import HIGH, LOW, OWN, Input
from fourport.study.statistics import Estimate

NO_EFFECT = 5e-4
"""An input has no effect if the ratio changes by less than this over its whole range."""

NOTHING = "it has no effect"

FAR = 2.0
"""Widths of the range beyond it from which a straight line is not followed."""

OR_MORE, OR_LESS = "or more", "or less"

Possible = Callable[[Mapping[str, Any]], bool]
"""Returns whether the scenario is valid with the given values."""


@dataclass(frozen=True)
class TargetRatio:
    """The ratio to be reached.

    Attributes
    ----------
    ratio
        The claimed ratio.
    tolerance
        Largest deviation that still agrees.
    beyond
        "or more" or "or less" if ratios beyond the claimed one agree, too.
    """

    ratio: float
    tolerance: float
    beyond: str = ""

    def __str__(self) -> str:
        """Return the claimed ratio as text."""
        return f"{self.ratio:g} {self.beyond}".rstrip()

    @classmethod
    def of(cls, claim: RatioClaim, ratio: float) -> TargetRatio | None:
        """Return the target of a claim given the model's ratio; None if that ratio is accepted."""
        if claim.expected is not None:
            return cls(claim.expected, claim.tolerance or 0.0)
        if claim.at_least is not None and ratio < claim.at_least:
            return cls(claim.at_least, 0.0, OR_MORE)
        if claim.at_most is not None and ratio > claim.at_most:
            return cls(claim.at_most, 0.0, OR_LESS)
        return None

    def agrees(self, ratio: float) -> bool:
        """Return whether a ratio agrees with the claim."""
        if self.beyond:
            return ratio >= self.ratio if self.beyond == OR_MORE else ratio <= self.ratio
        return abs(ratio - self.ratio) <= self.tolerance

    def gain(self, before: float, after: float) -> float:
        """Return how far a ratio has moved towards the claimed ratio or past it."""
        return after - before if self.ratio > before else before - after

    def reached(self, before: float, after: float) -> bool:
        """Return whether the claimed ratio lies between two ratios, or the second ratio agrees."""
        return self.agrees(after) or min(before, after) <= self.ratio <= max(before, after)


@dataclass(frozen=True)
class RequiredValue:
    """The required value of an input.

    Attributes
    ----------
    text
        Description of the required value.
    at
        The sufficient value as text; "" if no value within the range suffices.
    """

    text: str
    at: str = ""


def required_value(
    one: Input, ratios: Sequence[float], target: TargetRatio, possible: Possible
) -> RequiredValue:
    """Find the value that an input would need for the claimed ratio, all else unchanged.

    Parameters
    ----------
    ratios
        Ratios at the low end of the range, at the own value, and at the high end.
    possible
        Returns whether the scenario is valid with given values, used beyond the range.
    """
    if any(math.isnan(ratio) for ratio in ratios):
        return RequiredValue("unknown: there is no ratio at an end of its range")
    if max(ratios) - min(ratios) < NO_EFFECT:
        return RequiredValue(NOTHING)
    nearest = min(
        (LOW, HIGH, OWN),
        key=lambda place: (not target.agrees(ratios[place]), abs(ratios[place] - target.ratio)),
    )
    gap = ""
    for end in (LOW, HIGH):
        share = _share(ratios, end, target)
        if not 0 <= share <= 1:
            continue
        values = one.along(end, share)
        if values is None:
            where = f"between {one.texts[OWN]} and {one.texts[end]}"
            return RequiredValue(where, where)
        if not one.counts or values not in (one.at(OWN), one.at(end)):
            where = f"about {first(values)}"
            return RequiredValue(f"{where} (on a straight line between runs)", where)
        gap = f"between {one.texts[OWN]} and {one.texts[end]}, where there is no whole number"
    if target.agrees(ratios[nearest]):
        where = one.texts[nearest]
        return RequiredValue(f"{where} ({target if target.beyond else 'within the tolerance'})", where)
    return RequiredValue(gap or _beyond(one, ratios, nearest, target, possible))


def _beyond(
    one: Input, ratios: Sequence[float], nearest: int, target: TargetRatio, possible: Possible
) -> str:
    """Describe what would be required beyond the range, on the side of the nearest end."""
    own, side, end = one.texts[OWN], nearest, nearest
    if one.texts[nearest] == own:
        # If the own value is an end of the range, extrapolate beyond it on the line from the other end.
        if own not in (one.texts[LOW], one.texts[HIGH]):
            return f"outside its range; nearest as it is ({own}): moving it either way leads away"
        side, end = (LOW, HIGH) if own == one.texts[LOW] else (HIGH, LOW)
    found, going_on = f"nearest at {one.texts[nearest]}", "lower" if side == LOW else "higher"
    if abs(ratios[end] - ratios[OWN]) < NO_EFFECT:
        return f"outside its range; {found}, and moving it further changes nothing"
    share = _share(ratios, end, target)
    values = one.along(end, share)
    if values is None:
        return f"outside its range; {found}, {going_on} would be nearer"
    if one.widths_beyond(end, share) > FAR or not possible(values):
        return f"nowhere in its range, nor near it; {found}"
    return (
        f"outside its range; {found}, {going_on} would be nearer; a straight line reaches {target.ratio:g} "
        f"at about {first(values)} (extrapolated, not run)"
    )


def _share(ratios: Sequence[float], end: int, target: TargetRatio) -> float:
    """Return the share of the way from the own value to an end at which a straight line meets the target."""
    step = ratios[end] - ratios[OWN]
    return (target.ratio - ratios[OWN]) / step if step else math.inf


def first(values: Mapping[str, Any]) -> str:
    """Return the value of the first key as text."""
    found = next(iter(values.values()))
    return f"{found:g}" if isinstance(found, float) else str(found)


@dataclass(frozen=True)
class HelpfulInput:
    """An input that alone moves the ratio towards the claimed one.

    Attributes
    ----------
    end
        End of its range with the strongest effect.
    ratio
        Ratio at that end.
    gain
        How far the ratio has moved towards the claimed one.
    """

    input: Input
    end: int
    ratio: float
    gain: float

    @property
    def text(self) -> str:
        """Value at that end, as text."""
        return self.input.texts[self.end]


@dataclass(frozen=True)
class CombinedInputs:
    """Several inputs moved together in one run, each to its best end.

    Attributes
    ----------
    helps
        The inputs, strongest first.
    everything
        Whether these are all inputs that help.
    ratio
        Ratio of the run.
    reached
        Whether the ratio agrees with the claim, or is beyond it.
    point
        Input values between runs that give the claimed ratio by a straight line; "" if there are none.
    """

    helps: tuple[HelpfulInput, ...]
    everything: bool
    ratio: Estimate
    reached: bool
    point: str


def helping(
    inputs: Sequence[Input], ratios: Sequence[Sequence[float]], target: TargetRatio
) -> list[HelpfulInput]:
    """Return the inputs that help, strongest first.

    Parameters
    ----------
    ratios
        Ratios of each input: at the low end of its range, at its own value, at the high end.
    """
    found = []
    for one, (low, own, high) in zip(inputs, ratios, strict=True):
        gain, end = max((target.gain(own, low), LOW), (target.gain(own, high), HIGH))
        if gain > 0:
            found.append(HelpfulInput(one, end, (low, own, high)[end], gain))
    return sorted(found, key=lambda one: -one.gain)


def groups(helps: Sequence[HelpfulInput]) -> list[tuple[HelpfulInput, ...]]:
    """Return the groups of inputs to move together: the two strongest, and all.

    The second group includes inputs without an effect of their own: they may have one in combination.
    """
    two = tuple(one for one in helps if one.gain > NO_EFFECT)[:2]
    found = [two, tuple(helps)] if len(two) < len(helps) else [two]
    return [some for some in found if len(some) > 1]


def combined(
    some: tuple[HelpfulInput, ...],
    helps: Sequence[HelpfulInput],
    ratio: Estimate,
    own: float,
    target: TargetRatio,
) -> CombinedInputs:
    """Combine the result of a run with several inputs moved."""
    reached = target.reached(own, ratio.mean)
    point = _point(some, ratio.mean, target) if reached else ""
    return CombinedInputs(some, len(some) == len(helps), ratio, reached, point)


def _point(some: tuple[HelpfulInput, ...], ratio: float, target: TargetRatio) -> str:
    """Describe two input values that give the claimed ratio: one input at its end, the other interpolated.

    The line runs from the run with only the first input at its end to the run with both.
    """
    if len(some) != 2:
        return ""
    for fixed, moved in (some, some[::-1]):
        step = ratio - fixed.ratio
        share = (target.ratio - fixed.ratio) / step if step else -1.0
        values = moved.input.along(moved.end, share) if 0 <= share <= 1 and not moved.input.counts else None
        if values is not None:
            return f"{fixed.input.put(fixed.text)} and {moved.input.put(f'about {first(values)}')}"
    return ""
