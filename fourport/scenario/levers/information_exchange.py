"""Data that one office passes on to another ahead of the goods."""

from __future__ import annotations

from typing import Literal

from fourport.scenario.base import Names
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever
from fourport.scenario.models.customs import Information
from fourport.scenario.units import Share


class InformationExchange(Lever):
    """An office passes on the data of what it releases.

    The next one's papers are begun then, and a part of the trader's preparation falls away.
    """

    kind: Literal["information-exchange"]
    """Kind of lever."""
    of: str
    """Office, "facility/activity", that passes data on."""
    at: Names
    """Offices after it that receive them."""
    share: Share = 1.0
    """Share of consignments whose data are passed on."""
    saves: Share = 0.0
    """Share of the trader's preparation that they save."""

    def apply(self, draft: Draft) -> None:
        """Let the receiving offices know of the data."""
        draft.office(self.of)
        for name in self.at:
            draft.change_office(name, information=Information(of=self.of, share=self.share, saves=self.saves))
