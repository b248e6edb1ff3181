"""More officers or bays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from fourport.errors import Problem
from fourport.scenario import ref
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever
from fourport.scenario.levers.normal_form import check_resource_used


class MoreServers(Lever):
    """Resources have more servers in each shift that has any."""

    kind: Literal["more-servers"]
    """Kind of lever."""
    resources: Annotated[dict[ref.ResourceAt, Annotated[int, Field(ge=0, le=1_000_000)]], Field(min_length=1)]
    """Number of servers to add, by resource, "facility/resource"."""

    def warnings(self, before: Draft, after: Draft) -> Iterator[Problem]:
        """Warn of resources that no route needs."""
        for name in self.resources:
            yield from check_resource_used(after, name, ("resources", name))

    def apply(self, draft: Draft) -> None:
        """Add servers to each shift that has any."""
        for name, more in self.resources.items():
            shifts = tuple(
                shift.model_copy(update={"servers": shift.servers + more if shift.servers else 0})
                for shift in draft.resource(name).all_shifts()
            )
            draft.change_resource(name, servers=None, calendar=None, shifts=shifts)
