"""Names of scenarios, policies and entries."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field

from fourport.scenario.base import is_one_line

PATTERN = r"^[a-z0-9][a-z0-9-]*$"
LONGEST = 60
"""Largest length of a name, since file names consist of it and a suffix."""

Name = Annotated[str, Field(pattern=PATTERN, max_length=LONGEST)]
"""Name of a scenario or of its baseline."""

ENTRY = 'no / , * " or control character, no blank first or last, no hyphen first, no + beside a blank'
"""Rule for names of entries, in any script, as messages and the reference write it (:func:`is_entry`)."""

BASE = "base"
"""Name of the scenario as it stands, next to its policies; it may have another name, too."""
ALL = "all"
"""Name that stands for the baseline and every policy."""


def is_entry(name: str) -> bool:
    """True if an entry may have this name.

    A slash joins two names and " + " the offices of a procedure, a comma separates names and ``*`` means all.
    A quote, and a blank at an end, are lost on a command line, where a hyphen begins an option.
    """
    bare = name.strip() == name and not name.startswith("-")
    return bool(name) and bare and is_one_line(name) and not re.search(r'[/,*"]|\s\+|\+\s', name)


def base_name(values: Mapping[str, Any]) -> str:
    """Return the name of the scenario as it stands."""
    return str(values.get("base", BASE))


def under(policies: Sequence[str], every: Collection[str] = ()) -> str:
    """Return the end of a line that holds under these policies, of all that were examined."""
    others = [name for name in every if name not in policies]
    if len(policies) == 1:
        which = f"the policy {policies[0]!r}"
    elif every and not others:
        which = "all policies"
    elif every and len(others) < len(policies):
        which = f"all policies but {_listed(others)}"
    else:
        which = f"the policies {_listed(policies)}"
    return f" (under {which})"


def each_once(lines: Mapping[str, Iterable[str]], base: str) -> list[str]:
    """Return each line once, with the policies that have it; none is named where there is none but the base.

    Parameters
    ----------
    lines
        The lines of each policy examined.
    base
        Name of the scenario as it stands, which may be among them.
    """
    having: dict[str, list[str]] = {}
    for policy, its in lines.items():
        for line in dict.fromkeys(its):
            having.setdefault(line, []).append(policy)
    if {*lines} == {base}:
        return list(having)
    return [line + under(policies, lines) for line, policies in having.items()]


def _listed(names: Sequence[str]) -> str:
    first = [repr(name) for name in names]
    return f"{', '.join(first[:-1])} and {first[-1]}" if len(first) > 1 else first[0]
