"""Commands that are interrupted: exit code 130, whatever they were at, and which folder stays unfinished."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

from fourport.store import Run
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
    assert result.stderr == f"interrupted; unfinished: {out}{os.sep}\n"
    assert not Run(out).has("summary")
    assert not (out / "manifest.json").exists()


def test_an_interrupted_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a command without a folder says no more than that."""
    monkeypatch.setattr("fourport.scenario.examine.examine_file", interrupted)
    result = fourport("check", str(short_scenario(tmp_path)))
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "interrupted\n")
