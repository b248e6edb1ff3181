"""A customs office on one route, while its steps are being built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from fourport.errors import Problem
from fourport.plan.conditions import ALWAYS, NEVER, Condition, Draw, for_share, for_shares
from fourport.plan.corridor import Part, StepInfo
from fourport.plan.rows import Row, Track
from fourport.plan.traders import Traders
from fourport.scenario.models.customs import Customs
from fourport.scenario.models.scenario import Scenario


class Builder(Protocol):
    """The parts of the route builder that an office uses."""

    scenario: Scenario
    problems: list[Problem]
    traders: Traders
    draws: dict[str, Draw]

    def at_resource(
        self,
        info: StepInfo,
        place: str,
        resource: str,
        condition: Condition = ALWAYS,
        trader_classes: Sequence[str] = (),
    ) -> Row:
        """Return a step at a resource."""


@dataclass(eq=False)
class OfficeRows:
    """The customs activity at one step of a route, ``route_step``.

    Attributes
    ----------
    trader_classes
        (G,) trader class that counts here, exporter's or importer's, for each class of the plan.
    main
        Earlier office that does this office's work; None if it works itself.
    joined
        Later offices of the route whose work is done here.
    selected
        Condition under which this office selects a consignment for inspection.
    inspected
        Condition under which it inspects a consignment: selected by this office or by a joined one.
    found, found_late
        Conditions under which it finds that a consignment is non-compliant: before its release, or after.
    informed
        Whether an earlier office on the route passes data on to it.
    track
        Its declaration track on the route; None if another office does its work.
    arrival
        Last transport before it on the route; None if there is none.
    entry
        Step at whose end the goods are there for customs: for exports the one by which they enter the
        supervised area, if there is such a step; otherwise the arrival.
    released
        Its last step, at whose end the goods are free.
    """

    builder: Builder
    customs: Customs
    place: str
    do: str
    route_step: int
    main: OfficeRows | None = None
    joined: list[OfficeRows] = field(default_factory=list)
    selected: Condition = NEVER
    inspected: Condition = NEVER
    found: Condition = NEVER
    found_late: Condition = NEVER
    informed: bool = False
    track: Track | None = None
    arrival: Row | None = None
    entry: Row | None = None
    released: Row = field(init=False)

    def __post_init__(self) -> None:
        self.name = f"{self.place}/{self.do}"
        self.trader_classes = self.builder.traders.seen_by(self.customs.procedure)

    @property
    def inspects(self) -> OfficeRows:
        """The office that inspects goods for it: itself, or the office that does its work."""
        return self.main or self

    @cached_property
    def inspected_by_agency(self) -> dict[str, Condition]:
        """Conditions under which each other agency at the office inspects a consignment, by its name."""
        agencies = self.customs.agencies.items()
        return {name: self.by_commodity(f"{name}/selected", one.commodities) for name, one in agencies}

    @property
    def inspected_later(self) -> Condition:
        """Condition under which it inspects a consignment after its release."""
        inspection = self.customs.inspection
        given = None if inspection is None else inspection.after_release
        if given is None or given.share == 0:
            return NEVER
        return self.inspected & self.share("after-release", given.share)

    @property
    def held(self) -> Condition:
        """Condition under which it inspects a consignment before its release."""
        later = self.inspected_later
        return self.inspected if later == NEVER else self.inspected & ~later

    def share(self, what: str, share: float) -> Condition:
        """Return a condition that is true for a share of the office's consignments."""
        return for_share(f"{self.name}/{what}", share, len(self.trader_classes))

    def by_commodity(self, what: str, shares: Mapping[str, float]) -> Condition:
        """Return a condition that is true for a share of the office's consignments of each commodity."""
        given = tuple(shares.get(name, 0.0) for name in self.builder.scenario.commodities)
        return for_shares(f"{self.name}/{what}", given, len(self.trader_classes))

    @property
    def pre_arrival(self) -> Condition:
        """Condition under which a consignment has a pre-arrival declaration."""
        return self.share("pre-arrival", self.customs.advance.share)

    def risk(self) -> Draw:
        """Return the risk number by which the office selects both documents and goods."""
        name = f"{self.name}/inspection"
        return self.builder.draws.get(name, Draw(name))

    def control(self, what: Part, condition: Condition = ALWAYS, key: str = "") -> Row:
        """Return the step in which an officer controls one declaration."""
        documents = self.customs.documents
        info = self.info(
            what, key=key, duration=documents.duration, per=documents.per, ends="document-control"
        )
        return self.at_resource(info, documents.resource, condition)

    def at_resource(self, info: StepInfo, resource: str, condition: Condition) -> Row:
        """Return a step at a resource of the facility, with the queue class of those who count here."""
        return self.builder.at_resource(info, self.place, resource, condition, self.trader_classes)

    def info(self, part: Part, key: str = "", **more: object) -> StepInfo:
        """Describe a step of the office; ``key`` names it where the part alone is not enough."""
        name = f"{self.name}/{key or part}"
        return StepInfo(name, self.route_step, part, self.place, self.place, **more)  # type: ignore[arg-type]
