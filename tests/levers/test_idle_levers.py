"""Levers that can change nothing on any route, or do the opposite of their name, are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.levers.checked import Case, checked, complained
from tests.levers.made import FILE

MORE = """
[facilities.hub.activities.spare]
kind = "handling"
resource = "gang"
duration = "15 min"

[facilities.city.activities.last]
kind = "customs"
procedure = "import"
preparation = "10 min"
documents = { resource = "officers", duration = "10 min" }

[facilities.door.resources]
officers = { servers = 1 }

[facilities.door.activities.entry]
kind = "customs"
procedure = "transit"
preparation = "10 min"
documents = { resource = "officers", duration = "10 min" }

[routes.last]
title = "Last"
steps = [{ at = "city", do = "last" }, { by = "van" }]
"""
"""What is at places but not on the route: a handling, an office on a route of its own, one on none."""

TEXT = FILE.read_text(encoding="utf-8") + MORE
CITY = 'plain = "3 %" } }'
TEXT = TEXT.replace(CITY, 'plain = "3 %" }, risk_auc = 0.75 }\npre_arrival = "20 %"')

CASES = {
    "duller than before": Case(
        "risk_auc = 0.8 }",
        "risk_auc = 0.7 }",
        "risk_auc = 0.7 }",
        "levers.enforce.risk_auc",
        ("'city/import' has a risk_auc of 0.75 already, more than 0.7; allowed: at least 0.75",),
    ),
    "fewer in advance": Case(
        'share = "60 %"\namend',
        'share = "10 %"\namend',
        'share = "10 %"\namend',
        "levers.advance.share",
        ("at 'city/import' 20 % are lodged before arrival, more than 10 %; allowed: at least 20 %",),
    ),
    "a lead beside a departure": Case(
        'share = "60 %"\namend',
        'share = "60 %"\nfrom = "departure"\nlead = "1 h"\namend',
        "[levers.advance]",
        "levers.advance",
        ('lead does not go with from = "departure"; allowed: from = "documents" or "booking"',),
    ),
    "a report that nobody waits for": Case(
        'inspection = { share = "50 %", duration = "1440 min" }',
        'laboratory = "50 %"',
        'at = ["city/import"]\nlaboratory',
        "levers.release-first.at[0]",
        ("'city/import' has no laboratory; allowed: offices with one",),
    ),
    "a way that leads elsewhere": Case(
        'instead = { truck = "onward" }',
        'instead = { truck = "van" }',
        'instead = { truck = "van" }',
        "levers.whole.instead.truck",
        ("'van' leaves from 'city'", "(under the policy 'whole')"),
    ),
    "a way that none of the routes takes": Case(
        'instead = { truck = "onward" }',
        'instead = { onward = "truck" }',
        'instead = { onward = "truck" }',
        "levers.whole.instead.onward",
        ("'onward' is on none of the routes; allowed: feeder, ferry, truck, van",),
    ),
    "a handling that none of the routes has": Case(
        'drops = ["port/stow", "hub/unload"]',
        'drops = ["port/stow", "hub/spare"]',
        '"hub/spare"]',
        "levers.whole.drops[1]",
        ("'hub/spare' is on none of the routes; allowed: city/yard, hub/unload, port/stow",),
    ),
    "filings of an office that none of the routes has": Case(
        'fewer_filings = { "hub/transit" = 1 }',
        'fewer_filings = { "door/entry" = 1 }',
        '{ "door/entry" = 1 }',
        'levers.whole.fewer_filings."door/entry"',
        ("'door/entry' is on none of the routes; allowed: city/import, hub/transit, inland/export",),
    ),
    "a route on which nothing changes": Case(
        'routes = ["main"]',
        'routes = ["main", "last"]',
        'routes = ["main", "last"]',
        "levers.whole.routes[1]",
        ("nothing that changes is on 'last'",),
    ),
    "a chain in the wrong order": Case(
        '"hub/transit", "city/import"]]',
        '"hub/transit"], ["city/import", "hub/transit"]]',
        '["city/import", "hub/transit"]]',
        "levers.single.chains[1][1]",
        (
            "no route comes through 'city/import' before 'hub/transit', so that it changes nothing",
            "allowed before 'hub/transit': inland/export, port/export",
        ),
    ),
    "offices that no route visits together": Case(
        '["inland/export", "port/export", "hub/transit", "city/import"]',
        '["inland/export", "door/entry"]',
        '"door/entry"]]',
        "levers.single.chains[0][1]",
        ("'inland/export' before 'door/entry'", "allowed before 'door/entry': none"),
    ),
    "a chain of one that no route comes through": Case(
        '["inland/export", "port/export", "hub/transit", "city/import"]',
        '["door/entry"]',
        '["door/entry"]',
        "levers.single.chains[0][0]",
        ("no route comes through 'door/entry'", "allowed: inland/export, port/export, hub/transit"),
    ),
    "recognition of a later office": Case(
        'links = { "city/import" = "port/export" }, mode = "skip',
        'links = { "port/export" = "city/import" }, mode = "skip',
        'links = { "port/export" = "city/import" }, mode = "skip',
        'levers.skip.links."port/export"',
        ("no route comes through 'city/import' before 'port/export'", "allowed before 'port/export': inland"),
    ),
    "recognition where nobody is inspected": Case(
        'links = { "city/import" = "port/export" }, mode = "rely',
        'links = { "hub/transit" = "port/export" }, mode = "rely',
        'links = { "hub/transit" = "port/export" }, mode = "rely',
        'levers.rely.links."hub/transit"',
        ("'hub/transit' has no inspection that it could do without",),
    ),
    "data of a later office": Case(
        'links = { "city/import" = "port/export" }, share',
        'links = { "inland/export" = "port/export" }, share',
        'links = { "inland/export" = "port/export" }, share',
        'levers.exchange.links."inland/export"',
        ("no route comes through 'port/export' before 'inland/export'", "none, no office is"),
    ),
    "an office that no route comes through": Case(
        'at = ["hub/transit"]',
        'at = ["hub/transit", "door/entry"]',
        '"door/entry"]',
        "levers.bonded.at[1]",
        ("no route comes through 'door/entry'", "(under the policy 'bonded')"),
    ),
    "a yard that no route has with the office": Case(
        'skips = ["city/yard"]',
        'skips = ["city/yard", "hub/spare"]',
        '"hub/spare"]',
        "levers.direct.terms.skips[1]",
        ("'hub/spare' is on no route through 'city/import'", "allowed: city/yard, hub/unload, port/stow"),
    ),
    "an office of a direct way that passes no yard": Case(
        'at = ["city/import"]\nterms = { share = "90 %"',
        'at = ["city/import", "city/last"]\nterms = { share = "90 %"',
        '"city/last"]',
        "levers.direct.at[1]",
        ("no route through 'city/last' does any of city/yard",),
    ),
    "rates of nothing": Case(
        'at = ["city/import"]\nfactor',
        'at = ["city/import", "hub/transit"]\nfactor',
        '"hub/transit"]\nfactor',
        "levers.select.at[1]",
        ("'hub/transit' has no inspection whose rates could change", "allowed: offices with one"),
    ),
    "no rates at all": Case(
        'factor = 3\nsampling = "10 %"\ndocuments = { gold = "10 %", plain = "40 %" }\n',
        "",
        "[levers.select]",
        "levers.select",
        ("changes nothing; allowed: factor, sampling or documents",),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_could_do_nothing_is_refused(case: Case, tmp_path: Path) -> None:
    """Tests that exactly one problem is told, with its file, line and key, and what is allowed."""
    complained(case, TEXT, tmp_path)


LATE = 'late = { kind = "bonded-transit", at = ["door/entry"], filings = 2 }'
OWN_ROUTE = """
[policies.late]
policy_package = ["late"]
lanes.main.routes = { main = "50 %", late = "50 %" }

[policies.late.routes.late]
title = "Late"
steps = [{ at = "inland", do = "export" }, { by = "feeder" }, { by = "ferry" }, { by = "truck" },
  { by = "van" }, { at = "door", do = "entry" }]
"""


def test_a_lever_for_a_route_of_its_own(tmp_path: Path) -> None:
    """Tests that a lever which does something under the policy that has it is not told elsewhere."""
    path = tmp_path / "levers.toml"
    path.write_text(TEXT.replace("[levers]\n", f"[levers]\n{LATE}\n") + OWN_ROUTE, encoding="utf-8")
    assert checked(path) == (0, [])
