"""A corridor whose invoices can be worked out by hand, and one run of it.

yard -trucking leg-> hub (stuff, export customs) -flight-> air (break down, clear) -van-> door

A "light" consignment weighs 50 kg and fills 100 x 80 x 60 cm, a "dense" one weighs 300.2 kg
and fills 1 m3; they take 1/50 and 1/24 TEU. Prices are in USD (reporting), CNY (7 CNY for 1 USD)
and EUR (1.1 USD for 1 EUR).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from fourport.engine import Milestones, simulate
from fourport.ledger import Invoice, RouteInvoice, invoice
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.tables import NEVER, Floats, Ints
from fourport.scenario.models.scenario import Scenario
from fourport.trace import Trace
from fourport.world.draw import draw
from fourport.world.tables import Flags, World

Values = dict[str, Any]
LIGHT, DENSE = 0, 1


def _line(name: str, category: str, basis: str, price: str, minimum: str | None = None) -> Values:
    given = {"name": name, "category": category, "basis": basis, "price": price}
    return given if minimum is None else given | {"minimum": minimum}


def _facility(kind: str, activities: Values | None = None) -> Values:
    return {
        "title": "Somewhere",
        "kind": kind,
        "zone": "UTC",
        "latitude": "1 N",
        "longitude": "1 E",
        "resources": {"dock": {"servers": 2}},
        "activities": activities or {},
    }


def _handling(tariff: str) -> Values:
    return {"kind": "handling", "resource": "dock", "duration": "10 min", "tariffs": [tariff]}


def _customs(procedure: str) -> Values:
    documents = {"resource": "dock", "duration": "5 min"}
    return {"kind": "customs", "procedure": procedure, "preparation": "1 h", "documents": documents}


def _leg(mode: str, origin: str, destination: str, tariff: str) -> Values:
    return {"mode": mode, "from": origin, "to": destination, "distance": "100 km", "tariffs": [tariff]}


_TARIFFS: Values = {
    "haulage": [_line("haulage", "transport", "gross-weight", "0.7 CNY/kg", "140 CNY")],
    "stuffing": [_line("stuffing", "handling", "volume", "10 USD/m3")],
    "filing": [_line("broker", "customs", "consignment", "55 EUR/consignment")],
    "opening": [
        _line("inspection move", "handling", "containers", "200 USD/TEU"),
        _line("unloading", "customs", "consignment", "70 CNY/consignment"),
    ],
    "air": [
        _line("air freight", "transport", "chargeable-weight", "3 USD/kg", "250 USD"),
        _line("AWB fee", "handling", "consignment", "10 EUR/consignment"),
        _line("warehouse rent", "storage", "gross-weight", "0.1 USD/kg"),
    ],
    "breakdown": [_line("terminal", "handling", "weight-or-measure", "20 USD/m3")],
    "delivery": [_line("delivery", "transport", "gross-weight", "0.2 USD/kg") | {"payer": "consignee"}],
}

_JOURNEY: Values = {
    "format": 2,
    "name": "journey",
    "title": "A journey",
    "run": {"start": date(2019, 1, 7), "window": "3 weeks", "drain": "1 week"},
    "currencies": {"CNY": "7 CNY/USD", "EUR": "1.1 USD/EUR"},
    "value_of_time": {"capital_rate": "20 %/year"},
    "container_load": {"weight": "24 t", "volume": "24 m3"},
    "trader_classes": {"t": {"title": "T"}},
    "tariffs": {name: {"title": name, "lines": lines} for name, lines in _TARIFFS.items()},
    "commodities": {
        "light": {"title": "L", "value": "50 USD/kg", "density": "104.1666667 kg/m3", "weight": "50 kg"},
        "dense": {"title": "D", "value": "70 CNY/kg", "density": "300.2 kg/m3", "weight": "300.2 kg"},
    },
    "facilities": {
        "yard": _facility("shipper-area"),
        "hub": _facility(
            "bonded-zone",
            {
                "stuff": _handling("stuffing"),
                "export": _customs("export")
                | {
                    "inspection": {
                        "resource": "dock",
                        "duration": "2 h",
                        "rates": {"t": "30 %"},
                        "tariffs": ["opening"],
                    },
                    "tariffs": ["filing"],
                },
            },
        ),
        "air": _facility(
            "airport",
            {"breakdown": _handling("breakdown"), "import": _customs("import") | {"tariffs": ["filing"]}},
        ),
        "door": _facility("consignee-area"),
    },
    "trucking": {
        "haul": _leg("road", "yard", "hub", "haulage") | {"duration": "3 h"},
        "van": _leg("road", "air", "door", "delivery") | {"duration": "2 h"},
    },
    "services": {
        "flight": _leg("air", "hub", "air", "air")
        | {
            "timetable": [{"days": ["Mon", "Wed", "Fri", "Sat"], "departs": "20:00", "duration": "11 h"}],
            "cut_off": "4 h",
            "capacity": {"weight": "2 t"},
            "cancellation": {"share": "10 %"},
        }
    },
    "lanes": {
        "l": {
            "title": "L",
            "from": "yard",
            "to": "door",
            "renewal": {"interval": "4 h"},
            "commodities": {"light": "60 %", "dense": "40 %"},
            "trader_classes": {"t": "100 %"},
            "routes": {"r": "100 %"},
        }
    },
    "routes": {
        "r": {
            "title": "R",
            "freight_from": "hub",
            "freight_to": "air",
            "steps": [
                {"by": "haul"},
                {"at": "hub", "do": "stuff"},
                {"at": "hub", "do": "export"},
                {"by": "flight"},
                {"at": "air", "do": "breakdown"},
                {"at": "air", "do": "import"},
                {"by": "van"},
            ],
        }
    },
}


def journey() -> Values:
    """Give a fresh copy of the scenario."""
    return copy.deepcopy(_JOURNEY)


@dataclass(frozen=True)
class Ran:
    """A corridor, a world and what came to pass."""

    corridor: Corridor
    world: World
    milestones: Milestones

    @property
    def trace(self) -> Trace:
        return Trace.of(self.corridor.plan, self.world, self.milestones)

    def invoice(self) -> Invoice:
        return invoice(self.corridor, self.trace)

    def priced(self, values: Values) -> Ran:
        """The same run under a scenario that differs in money alone."""
        return replace(self, corridor=replace(self.corridor, scenario=Scenario.model_validate(values)))

    def end(self, key: str) -> Ints:
        """End of a step by its key, for every consignment of the only route."""
        step = [info.key for info in self.corridor.steps].index(key)
        return self.milestones.end_us[self.world.first_event_row[:-1] + step]

    def finished(self, key: str) -> Flags:
        done: Flags = self.end(key) != NEVER
        return done


def run(values: Values) -> Ran:
    corridor = compile_corridor(Scenario.model_validate(values))
    world = draw(corridor, 7, 0)
    return Ran(corridor, world, simulate(corridor.plan, world))


@cache
def ran() -> Ran:
    """The journey as it stands, run once."""
    return run(journey())


def column(route: RouteInvoice, name: str, leg: str = "") -> Floats:
    """Amounts of the one line of that name (and leg)."""
    (k,) = [k for k, line in enumerate(route.lines) if line.name == name and leg in ("", line.leg)]
    return route.amounts[:, k]


def one(weight_g: int, volume_cm3: int, containers_uteu: int = 1) -> Ints:
    """The size of a single consignment, as a world has it."""
    return np.array([[weight_g, volume_cm3, containers_uteu]], dtype=np.int64)
