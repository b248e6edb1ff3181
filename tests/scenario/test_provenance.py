"""Grades, sources, ranges and notes of numbers."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fourport.errors import Key
from fourport.scenario.load import load, policy_names
from fourport.scenario.sources import numbers, untagged
from fourport.scenario.tree import FileLine, Provenance, written
from tests.scenario.bending import CORRIDOR, Bend, accepted, bent, complaints, line_of

CUT_OFF = 'cut_off = "6 h"'
FERRY: Key = ("services", "ferry")


def known(path: Path, key: Key, policy: str | None = None) -> Provenance:
    """Give the provenance of a number."""
    return accepted(path, policy).provenance[key]


def test_value_with_tags_is_the_value(bend: Bend) -> None:
    """Tests that { value = ... } means the same as the value, and that its tags are kept."""
    path = bend(
        CUT_OFF,
        'cut_off = { value = "6 h", range = ["4 h", "8 h"], '
        'grade = "published", source = "book", note = "p. 3" }',
    )
    loaded = accepted(path)
    assert loaded.scenario == accepted(bend(name="plain.toml")).scenario
    found = loaded.provenance[*FERRY, "cut_off"]
    assert found == Provenance("6 h", "published", "book", ("4 h", "8 h"), "p. 3")


def test_tables_pass_tags_down(bend: Bend) -> None:
    """Tests that tags of a table hold below it, inline tables and lists too, until one differs."""
    path = bend(
        CUT_OFF,
        'grade = "published"\nsource = "book"\nnote = "all"\n'
        'cut_off = { value = "6 h", grade = "estimate" }\nbackground = { value = "1 %", note = "low" }',
    )
    assert known(path, (*FERRY, "distance")) == Provenance("220 nmi", "published", "book", None, "all")
    assert known(path, (*FERRY, "timetable", 0, "departs")).source == "book"
    assert known(path, (*FERRY, "cancellation", "dates", 0)).value == date(2019, 1, 15)
    assert known(path, (*FERRY, "cut_off")) == Provenance("6 h", "estimate", None, None, "")
    assert known(path, (*FERRY, "background")) == Provenance("1 %", "published", "book", None, "low")
    assert known(path, ("fleets", "truck", "max_consolidation_time")).grade is None


def test_grade_of_the_whole_file(bend: Bend) -> None:
    """Tests that tags at the top of a file hold for all of its numbers."""
    path = bend("format = 2", 'format = 2\ngrade = "estimate"')
    assert {found.grade for found in accepted(path).provenance.values()} == {"estimate"}


def test_wrapped_tables_and_lists(bend: Bend) -> None:
    """Tests that a distribution and a list may be written as { value = ... } and keep their lines."""
    path = bend(
        'drive = "1 h"',
        'drive = { value = { distribution = "exponential", mean = "1 h" }, grade = "estimate" }',
        "dates = [2019-02-05]",
        'dates = { value = [2019-02-05], grade = "seed", source = "book" }',
    )
    assert known(path, ("fleets", "truck", "drive", "mean")).grade == "estimate"
    assert known(path, ("holidays", "spring", "dates", 0)).source == "book"


def test_value_is_also_a_name(bend: Bend) -> None:
    """Tests that the field ``value`` of a commodity is not taken for { value = ... }, even alone."""
    path = bend()
    path.write_text(
        f'{CORRIDOR}\n[policies.dear.commodities.parts]\nvalue = "90 USD/kg"\ngrade = "estimate"\n'
    )
    price = accepted(path, "dear").scenario.commodities["parts"].value.at
    assert price is not None
    assert price.amount == 90
    assert known(path, ("commodities", "parts", "value"), "dear").grade == "estimate"


def test_entry_called_like_a_tag(bend: Bend) -> None:
    """Tests that a trader class may be called ``note``."""
    path = bend('gold = { title = "Gold" }', 'gold = { title = "Gold" }\nnote = { title = "Noted" }')
    assert "note" in accepted(path).scenario.trader_classes


def test_overlay_does_not_inherit_the_source_of_what_it_replaces(bend: Bend) -> None:
    """Tests that a number of an overlay or a policy has no grade but its own."""
    base = bend(CUT_OFF, f'grade = "published"\nsource = "book"\n{CUT_OFF}', name="base.toml")
    path = base.parent / "mine.toml"
    path.write_text(
        'extends = "base.toml"\n[services.ferry]\ncut_off = "3 h"\n'
        '[policies.p]\ngrade = "estimate"\nservices.ferry.distance = "200 nmi"\n'
    )
    assert known(path, (*FERRY, "cut_off")) == Provenance("3 h")
    assert known(path, (*FERRY, "distance")).grade == "published"
    assert known(path, (*FERRY, "distance"), "p") == Provenance("200 nmi", "estimate")


def test_names_settings_and_texts_are_no_numbers(bend: Bend) -> None:
    """Tests that all and only the numbers of the corridor are listed."""
    keys = accepted(bend()).provenance.keys()
    assert not [
        key for key in keys if key[0] in ("format", "run", "sources", "name", "title", "trader_classes")
    ]
    assert not [
        key for key in keys if key[-1] in ("title", "zone", "from", "to", "by", "calendar", "kind", "days")
    ]
    assert [key for key in keys if key[0] == "fleets"] == [
        ("fleets", "truck", name)
        for name in ("distance", "vehicles", "weight", "volume", "max_consolidation_time", "drive", "back")
    ]
    assert [key for key in keys if key[0] == "routes"] == []
    closure = ("facilities", "quay", "resources", "gang", "closures", 0, "begins")
    assert {closure, ("currencies", "CNY"), ("holidays", "spring", "dates", 0)} <= keys


BAD = {
    "grade": (
        '{ value = "6 h", grade = "publishd" }',
        "grade",
        ("not a grade", "'published'?", "seed, published"),
    ),
    "no source": ('{ value = "6 h", grade = "seed" }', "grade", ("the grade 'seed' needs a source",)),
    "unknown source": (
        '{ value = "6 h", grade = "seed", source = "x" }',
        "source",
        ("no source 'x'", "book"),
    ),
    "unknown tag": (
        '{ value = "6 h", gade = "seed" }',
        "gade",
        ("not a known key", "'grade'?", "value, range"),
    ),
    "range without value": ('{ range = ["1 h", "2 h"] }', "range", ("a range goes with a value",)),
    "range of one": ('{ value = "6 h", range = ["5 h"] }', "range", ("is not a range", "a low and a high")),
    "range that leaves the value out": (
        '{ value = "6 h", range = ["7 h", "8 h"] }',
        "range",
        ("'6 h' must lie within its range", "'7 h' to '8 h'"),
    ),
    "falling range": ('{ value = "6 h", range = ["8 h", "4 h"] }', "range", ("must lie within",)),
    "range in another unit": ('{ value = "6 h", range = ["4 kg", "8 h"] }', "range", ("has the unit 'kg'",)),
    "range of a table": (
        '{ value = "6 h", range = "4 h to 8 h" }',
        "range",
        ("is not a range",),
    ),
    "note": ('{ value = "6 h", note = 3 }', "note", ("3 is not a text",)),
}


@pytest.mark.parametrize(("written", "tag", "words"), BAD.values(), ids=BAD.keys())
def test_bad_tags(written: str, tag: str, words: tuple[str, ...], bend: Bend) -> None:
    """Tests that wrong tags are refused at their line, by their key."""
    bends = (CUT_OFF, f"cut_off = {written}")
    place = f"corridor.toml:{line_of(bent(*bends), 'cut_off')}: services.ferry.cut_off.{tag}: "
    found = [line for line in complaints(bend(*bends)) if line.startswith(place)]
    assert len(found) == 1
    assert all(word in found[0] for word in words)


def test_bad_value_within_tags(bend: Bend) -> None:
    """Tests that a wrong value in a table of several lines is cited at the line of ``value``."""
    bends = (CUT_OFF, "", "[fleets.truck]", '[services.ferry.cut_off]\nnote = "x"\nvalue = 6\n[fleets.truck]')
    line = line_of(bent(*bends), "value = 6")
    assert complaints(bend(*bends))[0].startswith(
        f"corridor.toml:{line}: services.ferry.cut_off: the bare number"
    )


def test_range_in_two_currencies(bend: Bend) -> None:
    """Tests that a range in another currency than its value is refused."""
    found = complaints(
        bend(
            'price = "300 USD/TEU"',
            'price = { value = "300 USD/TEU", range = ["200 CNY/TEU", "400 USD/TEU"] }',
        )
    )
    assert "not in the same unit of price" in found[0]


def test_numbers_without_grade(bend: Bend) -> None:
    """Tests that exactly the numbers without grade are missing, with their lines, policies included."""
    path = bend("format = 2", 'format = 2\ngrade = "estimate"')
    mine = path.parent / "mine.toml"
    mine.write_text(
        'extends = "corridor.toml"\n'
        '[fleets.truck]\nmax_consolidation_time = "3 h"\nweight = { value = "8 t", grade = "estimate" }\n'
        '[policies.p]\nservices.ferry.cut_off = "3 h"\n'
    )
    assert [(one.place, one.key) for one in untagged(numbers(mine))] == [
        (FileLine(str(mine), 3), "fleets.truck.max_consolidation_time"),
        (FileLine(str(mine), 6), "policies.p.services.ferry.cut_off"),
    ]
    assert "services.ferry.cut_off" in [one.key for one in untagged(numbers(mine, "p"))]


@pytest.mark.parametrize("name", ["weihai-2019", "weihai-2020"])
def test_shipped_scenarios_say_where_every_number_comes_from(name: str) -> None:
    """Tests that no number of a shipped scenario, policies included, is without a grade."""
    found = numbers(name)
    assert len(found) > 500
    assert [one.key for one in untagged(found)] == []


def test_ranges_by_written_key() -> None:
    """Tests that the ranges of a scenario are those of its numbers, in their order, under each policy."""
    for policy in policy_names("weihai-customs")[::6]:
        loaded = load("weihai-customs", policy)
        found = {key.removeprefix("."): ends for key, ends in loaded.tree.ranges.items()}
        known = loaded.provenance
        assert [*found.items()] == [(written(key), one.range) for key, one in known.items() if one.range]
        assert all(loaded.tree.known(key) == one for key, one in known.items())
        assert loaded.tree.known((*next(iter(known)), "more")) is None
