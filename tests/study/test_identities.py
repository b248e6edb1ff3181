"""What must hold in every run: each identity is bent once and must be found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fourport.plan.tables import HOUR, NEVER, UNBOUND
from fourport.study.checks.identities import violations
from fourport.study.replication import Replication, replicate
from fourport.world.tables import Departures
from tests.study.made import RANDOM
from tests.tiny import Parcel, corridor, follow

RUN = follow(
    corridor(),
    [
        Parcel(8, "truck", kg=4000),
        Parcel(8.5, "truck", kg=4000),
        Parcel(9, "van", kg=1500),
        Parcel(9.5, "van", trader_class="plain", risk=0.2, kg=400),
    ],
)
"""Two trucks (6 t each, one at a time), two vans; the last is inspected. The ferry is nearly full (10 t)."""

Bend = Callable[[Replication], Replication]


def row(consignment: int, key: str) -> int:
    """Give the row of a step of a consignment in the trace."""
    steps = RUN.corridor.plan.route_steps(int(RUN.world.route[consignment]))
    (s,) = (s for s in steps if RUN.corridor.steps[s].key == key)
    row = RUN.trace.slices[s].start + RUN.trace.at(s).ids.tolist().index(consignment)
    return int(row)


def events(**columns: tuple[int, int]) -> Bend:
    """Bend one number of a column of the trace: ``end_us=(row, value)``."""

    def bend(run: Replication) -> Replication:
        changed: dict[str, Any] = {}
        for name, (place, value) in columns.items():
            changed[name] = getattr(run.trace, name).copy()
            changed[name][place] = value
        return bent(run, **changed)

    return bend


def bent(run: Replication, **changes: Any) -> Replication:
    """Change fields of the trace."""
    return replace(run, trace=replace(run.trace, **changes))


def column(name: str, place: int | tuple[int, int], by: float) -> Bend:
    """Bend one number of a column of the replication itself."""

    def bend(run: Replication) -> Replication:
        changed = getattr(run, name).copy()
        changed[place] += by
        return replace(run, **{name: changed})

    return bend


def departures(**changes: Any) -> Bend:
    """Bend the ferry's departures."""

    def bend(run: Replication) -> Replication:
        ferry = replace(run.world.departures.of(0), **changes)
        return bent(run, world=replace(run.world, departures=Departures.joined([ferry])))

    return bend


def _open_at_once(run: Replication) -> Replication:
    (truck,) = run.trace.trips
    early = replace(truck, open_us=np.full_like(truck.open_us, truck.open_us.min()))
    return bent(run, trips=(early,))


def _closed(run: Replication) -> Replication:
    """Let the truck and the van begin from the second week on only."""
    plan = run.corridor.plan
    vans = np.where([info.key == "van" for info in run.corridor.steps], 0, -1)
    hours = {
        "hours_first": [0, 2],
        "hours_turn_us": [plan.start_us, plan.window_end_us],
        "hours_open": [0, 1],
        "fleet_hours": [0],
    }
    columns: dict[str, Any] = {name: np.array(values, dtype=np.int64) for name, values in hours.items()}
    return replace(run, corridor=replace(run.corridor, plan=replace(plan, step_hours=vans, **columns)))


RESUME: dict[str, Any] = {"facilities.a.resources.dock.at_closing": "resume"}


