"""Release before a report or an inspection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from fourport.errors import Key, Problem
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices
from fourport.scenario.models.customs import AfterRelease
from fourport.scenario.units import Share


class ConditionalRelease(AtOffices):
    """Goods leave under conditions before the report of the laboratory, or before their inspection."""

    kind: Literal["conditional-release"]
    """Kind of lever."""
    laboratory: Share | None = None
    """Share of the sampled consignments that are released before the report; no less than before."""
    inspection: AfterRelease | None = None
    """Which of the selected consignments are released before their inspection, and when it follows."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that offices have what the lever changes, and do not release more goods first already."""
        yield from super().misfits(draft)
        if self.laboratory is None and self.inspection is None:
            yield Problem((), "changes nothing; allowed: laboratory, inspection or both")
        for k, name in enumerate(self.at):
            inspection = draft.office(name).inspection
            if inspection is None:
                yield Problem(("at", k), f"{name!r} has no inspection; allowed: offices with one")
                continue
            laboratory, later = inspection.laboratory, inspection.after_release
            if self.laboratory is not None and laboratory is None:
                yield Problem(("at", k), f"{name!r} has no laboratory; allowed: offices with one")
            elif self.laboratory is not None and laboratory is not None:
                yield from _no_less(name, ("laboratory",), self.laboratory, laboratory.conditional)
            if self.inspection is not None and later is not None:
                yield from _no_less(name, ("inspection", "share"), self.inspection.share, later.share)

    def apply(self, draft: Draft) -> None:
        """Set the conditions of release at each office."""
        for name in self.at:
            laboratory = draft.inspection(name).laboratory
            if self.laboratory is not None and laboratory is not None:
                share = max(self.laboratory, laboratory.conditional)
                draft.change_inspection(name, laboratory=laboratory.model_copy(update={"conditional": share}))
            if self.inspection is not None:
                draft.change_inspection(name, after_release=self.inspection)


def _no_less(name: str, key: Key, share: float, own: float) -> Iterator[Problem]:
    if share < own:
        many = f"{100 * own:g} %"
        yield Problem(key, f"at {name!r} {many} are released first already; allowed: at least {many}")
