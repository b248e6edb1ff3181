"""One declaration, one inspection, one release: hand-calculated, minutes from Monday's midnight."""

from __future__ import annotations

from typing import Any

import pytest

from tests.levers.made import SHORT, Followed, Parcel, Times, corridor, follow, leg

INLAND, PORT, CITY = "inland/export/inspection", "port/export/inspection", "city/import/inspection"
GREEN, BY_INLAND, BY_PORT, BY_CITY, BY_BOTH, BY_ALL = range(6)
PARCELS = (
    Parcel(),
    Parcel(risk={INLAND: 0.04}),
    Parcel(risk={PORT: 0.04}),
    Parcel(risk={CITY: 0.02}),
    Parcel(risk={INLAND: 0.04, CITY: 0.02}),
    Parcel(risk={INLAND: 0.04, PORT: 0.04, CITY: 0.02}),
)
"""Selected by whom: 5 % of the plain trader class are at inland and port, 3 % at the city."""


def declaration(office: str, start: float, prepared: float, controlled: float) -> Times:
    """Give the times of one declaration: prepared from the start on, then controlled at once."""
    return {
        f"{office}/preparation": (start, prepared),
        f"{office}/documents": (prepared, controlled),
        f"{office}/release": (start, controlled),
    }


@pytest.fixture(scope="module")
def off() -> Followed:
    """Without the lever."""
    return follow(corridor(), *PARCELS)


@pytest.fixture(scope="module")
def single() -> Followed:
    """With it."""
    return follow(corridor(None, "single"), *PARCELS)


def transit(at: float) -> Times:
    """Give the times of the five filings of the transit: 40 to prepare, 15 to control, one after another."""
    found: Times = {"hub/transit/release": (at, at + 5 * 55)}
    for k in range(5):
        number = f"#{k + 1}" if k else ""
        found[f"hub/transit/preparation{number}"] = (at + 55 * k, at + 55 * k + 40)
        found[f"hub/transit/documents{number}"] = (at + 55 * k + 40, at + 55 * (k + 1))
    return found


def test_each_office_for_itself(off: Followed) -> None:
    """Tests the whole journey of one whom nobody selects and of one whom all do, with four declarations."""
    assert off.times(GREEN) == {
        **declaration("inland/export", 0, 60, 70),  # 60 to prepare, 10 to control
        "inland/export/removal": (70, 70),
        "feeder": (70, 190),
        "port/stow": (190, 210),
        **declaration("port/export", 210, 300, 320),  # 90, 20
        "port/export/removal": (320, 320),
        "ferry": (1080, 1800),  # 18:00 to 06:00
        "hub/unload": (1800, 1815),
        **transit(1815),
        "truck": (2090, 2150),
        "city/yard": (2150, 2185),
        **declaration("city/import", 2185, 2305, 2330),  # 120, 25
        "city/import/removal": (2330, 2330),
        "van": (2330, 2360),
    }
    assert off.times(BY_ALL) == {
        **declaration("inland/export", 0, 60, 70),
        INLAND: (70, 100),  # 30 to inspect
        "inland/export/removal": (100, 100),
        "feeder": (100, 220),
        "port/stow": (220, 240),
        **declaration("port/export", 240, 330, 350),
        PORT: (350, 400),  # 50
        "port/export/removal": (400, 400),
        "ferry": (1080, 1800),
        "hub/unload": (1800, 1815),
        **transit(1815),
        "truck": (2090, 2150),
        "city/yard": (2150, 2185),
        **declaration("city/import", 2185, 2305, 2330),
        CITY: (2330, 2375),  # 45
        "city/import/removal": (2375, 2375),
        "van": (2375, 2405),
    }


def chain(released: float, inspection: Times) -> Times:
    """Give the journey under one declaration of who is released by all offices at the first."""
    at_port = released + 120 + 20  # by feeder, stowed
    return {
        **declaration("inland/export", 0, 60, 70),
        **inspection,
        "inland/export/removal": (released, released),
        "feeder": (released, released + 120),
        "port/stow": (released + 120, at_port),
        "port/export/removal": (at_port, at_port),
        "ferry": (1080, 1800),
        "hub/unload": (1800, 1815),
        "hub/transit/removal": (1815, 1815),
        "truck": (1815, 1875),
        "city/yard": (1875, 1910),
        "city/import/removal": (1910, 1910),
        "van": (1910, 1940),
    }


