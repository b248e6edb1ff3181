"""A scenario under its regime: the levers that are switched on, applied one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fourport.errors import Problem, Refused
from fourport.scenario.levers import Draft
from fourport.scenario.models import Scenario
from fourport.scenario.models.transport import Fleet, Haul, Service


def under_regime(scenario: Scenario) -> Scenario:
    """Apply the levers of the regime, in its order, but those of a higher rank last.

    Raises
    ------
    Refused
        If a lever does not fit the scenario, or is named that is not there.
    """
    problems: list[Problem] = []
    untouched, draft = _draft(scenario), _draft(scenario)
    for name in sorted(_named(scenario, problems), key=lambda name: scenario.levers[name].rank):
        lever = scenario.levers[name]
        try:
            found = [Problem(("levers", name, *one.key), one.message) for one in lever.misfits(untouched)]
            if not found:
                lever.apply(draft)
        except ValueError as error:
            found = [Problem(("levers", name), str(error))]
        problems += found
    if problems:
        raise Refused(problems)
    if not scenario.regime:
        return scenario
    return scenario.model_copy(update={"facilities": draft.facilities, "routes": draft.routes})


def unfit(scenario: Scenario, names: Iterable[str]) -> Iterator[Problem]:
    """Find what does not fit of levers, each as if it alone were switched on."""
    for name in names:
        try:
            under_regime(scenario.model_copy(update={"regime": (name,)}))
        except Refused as refused:
            yield from refused.problems


def _draft(scenario: Scenario) -> Draft:
    ways: dict[str, Service | Fleet | Haul] = {**scenario.services, **scenario.fleets, **scenario.hauls}
    return Draft(scenario.facilities, scenario.routes, ways)


def _named(scenario: Scenario, problems: list[Problem]) -> list[str]:
    """Name the levers of the regime; those that are not there, or there already, are problems."""
    found: list[str] = []
    for k, name in enumerate(scenario.regime):
        if name not in scenario.levers:
            problems.append(Problem(("regime", k), f"there is no lever {name!r}"))
        elif name in found:
            problems.append(Problem(("regime", k), f"{name!r} is named twice; allowed: each lever once"))
        else:
            found.append(name)
    return found
