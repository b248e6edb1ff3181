"""Pre-arrival, two-step, exchanged data, fewer filings. Minutes from Monday midnight."""

from __future__ import annotations

from typing import Any

import pytest

from fourport.study.clearance_stages import stages_of
from fourport.study.replication import Replication
from fourport.world.draw import draw
from tests.levers.made import SHORT, Parcel, Times, column, corridor, follow, leg, played

RISK = "city/import/inspection"
AHEAD, AMENDED = "city/import/pre-arrival", "city/import/amendment"
ROUTE: dict[str, Any] = {"routes.main.steps": leg("truck", "city/import", "van")}
"""The truck arrives after 60 minutes; 120 to prepare, 25 to control, 45 to inspect, 30 by van."""
ARRIVED: Times = {
    "preparation": (60, 180),
    "documents": (180, 205),
    "release": (60, 205),
    "removal": (205, 205),
}


def test_advance_declaration() -> None:
    """Tests 60 % lodged when the truck leaves, 30 % of them amended (20 minutes, controlled again: 25)."""
    parcels = (
        Parcel(risk={AHEAD: 0.7, AMENDED: 0.1}),  # not ahead: nothing to amend
        Parcel(risk={AHEAD: 0.5}),
        Parcel(risk={AHEAD: 0.5, AMENDED: 0.2}),
        Parcel(risk={AHEAD: 0.5, AMENDED: 0.2, RISK: 0.02}),
    )
    before, after = follow(corridor(ROUTE), *parcels), follow(corridor(ROUTE, "advance"), *parcels)
    inspected = {"inspection": (205, 250), "removal": (250, 250)}
    assert [before.times(i, "city/import") for i in range(4)] == [ARRIVED] * 3 + [ARRIVED | inspected]
    ahead: Times = {"preparation": (0, 120), "documents": (120, 145), "release": (60, 145)}
    amended = ahead | {"amendment": (145, 165), "amended-documents": (165, 190)}
    assert [after.times(i, "city/import") for i in range(4)] == [
        ARRIVED,
        ahead | {"removal": (145, 145)},
        amended | {"removal": (190, 190)},
        amended | {"inspection": (190, 235), "removal": (235, 235)},
    ]
    assert after.delivered() == [235, 175, 220, 265]


@pytest.mark.parametrize(("drive", "released"), [(144, 145), (145, 145), (146, 146), (200, 200)])
def test_release_is_the_later_of_arrival_and_declaration(drive: int, released: int) -> None:
    """Tests goods that come before, with and after the end of the declaration, lodged as they left: 145."""
    changes = ROUTE | {"trucking.truck.duration": f"{drive} min"}
    found = follow(corridor(changes, "advance"), Parcel(risk={AHEAD: 0.5}))
    assert found.times(0, "city/import") == {
        "preparation": (0, 120),
        "documents": (120, 145),
        "release": (drive, released),
        "removal": (released, released),
    }


def test_amendments_stay_as_they_were_if_none_are_given() -> None:
    """Tests that a lever without amendments leaves the office's own: 100 % with 10 minutes."""
    changes = ROUTE | {
        "levers.advance.amendment": None,
        "facilities.city.activities.import.amendment": {"share": "100 %", "duration": "10 min"},
    }
    parcels = (Parcel(risk={AHEAD: 0.5}), Parcel(risk={AHEAD: 0.7}))
    before, after = follow(corridor(changes), *parcels), follow(corridor(changes, "advance"), *parcels)
    assert before.times(0, "city/import") == ARRIVED
    assert after.times(0, "city/import") == {
        "preparation": (0, 120),
        "documents": (120, 145),
        "release": (60, 145),
        "amendment": (145, 155),
        "amended-documents": (155, 180),
        "removal": (180, 180),
    }
    assert after.times(1, "city/import") == ARRIVED


DUTY, UPTAKE = "city/import/duty", "city/import/two-step"
PAID: dict[str, Any] = ROUTE | {
    "facilities.city.activities.import.duty": {"share": "50 %", "duration": "35 min"},
}


