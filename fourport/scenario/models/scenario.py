"""The scenario as a whole."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from fourport.scenario import ref
from fourport.scenario.base import Section, Title
from fourport.scenario.levers import AnyLever
from fourport.scenario.models.calendars import Calendar
from fourport.scenario.models.demand import Commodity, Lane, Route, TraderClass
from fourport.scenario.models.emissions import EmissionFactor
from fourport.scenario.models.facilities import Facility
from fourport.scenario.models.run import (
    ContainerLoad,
    CreditGrade,
    HolidayList,
    Planning,
    Run,
    Source,
    ValueOfTime,
)
from fourport.scenario.models.tariffs import Tariff
from fourport.scenario.models.transport import Fleet, Service, Trucking
from fourport.scenario.names import BASE, Name
from fourport.scenario.units import Exchange


class Scenario(Section):
    """A corridor: its places, ways, demand, prices and policies."""

    format: Literal[2]
    """Version of the file format."""
    name: Name
    """Short name: lower case, digits, hyphens."""
    title: Title
    """One line for charts and tables."""
    description: str = ""
    """What it is for and what it leaves out."""
    run: Run
    """Horizon, replications, seed."""
    currencies: dict[str, Exchange] = {}
    """Exchange rates, one for each currency used, against ``reporting_currency``."""
    reporting_currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    """Currency of all results."""
    sources: dict[str, Source] = {}
    """Texts that numbers are taken from."""
    holidays: dict[str, HolidayList] = {}
    """Lists of holidays."""
    calendars: dict[str, Calendar] = {}
    """Working calendars."""
    facilities: Annotated[dict[str, Facility], Field(min_length=1)]
    """Places."""
    services: dict[str, Service] = {}
    """Scheduled services."""
    fleets: dict[str, Fleet] = {}
    """Fleets of trucks."""
    trucking: dict[str, Trucking] = {}
    """Ways without contention."""
    trader_classes: Annotated[dict[str, TraderClass], Field(min_length=1)]
    """Classes of traders."""
    credit_grades: dict[str, CreditGrade] = {}
    """Grades of shippers' credit; they have nothing to do with the trader classes of customs."""
    commodities: Annotated[dict[str, Commodity], Field(min_length=1)]
    """Families of goods."""
    lanes: Annotated[dict[str, Lane], Field(min_length=1)]
    """Demand."""
    routes: Annotated[dict[str, Route], Field(min_length=1)]
    """Journeys."""
    tariffs: dict[str, Tariff] = {}
    """Prices."""
    tariff_files: tuple[str, ...] = ()
    """Price lists (CSV) with tariffs besides, by their paths from this file's folder; ``docs/tariffs.md``
    lists their columns."""
    emission_factors: dict[str, EmissionFactor] = {}
    """Emissions of a tonne-kilometre; none are reported of ways that name no factor."""
    container_load: ContainerLoad | None = None
    """How loose cargo fills containers; needed where a service has container slots."""
    value_of_time: ValueOfTime | None = None
    """What time costs; no time cost if it is left out."""
    planning: Planning | None = None
    """How departures are planned; no planned departures are reported if it is left out."""
    levers: dict[str, AnyLever] = {}
    """Levers of customs policy; each does nothing until a ``policy_package`` names it."""
    policy_package: tuple[ref.Lever, ...] = ()
    """Levers switched on, applied in this order. A policy usually is a policy package."""
    claims: str = ""
    """File of claims that are held against it, by its path from this file's folder; if it is
    left out the shipped ones, where they name what is in it."""
    base: Name = BASE
    """Name by which the scenario as it stands goes beside its policies, such as "provincial"."""
    policies: dict[str, dict[str, Any]] = {}
    """Named overlays of this file: each may change any section that describes the corridor, but not
    ``format``, ``name``, ``base``, ``run``, ``reporting_currency`` and ``policies``."""
