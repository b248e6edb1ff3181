"""The corridor of ``corridor.toml`` under a policy package, consignments made by hand, what became of them.

Whatever chance decides is given: entry, trader class, compliance and every risk number. The world is drawn
by the same code as in a run, from these numbers in place of random streams, so that what a lever changes of
durations is tested, too. Minutes count from Monday 2019-01-07T00:00Z.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

from fourport.engine.compiled import simulate
from fourport.engine.reference import simulate as run_reference
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.tables import MINUTE, NEVER, Floats, Ints
from fourport.scenario.load import load
from fourport.scenario.models.scenario import Scenario
from fourport.study.checks.identities import violations
from fourport.study.replication import Replication, assemble
from fourport.study.tabulate import tabulate
from fourport.world.draw import draw
from fourport.world.tables import World

Values = dict[str, Any]
Times = dict[str, tuple[float, float]]
"""Begin and end of steps by key, minutes."""

FILE = Path(__file__).with_name("corridor.toml")
START_US = 1_546_819_200_000_000
"""2019-01-07T00:00Z."""

HIGH = 0.999
"""A risk number, unless a test says another: of nobody who is selected, nor of any share below 100 %."""

DRAWS = frozenset(
    [
        "inspection",
        "sampling",
        "statutory",
        "scan",
        "alarm",
        "after-release",
        "conditional",
        "report-finds",
        "laboratory",
        "finds",
        "duty",
        "two-step",
        "information",
        "pre-arrival",
        "amendment",
        "direct",
    ]
)
"""What an office may draw a risk number for; one that it does not look at may be told all the same."""

LEVERS = tuple(load(FILE).scenario.levers)
_VALUES = load(FILE).tree.values


def values(changes: Mapping[str, Any] | None = None, *policy_package: str) -> Values:
    """Give the file's values with some set (``{"services.ferry.cut_off": "5 h"}``; None removes)."""
    found: Values = copy.deepcopy(_VALUES)
    for path, value in {**(changes or {}), "policy_package": list(policy_package)}.items():
        *tables, name = path.split(".")
        table = found
        for step in tables:
            table = table.setdefault(step, {})
        if value is None:
            table.pop(name, None)
        else:
            table[name] = copy.deepcopy(value)
    return found


def corridor(changes: Mapping[str, Any] | None = None, *policy_package: str) -> Corridor:
    """Compile the corridor under a policy package, with some values changed."""
    return compile_corridor(Scenario.model_validate(values(changes, *policy_package)))


def leg(*steps: str) -> list[dict[str, str]]:
    """Give the steps of a route: "city/yard" is done, "truck" is a way."""
    parts = [step.partition("/") for step in steps]
    return [{"at": place, "do": do} if do else {"by": place} for place, _, do in parts]


SHORT: Values = {
    "routes.short": {"title": "Short", "steps": leg("truck", "city/import", "van")},
    "lanes.main.routes": {"main": "50 %", "short": "50 %"},
}
"""Changes that add a route which comes through none of the offices but the last."""


@dataclass(frozen=True)
class Parcel:
    """A consignment: when it is accepted (minutes), and what else matters."""

    entry: float = 0.0
    trader_class: str = "plain"
    importer: str = ""
    """Trader class of the importer, where the lane has ``importers``."""
    commodity: str = "parts"
    route: str = "main"
    non_compliant: bool = False
    risk: Mapping[str, float] = field(default_factory=dict)
    """Risk numbers by name; :data:`HIGH` for those not named."""
    rank: Mapping[str, float] = field(default_factory=dict)
    """Ranks of durations by the key of the step, where they are not fixed; 0.5 if not named."""


