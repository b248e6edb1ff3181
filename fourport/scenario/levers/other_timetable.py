"""Replace the timetable of a service."""

from __future__ import annotations

from typing import Literal

from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import OfDepartures


class OtherTimetable(OfDepartures):
    """Services have another timetable: other days, other hours, fewer or more departures."""

    kind: Literal["other-timetable"]
    """Kind of lever."""

    def apply(self, draft: Draft) -> None:
        """Replace the timetables."""
        for name, timetable in self.services.items():
            draft.change_service(name, timetable=timetable)
