"""Find the customs offices that a policy changes, for the chart of clearance by office.

The scenarios are compared, not the results: consignments that arrive at other hours, or by chance, change the
times of every office slightly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from fourport.scenario.levers import Draft
from fourport.scenario.levers.normal_form import normal_form, resources_of
from fourport.scenario.models.calendars import day_kinds
from fourport.scenario.models.demand import AtStep
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.policy_package import with_levers
from fourport.store.tables import OFFICE_SEPARATOR

OfficeDefinitions = dict[str, dict[str, tuple[str, object]]]
"""Procedure and definition of each office, by name (joined by ``OFFICE_SEPARATOR``) and route."""


Cleared = frozenset[tuple[str, str]]
"""Lanes with procedures."""


def changed_clearance(
    scenarios: Mapping[str, Scenario], baseline: str
) -> tuple[dict[str, list[str]], dict[str, Cleared]]:
    """Return what each policy changes, without the baseline: the offices, and the clearance of which lanes.

    An office changes with its rules, its staff, or earlier activities there.

    Parameters
    ----------
    scenarios
        Scenario under each policy.

    Returns
    -------
    dict, dict
        Offices by policy; those of one procedure in sequence are joined, as in ``clearance-stages.csv``. And
        lanes with procedures by policy, of the routes on which offices changed.
    """
    described = {policy: _described(scenario) for policy, scenario in scenarios.items()}
    first = described.pop(baseline)
    offices, touched = {}, {}
    for policy, found in described.items():
        offices[policy] = [name for name in {**first, **found} if first.get(name) != found.get(name)]
        before, after = _by_route(first), _by_route(found)
        changed = {key for key in {**before, **after} if before.get(key) != after.get(key)}
        lanes = scenarios[policy].lanes.items()
        touched[policy] = frozenset(
            (name, procedure) for route, procedure in changed for name, lane in lanes if route in lane.routes
        )
    return offices, touched


def _by_route(offices: OfficeDefinitions) -> dict[tuple[str, str], object]:
    """Return the definitions of the offices on each route, by route and procedure."""
    return {
        (route, procedure): about
        for by_route in offices.values()
        for route, (procedure, about) in by_route.items()
    }


def _described(scenario: Scenario) -> OfficeDefinitions:
    draft = with_levers(scenario, scenario.policy_package)
    meant = normal_form(draft)
    found: OfficeDefinitions = {}
    for route in draft.routes:
        by_procedure: dict[str, dict[str, object]] = {}
        for name, about in _offices_of(scenario, draft, meant, route):
            by_procedure.setdefault(draft.office(name).procedure, {})[name] = about
        for procedure, offices in by_procedure.items():
            found.setdefault(OFFICE_SEPARATOR.join(offices), {})[route] = procedure, offices
    return found


def _offices_of(
    scenario: Scenario, draft: Draft, meant: Mapping[tuple[str, str], object], route: str
) -> Iterator[tuple[str, object]]:
    """Yield the offices of a route, each with the activities at its facility up to it, by whom and when."""
    offices, journey = draft.offices(), draft.activities_by_route()[route]
    place, here = "", list[object]()
    for step, filed in zip(draft.routes[route].steps, cast(list[object], meant["route", route]), strict=True):
        if not isinstance(step, AtStep):
            place, here = "", []
            continue
        if step.at != place:
            place, here = step.at, []
        name = f"{step.at}/{step.do}"
        resources = resources_of(draft.facilities[step.at].activities[step.do])
        staff = [_staff(scenario, draft, meant, f"{step.at}/{resource}") for resource in resources]
        here.append((filed, meant["activity", name], staff))
        if name in offices:
            joined = [one for one in journey if one in offices and name in draft.office(one).joint_with]
            yield name, (tuple(here), joined)


def _staff(
    scenario: Scenario, draft: Draft, meant: Mapping[tuple[str, str], object], resource: str
) -> object:
    """Return the definition of a resource, with its calendars and the days that their lists change."""
    shifts = draft.resource(resource).all_shifts()
    calendars = [scenario.calendars[shift.calendar] for shift in shifts if shift.calendar]
    kinds = [day_kinds(scenario.holiday_lists(one.holidays)) for one in calendars]
    return meant["resource", resource], [one.model_copy(update={"holidays": ()}) for one in calendars], kinds
