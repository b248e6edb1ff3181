"""A scenario of several parts: ``extends`` with a list of files."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.scenario.library import folder
from fourport.scenario.load import load
from fourport.scenario.units import MICROSECONDS
from tests.scenario.bending import CORRIDOR, accepted, complaints, line_of

HOUR = MICROSECONDS["h"]
SECTIONS = ("[currencies]", "[container_load]", "[services.ferry]")
STARTS = (0, *(CORRIDOR.index(section) for section in SECTIONS))
INDEX, CALENDARS, PLACES, LEGS = (
    CORRIDOR[start:end] for start, end in zip(STARTS, (*STARTS[1:], None), strict=True)
)
PARTS = {"calendars": CALENDARS, "places": PLACES, "legs": LEGS}


@pytest.fixture(autouse=True)
def parts(tmp_path: Path) -> None:
    """Write the corridor as an index and a folder of three parts."""
    (tmp_path / "parts").mkdir()
    for name, text in PARTS.items():
        (tmp_path / "parts" / f"{name}.toml").write_text(text, encoding="utf-8")
    over(tmp_path, "parts/calendars.toml", "parts/places.toml", "parts/legs.toml", text=INDEX, name="index")


def over(folder: Path, *files: str, text: str = "", name: str = "mine") -> Path:
    """Write a file over a list of files."""
    path = folder / f"{name}.toml"
    path.write_text(f"extends = {list(files)}\n{text}".replace("'", '"'), encoding="utf-8")
    return path


def part(folder: Path, name: str, text: str) -> str:
    """Write a part, and give its path from the folder."""
    (folder / "parts" / f"{name}.toml").write_text(text, encoding="utf-8")
    return f"parts/{name}.toml"


def test_parts_make_a_scenario(tmp_path: Path) -> None:
    """Tests that parts under an index are the scenario that one file with all of it is."""
    whole = tmp_path / "whole.toml"
    whole.write_text(CORRIDOR, encoding="utf-8")
    split = accepted(tmp_path / "index.toml")
    assert split.scenario == load(whole).scenario
    assert split.provenance == load(whole).provenance
    heads = [line for line in split.text.splitlines() if line.startswith("# ") and line.endswith(".toml")]
    assert heads == ["# calendars.toml", "# places.toml", "# legs.toml", "# index.toml"]


def test_files_are_laid_in_their_order(tmp_path: Path) -> None:
    """Tests that the later of two files of a list wins if both give a text, and the file itself over both."""
    first = part(tmp_path, "first", 'services.ferry.title = "First"\nfacilities.port.title = "First"\n')
    second = part(tmp_path, "second", 'services.ferry.title = "Second"\nfacilities.port.title = "Second"\n')
    path = over(tmp_path, "index.toml", first, second, text='facilities.port.title = "Mine"\n')
    scenario = accepted(path).scenario
    assert (scenario.services["ferry"].title, scenario.facilities["port"].title) == ("Second", "Mine")


def test_a_file_that_comes_twice_counts_once(tmp_path: Path) -> None:
    """Tests that two overlays of one scenario go together: it is laid once, below both.

    The list may name it, too, if it does so before them.
    """
    over(tmp_path, "index.toml", text='services.ferry.cut_off = "3 h"\n', name="ferry")
    over(tmp_path, "index.toml", text='fleets.truck.max_consolidation_time = "1 h"\n', name="truck")
    for files in (["ferry.toml", "truck.toml"], ["./index.toml", "truck.toml", "ferry.toml"]):
        loaded = accepted(over(tmp_path, *files))
        assert loaded.scenario.services["ferry"].cut_off == 3 * HOUR
        assert loaded.scenario.fleets["truck"].max_consolidation_time == HOUR
        assert loaded.text.count("# calendars.toml") == loaded.text.count("# ferry.toml") == 1


@pytest.mark.parametrize("again", ["index.toml", "./index.toml", "parts/../index.toml", "link.toml"])
def test_a_list_that_names_a_file_twice(tmp_path: Path, again: str) -> None:
    """Tests that it is refused at the line of the second, whichever way the path is written."""
    (tmp_path / "link.toml").symlink_to(tmp_path / "index.toml")
    over(tmp_path, "index.toml", name="ferry", text='services.ferry.cut_off = "3 h"\n')
    mine = tmp_path / "mine.toml"
    mine.write_text(f'extends = [\n  "index.toml",\n  "ferry.toml",\n  "{again}",\n]\n', encoding="utf-8")
    assert complaints(mine) == [
        f"mine.toml:4: extends[2]: '{again}' is the file of 'index.toml' in this list"
        "; allowed: each file once"
    ]


def test_a_shipped_scenario_and_its_file(tmp_path: Path) -> None:
    """Tests that a name and a path of the same file are told, too."""
    mine = over(tmp_path, "weihai-2020", str(folder() / "weihai-2020.toml"), text='name = "mine"\n')
    (found,) = complaints(mine)
    assert found.startswith("mine.toml:1: extends[1]: ")
    assert "is the file of 'weihai-2020' in this list; allowed: each file once" in found


def test_a_file_named_over_one_that_extends_it(tmp_path: Path) -> None:
    """Tests that it is refused, directly and through another file: it is not laid over that one."""
    over(tmp_path, "index.toml", text='services.ferry.cut_off = "3 h"\n', name="ferry")
    for last in ("index.toml", "parts/legs.toml"):
        (found,) = complaints(over(tmp_path, "ferry.toml", last))
        assert found == (
            f"mine.toml:1: extends[1]: '{last}' is extended by 'ferry.toml' earlier in this list, and laid"
            " below it; allowed: to leave it out, or to name it before 'ferry.toml'"
        )


def test_a_shipped_scenario_in_a_list(tmp_path: Path) -> None:
    """Tests that a list may name shipped scenarios, too."""
    assert accepted(over(tmp_path, "weihai-2020", text='name = "mine"\n')).scenario.name == "mine"


@pytest.mark.parametrize(
    ("text", "key", "home", "line"),
    [
        ('services.ferry.cut_off = "3 h"', "services.ferry.cut_off", "legs", "cut_off ="),
        ("holidays.spring.dates = [2019-01-08]", "holidays.spring.dates", "calendars", "dates ="),
        ('commodities.parts.weight = "1 t"', "commodities.parts.weight", "legs", "weight = {"),
        ('currencies.CNY = "7 CNY/USD"', "currencies.CNY", "calendars", "CNY ="),
    ],
)
def test_the_same_number_in_two_files(tmp_path: Path, text: str, key: str, home: str, line: str) -> None:
    """Tests that two files of a list may not give the same number, while one that extends the other may."""
    mine = over(tmp_path, "index.toml", part(tmp_path, "again", f"\n{text}\n"))
    assert complaints(mine) == [
        f"parts/again.toml:2: {key}: "
        f"is given in parts/{home}.toml on line {line_of(PARTS[home], line)}, too, "
        "and neither file extends the other; allowed: one of the two, or a file that extends the other"
    ]
    part(tmp_path, "again", f'extends = "{home}.toml"\n{text}\n')
    accepted(mine)


def test_a_part_may_change_a_number_of_what_it_extends_through_others(tmp_path: Path) -> None:
    """Tests that an overlay of the index changes a number of its parts."""
    over(tmp_path, "index.toml", text='services.ferry.cut_off = "3 h"\n', name="middle")
    loaded = accepted(over(tmp_path, "middle.toml", text='services.ferry.cut_off = "2 h"\n'))
    assert loaded.scenario.services["ferry"].cut_off == 2 * HOUR


def test_circle_through_a_list(tmp_path: Path) -> None:
    """Tests that a circle is told at the line of the list's element that closes it."""
    (tmp_path / "parts" / "round.toml").write_text(
        'extends = [\n  "legs.toml",\n  "../mine.toml",\n]\n', encoding="utf-8"
    )
    (found,) = complaints(over(tmp_path, "index.toml", "parts/round.toml"))
    assert found.startswith("parts/round.toml:")
    assert "extends[1]: the files extend each other in a circle: mine.toml -> parts/round.toml -> " in found


