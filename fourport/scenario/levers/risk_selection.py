"""Rates of selection for inspection and for document control."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from fourport.errors import Problem
from fourport.scenario import ref
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices
from fourport.scenario.units import Share


class RiskSelection(AtOffices):
    """Other rates of selection. Rates that are left out stay."""

    kind: Literal["risk-selection"]
    """Kind of lever."""
    factor: Annotated[float, Field(ge=0, le=100)] = 1.0
    """Factor on the rates of inspection of all trader classes; the result is at most 100 %."""
    sampling: Share | None = None
    """Share selected at random, in addition to those selected by risk."""
    documents: dict[ref.TraderClass, Share] | None = None
    """Share whose documents an officer checks, by trader class; all others are in the green channel."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that offices have the inspection whose rates change, and that the lever sets something."""
        yield from super().misfits(draft)
        if self.model_fields_set.isdisjoint({"factor", "sampling", "documents"}):
            yield Problem((), "changes nothing; allowed: factor, sampling or documents")
        for k, name in enumerate(self.at):
            inspects = draft.office(name).inspection is not None
            if not inspects and (self.factor != 1 or self.sampling is not None):
                yield Problem(
                    ("at", k),
                    f"{name!r} has no inspection whose rates could change; allowed: offices with one, or"
                    " documents alone",
                )

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
            rates = {
                trader_class: min(rate * self.factor, 1.0)
                for trader_class, rate in office.inspection.rates.items()
            }
            sampling = office.inspection.sampling if self.sampling is None else self.sampling
            draft.change_inspection(name, rates=rates, sampling=sampling)
