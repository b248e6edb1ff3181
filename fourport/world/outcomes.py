"""Decide which conditions hold for which consignments, from the rules of the plan and the world."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from fourport.plan.tables import Floats, Ints, Plan, Rule
from fourport.world.tables import Flags, World


def outcomes(plan: Plan, world: World) -> Flags:
    """Return whether each condition holds for each consignment, (C, n); nobody may change it.

    It is decided once for a plan, and kept with the world.
    """
    found = world._outcomes.get(id(plan))
    if found is None or found[0] is not plan:  # in a world that was sent here it may be the id of another
        found = plan, decide(plan, world.risk, world.trader_class, world.non_compliant)
        world._outcomes[id(plan)] = found
    return found[1]


def decide(plan: Plan, risk: Sequence[Floats], trader_class: Ints, non_compliant: Flags) -> Flags:
    """Return which conditions hold, (C, n).

    Parameters
    ----------
    risk
        (n,) of each risk number.
    trader_class, non_compliant
        (n,) trader classes, and which consignments are non-compliant.
    """
    holds = np.empty((len(plan.condition_rule), len(trader_class)), dtype=np.bool_)
    group = non_compliant * np.int64(plan.condition_rate.shape[2]) + trader_class
    one_for_all = (plan.condition_rate == plan.condition_rate[:, :1, :1]).all(axis=(1, 2))
    for c, rule in enumerate(plan.condition_rule.tolist()):
        first, second = int(plan.condition_first[c]), int(plan.condition_second[c])
        if rule == Rule.BELOW:
            rates = plan.condition_rate[c].ravel()
            np.less(risk[plan.condition_draw[c]], rates[0] if one_for_all[c] else rates[group], out=holds[c])
        elif rule == Rule.NOT:
            holds[c] = ~holds[first]
        elif rule == Rule.BOTH:
            holds[c] = holds[first] & holds[second]
        else:
            holds[c] = holds[first] | holds[second]
    return holds
