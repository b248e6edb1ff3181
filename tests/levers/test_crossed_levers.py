"""Warnings about levers of one policy package that set the same value, or repeat a departure."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.levers.checked import edited, line_of, told
from tests.levers.made import FILE

TEXT = FILE.read_text(encoding="utf-8") + '[policies.both]\npolicy_package = ["PACKAGE"]\n'


def warned(folder: Path, package: str, *more: str) -> list[str]:
    """Give the warnings of a policy with these levers, some of them new, without line and policy."""
    text = edited(TEXT, ('"PACKAGE"', ", ".join(f'"{name}"' for name in package.split())))
    added = "".join(
        f"\n[levers.{name}]\n{body}\n" for name, body in zip(("second", "third"), more, strict=False)
    )
    lines = told(text + added, folder)
    start, end = "warning: levers.toml:", " (under the policy 'both')"
    assert all(line.startswith(start) and line.endswith(end) for line in lines), lines
    return [line.removeprefix(start).partition(": ")[2].removesuffix(end) for line in lines]


def in_vain(lever: str, other: str, *keys: str) -> str:
    """Give the warning that a lever sets keys in vain."""
    return (
        f"levers.{lever}: sets {', '.join(keys)} in vain, since the lever {other!r} sets it, too, and holds"
        "; allowed: one of the two in a policy package"
    )


OFFICE = "facilities.city.activities.import"
VAIN = {
    # Levers of the package; the lever `second`; the lever in vain, the other one, and keys.
    "modes of recognition": ("skip rely", "", "skip", "rely", f"{OFFICE}.recognition.mode"),
    "modes of recognition, turned round": ("rely skip", "", "rely", "skip", f"{OFFICE}.recognition.mode"),
    "a mode and none": ("skip none", "", "skip", "none", f"{OFFICE}.recognition.mode"),
    "hours of two resources": (
        "daytime round-the-clock",
        "",
        "daytime",
        "round-the-clock",
        "facilities.port.resources.officers.shifts, facilities.port.resources.bays.shifts",
    ),
    "filings": (
        "second bonded",
        'kind = "bonded-transit"\nat = ["hub/transit"]\nfilings = 3',
        "second",
        "bonded",
        "facilities.hub.activities.transit.filings",
    ),
    "filings of another kind of lever": (
        "bonded second",
        'kind = "single-declaration"\nchains = [["hub/transit"]]',
        "bonded",
        "second",
        "facilities.hub.activities.transit.filings",
    ),
    "a share of two, the other of which stays": (
        "exchange second",
        'kind = "information-exchange"\nlinks = { "city/import" = "port/export" }\n'
        'share = "50 %"\nsaves = "5 %"',
        "exchange",
        "second",
        f"{OFFICE}.information.saves",
    ),
    "the weaker targeting, although it is the later": (
        "enforce second",
        'kind = "joint-enforcement"\nat = ["city/import"]\nrisk_auc = 0.7',
        "second",
        "enforce",
        f"{OFFICE}.inspection.risk_auc",
    ),
    "the smaller ship, although it is the later": (
        "larger-ship second",
        'kind = "more-capacity"\ncapacity.ferry = { weight = "1200 t" }',
        "second",
        "larger-ship",
        "services.ferry.capacity.weight",
    ),
    "a share ahead, with an amendment that is set once": (
        "second advance",
        'kind = "advance-declaration"\nat = ["city/import"]\nshare = "10 %"',
        "second",
        "advance",
        f"{OFFICE}.pre_arrival.share",
    ),
    "timetables": (
        "early second",
        'kind = "other-timetable"\nservices.ferry = [{ days = "Sun", departs = "9:00", duration = "12 h" }]',
        "early",
        "second",
        "services.ferry.timetable",
    ),
    "sampling beside factors": (
        "select second",
        'kind = "risk-selection"\nat = ["city/import"]\nfactor = 2\nsampling = "20 %"',
        "select",
        "second",
        f"{OFFICE}.inspection.sampling",
    ),
    "the scan": (
        "scan second",
        'kind = "scan-first"\nat = ["city/import"]\nscan = { resource = "scanners", duration = "20 min",'
        ' review_resource = "officers", review = "5 min", share = "80 %", false_alarms = "10 %",'
        ' detects = "90 %" }',
        "scan",
        "second",
        f"{OFFICE}.inspection.scan.duration",
    ),
    "a leg in place of another, of which the earlier holds": (
        "whole second",
        'kind = "whole-truck"\nroutes = ["main"]\ndrops = ["city/yard"]\ninstead = { truck = "slow" }\n'
        '[trucking.slow]\nmode = "road"\nfrom = "hub"\nto = "city"\ndistance = "40 km"\nduration = "90 min"',
        "second",
        "whole",
        "routes.main.steps.slow",
    ),
}


@pytest.mark.parametrize("case", VAIN)
def test_a_lever_that_another_one_overrides(case: str, tmp_path: Path) -> None:
    """Tests that the lever whose value does not hold is told, with the other one and what both set."""
    package, second, vain, other, keys = VAIN[case]
    assert warned(tmp_path, package, *[second] * bool(second)) == [in_vain(vain, other, keys)]


TOGETHER = {
    "more servers twice": ("more second", 'kind = "more-servers"\nresources = { "port/officers" = 2 }'),
    "servers and hours": ("more daytime", ""),
    "factors": ("select second", 'kind = "risk-selection"\nat = ["city/import"]\nfactor = 2'),
    "rates, and who is treated as whom": ("select trusted", ""),
    "the same filings": (
        "bonded second",
        'kind = "bonded-transit"\nat = ["hub/transit"]\nfilings = 2',
    ),
    "filings and fewer filings": ("bonded whole", ""),
    "parts of an office": ("advance two-step direct exchange select enforce scan", ""),
    "weight and block space": (
        "larger-ship second",
        'kind = "more-capacity"\nblock_space.ferry = { weight = "200 t" }',
    ),
    "another timetable and a sailing besides": ("sailings early", ""),
    "two sailings": (
        "sailings second",
        'kind = "extra-departures"\nservices.ferry = [{ days = "Sun", departs = "23:00", duration = "9 h" }]',
    ),
    "two ways to drop a handling": (
        "whole second",
        'kind = "whole-truck"\nroutes = ["main"]\ndrops = ["port/stow", "city/yard"]',
    ),
    "chains that end at the same office": (
        "second third",
        'kind = "single-declaration"\nchains = [["inland/export", "city/import"]]',
        'kind = "single-declaration"\nchains = [["port/export", "city/import"]]',
    ),
}


def test_its_line(tmp_path: Path) -> None:
    """Tests the file and line of the lever in vain."""
    text = edited(TEXT, ('"PACKAGE"', '"skip", "rely"'))
    (line,) = told(text, tmp_path)
    assert line.startswith(f"warning: levers.toml:{line_of(text, 'skip = { kind')}: levers.skip: sets ")


@pytest.mark.parametrize("case", TOGETHER)
def test_levers_that_work_together(case: str, tmp_path: Path) -> None:
    """Tests that levers which add to each other, or agree, are not told."""
    package, *more = TOGETHER[case]
    assert warned(tmp_path, package, *filter(None, more)) == []


EXTRA = 'kind = "extra-departures"\nservices.ferry = [\n{},\n]'
REPEATED: dict[str, tuple[str, list[str], dict[int | str, str]]] = {
    # Levers of the package; departures of the lever `second`; what is told of them, by index.
    "of the timetable": (
        "second",
        ['days = ["Sat", "Tue"], departs = "18:00", duration = "9 h"'],
        {0: "leaves on Tue, Sat at 18:00, when a departure of the timetable of 'ferry' leaves, too"},
    ),
    "of a lever before it": (
        "sailings second",
        [
            'days = "Sun", departs = "21:59", duration = "12 h"',
            'days = "daily", departs = "22:00", duration = "12 h"',
        ],
        {1: "leaves on Sun at 22:00, when a departure of the lever 'sailings' leaves, too"},
    ),
    "of a lever after it": (
        "second sailings",
        ['days = "Sun", departs = "22:00", duration = "12 h"'],
        {"sailings": "leaves on Sun at 22:00, when a departure of the lever 'second' leaves, too"},
    ),
    "of another timetable": (
        "second early",
        ['days = "Wed-Sun", departs = "16:00", duration = "12 h"'],
        {0: "leaves on Wed, Thu, Fri, Sat at 16:00, when a departure of the lever 'early' leaves, too"},
    ),
    "not of the timetable that another one replaces": (
        "early second",
        ['days = "daily", departs = "18:00", duration = "12 h"'],
        {},
    ),
    "of its own": (
        "second",
        [
            'days = "Mon-Wed", departs = "12:00", duration = "12 h"',
            'days = "Wed-Fri", departs = "12:00", duration = "11 h"',
        ],
        {1: "leaves on Wed at 12:00, when a departure of the lever 'second' leaves, too"},
    ),
    "not in other weeks": (
        "second",
        [
            'days = "Mon-Wed", departs = "12:00", duration = "12 h", valid_to = 2019-01-08',
            'days = "Wed-Fri", departs = "12:00", duration = "11 h", valid_from = 2019-01-07',
        ],
        {},
    ),
}


@pytest.mark.parametrize("case", REPEATED)
def test_a_departure_at_the_minute_of_another(case: str, tmp_path: Path) -> None:
    """Tests that it is told with its key, the days, and who brings the other departure."""
    package, departures, expected = REPEATED[case]
    second = EXTRA.format(",\n".join(f"{{ {departure} }}" for departure in departures))
    assert warned(tmp_path, package, second) == [
        f"levers.{'second' if isinstance(k, int) else k}.services.ferry[{k if isinstance(k, int) else 0}]:"
        f" {message}; allowed: another time"
        for k, message in expected.items()
    ]
