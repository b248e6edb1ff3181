"""What entries and policies are called: names that would not do where they are used."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fourport.errors import Key, Problem
from fourport.scenario.names import ALL, BASE, ENTRY, LONGEST, PATTERN, base_name, is_entry
from fourport.scenario.parts import table
from fourport.scenario.unused import entries


def wrong_names(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Find names that cannot be a file's, cannot be written where they are used, or are taken."""
    yield from _wrong_entries(values, ())
    if values.get("base") == ALL:
        yield Problem(("base",), f"{ALL!r} asks for all policies; allowed: another name")
    for name, body in table(values, "policies").items():
        yield from _wrong_policy(name, base_name(values))
        yield from _wrong_entries(body, ("policies", name))


def _wrong_policy(name: str, base: str) -> Iterator[Problem]:
    key = ("policies", name)
    if not re.fullmatch(PATTERN, name) or len(name) > LONGEST:
        what = f"{name!r} cannot be the name of a policy"
        allowed = f"small letters, digits and hyphens, at most {LONGEST}, no hyphen first"
        yield Problem(key, f"{what}; allowed: {allowed}")
    elif name == ALL:
        yield Problem(key, f"{ALL!r} asks for all policies; allowed: another name")
    elif name in (BASE, base):
        other = "" if name == BASE else ", or another one in 'base'"
        what = f"{name!r} is the name of the scenario as it stands"
        yield Problem(key, f"{what}; allowed: another name{other}")


def _wrong_entries(values: Any, above: Key) -> Iterator[Problem]:
    named = {*entries(values), *((one, name) for one in ("lanes", "levers") for name in table(values, one))}
    for key in named:
        name = str(key[-1])
        if not is_entry(name):
            yield Problem((*above, *key), f"{name!r} cannot be a name; allowed: any text with {ENTRY}")
