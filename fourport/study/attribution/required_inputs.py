"""Where inputs would have to be for a ratio, alone or several together, by straight lines between runs."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fourport.scenario.models.claims import RatioClaim
from fourport.study.attribution.inputs import HIGH, LOW, OWN, Input
from fourport.study.statistics import Estimate

NO_EFFECT = 5e-4
"""A ratio that moves by less over an input's whole range is not moved by it."""

NOTHING = "it has no effect"

OR_MORE, OR_LESS = "or more", "or less"

Possible = Callable[[Mapping[str, Any]], bool]
"""Tells whether the scenario may have some values."""


@dataclass(frozen=True)
class Target:
    """A ratio to be reached.

    Attributes
    ----------
    ratio
        What is claimed.
    tolerance
        How far from it still agrees.
    beyond
        "or more", "or less" if what lies beyond agrees, too.
    """

    ratio: float
    tolerance: float
    beyond: str = ""

    def __str__(self) -> str:
        """Give what is claimed, as text."""
        return f"{self.ratio:g} {self.beyond}".rstrip()

    @classmethod
    def of(cls, claim: RatioClaim, ratio: float) -> Target | None:
        """Give what a claim wants of a model that gives some ratio; None if that lies within its bounds."""
        if claim.expected is not None:
            return cls(claim.expected, claim.tolerance or 0.0)
        if claim.at_least is not None and ratio < claim.at_least:
            return cls(claim.at_least, 0.0, OR_MORE)
        if claim.at_most is not None and ratio > claim.at_most:
            return cls(claim.at_most, 0.0, OR_LESS)
        return None

    def agrees(self, ratio: float) -> bool:
        """Tell whether a ratio is as claimed."""
        if self.beyond:
            return ratio >= self.ratio if self.beyond == OR_MORE else ratio <= self.ratio
        return abs(ratio - self.ratio) <= self.tolerance

    def gain(self, before: float, after: float) -> float:
        """Give by how much a ratio has moved towards what is claimed, and past it."""
        return after - before if self.ratio > before else before - after

    def reached(self, before: float, after: float) -> bool:
        """Tell whether what is claimed lies between two ratios, or the second is as claimed."""
        return self.agrees(after) or min(before, after) <= self.ratio <= max(before, after)


@dataclass(frozen=True)
class Needed:
    """What is said of an input.

    Attributes
    ----------
    text
        Where it would have to be.
    at
        The value that suffices, as text; "" where none in its range does.
    """

    text: str
    at: str = ""


def needed(one: Input, ratios: Sequence[float], target: Target, possible: Possible) -> Needed:
    """Say where an input would have to be, all else as it is.

    Parameters
    ----------
    ratios
        At the low end of its range, as it is, at the high end.
    possible
        Tells whether the scenario may have values beyond the range.
    """
    if any(math.isnan(ratio) for ratio in ratios):
        return Needed("not known: there is no ratio at an end of its range")
    if max(ratios) - min(ratios) < NO_EFFECT:
        return Needed(NOTHING)
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
            return Needed(where, where)
        if not one.counts or values not in (one.at(OWN), one.at(end)):
            where = f"about {first(values)}"
            return Needed(f"{where} (on a straight line between runs)", where)
        gap = f"between {one.texts[OWN]} and {one.texts[end]}, where there is no whole number"
    if target.agrees(ratios[nearest]):
        where = one.texts[nearest]
        return Needed(f"{where} ({target if target.beyond else 'within the tolerance'})", where)
    return Needed(gap or f"outside its range; {_beyond(one, ratios, nearest, target, possible)}")


