"""Decide from the rules alone whether a condition holds, one consignment at a time."""

from __future__ import annotations

from fourport.plan.tables import Plan, Rule
from fourport.world.tables import World


def holds(plan: Plan, world: World, condition: int, i: int) -> bool:
    """Return whether a condition holds for consignment ``i``; -1 always does.

    It is evaluated anew on every call, since nothing that happens in a run changes the result.
    """
    if condition < 0:
        return True
    rule = int(plan.condition_rule[condition])
    if rule == Rule.BELOW:
        number = float(world.risk[plan.condition_draw[condition]][i])
        return number < rate(plan, world, condition, i)
    first = holds(plan, world, int(plan.condition_first[condition]), i)
    if rule == Rule.NOT:
        return not first
    second = holds(plan, world, int(plan.condition_second[condition]), i)
    return (first and second) if rule == Rule.BOTH else (first or second)


def rate(plan: Plan, world: World, condition: int, i: int) -> float:
    """Return the rate of a BELOW for the consignment's compliance and trader class."""
    return float(plan.condition_rate[condition, 1 if world.non_compliant[i] else 0, world.trader_class[i]])
