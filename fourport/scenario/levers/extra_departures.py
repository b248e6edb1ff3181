"""More departures of a service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from fourport.errors import Problem
from fourport.scenario import ref
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever
from fourport.scenario.levers.meaning import unserved
from fourport.scenario.models.transport import Departure


class ExtraDepartures(Lever):
    """Services have departures in addition to those of their timetable, such as a sailing on Sunday."""

    rank: ClassVar[int] = 1
    """They are added to a replaced timetable, too."""

    kind: Literal["extra-departures"]
    """Kind of lever."""
    services: Annotated[
        dict[ref.Service, Annotated[tuple[Departure, ...], Field(min_length=1)]], Field(min_length=1)
    ]
    """Departures to add, by service, written like those of a timetable."""

    def warnings(self, before: Draft, after: Draft) -> Iterator[Problem]:
        """Warn of services that no route uses."""
        for name in self.services:
            yield from unserved(after, name, ("services", name))

    def apply(self, draft: Draft) -> None:
        """Add the departures to the timetables."""
        for name, more in self.services.items():
            draft.change_service(name, timetable=draft.service(name).timetable + more)
