"""Move consignments through a world: two engines with the same milestones.

``docs/semantics.md`` defines what they do. ``reference`` is a plain SimPy model that reads like the corridor;
``compiled`` is an event loop that Numba compiles, some hundred times as fast. They share the plan, the world
and the milestones, and no code that decides. Since the results are the same, the choice belongs to a process
and its workers, not to a study: ``--engine`` makes it, or the environment variable ``FOURPORT_ENGINE``.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache

from fourport import machine
from fourport.arguments import COMPILED, ENGINE_VARIABLE, ENGINES, SIMPY
from fourport.engine.milestones import Milestones, Trips
from fourport.errors import UserError
from fourport.messages import tell
from fourport.plan.tables import Plan
from fourport.world.tables import World

__all__ = ["Milestones", "Trips", "chosen", "differences", "named", "prepare", "simulate"]


def named() -> str:
    """Return the name of the engine that is asked for.

    Raises
    ------
    UserError
        If the environment variable names none of :data:`fourport.arguments.ENGINES`.
    """
    name = os.environ.get(ENGINE_VARIABLE) or COMPILED
    if name not in ENGINES:
        raise UserError(f"{ENGINE_VARIABLE}: {name!r}; allowed: {', '.join(ENGINES)}")
    return name


def chosen() -> str:
    """Return the name of the engine that runs: the one asked for, or SimPy where there is no Numba."""
    return COMPILED if named() == COMPILED and _has_compiled() else SIMPY


def simulate(plan: Plan, world: World) -> Milestones:
    """Run a world through a plan, with the engine that is :func:`chosen`.

    Returns
    -------
    Milestones
        Begin and end of every step of every consignment, and the trips made.
    """
    if chosen() == COMPILED:
        from fourport.engine import compiled

        return compiled.simulate(plan, world)
    from fourport.engine import reference

    return reference.simulate(plan, world)


def prepare(progress: Callable[[int, int], object] | None = None) -> None:
    """Compile the engine or load it, before processes are started that would each do so.

    Parameters
    ----------
    progress
        That of the tasks which follow. One with a method ``meanwhile`` is told if the engine is compiled.
    """
    if chosen() == COMPILED:
        from fourport.engine import compiled

        machine.prepare([compiled.LOOP], getattr(progress, "meanwhile", None))


def differences(plan: Plan, world: World) -> list[str] | None:
    """Return the names of the milestones in which the two engines differ; None where there is no Numba."""
    if not _has_compiled():
        return None
    from fourport.engine import compiled, reference

    return compiled.simulate(plan, world).differences(reference.simulate(plan, world))


@cache
def _has_compiled() -> bool:
    """Return whether the compiled engine can be had; a line on stderr says once if not."""
    try:
        from fourport.engine import compiled

        if not machine.is_kept(compiled.LOOP):
            import fourport.engine.compiled.loop  # noqa: F401  # what it needs to be compiled is there
    except (ImportError, OSError) as error:  # OSError: Numba is there, and a library of its own is not.
        tell(f"the SimPy engine runs, some hundred times slower: {error}")
        return False
    return True
