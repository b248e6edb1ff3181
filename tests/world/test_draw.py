"""A drawn world: goods by hand, what fits no vehicle, and chance that a policy leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from scipy import stats

from fourport.errors import Refused
from fourport.ledger.quantities import Shipments, chargeable_weight
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.ready import load_ready
from fourport.plan.tables import HOUR, Kind
from fourport.scenario.models.run import ContainerLoad
from fourport.world.draw import draw
from fourport.world.sizes import parcels, sizes
from fourport.world.streams import streams_of
from fourport.world.tables import World
from tests.tiny import Values, corridor, values

Arrays = dict[str, np.ndarray[Any, np.dtype[Any]]]

RANDOM: Values = {
    "commodities.parts.weight": {
        "distribution": "lognormal",
        "mean": "600 kg",
        "sd": "600 kg",
        "high": "4 t",
    },
    "commodities.parts.density": {"distribution": "uniform", "low": "150 kg/m3", "high": "300 kg/m3"},
    "commodities.parts.value": {"distribution": "lognormal", "mean": "50 USD/kg", "sd": "20 USD/kg"},
    "facilities.a.activities.load.duration": {"distribution": "exponential", "mean": "1 h"},
    "facilities.a.activities.export.preparation": {"distribution": "exponential", "mean": "1 h"},
    "facilities.b.activities.discharge.duration": {"distribution": "exponential", "mean": "1 h"},
    "services.ferry.background": {"distribution": "uniform", "low": "10 %", "high": "60 %"},
    "services.ferry.cancellation": {"share": "20 %"},
    "services.ferry.departure_delay": {"distribution": "sometimes", "share": "40 %", "mean": "2 h"},
    "services.ferry.arrival_delay": {"distribution": "exponential", "mean": "1 h"},
    "services.ferry.timetable": [{"days": ["Tue", "Fri"], "departs": "19:00", "duration": "14 h"}],
    "fleets.truck.drive": {"distribution": "exponential", "mean": "2 h"},
    "lanes.m": values()["lanes"]["l"] | {"renewal": {"interval": "3 h"}},
    "lanes.n": {name: value for name, value in values()["lanes"]["l"].items() if name != "renewal"}
    | {"demand": "40 consignments/week"},
}
"""The corridor with chance in all that can have it, and two lanes more."""


MAIL: Values = {
    "title": "Mail",
    "value": "20 USD/kg",
    "density": "200 kg/m3",
    "weight": "100 kg",
    "parcel": "2.5 kg",
}


def arrays(made: Corridor, world: World, lane: str) -> Arrays:
    """Give all that chance said about a lane's consignments, by what it is about."""
    mine = np.flatnonzero(world.lane == made.lane_names.index(lane))
    found: Arrays = {
        name: getattr(world, name)[mine] for name in ("entry_us", "trader_class", "size", "value")
    }
    found["route"] = np.array(made.plan.names.routes)[world.route[mine]]
    for k, condition in enumerate(made.plan.names.conditions):
        found[f"risk {condition}"] = world.risk[k][mine]
    for r, route in enumerate(made.plan.names.routes):
        ids = mine[world.route[mine] == r]
        for s in made.plan.route_steps(r):
            event_rows = world.first_event_row[ids] + s - made.plan.route_first_step[r]
            found[f"{route}: {made.steps[s].key}"] = world.duration_us[event_rows]
    return found


def sailings(made: Corridor, world: World) -> dict[int, tuple[object, ...]]:
    """Give all that chance said about each sailing, by when it is scheduled."""
    d = world.departures.of(made.plan.names.services.index("ferry"))
    columns = (d.departure_us, d.arrival_us, d.cancelled, d.free_sale[:, 0])
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return dict(zip(d.scheduled_us.tolist(), rows, strict=True))


def both(changes: Mapping[str, Any]) -> tuple[tuple[Corridor, World], tuple[Corridor, World]]:
    """Draw the random corridor as it is, and with some values changed."""
    made, other = corridor(RANDOM), corridor(RANDOM | dict(changes))
    return (made, draw(made, 7, 0)), (other, draw(other, 7, 0))


