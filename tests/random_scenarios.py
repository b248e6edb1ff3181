"""Small random scenario files that mix all features, over weeks in which clocks change.

Everything is drawn from one seed, so that a failing case is shown as that seed.
Vehicles take the heaviest consignment, and each route is a chain: a scenario is
valid by construction, and what refuses one is a defect.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

from fourport.plan.tables import MINUTE, NEVER, Ints
from fourport.world.tables import Departures, World

Values = dict[str, Any]
Thing = TypeVar("Thing")

STARTS = ("2019-03-04", "2019-03-25", "2019-10-21", "2019-10-28", "2019-02-04")
"""First days: weeks in which America or Europe change clocks, and one in which none does."""
ZONES = ("Asia/Shanghai", "Asia/Seoul", "America/Los_Angeles", "Europe/Berlin")
TRADER_CLASSES = ("gold", "plain")
HEAVIEST_KG = 900


def random_scenario(seed: int) -> Values:
    """Draw the values of a scenario file."""
    draw = Draw(seed)
    places = [f"place-{k}" for k in range(draw.number(2, 4))]
    start = dt.date.fromisoformat(draw.one_of(STARTS))
    legs: dict[str, Values] = {"services": {}, "fleets": {}, "trucking": {}}
    between = [
        [_leg(draw, start, legs, origin, destination) for _ in range(draw.number(1, 2))]
        for origin, destination in pairwise(places)
    ]
    facilities = {place: _facility(draw, start, k) for k, place in enumerate(places)}
    routes = {
        f"route-{k}": _route(draw, facilities, between, legs["services"]) for k in range(draw.number(1, 3))
    }
    _drop_unused(facilities, legs, routes)
    _link_offices(draw, facilities)
    office = _office(draw, start) if '"office"' in json.dumps([facilities, legs], default=str) else {}
    return {
        "format": 2,
        "name": "random",
        "title": f"Random scenario {seed}",
        "run": {"start": start, "window": "1 week", "drain": "1 week"},
        **office,
        "container_load": {"weight": "8 t", "volume": "28 m3"},
        "facilities": facilities,
        **{section: table for section, table in legs.items() if table},
        "trader_classes": {
            trader_class: {"title": trader_class, "non_compliant": draw.share()}
            for trader_class in TRADER_CLASSES
        },
        "commodities": {
            "goods": {
                "title": "Goods",
                "value": "30 USD/kg",
                "density": {"distribution": "uniform", "low": "100 kg/m3", "high": "400 kg/m3"},
                "weight": {"distribution": "uniform", "low": "10 kg", "high": f"{HEAVIEST_KG} kg"},
                "parcel": "300 kg",
            }
        },
        "lanes": {"lane": _lane(draw, places, routes, legs["services"], list(office.get("holidays", {})))},
        "routes": routes,
    }


class Draw:
    """Chance for one scenario."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng([seed, 7])

    def number(self, low: int, high: int) -> int:
        """Draw a whole number, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        """Draw yes or no."""
        return bool(self.rng.random() < probability)

    def one_of(self, things: Sequence[Thing]) -> Thing:
        """Draw one of several."""
        return things[self.number(0, len(things) - 1)]

    def share(self) -> str:
        """Draw a share."""
        return f"{self.one_of((0, 30, 70, 100))} %"

    def duration(self) -> Values | str:
        """Draw how long something takes: fixed, so that there are ties, or one of the families."""
        mean = self.number(1, 12) * 10
        family = self.one_of(("fixed", "uniform", "exponential", "lognormal", "triangular"))
        if family == "fixed":
            return f"{mean} min"
        if family == "uniform":
            return {"distribution": family, "low": "10 min", "high": f"{mean + 10} min"}
        if family == "triangular":
            return {
                "distribution": family,
                "low": "5 min",
                "mode": f"{mean} min",
                "high": f"{2 * mean + 5} min",
            }
        if family == "exponential":
            return {"distribution": family, "mean": f"{mean} min"}
        return {"distribution": family, "mean": f"{mean} min", "sd": f"{mean} min", "high": f"{9 * mean} min"}


def _office(draw: Draw, start: dt.date) -> Values:
    """Draw working hours with a break, a night, a holiday, a make-up day and an exception."""
    hours = [
        {"days": "Mon-Fri", "open": "08:30", "close": "12:00"},
        {"days": "Mon-Fri", "open": "13:00", "close": "17:00"},
        {"days": "Sat", "open": "22:00", "close": "04:00"},
    ]
    off: Values = {"dates": [start + dt.timedelta(days=draw.number(0, 9))]}
    office: Values = {"hours": hours, "holidays": ["off"]}
    if draw.chance(0.5):
        off["working_days"] = [start + dt.timedelta(days=draw.number(10, 13))]
        office["holidays_as"] = draw.one_of(("Sat", "Sun"))
    if draw.chance(0.5):
        day = start + dt.timedelta(days=draw.number(0, 9))
        office["exceptions"] = [{"dates": [day], "open": "10:00", "close": "04:00"}]
    return {"holidays": {"off": off}, "calendars": {"office": office}}


def _facility(draw: Draw, start: dt.date, number: int) -> Values:
    closure = dt.datetime.combine(start + dt.timedelta(days=draw.number(1, 6)), dt.time(6))
    resources: Values = {
        "dock": {"servers": draw.number(1, 3)},
        "officers": {"shifts": [{"servers": 1}, {"servers": draw.number(1, 2), "calendar": "office"}]},
        "bays": {"servers": draw.number(1, 2), "calendar": "office"},
    }
    if draw.chance(0.5):
        resources["dock"]["closures"] = [{"begins": closure, "ends": closure + dt.timedelta(hours=30)}]
    for resource in resources.values():
        if draw.chance(0.4):
            resource["at_closing"] = "resume"
    if draw.chance(0.7):
        resources["officers"]["priority"] = {"gold": 1, "plain": draw.number(1, 2)}
    activities: Values = {
        "work": {"kind": "handling", "resource": "dock", "duration": draw.duration()} | _per(draw),
        "more-work": {
            "kind": "handling",
            "resource": draw.one_of(("dock", "officers")),
            "duration": draw.duration(),
        },
        "stay": {"kind": "stay", "duration": draw.duration()},
        "customs": _customs(draw, ahead=number > 0),
    }
    return {
        "title": f"Place {number}",
        "kind": "seaport",
        "zone": draw.one_of(ZONES),
        "latitude": f"{number} N",
        "longitude": "1 E",
        "resources": resources,
        "activities": activities,
    }


def _per(draw: Draw) -> Values:
    """Draw what a duration is for; goods weigh up to 900 kg, so that work stays short."""
    return {"per": draw.one_of(("parcel", "TEU", "m3", "t"))} if draw.chance(0.3) else {}


def _customs(draw: Draw, *, ahead: bool) -> Values:
    office: Values = {
        "kind": "customs",
        "procedure": draw.one_of(("export", "transit", "import")),
        "preparation": draw.duration(),
        "documents": {"resource": draw.one_of(("officers", "dock")), "duration": draw.duration()},
    }
    if draw.chance(0.8):
        rates = {trader_class: f"{draw.one_of((0, 20, 60, 100))} %" for trader_class in TRADER_CLASSES}
        office["inspection"] = {"resource": "bays", "duration": draw.duration(), "rates": rates}
        office["inspection"] |= _stages(draw)
    if ahead and draw.chance(0.6):
        office["pre_arrival"] = f"{draw.one_of((30, 100))} %"
    elif draw.chance(0.3):
        office["pre_arrival"] = {"share": draw.share(), "from": "booking", "lead": "2 h"}
    if ahead and draw.chance(0.3):
        office["manifest"] = draw.duration()
    if draw.chance(0.3):
        office["documents"]["rates"] = {
            trader_class: f"{draw.one_of((0, 30, 100))} %" for trader_class in TRADER_CLASSES
        }
    if draw.chance(0.3):
        office["filings"] = draw.number(2, 3)
    for part in ("amendment", "duty"):
        if draw.chance(0.3):
            office[part] = {"share": draw.share(), "duration": draw.duration()}
    if draw.chance(0.3):
        office["two_step"] = {"uptake": draw.share(), "summary": "40 %", "full_entry": draw.duration()}
    return office


def _stages(draw: Draw) -> Values:
    """Draw what an inspection may have besides."""
    more: Values = {}
    if draw.chance(0.3):
        more["sampling"] = draw.share()
    if draw.chance(0.2):
        more["statutory"] = {"goods": draw.share()}
    if draw.chance(0.3):
        more |= {"risk_auc": draw.one_of((0.6, 0.9)), "finds": draw.share()}
    if draw.chance(0.3):
        more["laboratory"] = {"share": draw.share(), "duration": draw.duration()}
        if draw.chance(0.5):
            more["laboratory"]["conditional"] = draw.share()
    if draw.chance(0.2):
        more["after_release"] = {"share": draw.share(), "duration": draw.duration()}
    if draw.chance(0.4):
        more["scan"] = {
            "resource": "bays",
            "duration": draw.duration(),
            "review_resource": draw.one_of(("officers", "bays")),
            "review": draw.duration(),
            "share": draw.share(),
            "false_alarms": "30 %",
            "detects": "80 %",
        }
    return more


def _link_offices(draw: Draw, facilities: Mapping[str, Values]) -> None:
    """Let some offices know of one before them, and some let goods past the dock."""
    offices = [place for place, body in facilities.items() if "customs" in body["activities"]]
    for k, place in enumerate(offices):
        office = facilities[place]["activities"]["customs"]
        if "work" in facilities[place]["activities"] and draw.chance(0.3):
            office["direct"] = {"share": draw.share(), "skips": [f"{place}/work"]}
        if not k:
            continue
        before = f"{draw.one_of(offices[:k])}/customs"
        if draw.chance(0.3):
            office["information"] = {"of": before, "share": draw.share(), "saves": "50 %"}
        if draw.chance(0.4):
            office["recognition"] = {
                "of": before,
                "mode": draw.one_of(("none", "skip-if-inspected", "rely-on-control")),
            }
        both_inspect = all("inspection" in facilities[p]["activities"]["customs"] for p in offices)
        if both_inspect and draw.chance(0.3):
            office["joint_with"] = [before]
        if "inspection" in office and draw.chance(0.3):
            office["inspection"] |= {"correlated_with": before, "correlation": 0.6}


def _leg(draw: Draw, start: dt.date, legs: dict[str, Values], origin: str, destination: str) -> str:
    kind = draw.one_of(("services", "services", "fleets", "trucking"))
    name = f"{kind[:-1]}-{len(legs[kind])}"
    make: Mapping[str, Callable[[Draw, dt.date], Values]] = {
        "services": _service,
        "fleets": _fleet,
        "trucking": _trucking,
    }
    ends = {"mode": "road", "from": origin, "to": destination, "distance": "50 km"}
    legs[kind][name] = ends | make[kind](draw, start)
    return name


def _departure(draw: Draw, tonnes: Callable[[], str]) -> Values:
    row: Values = {
        "days": draw.one_of(("daily", "Mon-Fri", ".2.4..7")),
        "departs": f"{draw.number(5, 23):02}:{draw.one_of((0, 30)):02}",
        "duration": f"{draw.number(1, 30)} h",
    }
    if draw.chance(0.3):
        row["cut_off"] = f"{draw.number(0, 9)} h"
    if draw.chance(0.3):
        row["capacity"] = {"weight": tonnes()}
    return row


def _service(draw: Draw, start: dt.date) -> Values:
    # Where goods are split, most are too large for a departure.
    splits = draw.chance(0.3)

    def tonnes() -> str:
        return f"{draw.number(2, 8) / (10 if splits else 1)} t"

    service: Values = {
        "timetable": [_departure(draw, tonnes) for _ in range(draw.number(1, 2))],
        "cut_off": f"{draw.number(0, 5)} h",
        "capacity": {"weight": tonnes(), "volume": f"{draw.number(20, 60)} m3"},
    }
    if splits:
        service["too_large"] = "split"
    if draw.chance(0.5):
        service["capacity"]["containers"] = f"{draw.number(1, 4)} TEU"
    if draw.chance(0.5):
        service["background"] = {"distribution": "uniform", "low": "0 %", "high": "50 %"}
    if draw.chance(0.4):
        service["block_space"] = {"weight": "0.1 t" if splits else "1 t", "volume": "10 m3"}
        if draw.chance(0.5):
            service["block_release"] = f"{draw.number(1, 72)} h"
    if draw.chance(0.5):
        service["cancellation"] = {"share": f"{draw.number(0, 30)} %"}
    if draw.chance(0.3):
        shut = dt.datetime.combine(start + dt.timedelta(days=draw.number(1, 6)), dt.time(6))
        service["closures"] = [{"begins": shut, "ends": shut + dt.timedelta(hours=30)}]
    for delay in ("departure_delay", "arrival_delay"):
        if draw.chance(0.4):
            service[delay] = {"distribution": "sometimes", "share": "30 %", "mean": "1 h"}
    return service


def _fleet(draw: Draw, _start: dt.date) -> Values:
    return {
        "vehicles": draw.number(1, 3),
        "weight": f"{draw.number(1, 3)} t",
        "volume": f"{draw.number(10, 20)} m3",
        "max_consolidation_time": f"{draw.number(1, 6)} h",
        "drive": draw.duration(),
        "back": draw.duration(),
    } | _hours(draw)


def _trucking(draw: Draw, _start: dt.date) -> Values:
    return {"duration": draw.duration()} | _hours(draw)


def _hours(draw: Draw) -> Values:
    return {"calendar": "office"} if draw.chance(0.4) else {}


def _route(
    draw: Draw, facilities: Mapping[str, Values], between: Sequence[Sequence[str]], services: Values
) -> Values:
    reserved = {name for name, service in services.items() if "block_space" in service}
    steps: list[Values] = []
    for k, place in enumerate(facilities):
        names = list(facilities[place]["activities"])
        steps += [
            {"at": place, "do": names[i]} for i in draw.rng.permutation(len(names))[: draw.number(0, 3)]
        ]
        if k < len(between):
            leg = draw.one_of(between[k])
            several = [name for name in between[k] if name in services]
            either = len(several) > 1 and draw.chance(0.7)
            block = not reserved.isdisjoint(several if either else [leg]) and draw.chance(0.7)
            steps.append({"by": several if either else leg, **({"space": "block"} if block else {})})
            if either and draw.chance(0.5):
                steps[-1] |= {"choose": "in-order", "within": f"{draw.number(1, 60)} h"}
    last = steps[-1].get("do")
    if last == "work" or (last == "customs" and draw.chance(0.5)):  # the last step may not be gone past
        steps.append({"at": steps[-1]["at"], "do": "stay"})
    return {"title": "Route", "steps": steps}


def _drop_unused(facilities: Mapping[str, Values], legs: Mapping[str, Values], routes: Values) -> None:
    """Leave out what no route uses: a file that holds a resource without work is refused."""
    steps = [step for route in routes.values() for step in route["steps"]]
    for place, facility in facilities.items():
        done = {step["do"] for step in steps if step.get("at") == place}
        kept = {name: body for name, body in facility["activities"].items() if name in done}
        texts = json.dumps(kept)
        facility["activities"] = kept
        facility["resources"] = {n: body for n, body in facility["resources"].items() if f'"{n}"' in texts}
    for table in legs.values():
        for name in [name for name in table if all(name not in _legs(step) for step in steps)]:
            del table[name]


def _legs(step: Values) -> list[str]:
    legs = step.get("by", [])
    return [legs] if isinstance(legs, str) else legs


def _lane(
    draw: Draw, places: Sequence[str], routes: Mapping[str, Values], services: Values, holidays: list[str]
) -> Values:
    lane: Values = {
        "title": "Lane",
        "from": places[0],
        "to": places[-1],
        "commodities": {"goods": "100 %"},
        "trader_classes": {"gold": "40 %", "plain": "60 %"},
        "routes": _shares(list(routes)),
    }
    if draw.chance(0.3):
        lane["renewal"] = {"interval": f"{draw.number(2, 8)} h"}
    else:
        lane["demand"] = f"{draw.number(10, 60)} consignments/week"
        lane["week"] = {"Mon": "40 %", "Wed": "30 %", "Sat": "30 %"}
        lane["day"] = [{"begins": "08:00", "ends": "18:00", "share": "100 %"}]
        if holidays and draw.chance(0.5):
            lane["holidays"] = holidays
            lane["rush"] = {"share": "60 %", "time": f"{draw.number(1, 9)} d"}
            lane["backlog"] = {"share": "30 %", "time": f"{draw.number(1, 9)} d"}
        for name, route in routes.items():
            there = [leg for step in route["steps"] for leg in _legs(step) if leg in services]
            if there and draw.chance(0.5):
                aim = {"share": draw.share(), "lead": f"{draw.number(0, 9)} h", "spare": draw.duration()}
                named = {"service": draw.one_of(there)} if draw.chance(0.4) else {}
                lane.setdefault("aims_at_cut_off", {})[name] = aim | named
    return lane


def _shares(names: Sequence[str]) -> dict[str, str]:
    each = 100 // len(names)
    return {name: f"{each if k else 100 - each * (len(names) - 1)} %" for k, name in enumerate(names)}


def to_toml(values: Mapping[str, Any]) -> str:
    """Write values as TOML, one section a line."""
    return "".join(f"{name} = {_inline(value)}\n" for name, value in values.items())


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {_inline(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    if isinstance(value, dt.date):  # and a date with a time
        return value.isoformat()
    return json.dumps(value)


def on_a_grid(world: World, minutes: int) -> World:
    """Round all times of a world to so many minutes, so that ties are common.

    What takes time takes at least one step of the grid.
    """
    grid = minutes * MINUTE

    def floor(times: Ints) -> Ints:
        return times // grid * grid

    def at_least_one(durations: Ints) -> Ints:
        return np.where(durations > 0, np.maximum(floor(durations), grid), 0)

    def rounded(table: Departures) -> Departures:
        departure = floor(table.departure_us)
        return replace(
            table,
            cutoff_us=floor(table.cutoff_us),
            released_us=np.where(table.released_us == NEVER, NEVER, floor(table.released_us)),
            scheduled_us=floor(table.scheduled_us),
            departure_us=departure,
            arrival_us=np.maximum(floor(table.arrival_us), departure + grid),
        )

    return replace(
        world,
        entry_us=floor(world.entry_us),
        duration_us=at_least_one(world.duration_us),
        departures=rounded(world.departures),
        drives=replace(
            world.drives, out_us=at_least_one(world.drives.out_us), back_us=at_least_one(world.drives.back_us)
        ),
    )
