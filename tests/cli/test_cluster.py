"""Runs on a Dask cluster, with a real scheduler and two workers: the bytes of one process."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from fourport.errors import UserError
from fourport.study.cluster import Cluster
from fourport.study.kept import KeepingResults
from fourport.study.written import Content
from tests.cli import worker_elsewhere
from tests.cli.short import fourport, short_scenario
from tests.cli.test_going_on import begin, contents
from tests.conftest import leave_out_charts

pytest.importorskip("distributed")

OPTIONS = ("--replications", "3", "--milestones", "--journeys", "--quiet")
ROOT = Path(__file__).parents[2]


@dataclass
class Dask:
    """A scheduler and its workers, each a process of its own."""

    address: str
    scheduler: subprocess.Popen[bytes]
    folder: Path
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


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    """Begin a scheduler on loopback, without workers."""
    folder = tmp_path_factory.mktemp("dask")
    file = folder / "scheduler.json"
    with _process(
        "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file)
    ) as process:
        until(lambda: _address(file))
        yield Dask(_address(file), process, folder)


def _address(file: Path) -> str:
    """Give the address in the scheduler's file, "" while the scheduler has not finished writing it."""
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["address"])
    except (FileNotFoundError, json.JSONDecodeError):
        return ""


@pytest.fixture(scope="module")
def cluster(scheduler: Dask) -> Iterator[Dask]:
    """Begin two workers of the scheduler, which the tests of this module share."""
    words = (scheduler.address, "--no-nanny", "--nthreads", "1", "--local-directory", str(scheduler.folder))
    with ExitStack() as begun, _client(scheduler) as client:
        scheduler.workers[:] = [begun.enter_context(_process("worker", *words)) for _ in range(2)]
        until(lambda: len(client.nthreads()) == 2)
        yield scheduler


def _client(scheduler: Dask) -> Any:
    from distributed import Client

    return Client(scheduler.address, set_as_default=False)  # type: ignore[no-untyped-call]


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


