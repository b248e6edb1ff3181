"""The scenarios that a process works on: validated values by policy, compiled when they are needed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.scenario.models import Scenario

Documents = Mapping[str, Mapping[str, Any]]
"""The validated values of a scenario under each policy, by name."""

_documents: dict[str, Mapping[str, Any]] = {}


def load_documents(documents: Documents) -> None:
    """Make this process work on these; what is compiled of the same ones already stays."""
    if _documents == documents:
        return
    _documents.clear()
    _documents.update(documents)
    corridor_of.cache_clear()


@cache
def corridor_of(policy: str) -> Corridor:
    """Compile the scenario under a policy."""
    return compile_corridor(Scenario.model_validate(_documents[policy]))