@pytest.mark.parametrize(
    ("files", "key", "words"),
    [
        ('["parts/legs.toml", "parts/leg.toml"]', "extends[1]", "there is no file"),
        ('["parts"]', "extends[0]", "is a directory"),
        ('["index.toml", 3]', "extends[1]", "3 is not a file; allowed: a path in quotes, or"),
        ('[""]', "extends[0]", "'' is not a file"),
        ("[]", "extends", "[] is not a file"),
        ('["air-claims.toml"]', "extends[0]", "'air-claims.toml' is a file of published claims"),
        ("{}", "extends", "{} is not a file"),
    ],
)
def test_what_a_list_may_not_hold(tmp_path: Path, files: str, key: str, words: str) -> None:
    """Tests that what is no file is told with its place in the list."""
    (tmp_path / "air-claims.toml").write_bytes((folder() / "air-claims.toml").read_bytes())
    path = tmp_path / "mine.toml"
    path.write_text(f"# mine\nextends = {files}\n", encoding="utf-8")
    (found,) = complaints(path)
    assert found.startswith(f"mine.toml:2: {key}: ")
    assert words in found


def test_idle_entry_of_a_part(tmp_path: Path) -> None:
    """Tests that an entry of a part that nothing uses is told with the part's file and line."""
    hours = '{ days = "Mon", open = "09:00", close = "10:00" }'
    part(tmp_path, "calendars", f"{CALENDARS}[calendars.offices]\nhours = [{hours}]\n")
    place = f"parts/calendars.toml:{CALENDARS.count(chr(10)) + 1}: calendars.offices: nothing uses it"
    for path in (tmp_path / "index.toml", over(tmp_path, "index.toml")):
        (found,) = complaints(path)
        assert found.startswith(place)


