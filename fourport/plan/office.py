"""A customs office on one route, while its steps are being laid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from fourport.errors import Problem
from fourport.plan.conditions import ALWAYS, Conditions
from fourport.plan.corridor import Part, StepInfo
from fourport.plan.rows import Row
from fourport.scenario.models import Scenario
from fourport.scenario.models.customs import Customs


class Builder(Protocol):
    """What an office needs of the builder of routes."""

    scenario: Scenario
    problems: list[Problem]
    trader_classes: tuple[str, ...]
    conditions: Conditions

    def at_resource(self, info: StepInfo, place: str, resource: str, condition: str = "") -> Row:
        """Give a step at a resource."""


@dataclass(eq=False)
class Office:
    """A customs activity of a route's step ``route_step``.

    Attributes
    ----------
    main
        The earlier office that does its work; None if it works itself.
    joined
        Later offices of the route whose work is done here.
    selected
        Condition under which a consignment is selected for inspection; None if none is.
    inspected
        Condition under which it inspects: the same with those selected by the offices joined.
    found
        Condition under which an offence is found; None if none is.
    informed
        Whether another office on the way passes data on to it.
    track
        Its filing track on the route; -1 if another office does its work.
    released
        Its last step, at whose end the goods are free.
    """

    builder: Builder
    customs: Customs
    place: str
    do: str
    route_step: int
    main: Office | None = None
    joined: Sequence[Office] = ()
    selected: str | None = None
    inspected: str | None = None
    found: str | None = None
    informed: bool = False
    track: int = -1
    arrival: Row | None = None
    released: Row = field(init=False)

    def __post_init__(self) -> None:
        self.name = f"{self.place}/{self.do}"
        self.conditions, self.trader_classes = self.builder.conditions, self.builder.trader_classes

    @property
    def inspects(self) -> Office:
        """The office at which goods are inspected for it: itself, or the one that does its work."""
        return self.main or self

    def share(self, what: str, share: float) -> str:
        """Give the condition that holds for a share of its consignments."""
        return self.conditions.share(f"{self.name}/{what}", share, len(self.trader_classes))

    def control(self, what: Part, condition: str = ALWAYS, key: str = "") -> Row:
        """Give a control of one declaration by an officer."""
        documents = self.customs.documents
        info = self.info(
            what, key=key, duration=documents.duration, per=documents.per, ends="document-control"
        )
        return self.builder.at_resource(info, self.place, documents.resource, condition)

    def info(self, part: Part, key: str = "", **more: object) -> StepInfo:
        """Describe a step of it; its key is told by ``key`` where the part is not enough."""
        name = f"{self.name}/{key or part}"
        return StepInfo(name, self.route_step, part, self.place, self.place, **more)  # type: ignore[arg-type]
