"""What resources of its facility an activity needs, and whether for work or for appointments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from fourport.errors import Key, Problem
from fourport.scenario.models.agencies import Appointment
from fourport.scenario.models.customs import Customs
from fourport.scenario.models.facilities import Activity, Handling
from fourport.scenario.suggestions import allowed

if TYPE_CHECKING:
    from fourport.scenario.entries import Entries


class Need(NamedTuple):
    """A resource that an activity needs.

    Attributes
    ----------
    key
        Where the activity names it.
    resource
        Resource of the same facility.
    books
        Whether goods only book it: an appointment, not work.
    """

    key: Key
    resource: str
    books: bool = False


def needs(activity: Activity) -> Iterator[Need]:
    """Yield the resources that an activity needs."""
    if isinstance(activity, Handling):
        yield Need(("resource",), activity.resource)
    elif isinstance(activity, Customs):
        yield Need(("documents", "resource"), activity.documents.resource)
        inspection = activity.inspection
        if inspection is not None:
            yield Need(("inspection", "resource"), inspection.resource)
            yield from _booked(("inspection", "appointment"), inspection.appointment)
            if inspection.scan is not None:
                yield Need(("inspection", "scan", "resource"), inspection.scan.resource)
                yield Need(("inspection", "scan", "review_resource"), inspection.scan.review_resource)
        for name, agency in activity.agencies.items():
            yield Need(("agencies", name, "resource"), agency.resource)
            yield from _booked(("agencies", name, "appointment"), agency.appointment)


def _booked(key: Key, given: Appointment | None) -> Iterator[Need]:
    if given is not None:
        yield Need((*key, "resource"), given.resource, books=True)


def check_needs(entries: Entries) -> Iterator[Problem]:
    """Check that appointments are at resources with slots, and all work at resources without."""
    for (place, do), activity in entries.activities.items():
        for need in needs(activity):
            resource = entries.resources.get((place, need.resource))
            if resource is not None and (resource.slot is not None) != need.books:
                key = ("facilities", place, "activities", do, *need.key)
                there = [
                    name
                    for (at, name), one in entries.resources.items()
                    if at == place and (one.slot is not None) == need.books
                ]
                else_one = f"; allowed: a resource {'with' if need.books else 'without'} slot"
                what = unfit(need.resource, books=need.books)
                yield Problem(key, f"{what}{allowed(there) or else_one}")


def unfit(resource: str, *, books: bool) -> str:
    """Return why a resource cannot give appointments (``books``), or do work."""
    if books:
        return f"{resource!r} has no slot, so that no appointment can be given there"
    return f"{resource!r} has a slot: it gives appointments, and does no work"
