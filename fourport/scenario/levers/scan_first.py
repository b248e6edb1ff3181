"""Scan before opening: non-intrusive inspection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from fourport.errors import Problem
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices
from fourport.scenario.models.customs import Scan
from fourport.scenario.needs import unfit


class ScanFirst(AtOffices):
    """Selected consignments are scanned; only an alarm leads to an opening."""

    kind: Literal["scan-first"]
    """Kind of lever."""
    scan: Scan
    """The scan; its resources are those of the facility of each office."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that the resources of the scan do work."""
        yield from super().misfits(draft)
        for what in ("resource", "review_resource"):
            resource = getattr(self.scan, what)
            if any(one.slot is not None for one in self.resources(draft, resource)):
                yield Problem(
                    ("scan", what), f"{unfit(resource, books=False)}; allowed: resources without slot"
                )

    def apply(self, draft: Draft) -> None:
        """Add the scan to the inspection of each office."""
        for name in self.at:
            place = name.partition("/")[0]
            for resource in (self.scan.resource, self.scan.review_resource):
                draft.resource(f"{place}/{resource}")
            draft.change_inspection(name, scan=self.scan)
