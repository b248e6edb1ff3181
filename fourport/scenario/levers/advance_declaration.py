"""Declaration before arrival."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from fourport.errors import Problem
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices
from fourport.scenario.models.customs import Amendment, BeginsAt, lead_fault
from fourport.scenario.units import PositiveDuration, Share


class AdvanceDeclaration(AtOffices):
    """Traders lodge declarations before the goods arrive; some must be amended on arrival."""

    kind: Literal["advance-declaration"]
    """Kind of lever."""
    share: Share
    """Share of consignments with a pre-arrival declaration; no less than before."""
    begins: BeginsAt | None = Field(default=None, alias="from")
    """When preparation begins, as ``from`` of ``pre_arrival`` at an office; unchanged if left out."""
    lead: PositiveDuration | None = None
    """How long before the departure the documents are there, or before the acceptance the consignment is
    booked."""
    amendment: Amendment | None = None
    """Amendments after arrival; unchanged if left out."""

    @model_validator(mode="after")
    def _lead_fits(self) -> Self:
        wrong = lead_fault(self.begins or "departure", self.lead)
        if wrong:
            raise ValueError(wrong)
        return self

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that no office has more pre-arrival declarations, or earlier ones, already."""
        yield from super().misfits(draft)
        for k, name in enumerate(self.at):
            own = draft.office(name).advance
            if self.share < own.share:
                yield Problem(
                    ("share",),
                    f"at {name!r} {100 * own.share:g} % are lodged before arrival, more than"
                    f" {100 * self.share:g} %; allowed: at least {100 * own.share:g} %",
                )
            if own.share > 0 and own.begins == self.begins and (self.lead or 0) < (own.lead or 0):
                message = f"at {name!r} the lead is longer already; allowed: no shorter one"
                yield Problem(("lead",), message)
            if own.share > 0 and self.begins == "departure" and own.begins != "departure":
                message = (
                    f'{name!r} begins earlier already, from = "{own.begins}"; allowed: to leave out from'
                )
                yield Problem(("at", k), message)

    def apply(self, draft: Draft) -> None:
        """Raise the share of pre-arrival declarations at each office, and set when they begin."""
        for name in self.at:
            own = draft.office(name).advance
            changed = own.model_copy(update={"share": max(self.share, own.share)})
            if self.begins is not None:
                changed = changed.model_copy(update={"begins": self.begins, "lead": self.lead})
            draft.change_office(name, pre_arrival=changed)
            if self.amendment is not None:
                draft.change_office(name, amendment=self.amendment)
