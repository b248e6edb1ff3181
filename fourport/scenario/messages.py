"""Translate pydantic's errors into problems in the words of a scenario file."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any, Literal, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from fourport.errors import Key, Problem
from fourport.scenario.base import TABLE, docstrings
from fourport.scenario.shape import bare, fields_of, is_distribution, model_of, shape_at, step_into, types_at
from fourport.scenario.suggestions import allowed, suggestion
from fourport.scenario.upgrade import RENAMED

_PLAIN = {
    "int_type": "{value} is not a whole number; allowed: a whole number without a unit, without quotes",
    "int_parsing": "{value} is not a whole number; allowed: a whole number without a unit, without quotes",
    "int_from_float": "{value} is not a whole number; allowed: a whole number",
    "float_type": "{value} is not a number; allowed: a number without a unit, without quotes",
    "float_parsing": "{value} is not a number; allowed: a number without a unit, without quotes",
    "finite_number": "{value} is not finite; allowed: a finite number",
    "string_type": "{value} is not a text; allowed: a text in quotes",
    "model_type": "{value} is not a table; allowed: a table",
    "model_attributes_type": "{value} is not a table; allowed: a table",
    "dict_type": "{value} is not a table; allowed: a table",
    "tuple_type": "{value} is not a list; allowed: a list in brackets",
    "greater_than": "{value} must be more than {gt}",
    "greater_than_equal": "{value} must be at least {ge}",
    "less_than": "{value} must be less than {lt}",
    "less_than_equal": "{value} must be at most {le}",
    "int_parsing_size": "{value} is too large",
    "string_pattern_mismatch": "{value} does not fit; allowed: the pattern {pattern}",
    "string_too_long": "{value} is too long; allowed: at most {max_length} characters",
}
_LIMITS = {
    "greater_than": " above {gt}",
    "greater_than_equal": ", at least {ge}",
    "less_than": " below {lt}",
    "less_than_equal": ", at most {le}",
    "finite_number": "",
}
"""What is allowed besides, for numbers that are not finite."""
_DATES = {
    "datetime": "{value} is not a date and time; allowed: one such as 2019-02-04T00:00:00, without quotes",
    "date": "{value} is not a date; allowed: a date such as 2019-01-07, without quotes",
}


def problems_of(
    error: ValidationError,
    values: Any,
    root: Key = (),
    *,
    own: Collection[str] = (),
    without: Collection[str] = (),
) -> list[Problem]:
    """Translate the errors of a validation of ``values``, which are at the key ``root``.

    For unknown sections in ``own`` (those that a policy adds), messages do not suggest the names ``without``.
    """
    found: dict[Key, Problem] = {}
    for detail in error.errors(include_url=False):
        key, value, kinds = _key(detail["loc"], values, root)
        hidden = without if len(key) == 1 and key[0] in own else ()
        problem = _problem(key, value, kinds, detail, hidden)
        if problem is None:
            continue
        step = _at(values, key[len(root) : -1]) if _is_step(key) else {"at": ""}
        if not {"at", "by"} & set(step):
            # pydantic treats what is no step as one of the two kinds; name both.
            unknown = detail["type"] == "extra_forbidden"
            if not unknown and set(step) - {"do", "space", "choose", "within"}:
                continue
            near = (
                suggestion(str(key[-1]), ("at", "do", "by", "space", "choose", "within")) if unknown else ""
            )
            key = key if unknown else key[:-1]
            what = "is not a known key" if unknown else "is no step"
            problem = Problem(key, f"{what}{near}; allowed: at and do, or by (and space, choose, within)")
        old = found.get(key)
        if old is not None:
            # One key, several errors: each member of a union reports its own.
            extra = problem.message.split("allowed: ")[-1]
            joined = old.message if extra in old.message else f"{old.message}, or {extra}"
            problem = Problem(key, joined)
        found[key] = problem
    return list(found.values())


def _key(loc: Sequence[str | int], values: dict[str, Any], root: Key) -> tuple[Key, Any, Sequence[Any]]:
    """Return the key as written (no tags of unions, no ``at`` of a plain value), its value and its types."""
    kinds, key = [*types_at(root)], root
    current: Any = values
    rest = list(loc)
    while rest:
        element = rest.pop(0)
        if element == "[key]":
            current = key[-1]
            kinds = [*shape_at(key[:-1]).names]
            break
        if isinstance(current, dict | list):
            models = [kind for kind in kinds if model_of(kind)]
            if element == TABLE and len(models) < len(kinds):  # the tag of the table beside a single value
                kinds = models
                continue
            if len(models) > 1:  # the element is the tag of a union
                if not rest:
                    break
                kinds = [kind for kind in kinds if str(element) in _tags(kind)]
                element = rest.pop(0)
            kinds = [inner for kind in kinds for inner in step_into(kind, element)]
            key = (*key, element)
            try:
                current = _at(current, (element,))
            except (KeyError, IndexError, TypeError):
                break
        else:
            break
    return key, current, kinds


def _tags(kind: Any) -> tuple[str, ...]:
    """Return the tags of a member of a union: its kind, or its fields."""
    model = model_of(kind)
    if model is None:
        return ()
    named = fields_of(model).get("kind")
    return get_args(bare(named.annotation)) if named else tuple(fields_of(model))


def _is_step(key: Key) -> bool:
    """True if a key is within a step of a route."""
    return len(key) == 5 and key[0] == "routes" and key[2] == "steps"


def _at(values: Any, key: Key) -> Any:
    for element in key:
        values = values[element]
    return values


def _problem(
    key: Key, value: Any, kinds: Sequence[Any], detail: ErrorDetails, hidden: Collection[str]
) -> Problem | None:
    what, context = detail["type"], detail.get("ctx", {})
    if isinstance(value, float) and not math.isfinite(value) and what in _LIMITS:
        limit = _LIMITS[what].format(**context)
        return Problem(key, f"{value} is not finite; allowed: a finite number{limit}")
    if what == "missing":
        return _missing(key)
    if what == "extra_forbidden":
        names = [name for name in _keys_instead(key, detail) if name not in hidden]
        return Problem(key, f"is not a known key{_renamed(str(key[-1]), names)}{allowed(names)}")
    if what == "too_short" and isinstance(value, dict | list) and len(value) >= context["min_length"]:
        return None  # its invalid elements are reported
    if what == "too_short":
        return Problem(key, f"is empty; allowed: at least one entry{_docstring(key, ' ({})')}")
    if what == "literal_error":
        known = [one for kind in kinds if get_origin(bare(kind)) is Literal for one in get_args(bare(kind))]
        names = [str(one) for one in known]
        if isinstance(value, str) and all(isinstance(one, int) for one in known):
            number = " or ".join(names)
            return Problem(key, f"{_shown(value)} is a text; allowed: the number {number}, without quotes")
        return Problem(key, f"{_shown(value)} is not known{suggestion(str(value), names)}{allowed(names)}")
    if what == "union_tag_invalid":
        tag, names = context["tag"], [tag for kind in kinds for tag in _tags(kind)]
        return Problem((*key, "kind"), f"{tag!r} is not known{suggestion(tag, names)}{allowed(names)}")
    if what == "union_tag_not_found":
        return Problem((*key, "kind"), "is missing")
    if what.startswith("date"):
        return Problem(
            key, _DATES["datetime" if what.startswith("datetime") else "date"].format(value=_shown(value))
        )
    if what in _PLAIN:
        return Problem(key, _PLAIN[what].format(value=_shown(value), **context))
    return Problem(key, message_of(detail))


def message_of(detail: ErrorDetails) -> str:
    """Return the message of a validator of ours, or else that of pydantic."""
    error = detail.get("ctx", {}).get("error")
    return str(error) if detail["type"] == "value_error" else detail["msg"]


def _missing(key: Key) -> Problem:
    if len(key) == 1 and any(model_of(kind) or str(kind).startswith("dict") for kind in types_at(key)):
        return Problem(key, f"the section [{key[0]}] is missing")
    return Problem(key, f"is missing{_docstring(key, '; needed: {}')}")


def _docstring(key: Key, wording: str) -> str:
    """Format the docstring of the field of a key; empty if it has none."""
    for kind in types_at(key[:-1]):
        model = model_of(kind)
        found = docstrings(model).get(str(key[-1])) if model else None
        if found:
            text = " ".join(found.split()).rstrip(".")
            return wording.format(text[:1].lower() + text[1:])
    return ""


def _keys_instead(key: Key, detail: ErrorDetails) -> list[str]:
    """Return the keys allowed instead of an unknown one; in a union, those of the intended member."""
    kinds = [kind for kind in types_at(key[:-1]) if model_of(kind)]
    if len(kinds) > 1:
        tags = [kind for kind in kinds if any(str(part) in _tags(kind) for part in detail["loc"][-2:-1])]
        kinds = tags or kinds
    names: list[str] = []
    for kind in kinds:
        model = model_of(kind)
        if model is not None:
            names += fields_of(model)
    if len(key) == 1:
        names += ["extends", "drop"]
    if any(is_distribution(kind) for kind in kinds):
        names = [name for name in names if name != "at"] + ["at"]
    return list(dict.fromkeys(names))


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _renamed(name: str, names: Sequence[str]) -> str:
    """Return the name in format 2 of a key of format 1, or a similar name; empty if there is none."""
    if RENAMED.get(name) in names:
        return f"; format 2 calls it {RENAMED[name]!r} (fourport upgrade FILE rewrites the file)"
    return suggestion(name, names)
