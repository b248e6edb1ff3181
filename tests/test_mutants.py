"""Damaged scenarios, price lists, claims and runs give a result or a clear error, never a traceback."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.cli.short import fourport
from tests.conftest import leave_out_charts
from tests.mutants.confined import HANGING, MEMORY, Commands, command
from tests.mutants.corpus import Original, originals
from tests.mutants.hunt import mutants, warm_up

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of time and memory as Linux has them")

MUTANTS, AT_ONCE = 2000, 125
"""A fault that strikes one mutant in 670 is found with 95 %; ``benchmarks/fuzz.py`` takes more mutants."""


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Original]]:
    """Give what is damaged, after each of its commands has worked once; only ``chart`` draws charts."""
    with pytest.MonkeyPatch.context() as patch:
        leave_out_charts(patch)
        found = originals(tmp_path_factory.mktemp("originals"))
        warm_up(found)
        yield found


@pytest.mark.long
@pytest.mark.parametrize("first", range(0, MUTANTS, AT_ONCE))
def test_no_mutant_ends_badly(known: Mapping[str, Original], first: int) -> None:
    """Tests that mutants end with 0, 1 or 2, no traceback, within 10 s and 1 GiB."""
    with Commands() as commands:
        ended = {one.number: one.run(commands) for one in mutants(known, range(first, first + AT_ONCE))}
    assert {number: (one.fault, one.text) for number, one in ended.items() if one.fault} == {}
    assert {0, 2} <= {ending.code for ending in ended.values()}


FAULTS = {
    "a traceback": "raise RuntimeError('no')",
    "took more than 3 s": "while True: pass",
    f"took more than {MEMORY >> 20} MiB": "bytearray(2 << 30)",
    "exit code 3": "raise SystemExit(3)",
    "an error without a word": "raise SystemExit(2)",
    "exit code -15": "os.kill(os.getpid(), 15)",
    "hung": "time.sleep(1000)",
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_seen(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that each kind of bad ending is noticed, so that the tests above can fail."""
    monkeypatch.setattr("tests.mutants.confined.SECONDS", 3)
    if fault == "hung":
        monkeypatch.setattr("tests.mutants.confined.HANGING", 1)

    def names() -> list[str]:
        exec(FAULTS[fault], {"os": os, "time": time})
        return []

    monkeypatch.setattr("fourport.scenario.library.names", names)
    assert command(["check", "nowhere"]).fault == fault


def test_a_good_ending_is_none(tmp_path: Path) -> None:
    """Tests that a clear error and a result have no fault."""
    assert fourport("new", str(tmp_path / "a.toml")).exit_code == 0
    for name, code in (("a.toml", 0), ("b.toml", 2)):
        ending = command(["check", str(tmp_path / name)])
        assert (ending.code, ending.fault) == (code, "")
        assert ending.seconds < HANGING
