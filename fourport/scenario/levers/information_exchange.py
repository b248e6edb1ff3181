"""Data that one office passes on to another ahead of the goods."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from fourport.errors import Problem
from fourport.scenario import ref
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
    links: Annotated[dict[ref.OfficeAt, ref.OfficeAt], Field(min_length=1)]
    """By office, "facility/activity", that receives data: the one before it that passes them on."""
    share: Share = 1.0
    """Share of consignments whose data are passed on."""
    saves: Share = 0.0
    """Share of the trader's preparation that they save."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Find offices that no route comes through in this order."""
        for name, of in self.links.items():
            yield from draft.in_order(of, name, ("links", name))

    def apply(self, draft: Draft) -> None:
        """Let the receiving offices know of the data."""
        for name, of in self.links.items():
            # Shares are validated from text; these are validated already.
            given = Information.model_construct(of=of, share=self.share, saves=self.saves)
            draft.change_office(name, information=given)
