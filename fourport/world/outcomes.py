"""Which conditions hold for which consignments: rules of the plan, on the numbers of the world."""

from __future__ import annotations

import numpy as np

from fourport.plan.tables import Floats, Ints, Plan, Rule
from fourport.world.tables import Flags, World


def outcomes(plan: Plan, world: World) -> Flags:
    """Give whether each condition holds for each consignment, (C, n)."""
    return decide(plan, world.risk, world.tier, world.offends)


def decide(plan: Plan, risk: Floats, tier: Ints, offends: Flags) -> Flags:
    """Decide conditions from risk numbers (D, n), tiers and offences (n,); (C, n)."""
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
