"""Names of entries that do not exist are refused where they are written."""

from __future__ import annotations

import pytest

from tests.scenario.bending import Bend, Case

LOAD = '{ at = "port", do = "load" }'

NAMES = {
    "facility of a service": Case(
        ('from = "port"\nto = "quay"', 'from = "prot"\nto = "quay"'),
        '"prot"',
        "services.ferry.from",
        ("there is no facility 'prot'", "did you mean 'port'?", "allowed: port, quay, town"),
    ),
    "facility of a lane": Case(
        ('from = "port"\nto = "town"', 'from = "port"\nto = "twon"'), '"twon"', "lanes.east.to", ("'town'?",)
    ),
    "facility of a step": Case(
        (LOAD, '{ at = "prt", do = "load" }'),
        '"prt"',
        "routes.by-truck.steps[0].at",
        ("there is no facility 'prt'", "did you mean 'port'?"),
    ),
    "activity": Case(
        (LOAD, '{ at = "port", do = "lod" }'),
        '"lod"',
        "routes.by-truck.steps[0].do",
        ("there is no activity 'lod' at 'port'", "did you mean 'load'?", "allowed: load, export"),
    ),
    "no activity at all": Case(
        ('{ by = "truck" },', '{ by = "truck" }, { at = "town", do = "store" },'),
        '"store"',
        "routes.by-truck.steps[5].do",
        ("there is no activity 'store' at 'town'", "at all"),
    ),
    "leg": Case(
        ('{ by = "van" }', '{ by = "vann" }'),
        '"vann"',
        "routes.by-van.steps[2].by",
        (
            "there is no service, fleet or trucking leg 'vann'",
            "did you mean 'van'?",
            "allowed: ferry, truck, van",
        ),
    ),
    "resource": Case(
        ('resource = "gang"', 'resource = "gagn"'),
        '"gagn"',
        "facilities.quay.activities.discharge.resource",
        ("there is no resource 'gagn' at 'quay'", "did you mean 'gang'?"),
    ),
    "resource of another facility": Case(
        ('resource = "gang"', 'resource = "dock"'),
        'kind = "handling", resource = "dock", duration = "20 min"',
        "facilities.quay.activities.discharge.resource",
        ("there is no resource 'dock' at 'quay'", "allowed: gang"),
    ),
    "resource of officers": Case(
        ('resource = "officers"', 'resource = "officer"'),
        '"officer"',
        "facilities.port.activities.export.documents.resource",
        ("did you mean 'officers'?",),
    ),
    "calendar": Case(
        ('servers = 2, calendar = "office"', 'servers = 2, calendar = "ofice"'),
        '"ofice"',
        "facilities.port.resources.dock.calendar",
        ("there is no calendar 'ofice'", "did you mean 'office'?"),
    ),
    "calendar of a shift": Case(
        ('shifts = [{ servers = 1, calendar = "office"', 'shifts = [{ servers = 1, calendar = "ofice"'),
        '"ofice"',
        "facilities.port.resources.bays.shifts[0].calendar",
        ("there is no calendar 'ofice'",),
    ),
    "holiday list": Case(
        ('holidays = ["spring"]', 'holidays = ["spring", "autumn"]'),
        '"autumn"',
        "calendars.office.holidays[1]",
        ("there is no holiday list 'autumn'", "allowed: spring"),
    ),
    "trader class of a priority": Case(
        ("priority = { gold = 1 }", "priority = { glod = 1 }"),
        "glod",
        "facilities.port.resources.officers.priority.glod",
        ("there is no trader class 'glod'", "did you mean 'gold'?"),
    ),
    "trader class of a rate": Case(
        ('plain = "5 %" }', 'plain = "5 %", silver = "2 %" }'),
        "silver",
        "facilities.port.activities.export.inspection.rates.silver",
        ("there is no trader class 'silver'", "allowed: gold, plain"),
    ),
    "commodity": Case(
        ('commodities = { parts = "100 %" }', 'commodities = { part = "100 %" }'),
        "{ part =",
        "lanes.east.commodities.part",
        ("did you mean 'parts'?",),
    ),
    "route": Case(
        ('by-van = "50 %"', 'by-bus = "50 %"'),
        "by-bus",
        "lanes.east.routes.by-bus",
        ("there is no route 'by-bus'",),
    ),
    "tariff": Case(
        ('tariffs = ["sea"]', 'tariffs = ["see"]'),
        '"see"',
        "services.ferry.tariffs[0]",
        ("did you mean 'sea'?",),
    ),
    "time zone": Case(
        ('zone = "Asia/Seoul"\nlatitude = "37.5 N"', 'zone = "Asia/Soul"\nlatitude = "37.5 N"'),
        "Asia/Soul",
        "facilities.town.zone",
        ("there is no time zone 'Asia/Soul'", "did you mean 'Asia/Seoul'?"),
    ),
    "time zone that leads elsewhere": Case(
        ("start = 2019-01-07", 'start = 2019-01-07\nzone = "../etc/passwd"'),
        "../etc",
        "run.zone",
        ("no time zone",),
    ),
    "source": Case(
        ('cut_off = "6 h"', 'cut_off = { value = "6 h", grade = "published", source = "bok" }'),
        "bok",
        "services.ferry.cut_off.source",
        ("there is no source 'bok'", "did you mean 'book'?", "allowed: book"),
    ),
    "tariff twice": Case(
        ('tariffs = ["sea"]', 'tariffs = ["sea", "sea"]'),
        '["sea", "sea"]',
        "services.ferry.tariffs[1]",
        ("'sea' is named twice; allowed: each once",),
    ),
    "office of a lever twice": Case(
        (
            "[holidays.spring]",
            '[levers.more]\nkind = "risk-selection"\nat = ["port/export", "port/export"]\nfactor = 2\n'
            '[policies.more]\npolicy_package = ["more"]\n[holidays.spring]',
        ),
        'at = ["port/export"',
        "levers.more.at[1]",
        ("'port/export' is named twice; allowed: each once",),
    ),
    "one name for two ways": Case(
        (
            "[trucking.van]",
            '[trucking.truck]\nmode = "road"\nfrom = "quay"\nto = "town"\n'
            'distance = "1 km"\nduration = "1 h"\n[trucking.van]',
        ),
        "[trucking.truck]",
        "trucking.truck",
        ("also a name in [fleets]",),
    ),
}


@pytest.mark.parametrize("case", NAMES.values(), ids=NAMES.keys())
def test_name_of_nothing(case: Case, bend: Bend) -> None:
    """Tests that a name of nothing is refused at its line, with the nearest name and those that are there."""
    case.check(bend)
