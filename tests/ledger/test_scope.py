"""Which charges are freight."""

from __future__ import annotations

from typing import Any

import pytest

from fourport.errors import Refused
from fourport.ledger.lines import freight_scope, lines_of
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.scenario.models.scenario import Scenario
from tests.ledger.journey import journey


def _corridor(**route: Any) -> Corridor:
    values = journey()
    values["routes"]["r"] |= route
    return compile_corridor(Scenario.model_validate(values))


def _freight(corridor: Corridor) -> list[tuple[str, str]]:
    return [(line.leg, line.name) for line in lines_of(corridor, 0) if line.freight]


def test_between_the_hubs() -> None:
    """Tests that transport and handling count from the hub to the arrival, and nothing after it."""
    assert _freight(_corridor()) == [
        ("hub", "stuffing"),
        ("hub", "inspection move"),
        ("flight", "air freight"),
        ("flight", "AWB fee"),
    ]


def test_from_first_to_last_facility() -> None:
    """Tests that without hubs all transport and handling of the journey is freight."""
    assert _freight(_corridor(freight_from=None, freight_to=None)) == [
        ("haul", "haulage"),
        ("hub", "stuffing"),
        ("hub", "inspection move"),
        ("flight", "air freight"),
        ("flight", "AWB fee"),
        ("air", "terminal"),
        ("van", "delivery"),
    ]


def test_hub_that_is_only_left() -> None:
    """Tests that a hub where nothing is done counts from the way that leaves it."""
    assert freight_scope(_corridor(freight_from="yard"), 0) == range(4)


@pytest.mark.parametrize(
    ("route", "message"),
    [
        ({"freight_from": "door"}, "freight_from: the route does not pass 'door'; allowed: yard, hub, air"),
        (
            {"freight_from": "air", "freight_to": "hub"},
            "freight_to: the route does not arrive at 'hub' after 'air'; allowed as freight_to: door",
        ),
        ({"freight_to": "moon"}, "freight_to: the route does not arrive at 'moon' after 'hub'"),
    ],
)
def test_scope_off_the_route(route: dict[str, str], message: str) -> None:
    """Tests that a hub or an airport that is not on the route, or in the wrong order, is refused by name."""
    with pytest.raises(Refused, match=message):
        lines_of(_corridor(**route), 0)


def test_route_that_stays() -> None:
    """Tests that work at a single facility is no freight, whatever its category."""
    corridor = _corridor(steps=[{"at": "hub", "do": "stuff"}], freight_from=None, freight_to=None)
    assert [line.name for line in lines_of(corridor, 0)] == ["stuffing", "inventory"]
    assert not _freight(corridor)


def test_there_back_and_there_again() -> None:
    """Tests that a route that arrives at its last facility twice is freight as far as the last arrival."""
    values = journey()
    values["trucking"]["return"] = values["trucking"]["haul"] | {"from": "hub", "to": "yard"}
    values["routes"]["r"] |= {
        "steps": [{"by": "haul"}, {"at": "hub", "do": "stuff"}, {"by": "return"}, {"by": "haul"}],
        "freight_from": None,
        "freight_to": None,
    }
    corridor = compile_corridor(Scenario.model_validate(values))
    assert _freight(corridor) == [
        ("haul", "haulage"),
        ("hub", "stuffing"),
        ("return", "haulage"),
        ("haul#2", "haulage"),
    ]
