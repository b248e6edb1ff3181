"""A variant of a scenario: validated values that can be sent to another process and compiled there."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.once import Shared
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.shape import SCENARIO, validator
from fourport.study.parallel import Once

Values = Mapping[str, Any]
"""Validated values of a scenario, in the form of its file."""

AT_ONCE = 256
"""Number of compiled variants that a process keeps."""

ENTRIES = 8192
"""Number of entries of scenarios that a process keeps; those that variants share are validated once."""


@dataclass(frozen=True)
class Variant(Once):
    """A scenario under one policy or with other changes; equal variants have equal values.

    Attributes
    ----------
    key
        Digest of the values.
    """

    key: str
    _pickled: bytes = field(repr=False, compare=False)
    _scenario: Scenario | None = field(default=None, repr=False, compare=False)

    @classmethod
    def of(cls, values: Values, scenario: Scenario | None = None) -> Variant:
        """Create a variant of validated values; a scenario that is made of them need not be made again."""
        text = json.dumps(values, default=str, sort_keys=True)
        return cls(hashlib.sha256(text.encode()).hexdigest(), pickle.dumps(values), scenario)

    def __reduce__(self) -> tuple[type[Variant], tuple[str, bytes]]:
        """Send the values alone: forked processes have compiled it, others make its scenario again."""
        return Variant, (self.key, self._pickled)

    @property
    def values(self) -> Values:
        """A copy of its values."""
        found: Values = pickle.loads(self._pickled)
        return found

    @property
    def scenario(self) -> Scenario:
        """The scenario, made of its values where it was sent without."""
        return self._scenario or _scenario_of(self.values)

    @property
    def corridor(self) -> Corridor:
        """The compiled scenario, computed once in each process."""
        return _compiled(self)


@lru_cache(AT_ONCE)
def _compiled(variant: Variant) -> Corridor:
    return compile_corridor(variant.scenario, _SHARED)


_SHARED = Shared()
"""What the variants have in common that this process compiles."""


def _scenario_of(values: Values) -> Scenario:
    """Return the scenario of validated values, whose entries it shares with others that have the same."""
    entries = {
        name: {key: _entry(name, pickle.dumps(its)) for key, its in table.items()}
        for name, table in values.items()
        if SCENARIO.inner(name).entry is not None
    }
    return Scenario.model_validate({**values, **entries})


@lru_cache(ENTRIES)
def _entry(name: str, pickled: bytes) -> BaseModel:
    """Return an entry of a table of a scenario as its model."""
    found: BaseModel = validator(SCENARIO.inner(name).entry)(pickle.loads(pickled))
    return found
