"""Runs on a Dask cluster, with a real scheduler and two workers: the bytes of one process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.cli.short import fourport, short_scenario
from tests.cli.test_going_on import begin, contents

pytest.importorskip("distributed")

OPTIONS = ("--replications", "3", "--milestones", "--journeys", "--quiet")
ROOT = Path(__file__).parents[2]


@dataclass
class Dask:
    """A scheduler and its workers, each a process of its own."""

    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)


@contextmanager
def _process(what: str, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *words, "--no-dashboard"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def dask(folder: Path, *words: str, workers: int = 2) -> Iterator[Dask]:
    """Begin a scheduler and workers on loopback."""
    file = folder / "scheduler.json"
    with ExitStack() as begun:
        told = ("--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        scheduler = begun.enter_context(_process("scheduler", *told))
        until(file.exists)
        found = Dask(json.loads(file.read_text(encoding="utf-8"))["address"], scheduler)
        options = (found.address, "--no-nanny", "--nthreads", "1", "--local-directory", str(folder))
        for _ in range(workers):
            found.workers.append(begun.enter_context(_process("worker", *options, *words)))
        from distributed import Client

        with Client(found.address, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            until(lambda: len(client.nthreads()) == workers)
        yield found


def until(holds: object, seconds: float = 120.0) -> None:
    """Wait until something holds."""
    assert callable(holds)
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a scenario that is quick to run."""
    return short_scenario(tmp_path_factory.mktemp("trial"))


@pytest.fixture(scope="module")
def alone(trial: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Give the files of a run in one process."""
    out = tmp_path_factory.mktemp("alone")
    done = fourport("run", str(trial), *OPTIONS, "--jobs", "1", "--out", str(out))
    assert done.exit_code == 0, done.output
    return {name: found for name, found in contents(out).items() if not name.startswith("charts/")}


def tables(out: Path) -> Mapping[str, str]:
    """Give the files of a run but its charts."""
    return {name: found for name, found in contents(out).items() if not name.startswith("charts/")}


@pytest.mark.long
def test_workers_that_see_the_folder(
    trial: Path, alone: Mapping[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_charts: None
) -> None:
    """Tests that they write the rows themselves, into a folder named relative to the program's.

    A plan is sent to the cluster once; also a comparison has the bytes of one process.
    """
    from fourport.study.kept import KeepingResults

    sent: list[object] = []
    arrived = KeepingResults._arrived

    def noted(self: KeepingResults, task: str, content: bytes, files: Mapping[str, bytes] | None) -> object:
        sent.append(files)
        return arrived(self, task, content, files)

    monkeypatch.setattr(KeepingResults, "_arrived", noted)
    monkeypatch.chdir(tmp_path)
    words = ("compare", str(trial), "--policies", "base,more-officers", "--replications", "2", "--quiet")
    with dask(tmp_path) as cluster:
        done = fourport("run", str(trial), *OPTIONS, "--cluster", cluster.address, "--out", "out")
        assert done.exit_code == 0, done.output
        assert sent == [None] * 3
        both = fourport(*words, "--cluster", cluster.address, "--out", "both")
        assert both.exit_code == 0, both.output
    assert tables(tmp_path / "out") == alone
    assert fourport(*words, "--jobs", "1", "--out", "one").exit_code == 0
    assert tables(tmp_path / "both") == tables(tmp_path / "one")


@pytest.mark.long
def test_workers_that_do_not_see_the_folder(
    trial: Path, alone: Mapping[str, str], tmp_path: Path, no_charts: None
) -> None:
    """Tests that rows are sent back by workers that know no folder, and written by the program."""
    out = tmp_path / "out"
    with dask(tmp_path, "--preload", str(Path(__file__).with_name("worker_elsewhere.py"))) as cluster:
        done = fourport("run", str(trial), *OPTIONS, "--cluster", cluster.address, "--out", str(out))
    assert done.exit_code == 0, done.output
    assert tables(out) == alone


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_worker_is_killed(trial: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests that the other worker does what a killed one has left, and then that a lost scheduler is told.

    The same command goes on with another cluster, or with none.
    """
    options = ("--replications", "24", "--quiet", "--out")
    one, other = tmp_path / "one", tmp_path / "other"
    with dask(tmp_path) as cluster:
        process = begin("run", str(trial), *options, str(one), "--cluster", cluster.address)
        until(lambda: len([*one.glob("consignments/*.parquet")]) >= 4)
        cluster.workers[0].send_signal(signal.SIGKILL)
        stderr = process.communicate(timeout=300)[1]
        assert (process.returncode, stderr) == (0, b"")
        process = begin("run", str(trial), *options, str(other), "--cluster", cluster.address)
        until(lambda: len([*other.glob("consignments/*.parquet")]) >= 4)
        cluster.scheduler.send_signal(signal.SIGKILL)
        stderr = process.communicate(timeout=300)[1]
        assert process.returncode == 2, stderr
        assert b"the scheduler is gone" in stderr
        assert len(stderr.splitlines()) == 1
    done = fourport("run", str(trial), *options, str(other), "--jobs", "1")
    assert done.exit_code == 0, done.output
    assert tables(other) == tables(one)


def test_what_is_refused(trial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests an address where nobody answers, a cluster without workers, and workers of another version."""
    words = ("run", str(trial), *OPTIONS, "--out", str(tmp_path / "out"), "--cluster")
    monkeypatch.setattr("fourport.study.cluster.CONNECT_S", 1)
    for address in ("tcp://127.0.0.1:1", "nonsense://x", "no"):
        done = fourport(*words, address)
        assert done.exit_code == 2, done.output
        assert re.match(re.escape(address) + r": cannot be reached \(.*\); allowed: the address", done.stderr)
    with dask(tmp_path, workers=0) as cluster:
        done = fourport(*words, cluster.address)
        assert done.exit_code == 2
        assert "has no workers; allowed: dask worker" in done.stderr
        with _process("worker", cluster.address, "--no-nanny"):
            monkeypatch.setattr("fourport.study.cluster.__version__", "9.9.9")
            until(lambda: "has no workers" not in fourport(*words, cluster.address).stderr)
            done = fourport(*words, cluster.address)
            assert done.exit_code == 2
            assert re.search(
                r"tcp://127\.0\.0\.1:\d+: has fourport .*; allowed: 9\.9\.9, as here", done.stderr
            )
    assert not (tmp_path / "out").exists()


def test_dask_is_not_installed(trial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a program without Dask says how to get it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = fourport("run", str(trial), "--cluster", "tcp://h:1", "--out", str(tmp_path / "out"))
    assert (done.exit_code, done.stderr) == (
        2,
        '--cluster needs Dask, which is not installed; allowed: pip install "fourport[cluster]"\n',
    )
