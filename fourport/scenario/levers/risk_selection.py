"""How many are selected for inspection and for control of the papers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fourport.scenario.base import Names
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever
from fourport.scenario.units import Share


class RiskSelection(Lever):
    """Other rates of selection; what is left out stays."""

    kind: Literal["risk-selection"]
    """Kind of lever."""
    at: Annotated[Names, Field(min_length=1)]
    """Offices, "facility/activity"."""
    factor: Annotated[float, Field(ge=0, le=100)] = 1.0
    """What the rates of inspection by tier are multiplied with; they end at 100 %."""
    sampling: Share | None = None
    """Share selected at random besides."""
    documents: dict[str, Share] | None = None
    """Share whose papers an officer looks at, by trader tier; all others are green."""

    def apply(self, draft: Draft) -> None:
        """Change the rates of each office."""
        for name in self.at:
            office = draft.office(name)
            if self.documents is not None:
                draft.change_office(
                    name, documents=office.documents.model_copy(update={"rates": self.documents})
                )
            if office.inspection is None:
                continue
            rates = {tier: min(rate * self.factor, 1.0) for tier, rate in office.inspection.rates.items()}
            sampling = office.inspection.sampling if self.sampling is None else self.sampling
            draft.change_inspection(name, rates=rates, sampling=sampling)
