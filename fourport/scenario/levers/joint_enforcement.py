"""Joint enforcement: selection that finds non-compliant consignments more often."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from fourport.errors import Problem
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices


class JointEnforcement(AtOffices):
    """Offices share what they know of traders: the same number of inspections finds more non-compliance."""

    kind: Literal["joint-enforcement"]
    """Kind of lever."""
    risk_auc: Annotated[float, Field(ge=0.5, lt=1)]
    """How well risk numbers tell non-compliant consignments from then on, as ``risk_auc`` of an
    inspection; no less than before."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that no office has a larger ``risk_auc`` already."""
        yield from super().misfits(draft)
        for name in self.at:
            own = draft.inspection(name).risk_auc
            if self.risk_auc < own:
                yield Problem(
                    ("risk_auc",),
                    f"{name!r} has a risk_auc of {own:g} already, more than {self.risk_auc:g}"
                    f"; allowed: at least {own:g}",
                )

    def apply(self, draft: Draft) -> None:
        """Raise ``risk_auc`` at each office."""
        for name in self.at:
            risk_auc = max(self.risk_auc, draft.inspection(name).risk_auc)
            draft.change_inspection(name, risk_auc=risk_auc)
