"""Commands that were killed: the same command goes on, and ends with the same bytes."""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from errno import EACCES, ENOSPC, EROFS
from pathlib import Path
from random import Random
from typing import Any

import pytest

from fourport.cli import main
from fourport.store.temporary import temporary_folder
from fourport.store.unfinished import Unfinished, tasks_kept
from tests.cli.short import fourport, short_scenario
from tests.cli.test_claims import CLAIMS
from tests.conftest import leave_out_charts

ROOT = str(Path(__file__).parents[2])
OPTIONS = ("--replications", "6", "--jobs", "1", "--quiet", "--milestones", "--journeys")
LOCK = ".unfinished/lock"
GOOD = (0, 1)
"""Exit codes of a study that ends; 1 if it finds a claim or a target not met."""
VOLATILE = ("finished", "seconds", "sha256")
"""Entries of a manifest that tell when and how fast, and the hash of them."""


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a scenario that is quick to run."""
    return short_scenario(tmp_path_factory.mktemp("trial"))


CAPACITY = ("--at", "northport/officers", "--servers", "1..2", "--target", "50% within 24 h")
"""Options of a study of capacity."""
EFFECT = """
[claims.effect]
statement = "One more officer halves the clearance time"
source = "nobody"
kind = "ratio"
measure = "clearance_time_export"
numerator = { policy = "more-officers" }
denominator = { policy = "base" }
at_most = 0.5
"""
"""A claim about a policy, whose levers are told apart."""


def told_of(words: Sequence[str], trial: Path, folder: Path) -> list[str]:
    """Give the words of a command on a scenario, with a file of claims in a folder."""
    claims = folder / "claims.toml"
    claims.write_text(CLAIMS + EFFECT, encoding="utf-8")
    return [word.replace("CLAIMS", str(claims)).replace("{}", str(trial)) for word in words]


def contents(run: Path) -> Mapping[str, str]:
    """Give a hash of each file of a run; of the manifest without when it was made."""
    found = {}
    for path in sorted(run.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            if path.name == "manifest.json":
                told = json.loads(data)
                data = json.dumps({key: told[key] for key in told if key not in VOLATILE}).encode()
            found[path.relative_to(run).as_posix()] = hashlib.sha256(data).hexdigest()
    return found


def begin(*words: str) -> subprocess.Popen[bytes]:
    """Begin a command, without charts, in a process of its own."""
    command, env = (
        [sys.executable, "-m", "tests.cli.without_charts", *words],
        {**os.environ, "PYTHONPATH": ROOT},
    )
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env)


def descendants(pid: int) -> list[int]:
    """Give the processes that a process has begun."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [int(child) for child in children]


def forked(errors: Path, *words: str) -> Any:
    """Begin a command, without charts, in a fork of this process, which has imported everything already."""
    process = multiprocessing.get_context("fork").Process(target=_run, args=(errors, words))
    process.start()
    return process


def _run(errors: Path, words: Sequence[str]) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND), 2)
    sys.stdout, sys.stderr = open(1, "w"), open(2, "w")  # noqa: SIM115 - of the fork, to its end
    main([*words], prog_name="fourport")


