"""The compiled engine where it cannot be compiled, kept or finished as usual."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from fourport.engine import compiled, reference
from fourport.engine.compiled import LOOP, numbering, simulate
from fourport.engine.compiled.state import state_of
from fourport.engine.compiled.tables import tables_of
from fourport.errors import UserError
from fourport.machine import Packed, ready
from fourport.machine.code import MachineCode
from tests.builder import Consignment, Departure, build
from tests.engine.random_worlds import random_case
from tests.steps import Route, delay, join, resource, service

ROOT = Path(__file__).resolve().parents[2]
RUN = """
from fourport.engine import simulate
from tests.engine.random_worlds import random_case
print(simulate(*random_case(1)).end_us.sum())
"""
SMALL = """
from fourport import machine
from fourport.engine.compiled import LOOP, loop
from tests.engine import small_loop
loop.run = small_loop.run
machine.ready(LOOP)
print("ready")
"""
"""Compiles a small loop in place of the real one, which takes half a minute of a processor."""

READY = "ready\n"
COMPILING = "compiling the engine"


def run(script: str = RUN, **environment: str) -> subprocess.Popen[str]:
    """Start a process that runs a script: by default it simulates, and prints a sum of milestones."""
    path = os.pathsep.join([environment.pop("before", ""), str(ROOT)]).strip(os.pathsep)
    return subprocess.Popen(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": path, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def expected() -> str:
    """What :func:`run` prints, by the reference engine."""
    return f"{reference.simulate(*random_case(1)).end_us.sum()}\n"


def test_without_numba(tmp_path: Path, expected: str) -> None:
    """Tests that the SimPy engine runs, with the same result, and one line says so."""
    (tmp_path / "numba.py").write_text('raise ImportError("No module named numba")', encoding="utf-8")
    out, said = run(before=str(tmp_path), FOURPORT_CACHE_DIR=str(tmp_path)).communicate()
    assert out == expected
    assert said.splitlines() == ["the SimPy engine runs, some hundred times slower: No module named numba"]


def has_ready(folder: Path, said: str = "") -> None:
    """Have the small loop ready in a process, and check what it says."""
    out, words = run(SMALL, FOURPORT_CACHE_DIR=str(folder)).communicate()
    assert (out, words[: len(COMPILING)], words.count("\n")) == (READY, said, bool(said))


def test_two_at_once_then_from_the_cache(tmp_path: Path) -> None:
    """Tests that two processes that compile at once both run, and that the next one does not compile."""
    said = []
    for process in [run(SMALL, FOURPORT_CACHE_DIR=str(tmp_path)) for _ in range(2)]:
        out, words = process.communicate()
        assert out == READY
        said += words.splitlines()
    # Where the machine is busy, one may begin when the other has finished.
    assert 1 <= len(said) <= 2
    assert all(line.startswith(COMPILING) for line in said)
    has_ready(tmp_path)


def test_a_cache_that_cannot_be_written() -> None:
    """Tests that the engine is compiled for this process alone."""
    out, said = run(SMALL, FOURPORT_CACHE_DIR=os.devnull).communicate()
    assert (out, said.startswith(COMPILING)) == (READY, True)
    assert "cannot be kept on disk" in said


def test_a_disk_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that what could not be written as a whole leaves nothing behind."""
    monkeypatch.setenv("FOURPORT_CACHE_DIR", str(tmp_path))

    def refuse(_part: Path, _file: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="No space left"):
        MachineCode("run", b"code").keep(LOOP)
    assert [*tmp_path.iterdir()] == []


def test_a_damaged_cache(tmp_path: Path) -> None:
    """Tests that what was cut off, emptied, or is of another version is made again, and then taken."""
    has_ready(tmp_path, COMPILING)
    (kept,) = tmp_path.iterdir()
    whole = kept.read_bytes()
    for damaged in (whole[:-100], b"", b"{}" + whole, whole.replace(b'"source": "', b'"source": "0')):
        kept.write_bytes(damaged)
        has_ready(tmp_path, COMPILING)
        assert kept.read_bytes() == whole
    has_ready(tmp_path)


@pytest.mark.parametrize("why", ["switched off", "broken"])
def test_numba_that_cannot_be_used(why: str, tmp_path: Path, expected: str) -> None:
    """Tests that the SimPy engine runs where Numba is switched off, or a library of it does not load."""
    if why == "broken":
        (tmp_path / "numba.py").write_text('raise OSError("no shared object")', encoding="utf-8")
    switch = {"NUMBA_DISABLE_JIT": "1"} if why == "switched off" else {"before": str(tmp_path)}
    out, said = run(**switch, FOURPORT_CACHE_DIR=str(tmp_path)).communicate()
    assert out == expected
    assert said.startswith("the SimPy engine runs")
    assert said.count("\n") == 1


def test_other_arrays_are_refused() -> None:
    """Tests that the loop, which is compiled once for all plans, refuses arrays that it would misread."""
    tables = tables_of(*random_case(2))
    aside = tables._replace(route=tables.route[::2])
    fixed = tables._replace(route=tables.route.copy())
    fixed.route.flags.writeable = False
    for other in (tables._replace(route=tables.route.astype("int32")), aside, fixed):
        with pytest.raises(TypeError, match=r"^route: "):
            Packed(other)


