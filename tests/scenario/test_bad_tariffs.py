"""Lines of tariffs that make no sense, and the messages about them."""

from __future__ import annotations

import pytest

from tests.scenario.bending import Bend, accepted, bent, complaints, line_of

SEA = '{ name = "Sea freight", category = "transport", basis = "containers", price = "300 USD/TEU" }'
HEAD = 'name = "Sea freight", category = "transport"'
STORE = 'kind = "storage", basis = "gross-weight"'


def sea(line: str) -> tuple[str, str]:
    """Give the bend that puts another line into the ferry's tariff."""
    return SEA, f"{{ {HEAD}, {line} }}"


def dated(*periods: str, rest: str = "") -> tuple[str, str]:
    """Give the bend that makes the sea freight a table of dates."""
    lines = (
        f'{{ {HEAD}, basis = "containers", price = "300 USD/TEU"{rest}, {period} }}' for period in periods
    )
    return SEA, ", ".join(lines)


BAD = {
    "unknown kind": (sea('kind = "brakes"'), ".kind", "did you mean 'breaks'?"),
    "key of another kind": (
        sea('kind = "breaks", trader_classes = []'),
        ".trader_classes",
        "is not a known key",
    ),
    "price and rates": (
        sea('kind = "breaks", price = "1 USD/kg", rates = { N = "1 USD/kg" }'),
        "",
        "either rates is needed, or price and scale",
    ),
    "no normal rate": (sea('kind = "breaks", rates = { "+45" = "1 USD/kg" }'), "", "the break N is missing"),
    "rebate with a minimum": (
        sea('basis = "containers", price = "-30 USD/TEU", minimum = "5 USD"'),
        "",
        "a line that subtracts has no minimum charge",
    ),
    "storage that subtracts": (
        sea(f'{STORE}, tiers = [{{ price = "-1 USD/kg/d" }}]'),
        ".tiers[0].price",
        "must be at least 0",
    ),
    "no break": (
        sea('kind = "breaks", rates = { N = "1 USD/kg", "45" = "1 USD/kg" }'),
        "",
        "'45' is not a weight break",
    ),
    "rising rates": (
        sea('kind = "breaks", rates = { N = "1 USD/kg", "+45" = "2 USD/kg" }'),
        "",
        "the rate rises at +45",
    ),
    "rate by volume": (sea('kind = "breaks", rates = { N = "1 USD/m3" }'), "", "needs a price per kg"),
    "two currencies": (
        sea('kind = "breaks", rates = { N = "1 USD/kg" }, minimum = "8 EUR"'),
        "",
        "the minimum is in EUR, the rates.N in USD",
    ),
    "currency without rate": (
        sea('kind = "breaks", rates = { N = "1 XYZ/kg" }'),
        ".rates.N",
        "the currency XYZ has no exchange rate",
    ),
    "container by kg": (
        sea('kind = "container", types = { box = { price = "1 USD/kg", weight = "1 t", volume = "9 m3" } }'),
        "",
        "needs a price per container",
    ),
    "departure by kg": (
        sea('kind = "departure", basis = "gross-weight", price = "1 USD/kg"'),
        "",
        "a departure needs a price per departure",
    ),
    "vehicle by kg": (
        sea('kind = "vehicle", weight = "1 t", volume = "9 m3", price = "1 USD/kg"'),
        "",
        "a price per vehicle or per km",
    ),
    "falling steps": (
        sea(
            'kind = "parcel", steps = [{ up_to = "2 kg", price = "1 USD/parcel" },'
            ' { up_to = "1 kg", price = "2 USD/parcel" }]'
        ),
        "",
        "the steps do not rise",
    ),
    "volume weight without end": (
        sea(
            'kind = "parcel", basis = "chargeable-weight",'
            ' steps = [{ up_to = "2 kg", price = "1 USD/parcel" }]'
        ),
        "",
        "further is missing",
    ),
    "storage by the kg alone": (
        sea(f'{STORE}, tiers = [{{ price = "1 USD/kg" }}]'),
        "",
        "needs a price per kg/d, not per kg",
    ),
    "tiers without days": (
        sea(f'{STORE}, tiers = [{{ price = "1 USD/kg/d" }}, {{ price = "2 USD/kg/d" }}]'),
        "",
        "every tier but the last needs days",
    ),
    "filings of a ferry": (
        sea('basis = "filing", price = "9 USD/filing"'),
        ".price",
        "'ferry' files nothing; allowed: only at customs",
    ),
    "dates in the wrong order": (
        sea('basis = "containers", price = "300 USD/TEU", valid_from = 2019-02-01, valid_to = 2019-01-01'),
        "",
        "lies before valid_from",
    ),
    "days without a price": (
        dated("valid_from = 2019-01-01, valid_to = 2019-01-09", "valid_from = 2019-01-14"),
        "",
        "'Sea freight' has no price from 2019-01-10 to 2019-01-13",
    ),
}


