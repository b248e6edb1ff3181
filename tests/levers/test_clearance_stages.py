"""Clearance time by stage, and staffed hours, by hand. Minutes from Monday midnight."""

from __future__ import annotations

import math
from typing import Any

import pytest

from fourport.plan.compile import compile_corridor
from fourport.scenario.models.scenario import Scenario
from fourport.study.clearance_stages import stages_of
from fourport.study.clearance_steps import STAGES
from fourport.study.replication import Replication, replicate
from fourport.study.staffing import staffed_hours
from fourport.study.tabulate import tabulate
from tests.levers.made import Parcel, corridor, follow, leg
from tests.levers.test_expected_times import CASES, OFFICE, RED, parcels
from tests.random_scenarios import random_scenario
from tests.study.made import average, by_key

CITY = "city/import"
NON_COMPLIANT = {"trader_classes.plain.non_compliant": "10 %"}
OPENED = Parcel(risk={"inland/export/inspection": 0.01, "city/import/inspection": 0.01})


def stages(
    run: Replication, procedure: str, office: str = "*", lane: str = "*", route: str = "*"
) -> dict[tuple[str, str], float]:
    """Give minutes, or %, by stage and measure."""
    return {
        (stage, measure): 60 * value if unit == "h" else value
        for (*of, what, name, _, stage, measure, unit), value in stages_of(run).items()
        if (of, what, name) == ([lane, route], procedure, office)
    }


def hours(found: dict[tuple[str, str], float], stage: str) -> tuple[float, float, float]:
    """Give waiting, work and share of a stage."""
    return tuple(found[stage, measure] for measure in ("waiting", "work", "passed"))  # type: ignore[return-value]


def test_mean_of_each_stage() -> None:
    """Tests an office with all stages and no queue: each stage's time, weighted with its share."""
    found = stages(follow(corridor(OFFICE), *parcels({})).run, "import", CITY)
    expected = {
        "preparation": (120, 100),
        "document-control": (0.4 * 25, 40),
        "payment": (0.4 * 35, 40),
        "scan": (0.2 * 0.5 * 15, 10),
        "inspection": (0.2 * 0.75 * 45, 15),
        "laboratory": (0.2 * 0.75 * 0.5 * 200, 7.5),
        "removal": (0, 100),
    }
    assert list(dict.fromkeys(stage for stage, _ in found)) == ["*", *expected]
    for stage, (work, passed) in expected.items():
        assert hours(found, stage) == pytest.approx((0, work, passed))
    assert found["*", "time"] == pytest.approx(120 + 0.4 * 25 + 0.4 * 35 + 0.2 * RED)


def test_declarations_count_while_the_goods_are_there() -> None:
    """Tests 60 % lodged 60 minutes before the goods come, half of them amended."""
    policy_package, changes, more, clearance, _ = CASES[
        "60 % lodged 60 minutes earlier, half of them amended"
    ]
    found = stages(follow(corridor(OFFICE | changes, *policy_package), *parcels(more)).run, "import", CITY)
    assert hours(found, "preparation") == pytest.approx((0, 120 - 0.6 * 60, 100))
    assert hours(found, "amendment") == pytest.approx((0, 0.6 * 0.5 * 20, 30))
    # Whose declarations are looked at twice has passed once.
    assert hours(found, "document-control") == pytest.approx((0, (0.4 + 0.3) * 25, 40 + 0.6 * 30))
    assert found["*", "time"] == pytest.approx(clearance)


def test_offices_of_a_procedure_together() -> None:
    """Tests export by inland and port: the sum of both, and each for itself.

    One of two is opened at inland (30). The feeder's goods are stowed for 20 before preparation at the port.
    From the release at inland nothing is waited for; at the port the ferry leaves at 1080.
    """
    run = follow(corridor(NON_COMPLIANT), Parcel(), OPENED).run
    inland, port, both = (stages(run, "export", office) for office in ("inland/export", "port/export", "*"))
    assert hours(inland, "preparation") == pytest.approx((0, 60, 100))
    assert hours(inland, "inspection") == pytest.approx((0, 15, 50))
    assert "handling" not in {stage for stage, _ in inland}
    assert hours(port, "handling") == pytest.approx((0, 20, 100))
    assert hours(both, "preparation") == pytest.approx((0, 60 + 90, 100))
    assert hours(both, "document-control") == pytest.approx((0, 10 + 20, 100))
    assert hours(both, "inspection") == pytest.approx((0, 15, 50))
    assert both["*", "time"] == pytest.approx(inland["*", "time"] + port["*", "time"])
    # The only way out of the country, so that both after each other are all there are.
    one_after_the_other = stages(run, "export", "inland/export + port/export")
    assert one_after_the_other == both
    assert stages(run, "export", lane="main", route="main") == both
    # Released at the port at 70 + 120 + 130 = 320 and 350.
    assert hours(inland, "removal") == pytest.approx((0, 0, 100))
    assert hours(port, "removal") == pytest.approx((1080 - 335, 0, 100))


