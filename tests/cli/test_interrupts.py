"""Commands that are interrupted: exit code 130, whatever they were at, and which folder stays unfinished."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from enum import EnumMeta
from pathlib import Path
from types import FrameType
from typing import NoReturn

import pytest

from fourport.plan.ready import load_ready
from fourport.store import Run
from fourport.study.checks.identities import violations
from fourport.study.replication import replicate
from fourport.study.tabulate import tabulate
from fourport.study.variant import Variant
from tests.cli.short import SHORT, fourport, short_scenario


def interrupted(*_: object, **__: object) -> NoReturn:
    """Do what Ctrl-C does."""
    raise KeyboardInterrupt


@pytest.mark.parametrize("words", [("run",), ("compare",), ("curves", "--over", "weight")])
def test_an_interrupted_simulation(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that the folder is named, which holds no complete run."""
    monkeypatch.setattr("fourport.study.run_tables.run_study", interrupted)
    out = tmp_path / "out"
    result = fourport(words[0], str(short_scenario(tmp_path)), *words[1:], *SHORT, "--out", str(out))
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr == f"interrupted; unfinished: {out}{os.sep} (the same command goes on with it)\n"
    assert not Run(out).has("summary")
    assert not (out / "manifest.json").exists()


def test_an_interrupted_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a command without a folder says no more than that."""
    monkeypatch.setattr("fourport.scenario.examine.examine_file", interrupted)
    result = fourport("check", str(short_scenario(tmp_path)))
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "interrupted\n")


def test_no_enum_is_shown_to_numpy(tmp_path: Path) -> None:
    """Tests that a replication calls no Python code of an enum's class, from within a comparison of NumPy.

    NumPy asks the class of whatever it compares for attributes, and discards any exception: an interrupt that
    comes while Python code answers is lost.
    """
    corridor = Variant.of(load_ready(short_scenario(tmp_path)).tree.values).corridor
    code = getattr(vars(EnumMeta).get("__getattr__"), "__code__", None)
    asked: list[str] = []

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code is code and str(frame.f_locals["name"]).startswith("__array"):
            asked.append(
                f"{frame.f_back.f_code.co_filename}:{frame.f_back.f_lineno}" if frame.f_back else "?"
            )

    sys.setprofile(note)
    try:
        replication = replicate(corridor, 1, 0)
        assert violations(replication) == []
        tabulate(replication)
    finally:
        sys.setprofile(None)
    assert asked == []


def test_interrupted_while_drawing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the folder is named as finished: all its tables are there."""
    monkeypatch.setattr("fourport.charts.draw", interrupted)
    out = tmp_path / "out"
    result = fourport("run", str(short_scenario(tmp_path)), *SHORT, "--out", str(out))
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr == (
        f"interrupted; finished: {out}{os.sep}, but for its charts (fourport chart {out} draws them)\n"
    )
    assert Run.open(out).has("summary")


def test_interrupted_before_a_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests an interrupt while the program's own options are read."""
    monkeypatch.setattr("fourport.cli.group.LazyGroup.make_context", interrupted)
    result = fourport("check", "x.toml")
    assert (result.exit_code, result.stdout, result.stderr.strip()) == (130, "", "interrupted")


AT_THE_START = """
import os, runpy, signal, sys
class Interrupting:
    def find_spec(self, name, *_):
        if name == "click":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Interrupting())
runpy.run_module("fourport", run_name="__main__")
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of other systems differ")
def test_an_interrupt_while_the_program_starts() -> None:
    """Tests that there is no traceback while it imports what it is made of; a shell says 130 of it, too."""
    done = subprocess.run([sys.executable, "-c", AT_THE_START], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, "", "")
