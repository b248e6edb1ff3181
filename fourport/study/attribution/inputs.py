"""Inputs of a claim: numbers with a range, and interpolation between their values."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from fourport.errors import Key, key_of
from fourport.scenario.base import Section, docstrings
from fourport.scenario.distributions import Distribution, amount
from fourport.scenario.models.claims import Attribution
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.shape import adapter, bare, fields_of, types_at
from fourport.scenario.titles import title_of
from fourport.scenario.units import split_quantity
from fourport.study.attribution.variants import with_value
from fourport.study.curves.rates import Ranges
from fourport.study.variant import Parts, Values, Variant

LOW, OWN, HIGH = 0, 1, 2
"""Index of the low end of the range, the scenario's own value, and the high end."""


@dataclass(frozen=True)
class Input:
    """Numbers of a scenario that move together over a common range, from a common value.

    Attributes
    ----------
    title
        Title of the input.
    values
        Low end, own value and high end, as written, by key.
    """

    title: str
    values: Mapping[str, tuple[Any, Any, Any]]

    @property
    def texts(self) -> tuple[str, str, str]:
        """Low end, own value and high end, as text."""
        low, own, high = next(iter(self.values.values()))
        return str(low), str(own), str(high)

    @property
    def counts(self) -> bool:
        """Whether the input is a count, which takes whole numbers only."""
        key, (_, own, _) = next(iter(self.values.items()))
        return isinstance(own, int) and any(bare(kind) is int for kind in types_at(key_of(key)))

    def put(self, where: str) -> str:
        """Describe a move of the input to another value."""
        return f"“{self.title}” at {where} in place of {self.texts[OWN]}"

    def at(self, place: int) -> dict[str, Any]:
        """Return the values at the low end, own value or high end, by key."""
        return {key: places[place] for key, places in self.values.items()}

    def widths_beyond(self, end: int, share: float) -> float:
        """Return how far a value on the way to an end lies beyond the range, in widths of the range.

        Parameters
        ----------
        end, share
            As of :meth:`along`, for values that are numbers.
        """
        key, places = next(iter(self.values.items()))
        low, own, high = (_number(key, place, places[OWN]) for place in places)
        if low is None or own is None or high is None:
            return math.inf
        at = own + ((low, own, high)[end] - own) * share
        return max(low - at, at - high) / (high - low)

    def along(self, end: int, share: float) -> dict[str, Any] | None:
        """Interpolate from the own values (share 0) to an end (1), or extrapolate; None if not numbers."""
        found = {}
        for key, places in self.values.items():
            own, other = _number(key, places[OWN], places[OWN]), _number(key, places[end], places[OWN])
            if own is None or other is None:
                return None
            number = own + (other - own) * share
            if self.counts:
                # Round within the range; beyond it take the next whole number away from the own value.
                outward = math.ceil if number > own else math.floor
                found[key] = outward(number) if not 0 <= share <= 1 else round(number)
            else:
                found[key] = _written(number, places[OWN])
        return found


def inputs_of(asked: Attribution, levers: Sequence[str], values: Values, ranges: Ranges) -> list[Input]:
    """Return the inputs of a claim: those named, and every other number of the levers that has a range."""
    named = {key for keys in asked.inputs.values() for key in keys}
    scenario = Scenario.model_validate(values)
    of_levers = [
        (_title(scenario, key_of(key)), (key,))
        for key in ranges
        if key not in named and key_of(key)[0] == "levers" and key_of(key)[1] in levers
    ]
    return [
        Input(title, {key: places_of(values, key, ranges) for key in keys})
        for title, keys in (*of_levers, *asked.inputs.items())
    ]


def possible(values: Values, changed: Mapping[str, Any], parts: Parts | None = None) -> bool:
    """Return whether the scenario is still valid with the changed values.

    Parameters
    ----------
    parts
        As of :meth:`~fourport.study.variant.Variant.of`: what does not change is not validated again.
    """
    for key, value in changed.items():
        values = with_value(values, key, value)
    try:
        _ = Variant.of(values, parts=parts).scenario
    except ValidationError:
        return False
    return True


def lever_title(values: Values, lever: str) -> str:
    """Return the title of a lever, or its name if it has no title."""
    return title_of(values["levers"][lever].get("title"), lever) or lever


def places_of(values: Values, key: str, ranges: Ranges) -> tuple[Any, Any, Any]:
    """Return the low end of a number's range, its own value and the high end, as written."""
    own: Any = values
    for part in key_of(key):
        own = own[part]
    low, high = ranges[key]
    return low, own, high


def _title(scenario: Scenario, key: Key) -> str:
    """Return a title for a number of a lever: the lever's title and the description of the field."""
    lever = scenario.levers[str(key[1])]
    words, which = "", list[str]()
    at: Any = lever
    for element in key[2:]:
        if isinstance(at, Section) and not isinstance(at, Distribution):
            field = fields_of(type(at))[str(element)]
            name = next(name for name, one in type(at).model_fields.items() if one is field)
            words, which, at = docstrings(type(at)).get(str(element), name), [], getattr(at, name)
        else:
            which.append(str(element))
            at = getattr(at, str(element)) if isinstance(at, Section) else at[element]
    first = " ".join(words.replace("``", "").split()).split(";")[0].split(". ")[0].rstrip(".")
    about = f" ({', '.join(which)})" if which else ""
    return f"{lever.title or key[1]}: {first[:1].lower()}{first[1:]}{about}"


def _number(key: str, value: Any, like: Any) -> float | None:
    """Convert a value to a number in the unit of ``like``; None if it is not a number."""
    try:
        if not isinstance(like, str):
            return float(value)
        _, unit = split_quantity(like, "a quantity")
        return _amount(key, value) / _amount(key, f"1 {unit}")
    except (TypeError, ValueError):
        return None


def _amount(key: str, value: Any) -> float:
    for kind in types_at(key_of(key)):
        try:
            parsed = adapter(kind).validate_python(value)
        except ValidationError:
            continue
        return amount(parsed.at if isinstance(parsed, Distribution) else parsed)
    raise ValueError(f"{value!r} is no number")


def _written(number: float, like: Any) -> Any:
    rounded = float(f"{number:.3g}")
    if not isinstance(like, str):
        return rounded
    _, unit = split_quantity(like, "a quantity")
    return f"{rounded:g} {unit}"
