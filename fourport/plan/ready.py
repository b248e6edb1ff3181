"""Load a scenario that can be run, or report everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

from fourport.plan.compile import check
from fourport.scenario.load import Loaded, load


def load_ready(name_or_path: str | Path | Loaded, policy: str | None = None) -> Loaded:
    """Load a scenario, apply a policy, and check that it compiles.

    Raises
    ------
    UserError
        With a line for each problem in the files, found while reading them or while unrolling calendars
        and timetables.
    """
    loaded = load(name_or_path, policy)
    loaded.refuse(check(loaded.scenario))
    return loaded
