"""Overlays and policies: which value holds, and whose line is reported."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.errors import Problem, UserError, key_of
from fourport.scenario.load import load, policy_names
from fourport.scenario.tree import written
from fourport.scenario.units import MICROSECONDS
from tests.scenario.bending import CORRIDOR, Bend, accepted, complaints, line_of

HOUR = MICROSECONDS["h"]


def over(bend: Bend, text: str, *bends: str) -> Path:
    """Write the corridor, bent, and a file that extends it."""
    base = bend(*bends, name="base.toml")
    path = base.parent / "mine.toml"
    path.write_text(f'extends = "base.toml"\n{text}', encoding="utf-8")
    return path


def with_policy(bend: Bend, text: str) -> Path:
    """Write the corridor with a policy at its end."""
    path = bend()
    path.write_text(f"{CORRIDOR}\n{text}", encoding="utf-8")
    return path


def test_tables_merge_and_values_replace(bend: Bend) -> None:
    """Tests that an overlay changes the keys that it writes, of a table within tables, and no others."""
    loaded = accepted(over(bend, 'name = "mine"\n[services.ferry]\ncut_off = "3 h"\ntariffs = []\n'))
    ferry = loaded.scenario.services["ferry"]
    assert loaded.scenario.name == "mine"
    assert (ferry.cut_off, ferry.tariffs) == (3 * HOUR, ())
    assert len(ferry.timetable) == 2
    assert ferry.distance == pytest.approx(220 * 1.852)


def test_lists_replace(bend: Bend) -> None:
    """Tests that a list of an overlay replaces the list of the base as a whole."""
    text = '[services.ferry]\ntimetable = [{ days = "Mon", departs = "08:00", duration = "5 h" }]\n'
    assert len(accepted(over(bend, text)).scenario.services["ferry"].timetable) == 1


def test_distribution_replaces_distribution(bend: Bend) -> None:
    """Tests that a table with a distribution keeps nothing old, and that one without changes parameters."""
    text = '[commodities.parts]\nweight = { distribution = "uniform", low = "1 kg", high = "2 kg" }\n'
    weight = accepted(over(bend, text)).scenario.commodities["parts"].weight
    assert (weight.low, weight.high, weight.mean) == (1, 2, None)
    weight = (
        accepted(over(bend, 'commodities.parts.weight.mean = "300 kg"\n'))
        .scenario.commodities["parts"]
        .weight
    )
    assert (weight.mean, weight.high) == (300, 2000)


def test_chain_of_three(bend: Bend) -> None:
    """Tests that the last file of a chain wins, and that the text holds all three, the base first."""
    middle = over(bend, '[services.ferry]\ncut_off = "3 h"\n[fleets.truck]\nmax_consolidation_time = "3 h"\n')
    path = middle.parent / "last.toml"
    path.write_text('extends = "mine.toml"\nservices.ferry.cut_off = "2 h"\n')
    loaded = accepted(path)
    assert loaded.scenario.services["ferry"].cut_off == 2 * HOUR
    assert loaded.scenario.fleets["truck"].max_consolidation_time == 3 * HOUR
    heads = [line for line in loaded.text.splitlines() if line.endswith(".toml")]
    assert heads == ["# base.toml", "# mine.toml", "# last.toml"]


def test_each_problem_cites_its_own_file(bend: Bend) -> None:
    """Tests that a problem in the base cites the base, and one in the overlay the overlay."""
    path = over(
        bend,
        "[services.ferry]\ncut_off = 3\n",
        'max_consolidation_time = "4 h"',
        "max_consolidation_time = 4",
    )
    base_line = line_of(CORRIDOR, "max_consolidation_time =")
    assert [line.split(": ")[:2] for line in complaints(path)] == [
        [f"base.toml:{base_line}", "fleets.truck.max_consolidation_time"],
        ["mine.toml:3", "services.ferry.cut_off"],
    ]


def test_unknown_key_of_an_overlay(bend: Bend) -> None:
    """Tests that an overlay whose table is misspelt is told so, not taken for a new entry without keys."""
    found = complaints(over(bend, '\n[servces.ferry]\ncut_off = "3 h"\n'))
    assert len(found) == 1
    assert found[0].startswith("mine.toml:3: servces: is not a known key; did you mean 'services'?")


def test_dates_are_judged_by_their_own_file(bend: Bend) -> None:
    """Tests that whoever moves the horizon need not mend the dates of the base, while own dates must fit."""
    moved = "[run]\nstart = 2021-01-04\n"
    warnings = {warning.key: warning for warning in accepted(over(bend, moved)).warnings()}
    warning = warnings.pop("holidays.spring")
    assert all("timetable" in key for key in warnings)
    assert "(2019-02-05 to 2019-02-05) lies in a year of the run (2021-01-04 to" in warning.message
    found = complaints(over(bend, moved + "[holidays.spring]\ndates = [2019-02-05]\n"))
    assert [line.split(": ")[:2] for line in found] == [["mine.toml:5", "holidays.spring.dates[0]"]]


def test_extends_a_shipped_scenario_by_name(tmp_path: Path) -> None:
    """Tests that a file may extend a shipped scenario by its name."""
    path = tmp_path / "mine.toml"
    path.write_text('extends = "weihai-2019"\nname = "mine"\n')
    assert load(path).scenario.name == "mine"


def test_policy_applies(bend: Bend) -> None:
    """Tests that a policy changes the scenario when asked for, and only then; its title is its own."""
    path = with_policy(bend, '[policies.late]\ntitle = "Later"\nservices.ferry.cut_off = "3 h"\n')
    assert policy_names(path) == ("base", "late")
    assert accepted(path).scenario.services["ferry"].cut_off == 6 * HOUR
    loaded = accepted(path, "late")
    assert loaded.scenario.services["ferry"].cut_off == 3 * HOUR
    assert loaded.scenario.title == "A corridor for tests"
    assert (loaded.policy, loaded.policies) == ("late", {"late": "Later"})


def test_policy_of_a_base(bend: Bend) -> None:
    """Tests that policies of a base are those of the overlay too, and can be changed there."""
    path = with_policy(bend, '[policies.late]\nservices.ferry.cut_off = "3 h"\n')
    mine = path.parent / "mine.toml"
    text = 'extends = "corridor.toml"\n[policies.late.fleets.truck]\nmax_consolidation_time = "1 h"\n'
    mine.write_text(text)
    scenario = accepted(mine, "late").scenario
    assert (scenario.services["ferry"].cut_off, scenario.fleets["truck"].max_consolidation_time) == (
        3 * HOUR,
        HOUR,
    )


def test_problem_of_a_policy_cites_its_line(bend: Bend) -> None:
    """Tests that a bad value and a wrong name of a policy cite its lines, and only under it."""
    text = (
        '[policies.p]\nservices.ferry.cut_off = 3\nservices.ferry.to = "quai"\n'
        'fleets.truc.max_consolidation_time = "1 h"\n'
    )
    path = with_policy(bend, text)
    accepted(path)
    first = CORRIDOR.count("\n") + 2
    places = [line.split(": ")[:2] for line in complaints(path, "p")]
    assert [f"corridor.toml:{first + 1}", "services.ferry.cut_off"] in places
    assert [f"corridor.toml:{first + 2}", "services.ferry.to"] in places
    assert [f"corridor.toml:{first + 3}", "fleets.truc"] in places


def test_unknown_policy(bend: Bend) -> None:
    """Tests that a policy that is not there is refused with the nearest name."""
    path = with_policy(bend, '[policies.late]\nservices.ferry.cut_off = "3 h"\n')
    assert "there is no policy 'lat'; did you mean 'late'?; allowed: late" in complaints(path, "lat")[0]
    assert "the file has none" in complaints(bend(name="plain.toml"), "late")[0]


@pytest.mark.parametrize(
    "fixed",
    [
        'name = "other"',
        "format = 2",
        "policies.q.name = 1",
        'extends = "x"',
        "run.seed = 2",
        'run.window = "1 week"',
        'reporting_currency = "EUR"',
    ],
)
def test_policy_may_not_change(fixed: str, bend: Bend) -> None:
    """Tests that a policy that changes what names a scenario, or what makes runs comparable, is refused."""
    found = complaints(with_policy(bend, f"[policies.p]\n{fixed}\n"), "p")
    assert len(found) == 1
    assert "cannot be changed by a policy" in found[0]
    assert found[0].startswith(f"corridor.toml:{CORRIDOR.count(chr(10)) + 3}: ")


def test_policy_that_is_no_table(bend: Bend) -> None:
    """Tests that a policy that is no table is refused."""
    path = with_policy(bend, "[policies]\np = 3\n")
    assert "policies.p: 3 is not a table" in complaints(path)[0]


def test_later_problems_are_located(bend: Bend) -> None:
    """Tests that problems found after loading are raised with their lines, and none is no error."""
    path = bend()
    loaded = accepted(path)
    loaded.refuse([])
    key = ("services", "ferry", "timetable", 1, "departs")
    with pytest.raises(UserError) as caught:
        loaded.refuse([Problem(key, "wrong"), Problem(("services", "ferry", "background"), "missing")])
    line = line_of(CORRIDOR, 'days = "Fri"')
    assert caught.value.lines == (
        f"{path}:{line_of(CORRIDOR, '[services.ferry]')}: services.ferry.background: missing",
        f"{path}:{line}: services.ferry.timetable[1].departs: wrong",
    )


def test_a_written_key_is_read_back() -> None:
    """Tests that every key of the shipped scenario with a number, and of names in quotes, is read back."""
    keys = set(load("weihai-customs").provenance)
    keys |= {("levers", "more", "resources", "northport/officers"), ("a", 0, 12, "b c", "d_e")}
    assert len(keys) > 1000
    assert [key for key in keys if key_of(written(key)) != key] == []
