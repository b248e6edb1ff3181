"""What the models expect at a key: the types that a scenario's values have.

Used to tell names from numbers, to know which tables may be written
``{ value = ... }``, to check ranges and to suggest keys.
"""

from __future__ import annotations

import difflib
import types
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, TypeAdapter, WithJsonSchema
from pydantic.fields import FieldInfo

from fourport.errors import Key
from fourport.scenario.distributions import Distribution
from fourport.scenario.models import Scenario

T = TypeVar("T")

_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def adapter(kind: type[T]) -> TypeAdapter[T]:
    """Give what validates values of a type; made once a type, since making it is slow."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def field_type(field: FieldInfo) -> Any:
    """Give the type of a field with its validators."""
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def bare(kind: Any) -> Any:
    """Take the validators off a type."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def alternatives(kind: Any) -> list[Any]:
    """Give the members of a union without None; of any other type, the type."""
    inner = bare(kind)
    if get_origin(inner) in (Union, types.UnionType):
        return [one for arg in get_args(inner) if arg is not type(None) for one in alternatives(arg)]
    return [kind]


def model_of(kind: Any) -> type[BaseModel] | None:
    """Give the model that a type is, if it is one."""
    inner = bare(kind)
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Give the fields of a model under the names that a file writes."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def step_into(kind: Any, element: str | int) -> list[Any]:
    """Give the types that an element of a value of this type may have."""
    model, inner = model_of(kind), bare(kind)
    if model is not None:
        field = fields_of(model).get(str(element))
        return alternatives(field_type(field)) if field else []
    if get_origin(inner) is dict:
        return alternatives(get_args(inner)[1])
    if get_origin(inner) is tuple and isinstance(element, int):
        return alternatives(get_args(inner)[0])
    return []


@lru_cache(maxsize=50_000)
def types_at(key: Key) -> tuple[Any, ...]:
    """Give the types that a value may have at a key; none where no value is expected.

    Looked up once: a file is read anew under each of its policies, and has the same keys in all.
    """
    if len(key) >= 2 and key[0] == "policies":
        key = key[2:]
    found: tuple[Any, ...] = (Scenario,)
    for element in key:
        found = tuple(inner for kind in found for inner in step_into(kind, element))
    return found


def names_at(key: Key) -> list[str]:
    """Give the names that a table may hold at a key, in the order of the models."""
    models = [model for kind in types_at(key) if (model := model_of(kind))]
    return list(dict.fromkeys(name for model in models for name in fields_of(model)))


def is_distribution(kind: Any) -> bool:
    """Tell whether a type is a distribution."""
    model = model_of(kind)
    return model is not None and issubclass(model, Distribution)


def is_quantity(kind: Any) -> bool:
    """Tell whether a type is written as a number with a unit, or as a time of day."""
    metadata = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    return any(
        isinstance(one, WithJsonSchema) and (one.json_schema or {}).get("x-quantity") for one in metadata
    )


def misspelt(section: str, values: Mapping[str, Any]) -> bool:
    """Tell whether a section is not there, but one whose name is meant to be its."""
    known = fields_of(Scenario)
    return section not in values and any(
        name not in known and repr(section) in suggestion(name, known) for name in values
    )


def suggestion(wrong: str, names: Iterable[str]) -> str:
    """Give "; did you mean 'x'?" if one of the names is close, else nothing."""
    cutoff = 0.6 if len(wrong) > 3 else 0.5  # one letter of two or three is a slip, too
    close = difflib.get_close_matches(wrong, list(names), n=1, cutoff=cutoff)
    return f"; did you mean {close[0]!r}?" if close else ""


def allowed(names: Sequence[str], *, most: int = 40) -> str:
    """Give "; allowed: a, b, c", cut if there are very many."""
    if not names:
        return ""
    shown = ", ".join(names[:most])
    return f"; allowed: {shown}" + (f" and {len(names) - most} more" if len(names) > most else "")
