"""Warnings, and what is refused about the value of time."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from fourport.api.study import Study
from fourport.cli import main
from fourport.scenario.names import each_once
from tests.scenario.bending import Bend, accepted, bent, complaints, line_of

BOTH = (
    "[trader_classes]",
    '[value_of_time]\ncapital_rate = "9 %/year"\nhummels_schaur = "0.8 %/d"\n\n[trader_classes]',
)


def test_time_counted_twice(bend: Bend) -> None:
    """Tests that Hummels and Schaur's rate beside the cost of capital is taken with a warning."""
    path = bend(*BOTH)
    (warning,) = accepted(path).warnings()
    assert warning.key == "value_of_time.hummels_schaur"
    assert warning.line == line_of(bent(*BOTH), "hummels_schaur")
    result = CliRunner().invoke(main, ["check", str(path)])
    assert result.exit_code == 0
    assert f"warning: {warning}" in result.stderr
    assert ": OK" in result.stdout


def test_time_counted_once(bend: Bend) -> None:
    """Tests that there is no warning for one of the two."""
    for rate in ('hummels_schaur = "0.8 %/d"', 'capital_rate = "9 %/year"\nobsolescence = "5 %/year"'):
        assert (
            accepted(bend("[trader_classes]", f"[value_of_time]\n{rate}\n\n[trader_classes]")).warnings()
            == []
        )


@pytest.mark.parametrize(
    ("section", "key", "words"),
    [
        ("[value_of_time]\n", "value_of_time", "is empty; allowed: capital_rate"),
        (
            '[value_of_time]\nhummels_schaur = "1 %/d"\nsafety_stock = { service_level = "95 %" }\n',
            "value_of_time",
            "safety_stock needs a rate",
        ),
        (
            '[value_of_time]\ncapital_rate = "9 %/year"\nsafety_stock = { service_level = "40 %" }\n',
            "value_of_time.safety_stock",
            "must lie from 50 % to below 100 %",
        ),
        (
            '[credit_grades]\nA = { capital_rate = "5 %/year" }\n',
            "credit_grades",
            "capital is not charged for",
        ),
    ],
)
def test_bad_value_of_time(section: str, key: str, words: str, bend: Bend) -> None:
    """Tests that a value of time without sense is refused."""
    (found,) = complaints(bend("[trader_classes]", f"{section}\n[trader_classes]"))
    assert f": {key}: " in found
    assert words in found


def test_unknown_credit_grade(bend: Bend) -> None:
    """Tests that a lane's shares name grades that are there and sum to one."""
    grades = (
        '[value_of_time]\ncapital_rate = "9 %/year"\n[credit_grades]\nA = { capital_rate = "5 %/year" }\n'
    )
    demand = 'demand = "40 consignments/week"'
    path = bend(
        "[trader_classes]", f"{grades}\n[trader_classes]", demand, f'{demand}\ncredit = {{ B = "100 %" }}'
    )
    (found,) = complaints(path)
    assert "there is no credit grade 'B'" in found
    path = bend(
        "[trader_classes]", f"{grades}\n[trader_classes]", demand, f'{demand}\ncredit = {{ A = "90 %" }}'
    )
    (found,) = complaints(path)
    assert "the shares of credit sum to 90" in found


SEASONS = (
    '  { days = "Tue", departs = "19:00", arrives = "09:00", arrives_day = 1 },\n',
    '  { days = "daily", departs = "19:00", duration = "9 h", valid_to = 2018-10-27 },\n'
    '  { days = "Tue", departs = "9:00",'
    ' duration = "9 h", valid_from = 2018-10-28, valid_to = 2019-03-30 },\n'
    '  { days = "daily", departs = "18:00", duration = "14 h", valid_from = 2019-03-31 },\n',
)


def test_a_timetable_of_several_seasons(bend: Bend) -> None:
    """Tests that rows of last summer and next summer are accepted beside those of the run, in one warning."""
    loaded = accepted(bend(*SEASONS))
    (warning,) = loaded.warnings()
    assert (warning.key, warning.line) == (
        "services.ferry.timetable[0]",
        line_of(bent(*SEASONS), "valid_to = 2018"),
    )
    said = "does not leave in the run (2019-01-07 to 2019-01-27), nor does 1 more row of this timetable"
    assert warning.message == said
    assert len(loaded.scenario.services["ferry"].timetable) == 4


