"""Capacity: the exact case of the inspection bays, more servers never worse, what is asked and refused."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fourport.errors import UserError
from fourport.plan.corridor import Corridor
from fourport.plan.tables import HOUR, WEEK, Kind
from fourport.scenario.library import folder
from fourport.scenario.load import load as load_scenario
from fourport.study.averages import Averaging
from fourport.study.capacity.capacity import CapacityCurve, CapacityPoint, Request, capacity_curve
from fourport.study.capacity.conclusions import conclusion, shifts
from fourport.study.capacity.judge import Load, guarded, verdicts
from fourport.study.capacity.measured import count, parts_of
from fourport.study.capacity.request import find_resource, parse_servers, with_servers
from fourport.study.capacity.target import Target, parse_target, settled
from fourport.study.parallel import workers
from fourport.study.replication import replicate
from fourport.study.statistics import Estimate, estimate
from fourport.study.tabulate import tabulate
from fourport.study.variant import Variant
from fourport.study.verification import formulas
from tests.study.made import RANDOM
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
    assert guarded(np.array([1000.0, 0.0, 0.0]), np.array([10.0, 30.0, 0.0]), 0.95, share=True).mean == 25


def test_few_visits_prove_little() -> None:
    """Tests some 18 visits a replication, all in time or none, by hand: at 95 % the bounds are of 97.5 %.

    All of 54 are at least 0.025^(1/54) = 93.4 %, all of 172 at least 97.9 %; of none of them the same from
    below. Fewer than 10 replications never show that a target is met.
    """
    for replications, visits_, all_of, none_of in (
        (3, 54, "undecided", "undecided"),
        (4, 72, "undecided", "misses"),
        (10, 172, "meets", "misses"),
    ):
        least = 100 * 0.025 ** (1 / visits_)
        soon = parse_target("5% within 1 min", "visits")
        for target, share, low, high, verdict in (
            (DAY, 100.0, least, 100.0, all_of),
            (soon, 0.0, 0.0, 100 - least, none_of),
        ):
            found = study(values(), "a/officers", range(9, 11), target, replications=replications)
            for point in found.points:
                assert point.counted * replications == pytest.approx(visits_)
                assert point.values.tolist() == [share] * replications
                assert (point.value.low, point.value.high) == pytest.approx((low, high), abs=1e-9)
                assert point.verdict == verdict


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
    run = Averaging()
    for one in goods:
        run.add(tabulate(one))
    for confidence, tail in ((0.95, 0.025), (0.99, 0.005)):
        most = sent * (1 - tail ** (1 / 20))
        for bound, verdict in ((most - 0.01, "undecided"), (most + 0.01, "meets")):
            target = parse_target(f"undelivered <= {bound}")
            asked = {"replications": 10, "confidence": confidence}
            (point,) = study(document, "a/officers", range(9, 10), target, **asked).points
            assert (point.value.mean, point.value.high) == pytest.approx((0, most), abs=1e-9)
            assert point.verdict == verdict
        if confidence == 0.95:
            assert run.averages().together["*", "*", "undelivered", "consignments"].high == pytest.approx(
                most
            )


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
        "No number is enough for 95% within 24 h: with a server for everybody it is 0.00 %"
    )
    assert "Preparation is 30 of 30.5 h." in said


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
    assert shifts(shifted).startswith("a/officers has shifts of 4, 2: the largest gets the number tried")
    assert shifts(plain) == ""


LOAD = Load(services=1000, work=500, squares=250, offered=1000, window=168, replications=50)
UNLIMITED = CapacityPoint(None, np.empty(0), Estimate(99.0, 98.0, 100.0, 9), 5.0, 0.0, LOAD)


def made_curve(*verdicts: str | tuple[float, str]) -> CapacityCurve:
    """Give a curve of 1, 2, ... servers with these verdicts, and with these values."""
    interval = {"meets": (96.0, 99.0), "misses": (80.0, 90.0), "undecided": (93.0, 96.0)}
    points = []
    for k, one in enumerate(verdicts):
        value, verdict = (None, one) if isinstance(one, str) else one
        low, high = interval[verdict]
        found = Estimate((low + high) / 2 if value is None else value, low, high, 9)
        points.append(CapacityPoint(k + 1, np.empty(0), found, 5.0, 0.0, LOAD, verdict))  # type: ignore[arg-type]
    asked = Request(Variant.of({}), "a/b", tuple(range(1, len(verdicts) + 1)), DAY, 1, 9)
    return CapacityCurve(asked, points, UNLIMITED, {})


def test_conclusions() -> None:
    """Tests the smallest number, what is said of fewer, and that none is said plainly."""
    assert made_curve("misses", "misses", "meets", "meets").smallest == 3
    assert "3 is the smallest number tried" in conclusion(made_curve("misses", "misses", "meets"))
    assert "; 2 and fewer are not enough." in conclusion(made_curve("misses", "misses", "meets"))
    assert "; 2 may also be enough" in conclusion(made_curve("misses", "undecided", "meets"))
    none = conclusion(made_curve("misses", "undecided"))
    assert none.startswith(
        "None of the numbers tried is sure to meet 95% within 24 h (95 % confidence). The nearest is 2"
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


def test_it_is_said_that_a_server_for_everybody_is_not_enough_either() -> None:
    """Tests three undecided numbers near 93.9 %, and 93.9 % without any queue: servers do not decide it."""
    curve = made_curve(*((value, "undecided") for value in (93.8, 93.9, 93.9)))
    most = Estimate(93.9, 91.4, 96.2, 9)
    limited = replace(
        curve,
        unlimited=replace(UNLIMITED, value=most),
        parts={"preparation": 4.5, "inspection": 0.5},
    )
    assert (
        "The nearest is 2, with 93.90 % (93.00 % .. 96.00 %). A server for everybody does not reach it in "
        "these runs either (93.90 % (91.40 % .. 96.20 %)). Preparation is 4.5 of 5 h, inspection 0.5. More"
    ) in conclusion(limited)
    assert "A server for everybody" not in conclusion(curve)


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
        asked = Request(Variant.of({}), "a/b", (1,), target, 1, 9)
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
    """Tests a control begun at 17:45 by an officer who stops until 08:00: 14.5 h, half an hour of it work."""
    officers = {"servers": 1, "calendar": "office", "at_closing": "resume"}
    run = follow(corridor({"facilities.a.resources.officers": officers}), [Parcel(16.75, "van")])
    mine = np.ones(1, dtype=np.bool_)
    assert parts_of(run, "a/officers", "visits", mine) == ({"waiting": 14.0, "service": 0.5}, 1)
    stages, cleared = parts_of(run, "a/officers", "clearance", mine)
    assert (stages["waiting for document control"], stages["document control"], cleared) == (14.0, 0.5, 1)
    load = count(run, "a/officers", DAY, mine)
    assert (load.services, load.work, load.squares) == (1, 0.5, 0.25)
