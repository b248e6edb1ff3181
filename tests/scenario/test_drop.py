"""``drop``: keys that a file removes from the files that it extends."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.scenario.load import load, policy_names
from fourport.scenario.read import read
from tests.scenario.bending import CORRIDOR, Bend, accepted, complaints

POLICIES = """
[policies.late]
services.ferry.cut_off = "3 h"

[policies."by-night"]
title = "Night"
fleets.truck.max_consolidation_time = "1 h"
"""


def over(folder: Path, text: str, base: str = CORRIDOR + POLICIES) -> Path:
    """Write a base with two policies and a file that extends it."""
    (folder / "base.toml").write_text(base, encoding="utf-8")
    path = folder / "mine.toml"
    path.write_text(f'extends = "base.toml"\n{text}', encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("", ("base", "late", "by-night")),
        ('drop = ["policies.late"]\n', ("base", "by-night")),
        ("drop = ['policies.\"by-night\"']\n", ("base", "late")),
        ('drop = ["policies.late", "policies.\'by-night\'"]\n', ("base",)),
        ('drop = ["policies"]\n', ("base",)),
        (
            'drop = ["policies"]\n[policies.new]\nfleets.truck.max_consolidation_time = "2 h"\n',
            ("base", "new"),
        ),
    ],
)
def test_policies_that_are_dropped(tmp_path: Path, text: str, left: tuple[str, ...]) -> None:
    """Tests that a policy that is dropped is gone, and those of the file itself stay."""
    path = over(tmp_path, text)
    accepted(path)
    assert policy_names(path) == left


def test_what_is_dropped_can_be_written_anew(tmp_path: Path) -> None:
    """Tests that a table written anew keeps nothing of the dropped one, with which it else merges."""
    text = '[policies.late]\nfleets.truck.max_consolidation_time = "2 h"\n'
    assert accepted(over(tmp_path, text), "late").scenario.services["ferry"].cut_off == 3 * 3600 * 10**6
    anew = accepted(over(tmp_path, f'drop = ["policies.late"]\n{text}'), "late").scenario
    assert anew.services["ferry"].cut_off == load(tmp_path / "base.toml").scenario.services["ferry"].cut_off
    assert anew.fleets["truck"].max_consolidation_time == 2 * 3600 * 10**6


def test_a_single_value_is_dropped_with_its_provenance(tmp_path: Path) -> None:
    """Tests that a key of a table falls back to its default, and its grade and source go with it."""
    base = CORRIDOR.replace(
        'share = "2 %"', 'share = { value = "2 %", grade = "published", source = "gone" }'
    ).replace("[sources.book]", '[sources.gone]\ntitle = "Gone"\n\n[sources.book]')
    key = ("services", "ferry", "cancellation", "share")
    assert accepted(over(tmp_path, "", base)).provenance[key].source == "gone"
    loaded = accepted(over(tmp_path, 'drop = ["services.ferry.cancellation", "sources.gone"]\n', base))
    assert key not in loaded.provenance
    assert "gone" not in loaded.scenario.sources
    assert loaded.scenario.services["ferry"].cancellation is None


def test_a_chain_drops_what_stands_below(tmp_path: Path) -> None:
    """Tests that the last of three files drops what the middle one adds."""
    over(tmp_path, '[policies.new]\nfleets.truck.max_consolidation_time = "2 h"\n')
    last = tmp_path / "last.toml"
    last.write_text('extends = "mine.toml"\ndrop = ["policies.new"]\n', encoding="utf-8")
    assert policy_names(last) == ("base", "late", "by-night")


def test_an_idle_entry_that_is_dropped_is_not_told(bend: Bend) -> None:
    """Tests that an overlay mends a base, in which a calendar is idle, by dropping it."""
    base = bend(
        "[run]", '[calendars.idle]\nhours = [{ days = "Mon", open = "09:00", close = "17:00" }]\n[run]'
    )
    path = base.parent / "mine.toml"
    path.write_text('extends = "corridor.toml"\n', encoding="utf-8")
    assert "nothing uses it" in complaints(path)[0]
    path.write_text('extends = "corridor.toml"\ndrop = ["calendars.idle"]\n', encoding="utf-8")
    accepted(path)


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        (
            'drop = ["policies.lat"]\n',
            "mine.toml:2: drop[0]: ",
            "there is no 'policies.lat' in the files that this one extends; did you mean 'policies.late'?"
            "; allowed: policies.late, policies.by-night",
        ),
        (
            'drop = [\n  "policies.late",\n  "policies.late",\n]\n',
            "mine.toml:4: drop[1]: ",
            "there is no 'policies.late'",
        ),
        ('drop = ["polices.late"]\n', "mine.toml:2: drop[0]: ", "did you mean 'policies'?"),
        ('drop = ["run.start.day"]\n', "mine.toml:2: drop[0]: ", "run.start is no table"),
        ('drop = "policies.late"\n', "mine.toml:2: drop: ", "'policies.late' is not a list; allowed: a list"),
        ("drop = [3]\n", "mine.toml:2: drop[0]: ", "3 is not a key; allowed: keys"),
        ('drop = ["services.ferry.timetable[0]"]\n', "mine.toml:2: drop[0]: ", "is not a key"),
        ('drop = ["policies..late"]\n', "mine.toml:2: drop[0]: ", "is not a key"),
        ('drop = ["run"]\n', "mine.toml:1: run: ", "the section [run] is missing"),
    ],
)
def test_bad_drops(tmp_path: Path, text: str, place: str, words: str) -> None:
    """Tests that what cannot be dropped is told with the line on which it stands and what was meant."""
    (found,) = complaints(over(tmp_path, text))
    assert found.startswith(place)
    assert words in found


def test_what_still_names_what_is_dropped(tmp_path: Path) -> None:
    """Tests that a reference to what is gone is told at the line of the reference."""
    found = complaints(over(tmp_path, 'drop = ["sources.book", "trader_classes.gold"]\n'))
    assert found
    assert all(line.startswith("base.toml:") for line in found)
    assert any("gold" in line for line in found)


def test_a_file_that_extends_no_other_drops_nothing(tmp_path: Path) -> None:
    """Tests that ``drop`` without ``extends`` is refused at its line."""
    path = tmp_path / "corridor.toml"
    path.write_text(f'drop = ["trader_classes.gold"]\n{CORRIDOR}', encoding="utf-8")
    (found,) = complaints(path)
    assert found.startswith("corridor.toml:1: drop[0]: a file that extends no other has nothing to drop")


MONTHS = CORRIDOR.replace('share = "2 %"', 'share = "2 %", months = { Jan = "5 %", Mar = "3 %" }')
"""The ferry loses more in two months."""


def months(path: Path, policy: str | None = None) -> dict[str, float]:
    """Give the share cancelled by month, percent."""
    cancellation = accepted(path, policy).scenario.services["ferry"].cancellation
    assert cancellation is not None
    return {month: round(100 * share) for month, share in cancellation.months.items()}


def test_a_table_is_replaced_as_a_whole(tmp_path: Path) -> None:
    """Tests months in a file over another and in a policy: merged, or replaced where they are dropped."""
    new = 'services.ferry.cancellation.months = { Jan = "9 %" }\n'
    drop = 'drop = ["services.ferry.cancellation.months"]\n'
    assert months(over(tmp_path, new, MONTHS)) == {"Jan": 9, "Mar": 3}
    assert months(over(tmp_path, drop + new, MONTHS)) == {"Jan": 9}
    path = tmp_path / "corridor.toml"
    path.write_text(f"{MONTHS}\n[policies.merged]\n{new}\n[policies.new]\n{drop}{new}", encoding="utf-8")
    found = [months(path, policy) for policy in (None, "merged", "new")]
    assert found == [{"Jan": 5, "Mar": 3}, {"Jan": 9, "Mar": 3}, {"Jan": 9}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('drop = ["trader_classes.gold"]\n', "drop[0]: 'trader_classes.gold' is not given by this policy"),
        (
            'drop = ["services.ferry.cancelation"]\nservices.ferry.cancelation.share = "3 %"\n',
            "drop[0]: there is no 'services.ferry.cancelation' in the scenario",
        ),
        ('drop = "run"\n', "drop: 'run' is not a list"),
    ],
)
def test_bad_drops_of_policies(tmp_path: Path, text: str, words: str) -> None:
    """Tests that a policy replaces only what is there and what it gives itself, and removes nothing."""
    path = tmp_path / "corridor.toml"
    path.write_text(f"{CORRIDOR}\n[policies.p]\n{text}", encoding="utf-8")
    (found,) = (line for line in complaints(path, "p") if "drop" in line)
    assert found.startswith(f"corridor.toml:{CORRIDOR.count(chr(10)) + 3}: ")
    assert words in found


def test_the_customs_scenario_has_policies_of_customs_only() -> None:
    """Tests that each policy of the shipped scenario switches levers of customs on."""
    policies = read("weihai-customs").tree.values["policies"]
    assert len(policies) == 19
    assert all(body["policy_package"] for body in policies.values())
