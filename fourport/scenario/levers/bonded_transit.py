"""Bonded transshipment with fewer filings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices


class BondedTransit(AtOffices):
    """Goods in transit need another number of filings: no import entry, but manifest and seal."""

    kind: Literal["bonded-transit"]
    """Kind of lever."""
    filings: Annotated[int, Field(ge=1, le=100)]
    """Filings of a consignment."""

    def apply(self, draft: Draft) -> None:
        """Set the number of filings at each office."""
        for name in self.at:
            draft.change_office(name, filings=self.filings)