def assert_same(one: Arrays, other: Arrays, *, longer: bool) -> None:
    """Compare bit by bit what both have, and of a longer run what the shorter one has."""
    assert len(one.keys() & other.keys()) >= len(one) - 1
    for name in one.keys() & other.keys():
        assert not longer or len(one[name]) < len(other[name])
        theirs = other[name][: len(one[name])] if longer else other[name]
        assert one[name].tobytes() == theirs.tobytes(), name


DAILY = {"days": "daily", "departs": "19:00", "duration": "14 h"}
SOONER = {"days": "Mon", "departs": "10:00", "duration": "14 h"}


@pytest.mark.parametrize(
    "changes",
    [
        {"services.ferry.timetable": [*RANDOM["services.ferry.timetable"], SOONER]},
        {"services.ferry.timetable": [SOONER, DAILY]},
        {"facilities.b.resources.bays.servers": 9, "facilities.a.resources.dock.servers": 9},
        {"facilities.b.activities.import.inspection.rates": {"gold": "10 %", "plain": "90 %"}},
        {"facilities.b.activities.import.pre_arrival": "60 %"},
        {"lanes.m.renewal.interval": "1 h"},
        {"lanes.m": None},
        {"holidays": {"off": {"dates": ["2019-01-09"]}}, "lanes.n.holidays": ["off"]},
        {"routes.truck.steps": [{"by": "ferry"}, {"by": "truck"}]},
        {"routes.new": {"title": "N", "steps": [{"by": "ferry"}, {"by": "van"}]}},
        {"services.ferry.capacity": {"weight": "99 t"}, "fleets.truck.vehicles": 7},
        {
            "tariffs.sea.lines": [
                {"name": "s", "category": "transport", "basis": "volume", "price": "1 USD/m3"}
            ]
        },
        {"run.drain": "2 weeks"},
    ],
)
def test_a_policy_shifts_nobody_elses_chance(changes: Values) -> None:
    """Tests that what a policy does not touch is drawn as without it, to the bit.

    A sailing more (also one before all others), bays, rates, another lane's demand, its end or its holidays,
    a step removed, a route added, capacities, prices, a longer run.
    """
    (made, world), (other, changed) = both(changes)
    assert_same(arrays(made, world, "l"), arrays(other, changed, "l"), longer="run.drain" in changes)
    sailed, sailed_too = sailings(made, world), sailings(other, changed)
    assert len(sailed.keys() & sailed_too.keys()) == len(sailed) == 4
    capacity = "services.ferry.capacity" in changes
    for scheduled, row in sailed.items():
        kept = 3 if capacity else 4
        assert row[:kept] == sailed_too[scheduled][:kept]
    shared = min(len(world.drives.of(0).out_us), len(changed.drives.of(0).out_us))
    assert shared > 20
    assert world.drives.of(0).out_us[:shared].tobytes() == changed.drives.of(0).out_us[:shared].tobytes()


def test_chance_differs_by_seed_replication_and_sailing() -> None:
    """Tests that another seed or replication is another world, and that two sailings have two chances."""
    made = corridor(RANDOM)
    worlds = [draw(made, *key) for key in ((7, 0), (7, 1), (8, 0), (7, 0))]
    weights = [arrays(made, world, "l")["size"].tobytes() for world in worlds]
    assert weights[0] == weights[3]
    assert len(set(weights)) == 3
    rooms = worlds[0].departures.of(0).free_sale[:, 0]
    assert len(set(rooms.tolist())) == len(rooms)
    l_sizes, m_sizes = (arrays(made, worlds[0], name)["size"][:50] for name in ("l", "m"))
    assert (l_sizes != m_sizes).any(axis=1).all()


def test_sizes_by_hand() -> None:
    """Tests weight to volume by density, TEU as the larger share of a container, and value in USD."""
    made = corridor(
        {
            "commodities.parts": {
                "title": "P", "value": "69 CNY/kg", "density": "250 kg/m3", "weight": "1300.5 kg"
            },
            "currencies": {"CNY": "6.9 CNY/USD"},
            "container_load": {"weight": "10 t", "volume": "26 m3"},
        }
    )  # fmt: skip
    world = draw(made, 1, 0)
    # 1300.5 / 250 = 5.202 m3; 5.202 / 26 = 0.200077 TEU by volume, 0.13005 by weight; 69 / 6.9 = 10 USD/kg.
    assert set(map(tuple, world.size.tolist())) == {(1_300_500, 5_202_000, 200_077)}
    np.testing.assert_allclose(world.value, 13_005.0)
    heavy = corridor(
        {"commodities.parts.density": "900 kg/m3", "container_load": {"weight": "10 t", "volume": "26 m3"}}
    )
    assert set(draw(heavy, 1, 0).size[:, 2].tolist()) == {100_000}


