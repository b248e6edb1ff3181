"""Find which types the models expect at a key of a scenario.

The types tell names from numbers, and which tables may be written ``{ value = ... }``. They are used to
check ranges and to list the allowed keys.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, TypeAdapter, WithJsonSchema
from pydantic.fields import FieldInfo

from fourport.errors import Key
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.ref import Ref
from fourport.scenario.suggestions import suggestion
from fourport.scenario.units import Exchange, RateOfADay

T = TypeVar("T")

_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}


def adapter(kind: type[T]) -> TypeAdapter[T]:
    """Return the adapter that validates values of a type; cached, since making one is slow."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]


def validator(kind: type[T]) -> Callable[[Any], T]:
    """Return the function that validates values of a type; for a model, its own."""
    model = model_of(kind)
    return model.model_validate if model is kind else adapter(kind).validate_python


def field_type(field: FieldInfo) -> Any:
    """Return the type of a field with its validators."""
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def bare(kind: Any) -> Any:
    """Return a type without its validators."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def alternatives(kind: Any) -> list[Any]:
    """Return the members of a union without None; for any other type, the type."""
    inner = bare(kind)
    if get_origin(inner) in (Union, types.UnionType):
        return [one for arg in get_args(inner) if arg is not type(None) for one in alternatives(arg)]
    return [kind]


def model_of(kind: Any) -> type[BaseModel] | None:
    """Return the model of a type; None if it is not a model."""
    inner = bare(kind)
    return inner if isinstance(inner, type) and issubclass(inner, BaseModel) else None


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by their names in a file."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def step_into(kind: Any, element: str | int) -> list[Any]:
    """Return the types that an element of a value of this type may have."""
    model, inner = model_of(kind), bare(kind)
    if model is not None:
        field = fields_of(model).get(str(element))
        return alternatives(field_type(field)) if field else []
    if get_origin(inner) is dict:
        return alternatives(get_args(inner)[1])
    if kind == Exchange and isinstance(element, str):
        return [RateOfADay]
    if get_origin(inner) is tuple:
        elements = alternatives(get_args(inner)[0])
        # Overlays change tables of a list by their names (fourport.scenario.changes).
        return elements if isinstance(element, int) or all(map(model_of, elements)) else []
    return []


class Shape:
    """What the models expect at a place of a scenario; one for each set of types.

    Attributes
    ----------
    types
        The types that a value may have there; empty where no value is expected.
    """

    def __init__(self, types: tuple[Any, ...]) -> None:
        self.types = types
        self._inner: dict[object, Shape] = {}

    def inner(self, element: str | int) -> Shape:
        """Return the shape of an element of a table or a list."""
        place = element if self.models else type(element)  # only models tell one name from another
        found = self._inner.get(place)
        if found is None:
            found = shape_of(tuple(inner for kind in self.types for inner in step_into(kind, element)))
            self._inner[place] = found
        return found

    @cached_property
    def models(self) -> tuple[type[BaseModel], ...]:
        """The models among the types."""
        return tuple(model for kind in self.types if (model := model_of(kind)) is not None)

    @cached_property
    def fields(self) -> frozenset[str]:
        """Names of the fields of the models."""
        return frozenset(name for model in self.models for name in fields_of(model))

    @cached_property
    def quantity(self) -> bool:
        """Whether a text is a number with its unit."""
        return any(is_quantity(kind) or is_distribution(kind) for kind in self.types)

    @cached_property
    def parsers(self) -> tuple[Callable[[Any], Any], ...]:
        """Functions that parse a single value as each type; for a distribution, its constant value."""
        kinds = (step_into(kind, "at")[0] if is_distribution(kind) else kind for kind in self.types)
        return tuple(_parser(kind) for kind in kinds)

    @cached_property
    def plain(self) -> frozenset[Any]:
        """Types that are written without a unit and not as tables."""
        return frozenset(bare(kind) for kind in self.types if not is_quantity(kind) and not model_of(kind))

    @cached_property
    def single(self) -> bool:
        """Whether a single value or a list may be there, not only a table with keys of its own."""
        return any(
            is_distribution(kind) or (model_of(kind) is None and get_origin(bare(kind)) is not dict)
            for kind in self.types
        )

    @cached_property
    def entry(self) -> Any:
        """Type of the entries of a table of models, which are validated one by one; None for all others."""
        inner = self.inner("")
        if not inner.models or inner.quantity:
            return None
        tables = (get_args(bare(kind))[1] for kind in self.types if get_origin(bare(kind)) is dict)
        return next(tables, None)

    @cached_property
    def ref(self) -> Ref | None:
        """What a text refers to."""
        return _ref(self.types)

    @cached_property
    def names(self) -> tuple[Any, ...]:
        """Types of the keys of a table."""
        return tuple(get_args(bare(kind))[0] for kind in self.types if get_origin(bare(kind)) is dict)

    @cached_property
    def keys_ref(self) -> Ref | None:
        """What the keys of a table refer to."""
        return _ref(self.names)

    @cached_property
    def refers(self) -> bool:
        """Whether anything in it, or below, refers to something."""
        inner = [self.inner(name) for name in self.fields] + [self.inner(0)]
        return bool(self.ref or self.keys_ref) or any(one.types and one.refers for one in inner)


def _parser(kind: Any) -> Callable[[Any], Any]:
    """Return the function that parses values of a type: its own for a quantity, else that of pydantic."""
    own: list[Any] = [one.func for one in get_args(kind)[1:] if isinstance(one, BeforeValidator)]
    return own[0] if own and is_quantity(kind) else validator(kind)


def _ref(kinds: Iterable[Any]) -> Ref | None:
    metadata = (one for kind in kinds if get_origin(kind) is Annotated for one in get_args(kind)[1:])
    return next((one for one in metadata if isinstance(one, Ref)), None)


@cache
def shape_of(types: tuple[Any, ...]) -> Shape:
    """Return the shape for these types."""
    return Shape(types)


SCENARIO = shape_of((Scenario,))


def shape_at(key: Key) -> Shape:
    """Return the shape at a key; a policy has that of the scenario."""
    shape = SCENARIO
    for element in key[2:] if len(key) >= 2 and key[0] == "policies" else key:
        shape = shape.inner(element)
    return shape


def types_at(key: Key) -> tuple[Any, ...]:
    """Return the types that a value may have at a key; empty where no value is expected."""
    return shape_at(key).types


def is_distribution(kind: Any) -> bool:
    """True if a type is a distribution."""
    model = model_of(kind)
    return model is not None and issubclass(model, Distribution)


def is_quantity(kind: Any) -> bool:
    """True if a type is written as a number with a unit, or as a time of day."""
    metadata = get_args(kind)[1:] if get_origin(kind) is Annotated else ()
    return any(
        isinstance(one, WithJsonSchema) and (one.json_schema or {}).get("x-quantity") for one in metadata
    )


def misspelt(section: str, values: Mapping[str, Any]) -> bool:
    """True if a section is missing and an unknown one has a similar name."""
    known = fields_of(Scenario)
    return section not in values and any(
        name not in known and repr(section) in suggestion(name, known) for name in values
    )
