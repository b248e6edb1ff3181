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
    """An office passes on the data of the consignments that it releases.

    The declaration to the next office then begins at that release, and the trader saves a part of the
    preparation.
    """

    kind: Literal["information-exchange"]
    """Kind of lever."""
    links: Annotated[dict[ref.OfficeAt, ref.OfficeAt], Field(min_length=1)]
    """Receiving office, "facility/activity", and the earlier office that passes on the data."""
    share: Share = 1.0
    """Share of consignments whose data are passed on."""
    saves: Share = 0.0
    """Share of the trader's preparation that the data save."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that a route passes the two offices of each link in this order."""
        for name, of in self.links.items():
            yield from draft.check_order(of, name, ("links", name))

    def apply(self, draft: Draft) -> None:
        """Let the receiving offices use the data."""
        for name, of in self.links.items():
            # Shares are validated from text; these are validated already.
            given = Information.model_construct(of=of, share=self.share, saves=self.saves)
            draft.change_office(name, information=given)
