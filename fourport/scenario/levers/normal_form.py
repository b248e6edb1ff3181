"""Normal form of a draft: drafts with the same effect on all consignments have equal normal forms.

A lever may write what was so before in another way: a share of 0 % instead of nothing, the rate of a
trader class that was not named, shifts instead of servers. What is on no route is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import is_
from typing import Any

from fourport.errors import Key, Problem
from fourport.scenario.levers.draft import Draft
from fourport.scenario.models.customs import Customs
from fourport.scenario.models.demand import AtStep, ByStep
from fourport.scenario.models.facilities import DEFAULT_PRIORITY, Activity, Resource
from fourport.scenario.models.transport import Service
from fourport.scenario.needs import needs


@dataclass(frozen=True)
class _Part:
    """A part of a draft: what it is made of, and how its normal form is made of that."""

    made_of: tuple[Any, ...]
    put: Callable[..., object]

    def form(self) -> object:
        """Return the normal form."""
        return self.put(*self.made_of)

    def is_alike(self, other: _Part) -> bool:
        """Return whether the normal forms are equal, as those of the same objects are."""
        same = len(self.made_of) == len(other.made_of) and all(map(is_, self.made_of, other.made_of))
        return same or self.form() == other.form()


def normal_form(draft: Draft) -> dict[tuple[str, str], object]:
    """Return what counts, by kind and name: the routes, their activities, resources and services."""
    return {(kind, name): part.form() for kind, find in _KINDS.items() for name, part in find(draft).items()}


def is_alike(one: Draft, other: Draft) -> bool:
    """Return whether the normal forms of two drafts, which mostly share what they hold, are equal."""
    return all(_are_alike(find(one), find(other)) for find in _KINDS.values())


def _are_alike(mine: Mapping[str, _Part], others: Mapping[str, _Part]) -> bool:
    return mine.keys() == others.keys() and all(part.is_alike(others[key]) for key, part in mine.items())


def _routes(draft: Draft) -> dict[str, _Part]:
    return {
        name: _Part((route.steps, *_offices(draft, route.steps)), _steps)
        for name, route in draft.routes.items()
    }


def _activities(draft: Draft) -> dict[str, _Part]:
    return {name: _Part((activity,), _activity) for name, activity in _on_routes(draft).items()}


def _resources(draft: Draft) -> dict[str, _Part]:
    return {name: _Part((draft.resource(name),), _resource) for name in resources_used(draft)}


def _services(draft: Draft) -> dict[str, _Part]:
    return {name: _Part((draft.service(name),), _service) for name in services_used(draft)}


_KINDS: Mapping[str, Callable[[Draft], dict[str, _Part]]] = {
    "activity": _activities,
    "resource": _resources,
    "service": _services,
    "route": _routes,
}
"""What counts of a draft, by kind."""


def resources_used(draft: Draft) -> set[str]:
    """Return the resources, "facility/resource", that some route needs; a scan of 0 % needs none."""
    found = set()
    for name, activity in _on_routes(draft).items():
        found |= {f"{name.partition('/')[0]}/{resource}" for resource in resources_of(_activity(activity))}
    return found


def check_resource_used(draft: Draft, resource: str, key: Key) -> Iterator[Problem]:
    """Check that some route needs a resource; the problem gets the key ``key``."""
    used = resources_used(draft)
    if resource not in used:
        yield Problem(
            key,
            f"no step of any route needs {resource!r}, so that it changes nothing"
            f"; allowed: {', '.join(sorted(used))}",
        )


def services_used(draft: Draft) -> set[str]:
    """Return the services that some route uses."""
    steps = [step for route in draft.routes.values() for step in route.steps]
    taken = {name for step in steps if isinstance(step, ByStep) for name in step.legs}
    return {name for name in taken if isinstance(draft.legs.get(name), Service)}


def check_service_used(draft: Draft, service: str, key: Key) -> Iterator[Problem]:
    """Check that some route uses a service; the problem gets the key ``key``."""
    used = services_used(draft)
    if service not in used:
        there = ", ".join(sorted(used)) or "none, since no route takes a service"
        yield Problem(key, f"no route takes {service!r}, so that it changes nothing; allowed: {there}")


def _service(service: Service) -> Service:
    """Return a service with sorted departures, since their order in a file has no meaning."""
    return service.model_copy(update={"timetable": tuple(sorted(service.timetable, key=repr))})


def _on_routes(draft: Draft) -> dict[str, Activity]:
    """Return the activities that some route needs, by "facility/activity"."""
    passed = {name for journey in draft.activities_by_route().values() for name in journey}
    found = {}
    for name in sorted(passed):
        place, _, do = name.partition("/")
        found[name] = draft.facilities[place].activities[do]
    return found


def resources_of(activity: Activity) -> Iterator[str]:
    """Return the resources of the facility that an activity needs."""
    yield from (need.resource for need in needs(activity))


def _offices(draft: Draft, steps: Sequence[AtStep | ByStep]) -> Iterator[Customs | None]:
    """Yield for each step its customs office, or None."""
    offices = draft.offices()
    for step in steps:
        name = f"{step.at}/{step.do}" if isinstance(step, AtStep) else ""
        yield draft.office(name) if name in offices else None


def _steps(steps: Sequence[AtStep | ByStep], *offices: Customs | None) -> list[object]:
    return [_step(step, office) for step, office in zip(steps, offices, strict=True)]


def _step(step: AtStep | ByStep, office: Customs | None) -> object:
    """Return a step; at an office with the filings that remain instead of those that fall away."""
    if isinstance(step, ByStep):
        return step.legs, step.space, step.choose if step.choose != "next" else None, step.within
    return step if office is None else (step.at, step.do, max(office.filings - step.fewer_filings, 1))


def _activity(activity: Activity) -> Activity:
    return _office(activity) if isinstance(activity, Customs) else activity


def _office(office: Customs) -> Customs:
    """Return an office without parts that concern no consignment. Its filings are part of the steps."""
    at_work = {name: agency for name, agency in office.agencies.items() if any(agency.commodities.values())}
    # Those that come after customs come one after the other, in order; the others all at once.
    after = [name for name, agency in at_work.items() if agency.order == "after"]
    agencies = {
        (name, after.index(name) if name in after else None): agency.model_copy(
            update={"commodities": _named(agency.commodities, 0.0)}
        )
        for name, agency in at_work.items()
    }
    parts: dict[str, Any] = {
        "filings": 1,
        "agencies": agencies,
        "joint_with": frozenset(office.joint_with),
        "documents": office.documents.model_copy(update={"rates": _named(office.documents.rates, 0.0)}),
    }
    if office.inspection is not None:
        scan, later = office.inspection.scan, office.inspection.after_release
        parts["inspection"] = office.inspection.model_copy(
            update={
                "rates": _named(office.inspection.rates, 0.0),
                "statutory": _named(office.inspection.statutory, 0.0),
                "after_release": later if later is not None and later.share > 0 else None,
                "scan": scan if scan is not None and scan.share > 0 else None,
            }
        )
    shares = {"information": "share", "two_step": "uptake", "direct": "share", "amendment": "share"}
    for part, share in shares.items():
        given = getattr(office, part)
        parts[part] = given if given is not None and getattr(given, share) > 0 else None
    # A share of nobody begins at no time.
    parts["pre_arrival"] = office.advance if office.advance.share > 0 else 0.0
    if office.advance.share == 0 and parts["information"] is None:
        parts["amendment"] = None
    if office.recognition is not None and office.recognition.mode == "none":
        parts["recognition"] = None
    return office.model_copy(update=parts)


def _resource(resource: Resource) -> Resource:
    """Return a resource with its servers as shifts, without empty shifts."""
    shifts = tuple(shift for shift in resource.all_shifts() if shift.servers)
    priority = _named(resource.priority, DEFAULT_PRIORITY)
    return resource.model_copy(
        update={"servers": None, "calendar": None, "shifts": shifts, "priority": priority}
    )


def _named(table: Mapping[str, float] | None, otherwise: float) -> Mapping[str, float] | None:
    """Leave out entries that equal the default ``otherwise``."""
    return table and {name: value for name, value in table.items() if value != otherwise}
