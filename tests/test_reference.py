"""The committed results of the shipped scenario, and what the README says of them.

Their charts are drawn in ``tests/charts/test_baselines.py``.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from fourport.cli import main
from fourport.cli.table import summary_table
from fourport.store import Run
from tests.regenerate_reference import COMPARED, COMPARED_TABLES, CUSTOMS, REFERENCE

pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parent.parent
ALONE = ("--quiet", "--jobs", "1", "--out")
"""In one process: other tests keep the other processors busy, and results need not go from one to another."""
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("no_charts")
def test_reference_is_reproduced(tmp_path: Path) -> None:
    """Tests that the shipped scenario still gives the committed results, to the byte.

    Where this fails on purpose, run it again into ``results/reference`` and say in
    CHANGELOG why the results change.
    """
    result = CliRunner().invoke(main, ["run", "weihai-2019", *ALONE, str(tmp_path / "run")])
    assert result.exit_code == 0, result.output
    for name in ("summary.csv", "costs.csv", "stops.csv"):
        assert (tmp_path / "run" / name).read_bytes() == (REFERENCE / name).read_bytes(), name
    assert Run.open(tmp_path / "run").manifest()["scenario"] == Run.open(REFERENCE).manifest()["scenario"]


@pytest.mark.usefixtures("no_charts")
def test_customs_reference_is_reproduced(tmp_path: Path) -> None:
    """Tests that Weihai's package against the baseline still gives the committed results, to the byte."""
    result = CliRunner().invoke(main, [*COMPARED, *ALONE, str(tmp_path / "run")])
    assert result.exit_code == 0, result.output
    for name in COMPARED_TABLES:
        assert (tmp_path / "run" / name).read_bytes() == (CUSTOMS / name).read_bytes(), name
    now, stored = (Run.open(folder).manifest()["comparison"] for folder in (tmp_path / "run", CUSTOMS))
    assert now == stored


def test_readme_shows_the_reference() -> None:
    """Tests that the table and the charts in the README are those of the reference run."""
    for line in summary_table(Run.open(REFERENCE)).splitlines():
        assert line.rstrip() in README
    for picture in re.findall(r"\]\((results/reference/[^)]+\.(?:png|svg))\)", README):
        assert (ROOT / picture).is_file()


def test_readme_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the commands of the README's own-scenario example run as they stand."""
    commands = [line.strip() for line in README.splitlines() if re.match(r" {4}fourport .*my\.toml", line)]
    assert [shlex.split(command)[1] for command in commands] == ["new", "check", "run"]
    monkeypatch.chdir(tmp_path)
    for command in commands:
        result = CliRunner().invoke(main, shlex.split(command)[1:])
        assert result.exit_code == 0, f"{command}: {result.output}"
    assert (tmp_path / "results" / "my-first-run" / "summary.csv").is_file()
