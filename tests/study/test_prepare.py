"""What replications need besides an engine is compiled before processes are started."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from inspect import getfile
from pathlib import Path

import numpy as np
import pytest

import fourport
from fourport.arguments import CACHE_VARIABLE
from fourport.engine import simulate
from fourport.engine.compiled import LOOP
from fourport.machine import Routine, code
from fourport.study.comparison.paired import judge
from fourport.study.histogram import COARSE, Histogram
from fourport.study.prepare import ROUTINES
from fourport.trace import Trace
from tests.engine.random_worlds import random_case

ROOT = Path(__file__).resolve().parents[2]
PREPARE = """
from fourport.machine import running
from fourport.study.prepare import prepare
prepare()
print(len(running._codes))
"""
LOSE = """
from multiprocessing import active_children
from fourport.ledger.compiled.tables import LISTING, TOTALS
from fourport.machine import beside, running
with beside([LISTING, TOTALS]):
    for process in active_children():
        process.kill()
        print("lost")
print(len(running._codes), active_children())
"""
LOAD_TWICE = """
import gc
from fourport import machine
from fourport.study.prepare import ROUTINES
from fourport.machine import running
for _ in range(2):
    machine.prepare(ROUTINES)
    running.ready.cache_clear()
    running.ready_or_none.cache_clear()
    gc.collect()
print("loaded")
"""
READ = """
from tests.study.test_prepare import read
print(*read())
"""

MEASURED = """
from hashlib import sha256
from fourport.machine.running import ready_or_none
from fourport.plan.compile import compile_corridor
from fourport.plan.ready import load_ready
from fourport.study.packed import Packed
from fourport.study.prepare import ROUTINES
from fourport.study.replication import replicate
from fourport.study.tabulate import tabulate
made = compile_corridor(load_ready("scenarios/templates/small.toml").scenario)
found, digest = Packed.of(tabulate(replicate(made, 1, 0))), sha256()
for table in found.tables.values():
    digest.update(table.values.tobytes())
for sheet in found.sheets.values():
    digest.update(sheet.values.tobytes())
for samples in (found.samples, found.stop_samples):
    for one in samples.histograms:
        digest.update(one.counts.tobytes() + one.low.tobytes() + one.high.tobytes())
print(sum(ready_or_none(one) is None for one in ROUTINES), digest.hexdigest())
"""


BEYOND = """
from tests.study.beyond import count
print({})
"""


def run(script: str, **environment: str) -> str:
    """Run a script in a process and return what it prints."""
    pytest.importorskip("numba")
    environment = {"NUMBA_DISABLE_JIT": "0", "PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=os.environ | environment, check=True, capture_output=True, text=True)
    return done.stdout


def read() -> Iterator[int]:
    """Yield sums of what is read of random worlds, how many rules bent ones break, and what is added up."""
    from fourport.study.checks.carriage_tables import carried_by
    from fourport.study.clearance_stages import stages_of
    from tests.study.test_queues import broken
    from tests.tiny import Parcel, corridor, follow

    for seed in range(6):
        plan, world = random_case(seed)
        trace = Trace.of(plan, world, simulate(plan, world))
        for values in (trace.ready_us, trace.came, trace.passed):
            yield int((values * np.arange(1, len(values) + 1)).sum())
        bent = replace(trace, end_us=trace.end_us + (np.arange(len(trace.end_us)) % 7 == 0))
        yield len(broken(plan, world, bent))
        yield int(sum(of.sum() for of in bent.broken))
        times = [Histogram.of(trace.ready_us[k::3] / 1e9 - seed, COARSE) for k in range(3)]
        merged = Histogram.merged(times)
        yield len(merged.counts)
        yield int((merged.low @ merged.counts + merged.high.sum()) * 1e6)
        d = np.stack([one.quantiles(np.linspace(0.1, 0.9, 8)) for one in times])
        yield int(judge(d - d.mean(axis=0), greater=True).p.sum() * 1e6)
    parcels = [Parcel(entry, route, kg=6000) for entry in range(8, 40, 3) for route in ("truck", "van")]
    followed = follow(corridor({"planning": {"allowance": "1 h"}}), parcels)
    yield from followed.planned.tolist()
    yield from followed.causes.sum(axis=0).tolist()
    yield int(1e6 * followed.clearance.officer_hours.sum() + followed.clearance.inspections.sum())
    yield from (int(1e6 * value) for value in stages_of(followed).values())
    yield from carried_by(followed)[1].size.sum(axis=0).tolist()
    begin, amounts = followed.invoice.lists(slice(2, 9))
    yield int((begin @ np.arange(len(begin))) + 1e6 * (amounts @ np.arange(len(amounts))))


def test_all_are_compiled_beside_each_other(tmp_path: Path) -> None:
    """Tests that all are compiled and kept, also those whose tables have the same name."""
    every = {LOOP.name, *(one.name for one in ROUTINES)}
    assert run(PREPARE, **{CACHE_VARIABLE: str(tmp_path)}) == f"{len(every)}\n"
    assert {file.name.rsplit("-", 1)[0] for file in tmp_path.iterdir()} == every


@pytest.mark.skipif(sys.platform != "linux", reason="there is no other process")
def test_the_other_process_is_lost(tmp_path: Path) -> None:
    """Tests that what another process should have compiled is compiled if it is killed."""
    assert run(LOSE, **{CACHE_VARIABLE: str(tmp_path)}) == "lost\n2 []\n"


def test_none_is_forgotten() -> None:
    """Tests that the list has all that is compiled besides the loop of the engine."""
    files = Path(fourport.__file__).parent.rglob("*.py")
    made = [line for file in files for line in file.read_text("utf-8").splitlines() if "= Routine(" in line]
    assert len(made) == len(ROUTINES)


@pytest.mark.parametrize("routine", ROUTINES, ids=[one.name for one in ROUTINES])
def test_other_arrays_are_compiled_anew(routine: Routine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that machine code depends on the modules of its arrays, too: it reads fields by their place."""
    files, hash_of = list[Path](), code._hash_of

    def noted(file: Path) -> bytes:
        files.append(file)
        return hash_of(file)

    monkeypatch.setattr(code, "_hash_of", noted)
    code.source.__wrapped__(routine)
    assert {Path(getfile(one)) for one in routine.takes if one is not int} <= {*files}


