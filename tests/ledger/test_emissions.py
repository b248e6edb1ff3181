"""Emissions by leg and scope."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from fourport.errors import Refused
from fourport.ledger.emissions import emissions, legs_of
from fourport.plan.compile import compile_corridor
from fourport.scenario.models.scenario import Scenario
from fourport.study.replication import assemble
from fourport.study.tabulate import tabulate
from tests.ledger.journey import Ran, journey, ran, run

BOTH = {"title": "B", "wtw": "100 g/tkm", "ttw": "0.08 kg/tkm"}
AIR = {"title": "A", "wtw": "0.880 kg/tkm", "ttw": "0.498 kg/tkm"}


def with_factors(**given: dict[str, Any] | None) -> dict[str, Any]:
    """Give the journey with factors of its ways (trucking leg, flight, van), each 100 km long."""
    values = journey()
    values["emission_factors"] = {name: factor for name, factor in given.items() if factor}
    for section in ("trucking", "services"):
        for name, leg in values[section].items():
            if given.get(name):
                leg["emissions"] = name
    return values


ALL: dict[str, dict[str, Any] | None] = {"haul": BOTH, "flight": AIR, "van": BOTH}


def test_tonne_km_times_factor() -> None:
    """Tests that the delivered emit t x 100 km x the factors of three legs, each scope apart."""
    case = ran().priced(with_factors(**ALL))
    found = emissions(case.corridor, case.trace)
    tonnes, done = case.world.size[:, 0] / 1e6, case.finished("van")
    assert found["wtw"][done] == pytest.approx(tonnes[done] * 100 * (0.1 + 0.88 + 0.1), rel=1e-12)
    assert found["ttw"][done] == pytest.approx(tonnes[done] * 100 * (0.08 + 0.498 + 0.08), rel=1e-12)
    flown = case.finished("flight") & ~case.finished("van")
    undelivered = case.finished("haul") & ~case.finished("flight")
    assert undelivered.any()
    assert found["wtw"][undelivered] == pytest.approx(tonnes[undelivered] * 10, rel=1e-12)
    assert found["wtw"][flown] == pytest.approx(tonnes[flown] * 98, rel=1e-12)


def test_scopes_in_common() -> None:
    """Tests that only a scope is reported that every leg has."""
    case = ran().priced(with_factors(**ALL | {"flight": {"title": "A", "wtw": "0.88 kg/tkm"}}))
    assert list(emissions(case.corridor, case.trace)) == ["wtw"]
    assert [leg.intensity for leg in legs_of(case.corridor, 0)] == [{"wtw": 0.1}, {"wtw": 0.88}, {"wtw": 0.1}]


def test_no_factors() -> None:
    """Tests that without factors nothing is reported, not zero."""
    assert emissions(ran().corridor, ran().trace) == {}


MIXED = ALL | {"flight": {"title": "A", "wtw": "0.88 kg/tkm"}, "van": {"title": "V", "ttw": "0.1 kg/tkm"}}


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (MIXED, "the chain mixes scopes: 'haul' WTW/TTW, 'flight' WTW, 'van' TTW"),
        (ALL | {"van": None}, "'van' has no emission factor, but 'haul' has"),
    ],
)
def test_mixed_scopes_are_refused(given: dict[str, Any], words: str) -> None:
    """Tests that a chain that mixes scopes, or knows only a part of its emissions, is refused."""
    corridor = compile_corridor(Scenario.model_validate(with_factors(**given)))
    with pytest.raises(Refused, match=words):
        legs_of(corridor, 0)


def test_measures_and_legs() -> None:
    """Tests that a study reports them for each kg, and its legs sum to the whole."""
    values = with_factors(**ALL)
    values["routes"]["s"] = {"title": "S", "steps": copy.deepcopy(values["routes"]["r"]["steps"][:2])}
    values["trucking"]["haul"]["distance"] = "250 km"
    values["lanes"]["l"]["routes"] = {"r": "50 %", "s": "50 %"}
    case: Ran = run(values)
    tables = tabulate(assemble(case.corridor, case.world, case.milestones))
    mine = {key: value for key, value in tables.summary.items() if key[2].startswith("emissions")}
    found = {(key[1], key[2]): value for key, value in mine.items()}
    assert found == pytest.approx(
        {
            ("r", "emissions_wtw"): 0.025 + 0.088 + 0.01,
            ("r", "emissions_ttw"): 0.02 + 0.0498 + 0.008,
            ("s", "emissions_wtw"): 0.025,
            ("s", "emissions_ttw"): 0.02,
        },
        rel=1e-12,
    )
    assert {key[3] for key in mine} == {"kg CO2e/kg"}
    legs = {(key[1], *key[2:8]): value for key, value in tables.emissions.items()}
    assert legs["r", 1, "flight", "air", 100.0, "flight", "ttw"] == pytest.approx(0.0498)
    for route in ("r", "s"):
        for scope in ("wtw", "ttw"):
            of_legs = sum(value for key, value in legs.items() if (key[0], key[6]) == (route, scope))
            assert of_legs == pytest.approx(found[route, f"emissions_{scope}"], rel=1e-12)


def test_unknown_routes_are_left_out() -> None:
    """Tests that a route without factors has no measure beside one that has."""
    values = with_factors(**ALL)
    values["trucking"]["walk"] = {**values["trucking"]["haul"]}
    del values["trucking"]["walk"]["emissions"]
    values["routes"]["s"] = {"title": "S", "steps": [{"by": "walk"}]}
    values["lanes"]["l"]["routes"] = {"r": "50 %", "s": "50 %"}
    case = run(values)
    found = emissions(case.corridor, case.trace)["wtw"]
    assert np.array_equal(np.isnan(found), case.world.route == 1)
    tables = tabulate(assemble(case.corridor, case.world, case.milestones))
    assert {key[1] for key in tables.summary if key[2] == "emissions_wtw"} == {"r"}
