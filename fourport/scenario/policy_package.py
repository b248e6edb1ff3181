"""Apply a policy package to a scenario: its levers, one after the other."""

from __future__ import annotations

from collections.abc import Iterable

from fourport.errors import Problem, Refused
from fourport.scenario.levers import Draft
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.transport import Fleet, Service, Trucking


def under_policy_package(scenario: Scenario) -> Scenario:
    """Apply the levers of the policy package, in its order but sorted by rank.

    Raises
    ------
    Refused
        If a lever does not fit the scenario, is missing, or is named twice.
    """
    problems: list[Problem] = []
    untouched, draft = draft_of(scenario), draft_of(scenario)
    for name in by_rank(scenario, _named(scenario, problems)):
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
    if not scenario.policy_package:
        return scenario
    services = {name: draft.legs[name] for name in scenario.services}
    return scenario.model_copy(
        update={"facilities": draft.facilities, "routes": draft.routes, "services": services}
    )


def with_levers(scenario: Scenario, names: Iterable[str]) -> Draft:
    """Return the draft with these levers, whatever the policy package.

    Raises
    ------
    ValueError
        If one of them cannot be applied.
    """
    draft = draft_of(scenario)
    for name in by_rank(scenario, names):
        scenario.levers[name].apply(draft)
    return draft


def draft_of(scenario: Scenario) -> Draft:
    """Return the draft without levers."""
    legs: dict[str, Service | Fleet | Trucking] = {
        **scenario.services,
        **scenario.fleets,
        **scenario.trucking,
    }
    return Draft(scenario.facilities, scenario.routes, legs)


def by_rank(scenario: Scenario, names: Iterable[str]) -> list[str]:
    """Return names of levers in the order in which they are applied."""
    return sorted(names, key=lambda name: scenario.levers[name].rank)


def _named(scenario: Scenario, problems: list[Problem]) -> list[str]:
    """Return the levers of the policy package; missing and repeated ones are added to ``problems``."""
    found: list[str] = []
    for k, name in enumerate(scenario.policy_package):
        if name not in scenario.levers:
            problems.append(Problem(("policy_package", k), f"there is no lever {name!r}"))
        elif name in found:
            problems.append(
                Problem(("policy_package", k), f"{name!r} is named twice; allowed: each lever once")
            )
        else:
            found.append(name)
    return found
