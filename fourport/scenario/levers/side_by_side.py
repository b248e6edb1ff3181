"""Agencies at an office that work side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from fourport.errors import Problem
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices


class SideBySide(AtOffices):
    """All agencies at offices begin when the goods come, beside customs, and none waits for another."""

    kind: Literal["side-by-side"]
    """Kind of lever."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that each office has an agency that comes after customs."""
        yield from super().misfits(draft)
        for k, name in enumerate(self.at):
            if all(agency.order == "beside" for agency in draft.office(name).agencies.values()):
                yield Problem(
                    ("at", k),
                    f"{name!r} has no agency that comes after customs, so that it changes nothing"
                    "; allowed: offices with one",
                )

    def apply(self, draft: Draft) -> None:
        """Let all agencies of each office work beside customs."""
        for name in self.at:
            agencies = draft.office(name).agencies.items()
            beside = {agency: one.model_copy(update={"order": "beside"}) for agency, one in agencies}
            draft.change_office(name, agencies=beside)
