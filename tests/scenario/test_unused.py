"""Unused entries: a typo in a policy or an overlay does not pass for a new entry."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.scenario.library import template
from tests.scenario.bending import CORRIDOR, Bend, accepted, complaints, line_of

NEW_HOLIDAYS = "holidays.autumn.dates = [2019-01-10]\n"
NEW_CALENDAR = 'calendars.night.hours = [{ days = "daily", open = "22:00", close = "06:00" }]\n'
NEW_TARIFF = (
    'tariffs.van = { title = "Van", lines = [{ name = "Van", category = "transport", '
    'basis = "consignment", price = "9 CNY/consignment" }] }\n'
)

SLIPS = {
    "resource": (
        "facilities.port.resources.oficers.servers = 9",
        "facilities.port.resources.oficers",
        "officers",
    ),
    "activity": (
        'facilities.port.activities.lod = { kind = "stay", duration = "1 h" }',
        "facilities.port.activities.lod",
        "load",
    ),
    "calendar": (
        'calendars.offices.hours = [{ days = "daily", open = "01:00", close = "02:00" }]',
        "calendars.offices",
        "office",
    ),
    "holidays": ("holidays.sprnig.dates = [2019-01-10]", "holidays.sprnig", "spring"),
    "tariff": (NEW_TARIFF.replace("tariffs.van", "tariffs.seas").strip(), "tariffs.seas", "sea"),
    "service": ('services.fery.cut_off = "3 h"', "services.fery", "ferry"),
    "fleet": ("fleets.trucks.vehicles = 3", "fleets.trucks", "truck"),
    "haul": ('trucking.vann.duration = "3 h"', "trucking.vann", "van"),
    "commodity": ('commodities.part.weight = "1 t"', "commodities.part", "parts"),
    "trader_class": ('trader_classes.golden.title = "Gold"', "trader_classes.golden", "gold"),
    "route": ('routes.by-vans.title = "By van"', "routes.by-vans", "by-van"),
    "facility": ('facilities.prot.title = "Port"', "facilities.prot", "port"),
    "currency": ('currencies.CNZ = "7 CNZ/USD"', "currencies.CNZ", "CNY"),
}


def in_policy(text: str) -> str:
    """Give the corridor with a policy."""
    return f"{CORRIDOR}\n[policies.p]\n{text}\n"


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(("text", "key", "meant"), SLIPS.values(), ids=SLIPS.keys())
def test_slip_in_a_policy(text: str, key: str, meant: str, tmp_path: Path) -> None:
    """Tests that a name that a policy slips on is refused once, at its line, with the name that was meant."""
    path = write(tmp_path, "corridor.toml", in_policy(text))
    accepted(path)
    found = complaints(path, "p")
    assert len(found) == 1, found
    assert found[0].startswith(f"corridor.toml:{CORRIDOR.count(chr(10)) + 3}: {key}: is a new ")
    assert f"that nothing uses; did you mean '{meant}'?; allowed: " in found[0]


@pytest.mark.parametrize(("text", "key", "meant"), SLIPS.values(), ids=SLIPS.keys())
def test_slip_in_an_overlay(text: str, key: str, meant: str, bend: Bend, tmp_path: Path) -> None:
    """Tests that a name that an extending file slips on is refused at its line of that file."""
    bend(name="base.toml")
    found = complaints(write(tmp_path, "mine.toml", f'extends = "base.toml"\n{text}\n'))
    assert len(found) == 1, found
    assert found[0].startswith(f"mine.toml:2: {key}: is a new ")
    assert f"did you mean '{meant}'?" in found[0]


def test_new_entries_in_use(tmp_path: Path) -> None:
    """Tests that a policy may add what it uses, and leave unused what the base uses."""
    text = (
        NEW_HOLIDAYS + NEW_CALENDAR + NEW_TARIFF + 'calendars.night.holidays = ["autumn"]\n'
        "facilities.port.resources.crane.servers = 1\n"
        'facilities.port.activities.load.resource = "crane"\n'
        'facilities.port.resources.officers.calendar = "night"\n'
        'services.ferry.tariffs = ["van"]\n'
    )
    path = write(tmp_path, "corridor.toml", in_policy(text))
    assert accepted(path, "p").scenario.services["ferry"].tariffs == ("van",)


def test_new_entry_within_a_new_entry(tmp_path: Path) -> None:
    """Tests that of a new facility without use the resources are not told, too."""
    path = write(tmp_path, "corridor.toml", in_policy("facilities.prot.resources.dock.servers = 9"))
    assert [line.split(": ")[1] for line in complaints(path, "p")] == ["facilities.prot"]


@pytest.mark.parametrize(
    ("before", "text", "key"),
    [
        ("activities.load", "resources.crane.servers = 1\n", "facilities.port.resources.crane"),
        ("[run]", NEW_HOLIDAYS, "holidays.autumn"),
        ("[run]", NEW_CALENDAR, "calendars.night"),
        ("[run]", NEW_TARIFF, "tariffs.van"),
    ],
)
def test_idle_in_a_base(before: str, text: str, key: str, bend: Bend, tmp_path: Path) -> None:
    """Tests that what makes no sense without use is refused in a base, also under an overlay."""
    base = bend(before, f"{text}{before}")
    line = line_of(base.read_text(), text)
    assert [found.split(": ")[:3] for found in complaints(base)] == [
        [f"corridor.toml:{line}", key, "nothing uses it; allowed"]
    ]
    assert len(complaints(write(tmp_path, "mine.toml", 'extends = "corridor.toml"\n'))) == 1


def test_used_by_a_policy_or_an_overlay_only(bend: Bend, tmp_path: Path) -> None:
    """Tests that a calendar of a base may be there for its policies, or for the file that extends it."""
    base = bend("[run]", f"{NEW_CALENDAR}[run]")
    use = 'facilities.port.resources.officers.calendar = "night"\n'
    accepted(write(tmp_path, "mine.toml", f'extends = "corridor.toml"\n{use}'))
    accepted(write(tmp_path, "policy.toml", f"{base.read_text()}\n[policies.p]\n{use}"))


def test_what_an_overlay_no_longer_uses(bend: Bend, tmp_path: Path) -> None:
    """Tests that an overlay may stop using what the base uses."""
    bend(name="base.toml")
    accepted(write(tmp_path, "mine.toml", 'extends = "base.toml"\nservices.ferry.tariffs = []\n'))


def test_places_and_legs_ahead_of_use(bend: Bend) -> None:
    """Tests that a base may have places, legs, goods and trader classes that nothing uses yet."""
    trader_class = "[trader_classes]\n"
    text = (
        '[trucking.cart]\nmode = "road"\nfrom = "quay"\nto = "town"\ndistance = "1 km"\nduration = "1 h"\n'
        '[facilities.yard]\ntitle = "Yard"\nkind = "seaport"\nzone = "UTC"\n'
        'latitude = "1 N"\nlongitude = "1 E"\n'
    )
    accepted(bend("[run]", f"{text}[run]", trader_class, f'{trader_class}silver = {{ title = "Silver" }}\n'))


def test_keys_allowed_in_a_policy(tmp_path: Path) -> None:
    """Tests that an unknown section of a policy is not told of those that a policy may not have."""
    found = complaints(write(tmp_path, "corridor.toml", in_policy("servces.ferry.cut_off = 3")), "p")
    assert len(found) == 1
    names = found[0].split("allowed: ")[1].split(", ")
    assert "services" in names
    assert not {"format", "name", "extends", "run", "reporting_currency", "policies"} & set(names)


def test_a_policy_may_not_change_the_run(tmp_path: Path) -> None:
    """Tests that the refusal of another window says why, and what to do."""
    found = complaints(write(tmp_path, "corridor.toml", in_policy("run.seed = 2")), "p")
    assert "no longer compare with those of the base" in found[0]
    assert "a file of its own that extends this one may change it" in found[0]


def test_template_tells_how_to_compare() -> None:
    """Tests that the overlay template names the base among the policies to run."""
    assert "--policy base --policy more-servers" in template("overlay")


def test_messages_in_plain_words(bend: Bend, tmp_path: Path) -> None:
    """Tests that messages write numbers in full, name nothing twice and tell texts from numbers."""
    assert (
        "format: '1' is a text; allowed: the number 2, without quotes"
        in complaints(bend("format = 2", 'format = "1"'))[0]
    )
    found = complaints(bend('CNY = "6.9 CNY/USD"', 'CNY = "6.9 CNY/USD"\nUSD = "1 USD/EUR"'))
    assert "currencies.USD: is the reporting currency, which needs no rate" in found[0]
    found = complaints(bend('price = "300 USD/TEU"', 'price = "300 EUR/TEU"'))
    assert "allowed: USD, CNY, or a rate" in found[0]
    found = complaints(
        bend('mean = "200 kg", sd = "100 kg", high = "2 t"', 'mean = "1 t", sd = "1 t", high = "90 t"')
    )
    assert any("90,000 kg is heavier than 'truck'" in line and "10,000 kg" in line for line in found), found
    (tmp_path / "folder").mkdir()
    for name in (".", "folder"):
        found = complaints(write(tmp_path, "mine.toml", f'# a comment\nextends = "{name}"\n'))
        assert found[0].startswith("mine.toml:2: extends: ")
        assert found[0].endswith("is a directory; allowed: a scenario file")


def test_divisor_below_sense(bend: Bend) -> None:
    """Tests that a volumetric divisor below 1 is refused."""
    found = complaints(bend('title = "Sea"', 'title = "Sea"\nvolumetric_divisor = 0.006'))
    assert "0.006 must be at least 1" in found[0]


def test_a_currency_of_tariffs_alone(tmp_path: Path) -> None:
    """Tests that a new currency is used if a price is given in it, and nothing else."""
    (tmp_path / "corridor.toml").write_text(CORRIDOR, encoding="utf-8")
    overlay = tmp_path / "over.toml"
    overlay.write_text(
        'extends = "corridor.toml"\ncurrencies.KRW = "1165 KRW/USD"\n'
        'tariffs.sea.lines = [{ name = "Sea freight", category = "transport", '
        'basis = "containers", price = "300000 KRW/TEU" }]\n',
        encoding="utf-8",
    )
    assert "KRW" in accepted(overlay).scenario.currencies
