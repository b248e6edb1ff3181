"""Distributions of which bounds leave the smaller part: what is drawn is far from mean and deviation."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from fourport.errors import Key, Problem
from fourport.scenario.distributions import Distribution, amount
from fourport.scenario.models import Scenario


def mostly_cut_off(scenario: Scenario, known: Scenario | None = None) -> Iterator[Problem]:
    """Find distributions more than half of which, before truncation, lies beyond one of their bounds.

    Entries that are those of the scenario ``known`` are passed over.
    """
    for key, distribution in _distributions((), scenario, known):
        middle = median(distribution)
        for name, beyond in (("low", "below"), ("high", "above")):
            bound = getattr(distribution, name)
            if middle is None or bound is None:
                continue
            if middle < amount(bound) if name == "low" else middle > amount(bound):
                yield Problem(
                    (*key, name),
                    f"cuts off most of the {distribution.distribution}: more than half of it lies {beyond}"
                    ", so that mean and deviation say little about what is drawn",
                )


def median(distribution: Distribution[Any]) -> float | None:
    """Give the median before truncation of a family that can be truncated, of an Erlang to about 1 %."""
    mean = amount(distribution.mean or 0)
    match distribution.distribution:
        case "normal":
            return mean
        case "lognormal":
            return mean / math.hypot(1, amount(distribution.sd) / mean) if mean > 0 else mean
        case "exponential" | "sometimes":
            return mean * math.log(2)
        case "erlang":  # Wilson and Hilferty's cube
            return mean * (1 - 1 / (9 * (distribution.shape or 1))) ** 3
    return None


def _distributions(key: Key, value: Any, known: Any) -> Iterator[tuple[Key, Distribution[Any]]]:
    """Give all distributions of a section with their keys, but for what is the same object in ``known``."""
    if value is known:
        return
    if isinstance(value, Distribution):
        yield key, value
    elif isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield from _distributions(
                (*key, field.alias or name), getattr(value, name), getattr(known, name, None)
            )
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from _distributions(
                (*key, name), one, known.get(name) if isinstance(known, Mapping) else None
            )
    elif isinstance(value, tuple):
        for k, one in enumerate(value):
            yield from _distributions((*key, k), one, None)
