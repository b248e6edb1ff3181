"""A scenario entry by entry: what is named, and what of it is valid.

The checks across entries look at this, so that one broken entry neither hides
what is wrong elsewhere nor makes references to it look wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, TypeVar

from pydantic import ValidationError

from fourport.scenario.layers import Values
from fourport.scenario.models.customs import Customs
from fourport.scenario.models.demand import Commodity, Lane, Route
from fourport.scenario.models.facilities import Activity, Handling, Resource, Stay
from fourport.scenario.models.run import ContainerLoad, HolidayList, Run
from fourport.scenario.models.tariffs import Tariff
from fourport.scenario.models.transport import Fleet, Service, Trucking
from fourport.scenario.shape import adapter
from fourport.scenario.units import Exchange, ExchangeRate

T = TypeVar("T")
Leg = Service | Fleet | Trucking
LEGS = ("services", "fleets", "trucking")


def table(values: Any, *names: str) -> dict[str, Any]:
    """Give a table within tables, empty if it is not there or no table."""
    for name in names:
        values = values.get(name) if isinstance(values, dict) else None
    return values if isinstance(values, dict) else {}


def parsed(value: Any, kind: type[T]) -> T | None:
    """Give a value as its model, None if it does not validate."""
    try:
        return adapter(kind).validate_python(value)
    except ValidationError:
        return None


class Parts:
    """The entries of a scenario; each mapping holds only those that validate.

    Attributes
    ----------
    values
        All values as written, without tags.
    """

    def __init__(self, values: Values) -> None:
        self.values = values

    def _section(self, name: str, kind: type[T]) -> dict[str, T]:
        found = {key: parsed(value, kind) for key, value in table(self.values, name).items()}
        return {key: value for key, value in found.items() if value is not None}

    @cached_property
    def run(self) -> Run | None:
        """The section ``run``."""
        return parsed(self.values.get("run"), Run)

    @cached_property
    def reporting_currency(self) -> str:
        """Currency of the results."""
        return str(self.values.get("reporting_currency", "USD"))

    @cached_property
    def currencies(self) -> Mapping[str, ExchangeRate]:
        """Exchange rates."""
        found: Mapping[str, ExchangeRate] = self._section("currencies", Exchange)
        return found

    @cached_property
    def holidays(self) -> Mapping[str, HolidayList]:
        """Lists of holidays."""
        return self._section("holidays", HolidayList)

    @cached_property
    def resources(self) -> Mapping[tuple[str, str], Resource]:
        """Resources by facility and name."""
        return {
            (place, name): resource
            for place in table(self.values, "facilities")
            for name, value in table(self.values, "facilities", place, "resources").items()
            if (resource := parsed(value, Resource)) is not None
        }

    @cached_property
    def activities(self) -> Mapping[tuple[str, str], Handling | Stay | Customs]:
        """Activities by facility and name."""
        found: dict[tuple[str, str], Handling | Stay | Customs] = {}
        for place in table(self.values, "facilities"):
            for name, value in table(self.values, "facilities", place, "activities").items():
                activity: Any = parsed(value, Activity)  # type: ignore[arg-type]
                if activity is not None:
                    found[place, name] = activity
        return found

    @cached_property
    def services(self) -> Mapping[str, Service]:
        """Scheduled services."""
        return self._section("services", Service)

    @cached_property
    def legs(self) -> Mapping[str, Leg]:
        """Services, fleets and trucking legs."""
        return {
            **self._section("trucking", Trucking),
            **self._section("fleets", Fleet),
            **self.services,
        }

    @cached_property
    def commodities(self) -> Mapping[str, Commodity]:
        """Families of goods."""
        return self._section("commodities", Commodity)

    @cached_property
    def lanes(self) -> Mapping[str, Lane]:
        """Demand."""
        return self._section("lanes", Lane)

    @cached_property
    def routes(self) -> Mapping[str, Route]:
        """Journeys."""
        return self._section("routes", Route)

    @cached_property
    def tariffs(self) -> Mapping[str, Tariff]:
        """Prices."""
        return self._section("tariffs", Tariff)

    @cached_property
    def container_load(self) -> ContainerLoad | None:
        """How loose cargo fills containers."""
        return parsed(self.values.get("container_load"), ContainerLoad)