def test_two_step_declaration() -> None:
    """Tests an uptake of 40 %, a summary of 25 %, a full entry 600 minutes after; 50 % pay duty in 35.

    In two steps 30 minutes of preparation, no payment; the full entry is made and controlled after release,
    and nobody waits for it.
    """
    parcels = (
        Parcel(),
        Parcel(risk={DUTY: 0.4}),
        Parcel(risk={DUTY: 0.4, UPTAKE: 0.3}),
        Parcel(risk={UPTAKE: 0.3, RISK: 0.02}),
    )
    before, after = follow(corridor(PAID), *parcels), follow(corridor(PAID, "two-step"), *parcels)
    plain = ARRIVED | {"control": (205, 205)}
    paying: Times = {
        "preparation": (60, 180),
        "documents": (180, 205),
        "payment": (205, 240),
        "control": (240, 240),
        "release": (60, 240),
        "removal": (240, 240),
    }
    red = plain | {"inspection": (205, 250), "removal": (250, 250)}
    assert [before.times(i, "city/import") for i in range(4)] == [plain, paying, paying, red]
    summary: Times = {
        "preparation": (60, 90),
        "documents": (90, 115),
        "control": (115, 115),
        "release": (60, 115),
    }
    assert [after.times(i, "city/import") for i in range(4)] == [
        plain,
        paying,
        summary
        | {
            "removal": (115, 115),
            "guarantee": (115, 115),
            "full-entry": (115, 715),
            "full-documents": (715, 740),
        },
        summary
        | {
            "inspection": (115, 160),
            "removal": (160, 160),
            "guarantee": (160, 160),
            "full-entry": (160, 760),
            "full-documents": (760, 785),
        },
    ]
    assert after.delivered() == [235, 270, 145, 190]
    # Four controls of 25 and one opening off; with two full entries two controls more.
    hours = [run.measures()["officer_hours"] * 60 for run in (before, after)]
    assert hours == [pytest.approx(4 * 25 + 45), pytest.approx(6 * 25 + 45)]


def test_all_in_two_steps_pay_nothing_before_release() -> None:
    """Tests an uptake of 100 %: there is no payment any more, and everybody's full entry follows."""
    found = follow(
        corridor(PAID | {"levers.two-step.terms.uptake": "100 %"}, "two-step"), Parcel(risk={DUTY: 0.4})
    )
    assert found.times(0, "city/import") == {
        "preparation": (60, 90),
        "documents": (90, 115),
        "release": (60, 115),
        "removal": (115, 115),
        "guarantee": (115, 115),
        "full-entry": (115, 715),
        "full-documents": (715, 740),
    }


def test_the_full_entry_takes_officers_time() -> None:
    """Tests one officer: who lodges while a full entry is controlled waits for it, 715 to 740."""
    changes = PAID | {"facilities.city.resources.officers.servers": 1, "levers.two-step.terms.uptake": "40 %"}
    found = follow(corridor(changes, "two-step"), Parcel(risk={UPTAKE: 0.3}), Parcel(540))
    # The second arrives at 600 and lodges at 720.
    assert found.times(1, "city/import") == {
        "preparation": (600, 720),
        "documents": (740, 765),
        "control": (765, 765),
        "release": (600, 765),
        "removal": (765, 765),
    }


