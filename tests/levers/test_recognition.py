"""Mutual recognition and joint enforcement: who is still inspected. Minutes from Monday midnight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from scipy.stats import multivariate_normal, norm

from fourport.plan.corridor import Corridor
from fourport.plan.tables import Floats
from fourport.world.draw import draw
from fourport.world.outcomes import decide, outcomes
from fourport.world.tables import Flags, World
from tests.levers.made import SHORT, Parcel, Times, corridor, follow, leg, world_of

PORT, CITY = "port/export/inspection", "city/import/inspection"
ROUTE: dict[str, Any] = {"routes.main.steps": leg("port/export", "ferry", "truck", "city/import", "van")}
PARCELS = (
    Parcel(),
    Parcel(risk={PORT: 0.04}),
    Parcel(risk={CITY: 0.02}),
    Parcel(risk={PORT: 0.04, CITY: 0.02}),
)
"""Selected by nobody, by the port (5 %), by the city (3 %), by both."""


def journey(*, port: bool, city: bool) -> Times:
    """Give the times of who is inspected at these offices: 50 minutes at the port, 45 at the city."""
    released, cleared = 110 + 50 * port, 2005 + 45 * city
    return {
        "port/export/preparation": (0, 90),
        "port/export/documents": (90, 110),
        "port/export/release": (0, 110),
        **({PORT: (110, released)} if port else {}),
        "port/export/removal": (released, released),
        "ferry": (1080, 1800),
        "truck": (1800, 1860),
        "city/import/preparation": (1860, 1980),
        "city/import/documents": (1980, 2005),
        "city/import/release": (1860, 2005),
        **({CITY: (2005, cleared)} if city else {}),
        "city/import/removal": (cleared, cleared),
        "van": (cleared, cleared + 30),
    }


@pytest.mark.parametrize(
    ("policy_package", "city"),
    [
        ((), (False, False, True, True)),
        (("none",), (False, False, True, True)),
        (("skip",), (False, False, True, False)),  # but not whom the port inspected
        (("rely",), (False, False, False, False)),  # nobody who came through the port
    ],
)
def test_who_is_inspected_again(policy_package: Sequence[str], city: Sequence[bool]) -> None:
    """Tests four consignments under each mode of recognition: the port's inspections stay as they are."""
    found = follow(corridor(ROUTE, *policy_package), *PARCELS)
    for i, (at_port, at_city) in enumerate(zip((False, True, False, True), city, strict=True)):
        times = found.times(i)
        if policy_package == ("rely",):  # no inspection at all: the release is the removal
            times.setdefault("city/import/removal", times["van"][:1] * 2)
        assert times == journey(port=at_port, city=at_city), i


def test_recognition_of_an_office_that_is_not_on_the_leg() -> None:
    """Tests that the city inspects whom it selects if the goods did not come through the port."""
    for policy_package in ((), ("skip",), ("rely",)):
        times = follow(corridor(SHORT, *policy_package), Parcel(route="short", risk={CITY: 0.02})).times()
        assert times[CITY] == (205, 250)


def squares(k: int, m: int) -> tuple[Floats, Floats]:
    """Give the middles of k x m equal rectangles of the unit square."""
    first, second = np.meshgrid((np.arange(k) + 0.5) / k, (np.arange(m) + 0.5) / m)
    return first.ravel(), second.ravel()


def inspected(made: Corridor, port: Floats, city: Floats) -> list[int]:
    """Count whom each office inspects of plain consignments with these risk numbers."""
    n = len(port)
    drawn = {PORT: port, CITY: city}
    risk = [drawn.get(name, np.full(n, 0.999)) for name in made.plan.names.draws]
    plain = np.full(n, made.plan.names.trader_classes.index("plain"), dtype=np.int64)
    holds = decide(made.plan, risk, plain, np.zeros(n, dtype=np.bool_))
    return [int(made.conditions.who(o.inspected, holds).sum()) for o in made.offices]


def test_saved_inspections_in_expectation() -> None:
    """Tests that with 5 % and 3 % recognition saves .0015 or .03 inspections a consignment, exactly.

    Each rate is a whole number of the rectangles that the two risk numbers are cut into, 20 x 100: so
    counts are expectations. Off 100 + 60 of 2000 are inspected; both select 5 % x 3 % of 2000 = 3.
    """
    port, city = squares(20, 100)
    counts = {
        name: inspected(corridor(ROUTE, *name), port, city) for name in ((), ("none",), ("skip",), ("rely",))
    }
    assert counts == {(): [100, 60], ("none",): [100, 60], ("skip",): [100, 57], ("rely",): [100, 0]}
    saved = {name: (160 - sum(both)) / 2000 for name, both in counts.items()}
    assert (saved["skip",], saved["rely",]) == (0.0015, 0.03)


def test_saved_inspections_of_a_run() -> None:
    """Tests the same counts as a measure of 2000 consignments that went through both engines."""
    port, city = squares(20, 100)
    parcels = [Parcel(risk={PORT: u, CITY: v}) for u, v in zip(port, city, strict=True)]
    many = ROUTE | {"facilities.port.resources.bays.servers": 2000}
    for policy_package, count in (("none", 160), ("skip", 157), ("rely", 100)):
        assert follow(corridor(many, policy_package), *parcels).measures()["inspections"] == count