@pytest.mark.parametrize(
    ("who", "takes"),
    [
        (GREEN, 0),
        (BY_INLAND, 30),
        (BY_PORT, 50),
        (BY_CITY, 45),
        (BY_BOTH, 45),  # the longer of 30 and 45
        (BY_ALL, 50),  # the longest of 30, 50 and 45, not their sum
    ],
)
def test_one_declaration_one_inspection_one_release(single: Followed, who: int, takes: float) -> None:
    """Tests that whoever any office selects is inspected at the first, as long as the longest takes."""
    released = 70 + takes
    assert single.times(who) == chain(released, {INLAND: (70, released)} if takes else {})


def test_what_is_measured_of_it(off: Followed, single: Followed) -> None:
    """Tests that a joint inspection counts once, and what is left of officers' work.

    Off: 1 + 1 + 1 + 2 + 3 inspections; 6 x (10 + 20 + 5 x 15 + 25) minutes of control and 30 + 50 + 45
    + (30 + 45) + (30 + 50 + 45) of inspection. On: 6 x 10 and 30 + 50 + 45 + 45 + 50.
    """
    before, after = off.measures(), single.measures()
    assert (before["inspections"], after["inspections"]) == (8, 5)
    assert before["officer_hours"] == pytest.approx((6 * 130 + 325) / 60)
    assert after["officer_hours"] == pytest.approx((6 * 10 + 220) / 60)
    # Export: to the release by inland, and nothing at the port; the others clear at once.
    assert after["clearance_time_export"] == pytest.approx((6 * (70 + 20) + 220) / 6 / 60)
    assert after["clearance_time_transit"] == pytest.approx(15 / 60)  # unloading
    assert after["clearance_time_import"] == pytest.approx(35 / 60)  # the yard


def test_a_chain_of_one_files_once() -> None:
    """Tests that of a chain of one office the filings become one: 55 minutes in place of 275."""
    changes = {
        "levers.single.chains": [["hub/transit"]],
        "routes.main.steps": leg("ferry", "hub/transit", "truck"),
    }
    assert follow(corridor(changes), Parcel()).times() == {
        "ferry": (1080, 1800),
        **transit(1800),
        "truck": (2075, 2135),
    }
    assert follow(corridor(changes, "single"), Parcel()).times() == {
        "ferry": (1080, 1800),
        **declaration("hub/transit", 1800, 1840, 1855),
        "truck": (1855, 1915),
    }


def test_who_does_not_come_past_the_first_office_declares_as_before() -> None:
    """Tests that nothing changes on a route that comes past none of the others."""
    parcels = (Parcel(route="short"), Parcel(route="short", risk={CITY: 0.02}))
    for policy_package in ((), ("single",)):
        found = follow(corridor(SHORT, *policy_package), *parcels)
        assert found.times(1) == {
            "truck": (0, 60),
            **declaration("city/import", 60, 180, 205),
            CITY: (205, 250),
            "city/import/removal": (250, 250),
            "van": (250, 280),
        }


TWO: dict[str, Any] = {
    "levers.single.chains": [["port/export", "city/import"]],
    "routes.main.steps": leg(
        "inland/export", "feeder", "port/export", "ferry", "truck", "city/import", "van"
    ),
}
"""Inland for itself; declarations of the port through at 300, or at 330 if inland inspects."""


def test_only_those_count_who_selected() -> None:
    """Tests a first office that relies on another and selects nobody: its own 50 minutes do not count.

    The city selects, the port inspects for it: as long as the city's inspection takes, 45.
    """
    changes = {
        "levers.rely.links": {"port/export": "inland/export"},
        "levers.single.chains": [["port/export", "city/import"]],
        "routes.main.steps": leg(
            "inland/export", "feeder", "port/export", "ferry", "truck", "city/import", "van"
        ),
    }
    found = follow(corridor(changes, "rely", "single"), Parcel(risk={PORT: 0.04, CITY: 0.02}))
    # Inland 70, feeder 190, declarations of the port 190 + 90 + 20 = 300.
    assert found.times(place="port/export") == {
        "preparation": (190, 280),
        "documents": (280, 300),
        "release": (190, 300),
        "inspection": (300, 345),
        "removal": (345, 345),
    }