def test_bonded_transit() -> None:
    """Tests five filings of 40 + 15 minutes one after another, and two."""
    changes = {"routes.main.steps": leg("ferry", "hub/transit", "truck")}
    two: Times = {
        "ferry": (1080, 1800),
        "hub/transit/preparation": (1800, 1840),
        "hub/transit/documents": (1840, 1855),
        "hub/transit/preparation#2": (1855, 1895),
        "hub/transit/documents#2": (1895, 1910),
        "hub/transit/release": (1800, 1910),
        "truck": (1910, 1970),
    }
    five = two | {
        "hub/transit/preparation#3": (1910, 1950),
        "hub/transit/documents#3": (1950, 1965),
        "hub/transit/preparation#4": (1965, 2005),
        "hub/transit/documents#4": (2005, 2020),
        "hub/transit/preparation#5": (2020, 2060),
        "hub/transit/documents#5": (2060, 2075),
        "hub/transit/release": (1800, 2075),
        "truck": (2075, 2135),
    }
    before, after = follow(corridor(changes), Parcel()), follow(corridor(changes, "bonded"), Parcel())
    assert (before.times(), after.times()) == (five, two)
    assert before.measures()["clearance_time_transit"] == pytest.approx(275 / 60)
    assert after.measures()["clearance_time_transit"] == pytest.approx(110 / 60)


INFORMED = "city/import/information"
CHAIN: dict[str, Any] = {"routes.main.steps": leg("port/export", "ferry", "truck", "city/import", "van")}
"""Released by the port at 110 (90 + 20), by ferry 1080 to 1800, at the city at 1860."""


def test_information_exchange() -> None:
    """Tests that data of 50 % reach the city when the port releases, and save 25 % of the preparation.

    90 minutes from 110, controlled at 225: released on arrival. The others prepare for 120 from then on.
    """
    changes = CHAIN | {"facilities.city.activities.import.amendment": {"share": "30 %", "duration": "20 min"}}
    parcels = (
        Parcel(risk={INFORMED: 0.6, AMENDED: 0.1}),
        Parcel(risk={INFORMED: 0.4}),
        Parcel(risk={INFORMED: 0.4, RISK: 0.02}),
        Parcel(risk={INFORMED: 0.4, AMENDED: 0.1}),
    )
    before, after = follow(corridor(changes), *parcels), follow(corridor(changes, "exchange"), *parcels)
    late: Times = {
        "preparation": (1860, 1980),
        "documents": (1980, 2005),
        "release": (1860, 2005),
        "removal": (2005, 2005),
    }
    red = late | {"inspection": (2005, 2050), "removal": (2050, 2050)}
    assert [before.times(i, "city/import") for i in range(4)] == [late, late, red, late]
    passed_on: Times = {"information": (110, 110)}
    early = passed_on | {"preparation": (110, 200), "documents": (200, 225), "release": (1860, 1860)}
    assert [after.times(i, "city/import") for i in range(4)] == [
        passed_on | late,
        early | {"removal": (1860, 1860)},
        early | {"inspection": (1860, 1905), "removal": (1905, 1905)},
        early | {"amendment": (1860, 1880), "amended-documents": (1880, 1905), "removal": (1905, 1905)},
    ]
    assert after.delivered() == [2035, 1890, 1935, 1935]
    # At the port that passes on its data the goods wait for the ferry, from 110 to 1080, as before.
    for run in (before.run, after.run):
        removal = [mean for key, mean in stages_of(run).items() if key[3:7:2] == ("port/export", "removal")]
        assert removal[0] == pytest.approx((1080 - 110) / 60)


def test_data_of_an_office_that_is_not_on_the_leg() -> None:
    """Tests that on a route which the port never sees nothing is passed on: no time of anybody changes."""
    changes = SHORT | {
        "facilities.city.activities.import.amendment": {"share": "100 %", "duration": "20 min"}
    }
    parcels = [Parcel(route="short", risk={INFORMED: number}) for number in (0.4, 0.6)]
    before, after = follow(corridor(changes), *parcels), follow(corridor(changes, "exchange"), *parcels)
    assert [before.times(i, "city/import") for i in (0, 1)] == [ARRIVED, ARRIVED]
    assert [after.times(i, "city/import") for i in (0, 1)] == [ARRIVED, ARRIVED]


