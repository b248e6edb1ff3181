"""Load a scenario that can be run, or report everything that is wrong with it."""

from __future__ import annotations

from pathlib import Path

from fourport.errors import Refused
from fourport.plan.compile import compile_corridor
from fourport.scenario.load import Loaded, load


def load_ready(name_or_path: str | Path, policy: str | None = None) -> Loaded:
    """Load a scenario, apply a policy, and check that it compiles.

    Raises
    ------
    UserError
        With a line for each problem in the files, found while reading them or while unrolling calendars
        and timetables.
    """
    loaded = load(name_or_path, policy)
    try:
        compile_corridor(loaded.scenario)
    except Refused as refused:
        loaded.refuse(refused.problems)
        raise
    return loaded
