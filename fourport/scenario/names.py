"""Names under which runs are stored and told apart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from fourport.errors import Problem

PATTERN = r"^[a-z0-9][a-z0-9-]*$"
LONGEST = 60
"""Most characters of a name: files are called by it, with more after it."""

Name = Annotated[str, Field(pattern=PATTERN, max_length=LONGEST)]
"""Name of a scenario or of its baseline."""

BASE = "base"
"""What the scenario as it stands is called beside its policies, whatever name of its own it has."""
ALL = "all"
"""What asks for the baseline and every policy."""


def base_name(values: Mapping[str, Any]) -> str:
    """Give the name that the scenario as it stands goes by."""
    return str(values.get("base", BASE))


def wrong_names(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Find a baseline and policies whose names cannot be a file's or are taken."""
    if values.get("base") == ALL:
        yield Problem(("base",), f"{ALL!r} asks for all policies; allowed: another name")
    policies = values.get("policies")
    if not isinstance(policies, dict):
        return
    for name in policies:
        key = ("policies", name)
        if not re.fullmatch(PATTERN, name) or len(name) > LONGEST:
            what = f"{name!r} cannot be the name of a policy"
            allowed = f"small letters, digits and hyphens, at most {LONGEST}, no hyphen first"
            yield Problem(key, f"{what}; allowed: {allowed}")
        elif name == ALL:
            yield Problem(key, f"{ALL!r} asks for all policies; allowed: another name")
        elif name in (BASE, base_name(values)):
            other = "" if name == BASE else ", or another one in 'base'"
            what = f"{name!r} is the name of the scenario as it stands"
            yield Problem(key, f"{what}; allowed: another name{other}")
