"""What changes when a scenario changes, under common random numbers."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fourport.plan.compile import compile_corridor
from fourport.plan.tables import NEVER
from fourport.scenario.load import load
from fourport.scenario.models.scenario import Scenario
from fourport.study.replication import Replication, replicate
from fourport.study.verification.cases import BAYS, CASES, WORK
from fourport.study.verification.readings import visits
from fourport.world.tables import World

Values = dict[str, Any]


def _run(values: Values, seed: int = 1) -> Replication:
    return replicate(compile_corridor(Scenario.model_validate(values)), seed, 0)


def _case(name: str, weeks: int) -> Values:
    values: Values = copy.deepcopy(load(CASES[name].path).tree.values)
    values["run"]["window"] = f"{weeks} weeks"
    values["run"]["warm_up"] = "2 weeks"
    return values


def _resource(values: Values, resource: str) -> Values:
    found: Values = values["facilities"]["yard"]["resources"][resource]
    return found


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("case", ["m-m-3", "m-m-7", "m-ln-1", "e2-m-1"])
def test_more_servers_never_raise_the_mean_wait(case: str, seed: int) -> None:
    """Tests that a FIFO cell gets no slower with every server added; nobody in it waits longer."""
    values = _case(case, 6)
    servers = _resource(values, "gang")["servers"]
    before: np.ndarray[tuple[int], np.dtype[np.int64]] | None = None
    for more in range(5):
        _resource(values, "gang")["servers"] = servers + more
        found = visits(_run(values, seed), WORK)
        begun = np.where(found.begin_us == NEVER, np.iinfo(np.int64).max, found.begin_us)
        if before is not None:
            assert (begun <= before).all()
            assert (begun - found.ready_us).mean() <= (before - found.ready_us).mean()
        before = begun


@pytest.mark.parametrize("seed", range(3))
def test_more_bays_never_raise_the_mean_wait(seed: int) -> None:
    """Tests the same at the inspection bays of a customs office."""
    values = _case("bays-13", 6)
    waits = []
    for bays in range(12, 18):
        _resource(values, "bays")["servers"] = bays
        found = visits(_run(values, seed), BAYS)
        begun = found.begin_us != NEVER
        waits.append(float((found.begin_us - found.ready_us)[begun].mean()))
    assert waits == sorted(waits, reverse=True)
    assert waits[0] > waits[-1]


def _corridor() -> Values:
    """Give a customs office, a ferry that is cancelled now and then, and goods of all sizes."""
    return copy.deepcopy(load(Path(__file__).with_name("corridor.toml")).tree.values)


def _drawn(world: World) -> dict[str, np.ndarray[Any, np.dtype[Any]]]:
    """Give every array of a world by name."""
    fields = (
        "entry_us",
        "lane",
        "route",
        "trader_class",
        "commodity",
        "size",
        "value",
        "duration_us",
    )
    arrays = {name: getattr(world, name) for name in fields} | {"risk": np.array(world.risk)}
    for field in ("cutoff_us", "departure_us", "arrival_us", "cancelled", "free_sale", "block_space"):
        arrays[field] = getattr(world.departures.of(0), field)
    return arrays


@pytest.mark.parametrize("bays", [2, 5, 50])
def test_bays_leave_chance_as_it_is(bays: int) -> None:
    """Tests that the number of bays changes no arrival, weight, risk number or cancelled sailing by a bit."""
    values = _corridor()
    one = _run(values)
    values["facilities"]["b"]["resources"]["bays"]["servers"] = bays
    other = _run(values)
    assert one.world.departures.of(0).cancelled.any()
    for name, array in _drawn(one.world).items():
        assert array.tobytes() == _drawn(other.world)[name].tobytes(), name
    assert not np.array_equal(one.trace.end_us, other.trace.end_us)


def test_a_higher_rate_selects_a_superset() -> None:
    """Tests that who is inspected at a low rate is inspected at every higher rate; at 100 % all are."""
    values = _corridor()
    values["facilities"]["b"]["resources"]["bays"]["servers"] = 2000
    before: set[int] = set()
    for rate in ("2 %", "5 %", "20 %", "60 %", "100 %"):
        values["facilities"]["b"]["activities"]["clear"]["inspection"]["rates"]["t"] = rate
        run = _run(values)
        seen = visits(run, "b/clear/inspection")
        inspected = set(seen.consignment[seen.begin_us != NEVER].tolist())
        assert before < inspected
        before = inspected
    assert before >= set(np.flatnonzero(run.delivered_us != NEVER).tolist())
