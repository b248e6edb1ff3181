"""Tests that a route which delivers only some of its goods is not called cheap."""

from __future__ import annotations

import pytest

from fourport.cli.curves import breakeven_text
from fourport.plan.compile import compile_corridor
from fourport.scenario.models.scenario import Scenario
from fourport.study.curves.axes import ValueDensity
from fourport.study.curves.bounds import LEAST
from fourport.study.curves.curves import Curves, breakeven_rows, price_lanes, record
from fourport.study.curves.journeys import Kept, file_of, journeys_of, undelivered_shares, withheld
from fourport.study.curves.request import Lanes
from fourport.study.variant import Variant
from tests.study.curves.made import price, slow_and_quick
from tests.tiny import Parcel, follow

ROUTES: Lanes = {"l": ("slow", "quick")}


def kept(lost: int) -> tuple[Scenario, list[Kept]]:
    """Return ten replications of four parcels by each route, of which so many by the slow one are lost."""
    document = slow_and_quick(price("gross-weight", "1 USD/kg"), price("gross-weight", "2 USD/kg"))
    scenario = Scenario.model_validate(document)
    made = compile_corridor(scenario)
    (key,) = (info.key for info in made.steps if info.key.startswith("slow"))
    parcels = [
        Parcel(4.0 * k, route, minutes={key: 1e7} if route == "slow" and k < lost else {})
        for k in range(4)
        for route in ("slow", "quick")
    ]
    one = Kept(Variant.of(document), file_of(journeys_of(follow(made, parcels))))
    return scenario, [one] * LEAST


def curves(lost: int) -> Curves:
    scenario, replications = kept(lost)
    axis, grid = ValueDensity("USD"), {"l": (1.0, 10.0)}
    lanes = tuple(price_lanes(ROUTES, axis, grid, replications))
    return Curves(scenario, "base", "value-density", axis, (), 2, LEAST, lanes)


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_shares_by_hand(lost: int) -> None:
    """Tests one of four, three of four."""
    _, replications = kept(lost)
    assert undelivered_shares(ROUTES, replications) == {"l": {"slow": lost / 4, "quick": 0.0}}


def test_the_limit_itself_is_compared() -> None:
    """Tests that a route is left out above 5 %, not at it."""
    assert withheld({"a": 0.05, "b": 0.0501}) == {"b": 0.0501}


def test_cheap_survivors_are_not_compared() -> None:
    """Tests that the slow route, half as dear, is cheaper while all arrives, and not called so otherwise."""
    whole, dying = curves(0), curves(3)
    assert [row[5] for row in breakeven_rows(whole)] == ["throughout", "throughout"]
    assert [row[5] for row in breakeven_rows(dying)] == ["withheld", "withheld"]
    assert "not compared: 75 % of the consignments on slow were not delivered" in breakeven_text(dying)
    assert record(dying)["undelivered"] == {"l": {"slow": 0.75, "quick": 0.0}}