class _Told:
    """Told numbers in place of random streams."""

    def __init__(self, made: Corridor, parcels: Sequence[Parcel]) -> None:
        self.made, self.parcels = made, parcels

    def uniforms(self, purpose: str, entity: str, n: int, first: int = 0) -> Floats:
        """Give the numbers of a stream."""
        if "#" in entity or n != len(self.parcels):
            return np.full(n, 0.5)  # of departures or trips
        name = entity.partition("|")[2]
        return np.array([self._number(purpose, name, parcel) for parcel in self.parcels])

    def once(self, name: object, given: object, draw: Callable[[], Ints], of: object = ()) -> Ints:
        """Keep nothing."""
        return draw()

    def _number(self, purpose: str, name: str, parcel: Parcel) -> float:
        (lane,) = self.made.scenario.lanes.values()
        if purpose == "risk":
            return parcel.risk.get(name.replace("lodged-ahead", "pre-arrival"), HIGH)
        if purpose == "duration":
            return parcel.rank.get(name, 0.5)
        if purpose == "offence":
            return 0.0 if parcel.non_compliant else HIGH
        if purpose == "tier":
            return _middle(lane.trader_classes, parcel.trader_class)
        if purpose == "importer":
            return _middle(lane.importers, parcel.importer)
        if purpose == "commodity":
            return _middle(lane.commodities, parcel.commodity)
        if purpose == "route":
            return _middle(lane.routes, parcel.route)
        return 0.5


def _middle(shares: Mapping[str, float], name: str) -> float:
    """Give the number that draws a name."""
    before = sum(share for other, share in shares.items() if other < name)
    return before + shares[name] / 2


def world_of(made: Corridor, parcels: Sequence[Parcel]) -> World:
    """Draw the world of these consignments, which must be in order of entry."""
    entries = np.array([START_US + round(p.entry * MINUTE) for p in parcels], dtype=np.int64)
    assert (np.diff(entries) >= 0).all()
    for name in {name for parcel in parcels for name in parcel.risk}:
        place, do, part = name.split("/", 2)
        office = made.scenario.facilities[place].activities[do]
        by_agency = {f"{agency}/{what}" for agency in office.agencies for what in ("selected", "finds")}  # type: ignore[union-attr]
        assert part in DRAWS | by_agency, name
    told = _Told(made, parcels)
    with (
        patch("fourport.world.consignments.entries", lambda *_: entries),
        patch("fourport.world.draw.streams_of", lambda *_: told),
    ):
        world = draw(made, 1, 0)
    trader_classes = [made.plan.names.trader_classes[k] for k in world.trader_class]
    assert (trader_classes, world.non_compliant.tolist()) == (
        [
            p.trader_class if p.importer in ("", p.trader_class) else f"{p.trader_class} > {p.importer}"
            for p in parcels
        ],
        [p.non_compliant for p in parcels],
    )
    return world


@dataclass(frozen=True)
class Followed:
    """What became of consignments: a replication that both engines agree on."""

    run: Replication

    def times(self, i: int = 0, place: str = "") -> Times:
        """Give begin and end of every step that was done, in minutes.

        Of an office, such as "city/import", only its own steps, by their names without it.
        """
        plan, trace = self.run.corridor.plan, self.run.trace
        found: Times = {}
        for s in plan.route_steps(int(trace.world.route[i])):
            at, key = trace.at(s), self.run.corridor.steps[s].key
            row = at.ids.tolist().index(i)
            begin, end = at.begin_us[row], at.end_us[row]
            if begin != NEVER and key.startswith(place):
                assert end != NEVER, f"{key} has not ended"
                found[key.removeprefix(f"{place}/")] = (minutes(begin), minutes(end))
        return found

    def delivered(self) -> list[float]:
        """Give the deliveries, minutes."""
        return [minutes(at) for at in self.run.delivered_us]

    def measures(self, lane: str = "*") -> dict[str, float]:
        """Give the measures over all routes of a lane, or of all."""
        together = tabulate(self.run).together
        return {measure: value for (one, _, measure, _), value in together.items() if one == lane}


def minutes(us: Any) -> float:
    """Give a time as minutes after the start."""
    return (int(us) - START_US) / MINUTE


def played(made: Corridor, world: World) -> Replication:
    """Run a world with both engines, which must agree, and check every identity."""
    marks = simulate(made.plan, world)
    assert marks.differences(run_reference(made.plan, world)) == []
    run = assemble(made, world, marks)
    assert violations(run) == []
    return run


def follow(made: Corridor, *parcels: Parcel) -> Followed:
    """Send consignments through the corridor."""
    return Followed(played(made, world_of(made, parcels)))


def column(run: Replication, route: int, key: str, *, begin: bool = False) -> Ints:
    """Give the end, or the begin, of a step of all consignments of a route, us."""
    (s,) = (s for s in run.corridor.plan.route_steps(route) if run.corridor.steps[s].key == key)
    return run.trace.at(s).begin_us if begin else run.trace.at(s).end_us
