"""A scenario under its regime: the levers that are switched on, applied one after the other."""

from __future__ import annotations

from fourport.errors import Problem, Refused
from fourport.scenario.levers import Draft
from fourport.scenario.models import Scenario
from fourport.scenario.models.transport import Fleet, Haul, Service


def under_regime(scenario: Scenario) -> Scenario:
    """Apply the levers of the regime, in its order.

    Raises
    ------
    Refused
        If a lever does not fit the scenario, or is named that is not there.
    """
    ways: dict[str, Service | Fleet | Haul] = {**scenario.services, **scenario.fleets, **scenario.hauls}
    draft = Draft(scenario.facilities, scenario.routes, ways)
    problems = []
    for k, name in enumerate(scenario.regime):
        if name not in scenario.levers:
            problems.append(Problem(("regime", k), f"there is no lever {name!r}"))
            continue
        if name in scenario.regime[:k]:
            problems.append(Problem(("regime", k), f"{name!r} is named twice; allowed: each lever once"))
            continue
        try:
            scenario.levers[name].apply(draft)
        except ValueError as error:
            problems.append(Problem(("levers", name), str(error)))
    if problems:
        raise Refused(problems)
    if not scenario.regime:
        return scenario
    return scenario.model_copy(update={"facilities": draft.facilities, "routes": draft.routes})
