"""Tests of what curves run over, against break-evens worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fourport.api.curves import curves
from fourport.errors import UserError
from fourport.plan.compile import compile_corridor
from fourport.plan.tables import Floats
from fourport.scenario.models.scenario import Scenario
from fourport.study.curves.axes import (
    OneRate,
    OriginDistance,
    TimeValue,
    ValueDensity,
    Volume,
    Weight,
    spaced,
)
from fourport.study.curves.breakeven import CurveComparison
from fourport.study.curves.curves import Curve
from fourport.study.curves.origin import Road, road_of
from fourport.study.curves.rates import Rate
from fourport.study.curves.request import axis_of, grids_of
from fourport.study.curves.variations import MEASURES
from fourport.study.sample import Sample
from fourport.study.variant import Variant
from tests.study.curves.made import inland, price, priced, slow_and_quick, trucking
from tests.tiny import Values, corridor, values

SLOW_FIRST = ("slow", "quick")


def only(curve: Curve, measure: str = "logistics_cost") -> CurveComparison:
    """Give the one comparison of a curve of two routes."""
    ((found,),) = curve.comparisons(measure).values()
    return found


def costs(curve: Curve, measure: str = "logistics_cost") -> Floats:
    """Give the costs of the first replication, (points, routes)."""
    of: Floats = curve.values(range(len(curve.routes)), measure)[0]
    return of


@pytest.mark.parametrize(
    ("rate", "value"), [("20 %/year", 912.5), ("0.6 %/d", 83.3333), ("2.1 %/d", 23.8095)]
)
def test_value_density(rate: str, value: float) -> None:
    """Tests 1 USD/kg saved for 2 days: break-even at 912.5, 83.3 and 23.8 USD/kg."""
    document = slow_and_quick(
        price("gross-weight", "1 USD/kg"),
        price("gross-weight", "2 USD/kg"),
        value_of_time={"capital_rate": rate},
    )
    grid = spaced(5.0, 2000.0, 25, log=True)
    found = only(priced(document, SLOW_FIRST, ValueDensity("USD"), grid))
    assert (found.verdict, found.below, found.above) == ("break-even", 0, 1)
    assert found.x == pytest.approx(value, rel=1e-4)


def test_time_value() -> None:
    """Tests that 1 USD/kg saved for 2 days on goods of 50 USD/kg breaks even at 1 % of the value a day,
    whatever the scenario says that time costs.
    """
    document = slow_and_quick(
        price("gross-weight", "1 USD/kg"),
        price("gross-weight", "2 USD/kg"),
        value_of_time={"capital_rate": "5 %/year"},
    )
    found = only(priced(document, SLOW_FIRST, TimeValue(), spaced(0.0, 2.1, 8, log=False)))
    assert found.x == pytest.approx(1.0, rel=1e-6)


def test_weight() -> None:
    """Tests a fee of 40 USD against 0.05 USD/kg: the same at 800 kg, whatever the parcels weighed."""
    document = slow_and_quick(
        price("consignment", "40 USD/consignment"), price("gross-weight", "0.05 USD/kg"), hours=0.0
    )
    curve = priced(document, SLOW_FIRST, Weight(), spaced(10.0, 5000.0, 25, log=True))
    found = only(curve)
    assert (found.below, found.above) == (1, 0)
    assert found.x == pytest.approx(800.0, rel=2e-3)
    # 0.1 USD/kg for the ferry and the fee, at 10 kg.
    assert costs(curve)[0, 0] == pytest.approx(0.1 + 4.0)


def test_weight_keeps_the_density() -> None:
    """Tests that volume grows with weight: 200 kg/m3 at 20 USD/m3 cost 0.10 USD/kg at any weight."""
    document = slow_and_quick(price("volume", "20 USD/m3"), price("gross-weight", "0.2 USD/kg"))
    curve = priced(document, SLOW_FIRST, Weight(), [50.0, 500.0, 5000.0])
    np.testing.assert_allclose(costs(curve)[:, 0], 0.2, rtol=1e-9)


def test_volume() -> None:
    """Tests 20 USD/m3 against 0.1 USD/kg: the same at 5 m3 a tonne."""
    document = slow_and_quick(price("volume", "20 USD/m3"), price("gross-weight", "0.1 USD/kg"))
    found = only(priced(document, SLOW_FIRST, Volume(), spaced(2.0, 9.0, 15, log=False)))
    assert found.x == pytest.approx(5.0, rel=1e-3)


def test_rate() -> None:
    """Tests that a rate per kg breaks even at the other's, in its own currency: 0.30 USD at 7 CNY a USD."""
    document = slow_and_quick(
        price("gross-weight", "1 CNY/kg"),
        price("gross-weight", "0.3 USD/kg"),
        currencies={"CNY": "7 CNY/USD"},
    )
    axis = OneRate(Rate("slow", "n"), "CNY/kg", "T")
    found = only(priced(document, SLOW_FIRST, axis, spaced(1.0, 4.0, 9, log=False)))
    assert found.x == pytest.approx(2.1, rel=1e-9)