def test_what_comes_first_begins_the_declaration() -> None:
    """Tests who is informed (at the port's release, 110) and lodged early (as the truck leaves, 1800)."""
    changes = CHAIN | {"facilities.city.activities.import.pre_arrival": "60 %"}
    parcels = [
        Parcel(risk={AHEAD: ahead, INFORMED: told}) for ahead, told in ((0.5, 0.4), (0.5, 0.6), (0.7, 0.4))
    ]
    run: Replication = follow(corridor(changes, "exchange"), *parcels).run
    begins = column(run, 0, "city/import/preparation", begin=True) - run.world.entry_us
    assert (begins / 60e6).tolist() == [110, 1800, 110]


BEFORE: dict[str, Any] = {"routes.main.steps": leg("feeder", "ferry", "truck", "city/import", "van")}
"""Accepted at 0; the ferry arrives at 1800 and the truck, which leaves then, at 1860."""
PRE_ARRIVAL = "facilities.city.activities.import.pre_arrival"


@pytest.mark.parametrize(
    ("begins", "lead", "prepared", "released"),
    [
        # 120 minutes to prepare, 25 to control, of which the lead is over before the track can start.
        ("departure", None, (1800, 1920), 1945),
        ("documents", "40 min", (1800, 1880), 1905),
        ("documents", "90 min", (1800, 1830), 1860),
        ("documents", "3 d", (1800, 1800), 1860),
        ("booking", "40 min", (0, 80), 1860),
        ("booking", "3 d", (0, 0), 1860),
    ],
)
def test_lead_of_declarations(
    begins: str, lead: str | None, prepared: tuple[int, int], released: int
) -> None:
    """Tests preparation begun when the documents are there before the departure, or at the booking.

    The declaration is not lodged before the departure or the acceptance: nothing is left to do then but an
    instant (one microsecond, the shortest duration).
    """
    given = {"share": "60 %", "from": begins} | ({} if lead is None else {"lead": lead})
    parcels = [Parcel(risk={AHEAD: 0.5}), Parcel(risk={AHEAD: 0.7})]
    found = follow(corridor(BEFORE | {PRE_ARRIVAL: given}), *parcels)
    times = found.times(0, "city/import")
    assert times["preparation"] == pytest.approx(prepared, abs=1e-6)
    assert times["documents"] == pytest.approx((prepared[1], prepared[1] + 25), abs=1e-6)
    assert times["release"] == (1860, released)
    assert found.times(1, "city/import")["preparation"] == (1860, 1980)


def test_lead_beside_fewer_filings_and_exchanged_data() -> None:
    """Tests that a lead shortens the first filing alone, and that data passed on begin a track without it.

    The port releases at 230 (feeder 120, preparation 90, control 20), long before the documents are there.
    """
    changes = {
        "routes.main.steps": leg("feeder", "port/export", "ferry", "truck", "city/import", "van"),
        "facilities.city.activities.import.filings": 2,
        PRE_ARRIVAL: {"share": "60 %", "from": "documents", "lead": "90 min"},
        "facilities.city.activities.import.information": {"of": "port/export", "share": "50 %"},
    }
    parcels = [Parcel(risk={AHEAD: 0.5, INFORMED: 0.6}), Parcel(risk={AHEAD: 0.5, INFORMED: 0.4})]
    found = follow(corridor(changes), *parcels)
    told = [found.times(i, "city/import") for i in (0, 1)]
    assert [times["preparation"] for times in told] == [(1800, 1830), (230, 350)]
    assert [times["preparation#2"] for times in told] == [(1855, 1975), (375, 495)]


