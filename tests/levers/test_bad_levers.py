"""Levers and policy packages with wrong names or values are refused at their line, exit code 2."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from fourport.cli import main
from tests.levers.checked import Case, checked, complained
from tests.levers.made import FILE

TEXT = FILE.read_text(encoding="utf-8")

CASES = {
    "policy_package": Case(
        "policy_package = []",
        'policy_package = ["signle"]',
        "signle",
        "policy_package[0]",
        ("there is no lever 'signle'", "did you mean 'single'?", "allowed: single, skip"),
    ),
    "policy package of a policy": Case(
        'bonded = { policy_package = ["bonded"] }',
        'bonded = { policy_package = ["bonded", "bondde"] }',
        "bondde",
        "policy_package[1]",
        ("there is no lever 'bondde'", "did you mean 'bonded'?", "(under the policy 'bonded')"),
    ),
    "office of a chain": Case(
        '"hub/transit", "city/import"]]',
        '"hub/tranzit", "city/import"]]',
        "hub/tranzit",
        "levers.single.chains[0][2]",
        (
            "there is no customs office 'hub/tranzit'",
            "did you mean 'hub/transit'?",
            "allowed: inland/export, port",
        ),
    ),
    "office that recognises": Case(
        'links = { "city/import" = "port/export" }, mode = "skip',
        'links = { "city/imprt" = "port/export" }, mode = "skip',
        "city/imprt",
        'levers.skip.links."city/imprt"',
        ("'city/imprt'", "did you mean 'city/import'?"),
    ),
    "office that is recognised": Case(
        'links = { "city/import" = "port/export" }, mode = "rely',
        'links = { "city/import" = "prt/export" }, mode = "rely',
        "prt/export",
        'levers.rely.links."city/import"',
        ("'prt/export'", "did you mean 'port/export'?"),
    ),
    "office that is told": Case(
        'links = { "city/import" = "port/export" }, share',
        'links = { "city/import" = "port/yard" }, share',
        "port/yard",
        'levers.exchange.links."city/import"',
        ("there is no customs office 'port/yard'", "allowed:"),
    ),
    "office of enforcement": Case(
        'at = ["city/import"], risk_auc',
        'at = ["city/yard"], risk_auc',
        '"city/yard"], risk',
        "levers.enforce.at[0]",
        ("there is no customs office 'city/yard'", "allowed: inland/export"),
    ),
    "office without a facility": Case(
        'at = ["hub/transit"]',
        'at = ["transit"]',
        '["transit"]',
        "levers.bonded.at[0]",
        ("there is no customs office 'transit'", "did you mean 'hub/transit'?"),
    ),
    "resource of hours": Case(
        'resources = ["port/officers", "port/bays"] }',
        'resources = ["port/officers", "port/bay"] }',
        '"port/bay"',
        "levers.round-the-clock.resources[1]",
        ("there is no resource 'port/bay'", "did you mean 'port/bays'?", "allowed: inland/officers"),
    ),
    "calendar": Case(
        'calendar = "day" }',
        'calendar = "dya" }',
        '"dya"',
        "levers.daytime.calendar",
        ("there is no calendar 'dya'", "did you mean 'day'?"),
    ),
    "resource of more": Case(
        '"port/bays" = 1 }',
        '"prot/bays" = 1 }',
        '"prot/bays"',
        'levers.more.resources."prot/bays"',
        ("there is no resource 'prot/bays'", "did you mean 'port/bays'?"),
    ),
    "trader_class": Case(
        'treat = { plain = "gold" }',
        'treat = { plain = "glod" }',
        '"glod"',
        "levers.trusted.treat.plain",
        ("there is no trader class 'glod'", "did you mean 'gold'?"),
    ),
    "trader class that is treated": Case(
        'treat = { plain = "gold" }',
        'treat = { plian = "gold" }',
        "plian",
        "levers.trusted.treat.plian",
        ("there is no trader class 'plian'", "did you mean 'plain'?"),
    ),
    "trader class of documents": Case(
        'documents = { gold = "10 %", plain',
        'documents = { gild = "10 %", plain',
        "gild",
        "levers.select.documents.gild",
        ("there is no trader class 'gild'", "did you mean 'gold'?"),
    ),
    "resource of a scan": Case(
        'resource = "scanners"',
        'resource = "scaners"',
        '"scaners"',
        "levers.scan.scan.resource",
        ("there is no resource 'scaners'", "did you mean 'scanners'?"),
    ),
    "scan by appointment": Case(
        "scanners = { servers = 9 }",
        'scanners = { servers = 9, slot = "1 h" }',
        'resource = "scanners"',
        "levers.scan.scan.resource",
        ("'scanners' has a slot: it gives appointments, and does no work",),
    ),
    "resource of a review": Case(
        'review_resource = "officers"',
        'review_resource = "oficers"',
        '"oficers"',
        "levers.scan.scan.review_resource",
        ("there is no resource 'oficers'", "did you mean 'officers'?"),
    ),
    "activity gone past": Case(
        'skips = ["city/yard"]',
        'skips = ["city/yrad"]',
        '"city/yrad"',
        "levers.direct.terms.skips[0]",
        ("'city/yrad'", "did you mean 'city/yard'?"),
    ),
    "route": Case(
        'routes = ["main"]',
        'routes = ["mian"]',
        '"mian"',
        "levers.whole.routes[0]",
        ("there is no route 'mian'", "did you mean 'main'?"),
    ),
    "handling that falls away": Case(
        'drops = ["port/stow", "hub/unload"]',
        'drops = ["port/stow", "hub/transit"]',
        '"hub/transit"]\nin',
        "levers.whole.drops[1]",
        ("'hub/transit'", "allowed:"),
    ),
    "leg": Case(
        'instead = { truck = "onward" }',
        'instead = { truck = "onwrad" }',
        "onwrad",
        "levers.whole.instead.truck",
        ("there is no service, fleet or trucking leg 'onwrad'", "did you mean 'onward'?"),
    ),
    "kind": Case(
        'kind = "bonded-transit"',
        'kind = "bonded-transfer"',
        "bonded-transfer",
        "levers.bonded",
        ("bonded-transfer", "bonded-transit"),
    ),
    "mode": Case(
        'mode = "rely-on-control"',
        'mode = "rely-on-controls"',
        "rely-on-controls",
        "levers.rely.mode",
        ("rely-on-control",),
    ),
    "field": Case("factor = 3", "factr = 3", "factr = 3", "levers.select.factr", ("did you mean 'factor'?",)),
    "share without unit": Case(
        'uptake = "40 %"', "uptake = 0.4", "uptake = 0.4", "levers.two-step.terms.uptake", ("%",)
    ),
    "no filing at all": Case(
        "filings = 2 }", "filings = 0 }", "filings = 0", "levers.bonded.filings", ("1",)
    ),
    "worse than chance": Case(
        "risk_auc = 0.8", "risk_auc = 0.3", "risk_auc = 0.3", "levers.enforce.risk_auc", ("0.5",)
    ),
    "nothing to sharpen": Case(
        'at = ["city/import"], risk_auc',
        'at = ["hub/transit"], risk_auc',
        '"hub/transit"], risk',
        "levers.enforce",
        ("'hub/transit' has no inspection", "(under the policy 'enforce')"),
    ),
    "fewer servers": Case(
        '"port/officers" = 1',
        '"port/officers" = -1',
        '"port/officers" = -1',
        'levers.more.resources."port/officers"',
        ("-1 must be at least 0",),
    ),
    "service of sailings": Case(
        'services.ferry = [{ days = "Sun"',
        'services.fery = [{ days = "Sun"',
        "services.fery",
        "levers.sailings.services.fery",
        ("there is no service 'fery'", "did you mean 'ferry'?"),
    ),
    "day of a sailing": Case(
        'days = "Sun", departs = "22:00"',
        'days = "Sonntag", departs = "22:00"',
        "Sonntag",
        "levers.sailings.services.ferry[0].days",
        ("'Sonntag'",),
    ),
    "a sailing that is valid before it begins": Case(
        'days = "Sun", departs = "22:00", duration = "12 h"',
        'days = "Sun", departs = "22:00", duration = "12 h", valid_from = 2019-08-01, valid_to = 2019-07-01',
        "valid_to",
        "levers.sailings.services.ferry[0]",
        ("valid_to (2019-07-01) lies before valid_from (2019-08-01)",),
    ),
    "a sailing that arrives before it leaves": Case(
        'days = "Sun", departs = "22:00", duration = "12 h"',
        'days = "Sun", departs = "22:00", arrives = "20:00"',
        'arrives = "20:00"',
        "levers.sailings.services.ferry[0]",
        ("arrives before it leaves", "(under the policy 'sailings')"),
    ),
    "a smaller ship": Case(
        'capacity.ferry = { weight = "1500 t" }',
        'capacity.ferry = { weight = "900 t" }',
        '"900 t"',
        "levers.larger-ship.capacity.ferry.weight",
        ("'ferry' takes 1,000,000 kg already, more than 900,000 kg", "allowed: at least 1,000,000 kg"),
    ),
    "a limit that there is not": Case(
        'capacity.ferry = { weight = "1500 t" }',
        'capacity.ferry = { volume = "1500 m3" }',
        '"1500 m3"',
        "levers.larger-ship.capacity.ferry.volume",
        ("'ferry' has no limit by volume", "allowed: weight"),
    ),
    "a lever on nothing": Case(
        'capacity.ferry = { weight = "1500 t" }\n',
        "",
        "[levers.larger-ship]",
        "levers.larger-ship",
        ("at least one of capacity, block_space is needed",),
    ),
    "block space by what has no limit": Case(
        'capacity.ferry = { weight = "1500 t" }',
        'block_space.ferry = { volume = "90 m3" }',
        '"90 m3"',
        "levers.larger-ship.block_space.ferry.volume",
        ("'ferry' has no limit by volume", "allowed: weight"),
    ),
    "block space beyond the ship": Case(
        'capacity.ferry = { weight = "1500 t" }',
        'capacity.ferry = { weight = "1500 t" }\nblock_space.ferry = { weight = "1600 t" }',
        '"1600 t"',
        "levers.larger-ship.block_space.ferry.weight",
        ("1,600,000 kg is more than the capacity", "allowed: at most 1,500,000 kg"),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_does_not_fit_is_refused(case: Case, tmp_path: Path) -> None:
    """Tests that exactly one problem is told, with its file, line and key, and the nearest name."""
    complained(case, TEXT, tmp_path)


def test_the_file_itself_is_valid() -> None:
    """Tests that nothing is wrong with the file, nor with any of its policies."""
    assert checked(FILE) == (0, [])


@pytest.mark.parametrize(("command", "option"), [("run", "--policy"), ("compare", "--policies")])
def test_other_commands_refuse_it_likewise(command: str, option: str, tmp_path: Path) -> None:
    """Tests that a command which runs the file ends with exit code 2, the line and no results."""
    text = TEXT.replace('at = ["city/import"], risk_auc', 'at = ["hub/transit"], risk_auc')
    path, out = tmp_path / "levers.toml", tmp_path / "out"
    path.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, [command, str(path), option, "enforce", "--out", str(out)])
    line = text[: text.index("enforce = ")].count("\n") + 1
    assert done.exit_code == 2
    assert f"levers.toml:{line}: levers.enforce: 'hub/transit' has no inspection" in done.stderr
    assert not out.exists()


def test_a_first_office_that_cannot_inspect(tmp_path: Path) -> None:
    """Tests a chain whose first office has no inspection, though a later one selects: told at the first."""
    text = TEXT.replace(
        '[["inland/export", "port/export", "hub/transit", "city/import"]]', '[["hub/transit", "city/import"]]'
    )
    path = tmp_path / "levers.toml"
    path.write_text(text, encoding="utf-8")
    code, lines = checked(path)
    line = text[: text.index("[facilities.hub.activities.transit]")].count("\n") + 1
    assert code == 2
    (told,) = lines
    assert told.startswith(f"levers.toml:{line}: facilities.hub.activities.transit: inspects for city/import")
    assert told.endswith("(under the policy 'single')")
