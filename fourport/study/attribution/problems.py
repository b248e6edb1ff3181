"""Find the problems that prevent the attribution of a claim, before anything is run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fourport.errors import Key, Problem
from fourport.scenario.models.claims import RatioClaim
from fourport.scenario.tree import written
from fourport.study.attribution.inputs import Input, places_of
from fourport.study.curves.rates import Ranges
from fourport.study.variant import Values

SHOWN = 5
"""Number of differences of two policies that a message names."""

ALIKE = (
    "allowed: under one title numbers with the same value and range, written alike; name others separately"
)


def problems_of(
    claims: Mapping[str, RatioClaim], documents: Mapping[str, Values], ranges: Mapping[str, Ranges]
) -> list[Problem]:
    """Return the problems of claims that request an attribution.

    The two policies may differ only in their policy package: any other difference would be attributed to the
    levers. A number may belong to one title only, and the numbers of a title must agree in value, range and
    unit.
    """
    found = []
    for name, claim in claims.items():
        assert claim.attribution is not None
        key: Key = ("claims", name, "attribution")
        above, below = documents[claim.numerator.policy], documents[claim.denominator.policy]
        policies = f"the policies {claim.numerator.policy!r} and {claim.denominator.policy!r}"
        other = [written(one) for one in _differences(above, below) if one != ("policy_package",)]
        if other:
            more = f" and {len(other) - SHOWN} more" if len(other) > SHOWN else ""
            what = f"{policies} differ in more than their policy package: {', '.join(other[:SHOWN])}{more}"
            found.append(Problem(key, f"{what}; allowed: policies that differ only in their levers"))
        policy_package, before = list(above.get("policy_package", ())), list(below.get("policy_package", ()))
        if (
            len(policy_package) == len(before)
            or [lever for lever in policy_package if lever in before] != before
        ):
            what = f"of {policies} the first does not add levers to the policy package of the second"
            found.append(Problem(key, f"{what}; allowed: one that adds levers and keeps the others in order"))
        if claim.rates:
            what = "an attribution runs the scenario at its own rates; allowed: a claim without rates"
            found.append(Problem(("claims", name, "rates"), what))
        known = ranges[claim.numerator.policy]
        found += [
            Problem((*key, "inputs", title), what)
            for title, what in _of_inputs(claim.attribution.inputs, above, known)
        ]
    return found


def _of_inputs(
    inputs: Mapping[str, Sequence[str]], values: Values, ranges: Ranges
) -> Iterator[tuple[str, str]]:
    """Yield the title of each faulty input and the problem with its numbers."""
    titles: dict[str, str] = {}
    for title, keys in inputs.items():
        missing = [key for key in keys if key not in ranges]
        if missing:
            what = f"the scenario gives no range for {', '.join(missing)}"
            yield title, f"{what}; allowed: numbers with a range"
        for key in keys:
            if key in titles:
                where = "twice" if titles[key] == title else f"under {titles[key]!r} already"
                yield title, f"{key} is named {where}; allowed: each number once, under one title"
            titles.setdefault(key, title)
        # Texts describe the first number of a title, so the description must hold for all of its numbers.
        said = {
            _said(Input(title, {key: places_of(values, key, ranges)})): key for key in keys if key in ranges
        }
        if len(said) > 1:
            what = " and ".join(f"{key} is {text}" for text, key in list(said.items())[:2])
            yield title, f"its numbers differ: {what}; {ALIKE}"


def _said(one: Input) -> str:
    low, own, high = one.texts
    return f"{own}, from {low} to {high}{' in whole numbers' if one.counts else ''}"


def _differences(one: Any, other: Any, key: Key = ()) -> Iterator[Key]:
    """Yield the keys at which two values differ."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in dict.fromkeys((*one, *other)):
            if name in one and name in other:
                yield from _differences(one[name], other[name], (*key, name))
            else:
                yield (*key, name)
    elif one != other:
        yield key