def test_who_waits_for_what() -> None:
    """Tests one officer and one gang: three at once wait 0, 35 and 70 for the yard, then not again.

    With the yard's 35 between them and controls of 25, the officer is free when the next is prepared.
    """
    few = {f"facilities.city.resources.{name}.servers": 1 for name in ("officers", "gang")}
    found = stages(follow(corridor(few), Parcel(), Parcel(), Parcel()).run, "import")
    assert hours(found, "handling") == pytest.approx((35, 35, 100))
    assert hours(found, "document-control") == pytest.approx((0, 25, 100))
    slow = few | {"facilities.city.activities.import.documents.duration": "45 min"}
    found = stages(follow(corridor(slow), Parcel(), Parcel(), Parcel()).run, "import")
    assert hours(found, "document-control") == pytest.approx((10, 45, 100))  # 0, 10 and 20


def test_those_not_released_are_not_counted() -> None:
    """Tests that of two, one for ever in the queue of the last office, the other makes the means."""
    closed = {"servers": 9, "closures": [{"begins": "2019-01-07T07:00:00", "ends": "2019-01-21T00:00:00"}]}
    changes = {
        "facilities.city.resources.officers": closed,
        "routes.main.steps": leg("truck", "city/yard", CITY, "van"),
    }
    run = follow(corridor(changes), Parcel(0), Parcel(300)).run
    found = stages(run, "import")
    assert found["*", "time"] == pytest.approx(180)
    assert hours(found, "document-control") == pytest.approx((0, 25, 100))


SECOND: dict[str, Any] = {
    "kind": "customs",
    "procedure": "import",
    "preparation": "30 min",
    "documents": {"resource": "officers", "duration": "10 min"},
}
"""An office besides the city's, which has 35 in the yard before it, prepares in 120 and controls in 25."""


def test_two_offices_at_one_facility() -> None:
    """Tests that the second begins at the release by the first, so that no time counts twice.

    180 at the first, then 20 of shelving, 30 and 10 at the second; the van waits for nothing.
    """
    shelve = {"kind": "handling", "resource": "gang", "duration": "20 min"}
    changes = {
        "facilities.city.activities.second": SECOND,
        "facilities.city.activities.shelve": shelve,
        "routes.main.steps": leg("truck", "city/yard", CITY, "city/shelve", "city/second", "van"),
    }
    found = follow(corridor(changes), Parcel())
    assert found.measures()["clearance_time_import"] == pytest.approx((180 + 60) / 60)
    first, second = (stages(found.run, "import", f"city/{name}") for name in ("import", "second"))
    assert hours(first, "document-control") == pytest.approx((0, 25, 100))
    assert hours(first, "removal") == pytest.approx((0, 20, 100))
    assert hours(second, "handling") == pytest.approx((0, 20, 100))
    assert hours(second, "preparation") == pytest.approx((0, 30, 100))
    assert hours(second, "document-control") == pytest.approx((0, 10, 100))
    assert hours(second, "removal") == pytest.approx((0, 0, 100))
    assert second["*", "time"] == pytest.approx(60)


def test_work_that_rests_waits_until_it_goes_on() -> None:
    """Tests shelving from 240 to 260, between two offices, resting from 250 to 310: for both it is a wait."""
    closure = {"begins": "2019-01-07T04:10:00", "ends": "2019-01-07T05:10:00"}
    changes = {
        "facilities.city.resources.gang": {"servers": 9, "closures": [closure], "at_closing": "resume"},
        "facilities.city.activities.second": SECOND,
        "facilities.city.activities.shelve": {"kind": "handling", "resource": "gang", "duration": "20 min"},
        "routes.main.steps": leg("truck", "city/yard", CITY, "city/shelve", "city/second", "van"),
    }
    run = follow(corridor(changes), Parcel()).run
    assert hours(stages(run, "import", CITY), "removal") == pytest.approx((60, 20, 100))
    assert hours(stages(run, "import", "city/second"), "handling") == pytest.approx((60, 20, 100))


def test_removal_is_of_those_who_left() -> None:
    """Tests two of whom one goes by the ferry of 1080, released at 320, and one is too late for the last.

    Handed in on the seventh day at 12:00 it is released at 17:20, and the run ends at midnight.
    """
    run = follow(corridor({"run.drain": "1 h"}), Parcel(0), Parcel(6 * 1440 + 720)).run
    found = stages(run, "export", "port/export")
    assert found["removal", "passed"] == 50
    assert hours(found, "removal") == pytest.approx((1080 - 320, 0, 50))


def test_a_stage_that_nobody_went_through_has_zeros() -> None:
    """Tests that an office's stages are told where nobody was inspected, so that means over runs add up."""
    found = stages(follow(corridor(), Parcel()).run, "import", CITY)
    assert hours(found, "inspection") == (0, 0, 0)
    assert "laboratory" not in {stage for stage, _ in found}


