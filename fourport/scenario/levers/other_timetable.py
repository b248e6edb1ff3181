"""Replace the timetable of a service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from fourport.errors import Problem
from fourport.scenario import ref
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever
from fourport.scenario.levers.meaning import unserved
from fourport.scenario.models.transport import Departure


class OtherTimetable(Lever):
    """Services have another timetable: other days, other hours, fewer or more departures."""

    kind: Literal["other-timetable"]
    """Kind of lever."""
    services: Annotated[
        dict[ref.Service, Annotated[tuple[Departure, ...], Field(min_length=1)]], Field(min_length=1)
    ]
    """New timetable, by service; it replaces the service's own."""

    def warnings(self, before: Draft, after: Draft) -> Iterator[Problem]:
        """Warn of services that no route uses."""
        for name in self.services:
            yield from unserved(after, name, ("services", name))

    def apply(self, draft: Draft) -> None:
        """Replace the timetables."""
        for name, timetable in self.services.items():
            draft.change_service(name, timetable=timetable)
