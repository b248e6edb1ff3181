"""What prices are multiplied with."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourport.ledger.quantities import QUANTITIES, Shipments, chargeable_weight, parts_needed
from fourport.ledger.use import TariffUse, Visit
from fourport.scenario.models.tariffs import BASIS_UNITS, Basis
from tests.ledger.journey import one


@pytest.mark.parametrize(
    ("size", "basis", "wanted"),
    [
        ((50_250, 480_000, 20_000), "gross-weight", 50.25),
        ((50_250, 480_000, 20_000), "volume", 0.48),
        ((50_250, 480_000, 20_000), "containers", 0.02),
        ((50_250, 480_000, 20_000), "consignment", 1.0),
        ((50_250, 480_000, 20_000), "parcel", 1.0),
        ((50_250, 480_000, 20_000), "weight-or-measure", 0.48),
        ((600_000, 480_000, 20_000), "weight-or-measure", 0.6),
        ((480_000, 480_000, 20_000), "weight-or-measure", 0.48),
    ],
)
def test_quantity(size: tuple[int, int, int], basis: Basis, wanted: float) -> None:
    """Tests that each basis gives its quantity in the unit of its price."""
    (found,) = QUANTITIES[basis](Shipments.of(one(*size)), 6000.0)
    assert found == pytest.approx(wanted, rel=1e-15)


def test_every_basis_has_a_quantity() -> None:
    """Tests that no basis of the scenario format is forgotten, on the way or off it."""
    visit = Visit(np.zeros(1, dtype=np.int64), km=100.0, filings=2)
    use = TariffUse(Shipments.of(one(50_250, 480_000, 20_000)), visit)
    found = {basis: float(use.quantity(basis)[0]) for basis in BASIS_UNITS}
    assert set(QUANTITIES) < set(found)
    by_the_step = {basis: found[basis] for basis in set(found) - set(QUANTITIES)}
    assert by_the_step == pytest.approx({"tonne-km": 5.025, "distance": 100.0, "filing": 2.0}, rel=1e-12)


@pytest.mark.parametrize(
    ("weight_g", "volume_cm3", "divisor", "wanted"),
    [
        (50_000, 100 * 80 * 60, 6000.0, 80.0),
        (90_000, 480_000, 6000.0, 90.0),
        (50_000, 480_000, 5000.0, 96.0),
        (80_000, 480_000, 6000.0, 80.0),
        (80_001, 480_000, 6000.0, 80.5),
        (80_500, 480_000, 6000.0, 80.5),
        (80_501, 480_000, 6000.0, 81.0),
        (1, 1, 6000.0, 0.5),
        (1, 480_001, 6000.0, 80.5),
        (1, 483_000, 6000.0, 80.5),
        (1, 483_001, 6000.0, 81.0),
        (1000, 6400, 6000.0, 1.5),
        (1, 1000, 1.1, 909.5),
        (1, 11_000, 1.1, 10_000.0),
    ],
)
def test_chargeable_weight(weight_g: int, volume_cm3: int, divisor: float, wanted: float) -> None:
    """Tests that the larger of weight and volume weight counts, up to the next half kg and no further."""
    assert chargeable_weight(Shipments.of(one(weight_g, volume_cm3)), divisor).tolist() == [wanted]


@given(st.integers(1, 10**9), st.integers(1, 10**12), st.sampled_from([6000, 5000, 366, 7, 1]))
def test_chargeable_weight_in_fractions(weight_g: int, volume_cm3: int, divisor: int) -> None:
    """Tests that no size is rounded otherwise than in exact fractions."""
    kg = max(Fraction(weight_g, 1000), Fraction(volume_cm3, divisor))
    found = chargeable_weight(Shipments.of(one(weight_g, volume_cm3)), float(divisor))
    assert found.tolist() == [ceil(kg * 2) / 2]


def test_half_kg_steps_do_not_drift() -> None:
    """Tests that whole half kilos stay as they are, all up to a tonne (0.1 kg has no exact float)."""
    halves = np.arange(1, 2001)
    size = np.stack([halves * 500, np.ones_like(halves), halves], axis=1)
    assert np.array_equal(chargeable_weight(Shipments.of(size), 6000.0), halves / 2)


def test_divisor_too_small() -> None:
    """Tests that a divisor that is zero to six decimals is refused."""
    with pytest.raises(ValueError, match="divisor 1e-07 must be at least 1e-06"):
        chargeable_weight(Shipments.of(one(1, 1)), 1e-7)


@pytest.mark.parametrize(
    ("weight_g", "volume_cm3", "part", "whole"),
    [
        (10_000_000, 1, 1.0, 1),
        (10_000_001, 1, 1.0000001, 2),
        (1, 46_000_000, 1.0, 1),
        (5_000_000, 69_000_000, 1.5, 2),
        (1, 46_000, 1 / 1000, 1),
    ],
)
def test_parts_needed(weight_g: int, volume_cm3: int, part: float, whole: int) -> None:
    """Tests how much of trucks of 10 t and 46 m3 goods fill, and how many they need."""
    found = parts_needed(Shipments.of(one(weight_g, volume_cm3)), 10_000.0, 46.0)
    assert found[0] == pytest.approx([part], rel=1e-12)
    assert found[1].tolist() == [whole]


@given(st.lists(st.tuples(*[st.integers(1, 10**7)] * 3), min_size=1, max_size=6), st.data())
def test_a_part_has_the_quantities_of_its_goods(
    sizes: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    """Tests that goods charged together with others have the quantities that they have alone."""
    bounds = data.draw(
        st.lists(st.tuples(*[st.integers(0, len(sizes))] * 2).map(sorted), min_size=1, max_size=3)
    )
    parts = [slice(*each) for each in bounds]
    size = np.array(sizes, dtype=np.int64)
    rows = np.concatenate([np.arange(len(sizes))[part] for part in parts])
    whole, alone = Shipments.of(size), Shipments.of(size[rows])
    for some in (whole.joined(parts), whole.take(rows)):
        for basis in QUANTITIES:
            assert some.quantity(basis, 5000.0).tolist() == alone.quantity(basis, 5000.0).tolist()
        lighter = replace(some, weight_g=some.weight_g + 1)
        assert lighter.quantity("gross-weight", 5000.0).tolist() == ((size[rows, 0] + 1) / 1000).tolist()
