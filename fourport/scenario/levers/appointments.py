"""Inspection by appointment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from fourport.errors import Problem
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices
from fourport.scenario.models.agencies import Appointment
from fourport.scenario.needs import unfit


class Appointments(AtOffices):
    """Goods are opened by appointment, at the first free slot after a notice."""

    kind: Literal["appointments"]
    """Kind of lever."""
    terms: Appointment
    """Slots and notice; the slots are those of the facility of each office."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that offices open goods, and that their facilities have the slots."""
        yield from super().misfits(draft)
        for k, name in enumerate(self.at):
            if draft.office(name).inspection is None:
                yield Problem(("at", k), f"{name!r} has no inspection; allowed: offices with one")
        if any(one.slot is None for one in self.resources(draft, self.terms.resource)):
            message = f"{unfit(self.terms.resource, books=True)}; allowed: a resource with slot"
            yield Problem(("terms", "resource"), message)

    def apply(self, draft: Draft) -> None:
        """Set the terms at each office."""
        for name in self.at:
            draft.resource(f"{name.partition('/')[0]}/{self.terms.resource}")
            draft.change_inspection(name, appointment=self.terms)
