"""Odd surroundings: closed streams, settings of matplotlib, paths that are not text."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.short import fourport, short_scenario


def command(*words: str | bytes | Path) -> list[str | bytes | Path]:
    """Give a command in a process of its own."""
    return [sys.executable, "-m", "fourport", *words]


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("check FILE", 0),
        ("check missing.toml", 2),
        ("sources FILE", 0),
        ("sources FILE --format csv", 0),
        ("nonsense", 2),
        ("--help", 0),
    ],
)
def test_closed_streams(words: str, code: int, tmp_path: Path) -> None:
    """Tests that a command does its work where all three streams are closed."""
    line = f"{sys.executable} -m fourport {words.replace('FILE', str(short_scenario(tmp_path)))}"
    assert subprocess.run(["sh", "-c", f"exec {line} <&- >&- 2>&-"], check=False).returncode == code


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a run."""
    folder = tmp_path_factory.mktemp("stored")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fourport.cli.output.default_charts", list)
        words = ("--replications", "1", "--jobs", "1", "--out", str(folder / "run"))
        assert fourport("run", str(short_scenario(folder)), *words).exit_code == 0
    return folder / "run"


def test_a_backend_that_does_not_exist(stored: Path, tmp_path: Path) -> None:
    """Tests that the user's backend does not matter to a command, and is named to a Python program."""
    environment = {**os.environ, "MPLBACKEND": "nonsense"}
    words = command("chart", stored, "cost-stack", "--format", "svg", "--out", tmp_path)
    assert subprocess.run(words, env=environment, check=False, stdout=subprocess.DEVNULL).returncode == 0
    program = f"import fourport; fourport.Results.open({str(stored)!r}).chart('cost-stack')"
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, check=False, capture_output=True, text=True
    )
    last = done.stderr.splitlines()[-1]
    assert last.startswith("fourport.errors.UserError: matplotlib refuses its settings (MPLBACKEND, ")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such paths")
def test_a_path_that_is_not_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a byte which is not UTF-8 is shown escaped, and hinders no command and no chart."""
    monkeypatch.setattr("fourport.cli.output.default_charts", lambda: ["cost-stack"])
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))
    folder.mkdir()
    path = short_scenario(folder).rename(folder / os.fsdecode(b"\xfe.toml"))
    shown = f"{tmp_path}/\\udcff"
    assert fourport("check", str(path)).stdout.startswith(f"{shown}/\\udcfe.toml: OK")
    out, priced = folder / "out", folder / "priced"
    more = "--replications 2 --jobs 1 --milestones --journeys --quiet --policy base --policy more-officers"
    result = fourport("run", str(path), *more.split(), "--out", str(out))
    assert (result.exit_code, result.stdout, result.stderr) == (0, f"{shown}/out/\n", "")
    assert (out / "charts" / "cost-stack.png").is_file()
    words = ("--over", "weight", "--points", "3", "--jobs", "1", "--quiet", "--out", str(priced))
    assert fourport("curves", str(out), *words).exit_code == 0
    assert fourport("compare", str(out), "--quiet", "--out", str(folder / "compared")).exit_code == 0
    result = fourport("new", "--from", str(path), str(tmp_path / "new.toml"))
    assert result.exit_code == 2
    assert "cannot be named in TOML" in result.stderr
    assert not (tmp_path / "new.toml").exists()
