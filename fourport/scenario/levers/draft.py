"""The part of a scenario that levers may change: facilities, routes and legs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from fourport.errors import Key, Problem
from fourport.scenario.models.customs import Customs, Inspection
from fourport.scenario.models.demand import AtStep, ByStep, Route
from fourport.scenario.models.facilities import Facility, Resource
from fourport.scenario.models.transport import Fleet, Service, Trucking


class Draft:
    """The facilities, routes and legs of a scenario while levers change them; the scenario stays as it is.

    Names are those of results: an office is "facility/activity", a resource "facility/resource".
    """

    def __init__(
        self,
        facilities: Mapping[str, Facility],
        routes: Mapping[str, Route],
        legs: Mapping[str, Service | Fleet | Trucking],
    ) -> None:
        self.facilities = dict(facilities)
        self.routes = dict(routes)
        self.legs = dict(legs)
        self._activities_by_route: dict[str, list[str]] | None = None

    def office(self, name: str) -> Customs:
        """Return a customs office.

        Raises
        ------
        ValueError
            If there is no office of this name.
        """
        place, _, do = name.partition("/")
        activity = self.facilities[place].activities.get(do) if place in self.facilities else None
        if not isinstance(activity, Customs):
            raise ValueError(f"{name!r} is no customs office; allowed: {', '.join(self.offices())}")
        return activity

    def offices(self) -> Sequence[str]:
        """Return the names of all customs offices."""
        return self._offices

    @cached_property
    def _offices(self) -> Sequence[str]:
        """The names of all customs offices: no lever adds or removes one."""
        return [
            f"{place}/{do}"
            for place, facility in self.facilities.items()
            for do, activity in facility.activities.items()
            if isinstance(activity, Customs)
        ]

    def activities_by_route(self) -> dict[str, list[str]]:
        """Return the activities of each route, "facility/activity", in order."""
        if self._activities_by_route is None:
            self._activities_by_route = {
                name: [f"{step.at}/{step.do}" for step in route.steps if isinstance(step, AtStep)]
                for name, route in self.routes.items()
            }
        return self._activities_by_route

    def check_on_route(self, office: str, key: Key) -> Iterator[Problem]:
        """Check that an office is on a route; the problem gets the key ``key``."""
        passed = {name for journey in self.activities_by_route().values() for name in journey}
        if office not in passed:
            there = [name for name in self.offices() if name in passed]
            yield Problem(
                key,
                f"no route comes through {office!r}, so that it changes nothing; allowed: {', '.join(there)}",
            )

    def check_order(self, first: str, then: str, key: Key) -> Iterator[Problem]:
        """Check that a route passes two offices in this order; the problem gets the key ``key``."""
        earlier = {
            name
            for journey in self.activities_by_route().values()
            for k, stop in enumerate(journey)
            if stop == then
            for name in journey[:k]
        }
        if first not in earlier:
            there = [name for name in self.offices() if name in earlier]
            yield Problem(
                key,
                f"no route comes through {first!r} before {then!r}, so that it changes nothing"
                f"; allowed before {then!r}: {', '.join(there) or 'none, no office is'}",
            )

    def change_office(self, name: str, **fields: object) -> None:
        """Change fields of a customs office."""
        place, _, do = name.partition("/")
        changed = self.office(name).model_copy(update=fields)
        self._replace_entries(place, "activities", {do: changed})

    def inspection(self, name: str) -> Inspection:
        """Return the inspection of an office.

        Raises
        ------
        ValueError
            If the office has none.
        """
        inspection = self.office(name).inspection
        if inspection is None:
            raise ValueError(f"{name!r} has no inspection that could be changed")
        return inspection

    def change_inspection(self, name: str, **fields: object) -> None:
        """Change fields of the inspection of an office."""
        self.change_office(name, inspection=self.inspection(name).model_copy(update=fields))

    def resource(self, name: str) -> Resource:
        """Return a resource.

        Raises
        ------
        ValueError
            If there is no resource of this name.
        """
        place, _, own = name.partition("/")
        if place not in self.facilities or own not in self.facilities[place].resources:
            raise ValueError(f"there is no resource {name!r}")
        return self.facilities[place].resources[own]

    def change_resource(self, name: str, **fields: object) -> None:
        """Change fields of a resource."""
        place, _, own = name.partition("/")
        self._replace_entries(place, "resources", {own: self.resource(name).model_copy(update=fields)})

    def service(self, name: str) -> Service:
        """Return a scheduled service.

        Raises
        ------
        ValueError
            If there is no service of this name.
        """
        service = self.legs.get(name)
        if not isinstance(service, Service):
            raise ValueError(f"there is no service {name!r}")
        return service

    def change_service(self, name: str, **fields: object) -> None:
        """Change fields of a service."""
        self.legs[name] = self.service(name).model_copy(update=fields)

    def change_route(self, name: str, steps: Iterable[AtStep | ByStep]) -> None:
        """Replace the steps of a route."""
        self._activities_by_route = None
        self.routes[name] = self.routes[name].model_copy(update={"steps": tuple(steps)})

    def _replace_entries(self, place: str, table: str, entries: Mapping[str, Any]) -> None:
        facility = self.facilities[place]
        merged = {**getattr(facility, table), **entries}
        self.facilities[place] = facility.model_copy(update={table: merged})


def too_early(draft: Draft, offices: Iterable[str], skips: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Find skipped activities that no route reaches after declarations to the offices can begin.

    Yields the index in ``skips`` and a message.
    """
    after = set[str]().union(*(_after(draft, office) for office in offices))
    for k, name in enumerate(skips):
        if name not in after:
            allowed = ", ".join(sorted(after.difference(draft.offices())))
            yield (
                k,
                f"no route comes to {name!r} after a declaration to {' or '.join(map(repr, offices))} can"
                f" begin, so that nothing bypasses it; allowed: {allowed or 'nothing'}, or declarations that"
                " begin earlier (pre_arrival, information)",
            )


def _after(draft: Draft, office: str) -> set[str]:
    """Return what routes do after the earliest instant at which the declaration to an office can begin."""
    found = set()
    for route in draft.routes.values():
        names = [f"{step.at}/{step.do}" if isinstance(step, AtStep) else step.named for step in route.steps]
        legs = {step.named for step in route.steps if isinstance(step, ByStep)}
        for k, name in enumerate(names):
            if name == office:
                found |= set(names[_declaration_begin(draft, names[: k + 1], legs) + 1 :]) - legs
    return found


def _declaration_begin(draft: Draft, names: Sequence[str], legs: set[str]) -> int:
    """Return the index of the step that starts the declaration to the office at the last of these steps."""
    last = len(names) - 1
    office = draft.office(names[last])
    for k in reversed(range(last)):
        if names[k] in office.joint_with:  # it uses the declaration of that office
            return _declaration_begin(draft, names[: k + 1], legs)
    begun = [last]
    if office.advance.share > 0 and office.advance.begins == "booking":
        begun.append(-1)
    elif office.advance.share > 0:
        begun += [k for k in range(last) if names[k] in legs][-1:]
    if office.information is not None and office.information.share > 0:
        begun += [k for k in range(last) if names[k] == office.information.of]
    return min(begun)
