"""Capacity: the exact case of the inspection bays, more servers never worse, what is asked and refused."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fourport.causes import QUEUE, WORK
from fourport.errors import UserError
from fourport.plan.corridor import Corridor
from fourport.plan.tables import HOUR, WEEK, Kind
from fourport.scenario.library import folder
from fourport.scenario.load import load as load_scenario
from fourport.study.capacity.capacity import CapacityCurve, CapacityPoint, Request, capacity_curve
from fourport.study.capacity.conclusions import conclusion, record
from fourport.study.capacity.described import heading, measured, rests_on, shifts
from fourport.study.capacity.judge import Load, guarded, verdicts
from fourport.study.capacity.measured import CLOSED, count, parts_of
from fourport.study.capacity.request import find_resource, parse_servers, with_servers
from fourport.study.capacity.target import Target, parse_target, settled
from fourport.study.counts import share_estimate
from fourport.study.processes import workers
from fourport.study.replication import replicate
from fourport.study.statistics import Estimate, estimate
from fourport.study.tabulate import tabulate
from fourport.study.variant import Variant
from fourport.study.verification import formulas
from tests.study.made import RANDOM, averaging, by_key
from tests.tiny import START_US, Parcel, corridor, follow, values

DAY = parse_target("95% within 24 h", "visits")


def study(document: Any, at: str, servers: range, target: Target = DAY, **more: Any) -> CapacityCurve:
    """Run a curve in this process."""
    asked: dict[str, Any] = {"seed": 1, "replications": 12, **more}
    return capacity_curve(Request(Variant.of(document), at, tuple(servers), target, **asked))


@pytest.fixture(scope="module")
def bays() -> CapacityCurve:
    """Try 13 to 15 inspection bays where 2 an hour come for 6 h each."""
    document = load_scenario(folder() / "exact" / "bays-14.toml").tree.values
    return study(document, "yard/bays", range(13, 16), replications=30)


@pytest.mark.long
def test_the_inspection_bays(bays: CapacityCurve) -> None:
    """Tests P(T <= 24 h) of M/M/c at each number in a 99 % interval; of 14, one that is far from 95 %.

    13 bays .93008, 14 bays .97302: 14 is the smallest number for 95 %.
    """
    assert formulas.mmc_within(13, 2, 6, 24) == pytest.approx(0.93008, abs=5e-6)
    assert formulas.mmc_within(14, 2, 6, 24) == pytest.approx(0.97302, abs=5e-6)
    for point in bays.points:
        assert point.servers is not None
        found = estimate(point.values.tolist(), 0.99)
        exact = 100 * formulas.mmc_within(point.servers, 2, 6, 24)
        assert found.low <= exact <= found.high, point.servers
        assert (found.high - found.low) / 2 < abs(exact - 95) * (1.5 if point.servers == 13 else 0.4)
    assert bays.smallest == 14
    assert bays.points[0].verdict != "meets"
    assert [point.verdict for point in bays.points[1:]] == ["meets", "meets"]
    assert all(point.unfinished == 0 for point in bays.points)


@pytest.mark.long
def test_more_bays_are_never_worse(bays: CapacityCurve) -> None:
    """Tests every replication: with one more bay no smaller share is within the target (FIFO, same world)."""
    shares = np.array([point.values for point in bays.points])
    assert (np.diff(shares, axis=0) >= 0).all()
    assert (shares[-1] > shares[0]).all()
    assert len({point.counted for point in bays.points}) == 1


@pytest.mark.long
def test_a_memory_as_long_as_the_theory_says(bays: CapacityCurve) -> None:
    """Tests that M/M/13 remembers some 1 / (sqrt(13 / 6) - sqrt(2))^2 = 300 h, by the load of the run."""
    exact = [1 / (math.sqrt(servers / 6) - math.sqrt(2)) ** 2 for servers in (13, 14, 15)]
    assert exact[0] == pytest.approx(300, abs=1)
    assert [point.load.memory for point in bays.points] == pytest.approx(exact, rel=0.15)


def test_the_interval_allows_for_one_more_replication() -> None:
    """Tests by hand 98, 99, 100 of 100: with one more at 97, 1.5 below 98.5, and at 101, each with t of 3."""
    found = guarded(np.array([98.0, 99.0, 100.0]), np.ones(3), 0.95)
    half = 3.182446 * np.std([98, 99, 100, 97], ddof=1) / 2
    assert (found.mean, found.low, found.high, found.n) == pytest.approx((99, 98.5 - half, 99.5 + half, 3))


def test_replications_weigh_as_many_visits_as_they_have() -> None:
    """Tests 10 of 10 and 0 of 30 within the target: 25 %, and no visit in a third replication."""
    assert guarded(np.array([1000.0, 0.0, 0.0]), np.array([10.0, 30.0, 0.0]), 0.95, 1).mean == 25


def test_all_or_none_in_time_prove_as_much_as_there_are_weeks() -> None:
    """Tests some 18 visits in the one week of a replication, all in time or none: as of ``run``, one cluster.

    All of k weeks are at least 0.025^(1 / k) at 95 %: 29 % of 3, 69 % of 10. To meet 95 % takes 72 weeks, of
    independent visits it were the 10 replications.
    """
    soon = parse_target("5% within 1 min", "visits")
    for replications, confidence, tail in ((3, 0.95, 0.025), (10, 0.95, 0.025), (10, 0.99, 0.005)):
        least = 100 * tail ** (1 / replications)
        of = {"replications": replications, "confidence": confidence}
        for target, share, low, high in ((DAY, 100.0, least, 100.0), (soon, 0.0, 0.0, 100 - least)):
            found = study(values(), "a/officers", range(9, 11), target, **of)
            for point in found.points:
                assert point.values.tolist() == [share] * replications
                assert (point.value.low, point.value.high) == pytest.approx((low, high), abs=1e-9)
                assert point.verdict == "undecided"
    every = np.full(72, 1800.0), np.full(72, 18.0)
    assert guarded(*every, 0.95, 1).low == pytest.approx(100 * 0.025 ** (1 / 72))
    assert guarded(*every, 0.95, 1).low < 95.01 < guarded(*every, 0.95, 2).low


def test_a_share_has_at_least_the_interval_of_the_summary() -> None:
    """Tests misses that come together, 20 in one of ten replications of 100: wider than independent ones.

    Independent, 20 of 1,000 have an upper bound of 3.07 % (Clopper and Pearson); by their spread among
    replications they tell as much as few.
    """
    shares, over = np.array([80.0, *[100.0] * 9]), np.full(10, 100.0)
    found = guarded(shares * over, over, 0.95, 1)
    summary = share_estimate(shares.tolist(), over.tolist(), 1)
    assert found.low <= summary.low < 100 - 3.07
    assert found.high >= summary.high


def test_how_many_replications_would_tell_of_a_share_at_the_edge() -> None:
    """Tests that all in time in ten weeks takes 72 weeks to show 95 %: 0.025^(1 / 72) = 95.01 %."""
    low = 100 * 0.025 ** (1 / 10)
    point = CapacityPoint(1, np.empty(0), Estimate(100.0, low, 100.0, 10), 5.0, 0.0, load(10), "undecided")
    said = conclusion(CapacityCurve(asked_of("a/officers", 1), [point], UNLIMITED, {}))
    assert "Some 72 replications would tell." in said
    # None of 50 undelivered in ten weeks: 50 (1 - 0.025^(1 / 10)) = 15.4 at most; 3 of 50 take 60 weeks.
    none = Estimate(0.0, 0.0, 50 - low / 2, 10)
    few = asked_of("a/officers", 1, parse_target("undelivered <= 3"))
    point = replace(point, value=none, counted=50.0)
    curve = CapacityCurve(few, [point], point, {})
    assert "Some 60 replications would tell." in conclusion(curve)


def test_nothing_measured_is_said() -> None:
    """Tests a measure that no consignment has."""
    nothing = replace(UNLIMITED, servers=1, value=Estimate(math.nan, math.nan, math.nan, 0))
    asked = asked_of("a/officers", 1, parse_target("95% within_promise"))
    assert conclusion(CapacityCurve(asked, [nothing], nothing, {})) == (
        "Officers: nothing was measured, as no consignment has a value of: within the promised time."
    )
    assert asked.target.shown(math.nan) == "-"


def test_none_of_a_rare_event_is_no_proof() -> None:
    """Tests no undelivered consignment in ten replications: as of ``run``, the goods of a week count as one.

    Of k weeks without any, the share of bad ones is at most 1 - 0.025^(1 / k), of a confidence of 99 % 1 -
    0.005^(1 / k). Independent goods would make it -ln(0.025) / 10 = 0.37 a replication, however few weeks.
    """
    document = values({"run.window": "2 weeks"})
    variant = Variant.of(document)
    goods = [replicate(variant.corridor, 1, k) for k in range(10)]
    weeks = [{int(at - START_US) // WEEK for at in run.world.entry_us[run.in_window]} for run in goods]
    assert {len(found) for found in weeks} == {2}
    sent = sum(int(run.in_window.sum()) for run in goods) / 10
    run = averaging(*map(tabulate, goods))
    for confidence, tail in ((0.95, 0.025), (0.99, 0.005)):
        most = sent * (1 - tail ** (1 / 20))
        for bound, verdict in ((most - 0.01, "undecided"), (most + 0.01, "meets")):
            target = parse_target(f"undelivered <= {bound}")
            asked = {"replications": 10, "confidence": confidence}
            (point,) = study(document, "a/officers", range(9, 10), target, **asked).points
            assert (point.value.mean, point.value.high) == pytest.approx((0, most), abs=1e-9)
            assert point.verdict == verdict
        if confidence == 0.95:
            together = by_key(run.averages().together)
            assert together["*", "*", "undelivered", "consignments"].high == pytest.approx(most)


OFFICE: dict[str, Any] = {"shifts": [{"calendar": "office", "servers": 4}, {"servers": 2}]}


def test_two_processes_count_the_same() -> None:
    """Tests the officers of a tiny corridor with two jobs: the same counts in each replication."""
    document = values(
        {"facilities.a.activities.export.preparation": {"distribution": "exponential", "mean": "3 h"}}
    )
    asked = Request(
        Variant.of(document), "a/officers", (1, 2), parse_target("90% within 31 min", "visits"), 3, 4
    )
    with workers(2) as executor:
        one, two = capacity_curve(asked), capacity_curve(asked, executor)
    for a, b in zip(one.points, two.points, strict=True):
        assert (a.values == b.values).all()
        assert (a.counted, a.unfinished) == (b.counted, b.unfinished)
    assert one.points[0].counted > 0


def test_more_officers_are_never_worse() -> None:
    """Tests them, and for the whole time of a visit as for the wait, in each replication."""
    document = values(RANDOM | {"facilities.a.activities.export.documents.duration": "10 h"})
    for measure in ("visits", "wait"):
        target = parse_target("90% within 12 h", measure)
        found = study(document, "a/officers", range(1, 5), target, replications=4)
        shares = np.array([point.values for point in found.points])
        assert (np.diff(shares, axis=0) >= 0).all()
        assert (shares[-1] > shares[0]).all()


def test_declarations_are_visits_too() -> None:
    """Tests by hand: two declarations lodged at once, one officer, 30 min each: stays of 30 and 60 min."""
    made = corridor({"facilities.a.resources.dock": {"servers": 2}})
    run = follow(made, [Parcel(8.0, "van"), Parcel(8.0, "van")])
    officers = made.plan.names.resources.index("a/officers")

    users = np.flatnonzero((made.plan.step_kind == Kind.RESOURCE) & (made.plan.step_provider == officers))
    (found,) = [at for at in map(run.trace.at, users.tolist()) if at.visited.any()]
    assert found.step not in made.plan.main_steps(made.plan.names.routes.index("van"))
    assert found.ids[found.visited].tolist() == [0, 1]
    assert ((found.end_us - found.ready_us) / HOUR).tolist() == [0.5, 1.0]


def test_shifts_are_scaled() -> None:
    """Tests that the largest shift has the number, others in proportion, rounded up; 4 is as it was."""
    document = values({"facilities.a.resources.officers": OFFICE})

    def scaled(servers: int) -> list[int]:
        changed = with_servers(document, "a/officers", servers)
        return [shift["servers"] for shift in changed["facilities"]["a"]["resources"]["officers"]["shifts"]]

    assert [scaled(servers) for servers in (1, 3, 4, 8)] == [[1, 1], [3, 2], [4, 2], [8, 4]]
    assert with_servers(document, "a/officers", 4) == document
    plain = with_servers(document, "b/bays", 7)
    assert plain["facilities"]["b"]["resources"]["bays"]["servers"] == 7
    assert document["facilities"]["b"]["resources"]["bays"]["servers"] == 1


def test_resources_are_found() -> None:
    """Tests a slip, and a resource that no route comes to."""
    made: Corridor = corridor({"facilities.c.resources": {"idle": {"servers": 1}}})
    assert made.plan.names.resources[find_resource(made, "b/bays")] == "b/bays"
    with pytest.raises(UserError, match="no resource 'b/bay'; did you mean 'b/bays'"):
        find_resource(made, "b/bay")
    with pytest.raises(UserError, match="no route comes to c/idle; allowed: a/dock"):
        find_resource(made, "c/idle")


def test_targets() -> None:
    """Tests what is read and what is refused."""
    assert parse_target("95% within 24 h") == Target("95% within 24 h", "", "%", 95, within_us=24 * HOUR)
    assert parse_target(" 99.5 %  within 90 min ", "wait").within_us == 90 * HOUR // 60
    assert str(DAY) == "95% within 24 h"
    assert parse_target("95% cleared_within_24h") == Target(
        "95% cleared_within_24h", "cleared_within_24h", "%", 95
    )
    # A quantile at most a time is a share within this time.
    assert parse_target("door_to_door_time_p95 <= 5 d") == Target(
        "door_to_door_time_p95 <= 5 d", "door_to_door_time", "%", 95, within_us=120 * HOUR
    )
    assert parse_target("door_to_door_time <= 5 d") == Target(
        "door_to_door_time <= 5 d", "door_to_door_time", "h", 120, at_most=True
    )
    assert parse_target("undelivered <= 3").unit == "consignments"
    for text, message in (
        ("24 h", "'24 h' is not a target; allowed: such as '95% within 24 h'"),
        ("95 within 24 h", "is not a target"),
        ("100% within 24 h", "100 % is not a target share"),
        ("0% within 24 h", "0 % is not a target share"),
        ("95% within 24", "has no unit"),
        ("95% within 24 parsecs", "unit 'parsecs'"),
        ("95% within 0 h", "must be more than 0"),
        (
            "95% cleared_within_24",
            "there is no measure 'cleared_within_24'; did you mean 'cleared_within_24h'",
        ),
        ("95% logistics_cost", "'logistics_cost' is not a share"),
        ("door_to_door_time_p95 >= 5 d", "allowed: <="),
        ("logistics_cost <= cheap", "'cheap' is not an amount"),
    ):
        with pytest.raises(UserError) as refused:
            parse_target(text)
        assert message in str(refused.value)
    for text, measure, message in (
        ("95% within 24 h", "waits", "'waits' is not a time; did you mean 'wait'?"),
        ("95% cleared_within_24h", "wait", "names its own"),
    ):
        with pytest.raises(UserError) as refused:
            parse_target(text, measure)
        assert message in str(refused.value)


def test_a_target_is_settled_by_the_scenario() -> None:
    """Tests that officers are asked for clearance, a dock for its visits; wrong units, lanes and measures."""
    made, within = corridor(), parse_target("95% within 24 h")
    assert settled(within, made, "a/officers", (), ()).measure == "clearance"
    assert settled(within, made, "a/dock", (), ()).measure == "visits"
    assert settled(parse_target("logistics_cost <= 2"), made, "a/dock", (), ()).unit == "USD/kg"
    for target, lanes, message in (
        (
            parse_target("logistics_cost <= 2 CNY/kg"),
            (),
            "'CNY/kg' is not the unit of logistics_cost; allowed: USD/kg",
        ),
        (parse_target("95% within 24 h", "clearance"), (), "a/dock belongs to no customs office"),
        (within, ("k",), "there is no lane 'k'"),
    ):
        with pytest.raises(UserError, match=re.escape(message)):
            settled(target, made, "a/dock", lanes, ())


@pytest.mark.parametrize("measure", ["cleared_within_24h", "logistics_cost", "door_to_door_time"])
def test_measures_of_the_summary(measure: str) -> None:
    """Tests that the values of the replications are those of the summary, on a lane."""
    document = values(RANDOM)
    sign = {"cleared_within_24h": f"50% {measure}"}.get(
        measure, f"{measure} <= 90" + " h" * (measure[0] == "d")
    )
    asked = settled(parse_target(sign), corridor(RANDOM), "a/officers", ("l",), ())
    found = study(document, "a/officers", range(1, 2), asked, replications=3, lanes=("l",))
    expected = [
        tabulate(replicate(corridor(RANDOM), 1, k)).together["l", "*", measure, asked.unit] for k in range(3)
    ]
    assert found.points[0].values.tolist() == pytest.approx(expected)


def test_clearance_is_not_the_stations_own_visits() -> None:
    """Tests by hand: officers need half an hour, preparation 30 h, so no number clears within 24 h.

    A visit is half an hour; clearance is 30.5 h, of which preparation is 30.
    """
    office = "facilities.a.activities.export"
    document = values({f"{office}.preparation": "30 h", "run.drain": "4 weeks"})
    visits = study(document, "a/officers", range(1, 3), replications=10)
    assert [point.value.mean for point in visits.points] == [100, 100]
    asked = settled(parse_target("95% within 24 h"), visits.asked.variant.corridor, "a/officers", (), ())
    found = study(document, "a/officers", range(1, 3), asked, replications=10)
    assert [point.verdict for point in found.points] == ["misses", "misses"]
    said = conclusion(found)
    assert said.startswith(
        "Officers: no number is enough for the target, 95 % within 24 h; with an unlimited number it is 0.00"
    )
    assert said.endswith("The mean clearance time is then 30.5 h, of which preparation by the trader 30 h.")


def test_numbers_of_servers() -> None:
    """Tests what is read and what is refused."""
    assert parse_servers("2..5") == (2, 3, 4, 5)
    assert parse_servers("7") == (7,)
    assert parse_servers("8, 2,4,2") == (2, 4, 8)
    for text, message in (
        ("5..2", "ends before it begins"),
        ("2-5", "'2-5' is not understood; allowed: a range such as '2..20'"),
        ("", "is not understood"),
        ("0..4", "is out of range"),
        ("1..1000", "is more than 200 numbers"),
        ("2000000", "is out of range"),
    ):
        with pytest.raises(UserError) as refused:
            parse_servers(text)
        assert message in str(refused.value)


def test_shifts_are_told() -> None:
    """Tests that a curve of a resource with shifts says what its number is, and another says nothing."""
    document = values({"facilities.a.resources.officers": OFFICE})
    shifted, plain = (
        CapacityCurve(Request(Variant.of(document), at, (1, 2), DAY, 1, 2), [], UNLIMITED, {})
        for at in ("a/officers", "b/bays")
    )
    assert shifts(shifted).startswith("Shifts of 4, 2: the largest gets the number tried")
    assert shifts(plain) == ""


LOAD = Load(services=1000, work=500, squares=250, offered=1000, window=168, replications=50)
UNLIMITED = CapacityPoint(None, np.empty(0), Estimate(99.0, 98.0, 100.0, 9), 5.0, 0.0, LOAD)


def asked_of(at: str, numbers: int, target: Target = DAY, **more: Any) -> Request:
    """Give a question about 1, 2, ... servers of the tiny corridor."""
    return Request(Variant.of(values()), at, tuple(range(1, numbers + 1)), target, 1, 9, **more)


def made_curve(*verdicts: str | tuple[float, str]) -> CapacityCurve:
    """Give a curve of 1, 2, ... servers with these verdicts, and with these values."""
    interval = {"meets": (96.0, 99.0), "misses": (80.0, 90.0), "undecided": (93.0, 96.0)}
    points = []
    for k, one in enumerate(verdicts):
        value, verdict = (None, one) if isinstance(one, str) else one
        low, high = interval[verdict]
        found = Estimate((low + high) / 2 if value is None else value, low, high, 9)
        points.append(CapacityPoint(k + 1, np.empty(0), found, 5.0, 0.0, LOAD, verdict))  # type: ignore[arg-type]
    return CapacityCurve(asked_of("a/officers", len(verdicts)), points, UNLIMITED, {})


def test_conclusions() -> None:
    """Tests the smallest number, what is said of fewer, and that none is said plainly."""
    assert made_curve("misses", "misses", "meets", "meets").smallest == 3
    assert "3 is the smallest number tried" in conclusion(made_curve("misses", "misses", "meets"))
    assert "; 2 and fewer are not enough." in conclusion(made_curve("misses", "misses", "meets"))
    assert "; 1 is not enough." in conclusion(made_curve("misses", "meets"))
    assert conclusion(made_curve("meets", "meets")) == (
        "Officers: 1 is the smallest number tried that meets the target, 95 % within 24 h, with 95 % "
        "confidence."
    )
    assert "; 2 may also be enough" in conclusion(made_curve("misses", "undecided", "meets"))
    none = conclusion(made_curve("misses", "undecided"))
    assert none.startswith(
        "Officers: none of the numbers tried is sure to meet the target, 95 % within 24 h (95 % confidence). "
        "The nearest is 2"
    )
    assert "More replications" in none
    assert "More replications" not in conclusion(made_curve("misses", "misses"))


def test_the_nearest_is_the_one_that_people_mean() -> None:
    """Tests 94.98 % by one and 95.05 % by two to four, all undecided: two, the fewest with 95 % or more."""
    curve = made_curve(*((value, "undecided") for value in (94.98, 95.05, 95.05, 95.05)))
    assert "The first that reaches it in these runs is 2, with 95.05 %" in conclusion(curve)
    assert "The nearest is 3, with 94.70 %" in conclusion(
        made_curve(*((value, "undecided") for value in (94.5, 94.6, 94.70, 94.70)))
    )


def test_it_is_said_that_an_unlimited_number_is_not_enough_either() -> None:
    """Tests three undecided numbers near 93.9 %, and 93.9 % without any queue: servers do not decide it."""
    curve = made_curve(*((value, "undecided") for value in (93.8, 93.9, 93.9)))
    most = Estimate(93.9, 91.4, 96.2, 9)
    limited = replace(
        curve,
        unlimited=replace(UNLIMITED, value=most),
        parts={"Preparation by the trader": 4.5, "Opening and inspection": 0.5},
    )
    assert (
        "The nearest is 2, with 93.90 % (93.00 to 96.00 %). An unlimited number does not reach it in these "
        "runs either (93.90 % (91.40 to 96.20 %)). The mean time of a visit is then 5 h, of which "
        "preparation by the trader 4.5 h, opening and inspection 0.5 h. More"
    ) in conclusion(limited)
    assert "n unlimited number" not in conclusion(curve)


def load(replications: int, busy: float = 0.5, window: float = 168.0) -> Load:
    """Give a load of one server whose services take an hour."""
    work = busy * window * replications
    return Load(work, work, work, window * replications, window, replications)


def test_verdicts_need_enough_to_go_by() -> None:
    """Tests that an interval above the target needs replications, long windows, and all larger numbers."""
    above, below, across = (Estimate(0, low, high, 9) for low, high in ((96, 99), (80, 90), (93, 97)))

    def said(values: list[Estimate], of: Load = LOAD, left_out: float = 0.0) -> list[str]:
        return list(verdicts(values, [of] * len(values), [left_out] * len(values), 95, at_most=False))

    assert said([below, above, above]) == ["misses", "meets", "meets"]
    assert said([above, across, above]) == ["undecided", "undecided", "meets"]
    assert said([across, below, above]) == ["undecided", "undecided", "meets"]
    assert said([above], load(9)) == ["undecided"]
    assert said([above], load(10)) == ["meets"]
    # A load of 81 % is remembered for 1 / 2 (1 - 0.9)^2 = 50 h: 100 times that are 30 windows of a week.
    assert load(10, 0.81).memory == pytest.approx(50)
    assert (said([above], load(29, 0.81)), said([above], load(30, 0.81))) == (["undecided"], ["meets"])
    assert said([above], load(9999, 1.0)) == ["undecided"]
    assert said([above], left_out=6.0) == ["undecided"]
    assert verdicts([below, above], [LOAD] * 2, [0] * 2, 95, at_most=True) == ["undecided", "undecided"]
    assert verdicts([above, below], [LOAD] * 2, [0] * 2, 95, at_most=True) == ["misses", "meets"]


def test_what_would_tell_is_said() -> None:
    """Tests by hand why a number is undecided: memory, a resource always busy, what is left out, spread."""

    def said(of: Load, value: float = 96.0, unfinished: float = 0.0, target: Target = DAY) -> str:
        point = CapacityPoint(1, np.empty(0), Estimate(value, 94.0, 98.0, 9), 5.0, unfinished, of)
        asked = asked_of("a/officers", 1, target)
        return conclusion(CapacityCurve(asked, [point], UNLIMITED, {})).partition("98.00 %). ")[2]

    # 50 h of memory: 30 windows of a week. Half an interval of 2 about 96: four times the replications.
    assert said(load(15, 0.81)) == (
        "Some 60 replications would tell. The queue remembers some 50 h, and a window has 168 h: "
        "of so few windows the interval is too narrow."
    )
    assert said(load(12)) == "Some 48 replications would tell."
    assert said(load(12), 94.5) == "More replications would narrow the interval."
    assert said(load(12), 95.01) == "Only a longer window would tell."
    assert said(load(12, 1.0)) == "1 is busy all the time on duty: nothing more can be told of it."
    share = parse_target("95% cleared_within_24h")
    assert said(load(12), unfinished=1.0, target=share).startswith("Too many consignments are not over")


def test_rest_is_no_service() -> None:
    """Tests a control begun at 17:45 by an officer who stops until 08:00: 14.5 h, half an hour of it work.

    The 14 h are not for a busy officer, but until somebody is on duty.
    """
    officers = {"servers": 1, "calendar": "office", "at_closing": "resume"}
    run = follow(corridor({"facilities.a.resources.officers": officers}), [Parcel(16.75, "van")])
    mine = np.ones(1, dtype=np.bool_)
    assert parts_of(run, "a/officers", "visits", mine) == ({CLOSED: 14.0, QUEUE: 0.0, WORK: 0.5}, 1)
    stages, cleared = parts_of(run, "a/officers", "clearance", mine)
    told = stages[CLOSED], stages["Waiting for an officer"], stages["Document control"]
    assert (told, cleared) == ((14.0, 0.0, 0.5), 1)
    load = count(run, "a/officers", DAY, mine)
    assert (load.services, load.work, load.squares) == (1, 0.5, 0.25)


def test_closed_hours_are_no_queue() -> None:
    """Tests three who lodge at 17:30, one officer until 18:00, half an hour each.

    The first is controlled at once, the second waits 14.5 h, the third 15 h: half an hour each for the one
    before, the officer is away for 14 h.
    """
    officers = {"servers": 1, "calendar": "office"}
    run = follow(corridor({"facilities.a.resources.officers": officers}), [Parcel(16.5, "van")] * 3)
    mine = np.ones(3, dtype=np.bool_)
    assert parts_of(run, "a/officers", "wait", mine) == ({CLOSED: 28.0, QUEUE: 1.5, WORK: 1.5}, 3)
    stages, _ = parts_of(run, "a/officers", "clearance", mine)
    assert (stages[CLOSED], stages["Waiting for an officer"]) == (28.0, 1.5)


def test_names_are_titles() -> None:
    """Tests heading, measure, verdict and uncertain numbers of resources with and without a title."""
    changes = {
        "facilities.a.title": "Port A",
        "facilities.a.resources.dock": {"servers": 2, "title": "Loading berths"},
        "facilities.a.resources.night-officers": {"servers": 1},
        "lanes.l.title": "West to east",
    }
    document = values(changes)
    lane = {"lanes": ("l",)}
    share, cost = parse_target("95% cleared_within_24h"), parse_target("logistics_cost <= 2 USD/kg")
    for at, target, title, about in (
        (
            "a/dock",
            DAY,
            "Port A, Loading berths: 95 % within 24 h",
            "waiting plus service at the loading berths",
        ),
        (
            "a/night-officers",
            share,
            "Port A, night officers: 95 % cleared within 24 h",
            "cleared within 24 h",
        ),
        ("a/dock", cost, "Port A, Loading berths: logistics cost at most 2 USD/kg", "logistics cost"),
    ):
        asked = replace(asked_of(at, 1, target, **lane), variant=Variant.of(document))
        curve = CapacityCurve(asked, [replace(UNLIMITED, servers=1)], UNLIMITED, {})
        assert (heading(curve), measured(curve)) == (f"{title} (West to east)", f"{about} (West to east)")
    ranges = {
        "facilities.a.resources.dock.shifts[0].servers": (1, 4),
        "lanes.l.demand": ("40 consignments/week", "80 consignments/week"),
        'facilities.a.activities."load-up".duration': ("1 h", "30 min"),
        "facilities.a.resources.dock.shifts[1].servers": (1, 3),
        "facilities.a.resources.dock.shifts[2].servers": (1, 3),
    }
    assert rests_on(curve, ranges) == (
        "Uncertain numbers of the resource, of its work and of the demand: Loading berths: shift 1 servers "
        "(1 to 4), shift 2 servers (1 to 3); West to east: demand (40 to 80 consignments/week); load up: "
        "duration (1 h to 30 min); and 1 more."
    )


def test_what_stands_behind_a_resource() -> None:
    """Tests its own numbers, those of its work, and the demand of lanes that come to it, measured or not."""
    document = values({"lanes.other": values()["lanes"]["l"] | {"routes": {"truck": "100 %"}}})
    keys = ["officers.servers", "dock.servers"]
    ranges = {f"facilities.a.resources.{key}": (1, 2) for key in keys} | {
        "facilities.a.activities.export.documents.duration": ("1 h", "2 h"),
        "lanes.l.demand": (1, 2),
        "lanes.other.demand": (1, 2),
    }
    asked = replace(asked_of("a/officers", 1, lanes=("other",)), variant=Variant.of(document))
    found = record(CapacityCurve(asked, [replace(UNLIMITED, servers=1)], UNLIMITED, {}), "base", ranges)
    assert [*found["uncertain"]] == [
        "facilities.a.resources.officers.servers",
        "facilities.a.activities.export.documents.duration",
        "lanes.l.demand",
    ]
