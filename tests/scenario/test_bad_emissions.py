"""Emission factors that make no sense, and routes whose emissions cannot be added up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.bending import Bend, accepted, complaints

FACTORS = """[emission_factors]
ship = { title = "S", wtw = "40 g/tkm" }
van = { title = "V", ttw = "80 g/tkm" }
"""


def with_factors(bend: Bend, factors: str) -> Path:
    """Write the corridor with a factor at each way."""
    named = {"services.ferry": "ship", "fleets.truck": "van", "trucking.van": "van"}
    legs = [pair for leg, name in named.items() for pair in (f"[{leg}]", f'[{leg}]\nemissions = "{name}"')]
    return bend("[trader_classes]", f"{factors}\n[trader_classes]", *legs)


@pytest.mark.parametrize(
    ("factors", "key", "words"),
    [
        (FACTORS, "routes.by-van.steps", "the chain mixes scopes: 'ferry' WTW, 'van' TTW"),
        (
            FACTORS.replace(', ttw = "80 g/tkm"', ""),
            "emission_factors.van",
            "has no value; allowed: wtw, ttw",
        ),
        (FACTORS.replace("van =", "car ="), "trucking.van.emissions", "there is no emission factor 'van'"),
        (FACTORS.replace("80 g/tkm", "80 g"), "emission_factors.van.ttw", "has the unit 'g'"),
    ],
)
def test_refused(factors: str, key: str, words: str, bend: Bend) -> None:
    """Tests that a file whose chains mix scopes, or whose factors make no sense, is refused."""
    found = complaints(with_factors(bend, factors))
    assert any(f": {key}: " in line and words in line for line in found), found


def test_one_scope(bend: Bend) -> None:
    """Tests that the same file is taken once all factors are well to wheel."""
    loaded = accepted(with_factors(bend, FACTORS.replace("ttw", "wtw")))
    assert loaded.scenario.trucking["van"].emissions == "van"


def test_a_leg_without_factor(bend: Bend) -> None:
    """Tests that a factor at one way of a route alone is refused."""
    path = bend(
        "[trader_classes]",
        f"{FACTORS.split('van =', maxsplit=1)[0]}\n[trader_classes]",
        "[trucking.van]",
        '[trucking.van]\nemissions = "ship"',
    )
    found = complaints(path)
    assert any("'ferry' has no emission factor, but 'van' has" in line for line in found), found