def test_small_volumes_are_not_rounded_to_litres() -> None:
    """Tests 1 kg in 6.4 l: 1.07 kg by volume at 6000 cm3/kg, so 1.5 kg are charged; 6.4 l of 26 m3 in TEU."""
    made = corridor(
        {
            "commodities.parts.density": "156.25 kg/m3",
            "commodities.parts.weight": "1 kg",
            "container_load": {"weight": "10 t", "volume": "26 m3"},
        }
    )
    size = draw(made, 1, 0).size
    assert set(map(tuple, size.tolist())) == {(1000, 6400, 246)}
    assert set(chargeable_weight(Shipments.of(size), 6000.0).tolist()) == {1.5}


def test_containers_follow_from_the_stored_volume() -> None:
    """Tests 0.4 cm3, which are stored as 1: they take one of 100 parts of a container of 100 cm3."""
    load = ContainerLoad.model_validate({"weight": "1 t", "volume": "0.1 l"})
    assert sizes(np.array([0.001]), np.array([4e-7]), load).tolist() == [[1, 1, 10_000]]


def test_every_size_is_at_least_one() -> None:
    """Tests that the lightest consignments still weigh a gram, fill a cm3 and need a millionth of a TEU."""
    made = corridor({"commodities.parts.weight": "0.0001 g"})
    assert set(draw(made, 1, 0).size.ravel().tolist()) == {1}


def test_shares_of_routes_trader_classes_and_commodities() -> None:
    """Tests 3,000 choices by chi-square (each wrong once in 10,000; the seed is fixed)."""
    parts = values()["commodities"]["parts"]
    made = corridor(
        {
            "lanes.l.renewal.interval": "5 min",
            "lanes.l.routes": {"van": "20 %", "truck": "80 %"},
            "lanes.l.trader_classes": {"plain": "65 %", "gold": "35 %"},
            "lanes.l.commodities": {"tools": "90 %", "parts": "10 %"},
            "commodities.tools": parts | {"weight": "2 t"},
        }
    )
    world = draw(made, 3, 0)
    assert world.n > 3000
    for column, shares in (
        (world.route, [0.8, 0.2]),
        (world.trader_class, [0.35, 0.65]),
        (world.commodity, [0.1, 0.9]),
    ):
        counts = np.bincount(column, minlength=2)
        assert stats.chisquare(counts, world.n * np.array(shares)).pvalue > 1e-4
    assert (world.size[world.commodity == 1, 0] == 2_000_000).all()
    assert (world.size[world.commodity == 0, 0] == 1_000_000).all()
    joint = np.histogram2d(world.route, world.trader_class, bins=2)[0]
    assert stats.chi2_contingency(joint).pvalue > 1e-4


def test_the_tables_fit_together() -> None:
    """Tests order, event rows, durations (one for each step with work or delay, none elsewhere) and trips."""
    made = corridor(RANDOM)
    plan, world = made.plan, draw(made, 1, 0)
    assert (np.diff(world.entry_us) >= 0).all()
    assert set(world.lane.tolist()) == {0, 1, 2}
    assert (np.diff(world.first_event_row) == np.diff(plan.route_first_step)[world.route]).all()
    assert world.first_event_row[-1] == len(world.duration_us)
    for i in range(world.n):
        for s in plan.route_steps(int(world.route[i])):
            event_row = world.first_event_row[i] + s - plan.route_first_step[world.route[i]]
            timed = plan.step_kind[s] in {Kind.DELAY, Kind.RESOURCE}
            assert (world.duration_us[event_row] >= 1) == timed
            assert timed or world.duration_us[event_row] == 0
    assert all(((one >= 0) & (one < 1)).all() for one in world.risk)
    assert len(world.drives.of(0).out_us) == len(world.drives.of(0).back_us) == int((world.route == 0).sum())


