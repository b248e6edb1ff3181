"""Taking grades, sources, ranges and notes off a file's values.

Any table may carry ``grade``, ``source`` and ``note``; they hold for all numbers
in it and below it that do not say otherwise. Any value may be written
``{ value = "3.54 USD/kg", range = ["2.8 USD/kg", "4.4 USD/kg"], grade = ... }``.
A deeper grade replaces the one above together with its note; an estimate does
not inherit a source.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, cast, get_args, get_origin

from pydantic import ValidationError

from fourport.errors import Key, Problem
from fourport.scenario.distributions import Distribution, amount
from fourport.scenario.layers import Layer, Place, Provenance
from fourport.scenario.models.run import Grade
from fourport.scenario.shape import (
    adapter,
    allowed,
    bare,
    fields_of,
    is_distribution,
    is_quantity,
    model_of,
    suggestion,
    types_at,
)

GRADES: tuple[Grade, ...] = get_args(Grade)
TAGS = ("grade", "source", "note")
WRAPPER = ("value", "range", *TAGS)
PRICE_PARTS = ("currency", "per", "base")
SETTINGS = ("format", "run", "sources")
"""Sections whose numbers say how to run, or are no numbers: they need no provenance."""


@dataclass(frozen=True)
class _Tags:
    """Tags in force at a place, and where the grade was given."""

    grade: Grade | None = None
    source: str | None = None
    note: str = ""
    grade_key: Key = ()


@dataclass
class Strip:
    """The pass over one file's values: fills the layer and collects problems.

    Attributes
    ----------
    places
        Place of each key as written; keys within ``{ value = ... }`` move up.
    cited
        Source named at each ``source`` tag; checked when all files are read.
    """

    places: dict[Key, Place]
    provenance: dict[Key, Provenance] = field(default_factory=dict)
    problems: dict[Key, Problem] = field(default_factory=dict)
    cited: dict[Key, str] = field(default_factory=dict)

    def layer(self, raw: dict[str, Any]) -> Layer:
        """Give the values without tags."""
        values = self._table(raw, (), _Tags())
        return Layer(values, self.places, self.provenance)

    def _problem(self, key: Key, message: str) -> None:
        self.problems.setdefault(key, Problem(key, message))

    def _clean(self, value: Any, key: Key, tags: _Tags) -> Any:
        if isinstance(value, dict):
            if _is_wrapper(value, key):
                return self._wrapped(value, key, tags)
            return self._table(value, key, tags)
        if isinstance(value, list):
            return [self._clean(one, (*key, index), tags) for index, one in enumerate(value)]
        wrong = _wrong_kind(value, key)
        if wrong:
            self._problem(key, wrong)
        if _is_number(value, key):
            self._note(value, key, tags)
        return value

    def _table(self, table: dict[str, Any], key: Key, tags: _Tags) -> dict[str, Any]:
        own = {name for name in TAGS if name in table and _is_tag(table[name], key, name)}
        if own:
            tags = self._tagged(table, own, key, tags)
        return {
            name: self._clean(value, (*key, name), tags) for name, value in table.items() if name not in own
        }

    def _wrapped(self, table: dict[str, Any], key: Key, tags: _Tags) -> Any:
        for name in table:
            if name not in WRAPPER:
                self._problem(
                    (*key, name), f"is not a known key{suggestion(name, WRAPPER)}{allowed(WRAPPER)}"
                )
        tags = self._tagged(table, {name for name in TAGS if name in table}, key, tags)
        if "value" not in table:
            self._problem((*key, "range"), "a range goes with a value; allowed: { value = ..., range = ... }")
            return table
        self._move_up(key, table["value"])
        value = self._clean(table["value"], key, tags)
        if "range" in table:
            limits = table["range"]
            wrong = _range_problem(limits, value, key)
            if wrong:
                self._problem((*key, "range"), wrong)
            elif key in self.provenance:
                self.provenance[key] = replace(self.provenance[key], range=(limits[0], limits[1]))
        return value

    def _move_up(self, key: Key, value: Any) -> None:
        """Let the lines within ``value`` be those of the key that it is the value of."""
        inner = (*key, "value")
        moved = [inner]
        if isinstance(value, dict | list):
            moved = [found for found in self.places if found[: len(inner)] == inner]
        for found in moved:
            if found in self.places:
                self.places[(*key, *found[len(inner) :])] = self.places[found]

    def _tagged(self, table: dict[str, Any], own: set[str], key: Key, tags: _Tags) -> _Tags:
        """Give the tags in force in a table that carries some of its own."""
        for name in own:
            if not isinstance(table[name], str):
                self._problem((*key, name), f"{table[name]!r} is not a text; allowed: a text in quotes")
        if "grade" in own:
            grade = str(table["grade"])
            if grade not in GRADES:
                self._problem(
                    (*key, "grade"), f"{grade!r} is not a grade{suggestion(grade, GRADES)}{allowed(GRADES)}"
                )
            inherited = None if grade == "estimate" else tags.source
            tags = _Tags(cast(Grade, grade), inherited, "", (*key, "grade"))
        if "source" in own:
            self.cited[(*key, "source")] = str(table["source"])
            tags = replace(tags, source=str(table["source"]))
        if "note" in own:
            tags = replace(tags, note=str(table["note"]))
        return tags

    def _note(self, value: Any, key: Key, tags: _Tags) -> None:
        section = key[2:] if key[0] == "policies" else key
        if section[:1] and section[0] in SETTINGS:
            return
        self.provenance[key] = Provenance(value, tags.grade, tags.source, None, tags.note)
        if tags.grade not in (None, "estimate") and tags.source is None:
            self._problem(
                tags.grade_key,
                f"the grade {tags.grade!r} needs a source; allowed: source = a key of [sources]",
            )


def _wrong_kind(value: Any, key: Key) -> str | None:
    """Say what is wrong with a value that pydantic would turn into what it is not written as."""
    if isinstance(value, bool):
        return f"{str(value).lower()} is not allowed here; allowed: a number or a text"
    kinds = {bare(kind) for kind in types_at(key) if not is_quantity(kind) and not model_of(kind)}
    dates = kinds & {date, datetime}
    if dates and isinstance(value, str | int | float):
        return f"{value!r} is not a date; allowed: a date such as 2019-01-07, without quotes"
    if kinds and kinds <= {int, float} and isinstance(value, str):
        return f"{value!r} is a text; allowed: a number without quotes"
    return None


def _is_tag(value: Any, key: Key, name: str) -> bool:
    """Tell a tag from an entry that happens to be called like one (a table, or a field of the model)."""
    if isinstance(value, dict):
        return False
    return not any((model := model_of(kind)) and name in fields_of(model) for kind in types_at(key))


def _is_wrapper(table: dict[str, Any], key: Key) -> bool:
    if "value" not in table and "range" not in table:
        return False
    kinds = types_at(key)
    if not kinds:
        return set(table) <= set(WRAPPER)
    return any(_is_leaf(kind) for kind in kinds)


def _is_leaf(kind: Any) -> bool:
    """Tell whether a single value or a list of them is expected, not a table with keys of its own."""
    if is_distribution(kind):
        return True
    return model_of(kind) is None and get_origin(bare(kind)) is not dict


def _is_number(value: Any, key: Key) -> bool:
    if isinstance(value, str):
        return any(is_quantity(kind) or is_distribution(kind) for kind in types_at(key))
    return isinstance(value, int | float | date | time) and not isinstance(value, bool)


def _range_problem(limits: Any, value: Any, key: Key) -> str | None:
    """Say what is wrong with a range, if anything is."""
    if not isinstance(limits, list) or len(limits) != 2:
        return f"{limits!r} is not a range; allowed: a list of a low and a high value"
    if isinstance(value, dict | list):
        return "a range goes with a single number; give each parameter its own"
    if not types_at(key):
        return None  # not a known key, and reported as such
    if not _is_number(value, key):
        numeric = any(is_quantity(kind) or bare(kind) in (int, float, date) for kind in types_at(key))
        return None if numeric else "a range goes with a number"
    low, middle, high = (_parsed(one, key) for one in (limits[0], value, limits[1]))
    for number in (low, high):
        if isinstance(number, str):
            return number
    if middle is None or isinstance(middle, str):
        return None  # the value itself is at fault, and reported as such
    kinds = {tuple(getattr(one, part, "") for part in PRICE_PARTS) for one in (low, middle, high)}
    if len(kinds) > 1:
        return f"{limits!r} and the value {value!r} are not in the same unit of price"
    try:
        rising = amount(low) <= amount(middle) <= amount(high)
    except (TypeError, ValueError):
        rising = low <= middle <= high
    return None if rising else f"{value!r} must lie within its range, from {limits[0]!r} to {limits[1]!r}"


def _parsed(value: Any, key: Key) -> Any:
    """Parse a value as the type that is expected at the key: the number, or what is wrong with it."""
    wrong: str | None = None
    for kind in types_at(key):
        try:
            parsed = adapter(kind).validate_python(value)
        except ValidationError as error:
            wrong = wrong or error.errors()[0]["msg"].removeprefix("Value error, ")
            continue
        return parsed.at if isinstance(parsed, Distribution) else parsed
    return wrong