def _beyond(one: Input, ratios: Sequence[float], nearest: int, target: Target, possible: Possible) -> str:
    """Say what lies beyond the range, on the side of the end that comes nearest."""
    own, side, end = one.texts[OWN], nearest, nearest
    if one.texts[nearest] == own:
        # A range that begins or ends at the scenario's own value goes on there, on the line to its other end.
        if own not in (one.texts[LOW], one.texts[HIGH]):
            return f"nearest as it is ({own}): moved either way it leads away"
        side, end = (LOW, HIGH) if own == one.texts[LOW] else (HIGH, LOW)
    found = f"nearest at {one.texts[nearest]}"
    going_on = "lower" if side == LOW else "higher"
    if abs(ratios[end] - ratios[OWN]) < NO_EFFECT:
        return f"{found}, and going on changes nothing"
    values = one.along(end, _share(ratios, end, target))
    if values is None:
        return f"{found}, {going_on} would be nearer"
    beyond = f"on the straight line beyond, {target.ratio:g} would lie at"
    if possible(values):
        return f"{found}, {going_on} would be nearer; {beyond} about {first(values)} (extrapolated, not run)"
    return f"{found}; {beyond} {first(values)}, {going_on} than can be"


def _share(ratios: Sequence[float], end: int, target: Target) -> float:
    """Give how far on the way from its own value to an end the ratio claimed lies, by a straight line."""
    step = ratios[end] - ratios[OWN]
    return (target.ratio - ratios[OWN]) / step if step else math.inf


def first(values: Mapping[str, Any]) -> str:
    """Give the value of the first of several keys as text."""
    found = next(iter(values.values()))
    return f"{found:g}" if isinstance(found, float) else str(found)


@dataclass(frozen=True)
class Helps:
    """An input that alone moves a ratio towards what is claimed.

    Attributes
    ----------
    end
        The end of its range that moves it most.
    ratio
        What it is there.
    gain
        By how much it has moved.
    """

    input: Input
    end: int
    ratio: float
    gain: float

    @property
    def text(self) -> str:
        """Its value there."""
        return self.input.texts[self.end]


@dataclass(frozen=True)
class Together:
    """Several inputs at their best ends, in one run.

    Attributes
    ----------
    helps
        The inputs, the strongest first.
    everything
        Whether no other input helps.
    ratio
        What they give together.
    reached
        Whether that is as claimed, or beyond.
    way
        A point on the way there that gives the ratio claimed, by a straight line; "" if there is none.
    """

    helps: tuple[Helps, ...]
    everything: bool
    ratio: Estimate
    reached: bool
    leg: str


def helping(inputs: Sequence[Input], ratios: Sequence[Sequence[float]], target: Target) -> list[Helps]:
    """Give the inputs that help, the strongest first.

    Parameters
    ----------
    ratios
        Of each input: at the low end of its range, as it is, at the high end.
    """
    found = []
    for one, (low, own, high) in zip(inputs, ratios, strict=True):
        gain, end = max((target.gain(own, low), LOW), (target.gain(own, high), HIGH))
        if gain > 0:
            found.append(Helps(one, end, (low, own, high)[end], gain))
    return sorted(found, key=lambda one: -one.gain)


def groups(helps: Sequence[Helps]) -> list[tuple[Helps, ...]]:
    """Give what is to be moved together: the two strongest, and all.

    Inputs without an effect of their own are moved with all the others: they may have one with them.
    """
    two = tuple(one for one in helps if one.gain > NO_EFFECT)[:2]
    found = [two, tuple(helps)] if len(two) < len(helps) else [two]
    return [some for some in found if len(some) > 1]


def together(
    some: tuple[Helps, ...], helps: Sequence[Helps], ratio: Estimate, own: float, target: Target
) -> Together:
    """Say what came of moving some inputs together."""
    reached = target.reached(own, ratio.mean)
    leg = _leg(some, ratio.mean, target) if reached else ""
    return Together(some, len(some) == len(helps), ratio, reached, leg)


def _leg(some: tuple[Helps, ...], ratio: float, target: Target) -> str:
    """Give a point that gives the ratio claimed: one of two inputs at its end, the other on its way there.

    The line goes from the run with the one input at its end to the run with both.
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