@pytest.mark.parametrize(("bends", "key", "words"), BAD.values(), ids=BAD.keys())
def test_bad_line(bends: tuple[str, str], key: str, words: str, bend: Bend) -> None:
    """Tests that a line that makes no sense is refused at its line and key, alone."""
    line = line_of(bent(*bends), HEAD)
    found = complaints(bend(*bends))
    assert len(found) == 1, found
    assert found[0].startswith(f"corridor.toml:{line}: tariffs.sea.lines[0]{key}: "), found
    assert words in found[0]


def test_two_lines_of_one_name(bend: Bend) -> None:
    """Tests that two prices for one day are refused, and two surcharges of one name with other payers."""
    both = "valid_from = 2018-01-01, valid_to = 2019-01-31", "valid_from = 2019-01-31"
    (found,) = complaints(bend(*dated(*both)))
    assert "tariffs.sea: there are several lines 'Sea freight' for one day" in found


def test_surcharge_on_nothing(bend: Bend) -> None:
    """Tests that a surcharge on a line that does not stand before it is refused."""
    extra = (
        '{ name = "Fuel", category = "transport", kind = "surcharge", share = "9 %", of = ["Air freight"] }'
    )
    (found,) = complaints(bend(SEA, f"{SEA}, {extra}"))
    assert "tariffs.sea: the line 'Fuel' is on 'Air freight', which is no line before it" in found
    assert "allowed: Sea freight" in found


def test_surcharge_twice_on_a_line(bend: Bend) -> None:
    """Tests that a surcharge that names a line twice, and would be charged twice, is refused."""
    on = 'of = ["Sea freight", "Sea freight"]'
    extra = f'{{ name = "Fuel", category = "transport", kind = "surcharge", share = "9 %", {on} }}'
    (found,) = complaints(bend(SEA, f"{SEA}, {extra}"))
    assert "tariffs.sea: the line 'Fuel' names a line twice; allowed: each once" in found


@pytest.mark.parametrize("otherwise", ["nearest", "nothing"])
def test_days_without_a_price_may_be_meant(otherwise: str, bend: Bend) -> None:
    """Tests that gaps are allowed where the file says what holds then."""
    path = bend(*dated("valid_from = 2019-01-10, valid_to = 2019-01-11", rest=f', otherwise = "{otherwise}"'))
    assert accepted(path).scenario.tariffs["sea"].entries[0][0].otherwise == otherwise


def test_prices_by_distance_belong_to_legs(bend: Bend) -> None:
    """Tests that a price by tonne-km is taken for a ferry and refused for a warehouse."""
    line = 'basis = "tonne-km", price = "0.1 USD/tkm"'
    accepted(bend(*sea(line)))
    path = bend(*sea(line), 'tariffs = ["handling"] }', 'tariffs = ["handling", "sea"] }')
    (found,) = complaints(path)
    assert "a price by distance, but 'port/load' is no leg" in found


def test_prices_of_departures_belong_to_services_without_background(bend: Bend) -> None:
    """Tests that the price of a departure is refused of a warehouse, and where others would share it."""
    line = 'kind = "departure", basis = "gross-weight", price = "9000 USD/departure"'
    accepted(bend(*sea(line)))
    (found,) = complaints(bend(*sea(line), 'tariffs = ["handling"] }', 'tariffs = ["handling", "sea"] }'))
    assert "tariffs.sea.lines[0].price: a price of a departure, but 'port/load' is no service" in found
    shared = ('tariffs = ["sea"]', 'tariffs = ["sea"]\nbackground = "20 %"')
    (found,) = complaints(bend(*sea(line), *shared))
    assert "'ferry' carries background cargo, too; allowed: a service without background" in found


