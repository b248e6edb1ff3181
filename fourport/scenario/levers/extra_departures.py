"""More departures of a service."""

from __future__ import annotations

from typing import ClassVar, Literal

from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import OfDepartures


class ExtraDepartures(OfDepartures):
    """Services have departures in addition to those of their timetable, such as a sailing on Sunday."""

    rank: ClassVar[int] = 1
    """They are added to a replaced timetable, too."""

    kind: Literal["extra-departures"]
    """Kind of lever."""

    def apply(self, draft: Draft) -> None:
        """Add the departures to the timetables."""
        for name, more in self.services.items():
            draft.change_service(name, timetable=draft.service(name).timetable + more)