@pytest.mark.parametrize(
    ("changes", "step", "message"),
    [
        (
            {"fleets.truck.weight": "900 kg"},
            ("truck", 2),
            "1000 kg fits no vehicle of truck, which takes 900 kg",
        ),
        (
            {"fleets.truck.volume": "4.9 m3"},
            ("truck", 2),
            "5 m3 fits no vehicle of truck, which takes 4.9 m3",
        ),
        ({"services.ferry.capacity": {"weight": "999 kg"}}, ("van", 1), "1000 kg fits no vehicle of ferry"),
        (
            {
                "services.ferry.capacity": {"containers": "0.1 TEU"},
                "container_load": {"weight": "10 t", "volume": "26 m3"},
            },
            ("truck", 1),
            "0.192308 TEU fits no vehicle of ferry, which takes 0.1 TEU",
        ),
        # What is reserved, or always taken by other cargo, is no room for it.
        (
            {"services.ferry.capacity": {"weight": "2 t"}, "services.ferry.block_space": {"weight": "1.2 t"}},
            ("van", 1),
            "which takes 800 kg",
        ),
        (
            {
                "services.ferry.capacity": {"weight": "2 t"},
                "services.ferry.background": {"distribution": "uniform", "low": "60 %", "high": "90 %"},
            },
            ("van", 1),
            "which takes 800 kg",
        ),
    ],
)
def test_what_fits_no_vehicle_is_refused_by_name(
    changes: Values, step: tuple[str, int], message: str
) -> None:
    """Tests each dimension of fleets and services, told by route, step and vehicle."""
    with pytest.raises(Refused) as caught:
        draw(corridor(changes), 1, 0)
    route, k = step
    told = {problem.key: problem.message for problem in caught.value.problems}
    assert message in told["routes", route, "steps", k]


def test_what_just_fits_is_taken() -> None:
    """Tests that a consignment as large as the room is no problem, nor one booked on block space."""
    exact = {"weight": "1 t", "volume": "5 m3"}
    draw(corridor({"services.ferry.capacity": exact, "fleets.truck.weight": "1 t"}), 1, 0)
    booked = {
        "services.ferry.capacity": {"weight": "1.5 t"},
        "services.ferry.block_space": {"weight": "1.2 t"},
        "routes.van.steps": [{"by": "ferry", "space": "block"}, {"by": "van"}],
        "lanes.l.routes": {"van": "100 %"},
    }
    assert draw(corridor(booked), 1, 0).n > 0


def test_a_lane_without_consignments() -> None:
    """Tests that a horizon in which nothing is accepted is an empty world, not an error."""
    assert draw(corridor({"lanes.l.renewal.interval": "3 weeks"}), 1, 0).n == 0


@pytest.mark.parametrize(
    ("per", "hours"),
    # A consignment of 1 t and 5 m3 in 0.5 TEU, 400 parcels of 2.5 kg.
    [("consignment", 0.1), ("parcel", 40.0), ("TEU", 0.05), ("m3", 0.5), ("t", 0.1)],
)
def test_durations_by_size(per: str, hours: float) -> None:
    """Tests that a duration for each of a unit is taken as often as the goods have it, at any resource."""
    work = {"resource": "gang", "duration": "6 min", "per": per}
    made = corridor(
        {
            "container_load": {"weight": "10 t", "volume": "10 m3"},
            "commodities.parts.parcel": "2.5 kg",
            "facilities.a.activities.load": {"kind": "handling"} | work | {"resource": "dock"},
            "facilities.a.activities.export.documents": work | {"resource": "officers"},
            "facilities.b.activities.import.inspection": {
                **work,
                "resource": "bays",
                "rates": {"gold": "100 %", "plain": "100 %"},
                "scan": work
                | {"resource": "gang", "review_resource": "officers", "review": "6 min", "detects": "50 %"}
                | {"false_alarms": "10 %"},
            },
        }
    )
    world = draw(made, 7, 0)
    found = {name: hours_of for name, hours_of in _hours(made, world).items() if len(hours_of)}
    for key in ("a/load", "a/export/documents", "b/import/inspection", "b/import/scan"):
        assert found[key] == pytest.approx(hours), key
    assert found["b/import/review"] == pytest.approx(0.1)


