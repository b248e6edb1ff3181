"""A corridor small enough to follow by hand, the same for all rooms' tests.

a (load, export customs) -ferry-> b (import customs, discharge) -truck or van-> c

Clocks are UTC and nothing is random, unless a test changes that: entries come from
:func:`cargo`, durations are fixed, the ferry leaves daily at 19:00 (cut-off 15:00) and
arrives at 09:00 the next day. Hours in tests count from Monday 2019-01-07T00:00Z.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from fourport.engine import simulate
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.tables import HOUR, Ints
from fourport.scenario.models.scenario import Scenario
from fourport.study.replication import Replication, assemble
from fourport.world.sampling import durations_us
from fourport.world.services import draw_departures
from fourport.world.streams import Streams
from fourport.world.tables import Departures, Drives, World, event_row_bases

Values = dict[str, Any]

START_US = 1_546_819_200_000_000
"""2019-01-07T00:00Z."""


def _place(**more: Any) -> Values:
    place = {"title": "P", "kind": "seaport", "zone": "UTC", "latitude": "1 N", "longitude": "1 E"}
    return place | more


def _customs(procedure: str, **more: Any) -> Values:
    return {
        "kind": "customs",
        "procedure": procedure,
        "preparation": "1 h",
        "documents": {"resource": "officers", "duration": "30 min"},
        **more,
    }


_TINY: Values = {
    "format": 2,
    "name": "tiny",
    "title": "Tiny",
    "run": {"start": "2019-01-07", "window": "1 week", "drain": "1 week", "replications": 2},
    "calendars": {"office": {"hours": [{"days": "daily", "open": "08:00", "close": "18:00"}]}},
    "facilities": {
        "a": _place(
            resources={"dock": {"servers": 1, "calendar": "office"}, "officers": {"servers": 1}},
            activities={
                "load": {"kind": "handling", "resource": "dock", "duration": "1 h", "tariffs": ["handling"]},
                "export": _customs("export"),
            },
        ),
        "b": _place(
            resources={"officers": {"servers": 1}, "bays": {"servers": 1}, "gang": {"servers": 1}},
            activities={
                "import": _customs(
                    "import",
                    inspection={
                        "resource": "bays",
                        "duration": "2 h",
                        "rates": {"gold": "0 %", "plain": "50 %"},
                    },
                ),
                "discharge": {"kind": "handling", "resource": "gang", "duration": "1 h"},
            },
        ),
        "c": _place(),
    },
    "services": {
        "ferry": {
            "mode": "sea",
            "from": "a",
            "to": "b",
            "distance": "200 km",
            "timetable": [{"days": "daily", "departs": "19:00", "arrives": "09:00", "arrives_day": 1}],
            "cut_off": "4 h",
            "capacity": {"weight": "10 t"},
            "tariffs": ["sea"],
        }
    },
    "fleets": {
        "truck": {
            "mode": "road",
            "from": "b",
            "to": "c",
            "distance": "40 km",
            "vehicles": 1,
            "weight": "6 t",
            "volume": "60 m3",
            "max_consolidation_time": "3 h",
            "drive": "2 h",
            "back": "2 h",
        }
    },
    "trucking": {"van": {"mode": "road", "from": "b", "to": "c", "distance": "40 km", "duration": "1 h"}},
    "trader_classes": {"gold": {"title": "Gold"}, "plain": {"title": "Plain"}},
    "commodities": {
        "parts": {"title": "Parts", "value": "50 USD/kg", "density": "200 kg/m3", "weight": "1 t"}
    },
    "lanes": {
        "l": {
            "title": "L",
            "from": "a",
            "to": "c",
            "renewal": {"interval": "5 h"},
            "commodities": {"parts": "100 %"},
            "trader_classes": {"gold": "50 %", "plain": "50 %"},
            "routes": {"truck": "50 %", "van": "50 %"},
        }
    },
    "routes": {
        "truck": {
            "title": "T",
            "steps": [{"at": "a", "do": "load"}, {"by": "ferry"}, {"by": "truck"}],
        },
        "van": {
            "title": "V",
            "steps": [
                {"at": "a", "do": "export"},
                {"by": "ferry"},
                {"at": "b", "do": "import"},
                {"at": "b", "do": "discharge"},
                {"by": "van"},
            ],
        },
    },
    "tariffs": {
        "handling": {
            "title": "H",
            "lines": [
                {"name": "h", "category": "handling", "basis": "consignment", "price": "40 USD/consignment"}
            ],
        },
        "sea": {
            "title": "S",
            "lines": [{"name": "s", "category": "transport", "basis": "gross-weight", "price": "0.1 USD/kg"}],
        },
    },
}


def values(changes: Mapping[str, Any] | None = None) -> Values:
    """Give the corridor's values with some set: ``{"services.ferry.cut_off": "5 h"}``; None removes."""
    found = copy.deepcopy(_TINY)
    for path, value in (changes or {}).items():
        *tables, name = path.split(".")
        table = found
        for step in tables:
            table = table.setdefault(step, {})
        if value is None:
            table.pop(name, None)
        else:
            table[name] = copy.deepcopy(value)
    return found


