"""What several inputs give together, each at the end of its range that is best for a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fourport.study.attribution.inputs import HIGH, LOW, Input
from fourport.study.attribution.needed import NO_EFFECT, Target, first
from fourport.study.statistics import Estimate


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