BREAKS = {"N": "4 USD/kg", "+45": "3 USD/kg", "+500": "2 USD/kg"}


def test_weight_breaks_move_by_their_first_rate() -> None:
    """Tests that +45 is three quarters of N: 100 kg at 1.50 are met at N = 2.00, the minimum staying."""
    table = price("gross-weight", "1 USD/kg", kind="breaks", rates=BREAKS, minimum="75 USD")
    del table["lines"][0]["price"]
    document = slow_and_quick(table, price("gross-weight", "1.5 USD/kg"), hours=0.0)
    axis = OneRate(Rate("slow", "n"), "USD/kg", "T")
    weights = dict.fromkeys(SLOW_FIRST, (100.0, 100.0, 100.0))
    curve = priced(document, SLOW_FIRST, axis, spaced(0.5, 4.0, 8, log=False), weights)
    assert only(curve).x == pytest.approx(2.0, rel=1e-3)
    # 0.1 USD/kg for the ferry; 75 USD are more than 0.375 USD/kg.
    assert costs(curve)[0, 0] == pytest.approx(0.1 + 0.75)


def test_the_range_of_weight_breaks_is_that_of_the_first() -> None:
    """Tests that a table of breaks is asked for by name and has the range of its rate N."""
    table = price("gross-weight", "1 USD/kg", kind="breaks", rates=BREAKS)
    del table["lines"][0]["price"]
    document = slow_and_quick(table, price("gross-weight", "1.5 USD/kg"))
    made = compile_corridor(Scenario.model_validate(document))
    ranges = {"tariffs.slow.lines[0].rates.N": ("3 USD/kg", "6 USD/kg")}
    axis = axis_of("rate", made, ranges, ["l"], rate="slow")
    assert axis.range(made.scenario, "l") == (3.0, 6.0)
    assert axis.unit == "USD/kg"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            {
                "kind": "container",
                "types": {"20GP": {"price": "9 USD/container", "weight": "20 t", "volume": "28 m3"}},
            },
            'for each type of container: price it by the TEU .basis = "containers".',
        ),
        (
            {"kind": "storage", "basis": "gross-weight", "tiers": [{"price": "1 USD/kg/d"}]},
            "has a price for each tier: charge it as a plain line",
        ),
        (
            {"kind": "surcharge", "share": "20 %", "of": ["n"]},
            "move one of these, which moves it too; allowed: slow.n",
        ),
        (
            {"kind": "parcel", "steps": [{"up_to": "9 t", "price": "1 USD/parcel"}]},
            "for each weight step: compare",
        ),
        ({"kind": "breaks", "rates": {"N": "0 USD/kg"}}, "is 0 at N"),
    ],
)
def test_what_has_no_single_rate_says_what_to_do(line: Values, said: str) -> None:
    """Tests that each kind of line that cannot be moved is refused with what to do instead."""
    tariff = price("gross-weight", "1 USD/kg")
    tariff["lines"].append({"name": "x", "category": "transport"} | line)
    document = slow_and_quick(tariff, price("gross-weight", "1.5 USD/kg"))
    made = compile_corridor(Scenario.model_validate(document))
    with pytest.raises(UserError, match=said):
        axis_of("rate", made, {}, ["l"], rate="slow.x", ends=(1.0, 2.0))


def test_catchment() -> None:
    """Tests 1.2 + 0.5 t against 1.0 + 0.5 (1 - t) USD/kg at the share t of 1,000 km: they meet at 300 km."""
    document = inland()
    axis = OriginDistance({"l": Road("line", 1000.0)})
    curve = priced(document, ("near", "far"), axis, spaced(0.0, 1000.0, 11, log=False))
    found = only(curve)
    assert (found.below, found.above) == (0, 1)
    assert found.x == pytest.approx(300.0, rel=1e-6)
    hours = costs(curve, "door_to_door_time")
    at = [curve.xs.index(x) for x in (0.0, 500.0)]
    np.testing.assert_allclose(hours[at[1]] - hours[at[0]], [10.0, -10.0], atol=1e-6)


def test_freight_begins_at_the_gateway() -> None:
    """Tests a line-haul that is freight of its own route: its 0.5 USD/kg shrink, the other's freight stays.

    To the other route the kilometres are a way to its gateway: they cost, but are no freight.
    """
    axis = OriginDistance({"l": Road("line", 1000.0)})
    curve = priced(inland(), ("near", "far"), axis, [0.0, 1000.0])
    grown = {measure: costs(curve, measure)[-1] - costs(curve, measure)[0] for measure in MEASURES}
    np.testing.assert_allclose(grown["logistics_cost"], [0.5, -0.5])
    np.testing.assert_allclose(grown["freight_cost"], [0.0, -0.5], atol=1e-12)