def corridor(changes: Mapping[str, Any] | None = None) -> Corridor:
    """Compile the corridor with some values changed."""
    return compile_corridor(Scenario.model_validate(values(changes)))


def at(hours: float) -> int:
    """Give the time so many hours after the start, us UTC."""
    return START_US + round(hours * HOUR)


def hours(times: Ints) -> list[float]:
    """Give times as hours after the start."""
    return [(int(time) - START_US) / HOUR for time in times]


@dataclass(frozen=True)
class Parcel:
    """A consignment: when it is accepted (hours), its way and what else matters."""

    entry: float
    route: str
    kg: float = 1000.0
    trader_class: str = "gold"
    risk: float = 0.0
    minutes: Mapping[str, float] = field(default_factory=dict)
    """Durations of steps, by key, that differ from the scenario's."""


def cargo(made: Corridor, parcels: Sequence[Parcel], **departures: Any) -> World:
    """Give a world of these consignments; ``departures`` replace columns of the first service's."""
    plan = made.plan
    route = np.array([plan.names.routes.index(p.route) for p in parcels], dtype=np.int64)
    first_event_row = event_row_bases(plan, route)
    durations = [
        _duration(made, s, parcel)
        for parcel, r in zip(parcels, route.tolist(), strict=True)
        for s in plan.route_steps(r)
    ]
    grams = np.array([round(p.kg * 1000) for p in parcels], dtype=np.int64)
    streams = Streams(1, 0)
    services = zip(made.scenario.services.items(), made.timetables, strict=True)
    drawn = [draw_departures(service, name, table, streams) for (name, service), table in services]
    drawn[:1] = [replace(d, **departures) for d in drawn[:1]]
    n = len(parcels)
    fleets = list(made.scenario.fleets.values())
    return World(
        entry_us=np.array([at(p.entry) for p in parcels], dtype=np.int64),
        lane=np.zeros(n, dtype=np.int64),
        route=route,
        trader_class=np.array(
            [plan.names.trader_classes.index(p.trader_class) for p in parcels], dtype=np.int64
        ),
        commodity=np.zeros(n, dtype=np.int64),
        credit=np.full(n, -1, dtype=np.int64),
        size=np.stack([grams, grams * 5, np.ones(n, dtype=np.int64)], axis=1),
        value=grams / 1000 * 50.0,
        non_compliant=np.zeros(len(parcels), dtype=np.bool_),
        risk=tuple(np.tile([p.risk for p in parcels], (len(plan.names.draws), 1))),
        first_event_row=first_event_row,
        duration_us=np.array(durations, dtype=np.int64),
        departures=Departures.joined(drawn),
        drives=Drives.joined(
            [
                (durations_us(fleet.drive, np.full(n, 0.5)), durations_us(fleet.back, np.full(n, 0.5)))
                for fleet in fleets
            ]
        ),
    )


def _duration(made: Corridor, s: int, parcel: Parcel) -> int:
    info = made.steps[s]
    if info.key in parcel.minutes:
        return round(parcel.minutes[info.key] * HOUR / 60)
    return 0 if info.duration is None else int(durations_us(info.duration, np.array([0.5]))[0])


def departures_of(made: Corridor) -> Departures:
    """Give the departures of the first service as drawn without chance."""
    return cargo(made, []).departures.of(0)


def follow(made: Corridor, parcels: Sequence[Parcel], **departures: Any) -> Replication:
    """Run these consignments through the corridor."""
    world = cargo(made, parcels, **departures)
    return assemble(made, world, simulate(made.plan, world))
