"""The entries of a scenario, validated one by one.

Checks across entries use them, so that an invalid entry neither hides other problems nor makes references
to it look wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from fourport.errors import Key
from fourport.scenario.models.calendars import Calendar, HolidayList
from fourport.scenario.models.demand import Commodity, Lane, Route
from fourport.scenario.models.emissions import EmissionFactor
from fourport.scenario.models.facilities import Activity, Resource
from fourport.scenario.models.run import ContainerLoad, RunSettings
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.tariffs import Tariff
from fourport.scenario.models.transport import Fleet, Service, Trucking
from fourport.scenario.shape import SCENARIO, Shape, field_type, fields_of, shape_of, validator
from fourport.scenario.tree import UNKNOWN, Node, Values
from fourport.scenario.units import Exchange, ExchangeRate

if TYPE_CHECKING:  # levers import models, whose scenario imports levers
    from fourport.scenario.levers.lever import Lever

T = TypeVar("T")
Leg = Service | Fleet | Trucking
LEGS = ("services", "fleets", "trucking")
HORIZON = ("start", "zone", "warm_up", "window", "drain")
"""Settings of a run that dates depend on."""


def table(values: Any, *names: str) -> dict[str, Any]:
    """Return a table within tables; empty if it is missing or not a table."""
    for name in names:
        values = values.get(name) if isinstance(values, dict) else None
    return values if isinstance(values, dict) else {}


def parsed(node: Node | None, kind: type[T]) -> T | None:
    """Return an entry as its model, validated once; None if it is missing or not valid.

    The error of one that is not valid stays at the node.
    """
    if node is None:
        return None
    if node.model is UNKNOWN:
        try:
            node.model = validator(kind)(model_input(node, shape_of((kind,))))
        except ValidationError as error:
            node.model, node.invalid = None, error
    model: T | None = node.model
    return model


def parsed_run(node: Node | None) -> RunSettings | None:
    """Return the settings of a run; only the valid horizon where another setting is wrong."""
    found = parsed(node, RunSettings)
    if found is None and node is not None and node.is_table:
        horizon = {key: node.values[key] for key in HORIZON if key in node.values}
        with suppress(ValidationError):
            found = RunSettings.model_validate(horizon)
    return found


def invalid_entries(tree: Node) -> Iterator[tuple[Key, Node]]:
    """Return the entries of a scenario that are not valid, each with its key."""
    for name, part in tree.table().items():
        kind = SCENARIO.inner(name).entry
        if kind is not None and part.is_table:
            for entry, node in (part.parts or {}).items():
                if parsed(node, kind) is None:
                    yield (name, entry), node


def valid_input(tree: Node) -> Values:
    """Return the input of pydantic for a scenario without its entries that are not valid."""
    tables = {
        name: {key: model for key, node in (part.parts or {}).items() if (model := parsed(node, kind))}
        for name, part in tree.table().items()
        if (kind := SCENARIO.inner(name).entry) is not None and part.is_table
    }
    return {**tree.values, **tables}


def model_input(node: Node, shape: Shape) -> Any:
    """Return the input of pydantic: valid entries as their models, all else as written."""
    if not node.is_table or not shape.models:
        return node.values
    tables = {
        name: _entries(part, inner.entry)
        for name, part in (node.parts or {}).items()
        if (inner := shape.inner(name)).entry is not None and part.is_table
    }
    return {**node.values, **tables} if tables else node.values


def _entries(table: Node, kind: Any) -> Mapping[str, Any]:
    """Return the entries of a table, valid ones as their models."""
    if table.model is UNKNOWN:
        assert table.parts is not None
        table.model = {name: _model_or_values(one, kind) for name, one in table.parts.items()}
    found: Mapping[str, Any] = table.model
    return found


def _model_or_values(node: Node, kind: Any) -> Any:
    model = parsed(node, kind)
    return node.values if model is None else model


def scenario_of(tree: Node) -> Scenario | None:
    """Return the scenario, made of its valid entries without further validation; None if any is not valid."""
    fields, found = fields_of(Scenario), dict[str, Any]()
    given = tree.table()
    if not set(given) <= set(fields) or any(
        one.is_required() and not given.get(name) for name, one in fields.items()
    ):
        return None
    for name, node in given.items():
        shape = SCENARIO.inner(name)
        if shape.entry is None:
            found[name] = parsed(node, field_type(fields[name]))
        elif node.is_table and (node.parts or not fields[name].is_required()):
            found[name] = _valid_entries(node, shape.entry)
        if found.get(name) is None:
            return None
    return Scenario.model_construct(**found)


def _valid_entries(table: Node, kind: Any) -> Mapping[str, Any] | None:
    """Return the entries of a section as models, always the same mapping; None if any is not valid."""
    if table.model is UNKNOWN:
        found = {name: parsed(one, kind) for name, one in (table.parts or {}).items()}
        table.model = None if any(one is None for one in found.values()) else found
    entries: Mapping[str, Any] | None = table.model
    return entries


class Entries:
    """The entries of a scenario; each mapping holds only valid ones.

    Attributes
    ----------
    tree, values
        The scenario, and all its values as written, without tags.
    reporting_currency
        Currency of the results.
    resources, activities
        By facility and name.
    """

    def __init__(self, tree: Node) -> None:
        self.tree = tree
        self.values: Values = tree.values
        self.reporting_currency = str(self.values.get("reporting_currency", "USD"))
        self.run = parsed_run(tree.table().get("run"))
        self.container_load = parsed(tree.table().get("container_load"), ContainerLoad)
        self.currencies: Mapping[str, ExchangeRate] = self._valid(Exchange, "currencies")
        self.holidays = self._valid(HolidayList, "holidays")
        self.calendars = self._valid(Calendar, "calendars")
        self.services = self._valid(Service, "services")
        self.legs: Mapping[str, Leg] = {
            **self._valid(Trucking, "trucking"),
            **self._valid(Fleet, "fleets"),
            **self.services,
        }
        self.commodities = self._valid(Commodity, "commodities")
        self.levers: Mapping[str, Lever] = self._valid(SCENARIO.inner("levers").entry, "levers")
        self.lanes = self._valid(Lane, "lanes")
        self.routes = self._valid(Route, "routes")
        self.tariffs = self._valid(Tariff, "tariffs")
        self.emission_factors = self._valid(EmissionFactor, "emission_factors")
        self.resources: dict[tuple[str, str], Resource] = {}
        self.activities: dict[tuple[str, str], Activity] = {}
        for place in tree.table("facilities"):
            resources = self._valid(Resource, "facilities", place, "resources")
            activities: Mapping[str, Any] = self._valid(Activity, "facilities", place, "activities")  # type: ignore[arg-type]
            self.resources |= {(place, name): one for name, one in resources.items()}
            self.activities |= {(place, name): one for name, one in activities.items()}

    def _valid(self, kind: type[T], *table: str) -> Mapping[str, T]:
        """Return the valid entries of a table."""
        found = {name: parsed(node, kind) for name, node in self.tree.table(*table).items()}
        return {name: one for name, one in found.items() if one is not None}