def _has_kept(out: Path, pid: int, tasks: int) -> bool:
    """Return whether a process has the lock of a run, of which so many tasks are kept."""
    try:
        return f"process {pid} " in (out / LOCK).read_text(encoding="utf-8") and tasks_kept(out) >= tasks
    except FileNotFoundError:  # not begun yet, or finished a moment ago
        return False


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="looks for the workers in /proc")
@pytest.mark.parametrize(
    ("words", "most"),
    [
        (("run", "{}", "--replications", "100", "--milestones", "--journeys"), 12),
        (("capacity", "{}", *CAPACITY, "--replications", "48"), 4),
        (("claims", "{}", "--claims", "CLAIMS", "--replications", "6"), 4),
    ],
    ids=["run", "capacity", "claims"],
)
def test_twenty_kills(
    words: tuple[str, ...], most: int, trial: Path, tmp_path: Path, no_charts: None
) -> None:
    """Tests that a study killed again and again, at random moments, ends as one that was left alone.

    In turns the program, one of its workers, or all of them are killed: when up to two more tasks are
    finished and a moment later, so that kills meet the start of the work, tasks, and at the end tables.
    """
    told = (*told_of(words, trial, tmp_path), "--jobs", "2", "--quiet", "--out")
    alone = fourport(*told, str(tmp_path / "alone"))
    assert alone.exit_code in GOOD, alone.output
    random, out, errors, kills = Random(5), tmp_path / "out", tmp_path / "errors", 0
    counts = list[int]()
    while kills < most:
        counts.append(tasks_kept(out))
        wanted = counts[-1] + random.randint(0, 2)
        process = forked(errors, *told, str(out))
        while process.is_alive() and not _has_kept(out, process.pid, wanted):
            time.sleep(0.005)
        time.sleep(random.uniform(0, 0.05))
        workers = descendants(process.pid) if process.is_alive() else []
        victims = [[process.pid], workers[:1] or [process.pid], [process.pid, *workers]][kills % 3]
        for victim in victims if process.is_alive() else ():
            with suppress(ProcessLookupError):  # a worker may have ended with its program
                os.kill(victim, signal.SIGKILL)
        process.join()
        assert "Traceback" not in errors.read_text(encoding="utf-8")
        if process.exitcode in GOOD:
            break
        assert process.exitcode in (-signal.SIGKILL, 2)
        kills += 1
    done = fourport(*told, str(out)) if kills == most else None
    assert done is None or done.exit_code in GOOD, done
    assert kills >= most // 2
    assert len({*counts}) >= most // 3
    assert contents(out) == contents(tmp_path / "alone")


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "{}", "--policies", "base,more-officers", "--replications", "3"),
        ("curves", "{}", "--over", "weight", "--points", "3", "--replications", "2"),
        ("capacity", "{}", *CAPACITY, "--replications", "5"),
        ("claims", "{}", "--claims", "CLAIMS", "--replications", "2"),
    ],
    ids=lambda words: words[0],
)
def test_every_study_goes_on(
    words: tuple[str, ...], trial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_charts: None
) -> None:
    """Tests that studies of other commands go on, and that what is finished is not computed again."""
    told = told_of(words, trial, tmp_path)
    common = ("--jobs", "1", "--quiet", "--out")
    alone = fourport(*told, *common, str(tmp_path / "alone"))
    assert alone.exit_code in GOOD, alone.output
    kept: list[str] = []
    keep = Unfinished.keep

    def interrupted(self: Unfinished, task: str, content: bytes) -> None:
        if len(kept) == 3:
            raise KeyboardInterrupt
        kept.append(task)
        keep(self, task, content)

    with monkeypatch.context() as patch:
        patch.setattr(Unfinished, "keep", interrupted)
        stopped = fourport(*told, *common, str(tmp_path / "out"))
    assert stopped.exit_code == 130
    assert "the same command goes on with it" in stopped.stderr
    again: list[str] = []

    def noted(self: Unfinished, task: str, content: bytes) -> None:
        again.append(task)
        keep(self, task, content)

    monkeypatch.setattr(Unfinished, "keep", noted)
    done = fourport(*told, *common, str(tmp_path / "out"))
    assert done.exit_code in GOOD, done.output
    assert not set(kept) & set(again)
    assert contents(tmp_path / "out") == contents(tmp_path / "alone")


@pytest.fixture(scope="module")
def alone(trial: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Give the files of a run that was left alone."""
    out = tmp_path_factory.mktemp("alone") / "out"
    with pytest.MonkeyPatch.context() as patch:
        leave_out_charts(patch)
        done = fourport("run", str(trial), *OPTIONS, "--out", str(out))
    assert done.exit_code == 0, done.output
    return contents(out)


@pytest.fixture(scope="module")
def stopped_once(trial: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a run that was stopped after its first three tasks."""
    out, keep = tmp_path_factory.mktemp("stopped") / "out", Unfinished.keep

    def stop(self: Unfinished, task: str, content: bytes) -> None:
        keep(self, task, content)
        if tasks_kept(out) == 3:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Unfinished, "keep", stop)
        assert fourport("run", str(trial), *OPTIONS, "--out", str(out)).exit_code == 130
    assert not (out / "manifest.json").exists()
    return out


