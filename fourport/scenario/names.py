"""Names under which runs are stored and told apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

PATTERN = r"^[a-z0-9][a-z0-9-]*$"
LONGEST = 60
"""Most characters of a name: files are called by it, with more after it."""

Name = Annotated[str, Field(pattern=PATTERN, max_length=LONGEST)]
"""Name of a scenario or of its baseline."""

ENTRY = re.compile(r"\w([\w .+&()-]*[\w.+&)])?")
"""What entries are called, in any script: a slash joins two names, a comma parts them, ``*`` means all."""

BASE = "base"
"""What the scenario as it stands is called beside its policies, whatever name of its own it has."""
ALL = "all"
"""What asks for the baseline and every policy."""


def base_name(values: Mapping[str, Any]) -> str:
    """Give the name that the scenario as it stands goes by."""
    return str(values.get("base", BASE))