@pytest.mark.parametrize("mode", ["skip", "rely"])
def test_recognition_holds_within_a_chain(mode: str) -> None:
    """Tests a city that recognises inland's control and whose inspections the port does.

    Whom inland inspected is not inspected for the city; with reliance nobody is who came through inland.
    """
    changes = TWO | {f"levers.{mode}.links": {"city/import": "inland/export"}}
    parcels = (Parcel(risk={INLAND: 0.04, CITY: 0.02}), Parcel(risk={CITY: 0.02}))
    found = follow(corridor(changes, mode, "single"), *parcels)
    assert PORT not in found.times(0)
    assert found.times(1).get(PORT) == ((300, 345) if mode == "skip" else None)


def test_reliance_on_the_first_office_of_the_chain() -> None:
    """Tests a city that relies on the port: the port inspects whom it selects itself, and nobody else."""
    found = follow(corridor(TWO, "rely", "single"), Parcel(risk={CITY: 0.02}), Parcel(risk={PORT: 0.04}))
    assert PORT not in found.times(0)
    assert found.times(1)[PORT] == (300, 350)


@pytest.mark.parametrize(
    ("links", "inspected"),
    [
        # The port does not inspect again whom inland has inspected for the city.
        ({"port/export": "inland/export"}, {BY_PORT: PORT, BY_CITY: INLAND, BY_BOTH: INLAND}),
        # Nor if the city in turn recognises the port: whom it selects inland has inspected before.
        (
            {"port/export": "inland/export", "city/import": "port/export"},
            {BY_PORT: PORT, BY_CITY: INLAND, BY_BOTH: INLAND},
        ),
        # The city alone recognises the port: inland cannot know whom the port is going to inspect.
        ({"city/import": "port/export"}, {BY_PORT: PORT, BY_CITY: INLAND, BY_BOTH: INLAND + PORT}),
    ],
)
@pytest.mark.parametrize("order", [("single", "skip"), ("skip", "single")])
def test_an_office_between_that_recognises_the_first(
    links: dict[str, str], inspected: dict[int, str], order: tuple[str, str]
) -> None:
    """Tests a port between inland and the city, for which inland inspects: 45 minutes, 50 at the port."""
    changes = {
        "levers.single.chains": [["inland/export", "city/import"]],
        "levers.skip.links": links,
        "routes.main.steps": leg(
            "inland/export", "feeder", "port/export", "ferry", "truck", "city/import", "van"
        ),
    }
    risks = {BY_PORT: {PORT: 0.04}, BY_CITY: {CITY: 0.02}, BY_BOTH: {PORT: 0.04, CITY: 0.02}}
    found = follow(corridor(changes, *order), *(Parcel(risk=risk) for risk in risks.values()))
    for i, who in enumerate(risks):
        released = 70 + 45 * (INLAND in inspected[who])
        declaration_ended = released + 120 + 90 + 20
        times = found.times(i)
        assert times.get(INLAND) == ((70, released) if INLAND in inspected[who] else None)
        assert times["port/export/release"] == (released + 120, declaration_ended)
        opened = (declaration_ended, declaration_ended + 50)
        assert times.get(PORT) == (opened if PORT in inspected[who] else None)
        assert CITY not in times


def test_a_chain_with_several_legs_in() -> None:
    """Tests two chains at once: port with inland, city with hub; each is declared once."""
    changes = {
        "levers.single.chains": [["inland/export", "port/export"], ["hub/transit", "city/import"]],
        "facilities.city.activities.import.inspection": None,
    }
    found = follow(corridor(changes, "single"), Parcel(risk={PORT: 0.04}))
    assert found.times() == {
        **declaration("inland/export", 0, 60, 70),
        INLAND: (70, 120),
        "inland/export/removal": (120, 120),
        "feeder": (120, 240),
        "port/stow": (240, 260),
        "port/export/removal": (260, 260),
        "ferry": (1080, 1800),
        "hub/unload": (1800, 1815),
        **declaration("hub/transit", 1815, 1855, 1870),
        "truck": (1870, 1930),
        "city/yard": (1930, 1965),
        "city/import/removal": (1965, 1965),
        "van": (1965, 1995),
    }
