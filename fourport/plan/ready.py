"""A scenario file that can be run, or all that is wrong with it."""

from __future__ import annotations

from pathlib import Path

from fourport.plan.compile import check
from fourport.scenario.load import Loaded, load


def load_ready(name_or_path: str | Path, policy: str | None = None) -> Loaded:
    """Load a scenario with a policy applied, and see that it compiles.

    Raises
    ------
    UserError
        With a line for each problem of the files, found when they are read or when calendars and
        timetables are unrolled.
    """
    loaded = load(name_or_path, policy)
    loaded.refuse(check(loaded.scenario))
    return loaded