@pytest.mark.parametrize(
    ("validity", "said"),
    [
        ("valid_to = 2019-01-19", "nothing departs from 2019-01-22 on, since no row is valid then"),
        ("valid_from = 2019-01-16", "nothing departs from 2019-01-08 until 2019-01-16, since no row"),
        ("valid_to = 2019-01-26", ""),
    ],
)
def test_a_timetable_that_leaves_out_a_part_of_the_run(validity: str, said: str, bend: Bend) -> None:
    """Tests a ferry on Tuesdays and Fridays from 7 to 27 January: service and first day are named."""
    rows = (
        *("arrives_day = 1 },\n", f"arrives_day = 1, {validity} }},\n"),
        *("valid_from = 2019-01-01, valid_to = 2019-12-31", validity),
    )
    found = accepted(bend(*rows)).warnings()
    assert [one.key for one in found] == (["services.ferry.timetable"] if said else [])
    assert all(one.message.startswith(said) for one in found)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            'days = "Tue", departs = "19:00"',
            "leaves at 19:00 on 2019-01-08, as timetable[0] does: both are counted",
        ),
        (
            'days = "daily", departs = "20:00", number = "F1"',
            "leaves at 20:00 on 2019-01-08, and timetable[0], of the same number, at 19:00: both are counted",
        ),
        ('days = "Tue", departs = "19:00", number = "F2"', ""),
        ('days = "daily", departs = "20:00"', ""),
        ('days = "Tue", departs = "19:00", number = "F2", weeks = "even"', ""),
        (
            'days = "Tue", departs = "12:00", valid_from = 2019-01-09, valid_to = 2019-01-12',
            "never leaves: 2019-01-09 to 2019-01-12, when it is valid, has no Tue",
        ),
        (
            'days = "Tue", departs = "12:00", weeks = "odd", valid_from = 2019-01-07, valid_to = 2019-01-13',
            "never leaves: 2019-01-07 to 2019-01-13, when it is valid, has no Tue of an odd week",
        ),
        (
            'days = "Tue", departs = "12:00", valid_to = 2019-01-01',
            "does not leave in the run (2019-01-07 to",
        ),
    ],
)
def test_departures_that_never_leave_or_leave_twice(row: str, said: str, bend: Bend) -> None:
    """Tests rows besides a ferry on Tuesdays (8, 15, 22 January) that has the number F1."""
    pair = (
        '{ days = "Tue", departs = "19:00", arrives = "09:00", arrives_day = 1 },',
        '{ days = "Tue", departs = "19:00", arrives = "09:00", arrives_day = 1, number = "F1" },\n'
        f'  {{ {row}, duration = "9 h" }},',
    )
    found = accepted(bend(*pair)).warnings()
    assert [one.key for one in found] == (["services.ferry.timetable[1]"] if said else [])
    assert all(one.message.startswith(said) for one in found)
    assert all(one.line == line_of(bent(*pair), f"{row}, dur") for one in found)


CUT = '{ distribution = "exponential", mean = "4 h", high = "2 h" }'
"""A distribution that is told."""
POLICIES = f"""
[policies.mended]
fleets.truck.drive = "1 h"
[policies.worse]
fleets.truck.drive = {CUT.replace("4 h", "5 h")}
[policies.same]
title = "As it stands"
"""


def test_a_warning_names_its_policies(bend: Bend) -> None:
    """Tests what all have, what policies mend, and what one brings, in a study and by ``check``."""
    path = bend(*BOTH, 'drive = "1 h"', f"drive = {CUT}")
    text = path.read_text(encoding="utf-8")
    path.write_text(text + POLICIES, encoding="utf-8")
    policies = ("base", "mended", "worse", "same")
    ends = {}
    for line in Study(path, policies).warnings():
        place, _, end = line.removesuffix(")").partition(" (under ")
        ends[int(place.removeprefix(f"{path}:").partition(":")[0])] = end
    assert ends == {
        line_of(text, "hummels_schaur"): "all policies",
        line_of(text, CUT): "the policies 'base' and 'same'",
        line_of(text + POLICIES, CUT.replace("4 h", "5 h")): "the policy 'worse'",
    }
    checked = CliRunner().invoke(main, ["check", str(path)]).stderr.splitlines()
    assert checked == [f"warning: {line}" for line in Study(path, policies).warnings()]
    assert [line.partition(" (under ")[1:] for line in Study(path).warnings()] == [("", "")] * 2
    alone = Study(path, "mended").warnings()
    assert [line.partition(" (under ")[2] for line in alone] == ["the policy 'mended')"]


def test_policies_that_have_a_line() -> None:
    """Tests the shorter of those that have it and those that do not."""
    lines = {"base": ["a", "b"], "p": ["a", "b", "c"], "q": ["b", "b", "a"], "r": ["c", "b"]}
    assert each_once(lines, "base") == [
        "a (under all policies but 'r')",
        "b (under all policies)",
        "c (under the policies 'p' and 'r')",
    ]
    assert each_once({"base": ["a", "a"]}, "base") == ["a"]
    assert each_once({"base": [], "p": ["a"]}, "base") == ["a (under the policy 'p')"]
