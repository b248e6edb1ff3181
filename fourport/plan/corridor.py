"""A compiled scenario: the plan for engines, and what the other rooms need to know of each step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fourport.plan.tables import Plan
from fourport.plan.timetables import Timetable
from fourport.scenario.distributions import Distribution
from fourport.scenario.models import Scenario

Part = Literal[
    "handling", "stay", "preparation", "documents", "release", "inspection", "service", "fleet", "haul"
]
"""What a step of the plan is a part of. A customs activity becomes preparation and
documents (its filing track), release (where the goods wait for the papers) and inspection."""


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
    tariffs
        Tariffs charged to a consignment that does it.
    filings
        Declarations lodged for a consignment by then; 0 where it is not a release by customs.
    begins, ends
        Milestone codes that begin and end are reported as, or None.
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
    tariffs: tuple[str, ...] = ()
    filings: int = 0
    begins: str | None = None
    ends: str | None = None
    cause: str = "service"


@dataclass(frozen=True)
class Corridor:
    """A scenario made ready to be run.

    Attributes
    ----------
    scenario
        The scenario as it was read.
    plan
        Flat tables for the engines.
    steps
        One entry for each step of the plan.
    timetables
        One entry for each service of the plan.
    lane_names, commodity_names
        Names by index, as the world uses them.
    """

    scenario: Scenario
    plan: Plan
    steps: tuple[StepInfo, ...]
    timetables: tuple[Timetable, ...]
    lane_names: tuple[str, ...]
    commodity_names: tuple[str, ...]
