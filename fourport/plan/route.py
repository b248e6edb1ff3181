"""Build the steps of the plan for one route of the scenario."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from fourport.errors import Problem
from fourport.plan.conditions import ALWAYS, Condition, Draw
from fourport.plan.corridor import StepInfo
from fourport.plan.customs import add_office, go_direct
from fourport.plan.inspection import select
from fourport.plan.layout import RouteTable, table_of
from fourport.plan.office import OfficeRows
from fourport.plan.once import Shared
from fourport.plan.rows import RouteRows, Row, tell_repeats_apart
from fourport.plan.tables import Kind, Space
from fourport.plan.traders import Traders
from fourport.scenario.models.customs import Customs
from fourport.scenario.models.demand import AtStep, ByStep
from fourport.scenario.models.facilities import DEFAULT_PRIORITY, Stay
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.transport import Fleet, Service, Transport, Trucking

CODES: Mapping[str, tuple[str, str]] = {
    "sea": ("DEPA", "ARRI"),
    "air": ("DEP", "ARR"),
    "road": ("GTOT", "GTIN"),
    "rail": ("DEPA", "ARRI"),
}
"""Milestone codes of departure and arrival by mode (DCSA; Cargo iQ for air)."""


@dataclass(frozen=True)
class BuiltRoute:
    """A route with all its steps; scenarios that have the same share it.

    Attributes
    ----------
    offices
        Its customs offices, in the order of the journey.
    trader_classes
        Number of trader classes of exporter and importer together.
    problems
        What keeps it from being run.
    """

    rows: RouteRows
    offices: tuple[OfficeRows, ...]
    trader_classes: int
    problems: tuple[Problem, ...]

    @cached_property
    def table(self) -> RouteTable:
        """Its rows as columns."""
        return table_of(self.rows, self.offices, self.trader_classes)


class RouteBuilder:
    """Build the rows of routes.

    Attributes
    ----------
    problems
        Problems found: first of the scenario as a whole, then of the route that is being built.
    draws
        Risk numbers that are correlated, by name.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.problems: list[Problem] = []
        self.traders = Traders.of(scenario)
        self.draws: dict[str, Draw] = {}
        self._correlate()
        self._common = (
            self.traders,
            {name: one.non_compliant for name, one in scenario.trader_classes.items()},
            tuple(scenario.commodities),
            self.draws,
        )
        self._priorities = {
            place: {name: one.priority for name, one in facility.resources.items()}
            for place, facility in scenario.facilities.items()
        }

    def _correlate(self) -> None:
        """Create the correlated risk numbers first, so that the order of routes does not matter."""
        partner = {
            f"{place}/{do}": activity.inspection.correlated_with
            for place, facility in self.scenario.facilities.items()
            for do, activity in facility.activities.items()
            if isinstance(activity, Customs) and activity.inspection is not None
            for inspection in [activity.inspection]
            if inspection.correlated_with is not None and inspection.correlation
        }
        for name in partner:
            chain = [name]
            while (other := partner.get(chain[-1])) is not None and other not in chain:
                chain.append(other)
            if other is not None:
                message = f"the correlation of {' with '.join([*chain, other])} goes in a circle"
                place, _, do = name.partition("/")
                key = ("facilities", place, "activities", do, "inspection", "correlated_with")
                self.problems.append(Problem(key, message))
                continue
            for one in reversed(chain):
                mine, drawn = partner.get(one), f"{one}/inspection"
                self.draws[drawn] = (
                    Draw(drawn, self.draws[f"{mine}/inspection"], self._correlation(one))
                    if mine is not None
                    else Draw(drawn)
                )

    def _correlation(self, office: str) -> float:
        place, _, do = office.partition("/")
        activity = self.scenario.facilities[place].activities[do]
        assert isinstance(activity, Customs)
        assert activity.inspection is not None
        return activity.inspection.correlation

    def build(self, name: str, shared: Shared) -> BuiltRoute:
        """Return a route with its rows, which may be shared with other scenarios."""
        return shared.once(("routes", name), self._made_of(name), partial(self._built, name))

    def _made_of(self, name: str) -> list[object]:
        """Return all that the rows of a route are made of."""
        found: list[object] = [*self._common, steps := self.scenario.routes[name].steps]
        for step in steps:
            if isinstance(step, ByStep):
                found += (self._leg(leg) for leg in step.legs)
                continue
            activity = self.scenario.facilities[step.at].activities[step.do]
            # Equal tables may differ in their order, which agencies of an office follow.
            agencies = list(activity.agencies) if isinstance(activity, Customs) else []
            found += [activity, agencies, self._priorities[step.at]]
        return found

    def _built(self, name: str) -> BuiltRoute:
        self.problems = []
        rows = RouteRows()
        steps = self.scenario.routes[name].steps
        offices = self._offices(steps)
        before: dict[str, OfficeRows] = {}
        for k, step in enumerate(steps):
            if k in offices:
                add_office(offices[k], rows, before, ("routes", name, "steps", k))
            elif isinstance(step, ByStep):
                rows.main += self._transport(step, k)
                rows.arrival = rows.main[-1]
            else:
                rows.main.append(self._work(step, k))
        for k, office in offices.items():
            go_direct(rows, office, ("routes", name, "steps", k))
        _declare_with_each_service(rows.main)
        tell_repeats_apart(rows)
        return BuiltRoute(rows, tuple(offices.values()), len(self.traders.exporters), tuple(self.problems))

    def _offices(self, steps: Sequence[AtStep | ByStep]) -> dict[int, OfficeRows]:
        """Return the customs offices of a route by step, each with the later offices whose work it does."""
        offices: dict[int, OfficeRows] = {}
        for k, step in enumerate(steps):
            if isinstance(step, AtStep):
                activity = self.scenario.facilities[step.at].activities[step.do]
                if isinstance(activity, Customs):
                    filings = max(activity.filings - step.fewer_filings, 1)
                    activity = activity.model_copy(update={"filings": filings})
                    offices[k] = OfficeRows(self, activity, step.at, step.do, k)
        latest: dict[str, OfficeRows] = {}  # of each name, before the step that is looked at
        vouching: dict[int, OfficeRows | None] = {}
        for k, office in offices.items():
            partners = [latest[name] for name in office.customs.joint_with if name in latest]
            if partners:
                nearest = max(partners, key=lambda one: one.route_step)
                # In a chain of joint offices the first one does the work of all.
                office.main = nearest.main or nearest
                office.main.joined.append(office)
            recognised = office.customs.recognition
            vouching[k] = None if recognised is None else latest.get(recognised.of)
            latest[office.name] = office
        # In the order in which their inspections take place, so that all earlier ones are known.
        for office in sorted(offices.values(), key=lambda one: (one.inspects.route_step, one.route_step)):
            select(office, vouching[office.route_step])
        return offices

    def _transport(self, step: ByStep, k: int) -> list[Row]:
        """Return the leg of a step; of several, a row for each, and one for the arrival by any of them."""
        rows = [self._leg_row(step, name, k) for name in step.legs]
        if len(rows) == 1:
            return rows
        for row in rows:
            row.choice = rows[0]
            row.within_us = -1 if step.within is None else step.within
        there = rows[0].info.destination
        return [*rows, Row(StepInfo(step.named, k, "arrival", there, there), Kind.MARK)]

    def _leg_row(self, step: ByStep, name: str, k: int) -> Row:
        leg, kind = self._leg(name)
        part = {Kind.SERVICE: "service", Kind.FLEET: "fleet", Kind.DELAY: "trucking"}[kind]
        begins, ends = CODES[leg.mode]
        info = StepInfo(
            key=name,
            route_step=k,
            part=part,  # type: ignore[arg-type]
            place=leg.origin,
            destination=leg.destination,
            mode=leg.mode,
            distance_km=leg.distance,
            duration=leg.duration if isinstance(leg, Trucking) else None,
            tariffs=leg.tariffs,
            begins=begins,
            ends=ends,
            cause="transport",
        )
        if isinstance(leg, Trucking):
            return Row(info, kind, hours=name if leg.calendar is not None else None)
        has_block = isinstance(leg, Service) and leg.block_space is not None
        space = Space.BLOCK if step.space == "block" and has_block else Space.FREE
        return Row(info, kind, provider=name, space=space)

    def _leg(self, name: str) -> tuple[Transport, int]:
        found: dict[str, Service | Fleet | Trucking]
        for found, kind in (  # type: ignore[assignment]
            (self.scenario.services, Kind.SERVICE),
            (self.scenario.fleets, Kind.FLEET),
            (self.scenario.trucking, Kind.DELAY),
        ):
            if name in found:
                return found[name], kind
        raise KeyError(name)

    def _work(self, step: AtStep, k: int) -> Row:
        place, activity = step.at, self.scenario.facilities[step.at].activities[step.do]
        assert not isinstance(activity, Customs)
        info = StepInfo(
            key=f"{place}/{step.do}",
            route_step=k,
            part="stay" if isinstance(activity, Stay) else "handling",
            place=place,
            destination=place,
            duration=activity.duration,
            per="consignment" if isinstance(activity, Stay) else activity.per,
            tariffs=activity.tariffs,
            begins=activity.begins,
            ends=activity.ends,
            cause=activity.cause if isinstance(activity, Stay) else "service",
        )
        if isinstance(activity, Stay):
            return Row(info, Kind.DELAY)
        return self.at_resource(info, place, activity.resource)

    def at_resource(
        self,
        info: StepInfo,
        place: str,
        resource: str,
        condition: Condition = ALWAYS,
        trader_classes: Sequence[str] = (),
    ) -> Row:
        """Return a step at a resource with its queue classes, by default those of exporters."""
        classes = self.scenario.facilities[place].resources[resource].priority
        those = trader_classes or self.traders.exporters
        priority = [classes.get(trader_class, DEFAULT_PRIORITY) for trader_class in those]
        return Row(info, Kind.RESOURCE, f"{place}/{resource}", condition=condition, priority=priority)


def _declare_with_each_service(main: Sequence[Row]) -> None:
    """Let goods that are declared before arrival be declared as they depart, by any of several services."""
    for row in main:
        if row.choice is not None:
            last = next(other for other in main[main.index(row) :] if other.info.part == "arrival")
            row.early_track, row.early_condition = last.early_track, last.early_condition
    for row in main:
        if row.info.part == "arrival":
            row.early_track, row.early_condition = None, ALWAYS
