"""Trader classes (AEO): who is treated like whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import Field

from fourport.scenario import ref
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices
from fourport.scenario.models.facilities import DEFAULT_PRIORITY

T = TypeVar("T")


class TraderClasses(AtOffices):
    """Traders of some trader classes are treated like those of another: rates of selection and place in the queue."""

    rank: ClassVar[int] = 1
    """It is about the rates that other levers set, and the resources that they use."""

    kind: Literal["trader-classes"]
    """Kind of lever."""
    treat: Annotated[dict[ref.TraderClass, ref.TraderClass], Field(min_length=1)]
    """Trader class by trader class: whose treatment it gets."""

    def apply(self, draft: Draft) -> None:
        """Give trader classes the rates and the queue classes of others, at the offices and their resources."""
        resources = set()
        for name in self.at:
            office, place = draft.office(name), name.partition("/")[0]
            resources.add(f"{place}/{office.documents.resource}")
            if office.documents.rates is not None:
                rates = self._treated(office.documents.rates, 0.0)
                draft.change_office(name, documents=office.documents.model_copy(update={"rates": rates}))
            if office.inspection is not None:
                scan = office.inspection.scan
                used = [office.inspection.resource, *([scan.resource, scan.review_resource] if scan else [])]
                resources |= {f"{place}/{resource}" for resource in used}
                draft.change_inspection(name, rates=self._treated(office.inspection.rates, 0.0))
        for name in sorted(resources):
            priority = draft.resource(name).priority
            if priority:
                draft.change_resource(name, priority=self._treated(priority, DEFAULT_PRIORITY))

    def _treated(self, table: Mapping[str, T], otherwise: T) -> dict[str, T]:
        return {
            **table,
            **{trader_class: table.get(like, otherwise) for trader_class, like in self.treat.items()},
        }