def test_what_is_refused(
    trial: Path, scheduler: Dask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests an address where nobody answers, and a cluster that has no workers yet."""
    words = ("run", str(trial), *OPTIONS, "--out", str(tmp_path / "out"), "--cluster")
    monkeypatch.setattr("fourport.study.cluster.CONNECT_S", 1)
    for address in ("tcp://127.0.0.1:1", "nonsense://x", "no"):
        done = fourport(*words, address)
        assert done.exit_code == 2, done.output
        assert re.match(re.escape(address) + r": cannot be reached \(.*\); allowed: the address", done.stderr)
    monkeypatch.setattr("fourport.study.cluster.CONNECT_S", 10)
    done = fourport(*words, scheduler.address)
    assert done.exit_code == 2
    assert "has no workers; allowed: dask worker" in done.stderr
    assert not (tmp_path / "out").exists()


def test_workers_of_another_version(
    trial: Path, cluster: Dask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that each such worker is named with its version."""
    monkeypatch.setattr("fourport.study.cluster.__version__", "9.9.9")
    done = fourport("run", str(trial), "--out", str(tmp_path / "out"), "--cluster", cluster.address)
    assert done.exit_code == 2
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert all(
        re.fullmatch(r"tcp://127\.0\.0\.1:\d+: has fourport .*; allowed: 9\.9\.9, as here", one)
        for one in lines
    )
    assert not (tmp_path / "out").exists()


CURVES = ("curves", "{}", "--over", "weight", "--points", "3", "--replications", "2", "--quiet")
COMPARE = ("compare", "{}", "--policies", "base,more-officers", "--replications", "2", "--quiet")


@pytest.fixture(scope="module")
def curves(trial: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Give the files of curves that were made in one process."""
    out = tmp_path_factory.mktemp("curves") / "out"
    with pytest.MonkeyPatch.context() as patch:
        leave_out_charts(patch)
        done = fourport(*_of(CURVES, trial), "--jobs", "1", "--out", str(out))
    assert done.exit_code == 0, done.output
    return tables(out)


def _of(words: Sequence[str], trial: Path) -> list[str]:
    return [word.replace("{}", str(trial)) for word in words]


@pytest.mark.long
def test_workers_that_see_the_folder(
    trial: Path,
    alone: Mapping[str, str],
    curves: Mapping[str, str],
    cluster: Dask,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    no_charts: None,
) -> None:
    """Tests that they write the rows themselves, into a folder named relative to the program's.

    A comparison and curves have the bytes of one process, too; curves are priced from the files there.
    """
    sent: list[object] = []
    arrived = KeepingResults._arrived

    def noted(self: KeepingResults, task: str, content: bytes, files: Mapping[str, bytes] | None) -> object:
        sent.append(files)
        return arrived(self, task, content, files)

    monkeypatch.setattr(KeepingResults, "_arrived", noted)
    monkeypatch.setattr(Content, "of", None)
    monkeypatch.chdir(tmp_path)
    done = fourport("run", str(trial), *OPTIONS, "--cluster", cluster.address, "--out", "out")
    assert done.exit_code == 0, done.output
    assert sent == [None] * 3
    assert tables(tmp_path / "out") == alone
    done = fourport(*_of(CURVES, trial), "--cluster", cluster.address, "--out", "curves")
    assert done.exit_code == 0, done.output
    assert tables(tmp_path / "curves") == curves
    done = fourport(*_of(COMPARE, trial), "--cluster", cluster.address, "--out", "both")
    assert done.exit_code == 0, done.output
    assert fourport(*_of(COMPARE, trial), "--jobs", "1", "--out", "one").exit_code == 0
    assert tables(tmp_path / "both") == tables(tmp_path / "one")


@pytest.mark.long
def test_workers_that_do_not_see_the_folder(
    trial: Path,
    alone: Mapping[str, str],
    curves: Mapping[str, str],
    cluster: Dask,
    tmp_path: Path,
    no_charts: None,
) -> None:
    """Tests that rows are sent back by workers that know no folder, and written by the program.

    The journeys that they are to price are sent to them.
    """
    with _client(cluster) as client:
        client.run(worker_elsewhere.forget)
        try:
            for words, expected in ((("run", str(trial), *OPTIONS), alone), (_of(CURVES, trial), curves)):
                out = tmp_path / words[0]
                done = fourport(*words, "--cluster", cluster.address, "--out", str(out))
                assert done.exit_code == 0, done.output
                assert tables(out) == expected
        finally:
            client.run(worker_elsewhere.remember)


def test_dask_is_not_installed(trial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a program without Dask says how to get it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = fourport("run", str(trial), "--cluster", "tcp://h:1", "--out", str(tmp_path / "out"))
    assert (done.exit_code, done.stderr) == (
        2,
        '--cluster needs Dask, which is not installed; allowed: pip install "fourport[cluster]"\n',
    )


def test_a_task_of_which_dask_tells_nothing(cluster: Dask) -> None:
    """Tests that who waits for a task is told when the connection is lost, if Dask has forgotten it, too."""
    executor = Cluster(cluster.address)
    waiting = executor.submit(time.sleep, 10)
    executor._client.status = "connecting"
    with pytest.raises(UserError, match="the scheduler is gone"):
        waiting.result(timeout=5)
    executor._client.status = "running"
    executor.shutdown(cancel_futures=True)


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_worker_is_killed(trial: Path, cluster: Dask, tmp_path: Path, no_charts: None) -> None:
    """Tests that the other worker does what a killed one has left, and then that a lost scheduler is told.

    The same command goes on with another cluster, or with none. The last test with the cluster.
    """
    options = ("--replications", "64", "--quiet", "--out")  # not done before the scheduler is killed
    one, other = tmp_path / "one", tmp_path / "other"
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