@pytest.fixture
def own_temporary(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder for temporary folders, in which no other test leaves any."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def stopped(stopped_once: Path, tmp_path: Path) -> Path:
    """Give a copy of that folder."""
    return Path(shutil.copytree(stopped_once, tmp_path / "out"))


@pytest.mark.parametrize("back", [True, False], ids=["moved back", "lost"])
def test_a_folder_that_is_taken_away(
    back: bool,
    trial: Path,
    alone: Mapping[str, str],
    stopped: Path,
    monkeypatch: pytest.MonkeyPatch,
    no_charts: None,
) -> None:
    """Tests that the message says so, and that nothing is in the way of the folder or of a new one."""
    before, moved, keep = contents(stopped), stopped.with_name("moved"), Unfinished.keep

    def take_away(self: Unfinished, task: str, content: bytes) -> None:
        keep(self, task, content)
        stopped.rename(moved)

    with monkeypatch.context() as patch:
        patch.setattr(Unfinished, "keep", take_away)
        done = fourport("run", str(trial), *OPTIONS, "--out", str(stopped))
    assert done.exit_code == 2, done.output
    (line,) = done.stderr.splitlines()[-1:]
    assert line.startswith(f"{stopped}/")
    assert f"; {stopped}/ was moved or removed while the command was at work; allowed: the same" in line
    assert not stopped.exists()
    kept = contents(moved)
    assert {name: kept[name] for name in before if name != LOCK} == {
        name: its for name, its in before.items() if name != LOCK
    }
    if back:
        moved.rename(stopped)
    done = fourport("run", str(trial), *OPTIONS, "--out", str(stopped))
    assert done.exit_code == 0, done.output
    assert contents(stopped) == alone


def test_a_command_that_was_killed_as_it_began(trial: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests that the same command, or any other, begins in a folder that has a lock and no request."""
    out = tmp_path / "out"
    (out / ".unfinished").mkdir(parents=True)
    (out / LOCK).write_text("process 7 on elsewhere\n", encoding="utf-8")
    (out / ".unfinished" / ".request.json.7.part").write_text("{", encoding="utf-8")
    told = ("run", str(trial), "--replications", "1", "--jobs", "1", "--quiet", "--out")
    (tmp_path / "kept" / ".unfinished").mkdir(parents=True)
    (tmp_path / "kept" / "lock").write_text("mine", encoding="utf-8")
    refused = fourport(*told, str(tmp_path / "kept"))
    assert (refused.exit_code, "holds something already" in refused.stderr) == (2, True)
    done = fourport(*told, str(out))
    assert done.exit_code == 0, done.output
    assert not [*out.rglob("*.part")]


REFUSED = {"a full disk": ENOSPC, "a folder made read-only": EROFS, "a folder of somebody else": EACCES}


@pytest.mark.parametrize(
    ("what", "after"),
    [
        ("a full disk", 4),
        ("a full disk", 25),
        ("a folder made read-only", 0),
        ("a folder of somebody else", 9),
    ],
)
def test_files_that_cannot_be_written(
    what: str,
    after: int,
    trial: Path,
    alone: Mapping[str, str],
    stopped: Path,
    monkeypatch: pytest.MonkeyPatch,
    no_charts: None,
) -> None:
    """Tests that the message says what, where and the way out, and that the same command then goes on.

    The first file is the lock, others are rows, results and tables; nothing that is there changes.
    """
    before, opened, number = contents(stopped), io.open, [0]

    def refuse(file: Any, mode: str = "r", *more: Any, **others: Any) -> Any:
        if {*mode} & {*"wxa+"} and stopped in Path(str(file)).parents:
            number[0] += 1
            if number[0] > after:
                raise OSError(REFUSED[what], os.strerror(REFUSED[what]), str(file))
        return opened(file, mode, *more, **others)

    with monkeypatch.context() as patch:
        patch.setattr("io.open", refuse)
        done = fourport("run", str(trial), *OPTIONS, "--out", str(stopped))
    assert done.exit_code == 2, done.output
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"{stopped}/")
    assert f": {os.strerror(REFUSED[what])}; allowed: when that is mended, the same command" in line
    assert not [*stopped.rglob("*.part")]
    after_all = contents(stopped)
    assert {name: after_all[name] for name in before if name != LOCK} == {
        name: its for name, its in before.items() if name != LOCK
    }
    done = fourport("run", str(trial), *OPTIONS, "--out", str(stopped))
    assert done.exit_code == 0, done.output
    assert contents(stopped) == alone


def test_what_is_damaged_is_computed_again(
    stopped: Path, trial: Path, alone: Mapping[str, str], no_charts: None
) -> None:
    """Tests results and rows that are cut or lost, and files that were being written."""
    parts = sorted(path for path in (stopped / ".unfinished").glob("[!.]*") if len(path.name) > 20)
    parts[0].write_bytes(parts[0].read_bytes()[:-1])
    parts[1].write_bytes(b"")
    sorted((stopped / "consignments").glob("[!.]*"))[0].unlink()
    (stopped / "consignments" / ".base-0007.parquet.1.part").write_bytes(b"half")
    done = fourport("run", str(trial), *OPTIONS, "--out", str(stopped))
    assert done.exit_code == 0, done.output
    assert contents(stopped) == alone


def test_another_command_is_refused(stopped: Path, trial: Path) -> None:
    """Tests that what is there is kept for the command that began it, and that it is told which that is."""
    before = contents(stopped)
    done = fourport("run", str(trial), *OPTIONS, "--seed", "9", "--out", str(stopped))
    assert done.exit_code == 2
    assert "6 replications, seed 1" in done.stderr
    assert f"fourport clean {stopped}" in done.stderr
    for command in (("compare", str(stopped)), ("chart", str(stopped)), ("query", str(stopped), "select 1")):
        read = fourport(*command)
        assert read.exit_code == 2
        assert "is not finished" in read.stderr
    assert contents(stopped) == before


def test_another_version_is_refused(stopped: Path, trial: Path) -> None:
    """Tests that what another version has begun is not mixed with this one's."""
    request = stopped / ".unfinished" / "request.json"
    told = json.loads(request.read_text(encoding="utf-8"))
    request.write_text(json.dumps({**told, "request": "x", "version": "0.0.9"}), encoding="utf-8")
    done = fourport("run", str(trial), *OPTIONS, "--out", str(stopped))
    assert done.exit_code == 2
    assert "version 0.0.9" in done.stderr


@pytest.mark.parametrize("content", ["{", "[]", ""])
def test_a_damaged_request(content: str, tmp_path: Path, trial: Path, own_temporary: Path) -> None:
    """Tests that no command goes on with it, and that the way out works there and for all around it."""
    run = tmp_path / "run"
    (run / ".unfinished").mkdir(parents=True)
    (run / ".unfinished" / "request.json").write_text(content)
    done = fourport("run", str(trial), *OPTIONS, "--out", str(run))
    assert done.exit_code == 2
    assert f"request.json:1: is no{'t JSON' if content != '[]' else ' table'}" in done.stderr
    assert f"allowed: fourport clean {run} removes what is there" in done.stderr
    done = fourport("clean", str(tmp_path))
    assert (done.exit_code, "is not finished (unknown), removed" in done.output) == (0, True)
    assert not run.exists()


def test_two_commands_at_once(
    stopped: Path, trial: Path, monkeypatch: pytest.MonkeyPatch, own_temporary: Path
) -> None:
    """Tests that a second command on a folder is told of the first, and that clean leaves it alone."""
    monkeypatch.setattr("fourport.store.unfinished.PATIENCE", 0.2)
    with (stopped / ".unfinished" / "lock").open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(b"process 7 on elsewhere\n")
        lock.flush()
        done = fourport("run", str(trial), *OPTIONS, "--out", str(stopped))
        assert done.exit_code == 2
        assert "another command is at work on it (process 7 on elsewhere" in done.stderr
        assert fourport("clean", str(stopped.parent)).output == ""
    assert (stopped / ".unfinished" / "request.json").exists()


def test_clean(stopped: Path, trial: Path, tmp_path: Path, no_charts: None, own_temporary: Path) -> None:
    """Tests that clean removes what is not finished, and nothing else."""
    finished = tmp_path / "finished"
    assert (
        fourport("run", str(trial), "--replications", "1", "--jobs", "1", "--out", str(finished)).exit_code
        == 0
    )
    before = contents(finished)
    (finished / "charts").mkdir(exist_ok=True)
    (finished / "charts" / ".a.png.1.part").write_bytes(b"half")
    listed = fourport("clean", "--dry-run", str(tmp_path))
    assert listed.output.count("would be removed") == 2
    assert stopped.exists()
    assert fourport("clean", str(tmp_path)).exit_code == 0
    assert not stopped.exists()
    assert contents(finished) == before


def test_clean_removes_temporary_folders(tmp_path: Path, own_temporary: Path) -> None:
    """Tests those of processes that were killed, not those in use, of others, or that begin just now."""
    killed, other = own_temporary / "fourport-killed", own_temporary / "fourport"
    for folder in (killed, other):
        folder.mkdir()
        (folder / "journeys").write_bytes(b"half")
    with temporary_folder() as used:
        for folder in (killed, other, used):
            os.utime(folder, (0, 0))
        (own_temporary / "fourport-begun").mkdir()
        done = fourport("clean", str(tmp_path))
        assert done.output == f"{killed}: is a temporary folder that no command uses, removed\n"
        assert {path.name for path in own_temporary.iterdir()} == {"fourport", "fourport-begun", used.name}
    assert not used.exists()


def test_a_default_folder_is_gone_on_with(
    trial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_charts: None
) -> None:
    """Tests that the same command without ``--out`` finds its folder of earlier; another does not."""
    monkeypatch.chdir(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Unfinished, "keep", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        assert fourport("run", str(trial), "--replications", "2", "--jobs", "1").exit_code == 130
    (begun,) = (tmp_path / "results").rglob(".unfinished")
    assert fourport("run", str(trial), "--replications", "1", "--jobs", "1", "--quiet").exit_code == 0
    done = fourport("run", str(trial), "--replications", "2", "--jobs", "1", "--quiet")
    assert Path(done.stdout.strip()).resolve() == begun.parent
    assert not begun.exists()