def test_declarations_begun_at_the_booking_need_no_transport() -> None:
    """Tests an export that is declared before the goods come to the yard, and what a lever changes of it.

    Of 60 minutes 45 are over at the acceptance; of the 60 % of the file the lever makes 80 %.
    """
    own = "facilities.inland.activities.export.pre_arrival"
    lever = {"kind": "advance-declaration", "at": ["inland/export"], "share": "80 %"}
    changes = {own: {"share": "60 %", "from": "booking", "lead": "45 min"}, "levers.advance": lever}
    risks = [{"inland/export/pre-arrival": number} for number in (0.5, 0.7, 0.9)]
    parcels = [Parcel(risk=risk) for risk in risks]
    before, after = follow(corridor(changes), *parcels), follow(corridor(changes, "advance"), *parcels)
    lodged = [[run.times(i)["inland/export/preparation"] for i in range(3)] for run in (before, after)]
    assert lodged == [[(0, 15), (0, 60), (0, 60)], [(0, 15), (0, 15), (0, 60)]]
    later = {**lever, "from": "booking", "lead": "50 min"}
    (times,) = [follow(corridor(changes | {"levers.advance": later}, "advance"), parcels[0]).times(0)]
    assert times["inland/export/preparation"] == (0, 10)


MANIFEST = "facilities.hub.activities.transit.manifest"


def test_manifest_is_common_to_a_sailing() -> None:
    """Tests goods that wait for their declaration (at 60 or 90) and for the manifest of their arrival (75).

    The ferry arrives at 1800 and its goods are unloaded until 1815. Their declaration needs 40 minutes to
    prepare and 15 to control; of the first, it was prepared before, and is controlled until 1815.
    """
    changes = {
        "routes.main.steps": leg("feeder", "ferry", "hub/unload", "hub/transit", "truck", "van"),
        "facilities.hub.activities.transit.filings": 1,
        "facilities.hub.activities.transit.pre_arrival": {
            "share": "60 %",
            "from": "documents",
            "lead": "3 d",
        },
    }
    ahead = {"hub/transit/pre-arrival": 0.5}
    parcels = [Parcel(risk=ahead), Parcel(), Parcel(1500, risk=ahead)]
    times = [follow(corridor(changes | {MANIFEST: given}), *parcels) for given in ("20 min", "75 min")]
    released = [[run.times(i)["hub/transit/removal"][0] for i in range(3)] for run in times]
    assert released == [[1820, 1870, 3260], [1875, 1875, 3315]]
    told = times[1].times(0, "hub/transit")
    assert told["manifest"] == (1800, 1875)
    assert told["manifest-checked"] == (1815, 1875)


def test_manifest_drawn_once_for_an_arrival() -> None:
    """Tests that all goods of a ferry have one time for their manifest, those of other ferries another.

    By truck each consignment has a time of its own.
    """
    spread = {"distribution": "uniform", "low": "10 min", "high": "600 min"}
    changes = {
        "routes.main.steps": leg("feeder", "ferry", "hub/transit", "truck", "city/import", "van"),
        MANIFEST: spread,
        "facilities.city.activities.import.manifest": spread,
    }
    made = corridor(changes)
    run = played(made, draw(made, 1, 0))
    lasts = {}
    for place in ("hub/transit", "city/import"):
        (s,) = (s for s, info in enumerate(made.steps) if info.key == f"{place}/manifest")
        lasts[place] = (run.trace.at(s).end_us - run.trace.at(s).begin_us)[run.trace.at(s).done]
    (ferry,) = (s for s, info in enumerate(made.steps) if info.key == "ferry")
    at = run.trace.at(ferry)
    arrivals = at.departure_index[at.done].tolist()
    assert len(arrivals) > 150
    common = lasts["hub/transit"].tolist()
    assert len(set(zip(arrivals, common, strict=True))) == len(set(arrivals)) == len(set(common)) > 7
    assert len(set(lasts["city/import"].tolist())) > 150
    # The times of a ferry do not depend on what else arrives.
    ferry_of = {"days": "daily", "departs": "18:00", "arrives": "06:00", "arrives_day": 1}
    later = ferry_of | {"departs": "23:00", "arrives": "11:00"}
    more = corridor(changes | {"services.ferry.timetable": [ferry_of, later]})
    before, after = (
        set(zip(found.arrival_us.tolist(), found.lasts_us.tolist(), strict=True))
        for found in (draw(one, 1, 0).by_arrival for one in (made, more))
    )
    assert before < after
