"""Capacity: the exact case of the inspection bays, more servers never worse, what is asked and refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fourport.errors import UserError
from fourport.plan.corridor import Corridor
from fourport.plan.tables import HOUR, Kind
from fourport.scenario.library import folder
from fourport.scenario.load import load
from fourport.study.capacity.capacity import CapacityCurve, CapacityPoint, Request, capacity_curve
from fourport.study.capacity.conclusions import conclusion, shifts
from fourport.study.capacity.request import (
    Target,
    find_resource,
    parse_servers,
    parse_target,
    with_servers,
)
from fourport.study.parallel import workers
from fourport.study.statistics import Estimate, estimate
from fourport.study.variant import Variant
from fourport.study.verification import formulas
from tests.study.made import RANDOM
from tests.tiny import Parcel, corridor, follow, values

DAY = Target(95, 24 * HOUR, "24 h")


def study(document: Any, at: str, servers: range, target: Target = DAY, **more: Any) -> CapacityCurve:
    """Run a curve in this process."""
    asked: dict[str, Any] = {"measure": "time", "seed": 1, "replications": 12, **more}
    return capacity_curve(Request(Variant.of(document), at, tuple(servers), target, **asked))


@pytest.fixture(scope="module")
def bays() -> CapacityCurve:
    """Try 13 to 15 inspection bays where 2 an hour come for 6 h each."""
    document = load(folder() / "exact" / "bays-14.toml").tree.values
    return study(document, "yard/bays", range(13, 16), replications=30)


@pytest.mark.long
def test_the_inspection_bays(bays: CapacityCurve) -> None:
    """Tests P(T <= 24 h) of M/M/c at each number in a 99 % interval; of 14, one that is far from 95 %.

    13 bays .93008, 14 bays .97302: 14 is the smallest number for 95 %.
    """
    assert formulas.mmc_within(13, 2, 6, 24) == pytest.approx(0.93008, abs=5e-6)
    assert formulas.mmc_within(14, 2, 6, 24) == pytest.approx(0.97302, abs=5e-6)
    for point in bays.points:
        found = estimate(point.shares.tolist(), 0.99)
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
    shares = np.array([point.shares for point in bays.points])
    assert (np.diff(shares, axis=0) >= 0).all()
    assert (shares[-1] > shares[0]).all()
    assert len({point.visits for point in bays.points}) == 1


@pytest.mark.long
def test_intervals_hold_together(bays: CapacityCurve) -> None:
    """Tests Bonferroni: three numbers at 95 % are intervals of 98.333 % each."""
    for point in bays.points:
        alone = estimate(point.shares.tolist(), 1 - 0.05 / 3)
        assert point.share == Estimate(alone.mean, alone.low, min(alone.high, 100.0), 30)


def test_few_visits_prove_little() -> None:
    """Tests 18 visits a replication, all in time or none, by hand: two numbers at 95 % are bounds of 97.5 %.

    All of 54 are at least 0.025^(1/54) = 93.4 %, all of 72 at least 95.006 %; of none of them the same
    from below.
    """
    for replications, visits_, all_of, none_of in (
        (3, 54, "undecided", "undecided"),
        (4, 72, "meets", "misses"),
    ):
        least = 100 * 0.025 ** (1 / visits_)
        soon = Target(5, HOUR // 60, "1 min")
        for target, share, low, high, verdict in (
            (DAY, 100.0, least, 100.0, all_of),
            (soon, 0.0, 0.0, 100 - least, none_of),
        ):
            found = study(values(), "a/officers", range(9, 11), target, replications=replications)
            for point in found.points:
                assert point.visits == 18
                assert point.shares.tolist() == [share] * replications
                assert (point.share.low, point.share.high) == pytest.approx((low, high), abs=1e-9)
                assert point.verdict == verdict


OFFICE: dict[str, Any] = {"shifts": [{"calendar": "office", "servers": 4}, {"servers": 2}]}


def test_two_processes_count_the_same() -> None:
    """Tests the officers of a tiny corridor with two jobs: the same counts in each replication."""
    document = values(
        {"facilities.a.activities.export.preparation": {"distribution": "exponential", "mean": "3 h"}}
    )
    target = Target(90, HOUR // 2 + 1, "31 min")
    asked = Request(Variant.of(document), "a/officers", (1, 2), target, "time", 3, 4)
    with workers(2) as executor:
        one, two = capacity_curve(asked), capacity_curve(asked, executor)
    for a, b in zip(one.points, two.points, strict=True):
        assert (a.shares == b.shares).all()
        assert (a.visits, a.unfinished) == (b.visits, b.unfinished)
    assert one.points[0].visits > 0


def test_more_officers_are_never_worse() -> None:
    """Tests them, and for the whole time of a visit as for the wait, in each replication."""
    document = values(RANDOM | {"facilities.a.activities.export.documents.duration": "10 h"})
    for measure in ("time", "wait"):
        target = Target(90, 12 * HOUR, "12 h")
        found = study(document, "a/officers", range(1, 5), target, measure=measure, replications=4)
        shares = np.array([point.shares for point in found.points])
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
    assert parse_target("95% within 24 h") == DAY
    assert parse_target(" 99.5 %  within 90 min ") == Target(99.5, 90 * HOUR // 60, "90 min")
    assert str(DAY) == "95% within 24 h"
    for text, message in (
        ("24 h", "'24 h' is not a target; allowed: a share and a time, such as '95% within 24 h'"),
        ("95 within 24 h", "is not a target"),
        ("100% within 24 h", "100 % is not a target share"),
        ("0% within 24 h", "0 % is not a target share"),
        ("95% within 24", "has no unit"),
        ("95% within 24 parsecs", "unit 'parsecs'"),
        ("95% within 0 h", "must be more than 0"),
    ):
        with pytest.raises(UserError) as refused:
            parse_target(text)
        assert message in str(refused.value)


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
        CapacityCurve(Request(Variant.of(document), at, (1, 2), DAY, "time", 1, 2), [])
        for at in ("a/officers", "b/bays")
    )
    assert shifts(shifted).startswith("a/officers has shifts of 4, 2: the largest gets the number tried")
    assert shifts(plain) == ""


def made_curve(*verdicts: str) -> CapacityCurve:
    """Give a curve of 1, 2, ... servers with these verdicts."""
    interval = {"meets": (96.0, 99.0), "misses": (80.0, 90.0), "undecided": (93.0, 97.0)}
    points = []
    for k, verdict in enumerate(verdicts):
        low, high = interval[verdict]
        found = Estimate((low + high) / 2, low, high, 9)
        points.append(CapacityPoint(k + 1, np.empty(0), found, 5.0, 0.0, verdict))  # type: ignore[arg-type]
    return CapacityCurve(
        Request(Variant.of({}), "a/b", tuple(range(1, len(verdicts) + 1)), DAY, "time", 1, 9), points
    )


def test_conclusions() -> None:
    """Tests the smallest number, what is said of fewer, and that none is said plainly."""
    assert made_curve("misses", "misses", "meets", "meets").smallest == 3
    assert "3 is the smallest number tried" in conclusion(made_curve("misses", "misses", "meets"))
    assert "; 2 and fewer are not enough." in conclusion(made_curve("misses", "misses", "meets"))
    assert "; 2 may also be enough" in conclusion(made_curve("misses", "undecided", "meets"))
    assert made_curve("meets", "undecided", "meets").smallest == 3  # a gap is no proof
    none = conclusion(made_curve("misses", "undecided"))
    assert none.startswith(
        "None of the numbers tried meets 95% within 24 h with 95 % confidence. The nearest is 2"
    )
    assert "More replications" in none
    assert "More replications" not in conclusion(made_curve("misses", "misses"))
