"""Inspection by appointment: hand-calculated, minutes from Monday's midnight.

The truck arrives after 60 minutes; 120 to prepare, 25 to control, 45 to inspect, 30 by van. Slots of an hour
begin at 480, 540 and so on up to 900. An appointment takes a microsecond, which minutes do not show.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from fourport.scenario.load import load
from fourport.study.capacity.target import offices_at
from fourport.study.staffing import staffed_hours
from fourport.trace.closures import closed_us
from fourport.trace.intervals import CAUSE
from fourport.trace.totals import cause_totals
from tests.levers.checked import checked
from tests.levers.made import FILE, Followed, Parcel, Values, corridor, follow, leg
from tests.levers.test_clearance_stages import hours, stages

DOCS = Path(__file__).parents[2] / "docs" / "customs.md"
CITY = "city/import"
INSPECTION = "facilities.city.activities.import.inspection"
SLOTS = "facilities.city.resources.slots"
ALL: Values = {
    "routes.main.steps": leg("truck", "city/import", "van"),
    f"{INSPECTION}.rates": {"gold": "100 %", "plain": "100 %"},
    f"{INSPECTION}.appointment": {"resource": "slots"},
    SLOTS: {"servers": 1, "calendar": "day", "slot": "60 min"},
}


def delivered(found: Followed) -> list[int]:
    """Give the deliveries, whole minutes."""
    assert all(0 <= at % 1 < 1e-6 for at in found.delivered())
    return [round(at) for at in found.delivered()]


def test_one_appointment_a_slot() -> None:
    """Tests three held at 205: opened at 480, 540 and 600, in the order of their numbers."""
    found = follow(corridor(ALL), Parcel(), Parcel(), Parcel())
    assert delivered(found) == [480 + 45 + 30, 540 + 75, 600 + 75]
    times = found.times(1, CITY)
    assert times["hold"] == (205, 205)
    assert times["appointment"] == pytest.approx((540, 540))
    assert times["inspection"] == pytest.approx((540, 585))


def test_time_of_notice() -> None:
    """Tests a notice of 335, which ends exactly at the slot at 540, and a minute later, when that is gone."""
    notice = {f"{INSPECTION}.appointment.notice": "335 min", f"{SLOTS}.servers": 9}
    found = follow(corridor(ALL | notice), Parcel(0), Parcel(1))
    assert delivered(found) == [540 + 75, 600 + 75]
    assert found.times(0, CITY)["appointment-notice"] == (205, 540)


def test_more_appointments_than_bays() -> None:
    """Tests two appointments a slot and one bay: who comes second waits for it, and so does the next slot."""
    few = {f"{SLOTS}.servers": 2, "facilities.city.resources.bays.servers": 1}
    found = follow(corridor(ALL | few), Parcel(), Parcel(), Parcel())
    assert delivered(found) == [480 + 75, 525 + 75, 570 + 75]
    assert found.times(2, CITY)["appointment"] == pytest.approx((540, 540))


def test_slots_fit_whole_into_the_hours() -> None:
    """Tests slots of 150 in hours of 480: at 480, 630 and 780 only; and a closure that takes the first."""
    long = ALL | {f"{SLOTS}.slot": "150 min"}
    assert delivered(follow(corridor(long), *[Parcel()] * 4)) == [555, 705, 855, 1440 + 555]
    shut = {f"{SLOTS}.closures": [{"begins": "2019-01-07T08:00", "ends": "2019-01-07T10:30"}]}
    assert delivered(follow(corridor(long | shut), Parcel(), Parcel())) == [705, 855]
    always = long | {f"{SLOTS}.calendar": None, f"{SLOTS}.slot": "7 h"}  # From midnight on: 420 is the next.
    assert delivered(follow(corridor(always), Parcel())) == [420 + 75]


@pytest.mark.parametrize(
    ("begins", "ends", "slots"),
    [
        ("10:29", "10:40", [780, 1440 + 480]),
        ("10:30", "10:31", [480, 780]),
        ("08:00", "08:01", [630, 780]),
        ("10:29", "10:30", [630, 780]),
    ],
)
def test_a_closure_takes_the_slots_that_it_overlaps(begins: str, ends: str, slots: list[int]) -> None:
    """Tests slots of 150 at 480, 630 (10:30) and 780: one is lost whatever part is closed, none is moved."""
    shut = {
        f"{SLOTS}.slot": "150 min",
        f"{SLOTS}.closures": [{"begins": f"2019-01-07T{begins}", "ends": f"2019-01-07T{ends}"}],
    }
    assert delivered(follow(corridor(ALL | shut), Parcel(), Parcel())) == [slot + 75 for slot in slots]


def test_trusted_traders_come_first() -> None:
    """Tests that the queue class of the slots decides who of those who wait gets the next one."""
    first = {f"{SLOTS}.priority": {"gold": 1, "plain": 2}}
    assert delivered(follow(corridor(ALL | first), Parcel(), Parcel(trader_class="gold"))) == [615, 555]


def test_examples_of_the_documentation(tmp_path: Path) -> None:
    """Tests the examples of docs/customs.md: notice from 205 to 445, two at 480, one at 510."""
    path = tmp_path / "example.toml"
    examples = re.findall(r"```toml\n(\[facilities.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    head = f'extends = "{FILE.as_posix()}"\nname = "example"\ntitle = "Example"\n'
    path.write_text(head + "".join(examples), encoding="utf-8")
    tables = load(path).tree.values["facilities"]["city"]
    agencies = tables["activities"]["import"]["agencies"]
    assert (tables["resources"]["slots"]["servers"], list(agencies)) == (2, ["quarantine"])
    changes = ALL | {
        SLOTS: tables["resources"]["slots"],
        f"{INSPECTION}.appointment": tables["activities"]["import"]["inspection"]["appointment"],
        "facilities.city.activities.import.agencies": agencies,
    }
    parcels = [Parcel(risk={f"{CITY}/quarantine/selected": number}) for number in (0.1, 0.9, 0.9)]
    found = follow(corridor(changes), *parcels)
    assert delivered(found) == [555, 555, 585]
    assert found.times(0, CITY)["quarantine/inspection"] == (180, 220)


def test_lever_appointments(tmp_path: Path) -> None:
    """Tests that the lever sets slots and notice, and is refused where there is no opening or no slot."""
    lever = {"kind": "appointments", "at": [CITY], "terms": {"resource": "slots", "notice": "300 min"}}
    changes = ALL | {f"{INSPECTION}.appointment": None, "levers.booked": lever}
    assert delivered(follow(corridor(changes, "booked"), Parcel(), Parcel())) == [540 + 75, 600 + 75]
    assert delivered(follow(corridor(changes), Parcel(), Parcel())) == [205 + 75] * 2
    text = FILE.read_text(encoding="utf-8") + (
        '\n[levers.booked]\nkind = "appointments"\nat = ["city/import", "hub/transit"]\n'
        'terms = { resource = "bays" }\n\n[policies.booked]\npolicy_package = ["booked"]\n'
    )
    (tmp_path / "levers.toml").write_text(text, encoding="utf-8")
    code, told = checked(tmp_path / "levers.toml")
    assert code == 2
    assert [one.partition("levers.booked.")[2].partition(";")[0] for one in told] == [
        "at[1]: 'hub/transit' has no inspection",
        "terms.resource: 'bays' has no slot, so that no appointment can be given there",
    ]


def test_lever_of_the_slots() -> None:
    """Tests that more-servers gives more appointments in each slot, and working-hours another day of them."""
    levers: dict[str, Values] = {
        "more": {"kind": "more-servers", "resources": {"city/slots": 1}},
        "night": {"kind": "working-hours", "resources": ["city/slots"]},
    }
    for name, expected in (("more", [555, 555, 615]), ("night", [240 + 75, 300 + 75, 360 + 75])):
        found = follow(corridor(ALL | {f"levers.{name}": levers[name]}, name), Parcel(), Parcel(), Parcel())
        assert delivered(found) == expected


def test_only_openings_need_an_appointment() -> None:
    """Tests a scan (10, and 5 to look at it): 90 % of the offences raise an alarm and wait for a slot."""
    alarm, bad = f"{CITY}/alarm", {"trader_classes.plain.non_compliant": "10 %"}
    parcels = [
        Parcel(non_compliant=True, risk={f"{CITY}/scan": 0.1, alarm: number}) for number in (0.95, 0.5)
    ]
    found = follow(corridor(ALL | bad, "scan"), *parcels)
    assert delivered(found) == [220 + 30, 555]
    assert found.measures()["undetected"] == 1


def test_late_inspections_by_appointment() -> None:
    """Tests that goods released first are opened at the first slot after they are called back, at 1645."""
    parcel = Parcel(risk={f"{CITY}/after-release": 0.4})
    found = follow(corridor(ALL, "release-first"), parcel)
    assert delivered(found) == [205 + 30]
    assert found.times(0, CITY)["late-inspection"] == pytest.approx((1440 + 480, 1440 + 525))


def test_hours_without_slots_are_closed() -> None:
    """Tests two held at 205: until 480 there are no slots, and then the second waits for the first."""
    run = follow(corridor(ALL), Parcel(), Parcel()).run
    (step,) = (s for s, info in enumerate(run.corridor.steps) if info.key == f"{CITY}/appointment")
    at = run.trace.at(step)
    slots = run.corridor.plan.names.resources.index("city/slots")
    closed = closed_us(run.corridor, slots, at.ready_us, at.begin_us) / 60e6
    assert closed.tolist() == [480 - 205] * 2
    assert ((at.begin_us - at.ready_us) / 60e6 - closed).tolist() == [0, 60]
    overnight = closed_us(run.corridor, slots, at.ready_us, at.ready_us + 1440 * 60_000_000) / 60e6
    assert overnight.tolist() == [16 * 60] * 2


def test_what_an_appointment_costs() -> None:
    """Tests that its time is that of goods held for inspection, and a stage of its own, but no staff's."""
    notice = {f"{INSPECTION}.appointment.notice": "100 min"}
    found = follow(corridor(ALL | notice), Parcel())
    held = cause_totals(found.run.corridor, found.run.trace)[0, CAUSE["inspection"]] / 60e6
    assert held == pytest.approx(525 - 205)
    by_stage = stages(found.run, "import", CITY)
    assert hours(by_stage, "appointment") == pytest.approx((480 - 305, 100, 100))
    assert hours(by_stage, "inspection") == pytest.approx((0, 45, 100))
    assert by_stage["*", "time"] == pytest.approx(525 - 60)
    measures = found.measures()
    assert measures["inspections"] == 1
    assert measures["officer_hours"] == pytest.approx((25 + 45) / 60)
    without: dict[str, Any] = ALL | {f"{INSPECTION}.appointment": None, SLOTS: None}
    assert staffed_hours(found.run.corridor) == staffed_hours(corridor(without))


def test_capacity_knows_the_office_of_the_slots() -> None:
    """Tests that a target on clearance can be asked of the number of appointments."""
    assert offices_at(corridor(ALL), "city/slots") == (CITY,)
    assert offices_at(corridor(ALL), "city/bays") == (CITY,)