def _hours(made: Corridor, world: World) -> dict[str, Any]:
    """Give the drawn durations of each step, h, by its key."""
    found: dict[str, Any] = {}
    for r in range(made.plan.n_routes):
        ids = np.flatnonzero(world.route == r)
        for s in made.plan.route_steps(r):
            drawn = world.duration_us[world.first_event_row[ids] + s - made.plan.route_first_step[r]]
            found[made.steps[s].key] = drawn / HOUR
    return found


def test_parcels() -> None:
    """Tests how many parcels goods are: halves up, one at least, and one of goods that are no parcels."""
    commodities = corridor({"commodities.mail": MAIL}).scenario.commodities.values()
    weight_g = np.array([100_000, 3_750, 3_749, 100, 100_000])
    found = parcels(weight_g, np.array([1, 1, 1, 1, 0]), commodities)
    assert found.tolist() == [40, 2, 1, 1, 1]


@pytest.mark.parametrize(
    "changes",
    [
        {"facilities.a.activities.load.duration.mean": "2 h"},
        {"lanes.l.routes": {"truck": "30 %", "van": "70 %"}},
        {"lanes.l.renewal.interval": "4 h"},
        {"facilities.a.activities.load.per": "t"},
        {"commodities.parts.weight.mean": "500 kg"},
        {"commodities.parts.value": "60 USD/kg"},
        {"container_load": {"weight": "10 t", "volume": "20 m3"}},
        {"lanes.n.demand": "50 consignments/week"},
        {"lanes.l.trader_classes": {"gold": "30 %", "plain": "70 %"}},
        {"trader_classes.plain.non_compliant": "30 %"},
        {"services.ferry.arrival_delay.mean": "2 h"},
        {"services.ferry.timetable": [{"days": ["Tue"], "departs": "19:00", "duration": "14 h"}]},
        {"services.ferry.background": None},
        {"fleets.truck.drive.mean": "1 h"},
        {"lanes.n.aims_at_cut_off": {"van": {"share": "60 %", "lead": "2 h", "spare": "1 h"}}},
    ],
)
def test_what_worlds_share_changes_none(changes: Values) -> None:
    """Tests that a world is the same whether the worlds of other policies were drawn before it or not."""
    made = corridor({**RANDOM, **changes})
    streams_of.cache_clear()
    alone = columns(draw(made, 1, 0))
    streams_of.cache_clear()
    before = columns(draw(corridor(RANDOM), 1, 0))
    shared = columns(draw(made, 1, 0))
    assert all(np.array_equal(alone[name], shared[name]) for name in alone)
    assert not all(np.array_equal(alone[name], before[name]) for name in alone)


def columns(of: Any, inside: str = "") -> Arrays:
    """Give all arrays of a world, those of its departures, trips and arrivals, too."""
    found: Arrays = {}
    for name in (column.name for column in fields(of) if column.compare):
        value = getattr(of, name)
        found |= columns(value, f"{name}.") if is_dataclass(value) else {inside + name: value}
    return found


def test_risk_numbers_are_correlated_with_their_partners() -> None:
    """Tests the normal scores of all such numbers of a shipped scenario; a wrong partner would give 0.

    Any of the intervals of five standard errors is missed in one of 600,000 worlds; the seed is fixed.
    """
    made = compile_corridor(load_ready("weihai-customs", "weihai").scenario)
    world, partners = draw(made, 1, 0), made.plan.draw_partner.tolist()
    correlated = [k for k, correlation in enumerate(made.plan.draw_correlation.tolist()) if correlation]
    assert {partners[k] for k in correlated} - {0}
    for k in correlated:
        wanted = float(made.plan.draw_correlation[k])
        scores = stats.norm.ppf([world.risk[k], world.risk[partners[k]]])
        error = (1 - wanted**2) / np.sqrt(world.n)
        assert abs(np.corrcoef(scores)[0, 1] - wanted) < 5 * error, made.plan.names.draws[k]
