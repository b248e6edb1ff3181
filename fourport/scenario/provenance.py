"""Make the tree of a file from its values: grades, sources, ranges and notes become provenance.

Any table may have ``grade``, ``source`` and ``note``; they hold for all numbers in it and below it that
have no others. Any value may be written
``{ value = "3.54 USD/kg", range = ["2.8 USD/kg", "4.4 USD/kg"], grade = ... }``. A grade replaces the one
above it together with its note; an estimate does not inherit a source.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, cast, get_args

from pydantic import ValidationError

from fourport.errors import Key
from fourport.scenario.distributions import amount
from fourport.scenario.extended_files import CLAIMS
from fourport.scenario.listing import Listing
from fourport.scenario.messages import message_of
from fourport.scenario.models.run import Grade
from fourport.scenario.shape import SCENARIO, Shape, bare, is_quantity
from fourport.scenario.suggestions import allowed, suggestion
from fourport.scenario.tree import Lines, Located, Node, Provenance, Values, located

GRADES: tuple[Grade, ...] = get_args(Grade)
TAGS = ("grade", "source", "note")
WRAPPER = ("value", "range", *TAGS)
PRICE_PARTS = ("currency", "per", "base")
MOST_UNKNOWN = 100
"""Most unknown keys of a table that are reported one by one; more come from a file of another kind."""
SETTINGS = ("format", "run", "sources")
"""Sections that need no provenance: settings of the run, or no numbers."""


@dataclass(frozen=True)
class _Tags:
    """Tags in force at a place, and the key of the grade."""

    grade: Grade | None = None
    source: str | None = None
    note: str = ""
    grade_key: Key = ()
    grade_at: Key = ()


@dataclass
class TreeBuilder:
    """Makes the tree of one file from its values and collects problems.

    Attributes
    ----------
    lines
        Lines of the keys.
    listing
        Says which problems are left out.
    with_column
        Replaces the column that a table of observed values names, at a key, by its values.
    problems
        Problems by key.
    cited
        Source named at each ``source`` tag, and the tag's key as written; checked when all files are read.
    """

    lines: Lines
    listing: Listing
    with_column: Callable[[Values, Key], Values]
    problems: dict[Key, Located] = field(default_factory=dict)
    cited: dict[Key, tuple[Key, str]] = field(default_factory=dict)

    def tree(self, raw: dict[str, Any]) -> Node:
        """Return the tree of the file."""
        return self._table(raw, (), (), SCENARIO, _Tags())

    def problem(self, key: Key, at: Key, message: str) -> None:
        """Note a problem of a key that is at ``at`` in the file; only the first for each key is kept."""
        if key not in self.problems and self.listing.lists(key):
            self.problems[key] = located(self.lines, at, key, message)

    def _node(self, value: Any, key: Key, at: Key, shape: Shape, tags: _Tags) -> Node:
        """Return the node of a value that is at ``at`` in the file."""
        if isinstance(value, dict):
            if value.get("distribution") == "observed" and "file" in value:
                value = self.with_column(value, at)
            if _is_wrapper(value, shape):
                return self._wrapped(value, key, at, shape, tags)
            return self._table(value, key, at, shape, tags)
        if isinstance(value, list) and shape.inner(0).quantity and all(isinstance(one, str) for one in value):
            # Observed values are one number to whom asks where it comes from, however many they are.
            known = self._provenance(f"{len(value)} values", key, shape.inner(0), tags)
            return Node(self.lines, at, value=value, provenance=known)
        if isinstance(value, list):
            parts = {
                k: self._node(one, (*key, k), (*at, k), shape.inner(k), tags) for k, one in enumerate(value)
            }
            return Node(self.lines, at, parts=parts, listed=True)
        wrong = _wrong_kind(value, shape)
        if wrong:
            self.problem(key, at, wrong)
        return Node(self.lines, at, value=value, provenance=self._provenance(value, key, shape, tags))

    def _table(self, table: dict[str, Any], key: Key, at: Key, shape: Shape, tags: _Tags) -> Node:
        own = {name for name in TAGS if name in table and name not in shape.fields}
        own = {name for name in own if not isinstance(table[name], dict)}  # an entry of that name
        if own:
            tags = self._tagged(table, own, key, at, tags)
        policies = key == ("policies",)
        ignored = self._ignored(table, own, key, at, shape)
        parts = {
            name: self._node(
                value, (*key, name), (*at, name), SCENARIO if policies else shape.inner(name), tags
            )
            for name, value in table.items()
            if name not in own and name not in ignored
        }
        return Node(self.lines, at, parts=parts)

    def _ignored(
        self, table: dict[str, Any], own: set[str], key: Key, at: Key, shape: Shape
    ) -> Collection[str]:
        """Return the unknown keys of a table beyond the first few, after noting how many they are.

        Of a table that is not known itself, which is told, all keys are unknown. Claims have no shape here.
        """
        if not shape.types and CLAIMS not in key[:3]:
            return {*[name for name in table if name not in own][MOST_UNKNOWN:]}
        if not shape.fields or shape.names:
            return ()
        unknown = [name for name in table if name not in shape.fields and name not in own]
        ignored = unknown[MOST_UNKNOWN:]
        if ignored:
            where = ((*key, ignored[0]), (*at, ignored[0]))
            self.problem(*where, f"is not a known key, nor are {len(ignored) - 1} more of this table")
        return {*ignored}

    def _wrapped(self, table: dict[str, Any], key: Key, at: Key, shape: Shape, tags: _Tags) -> Node:
        for name in table:
            if name not in WRAPPER:
                message = f"is not a known key{suggestion(name, WRAPPER)}{allowed(WRAPPER)}"
                self.problem((*key, name), (*at, name), message)
        tags = self._tagged(table, {name for name in TAGS if name in table}, key, at, tags)
        where = ((*key, "range"), (*at, "range"))
        if "value" not in table:
            self.problem(*where, "a range goes with a value; allowed: { value = ..., range = ... }")
            return Node(self.lines, at, value=table)
        node = self._node(table["value"], key, (*at, "value"), shape, tags)
        if "range" in table:
            limits = table["range"]
            wrong = _range_problem(limits, node.values, shape)
            if wrong:
                self.problem(*where, wrong)
            elif node.provenance is not None:
                node.provenance = node.provenance._replace(range=(limits[0], limits[1]))
        return node

    def _tagged(self, table: dict[str, Any], own: set[str], key: Key, at: Key, tags: _Tags) -> _Tags:
        """Return the tags in force in a table with tags of its own."""
        for name in own:
            if not isinstance(table[name], str):
                message = f"{table[name]!r} is not a text; allowed: a text in quotes"
                self.problem((*key, name), (*at, name), message)
        if "grade" in own:
            grade = str(table["grade"])
            if grade not in GRADES:
                message = f"{grade!r} is not a grade{suggestion(grade, GRADES)}{allowed(GRADES)}"
                self.problem((*key, "grade"), (*at, "grade"), message)
            inherited = None if grade == "estimate" else tags.source
            tags = _Tags(cast(Grade, grade), inherited, "", (*key, "grade"), (*at, "grade"))
        if "source" in own:
            self.cited[(*key, "source")] = ((*at, "source"), str(table["source"]))
            tags = replace(tags, source=str(table["source"]))
        if "note" in own:
            tags = replace(tags, note=str(table["note"]))
        return tags

    def _provenance(self, value: Any, key: Key, shape: Shape, tags: _Tags) -> Provenance | None:
        """Return what is known about a value; None if it is not a number or needs no provenance."""
        section = key[2:] if key[0] == "policies" else key
        if not _is_number(value, shape) or (section and section[0] in SETTINGS):
            return None
        if tags.grade not in (None, "estimate") and tags.source is None:
            message = f"the grade {tags.grade!r} needs a source; allowed: source = a key of [sources]"
            self.problem(tags.grade_key, tags.grade_at, message)
        return Provenance(value, tags.grade, tags.source, None, tags.note)


def _wrong_kind(value: Any, shape: Shape) -> str | None:
    """Return a message if pydantic would silently convert a value to another type."""
    if isinstance(value, bool):
        return f"{str(value).lower()} is not allowed here; allowed: a number or a text"
    kinds = shape.plain
    if kinds & {date, datetime} and isinstance(value, str | int | float):
        return f"{value!r} is not a date; allowed: a date such as 2019-01-07, without quotes"
    if kinds and kinds <= {int, float} and isinstance(value, str):
        return f"{value!r} is a text; allowed: a number without quotes"
    return None


def _is_wrapper(table: dict[str, Any], shape: Shape) -> bool:
    if "value" not in table and "range" not in table:
        return False
    return shape.single if shape.types else set(table) <= set(WRAPPER)


def _is_number(value: Any, shape: Shape) -> bool:
    if isinstance(value, str):
        return shape.quantity
    return isinstance(value, int | float | date | time) and not isinstance(value, bool)


def _range_problem(limits: Any, value: Any, shape: Shape) -> str | None:
    """Return what is wrong with a range, if anything."""
    if not isinstance(limits, list) or len(limits) != 2:
        return f"{limits!r} is not a range; allowed: a list of a low and a high value"
    if isinstance(value, dict | list):
        return "a range goes with a single number; give each parameter its own"
    if not shape.types:
        return None  # an unknown key, reported elsewhere
    if not _is_number(value, shape):
        numeric = any(is_quantity(kind) or bare(kind) in (int, float, date) for kind in shape.types)
        return None if numeric else "a range goes with a number"
    low, middle, high = (_parsed(one, shape) for one in (limits[0], value, limits[1]))
    for number in (low, high):
        if isinstance(number, str):
            return number
    if middle is None or isinstance(middle, str):
        return None  # the value itself is wrong, reported elsewhere
    kinds = {tuple(getattr(one, part, "") for part in PRICE_PARTS) for one in (low, middle, high)}
    if len(kinds) > 1:
        return f"{limits!r} and the value {value!r} are not in the same unit of price"
    try:
        rising = amount(low) <= amount(middle) <= amount(high)
    except (TypeError, ValueError):
        rising = low <= middle <= high
    return None if rising else f"{value!r} must lie within its range, from {limits[0]!r} to {limits[1]!r}"


def _parsed(value: Any, shape: Shape) -> Any:
    """Parse a value as the expected type; return the number, or what is wrong with it."""
    wrong: str | None = None
    for parse in shape.parsers:
        try:
            return parse(value)
        except ValidationError as error:
            wrong = wrong or message_of(error.errors()[0])
        except ValueError as error:
            wrong = wrong or str(error)
    return wrong
