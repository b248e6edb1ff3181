"""Treatment of trader classes, such as authorised economic operators (AEO)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import Field

from fourport.scenario import ref
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices
from fourport.scenario.models.facilities import DEFAULT_PRIORITY
from fourport.scenario.needs import needs

T = TypeVar("T")


class TraderClasses(AtOffices):
    """Some trader classes are treated like another one: rates of selection and class in the queue."""

    rank: ClassVar[int] = 1
    """Applied last, since it uses the rates and resources that other levers set."""

    kind: Literal["trader-classes"]
    """Kind of lever."""
    treat: Annotated[dict[ref.TraderClass, ref.TraderClass], Field(min_length=1)]
    """Trader class, and the class whose treatment it gets."""

    def apply(self, draft: Draft) -> None:
        """Copy rates and queue classes from one trader class to another, at offices and their resources."""
        resources = set()
        for name in self.at:
            office, place = draft.office(name), name.partition("/")[0]
            resources |= {f"{place}/{need.resource}" for need in needs(office) if need.key[0] != "agencies"}
            if office.documents.rates is not None:
                rates = self._treated(office.documents.rates, 0.0)
                draft.change_office(name, documents=office.documents.model_copy(update={"rates": rates}))
            if office.inspection is not None:
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