def test_master_bills_belong_to_departures(bend: Bend) -> None:
    """Tests that a price by master bill is refused where no service is before the step, but not after."""
    line = 'kind = "master-bill", price = "9 USD/master-bill"'
    accepted(bend(*sea(line)))
    at_the_port = ('tariffs = ["handling"] }', 'tariffs = ["handling", "sea"] }')
    (found,) = complaints(bend(*sea(line), *at_the_port))
    assert "tariffs.sea.lines[0].price: a price of a master bill, but on route" in found
    assert "no service is before 'port/load'; allowed: departure = \"next\"" in found
    accepted(bend(*sea(f'{line}, departure = "next"'), *at_the_port))


PRICED = 'basis = "gross-weight", price = "1 USD/kg" }'
SEA_AND_M = PRICED + ', { name = "M", category = "handling", kind = "margin"'
AND_N = '{ name = "N", category = "handling", kind = "margin", share = "5 %", lines = ["M"]'


@pytest.mark.parametrize(
    ("of", "message"),
    [
        ('lines = ["Sea freigt"]', "there is no line 'Sea freigt'; did you mean 'Sea freight'?"),
        ('tariffs = ["see"]', "'see'"),
        (f'lines = ["N"] }}, {AND_N}', "the margin 'N' is on itself, by the margins that it names"),
        ('lines = ["M"]', "the margin 'M' is on itself"),
    ],
)
def test_margins_on_nothing_or_themselves(of: str, message: str, bend: Bend) -> None:
    """Tests names that are none, and margins on each other."""
    wrong = complaints(bend(*sea(f'{SEA_AND_M}, share = "5 %", {of}')))
    assert any(message in one for one in wrong)


def test_a_margin_is_charged_once_on_a_route(bend: Bend) -> None:
    """Tests that a margin at two steps of a route is refused, since each would be on the whole invoice."""
    line = f'{SEA_AND_M}, share = "5 %", lines = ["Sea freight"]'
    accepted(bend(*sea(line)))
    wrong = complaints(bend(*sea(line), 'tariffs = ["handling"] }', 'tariffs = ["handling", "sea"] }'))
    assert any("the margin 'M' is charged at 2 steps of route" in one for one in wrong)


def test_dead_freight_belongs_to_booked_block_space(bend: Bend) -> None:
    """Tests that dead freight needs block space of the service, in its dimension, and goods booked on it."""
    line = 'kind = "dead-freight", basis = "{}", price = "1 USD/{}"'
    by_box, by_volume = line.format("containers", "TEU"), line.format("volume", "m3")

    def said(*bends: str) -> str:
        return " ".join(complaints(bend(*bends)))

    accepted(bend(*sea(by_box)))
    booked = '{ by = "ferry", space = "block" }', '{ by = "ferry" }'
    assert "no route books block space of 'ferry'" in said(*sea(by_box), *booked)
    assert "'ferry' has no block space" in said(*sea(by_box), 'block_space = { containers = "4 TEU" }', "")
    assert "the capacity of 'ferry' has no volume" in said(*sea(by_volume))
    at_the_port = 'tariffs = ["handling"] }', 'tariffs = ["sea", "handling"] }'
    assert "'port/load' is no service" in said(*sea(by_box), *at_the_port)
    assert "release and sold, or neither" in said(*sea(by_box + ', sold = "50 %"'))
    block = 'block_space = { containers = "4 TEU" }'
    released = block, f'{block}\nblock_release = "2 d"'
    accepted(bend(*sea(by_box + ', release = "48 h"'), *released))
    for given in ("", ', release = "3 d"'):
        (line,) = complaints(bend(*sea(by_box + given), *released))
        assert "tariffs.sea.lines[0].release: the release is not the block_release of 'ferry'" in line
