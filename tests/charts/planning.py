"""Planning tables of made-up runs: long names, full and empty departures, night work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from fourport.store import Run

if TYPE_CHECKING:
    from tests.charts.folder import Made

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONDAY = date(2019, 1, 7)
WEEKS = 8


@dataclass(frozen=True)
class Service:
    """A made-up service."""

    title: str
    mode: str
    leg: tuple[str, str]
    days: tuple[str, ...]
    clocks: tuple[str, ...]
    unit: str
    capacity: float
    load: float
    background: float = 0.5
    cancelled: float = 0.0
    cut_off_h: float = 5.0


SERVICES = {
    "ferry": Service(
        "Night ferry from the north port to the far port, freight and passengers",
        "sea",
        ("port", "far-port"),
        ("Tue", "Thu", "Sun"),
        ("19:00",),
        "TEU",
        335.0,
        40.0,
        cancelled=12.0,
    ),
    "flights": Service(
        "Freighters to the gateway",
        "air",
        ("air", "gateway"),
        WEEKDAYS,
        ("01:30", "13:00"),
        "t",
        103.0,
        49.0,
        background=0.52,
        cut_off_h=6.0,
    ),
    "shuttle": Service(
        "Belly space on passenger flights, six a day",
        "air",
        ("air", "hub"),
        WEEKDAYS,
        tuple(f"{hour:02d}:{minute:02d}" for hour in range(6, 24, 3) for minute in (0, 10)),
        "t",
        3.0,
        0.4,
        background=0.0,
        cancelled=3.0,
        cut_off_h=2.5,
    ),
    "barge": Service("Barge", "sea", ("port", "shed"), ("Wed",), ("08:00",), "", float("nan"), 3.0),
}
RESOURCES = {
    ("port", "officers"): "Customs officers, documents",
    ("port", "bays"): "Inspection bays",
    ("air", "build-up"): "Build-up of unit load devices, all positions of the forwarders' warehouse",
    ("air", "acceptance"): "",
    ("gateway", "night"): "Night work only",
}
PLACES = {
    "works": ("shipper-area", 37.3, 121.6),
    "zone": ("bonded-zone", 37.45, 122.1),
    "port": ("seaport", 37.42, 122.2),
    "far-port": ("seaport", 37.45, 126.6),
    "shed": ("logistics-park", 37.46, 126.5),
    "air": ("airport", 37.46, 126.44),
    "hub": ("airport", 61.17, -150.0),
    "gateway": ("airport", 33.94, -118.4),
    "ramp": ("rail-station", 34.0, -118.2),
    "inland": ("logistics-park", 41.9, -87.6),
    "depot": ("logistics-park", 41.8, -87.7),
    "shops": ("consignee-area", 41.5, -87.3),
}
LEGS = (
    ("pick-up", "road", "works", "zone", 300.0),
    ("to-port", "road", "zone", "port", 300.0),
    ("ferry", "sea", "port", "far-port", 260.0),
    ("truck", "road", "far-port", "air", 260.0),
    ("flights", "air", "air", "gateway", 250.0),
    ("shuttle", "air", "air", "hub", 10.0),
    ("train", "rail", "ramp", "inland", 80.0),
    ("idle", "road", "inland", "depot", 0.0),
)


def write_planning(run: Run, made: Made) -> None:
    """Write the planning tables of a run."""
    tables = {
        "departures": _departures,
        "arrivals": _arrivals,
        "resources": _resources,
        "legs": _legs,
    }
    for name, rows in tables.items():
        found = [("made-up", policy, *row) for policy in made.policies for row in rows()]
        run.write_table(name, found)
    from tests.charts.folder import PLACES as NAMED

    places = [
        ("made-up", policy, key, title, PLACES[key][0], "", *PLACES[key][1:])
        for policy in made.policies
        for key, title, _ in NAMED
    ]
    run.write_table("places", places)


def _departures() -> Iterator[tuple[object, ...]]:
    rng = np.random.default_rng(5)
    for name, service in SERVICES.items():
        for day in (MONDAY + timedelta(days=k) for k in range(7 * WEEKS)):
            weekday = WEEKDAYS[day.weekday()]
            for clock in service.clocks if weekday in service.days else ():
                load = service.load * rng.uniform(0.5, 1.02)
                rolled = 4.0 if load > 0.95 * service.load else 0.0
                when = (day.isoformat(), weekday, clock, "", service.cut_off_h)
                room: tuple[object, ...] = ("", "t", float("nan"), float("nan"), float("nan"))
                if service.unit:
                    dimension = "containers" if service.unit == "TEU" else "weight"
                    background = service.background * service.capacity
                    room = (dimension, service.unit, service.capacity, 0.0, background)
                yield (
                    name,
                    service.mode,
                    *service.leg,
                    *when,
                    *room,
                    load,
                    load,
                    20.0,
                    rolled,
                    rolled / 2,
                    service.cancelled / 10,
                    service.cancelled,
                )


def _arrivals() -> Iterator[tuple[object, ...]]:
    for name, service in SERVICES.items():
        for weekday in WEEKDAYS[:6]:
            for k in range(16, 44):
                clock = f"{k // 2:02d}:{30 * (k % 2):02d}"
                count = 5.0 + 40.0 * np.exp(-(((k - 34) / 4) ** 2))
                yield name, service.leg[0], weekday, clock, float(count), float(count) / 2, float(count), 12.0


def _resources() -> Iterator[tuple[object, ...]]:
    for number, (place, name) in enumerate(RESOURCES):
        for day, weekday in enumerate(WEEKDAYS):
            for hour in range(24):
                night = name == "night"
                is_open = (hour >= 20 or hour < 4) if night else 8 <= hour < 18 and (day < 5 or number % 2)
                late = not night and hour == 18 and day < 5
                if is_open:
                    busy = (0.35 + 0.09 * number + 0.06 * ((hour + day) % 9)) * 2
                    yield place, name, weekday, hour, 2.0, busy, 50 * busy
                elif late:
                    yield place, name, weekday, hour, 0.0, 0.3, float("nan")


def _legs() -> Iterator[tuple[object, ...]]:
    for *leg, weight in LEGS:
        yield *leg, 100.0, "consignments", "consignments", weight, weight, weight, 3
        yield *leg, 100.0, "weight", "t", weight, weight, weight, 3
