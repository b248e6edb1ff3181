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
from fourport.errors import LONGEST, Problem, UserError, one_line, printable
from fourport.scenario.library import folder
from fourport.store import Run, whole_file
from tests.cli.short import SHORT, fourport, short_scenario

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


STEERING = "\x1b[2J\x07\r\x85\x9b\u2028\u202e\udcff"
"""Characters that clear a screen, go back in the line, begin another, turn the order, or are none."""


def test_nothing_steers_a_terminal() -> None:
    """Tests that each such character is escaped, a line break in a line too, and other scripts are not."""
    assert printable(STEERING) == r"\x1b[2J\x07\r\x85\x9b\u2028\u202e\udcff"
    assert (one_line("a\nb"), printable("a\nb", keep="\n")) == (r"a\nb", "a\nb")
    assert one_line("威海 인천 é") == "威海 인천 é"


def test_an_error_is_a_line_of_bounded_length() -> None:
    """Tests that the beginning and the end of a long line stay, for Python users too."""
    long = f"file:1: {'x' * 200_000}; allowed: a number"
    (line,) = UserError(long).lines
    assert len(line) == LONGEST
    assert line.startswith("file:1: xxx")
    assert f"({len(long):,} characters)" in line
    assert line.endswith("; allowed: a number")
    assert one_line(line) == line


FORGED = "x\x1b[31m\nother.toml: OK"
"""A name that would colour the terminal and write a line of its own."""

FORGING = {
    "key": '"{}" = 1\n',
    "section": '["{}".a]\nb = 1\n',
    "value": 'format = "{}"\n',
    "policy title": '[policies."p{}"]\ntitle = "{}"\n',
    "policy name": 'format = 2\n[policies."{}"]\nrun.seed = 1\n',
    "price list": 'tariff_files = ["{}.csv"]\n',
    "extended": 'extends = "{}"\n',
    "dropped": 'extends = "weihai-2019"\ndrop = ["{}"]\n',
    "twice": '"{}" = 1\n"{}" = 2\n',
}


@pytest.mark.parametrize("where", FORGING)
def test_a_scenario_forges_no_line(tmp_path: Path, where: str) -> None:
    """Tests that every line of a check begins as a line of a check does, whatever texts the file has."""
    path = tmp_path / "trial.toml"
    written = FORGED.encode("unicode_escape").decode().replace("\\x1b", "\\u001b")
    path.write_text(FORGING[where].replace("{}", written), encoding="utf-8")
    for words in (("check",), ("run", "--policy", f"p{FORGED}"), ("sources",)):
        result = fourport(words[0], str(path), *words[1:])
        assert "\x1b" not in result.output
        lines = result.output.splitlines()
        assert result.exit_code == 0 or all(line.startswith(str(path)) for line in lines), result.output


def test_names_of_files_forge_no_line(tmp_path: Path) -> None:
    """Tests a file with such a name, in the words of a check that is satisfied and of one that is not."""
    path = short_scenario(tmp_path).rename(tmp_path / f"{FORGED.replace('/', '')}.toml")
    shown = str(path).encode("unicode_escape").decode()
    assert fourport("check", str(path)).stdout.startswith(f"{shown}: OK")
    path.write_text("x", encoding="utf-8")
    assert fourport("check", str(path)).stderr.startswith(f"{shown}:1: is not TOML")


def test_headers_of_a_price_list_forge_no_line(tmp_path: Path) -> None:
    """Tests the names of columns and the cells of a CSV file, a cell of 200 kB too."""
    path = short_scenario(tmp_path)
    path.write_text(f'tariff_files = ["a.csv"]\n{path.read_text("utf-8")}', encoding="utf-8")
    header = 'tariff,line,"\x1b[31m\nother.toml: OK"\n'
    cell = f'tariff,line,price\nair,"\x1b]0;{"x" * 200_000}\nother: OK",many\n'
    for text in (header, cell):
        (tmp_path / "a.csv").write_text(text, encoding="utf-8")
        result = fourport("check", str(path))
        assert result.exit_code == 2
        assert "\x1b" not in result.output
        lines = result.output.splitlines()
        assert all(line.startswith(str(tmp_path)) and len(line) <= LONGEST for line in lines)


def test_a_full_disk(tmp_path: Path) -> None:
    """Tests that the file is named, which the system does not do, and nothing half written is left."""

    def write(text: str) -> None:
        with whole_file(tmp_path / "a.csv") as temporary:
            temporary.write_text("half", encoding="utf-8")
            raise OSError(28, text)

    with pytest.raises(OSError, match="No space left") as caught:
        write("No space left on device")
    assert caught.value.filename == str(tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="limits of other systems differ")
def test_files_that_may_not_grow(tmp_path: Path) -> None:
    """Tests a run in a shell whose files may have at most 10 kB: the file that is larger is named."""
    out, path = tmp_path / "out", short_scenario(tmp_path)
    words = " ".join([sys.executable, "-m fourport run", str(path), *SHORT, "--out", str(out)])
    limited = ["bash", "-c", f"trap '' XFSZ; ulimit -f 10; exec {words}"]
    environment = {**os.environ, "FOURPORT_ENGINE": "simpy"}  # Numba keeps what it compiles
    done = subprocess.run(limited, capture_output=True, text=True, check=False, env=environment)
    *progress, line = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert all(" of 2 replications" in one for one in progress)
    assert line.startswith(f"{out}{os.sep}")
    assert ": File too large; allowed: when that is mended, the same command, which goes on" in line


def test_charts_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the results are printed, that each file is named, and that this is no success."""

    def refuse(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("fourport.charts.writing._png", refuse)
    monkeypatch.setattr("fourport.cli.output.default_charts", lambda: ["cost-stack"])
    out = tmp_path / "out"
    result = fourport("run", str(short_scenario(tmp_path)), *SHORT, "--out", str(out))
    assert result.exit_code == 2
    assert f"Results: {out}{os.sep}" in result.stdout
    png = out / "charts" / "cost-stack.png"
    told, way_out = result.stderr.splitlines()
    assert told == f"chart cost-stack: {png}: cannot be written: No space left on device"
    assert f"fourport chart {png.parents[1]}, which draws them" in way_out
    assert Run.open(out).has("summary")


def test_quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the folder is all that is printed: no warning, nor that there is nothing to draw."""
    path = short_scenario(tmp_path)
    monkeypatch.setattr("fourport.api.study.Study.warnings", lambda _: ["idle"])
    monkeypatch.setattr("fourport.cli.output.default_charts", lambda: ["capacity"])
    monkeypatch.setattr("fourport.cli.working.memory_here", lambda: 1)
    for quiet in (False, True):
        out = tmp_path / f"out-{quiet}"
        more = ("--quiet",) if quiet else ()
        result = fourport("run", str(path), "--replications", "2", "--jobs", "2", *more, "--out", str(out))
        assert result.exit_code == 0
        if quiet:
            assert (result.stdout, result.stderr) == (f"{out}{os.sep}\n", "")
        else:
            assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
                "warning",
                "1 process in place of 2",
                "chart capacity",
            ]


def test_a_quiet_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a valid file with warnings leaves no word."""
    monkeypatch.setattr("fourport.scenario.examine.warnings_of", lambda *_: [Problem(("run",), "odd")])
    path = short_scenario(tmp_path)
    assert "warning: " in fourport("check", str(path)).stderr
    assert fourport("check", str(path), "--quiet").output == ""
