"""Load a scenario that can be run, or report everything that is wrong with it."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from fourport.errors import UserError
from fourport.plan.compile import check
from fourport.plan.once import Shared
from fourport.scenario.load import Loaded, lines_under, load
from fourport.scenario.tree import Located, refuse


def load_ready(
    name_or_path: str | Path | Loaded, policy: str | None = None, shared: Shared | None = None
) -> Loaded:
    """Load a scenario, apply a policy, and check that it compiles.

    Parameters
    ----------
    shared
        Shared with the scenario under other policies: what is the same is not checked again.

    Raises
    ------
    UserError
        With a line for each problem in the files, found while reading them or while unrolling calendars
        and timetables. It names the policy if the scenario does not have the problem without it.
    """
    loaded = load(name_or_path, policy)
    problems = loaded.tree.locate(check(loaded.scenario, shared))
    if problems and loaded.policy is not None:
        known: list[Located] = []
        with suppress(UserError):  # without the policy it has problems of another kind
            base = load(loaded)
            known = base.tree.locate(check(base.scenario, shared))
        raise UserError(*lines_under(loaded.policy, sorted({*problems}), known, loaded.tree))
    refuse(problems)
    return loaded