def test_what_is_loaded_again() -> None:
    """Tests that routines are loaded again after all were given up, which must not free anything twice."""
    assert run(LOAD_TWICE) == "loaded\n"


def test_as_it_is_written(tmp_path: Path) -> None:
    """Tests that without Numba, and without machine code that was kept, the same is read and found broken."""
    found = run(READ, NUMBA_DISABLE_JIT="1", **{CACHE_VARIABLE: str(tmp_path)})
    assert not [*tmp_path.iterdir()]
    assert [*map(int, found.split())] == [*read()]


def test_measures_as_they_are_written(tmp_path: Path) -> None:
    """Tests that without Numba all tables of a small scenario are the same, to the last bit."""
    compiled = run(MEASURED).split()
    plain = run(MEASURED, NUMBA_DISABLE_JIT="1", **{CACHE_VARIABLE: str(tmp_path)}).split()
    assert compiled[0] == "0"
    assert plain == [str(len(ROUTINES)), compiled[1]]


@pytest.mark.long
def test_nobody_asks_for_entries_that_there_are_not(tmp_path: Path) -> None:
    """Tests engine, reading and measures with each index of an array looked at.

    Compiled code looks at none otherwise, and counts from the start only: what Python finds at -1 lies before
    the array.
    """
    looked_at = {"NUMBA_BOUNDSCHECK": "1", CACHE_VARIABLE: str(tmp_path)}
    assert [*map(int, run(READ, **looked_at).split())] == [*read()]
    assert run(MEASURED, **looked_at) == run(MEASURED)


def test_entries_that_there_are_not(tmp_path: Path) -> None:
    """Tests that an index outside is found where each is looked at, also if it is one of the next row.

    Elsewhere it is not, and code that was kept for the one is not taken for the other.
    """
    outside = [(-1, 0), (0, -1), (2, 0), (0, 3), (1, -3)]
    asked = [f"count({row}, {column})" for row, column in outside]
    asked += ["count(-1, 0, by_row=True)", "count(2, 0, by_row=True)"]
    script = BEYOND.format(", ".join(asked))
    kept = {CACHE_VARIABLE: str(tmp_path)}
    for _ in range(2):
        assert run(script, NUMBA_BOUNDSCHECK="1", **kept).split() == ["refused"] * len(asked)
        assert run(BEYOND.format("count(0, 3)"), NUMBA_BOUNDSCHECK="0", **kept) == "[[0, 0, 0], [1, 0, 0]]\n"


def test_entries_that_there_are(tmp_path: Path) -> None:
    """Tests that the last entry is written where each index is looked at, too."""
    looked_at = {"NUMBA_BOUNDSCHECK": "1", CACHE_VARIABLE: str(tmp_path)}
    for asked in ("count(1, 2)", "count(1, 2, by_row=True)"):
        assert run(BEYOND.format(asked), **looked_at) == "[[0, 0, 0], [0, 0, 1]]\n"


def test_arrays_that_may_not_be_changed() -> None:
    """Tests that what is only read may be locked."""
    plan, world = random_case(0)
    marks = simulate(plan, world)
    trace = Trace.of(plan, world, marks)
    locked = [
        plan.step_condition,
        plan.route_first_step,
        world.duration_us,
        world.trader_class,
        trace.begin_us,
    ]
    for one in locked:
        one.flags.writeable = False
    again = Trace.of(replace(plan), world, marks), replace(trace, end_us=trace.end_us.copy())
    for other in again:
        assert np.array_equal(other.came, trace.came)
        assert np.array_equal(other.ready_us, trace.ready_us)


def test_arrays_of_another_run() -> None:
    """Tests that too few rows are refused: compiled code would read what lies behind them."""
    plan, world = random_case(0)
    trace = Trace.of(plan, world, simulate(plan, world))
    for few in (
        {"departure_index": trace.departure_index[:1].copy()},
        {"end_us": trace.end_us[:-1].copy()},
        {"world": replace(world, duration_us=world.duration_us[:-1].copy())},
    ):
        with pytest.raises(ValueError, match="of another world"):
            _ = replace(trace, **few).came
