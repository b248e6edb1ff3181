"""The commands of ``docs/policies.md`` run."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from tests.cli.short import fourport, short_scenario


def test_the_examples_of_the_docs_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_charts: None
) -> None:
    """Tests that the commands of docs/policies.md that stand alone on their line run as they stand."""
    text = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")
    commands = [line.strip() for line in text.splitlines() if line.startswith("    fourport ")]
    assert {shlex.split(command)[1] for command in commands} == {"compare", "capacity"}
    short_scenario(tmp_path).rename(tmp_path / "my.toml")
    monkeypatch.chdir(tmp_path)
    for command in commands:
        result = fourport(*shlex.split(command)[1:], "--replications", "2", "--jobs", "1")
        assert result.exit_code == 0, f"{command}: {result.output}"
