"""A variant of a scenario: validated values that can be sent to another process and compiled there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.once import Shared
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.shape import SCENARIO, Shape, field_type, fields_of, validator
from fourport.study.parallel import Once

Values = Mapping[str, Any]
"""Validated values of a scenario, in the form of its file."""

AT_ONCE = 256
"""Number of compiled variants that a process keeps."""

PARTS = 8192
"""Number of sections and entries that a process keeps; those that variants share are validated once."""


@dataclass(frozen=True)
class Part:
    """The values of a scenario, or of a section or an entry of it.

    Equal parts have equal values in the same order: by it agencies inspect and services are numbered.

    Attributes
    ----------
    digest
        Digest of the values.
    plain
        The values, if they have no parts.
    parts
        Its parts by name: the sections of a scenario, and the entries of a section that has any.
    """

    digest: bytes
    plain: Any = field(default=None, repr=False, compare=False)
    parts: Mapping[str, Part] | None = field(default=None, repr=False, compare=False)

    @property
    def values(self) -> Any:
        """The values."""
        return self.plain if self.parts is None else {name: its.values for name, its in self.parts.items()}


class Parts:
    """The parts of scenarios that have most of their values in common: each is made once.

    Values are known by what they are, not by what is in them, so nobody may change them.
    """

    def __init__(self) -> None:
        self._known: dict[tuple[int, Shape | None], tuple[Any, Part]] = {}

    def of(self, values: Any, shape: Shape | None = SCENARIO) -> Part:
        """Return the part of a scenario, or of what has a shape within it; an entry has None."""
        at = id(values), shape
        if at not in self._known:
            # As long as the values are held, no others have their id.
            self._known[at] = values, self._made(values, shape)
        return self._known[at][1]

    def _made(self, values: Any, shape: Shape | None) -> Part:
        if shape is not SCENARIO and (shape is None or shape.entry is None):
            return Part(_digest(values), values)
        parts = {
            name: self.of(its, SCENARIO.inner(name) if shape is SCENARIO else None)
            for name, its in values.items()
        }
        return Part(_digest({name: its.digest.hex() for name, its in parts.items()}), parts=parts)


def _digest(values: object) -> bytes:
    """Return a digest of values and of the order of their tables."""
    text = json.dumps(values, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


@dataclass(frozen=True)
class Variant(Once):
    """A scenario under one policy or with other changes; equal variants have equal values in the same order.

    Attributes
    ----------
    key
        Digest of the values.
    """

    key: str
    _whole: Part = field(repr=False, compare=False)
    _scenario: Scenario | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, values: Values, scenario: Scenario | None = None, parts: Parts | None = None) -> Variant:
        """Create a variant of validated values, which nobody may change.

        Parameters
        ----------
        scenario
            That is made of the values, which then need not be validated again.
        parts
            Gets and gives the parts of other variants, with which this one has values in common.
        """
        whole = (parts or Parts()).of(values)
        return cls(whole.digest.hex(), whole, scenario)

    def __reduce__(self) -> tuple[type[Variant], tuple[str, Part]]:
        """Send the values alone: forked processes have compiled it, others make its scenario again."""
        return Variant, (self.key, self._whole)

    @cached_property
    def values(self) -> Values:
        """Its values; nobody may change them."""
        found: Values = self._whole.values
        return found

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario, made of its values where it was sent without."""
        return self._scenario or _scenario_of(self._whole)

    @property
    def corridor(self) -> Corridor:
        """The compiled scenario, computed once in each process."""
        return _compiled(self)


@lru_cache(AT_ONCE)
def _compiled(variant: Variant) -> Corridor:
    return compile_corridor(variant.scenario, _SHARED)


_SHARED = Shared()
"""What the variants have in common that this process compiles."""


def _scenario_of(whole: Part) -> Scenario:
    """Return the scenario of validated values; scenarios share the sections and entries that are the same."""
    sections = whole.parts or {}
    return Scenario.model_construct(**{name: _section(name, its) for name, its in sections.items()})


@lru_cache(PARTS)
def _section(name: str, section: Part) -> Any:
    """Return a section of a scenario as the model has it."""
    if section.parts is None:
        return validator(field_type(fields_of(Scenario)[name]))(section.plain)
    return {key: _entry(name, its) for key, its in section.parts.items()}


@lru_cache(PARTS)
def _entry(name: str, entry: Part) -> Any:
    """Return an entry of a section as its model."""
    return validator(SCENARIO.inner(name).entry)(entry.plain)