def correlated(correlation: float, **more: Any) -> dict[str, Any]:
    """Give changes by which the city's selection goes with the port's."""
    at = "facilities.city.activities.import.inspection"
    return ROUTE | {f"{at}.correlated_with": "port/export", f"{at}.correlation": correlation} | more


def inspections(made: Corridor, world: World) -> list[Flags]:
    """Tell whom each office inspects."""
    holds = outcomes(made.plan, world)
    return [made.conditions.who(office.inspected, holds) for office in made.offices]


@pytest.mark.parametrize("correlation", [-0.5, 0.3, 0.8])
def test_correlated_selections(correlation: float) -> None:
    """Tests the share that both select against the bivariate normal distribution.

    20 000 consignments a week for two weeks, n = 40 000 or so; the binomial 4.4 standard deviations off is
    a false alarm in 1 of 90 000, five of them below 1 in 10 000. Each marginal rate stays as it was.
    """
    dense = {"lanes.main.demand": "20000 consignments/week", "lanes.main.trader_classes": {"plain": "100 %"}}
    made = corridor(correlated(correlation, **dense))
    world = draw(made, 5, 0)
    port, city = inspections(made, world)
    normal = multivariate_normal(cov=[[1, correlation], [correlation, 1]])
    both = float(normal.cdf([norm.ppf(0.05), norm.ppf(0.03)]))
    for found, share in ((port, 0.05), (city, 0.03), (port & city, both)):
        assert abs(found.mean() - share) < 4.4 * np.sqrt(share * (1 - share) / world.n)
    skips = corridor(correlated(correlation, **dense), "skip")
    _, again = inspections(skips, draw(skips, 5, 0))
    assert (again == (city & ~port)).all()


@pytest.mark.parametrize(("correlation", "both"), [(1.0, 60), (0.0, 3), (-1.0, 0)])
def test_perfect_correlation(correlation: float, both: int) -> None:
    """Tests that of 2000 the smaller share is selected by both if risks agree, and nobody if they oppose."""
    port, city = (
        squares(20, 100) if correlation == 0 else ((np.arange(2000) + 0.5) / 2000, np.full(2000, 0.5))
    )
    parcels = [Parcel(risk={PORT: u, CITY: v}) for u, v in zip(port, city, strict=True)]
    made = corridor(correlated(correlation))
    world = world_of(made, parcels)
    first, second = inspections(made, world)
    assert (first.sum(), second.sum(), (first & second).sum()) == (100, 60, both)


def test_correlation_does_not_hang_on_the_order_of_routes() -> None:
    """Tests that selections are correlated on a route through both offices whatever other routes there are.

    With a correlation of one the city selects 3 %, all of them among the port's 5 %; a route that comes past
    the city alone must not undo that, wherever it is named.
    """
    both, alone = ROUTE["routes.main.steps"], leg("truck", "city/import", "van")
    for first, second in ((both, alone), (alone, both)):
        changes = correlated(1.0) | {
            "routes": {"a": {"title": "A", "steps": first}, "b": {"title": "B", "steps": second}},
            "lanes.main.routes": {"a": "50 %", "b": "50 %"},
        }
        through = "a" if first is both else "b"
        made = corridor(changes)
        world = world_of(made, [Parcel(route=through, risk={PORT: 0.01, CITY: 0.5})])
        risk = dict(zip(made.plan.names.draws, [one[0] for one in world.risk], strict=True))
        assert risk[CITY] == pytest.approx(0.01), f"{through} through both offices"


def test_joint_enforcement_finds_more_with_as_many() -> None:
    """Tests who is selected at the city with a risk_auc of 0.8, where 10 % of the plain class break a rule.

    The power is (1 - 0.8) / 0.8 = 1/4; 0.9 x + 0.1 x^(1/4) = 0.03 at x = 0.00454, x^(1/4) = 0.2596: of
    those in order 0.45 % are selected and of the others 26 %, in place of 3 % of both.
    """
    changes = {
        "routes.main.steps": leg("truck", "city/import", "van"),
        "trader_classes.plain.non_compliant": "10 %",
    }
    parcels = [
        Parcel(non_compliant=non_compliant, risk={CITY: risk})
        for non_compliant, risk in ((False, 0.004), (False, 0.01), (True, 0.02), (True, 0.25), (True, 0.27))
    ]
    before, after = (
        follow(corridor(changes, *policy_package), *parcels) for policy_package in ((), ("enforce",))
    )
    green: Times = {
        "truck": (0, 60),
        "city/import/preparation": (60, 180),
        "city/import/documents": (180, 205),
        "city/import/release": (60, 205),
        "city/import/removal": (205, 205),
        "van": (205, 235),
    }
    red = green | {CITY: (205, 250), "city/import/removal": (250, 250), "van": (250, 280)}
    assert [before.times(i) for i in range(5)] == [red, red, red, green, green]
    assert [after.times(i) for i in range(5)] == [red, green, red, red, green]
    assert [run.measures()["undetected"] for run in (before, after)] == [2, 1]
