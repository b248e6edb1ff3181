"""Decide which conditions hold for which consignments, from the rules of the plan and the world."""

from __future__ import annotations

import numpy as np

from fourport.plan.tables import Floats, Ints, Plan, Rule
from fourport.world.tables import Flags, World


def outcomes(plan: Plan, world: World) -> Flags:
    """Return whether each condition holds for each consignment, (C, n)."""
    return decide(plan, world.risk, world.tier, world.offends)


def decide(plan: Plan, risk: Floats, tier: Ints, offends: Flags) -> Flags:
    """Return which conditions hold, (C, n).

    Parameters
    ----------
    risk
        (D, n) risk numbers.
    tier, offends
        (n,) trader classes, and which consignments are non-compliant.
    """
    holds = np.empty((len(plan.condition_names), len(tier)), dtype=np.bool_)
    for c, rule in enumerate(plan.condition_rule.tolist()):
        first, second = int(plan.condition_first[c]), int(plan.condition_second[c])
        if rule == Rule.BELOW:
            rate = plan.condition_rate[c, offends.astype(np.int64), tier]
            holds[c] = risk[plan.condition_draw[c]] < rate
        elif rule == Rule.NOT:
            holds[c] = ~holds[first]
        elif rule == Rule.BOTH:
            holds[c] = holds[first] & holds[second]
        else:
            holds[c] = holds[first] | holds[second]
    return holds
