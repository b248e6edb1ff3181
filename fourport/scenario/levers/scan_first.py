"""Scan before opening: non-intrusive inspection."""

from __future__ import annotations

from typing import Literal

from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices
from fourport.scenario.models.customs import Scan


class ScanFirst(AtOffices):
    """Selected consignments are scanned; only an alarm leads to an opening."""

    kind: Literal["scan-first"]
    """Kind of lever."""
    scan: Scan
    """The scan; its resources are those of the facility of each office."""

    def apply(self, draft: Draft) -> None:
        """Add the scan to the inspection of each office."""
        for name in self.at:
            place = name.partition("/")[0]
            for resource in (self.scan.resource, self.scan.review_resource):
                draft.resource(f"{place}/{resource}")
            draft.change_inspection(name, scan=self.scan)
