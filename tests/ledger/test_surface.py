"""Sea, road, rail, post: containers, vehicles, tonne-kilometres, parcels."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ledger.prices import priced

FCL: dict[str, Any] = {
    "kind": "container",
    "types": {
        "20GP": {"price": "300 USD/container", "weight": "20 t", "volume": "28 m3"},
        "40GP": {"price": "500 USD/container", "weight": "25 t", "volume": "56 m3"},
        "40HC": {"price": "3850 CNY/container", "weight": "25 t", "volume": "66 m3"},
    },
}


@pytest.mark.parametrize(
    ("kg", "m3", "wanted"),
    [
        (1000, 5, 300.0),
        (20_000, 28, 300.0),
        (20_001, 28, 500.0),
        (10_000, 60, 550.0),  # 3850 CNY at 7
        (10_000, 80, 800.0),  # 40GP and the rest of 24 m3 in a 20GP
        (10_000, 66 + 50, 1050.0),  # 40HC and a 40GP
        (45_000, 60, 800.0),  # 25 t in a 40GP, 20 t in a 20GP
        (40_000, 56, 600.0),  # two 20GP, nothing left
        (
            30_000,
            30,
            600.0,
        ),  # 20 t and 20 m3 in a 20GP, 10 t and 10 m3 in another; 25 t in a 40GP, too, is dearer
    ],
)
def test_containers_by_type(kg: float, m3: float, wanted: float) -> None:
    """Tests the cheapest of full containers of one type and one for the rest, in two currencies apart."""
    types = {name: dict(one) for name, one in FCL["types"].items()}
    types["40HC"]["price"] = "550 USD/container"
    assert priced({"kind": "container", "types": types}, (kg, m3)) == pytest.approx([wanted], rel=1e-12)


@pytest.mark.parametrize(
    ("kg", "m3", "wanted"),
    [
        # A full A takes 20 t and 20 m3. The rest of 10 t and 10 m3 is too much for one B, so it takes an A.
        (30_000, 30, 2000.0),
        # The rest of 5 t and 5 m3 fits a B.
        (25_000, 25, 1600.0),
        # A full A takes 28 m3 and 7 t; 3 t and 12 m3 are left, too much for a B. Five B would be 3000.
        (10_000, 40, 2000.0),
    ],
)
def test_what_is_left_after_full_containers(kg: float, m3: float, wanted: float) -> None:
    """Tests that a full container takes weight and volume in the proportion of the goods."""
    types = {
        "A": {"price": "1000 USD/container", "weight": "20 t", "volume": "28 m3"},
        "B": {"price": "600 USD/container", "weight": "10 t", "volume": "5 m3"},
    }
    assert priced({"kind": "container", "types": types}, (kg, m3)) == pytest.approx([wanted], rel=1e-12)


LCL = {"basis": "weight-or-measure", "price": "30 USD/m3", "minimum": "45 USD"}


@pytest.mark.parametrize(
    ("kg", "m3", "wanted"), [(800, 2, 60.0), (3000, 2, 90.0), (100, 0.5, 45.0), (1500, 1.5, 45.0)]
)
def test_less_than_a_container(kg: float, m3: float, wanted: float) -> None:
    """Tests LCL by weight or measure with its minimum."""
    assert priced(LCL, (kg, m3)) == pytest.approx([wanted], rel=1e-12)


TRUCK: dict[str, Any] = {"kind": "vehicle", "weight": "10 t", "volume": "40 m3"}


@pytest.mark.parametrize(
    ("line", "kg", "m3", "wanted"),
    [
        ({"price": "700 CNY/vehicle"}, 1000, 4, 100.0),
        ({"price": "700 CNY/vehicle"}, 1000, 41, 200.0),
        ({"price": "700 CNY/vehicle", "hire": "part"}, 1000, 10, 25.0),
        ({"price": "7 CNY/km"}, 1000, 4, 2300.0),
        ({"price": "7 CNY/km"}, 12_000, 4, 4600.0),
        ({"price": "7 CNY/km", "hire": "part"}, 1000, 10, 575.0),
        ({"price": "7 CNY/km", "hire": "part", "minimum": "5600 CNY"}, 1000, 10, 800.0),
    ],
)
def test_vehicles(line: dict[str, Any], kg: float, m3: float, wanted: float) -> None:
    """Tests trucks of 10 t and 40 m3 over 2300 km, whole and in part, by the vehicle and by its km."""
    assert priced(TRUCK | line, (kg, m3), km=2300.0) == pytest.approx([wanted], rel=1e-12)


@pytest.mark.parametrize(("kg", "wanted"), [(2000.0, 0.27 / 7 * 2 * 2300), (10.0, 50 / 7)])
def test_tonne_km(kg: float, wanted: float) -> None:
    """Tests 0.27 CNY/tkm over 2300 km with a minimum of 50 CNY."""
    line = {"basis": "tonne-km", "price": "0.27 CNY/tkm", "minimum": "50 CNY"}
    assert priced(line, (kg, 0.1), km=2300.0) == pytest.approx([wanted], rel=1e-12)


def test_rail() -> None:
    """Tests rail by the share of an FEU, by whole FEU, and by kg."""
    assert priced({"basis": "containers", "price": "2670 USD/FEU"}, (1, 1)) == pytest.approx([1335.0])
    whole = {"types": {"FEU": {"price": "2670 USD/container", "weight": "22 t", "volume": "60 m3"}}}
    assert priced({"kind": "container"} | whole, (23_000, 1)) == pytest.approx([5340.0])
    assert priced({"basis": "gross-weight", "price": "800 USD/t"}, (500, 1)) == pytest.approx([400.0])


POST: dict[str, Any] = {
    "kind": "parcel",
    "steps": [
        {"up_to": "0.5 kg", "price": "5 USD/parcel"},
        {"up_to": "1 kg", "price": "7 USD/parcel"},
        {"up_to": "2 kg", "price": "10 USD/parcel"},
    ],
    "further": {"each": "1 kg", "price": "3 USD/parcel"},
    "largest": "30 kg",
}


@pytest.mark.parametrize(
    ("kg", "wanted"),
    [
        (0.3, 5.0),
        (0.5, 5.0),
        (0.501, 7.0),
        (2.0, 10.0),
        (2.001, 13.0),
        (5.0, 19.0),
        (30.0, 94.0),  # 10 + 28 x 3
        (30.001, 2 * (10 + 14 * 3)),  # two parcels of 15.001 kg
        (60.0, 188.0),
    ],
)
def test_parcels(kg: float, wanted: float) -> None:
    """Tests parcels by weight step, further kg, and in as few parcels of 30 kg as it takes."""
    assert priced(POST, (kg, 0.001)) == pytest.approx([wanted], rel=1e-12)


def test_parcels_by_volume() -> None:
    """Tests that a parcel of 1 kg in 12 litres is charged as 2 kg where volume counts, as 1 kg where not."""
    assert priced(POST | {"basis": "chargeable-weight"}, (1, 0.012)) == pytest.approx([10.0])
    assert priced(POST, (1, 0.012)) == pytest.approx([7.0])


@pytest.mark.parametrize(("filings", "wanted"), [(1, 150 / 7), (5, 750 / 7), (2, 300 / 7)])
def test_broker_by_filing(filings: int, wanted: float) -> None:
    """Tests that a broker is paid for each filing."""
    line = {"basis": "filing", "price": "150 CNY/filing"}
    assert priced(line, (1, 1), filings=filings) == pytest.approx([wanted], rel=1e-12)
