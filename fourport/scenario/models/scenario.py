"""The scenario as a whole."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from fourport.scenario import ref
from fourport.scenario.base import Section
from fourport.scenario.levers import AnyLever
from fourport.scenario.models.calendars import Calendar, HolidayList
from fourport.scenario.models.demand import Commodity, Lane, Route, TraderClass
from fourport.scenario.models.emissions import EmissionFactor
from fourport.scenario.models.facilities import Facility
from fourport.scenario.models.run import (
    ContainerLoad,
    CreditGrade,
    Planning,
    RunSettings,
    Source,
    ValueOfTime,
)
from fourport.scenario.models.tariffs import ON_VALUE, Tariff
from fourport.scenario.models.transport import Fleet, Service, Trucking
from fourport.scenario.names import BASE, Name
from fourport.scenario.titles import Title
from fourport.scenario.units import Exchange


class Scenario(Section):
    """A corridor: its places, legs, demand, prices and policies."""

    format: Literal[2]
    """Version of the file format."""
    name: Name
    """Short name: lower case, digits, hyphens."""
    title: Title
    """One line for charts and tables."""
    description: str = ""
    """Purpose of the scenario, and what it leaves out."""
    run: RunSettings
    """Horizon, replications, seed."""
    currencies: dict[str, Exchange] = {}
    """Exchange rates, one for each currency used, against ``reporting_currency``; or rates by date, each of
    which holds from its day on: ``CNY = { 2019-01-01 = "6.86 CNY/USD", 2019-02-01 = "6.70 CNY/USD" }``."""
    reporting_currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$")
    """Currency of all results."""
    sources: dict[str, Source] = {}
    """Texts that numbers are taken from."""
    holidays: dict[str, HolidayList] = {}
    """Lists of holidays."""
    calendars: dict[str, Calendar] = {}
    """Working calendars."""
    facilities: Annotated[dict[str, Facility], Field(min_length=1)]
    """Places of the corridor."""
    services: dict[str, Service] = {}
    """Scheduled services."""
    fleets: dict[str, Fleet] = {}
    """Fleets of trucks."""
    trucking: dict[str, Trucking] = {}
    """Trucking legs: a vehicle is always available."""
    trader_classes: Annotated[dict[str, TraderClass], Field(min_length=1)]
    """Classes of traders."""
    credit_grades: dict[str, CreditGrade] = {}
    """Credit grades of shippers; they are independent of the trader classes of customs."""
    commodities: Annotated[dict[str, Commodity], Field(min_length=1)]
    """Kinds of goods."""
    lanes: Annotated[dict[str, Lane], Field(min_length=1)]
    """Demand, by lane."""
    routes: Annotated[dict[str, Route], Field(min_length=1)]
    """Journeys from shipper to consignee."""
    tariffs: dict[str, Tariff] = {}
    """Prices."""
    tariff_files: tuple[str, ...] = ()
    """Price lists (CSV) with further tariffs, by their paths from the folder of this file;
    ``docs/tariffs.md`` describes their columns."""
    csv_encoding: Literal["GB18030", "EUC-KR"] | None = None
    """Encoding of the CSV files that this file names, if they are not UTF-8 and do not show it."""
    emission_factors: dict[str, EmissionFactor] = {}
    """Emission factors per tonne-kilometre; legs without a factor report no emissions."""
    container_load: ContainerLoad | None = None
    """How loose cargo fills containers; needed where a service has container slots, or a
    price or a duration is by containers."""
    value_of_time: ValueOfTime | None = None
    """What time costs; if left out, time costs nothing."""
    planning: Planning | None = None
    """How departures are planned, and the target time at the hub; if left out, neither is reported."""
    levers: dict[str, AnyLever] = {}
    """Levers of customs policy; some ``policy_package``, of the file or of a policy, names
    each."""
    policy_package: tuple[ref.Lever, ...] = ()
    """Levers that are switched on, applied in this order. Most policies consist of a policy package."""
    claims: str = ""
    """File of published claims to compare with the scenario, by its path from the folder of this file."""
    base: Name = BASE
    """Name of the scenario as it stands, next to its policies, such as "provincial"."""
    policies: dict[str, dict[str, Any]] = {}
    """Named overlays of this file. Each may change any section that describes the corridor, but not
    ``format``, ``name``, ``base``, ``run``, ``reporting_currency`` and ``policies``."""

    @property
    def has_charges_on_value(self) -> bool:
        """Whether some tariff has a charge on value: insurance or duty."""
        return any(line.category in ON_VALUE for one in self.tariffs.values() for line in one.lines)

    def holiday_lists(self, names: tuple[str, ...]) -> tuple[HolidayList, ...]:
        """Return the holiday lists of a calendar or a lane."""
        return tuple(self.holidays[name] for name in names)
