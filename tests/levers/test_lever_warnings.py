"""Warnings about levers that change nothing with the numbers that they have."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from fourport.cli import main
from fourport.plan.compile import compile_corridor
from fourport.scenario.load import load
from fourport.world.draw import draw
from tests.levers.checked import checked, edited, line_of, told
from tests.levers.made import FILE, played

MORE = """
[facilities.door.resources]
guards = { servers = 2 }

[facilities.door.activities.gate]
kind = "handling"
resource = "guards"
duration = "10 min"
"""
"""A resource that works for no step of any route."""

TEXT = FILE.read_text(encoding="utf-8") + MORE
NOTHING = "changes nothing: all that it sets is so already, or for a share of 0 %"

SPARE = """[services.spare]
mode = "sea"
from = "port"
to = "hub"
distance = "400 km"
timetable = [{ days = "Mon", departs = "18:00", duration = "12 h" }]
cut_off = "2 h"
capacity = { weight = "1000 t" }

"""
"""A service that no route takes."""

Edits = tuple[tuple[str, str], ...]
RATES = 'factor = 3\nsampling = "10 %"\ndocuments = { gold = "10 %", plain = "40 %" }'
LATER = '"city/import" = "port/export" }, share = "50 %"'

CASES: dict[str, tuple[Edits, str, str, str]] = {
    # Edits; a text of the line that is told; key and message; the policy, or two.
    "the same ship": (
        (('capacity.ferry = { weight = "1500 t" }', 'capacity.ferry = { weight = "1000 t" }'),),
        "[levers.larger-ship]",
        f"levers.larger-ship: {NOTHING}",
        "larger-ship",
    ),
    "sailings of another year": (
        (
            (
                'departs = "22:00", duration = "12 h"',
                'departs = "22:00", duration = "12 h", valid_from = 2035-01-01',
            ),
        ),
        'days = "Sun", departs = "22:00"',
        "levers.sailings.services.ferry: none of these departures is valid in the run",
        "sailings",
    ),
    "the same timetable": (
        (
            (
                'services.ferry = [{ days = "Mon-Sat", departs = "16:00", duration = "12 h" }]',
                'services.ferry = [{ days="daily", departs="18:00", arrives="06:00", arrives_day=1 }]',
            ),
        ),
        "[levers.early]",
        f"levers.early: {NOTHING}",
        "early",
    ),
    "sailings that no route takes": (
        (
            ('services.ferry = [{ days = "Sun"', 'services.spare = [{ days = "Sun"'),
            ("[trucking]\n", f"{SPARE}[trucking]\n"),
        ),
        'services.spare = [{ days = "Sun"',
        "levers.sailings.services.spare: no route takes 'spare', so that it changes nothing; allowed: ferry",
        "sailings",
    ),
    "no more servers": (
        (('{ "port/officers" = 1, "port/bays" = 1 }', '{ "port/officers" = 0, "port/bays" = 0 }'),),
        "[levers.more]",
        f"levers.more: {NOTHING}",
        "more",
    ),
    "more servers where nobody comes": (
        (('{ "port/officers" = 1, "port/bays" = 1 }', '{ "port/officers" = 1, "door/guards" = 1 }'),),
        '"door/guards" = 1',
        "levers.more.resources.\"door/guards\": no step of any route needs 'door/guards', so that it changes"
        " nothing; allowed: city/bays, city/gang, city/officers, hub/gang, hub/officers, inland/bays",
        "more",
    ),
    "hours where nobody comes": (
        (
            (
                'daytime = { kind = "working-hours", resources = ["port/officers", "port/bays"]',
                'daytime = { kind = "working-hours", resources = ["port/officers", "door/guards"]',
            ),
        ),
        '"door/guards"]',
        "levers.daytime.resources[1]: no step of any route needs 'door/guards'",
        "daytime",
    ),
    "always at work already": (
        (('facilities.port.resources.officers.calendar = "day"', ""),),
        "round-the-clock = { kind",
        f"levers.round-the-clock: {NOTHING}",
        "round-the-clock",
    ),
    "recognition that is not there switched off": (
        (('recognition = { of = "port/export", mode = "skip-if-inspected" }', "filings = 2"),),
        "none = { kind",
        f"levers.none: {NOTHING}",
        "none",
    ),
    "treated as itself": (
        (('treat = { plain = "gold" }', 'treat = { plain = "plain" }'),),
        "[levers.trusted]",
        f"levers.trusted: {NOTHING}",
        "trusted",
    ),
    "rates times one": (((RATES, "factor = 1"),), "[levers.select]", f"levers.select: {NOTHING}", "select"),
    "as many filings": (
        (("filings = 2 }", "filings = 5 }"),),
        "bonded = { kind",
        f"levers.bonded: {NOTHING}",
        "bonded",
    ),
    "data of nobody": (
        ((LATER, LATER.replace("50 %", "0 %")),),
        "exchange = { kind",
        f"levers.exchange: {NOTHING}",
        "exchange",
    ),
    "two steps of nobody": (
        (('uptake = "40 %"', 'uptake = "0 %"'),),
        "[levers.two-step]",
        f"levers.two-step: {NOTHING}",
        "two-step and direct",
    ),
    "nobody scanned": (
        (('share = "80 %"', 'share = "0 %"'),),
        "[levers.scan]",
        f"levers.scan: {NOTHING}",
        "scan",
    ),
    "nobody direct": (
        (('share = "90 %", skips', 'share = "0 %", skips'),),
        "[levers.direct]",
        f"levers.direct: {NOTHING}",
        "direct",
    ),
    "nobody in advance": (
        (
            ('share = "60 %"\namend', 'share = "0 %"\namend'),
            ('policy_package = ["advance", "two-step", "direct"]', 'policy_package = ["exchange", "direct"]'),
        ),
        "[levers.advance]",
        f"levers.advance: {NOTHING}",
        "advance",
    ),
    "direct past what comes before the ferry": (
        (('skips = ["city/yard"]', 'skips = ["city/yard", "port/stow"]'),),
        "terms = { share",
        "levers.direct.terms.skips[1]: no route comes to 'port/stow' after a declaration to 'city/import' can"
        " begin, so that nothing bypasses it; allowed: city/yard, or declarations that begin earlier",
        "direct",
    ),
    "direct past what comes before the truck": (
        (('skips = ["city/yard"]', 'skips = ["hub/unload"]'),),
        "terms = { share",
        "levers.direct.terms.skips[0]: no route comes to 'hub/unload' after a declaration",
        "direct",
    ),
    "direct with declarations that wait for the goods": (
        (('policy_package = ["advance", "two-step", "direct"]', 'policy_package = ["direct"]'),),
        "terms = { share",
        "levers.direct.terms.skips[0]: no route comes to 'city/yard' after a declaration to 'city/import' can"
        " begin, so that nothing bypasses it; allowed: nothing, or declarations",
        "direct",
    ),
    "an office of a direct chain whose declaration waits for the goods": (
        (
            (
                'at = ["city/import"]\nterms = { share = "90 %"',
                'at = ["hub/transit", "city/import"]\nterms = { share = "90 %"',
            ),
            ('policy_package = ["advance", "two-step", "direct"]', 'policy_package = ["direct"]'),
        ),
        'at = ["hub/transit", "city/import"]',
        "levers.direct.at[1]: no route comes to 'city/yard' after a declaration to 'city/import' can begin",
        "direct",
    ),
    "more filings fewer than there are": (
        (('fewer_filings = { "hub/transit" = 1 }', 'fewer_filings = { "hub/transit" = 9 }'),),
        'fewer_filings = { "hub/transit" = 9 }',
        "levers.whole.fewer_filings.\"hub/transit\": 9 cannot fall away at 'hub/transit', where 5 are lodged"
        " and one is left; allowed: at most 4",
        "whole",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_changes_nothing_is_a_warning(case: str, tmp_path: Path) -> None:
    """Tests that exactly one warning is told, with its file, line and key."""
    edits, needle, message, policy = CASES[case]
    text = edited(TEXT, *edits)
    (warning,) = told(text, tmp_path)
    assert warning.startswith(f"warning: levers.toml:{line_of(text, needle)}: {message}"), warning
    policies = [repr(name) for name in policy.split(" and ")]
    which = "the policy" if len(policies) == 1 else "the policies"
    assert warning.endswith(f"(under {which} {' and '.join(policies)})")


IDLE = [case for case, (_, _, message, _) in CASES.items() if NOTHING in message or case.startswith("direct")]


@pytest.mark.parametrize("case", IDLE)
def test_it_changes_nothing_indeed(case: str, tmp_path: Path) -> None:
    """Tests that a lever of which that is said moves no delivery, of no consignment, in a run."""
    edits, _, message, policy = CASES[case]
    path = tmp_path / "levers.toml"
    path.write_text(edited(TEXT, *edits), encoding="utf-8")
    name = re.split(r"[.:]", message)[1]
    scenario = load(path, policy.partition(" and ")[0]).scenario
    assert name in scenario.policy_package
    others = tuple(other for other in scenario.policy_package if other != name)
    with_it, without = (
        played(made, draw(made, 1, 0))
        for made in map(compile_corridor, (scenario, scenario.model_copy(update={"policy_package": others})))
    )
    assert len(with_it.delivered_us) > 100
    assert np.array_equal(with_it.delivered_us, without.delivered_us)


SILENT: dict[str, Edits] = {
    "a part of a lever": (
        ('{ "port/officers" = 1, "port/bays" = 1 }', '{ "port/officers" = 0, "port/bays" = 1 }'),
    ),
    "direct past what comes after the office that passes its data on": (
        ('skips = ["city/yard"]', 'skips = ["hub/unload"]'),
        ('policy_package = ["advance", "two-step", "direct"]', 'policy_package = ["exchange", "direct"]'),
    ),
    "direct past what comes after the office that releases for this one, too": (
        ('skips = ["city/yard"]', 'skips = ["port/stow"]'),
        ('policy_package = ["advance", "two-step", "direct"]', 'policy_package = ["single", "direct"]'),
    ),
    "servers at scanners that another lever uses": (
        ('{ "port/officers" = 1, "port/bays" = 1 }', '{ "city/scanners" = 1 }'),
        ('more = { policy_package = ["more"] }', 'more = { policy_package = ["scan", "more"] }'),
    ),
    "filings that another lever adds": (
        ("filings = 2 }", "filings = 9 }"),
        ('fewer_filings = { "hub/transit" = 1 }', 'fewer_filings = { "hub/transit" = 7 }'),
        ('whole = { policy_package = ["whole"] }', 'whole = { policy_package = ["bonded", "whole"] }'),
    ),
    "filings that another lever makes one anyway": (
        ('bonded = { policy_package = ["bonded"] }', 'bonded = { policy_package = ["bonded", "single"] }'),
    ),
}


@pytest.mark.parametrize("edits", SILENT.values(), ids=SILENT.keys())
def test_what_changes_something_is_not_told(edits: Edits, tmp_path: Path) -> None:
    """Tests levers that change something alone, or beside the others of a policy package."""
    assert told(edited(TEXT, *edits), tmp_path) == []


def test_a_lever_that_no_policy_package_has(tmp_path: Path) -> None:
    """Tests that it is refused like every other unused entry, in a file and in an overlay."""
    idle = 'idle = { kind = "more-servers", resources = { "port/officers" = 3 } }'
    text = TEXT.replace("[levers]\n", f"[levers]\n{idle}\n")
    path = tmp_path / "levers.toml"
    path.write_text(text, encoding="utf-8")
    code, (line,) = checked(path)
    assert code == 2
    assert line.startswith(
        f"levers.toml:{line_of(text, idle)}: levers.idle: nothing uses it; allowed: a lever"
    )
    path.write_text(TEXT, encoding="utf-8")
    overlay = tmp_path / "overlay.toml"
    overlay.write_text(f'extends = "levers.toml"\n[levers]\n{idle}\n', encoding="utf-8")
    code, (line,) = checked(overlay)
    assert code == 2
    assert line.startswith("overlay.toml:3: levers.idle: is a new lever that nothing uses; ")
    overlay.write_text(f'extends = "levers.toml"\npolicy_package = ["idle"]\n[levers]\n{idle}\n')
    assert checked(overlay) == (0, [])


def test_transit_is_about_transit(tmp_path: Path) -> None:
    """Tests that fewer filings in transit are refused at an office of another procedure."""
    text = edited(TEXT, ('at = ["hub/transit"]', 'at = ["hub/transit", "city/import"]'))
    path = tmp_path / "levers.toml"
    path.write_text(text, encoding="utf-8")
    code, (line,) = checked(path)
    assert code == 2
    assert line.startswith(f"levers.toml:{line_of(text, 'bonded = { kind')}: levers.bonded.at[1]: ")
    assert "at 'city/import' the procedure is import; allowed: offices of transit (hub/transit)" in line


@pytest.mark.usefixtures("no_charts")
@pytest.mark.parametrize(("command", "option"), [("run", "--policy"), ("compare", "--policies")])
def test_other_commands_warn_likewise(command: str, option: str, tmp_path: Path) -> None:
    """Tests that a command which runs the file goes on, with the warning."""
    text = edited(TEXT, ("filings = 2 }", "filings = 5 }"))
    path = tmp_path / "levers.toml"
    path.write_text(text, encoding="utf-8")
    words = [command, str(path), option, "bonded", "--out", str(tmp_path / "out"), "--replications", "2"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.stderr
    assert f"levers.toml:{line_of(text, 'bonded = { kind')}: levers.bonded: {NOTHING}" in done.stderr
