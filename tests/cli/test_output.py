"""Output that nobody reads, or that cannot be written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from fourport.cli import main
from fourport.scenario.library import folder

FULL = Path("/dev/full")
SMALL = str(folder() / "templates" / "small.toml")


def command(words: str) -> list[str]:
    """Give a command in a process of its own; SMALL stands for a scenario that is quick to read."""
    return [sys.executable, "-m", "fourport", *(SMALL if word == "SMALL" else word for word in words.split())]


@pytest.mark.skipif(os.name != "posix", reason="needs a shell")
@pytest.mark.parametrize("form", ["table", "csv"])
def test_a_closed_pipe_is_no_error(form: str) -> None:
    """Tests that a reader that stops early, as ``head`` does, causes no words on stderr."""
    piped = f"{sys.executable} -m fourport sources weihai-2019 --format {form} | head -n 1"
    done = subprocess.run(["sh", "-c", piped], capture_output=True, text=True, check=False)
    assert done.stdout.startswith("key")
    assert done.stderr == ""


@pytest.mark.skipif(os.name != "posix", reason="pipes of other systems differ")
@pytest.mark.parametrize(
    "words",
    [
        "sources SMALL",
        "sources SMALL --format csv",
        "schema",
        "chart --list",
        "check SMALL",
        "--help",
        "run --help",
    ],
)
def test_a_closed_pipe_has_an_exit_code_of_its_own(words: str) -> None:
    """Tests that it is that of programs which the closed pipe ends, not 1, which ``--missing`` gives."""
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(command(words), stdout=write, stderr=subprocess.PIPE, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (128 + signal.SIGPIPE, b"")


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
@pytest.mark.parametrize(
    "words", ["schema", "sources weihai-2019 --format csv", "check SMALL", "new NEW", "run --help"]
)
def test_a_full_device_is_told_in_a_line(tmp_path: Path, words: str) -> None:
    """Tests that output which cannot be written, now or left in a buffer, ends a command with its reason."""
    asked = command(words.replace("NEW", str(tmp_path / "new.toml")))
    with FULL.open("w") as full:
        done = subprocess.run(asked, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.stderr == "output: cannot be written: No space left on device\n"
    assert done.returncode == 2


@pytest.mark.skipif(not FULL.exists(), reason="needs a device that is always full")
def test_where_nothing_can_be_told(tmp_path: Path) -> None:
    """Tests that the exit code is that of an error of the user's where stderr is full, too."""
    with FULL.open("w") as full:
        done = subprocess.run(
            command(f"check {tmp_path / 'none.toml'}"), stdout=full, stderr=full, check=False
        )
    assert done.returncode == 2


def test_a_file_that_the_system_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that any other file is named with the reason."""

    def refuse(*_: object) -> None:
        raise OSError(122, "Disk quota exceeded", "results/x.parquet")

    monkeypatch.setattr("fourport.scenario.sources.numbers", refuse)
    done = CliRunner().invoke(main, ["sources", "weihai-2019"])
    assert (done.exit_code, done.stderr) == (2, "results/x.parquet: Disk quota exceeded\n")
