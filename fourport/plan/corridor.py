"""The compiled scenario: the plan for engines, and what other packages need to know about each step."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fourport.plan.conditions import ALWAYS, NEVER, Condition, Numbering
from fourport.plan.once import Shared, once
from fourport.plan.tables import Kind, Plan
from fourport.plan.timetables import Timetable
from fourport.scenario.distributions import Distribution
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.sizes import Per

if TYPE_CHECKING:
    from fourport.plan.tables import Ints

Part = Literal[
    "handling",
    "stay",
    "service",
    "fleet",
    "trucking",
    "arrival",
    "preparation",
    "documents",
    "payment",
    "control",
    "release",
    "amendment",
    "hold",
    "scan",
    "review",
    "appointment",
    "inspection",
    "laboratory",
    "recall",
    "agency",
    "removal",
    "direct",
    "information",
    "manifest",
    "pre-arrival",
    "guarantee",
    "full-entry",
]
"""What a step of the plan is part of.

A leg with several services becomes a step for each service, of which a consignment does one, and "arrival",
the instant at which it has come by one of them. A customs activity becomes preparation, documents and payment
(its declaration track), release (where the goods wait for the declaration), the stages of an inspection, and
removal (the instant of release by customs); see :mod:`fourport.plan.customs`."""

STAGE_OF: Mapping[Part, str] = {
    "handling": "handling",
    "stay": "handling",
    "manifest": "handling",
    "preparation": "preparation",
    "documents": "document-control",
    "payment": "payment",
    "amendment": "amendment",
    "scan": "scan",
    "review": "scan",
    "appointment": "appointment",
    "inspection": "inspection",
    "laboratory": "laboratory",
}
"""Stage of the Time Release Study to which the time of a part belongs; instants belong to none."""


@dataclass(frozen=True)
class Joint:
    """Other work that is done together with a step; the step then takes as long as the longest of them.

    Attributes
    ----------
    key, duration, per
        As in :class:`StepInfo`.
    condition
        The consignments that need this work.
    """

    key: str
    duration: Distribution[Any]
    condition: Condition
    per: Per = "consignment"


@dataclass(frozen=True)
class StepInfo:
    """Describe a step of the plan for people, for random draws and for the ledger.

    Attributes
    ----------
    key
        Name of the step, such as "harbour/export/documents". All routes that share the step use the same
        key. It names the random stream of the step's durations.
    route_step
        Index into the ``steps`` of the scenario's route.
    part
        Part of an activity or a transport, one of :data:`Part`.
    place, destination
        Facilities where the step begins and ends; they differ only for transport.
    mode
        Mode of transport, or "".
    distance_km
        Length of the leg; 0 where the step is not transport. Of a choice each step has that of its service.
    duration
        Distribution of the duration; None where no duration is drawn for each consignment.
    per
        Unit that the duration refers to. The drawn duration is multiplied by the number of these units in
        the consignment.
    shortened
        Pairs (share, condition). The step takes only this share of its duration for the consignments for
        which the condition holds.
    ahead
        Pairs (time in us, condition). For the consignments for which the condition holds, this much of the
        step was done before it begins.
    by_arrival
        Services that bring the goods, if the duration is drawn once for each of their arrivals.
    own, jointly
        The consignments that need the step's own work, and the other work done together with it.
    tariffs
        Tariffs charged to a consignment that does the step.
    filings
        Number of declarations lodged for a consignment by then; 0 unless the step is a release by customs.
    reached, begins, ends
        Milestone codes reported when a consignment reaches, begins and ends the step, or None.
    cause
        Cause to which the time between begin and end is attributed.
    """

    key: str
    route_step: int
    part: Part
    place: str
    destination: str
    mode: str = ""
    distance_km: float = 0.0
    duration: Distribution[Any] | None = None
    per: Per = "consignment"
    shortened: tuple[tuple[float, Condition], ...] = ()
    ahead: tuple[tuple[int, Condition], ...] = ()
    by_arrival: tuple[str, ...] = ()
    own: Condition = ALWAYS
    jointly: tuple[Joint, ...] = ()
    tariffs: tuple[str, ...] = ()
    filings: int = 0
    reached: str | None = None
    begins: str | None = None
    ends: str | None = None
    cause: str = "service"


@dataclass(frozen=True)
class Office:
    """Describe a customs activity on a route, in the form that studies need.

    Attributes
    ----------
    name
        "facility/activity".
    procedure
        Customs procedure that the office handles.
    route
        Route of the plan.
    entry
        Step of the plan at whose end the goods are there for the office. It is the transport to the office's
        facility (for exports the handling by which they enter the supervised area, where there is one) or the
        release by an earlier office at the same facility. None if the goods begin their route there.
    release
        Step of the plan whose end is the release.
    inspected
        Condition under which the office inspects a consignment.
    by_agency
        Conditions under which other agencies at the office do, each by an inspection of its own.
    found, found_late
        Conditions under which the office finds that a consignment is non-compliant: before its release, or
        after.
    """

    name: str
    procedure: Literal["export", "transit", "import"]
    route: int
    entry: int | None
    release: int
    inspected: Condition
    by_agency: tuple[Condition, ...]
    found: Condition
    found_late: Condition


@dataclass(frozen=True)
class Corridor:
    """A scenario that is ready to run.

    Attributes
    ----------
    scenario
        The scenario as it was read.
    plan
        Flat tables for the engines.
    conditions
        Numbers of the conditions in the plan.
    steps
        One entry for each step of the plan.
    offices
        Customs activities, route by route in the order of the journey.
    timetables
        One entry for each service of the plan.
    lane_names, commodity_names
        Names by index, as used in the world.
    shared
        What it has in common with other scenarios that were compiled with it.
    """

    scenario: Scenario
    plan: Plan
    conditions: Numbering
    steps: tuple[StepInfo, ...]
    offices: tuple[Office, ...]
    timetables: tuple[Timetable, ...]
    lane_names: tuple[str, ...]
    commodity_names: tuple[str, ...]
    shared: Shared = field(default_factory=Shared, repr=False, compare=False)
    _kept: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def has_customs(self) -> bool:
        """Whether any facility has a customs office, even one that is on no route."""
        places = self.scenario.facilities.values()
        return any(one.kind == "customs" for place in places for one in place.activities.values())

    @property
    def releases_first(self) -> bool:
        """Whether an office may find non-compliant goods only after their release, if some lever is on."""
        levers = self.scenario.levers.values()
        return any(office.found_late != NEVER for office in self.offices) or any(
            lever.kind == "conditional-release" for lever in levers
        )


@once
def hub_steps(corridor: Corridor, route: int) -> range:
    """Return the step of the scheduled service by which goods leave the hub of a route; none without one.

    It is the service that the route names as ``planned_departure``, or else its last scheduled service. Where
    it departs is the hub. Services that only some consignments take are no candidates. If it is one of
    several services of a leg, the steps of all of them are returned.
    """
    plan = corridor.plan
    named = corridor.scenario.routes[plan.names.routes[route]].planned_departure
    found = [
        s
        for s in plan.main_steps(route)
        if plan.step_kind[s] == Kind.SERVICE
        and plan.step_condition[s] < 0
        and named in (None, corridor.steps[s].key)
    ]
    return plan.choice(max(found)) if found else range(0)


@once
def hub_order(corridor: Corridor, route: int) -> dict[int, Ints]:
    """Return by step of :func:`hub_steps` the place of each departure among all from the hub, (D,).

    They are in order of cut-off, and as goods try them if they close together: by service and by index.
    """
    import numpy as np

    steps = hub_steps(corridor, route)
    cutoffs = [corridor.timetables[int(corridor.plan.step_provider[s])].cutoff_us for s in steps]
    ends = np.cumsum([len(cutoff) for cutoff in cutoffs])[:-1]
    order = np.argsort(np.concatenate([np.empty(0, dtype=np.int64), *cutoffs]), kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return dict(zip(steps, np.split(place, ends), strict=True))
