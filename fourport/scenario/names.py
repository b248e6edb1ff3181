"""Names under which runs are stored and told apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from fourport.scenario.base import is_one_line

PATTERN = r"^[a-z0-9][a-z0-9-]*$"
LONGEST = 60
"""Most characters of a name: files are called by it, with more after it."""

Name = Annotated[str, Field(pattern=PATTERN, max_length=LONGEST)]
"""Name of a scenario or of its baseline."""

ENTRY = 'no / , * " or control character, no blank first or last, no hyphen first, no + beside a blank'
"""How names of entries are, in any script, as messages and the reference say it (:func:`is_entry`)."""

BASE = "base"
"""What the scenario as it stands is called beside its policies, whatever name of its own it has."""
ALL = "all"
"""What asks for the baseline and every policy."""


def is_entry(name: str) -> bool:
    """Tell whether an entry can have a name.

    A slash joins two names and " + " the offices of a procedure, a comma parts names and ``*`` means all.
    A quote and a blank at an end are lost on a command line, where a hyphen begins an option.
    """
    bare = name.strip() == name and not name.startswith("-")
    return bool(name) and bare and is_one_line(name) and not re.search(r'[/,*"]|\s\+|\+\s', name)


def base_name(values: Mapping[str, Any]) -> str:
    """Give the name that the scenario as it stands goes by."""
    return str(values.get("base", BASE))