@pytest.mark.parametrize(
    ("column", "by", "message"),
    [
        ("end_us", HOUR, "a/load: a stay does not last as long as the world says"),
        ("end_us", -HOUR // 4, "a/load: a stay does not last as long as the world says"),
        ("begin_us", -HOUR, "a/dock: a server begins a service before its last one has ended"),
        ("begin_us", HOUR, "a/dock: a service begins with a server off duty"),
        ("departure_index", 1, "a/dock: a service begins with a server off duty"),
        ("departure_index", 0, None),
    ],
)
def test_work_that_rests(column: str, by: int, message: str | None) -> None:
    """Tests a service that rests for a night, begun at 17:30 and ended at 08:30, with one thing bent."""
    run = follow(corridor(RESUME), [Parcel(16.5, "truck"), Parcel(16.75, "truck")])
    changed = getattr(run.trace, column).copy()
    changed[run.trace.slices[0].start + 1] += by
    found = violations(bent(run, **{column: changed}))
    assert message in found if message else found == []


def _costlier(run: Replication) -> Replication:
    cost = run.invoice.logistics_cost.copy()
    cost[1] += 0.01
    return replace(run, invoice=replace(run.invoice, logistics_cost=cost))


def _undelivered(run: Replication) -> Replication:
    delivered = run.delivered_us.copy()
    delivered[2] = NEVER
    return replace(run, delivered_us=delivered)


def end(consignment: int, key: str) -> int:
    """Give the end of a step in the run as it was."""
    return int(RUN.trace.end_us[row(consignment, key)])


FERRY = RUN.world.departures.of(0)


@pytest.mark.parametrize(
    ("bend", "message"),
    [
        (
            events(begin_us=(row(2, "b/import/inspection"), end(2, "b/import/release"))),
            "b/import/inspection: done to a consignment that passes it over",
        ),
        (
            events(end_us=(row(2, "ferry"), NEVER)),
            "b/import/release: a consignment ended a step that it had not reached",
        ),
        (
            events(begin_us=(row(2, "b/discharge"), end(2, "b/import/release") - 1)),
            "b/discharge: a consignment went on before it was released",
        ),
        (
            events(end_us=(row(2, "van"), end(2, "b/discharge") - 1)),
            "van: a consignment went on before it was released",
        ),
        (events(departure_index=(row(2, "ferry"), -1)), "ferry: mass is not conserved"),
        (events(departure_index=(row(0, "truck"), -1)), "truck: mass is not conserved"),
        (
            events(begin_us=(row(2, "ferry"), NEVER), end_us=(row(2, "ferry"), NEVER)),
            "ferry: mass is not conserved",
        ),
        (
            events(end_us=(row(2, "b/import/documents"), NEVER)),
            "b/import/release: a stay does not last as long as the world says",
        ),
        (
            _undelivered,
            "van: delivered is not what came through",
        ),
        (column("causes", (3, 0), 1), "do not sum to its door-to-door time"),
        (_costlier, "the cost lines of a consignment do not sum to its total"),
        (departures(cancelled=np.arange(len(FERRY.cutoff_us)) == 0), "ferry: a cancelled departure took"),
        (departures(free_sale=FERRY.free_sale - [[100_001, 0, 0]]), "ferry: a departure is over capacity"),
        (
            departures(free_sale=np.minimum(FERRY.free_sale, [UNBOUND, 49_499, UNBOUND])),
            "ferry: a departure is over capacity",
        ),
        (events(departure_index=(row(1, "truck"), 0)), "truck: a truck is over capacity"),
        (_closed, "truck: a truck begins to load or leaves while its fleet is closed"),
        (_closed, "van: a stay does not begin when it must"),
        (_open_at_once, "truck: more trucks are out than there are"),
        (events(end_us=(row(0, "a/load"), end(0, "a/load") - 1)), "a/load: a stay does not last as long"),
        (
            events(end_us=(row(2, "a/export/preparation"), end(2, "a/export/preparation") - 1)),
            "a/export/preparation: a stay does not last as long",
        ),
        (events(end_us=(row(1, "ferry"), end(1, "ferry") - 1)), "ferry: a stay does not last as long"),
        (events(departure_index=(row(1, "truck"), 0)), "truck: a stay does not begin when it must"),
        (events(end_us=(row(0, "truck"), end(0, "truck") + 1)), "truck: a stay does not last as long"),
        (
            events(end_us=(row(2, "b/import/release"), end(2, "b/import/release") - 1)),
            "b/import/release: a stay does not last as long",
        ),
        (column("delivered_us", 2, 1), "van: delivered is not what came through"),
        (
            events(begin_us=(row(1, "a/load"), int(RUN.trace.begin_us[row(0, "a/load")]) + HOUR // 2)),
            "a/dock: more services have begun than there are servers",
        ),
    ],
)
def test_a_bent_run_is_found(bend: Bend, message: str) -> None:
    """Tests that a run with one thing bent breaks the identity meant, by name."""
    assert any(message in one for one in violations(bend(RUN)))


def test_a_negative_cause_is_found() -> None:
    """Tests that causes which sum, but not of positive times, are found."""
    bent = column("causes", (3, 5), -HOUR)(column("causes", (3, 6), HOUR)(RUN))
    assert "do not sum" in "; ".join(violations(bent))


def test_capacity_to_the_gram() -> None:
    """Tests that a ship full to the gram, cm3 and TEU is right: 4 + 4 + 1.5 + 0.4 t of 9.9 t."""
    full = np.tile([[9_900_000, 49_500_000, 4]], (len(FERRY.cutoff_us), 1))
    assert violations(departures(free_sale=full)(RUN)) == []


@pytest.mark.parametrize("bend", [None, events(end_us=(row(0, "a/load"), end(0, "a/load") - 60_000_000))])
def test_littles_law(bend: Bend | None) -> None:
    """Tests the number at the dock over an hour: from the events it is what the world gives, or found wrong.

    The events give the number by counting those who began and ended; the world gives 30 minutes to each.
    """
    run = RUN if bend is None else bend(RUN)
    (dock,) = (s for s, info in enumerate(run.corridor.steps) if info.key == "a/load")
    at = run.trace.at(dock)
    from_us, until_us = int(at.begin_us[0]) + HOUR // 4, int(at.begin_us[1]) + HOUR // 4  # both ends cut one
    times = np.unique(np.clip([*at.begin_us, *at.end_us, from_us, until_us], from_us, until_us))
    present = [(at.begin_us <= t).sum() - (at.end_us <= t).sum() for t in times[:-1]]
    counted = int((np.array(present) * np.diff(times)).sum())
    begins, ends = (
        np.clip(at.begin_us + lasting, from_us, until_us).sum() for lasting in (0, at.duration_us)
    )
    assert (counted == ends - begins) == (bend is None) == (violations(run) == [])


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_broken_as_it_is(seed: int) -> None:
    """Tests that runs of the engine break nothing: the small one, random ones, and one without cargo."""
    assert violations(RUN) == []
    busy = RANDOM | {"lanes.l.renewal.interval": {"distribution": "exponential", "mean": "90 min"}}
    run = replicate(corridor(busy), seed, 0)
    assert (run.delivered_us == NEVER).any()
    assert violations(run) == []
    assert violations(follow(corridor(), [])) == []
