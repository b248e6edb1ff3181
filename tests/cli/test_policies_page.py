"""The commands and the examples of ``docs/policies.md`` work."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from fourport.plan.compile import compile_corridor
from fourport.plan.tables import HOUR, WEEK
from fourport.scenario.load import load
from fourport.world.draw import draw
from tests.cli.short import fourport, short_scenario

PAGE = (Path(__file__).parents[2] / "docs" / "policies.md").read_text(encoding="utf-8")

FRIDAY_13 = 1_704_459_600_000_000
"""2024-01-05T13:00Z."""


def test_the_examples_of_the_docs_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_charts: None
) -> None:
    """Tests that the commands of docs/policies.md that stand alone on their line run as they stand."""
    commands = [line.strip() for line in PAGE.splitlines() if line.startswith("    fourport ")]
    assert {shlex.split(command)[1] for command in commands} == {"compare", "capacity"}
    short_scenario(tmp_path).rename(tmp_path / "my.toml")
    monkeypatch.chdir(tmp_path)
    for command in commands:
        result = fourport(*shlex.split(command)[1:], "--replications", "2", "--jobs", "1")
        assert result.exit_code == 0, f"{command}: {result.output}"


def test_the_scenario_examples_of_the_docs_are_valid(tmp_path: Path) -> None:
    """Tests that the tables shown in docs/policies.md together extend the scenario of ``fourport new``."""
    shown = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.S)
    assert len(shown) == 6
    assert fourport("new", str(tmp_path / "my.toml")).exit_code == 0
    mine = tmp_path / "mine.toml"
    mine.write_text("\n".join(['extends = "my.toml"', *shown]), encoding="utf-8")
    result = fourport("check", str(mine))
    assert result.exit_code == 0, result.output
    entered = []
    for policy in (None, "just-in-time"):
        made = compile_corridor(load(mine, policy).scenario)
        world = draw(made, 1, 0)
        by_sea = world.route == made.plan.names.routes.index("by-sea")
        # The ferry closes on Tuesday and Friday at 13:00 in Lisbon, which is on UTC until the end of March.
        left = [(closes - world.entry_us[by_sea]) % WEEK for closes in (FRIDAY_13, FRIDAY_13 - 72 * HOUR)]
        spare = np.minimum(*left) / HOUR - 20
        entered.append((world.n, np.mean((spare >= 0) & (spare <= 8))))
    (n, some), (still, most) = entered
    assert n == still
    assert some < 0.3
    assert most > 0.75
