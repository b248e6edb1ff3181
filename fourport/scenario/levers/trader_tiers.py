"""Trader tiers (AEO): who is treated like whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import Field

from fourport.scenario import ref
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import AtOffices
from fourport.scenario.models.facilities import DEFAULT_PRIORITY

T = TypeVar("T")


class TraderTiers(AtOffices):
    """Traders of some tiers are treated like those of another: rates of selection and place in the queue."""

    rank: ClassVar[int] = 1
    """It is about the rates that other levers set, and the stations that they use."""

    kind: Literal["trader-tiers"]
    """Kind of lever."""
    treat: Annotated[dict[ref.Tier, ref.Tier], Field(min_length=1)]
    """Tier by tier: whose treatment it gets."""

    def apply(self, draft: Draft) -> None:
        """Give tiers the rates and the queue classes of others, at the offices and their stations."""
        stations = set()
        for name in self.at:
            office, place = draft.office(name), name.partition("/")[0]
            stations.add(f"{place}/{office.documents.station}")
            if office.documents.rates is not None:
                rates = self._treated(office.documents.rates, 0.0)
                draft.change_office(name, documents=office.documents.model_copy(update={"rates": rates}))
            if office.inspection is not None:
                scan = office.inspection.scan
                used = [office.inspection.station, *([scan.station, scan.review_station] if scan else [])]
                stations |= {f"{place}/{station}" for station in used}
                draft.change_inspection(name, rates=self._treated(office.inspection.rates, 0.0))
        for name in sorted(stations):
            priority = draft.station(name).priority
            if priority:
                draft.change_station(name, priority=self._treated(priority, DEFAULT_PRIORITY))

    def _treated(self, table: Mapping[str, T], otherwise: T) -> dict[str, T]:
        return {**table, **{tier: table.get(like, otherwise) for tier, like in self.treat.items()}}