def test_it_stops_and_goes_on() -> None:
    """Tests that a run in pieces of one instant, between which interrupts are heard, is the same run."""
    plan, world = random_case(3)
    tables = tables_of(plan, world)
    state, pieces = state_of(plan, tables), 0
    while state.cells[numbering.PHASE] != numbering.OVER:
        ready(LOOP)(Packed(tables), Packed(state), 1)
        pieces += 1
    assert pieces > 50
    assert (state.times[:, 1] == reference.simulate(plan, world).end_us).all()


def test_read_only_arrays() -> None:
    """Tests that arrays which cannot be written, as those from a file, are taken."""
    plan, world = random_case(4)
    for array in (world.entry_us, world.duration_us, world.route, world.size, plan.fleet_vehicles):
        array.flags.writeable = False
    assert simulate(plan, world).differences(reference.simulate(plan, world)) == []


def test_a_consignment_before_the_start() -> None:
    """Tests that a world that cannot be is refused."""
    plan, world = random_case(5)
    early = replace(world, entry_us=world.entry_us - 10**12)
    with pytest.raises(ValueError, match="before the start"):
        simulate(plan, early)


@pytest.mark.parametrize("between", [0, 600])
def test_a_crowd_at_one_instant(between: int) -> None:
    """Tests the order of 300 that come to two queues at once, out of the order of their numbers.

    Those of many queues between make a difference between the two in the highest bits of an arrival.
    """
    cleared = Route([delay("wait"), service("sail", "ferry"), resource("clear", "customs")])
    weighed = Route([delay("wait"), delay("pack"), service("sail", "ferry"), resource("weigh", "scales")])
    case = build(
        routes={"cleared": cleared, "weighed": weighed},
        resources={
            "scales": [(0, 1)],
            **{f"berth {k}": [(0, 1)] for k in range(between)},
            "customs": [(0, 2)],
        },
        services={"ferry": [Departure(20, 20, 30)]},
        consignments=[
            Consignment(
                k // 50,
                "cleared" if k % 3 else "weighed",
                {"wait": k % 7, "pack": 1, "clear": 1, "weigh": 1},
            )
            for k in range(300)
        ],
        end=1000,
    )
    found = simulate(case.plan, case.world)
    assert found.differences(reference.simulate(case.plan, case.world)) == []


def test_the_row_that_is_read_first() -> None:
    """Tests which row is asked for ahead: that of the next step, or of the track that goods wait for."""
    route = Route(
        [delay("land"), join("await", "declaration"), resource("clear", "customs")],
        {"declaration": [delay("transmit"), resource("check", "customs")]},
    )
    case = build(routes={"r": route}, resources={"customs": [(0, 1)]}, consignments=[], end=10)
    names = [step.name for step in route.steps()]
    read = tables_of(case.plan, case.world).next_read
    assert {name: names[k] for name, k in zip(names, read.tolist(), strict=True)} == {
        "land": "transmit",
        "await": "clear",
        "clear": "clear",  # Nothing follows it.
        "transmit": "check",
        "check": "await",
    }


def test_a_load_counts_as_work() -> None:
    """Tests that a long queue that a departure goes through is work, after which interrupts are heard."""
    case = build(
        routes={"r": Route([service("sail", "ferry")])},
        services={"ferry": [Departure(20, 20, 30, free=(2, 1000, 1000)), Departure(40, 40, 50)]},
        consignments=[Consignment(0, "r", {}, size=(3 - (k == 99), 1, 1)) for k in range(100)],
        end=100,
    )
    tables = tables_of(case.plan, case.world)
    state = state_of(case.plan, tables)
    ready(LOOP)(Packed(tables), Packed(state), 50)
    assert state.cells[numbering.WORK] > 100
    assert state.cells[numbering.PHASE] == numbering.RUNNING


def test_too_many_to_number() -> None:
    """Tests that a plan with more steps than a token can name is refused by name."""
    route = Route([delay("a")])
    case = build(routes={"r": route}, consignments=[Consignment(0, "r", {"a": 1})], end=10)
    steps = 1 << numbering.STEP_BITS
    wide = {
        name: column.repeat(steps, axis=0) for name, column in vars(case.plan).items() if name[:5] == "step_"
    }
    plan = replace(case.plan, **wide, priority=case.plan.priority.repeat(steps, axis=0))
    with pytest.raises(UserError, match=r"^65,536 steps; allowed: below 65,536$"):
        compiled.simulate(plan, case.world)


@pytest.mark.long
def test_interrupt(tmp_path: Path) -> None:
    """Tests that an interrupt in the middle of the loop ends the program with exit code 130."""
    scenario = tmp_path / "busy.toml"
    text = (ROOT / "benchmarks" / "corridor.toml").read_text(encoding="utf-8")
    assert 'demand = "384 consignments/week"' in text
    scenario.write_text(
        text.replace('"384 consignments/week"', '"10000 consignments/week"'), encoding="utf-8"
    )
    command = [sys.executable, "-m", "fourport", "run", str(scenario), "--jobs", "1", "--replications", "1"]
    script = (
        "from fourport import machine\n"
        "from fourport.engine.compiled import LOOP\n"
        "once = machine.ready(LOOP)\n"
        "def run(*asked):\n    print('running', flush=True)\n    once(*asked)\n"
        "machine.ready = lambda _: run\n"
        "from fourport.cli import main\n"
        f"main({command[3:]!r} + ['--out', {str(tmp_path / 'out')!r}])\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "running\n"
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130
    assert "Traceback" not in said
