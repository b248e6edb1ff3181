"""What keeps a claim from being taken apart, found before anything is run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fourport.errors import Key, Problem
from fourport.scenario.layers import written
from fourport.scenario.models.claims import RatioClaim
from fourport.study.attribution.variants import Values
from fourport.study.curves.rates import Ranges

SHOWN = 5
"""Differences of two policies that are named."""


def problems_of(
    claims: Mapping[str, RatioClaim], documents: Mapping[str, Values], ranges: Mapping[str, Ranges]
) -> list[Problem]:
    """Give the problems of claims that ask for an attribution.

    Two policies must differ in their regime alone, since all else would be put down to the levers.
    """
    found = []
    for name, claim in claims.items():
        assert claim.attribution is not None
        key: Key = ("claims", name, "attribution")
        above, below = documents[claim.numerator.policy], documents[claim.denominator.policy]
        policies = f"the policies {claim.numerator.policy!r} and {claim.denominator.policy!r}"
        other = [written(one) for one in _differences(above, below) if one != ("regime",)]
        if other:
            more = f" and {len(other) - SHOWN} more" if len(other) > SHOWN else ""
            what = f"{policies} differ in more than their regime: {', '.join(other[:SHOWN])}{more}"
            found.append(Problem(key, f"{what}; allowed: policies that differ in levers switched on alone"))
        regime, before = list(above.get("regime", ())), list(below.get("regime", ()))
        if len(regime) == len(before) or [lever for lever in regime if lever in before] != before:
            what = f"of {policies} the first does not add levers to the regime of the second"
            found.append(
                Problem(key, f"{what}; allowed: one that switches more levers on, the others in their order")
            )
        for title, keys in claim.attribution.inputs.items():
            missing = [one for one in keys if one not in ranges[claim.numerator.policy]]
            if missing:
                what = f"the scenario gives no range for {', '.join(missing)}"
                found.append(Problem((*key, "inputs", title), f"{what}; allowed: numbers with a range"))
    return found


def _differences(one: Any, other: Any, key: Key = ()) -> Iterator[Key]:
    """Give the keys at which two values differ."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in dict.fromkeys((*one, *other)):
            if name in one and name in other:
                yield from _differences(one[name], other[name], (*key, name))
            else:
                yield (*key, name)
    elif one != other:
        yield key