def test_the_road_is_the_longest_line_haul() -> None:
    """Tests which road is taken by itself, one by name, and one that is not a road at the origin."""
    made = compile_corridor(Scenario.model_validate(inland()))
    assert road_of(made, "l", None) == Road("line", 1000.0)
    assert road_of(made, "l", "first") == Road("first", 50.0)
    starts = [Road(key, 1.0).start(made.scenario, "l") for key in ("line", "first", "")]
    titles = {key: place.title for key, place in made.scenario.facilities.items()}
    assert starts == [titles["a"], titles["works"], titles["works"]]
    with pytest.raises(UserError, match="'van' is not a road at the origin"):
        road_of(made, "l", "van")


def test_first_roads_grow_where_there_is_no_line_haul() -> None:
    """Tests that without a line-haul each route's own first road is made longer, at its own price."""
    document = inland()
    document["trucking"]["other"] = trucking("works", "airport", 2.0, "road", distance="100 km")
    document["routes"]["far"]["steps"] = [{"by": "other"}, {"by": "plane"}]
    del document["trucking"]["line"]
    document["tariffs"]["nothing"] = price("gross-weight", "0.1 USD/kg")
    made = compile_corridor(Scenario.model_validate(document))
    road = road_of(made, "l", None)
    assert road == Road("", 1000.0)
    curve = priced(document, ("near", "far"), OriginDistance({"l": road}), [0.0, 100.0])
    grown = costs(curve)[-1] - costs(curve)[0]
    # 0.1 USD/kg on 50 km and 0.5 USD/kg on 100 km, each made 100 km longer.
    np.testing.assert_allclose(grown, [0.2, 0.5])


def test_a_lane_that_begins_by_sea_has_no_road() -> None:
    """Tests that a shipper cannot move inland where a route does not begin by road."""
    with pytest.raises(UserError, match="does not begin by road"):
        road_of(corridor(), "l", None)


def test_same_goods_on_all_routes() -> None:
    """Tests that heavy goods on one route and light ones on the other do not make a difference."""
    document = slow_and_quick(
        price("consignment", "40 USD/consignment"), price("consignment", "40 USD/consignment"), hours=0.0
    )
    weights = {"slow": (100.0, 100.0, 100.0), "quick": (2000.0, 2000.0)}
    curve = priced(document, SLOW_FIRST, ValueDensity("USD"), [10.0, 20.0], weights)
    np.testing.assert_allclose(*costs(curve).T)


def test_ranges_follow_the_commodities() -> None:
    """Tests the default ranges, and that a range ends where a vehicle is full: 6 t fit the truck."""
    document = values(
        {
            "commodities.parts.weight": {"distribution": "uniform", "low": "20 kg", "high": "9 t"},
            "commodities.parts.value": {"distribution": "uniform", "low": "10 USD/kg", "high": "90 USD/kg"},
        }
    )
    made, routes = compile_corridor(Scenario.model_validate(document)), {"l": ("truck", "van")}
    grids = grids_of(Weight(), made, routes, 25)
    assert grids["l"][0] == 20.0
    assert grids["l"][-1] == 6000.0
    grids = grids_of(ValueDensity("USD"), made, routes, 3)
    np.testing.assert_allclose(grids["l"], [10.08, np.sqrt(10.08 * 89.92), 89.92], rtol=1e-3)


@pytest.mark.parametrize(
    ("over", "options", "said"),
    [
        ("weight", {"high": 20_000.0}, "a consignment of 20000 kg fits no vehicle of truck"),
        ("weight", {"low": 0.0, "high": 10.0}, "the range from 0 to 10 kg is empty"),
        ("weight", {"low": 10.0, "high": 10.0}, "the range from 10 to 10 kg is empty"),
        (
            "weight",
            {"low": 10.0, "high": float("inf")},
            "the range from 10 to inf kg is empty; allowed: 0 < low < high",
        ),
        ("rate", {}, "^over rate needs rate TARIFF or rate TARIFF.LINE"),
        ("weight", {"rate": "sea"}, "^rate sea: goes with over rate, not with over weight"),
        ("weight", {"along": "van"}, "^along van: goes with over hinterland-distance"),
        ("rate", {"rate": "see"}, "there is no tariff 'see'; did you mean 'sea'"),
        ("rate", {"rate": "sea.x"}, "has no line 'x'; allowed: sea.s"),
        (
            "rate",
            {"rate": "sea"},
            "gives no range for the rate 'sea.s' in USD/kg; allowed: a range of its price, or low and high",
        ),
    ],
)
def test_refused(over: str, options: dict[str, Any], said: str) -> None:
    """Tests that what makes no sense is refused with the reason."""
    sample = Sample({"base": Variant.of(values())}, {"base": {}}, 1, 2)
    with pytest.raises(UserError, match=said):
        curves(sample, over=over, **options)


def test_a_rate_has_its_range_from_the_provenance() -> None:
    """Tests that the range of a rate is the one given with its price."""
    made = corridor()
    ranges = {"tariffs.sea.lines[0].price": ("50 USD/t", "200 USD/t")}
    axis = axis_of("rate", made, ranges, ["l"], rate="sea")
    assert axis.range(made.scenario, "l") == pytest.approx((0.05, 0.2))