@pytest.mark.parametrize("seed", range(40))
def test_stages_sum_to_the_clearance_time(seed: int) -> None:
    """Tests random scenarios: stages up to the release sum to the measure, by lane and by route."""
    run = replicate(compile_corridor(Scenario.model_validate(random_scenario(seed))), seed, 0)
    tables = tabulate(run)
    sums: dict[tuple[str, str, str], float] = {}
    for (lane, route, procedure, office, _, stage, measure, _), value in tables.clearance_stages.items():
        assert value >= 0
        if office == "*" and stage not in ("*", "removal") and measure in ("work", "waiting"):
            place = lane, route, procedure
            sums[place] = sums.get(place, 0.0) + value
    measured = {
        (lane, route, procedure): value
        for (lane, route, measure, _), value in {**tables.together, **tables.summary}.items()
        for procedure in [measure.removeprefix("clearance_time_")]
        if procedure in ("import", "transit", "export") and not math.isnan(value)
    }
    for place, value in measured.items():
        assert tables.clearance_stages[*place, "*", 0, "*", "time", "h"] == pytest.approx(value)
        assert sums.get(place, 0.0) == pytest.approx(value)
    assert {key[:3] for key in tables.clearance_stages} == set(measured)


@pytest.mark.parametrize("seed", range(12))
def test_means_over_replications_sum_too(seed: int) -> None:
    """Tests that a stage which nobody goes through in some replications is not dropped from the mean."""
    made = compile_corridor(Scenario.model_validate(random_scenario(seed)))
    tables = (tabulate(replicate(made, seed, number)) for number in range(3))
    means = by_key(average(*tables).clearance_stages)
    sums: dict[tuple[str, ...], float] = {}
    for (*place, _, stage, measure, _), found in means.items():
        if stage not in ("*", "removal") and measure in ("work", "waiting"):
            sums[tuple(place)] = sums.get(tuple(place), 0.0) + found.mean
    totals = {key[:4]: found.mean for key, found in means.items() if key[5] == "*"}
    # An office whose work another does releases at once: its whole is zero, and it has no stage with work.
    assert set(sums) <= set(totals)
    assert {place: sums.get(place, 0.0) for place in totals} == pytest.approx(totals, abs=1e-9)


def test_stages_are_told_in_their_order() -> None:
    """Tests that the order counts stages as they come, the whole first."""
    keys = [*stages_of(follow(corridor(NON_COMPLIANT), OPENED).run)]
    assert {(key[4], key[5]) for key in keys} <= {(0, "*"), *((k + 1, s) for k, s in enumerate(STAGES))}


@pytest.mark.parametrize(
    ("policy_package", "staffed"),
    [
        ((), 7 * 9),  # officers of four offices, bays of three; the scanners are nobody's
        (("scan",), 8 * 9),
        (("more",), 7 * 9 + 2),
        (("single",), 7 * 9),  # who has handed the work over is still there
    ],
)
def test_staffed_hours(policy_package: tuple[str, ...], staffed: int) -> None:
    """Tests servers that are always there, over the window of 168 hours."""
    assert staffed_hours(corridor(None, *policy_package)) == pytest.approx(168 * staffed)


def test_staffed_hours_follow_the_calendar() -> None:
    """Tests officers and bays of the port, 9 each: 8 hours a day, and round the clock as a lever wants."""
    shifts = {f"facilities.port.resources.{name}.calendar": "day" for name in ("officers", "bays")}
    by_day, always = corridor(shifts), corridor(shifts, "round-the-clock")
    assert staffed_hours(always) - staffed_hours(by_day) == pytest.approx(2 * 9 * 16 * 7)
    found = tabulate(follow(by_day, Parcel()).run)
    assert found.together["*", "*", "staffed_hours", "h"] == staffed_hours(by_day)
    assert found.together["main", "*", "staffed_hours", "h"] == staffed_hours(by_day)  # shared by all lanes
    assert not [key for key in found.summary if key[2] == "staffed_hours"]


def test_exports_count_from_the_acceptance() -> None:
    """Tests 70 minutes inland and 110 at the port: 20 of stowing before it count unless they end at the gate.

    An import counts from the arrival, whatever its handling ends with.
    """
    gate = {"facilities.port.activities.stow.ends": "GTIN", "facilities.city.activities.yard.ends": "GTIN"}
    before, after = follow(corridor(), Parcel()), follow(corridor(gate), Parcel())
    assert before.delivered() == after.delivered()
    for found, stowing in ((before, 20), (after, 0)):
        assert found.measures()["clearance_time_export"] == pytest.approx((70 + stowing + 110) / 60)
        at_port = stages(found.run, "export", "port/export")
        assert at_port["*", "time"] == pytest.approx(stowing + 110)
        assert at_port.get(("handling", "work"), 0) == pytest.approx(stowing)
    assert before.measures()["clearance_time_import"] == after.measures()["clearance_time_import"]
