"""Recognition of another office's control."""

from __future__ import annotations

from typing import Literal

from fourport.scenario.base import Names
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever
from fourport.scenario.models.customs import Recognition


class MutualRecognition(Lever):
    """Offices take the control of an earlier one for their own."""

    kind: Literal["mutual-recognition"]
    """Kind of lever."""
    of: str
    """Office, "facility/activity", whose control is recognised."""
    at: Names
    """Offices after it that recognise it."""
    mode: Literal["none", "skip-if-inspected", "rely-on-control"]
    """``skip-if-inspected``: they do not inspect again whom that office has inspected. ``rely-on-control``:
    nobody whom it has controlled, inspected or not."""

    def apply(self, draft: Draft) -> None:
        """Let the offices recognise the other's control."""
        draft.office(self.of)
        for name in self.at:
            draft.change_office(name, recognition=Recognition(of=self.of, mode=self.mode))
