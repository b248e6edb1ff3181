"""A compiled scenario: the plan for engines, and what the other rooms need to know of each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fourport.plan.conditions import ALWAYS, Condition, Numbering
from fourport.plan.tables import Plan
from fourport.plan.timetables import Timetable
from fourport.scenario.distributions import Distribution
from fourport.scenario.models import Scenario
from fourport.scenario.models.sizes import Per

Part = Literal[
    "handling",
    "stay",
    "service",
    "fleet",
    "haul",
    "preparation",
    "documents",
    "payment",
    "control",
    "release",
    "amendment",
    "hold",
    "scan",
    "review",
    "inspection",
    "laboratory",
    "removal",
    "direct",
    "information",
    "guarantee",
    "full-entry",
]
"""What a step of the plan is a part of. A customs activity becomes preparation,
documents and payment (its filing track), release (where the goods wait for the papers),
the stages of an inspection and removal (the instant of release by customs); see
:mod:`fourport.plan.customs`."""


@dataclass(frozen=True)
class Joint:
    """Another piece of work that a step does together with its own: it takes the longest of them.

    Attributes
    ----------
    key, duration, per
        As of a step.
    condition
        Whose work it is.
    """

    key: str
    duration: Distribution[Any]
    condition: Condition
    per: Per = "consignment"


@dataclass(frozen=True)
class StepInfo:
    """What a step of the plan means to people, to chance and to the ledger.

    Attributes
    ----------
    key
        Name of the step: "harbour/export/documents". Equal on all routes that
        share it; it names the random stream of its durations.
    route_step
        Index into the ``steps`` of the scenario's route.
    part
        What it is.
    place, destination
        Facility where it begins and ends; the same but for transport.
    mode
        Mode of transport, or "".
    distance_km
        Length of the way; 0 where it is not transport.
    duration
        Distribution of its duration; None where the duration is not drawn by consignment.
    per
        What the duration is for; it is multiplied with so many as a consignment has.
    shortened
        (share, condition): of whom the condition holds, it takes but this share of the duration.
    own, jointly
        Whose work it is, and other work done with it.
    tariffs
        Tariffs charged to a consignment that does it.
    filings
        Declarations lodged for a consignment by then; 0 where it is not a release by customs.
    reached, begins, ends
        Milestone codes that coming to it, begin and end are reported as, or None.
    cause
        What the time between begin and end is attributed to.
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
    """A customs activity on a route, as a study looks at it.

    Attributes
    ----------
    name
        "facility/activity".
    procedure
        What it clears for.
    route
        Route of the plan.
    arrival
        Step of the plan at whose end the goods come to it: the transport that brings them to its facility, or
        the release by an office before it there; None if they enter there.
    release
        Step of the plan whose end is the release.
    inspected
        Condition under which it inspects a consignment.
    found
        Condition under which it finds an offence.
    """

    name: str
    procedure: Literal["export", "transit", "import"]
    route: int
    arrival: int | None
    release: int
    inspected: Condition
    found: Condition


@dataclass(frozen=True)
class Corridor:
    """A scenario made ready to be run.

    Attributes
    ----------
    scenario
        The scenario as it was read.
    plan
        Flat tables for the engines.
    conditions
        Where conditions stand in the plan.
    steps
        One entry for each step of the plan.
    offices
        Customs activities, route by route in the order of the journey.
    timetables
        One entry for each service of the plan.
    lane_names, commodity_names
        Names by index, as the world uses them.
    """

    scenario: Scenario
    plan: Plan
    conditions: Numbering
    steps: tuple[StepInfo, ...]
    offices: tuple[Office, ...]
    timetables: tuple[Timetable, ...]
    lane_names: tuple[str, ...]
    commodity_names: tuple[str, ...]

    @property
    def has_customs(self) -> bool:
        """Whether any facility has a customs office, on a route or not."""
        places = self.scenario.facilities.values()
        return any(one.kind == "customs" for place in places for one in place.activities.values())