def test_places_of_a_part_ahead_of_use(tmp_path: Path) -> None:
    """Tests that a part may hold trader classes that nothing uses, as a file that extends no other may."""
    accepted(over(tmp_path, "index.toml", part(tmp_path, "more", 'trader_classes.new.title = "New"\n')))
    found = complaints(over(tmp_path, "index.toml", text='trader_classes.new.title = "New"\n'))
    assert "is a new trader class that nothing uses" in found[0]


def test_slip_in_a_part(tmp_path: Path) -> None:
    """Tests that a name of a part that names nothing is told with the part's file and line."""
    part(tmp_path, "places", PLACES.replace('calendar = "office" }\n', 'calendar = "ofice" }\n', 1))
    line = line_of(PLACES, "resources.dock =")
    found = complaints(tmp_path / "index.toml")
    assert found[0].startswith(f"parts/places.toml:{line}: facilities.port.resources.dock.calendar: ")
    assert "did you mean 'office'?" in found[0]


def test_drop_of_what_a_part_has(tmp_path: Path) -> None:
    """Tests that a file over the index, and the index itself, drop entries of a part."""
    drop = 'drop = ["routes.by-van", "trucking.van", "lanes.east.routes"]\n'
    lane = "lanes.east.routes.by-truck = '100 %'\n"
    text = drop + INDEX.replace("[run]", f"{lane}[run]")
    files = [f"parts/{name}.toml" for name in PARTS]
    for path in (over(tmp_path, "index.toml", text=drop + lane), over(tmp_path, *files, text=text)):
        assert "van" not in accepted(path).scenario.trucking


def test_dates_of_a_part_are_judged_by_the_horizon_of_the_file_over_it(tmp_path: Path) -> None:
    """Tests that whoever moves the horizon need not mend the dates of the parts."""
    accepted(over(tmp_path, "index.toml", text="[run]\nstart = 2021-01-04\n"))
    part(tmp_path, "calendars", CALENDARS.replace("2019-02-05", "2018-02-05"))
    (found,) = complaints(tmp_path / "index.toml")
    assert found.startswith(f"parts/calendars.toml:{line_of(CALENDARS, 'dates =')}: holidays.spring.dates[0]")


def test_a_part_is_no_scenario(tmp_path: Path) -> None:
    """Tests that a part asked for as a scenario is refused in one line."""
    assert complaints(tmp_path / "parts" / "legs.toml") == [
        "legs.toml:1: has no format, name, run, so that it is only a part of a scenario"
        "; allowed: a scenario, such as a file that extends this one"
    ]
