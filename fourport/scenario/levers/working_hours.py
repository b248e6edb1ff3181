"""Working hours of officers and bays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from fourport.errors import Problem
from fourport.scenario import ref
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever
from fourport.scenario.levers.normal_form import check_resource_used
from fourport.scenario.models.facilities import Shift


class WorkingHours(Lever):
    """Resources work by another calendar, or round the clock if none is named.

    Each has as many servers as in its largest shift.
    """

    kind: Literal["working-hours"]
    """Kind of lever."""
    resources: Annotated[tuple[ref.ResourceAt, ...], Field(min_length=1)]
    """Resources, "facility/resource"."""
    calendar: ref.Calendar | None = None
    """Calendar; round the clock if left out."""

    def warnings(self, before: Draft, after: Draft) -> Iterator[Problem]:
        """Warn of resources that no route needs."""
        for k, name in enumerate(self.resources):
            yield from check_resource_used(after, name, ("resources", k))

    def apply(self, draft: Draft) -> None:
        """Replace the shifts of each resource by one that follows the calendar."""
        for name in self.resources:
            servers = max(shift.servers for shift in draft.resource(name).all_shifts())
            shift = Shift(calendar=self.calendar, servers=servers)
            draft.change_resource(name, servers=None, calendar=None, shifts=(shift,))
