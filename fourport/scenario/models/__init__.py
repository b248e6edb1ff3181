"""The scenario file as pydantic models; the schema is the reference.

One module a room of the file: ``run`` (horizon, currencies, sources, value of
time), ``calendars``, ``facilities`` (resources and activities), ``transport``
(services, fleets, trucking legs), ``demand`` (commodities, trader classes, lanes, routes),
``tariffs``, and ``scenario``, which holds them together.
"""

from fourport.scenario.models.scenario import Scenario

__all__ = ["Scenario"]
