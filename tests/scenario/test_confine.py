"""Scenarios of strangers: which files they may name, and what is told of files that are none of theirs."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from fourport.arguments import CONFINE_VARIABLE
from fourport.errors import UserError
from fourport.scenario.load import load
from tests.cli.short import fourport
from tests.scenario.bending import CORRIDOR

TIMETABLE = "policies.p.services.ferry.timetable_files = ['../shadow']"
SECRET = "root:$6$secret:19000:0:99999:7:::"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of a scenario; beside it is a file with a secret, and a scenario."""
    (tmp_path / "shadow").write_text(f"{SECRET}\ndaemon:*:19000::::::\n", encoding="utf-8")
    (tmp_path / "other.toml").write_text(CORRIDOR, encoding="utf-8")
    (tmp_path / "own" / "below").mkdir(parents=True)
    (tmp_path / "own" / "link").symlink_to(tmp_path)
    return tmp_path / "own"


def write(folder: Path, *lines: str) -> Path:
    """Write a scenario with these lines before its own."""
    path = folder / "mine.toml"
    path.write_text("\n".join([*lines, CORRIDOR]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "named",
    [
        "tariff_files = ['../shadow']",
        "extends = '../shadow'",
        "policies.p.services.ferry.timetable_files = ['../shadow']",
    ],
)
def test_nothing_is_quoted_of_any_file(folder: Path, named: str) -> None:
    """Tests that no word of a file that is no price list, nor a scenario, is printed."""
    result = fourport("check", str(write(folder, named)))
    assert result.exit_code == 2
    assert f"{folder.parent}/shadow:1: " in result.stderr
    assert not any(word in result.output for word in ("secret", "19000", "daemon"))


NAMED = {
    "price list": "tariff_files = ['{}']",
    "base": "extends = '{}'",
    "one of several bases": "extends = ['weihai-2019', '{}']",
    "claims": "claims = '{}'",
    "price list of a policy": "policies.p.tariff_files = ['{}']",
    "timetable of a policy": "policies.p.services.ferry.timetable_files = ['{}']",
}
OUTSIDE = (
    "../shadow",
    "../other.toml",
    "../none",
    "below/../../shadow",
    "link/shadow",
    "link/none",
    "/etc/none",
)


@pytest.mark.parametrize("what", NAMED)
@pytest.mark.parametrize("path", OUTSIDE)
def test_confined(folder: Path, what: str, path: str) -> None:
    """Tests that a path out of the folder is refused with its line, whether or not the file is there."""
    file = write(folder, NAMED[what].format(path))
    result = fourport("check", "--confine", str(file))
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = (line for line in result.stderr.splitlines() if "confined" in line)
    assert line.startswith(f"{file}:1: ")
    assert line.endswith(
        f": {path!r} leads out of the folder of {file}, to which paths are confined (--confine)"
        "; allowed: a file in this folder or below it"
    )
    assert SECRET not in result.output


@pytest.mark.parametrize("path", OUTSIDE)
def test_observed_values_are_confined(folder: Path, path: str) -> None:
    """Tests that a column is not read from a file out of the folder either."""
    observed = f"{{ distribution = 'observed', file = '{path}', column = 'c', unit = 'kg' }}"
    result = fourport("check", "--confine", str(write(folder, f"commodities.more.weight = {observed}")))
    assert result.exit_code == 2
    assert f"{path!r} leads out of the folder" in result.stderr
    assert SECRET not in result.output


def test_a_base_may_not_lead_out_either(folder: Path) -> None:
    """Tests that the folder is that of the file asked for, also for the files that it extends."""
    below = folder / "below" / "base.toml"
    for name, fits in (("../list.csv", True), ("../../list.csv", False)):
        below.write_text(f"tariff_files = ['{name}']\n{CORRIDOR}", encoding="utf-8")
        (folder / "mine.toml").write_text("extends = 'below/base.toml'\n", encoding="utf-8")
        result = fourport("check", "--confine", str(folder / "mine.toml"))
        assert ("leads out" in result.stderr) is not fits
        assert ("there is no file" in result.stderr) is fits


def test_shipped_scenarios_may_be_extended(folder: Path) -> None:
    """Tests that they, and the files that they name, are no strangers."""
    path = folder / "mine.toml"
    path.write_text("extends = 'weihai-air'\nname = 'mine'\n", encoding="utf-8")
    assert fourport("check", "--confine", str(path)).exit_code == 0
    assert fourport("check", "--confine", "weihai-2019").exit_code == 0


def test_confined_by_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that Python programs confine paths by the variable, also of a file that was read before."""
    path = folder / "mine.toml"
    path.write_text("extends = '../other.toml'\n", encoding="utf-8")
    load(path)
    monkeypatch.setenv(CONFINE_VARIABLE, "1")
    with pytest.raises(UserError, match="leads out of the folder"):
        load(path)
    monkeypatch.setenv(CONFINE_VARIABLE, "0")
    load(path)


@pytest.mark.parametrize(
    "words",
    [
        ("run",), ("compare",), ("sources",), ("claims",), ("curves", "--over", "weight"), ("route-choice",),
        ("capacity", "--at", "a/b", "--servers", "1..2", "--target", "95% within 1 h"),
        ("new", "x.toml", "--from"),
    ],
)  # fmt: skip
def test_every_command_confines(folder: Path, words: tuple[str, ...]) -> None:
    """Tests the option of all that read a scenario."""
    path = folder / "mine.toml"
    path.write_text("extends = '../other.toml'\n", encoding="utf-8")
    result = fourport(*words, str(path), "--confine")
    assert result.exit_code == 2
    assert "leads out of the folder" in result.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are of POSIX")
@pytest.mark.parametrize("bad", ["", "nonsense = 1\n"])
def test_a_pipe_is_read_once(tmp_path: Path, bad: str) -> None:
    """Tests that a scenario from a pipe loads under several policies, and tells its problems under each."""
    reading, writing = os.pipe()
    os.write(writing, f"{bad}{CORRIDOR}".encode())
    os.close(writing)
    path = Path(f"/dev/fd/{reading}")
    for _ in range(2):
        if bad:
            with pytest.raises(UserError, match="nonsense: is not a known key"):
                load(path)
        else:
            load(path)
    os.close(reading)


@pytest.mark.parametrize("where", ["", "[tariffs.odd]\n", "csv"])
def test_very_many_unknown_keys(tmp_path: Path, where: str) -> None:
    """Tests that 100,000 of them are counted, not listed: nobody reads so many lines, nor waits for them."""
    names = [f"unknown{k}" for k in range(100_000)]
    path = tmp_path / "many.toml"
    text = "".join(f"{name} = 1\n" for name in names)
    if where == "csv":
        (tmp_path / "many.csv").write_text(f"tariff,line,{','.join(names)}\n", encoding="utf-8")
        text = "tariff_files = ['many.csv']\n"
    path.write_text(
        f"{CORRIDOR}\n{where}{text}" if where.startswith("[") else text + CORRIDOR, encoding="utf-8"
    )
    began = time.process_time()
    result = fourport("check", str(path))
    assert time.process_time() - began < 5  # about a second; with a line for each it is more than ten
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) < 120
    said = "100000 columns are not known" if where == "csv" else "nor are 99899 more of this table"
    assert said in result.stderr
