"""Move consignments through a world: two engines with the same milestones.

``docs/semantics.md`` defines what they do. ``reference`` is a plain SimPy model that reads like the corridor;
``compiled`` is an event loop that Numba compiles, some hundred times as fast. They share the plan, the world
and the milestones, and no code that decides.
"""

from __future__ import annotations

import sys
from functools import cache
from types import ModuleType
from typing import Literal, TypeAlias, get_args

from fourport.engine.milestones import Milestones, Trips
from fourport.plan.tables import Plan
from fourport.world.tables import World

__all__ = ["ENGINES", "Engine", "Milestones", "Trips", "prepare", "simulate"]

Engine: TypeAlias = Literal["compiled", "simpy"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
"""Engines to choose from; the first is the usual one."""


def simulate(plan: Plan, world: World, engine: Engine = "compiled") -> Milestones:
    """Run a world through a plan.

    Parameters
    ----------
    engine
        Either engine gives the same milestones. Without Numba, SimPy runs.

    Returns
    -------
    Milestones
        Begin and end of every step of every consignment, and the trips made.
    """
    compiled = _compiled() if engine == "compiled" else None
    if compiled is not None:
        found: Milestones = compiled.simulate(plan, world)
        return found
    from fourport.engine import reference

    return reference.simulate(plan, world)


def prepare(engine: Engine = "compiled") -> None:
    """Compile the engine or load it, before processes are started that would each do so."""
    compiled = _compiled() if engine == "compiled" else None
    if compiled is not None:
        compiled.prepare()


@cache
def _compiled() -> ModuleType | None:
    """Return the compiled engine; None without Numba, which a line on stderr says once."""
    try:
        from fourport.engine import compiled
    except ImportError as error:
        print(f"the SimPy engine runs, some hundred times slower: {error}", file=sys.stderr)
        return None
    return compiled
