"""Tasks in other processes: order, errors, interrupts."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fourport.errors import UserError
from fourport.study.parallel import ENDED, in_order


def _sleep(number: int) -> int:
    time.sleep(60.0 if number else 0.0)
    return number


def _square(number: int) -> int:
    time.sleep(0.05 * (number == 0))
    if number == 13:
        raise ValueError("unlucky")
    return number * number


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order(jobs: int) -> None:
    """Tests that results come in the order of the tasks, though the first takes longest."""
    with in_order(_square, range(6), jobs) as results:
        assert list(results) == [0, 1, 4, 9, 16, 25]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_comes_through(jobs: int) -> None:
    """Tests that an error of a task is raised here, after the results before it."""
    seen: list[int] = []
    with pytest.raises(ValueError, match="unlucky"), in_order(_square, [1, 2, 13, 3], jobs) as results:
        seen.extend(results)
    assert seen == [1, 4]


def _worker(_: int) -> int:
    return os.getpid()


def test_no_more_workers_than_tasks() -> None:
    """Tests that as many workers are begun as there are tasks, however many are allowed; one is none."""
    with in_order(_worker, range(3), 100_000) as results:
        assert len(multiprocessing.active_children()) <= 3
        assert os.getpid() not in list(results)
    with in_order(_worker, range(1), 100_000) as results:
        assert list(results) == [os.getpid()]
    with in_order(_worker, [], 100_000) as results:
        assert list(results) == []


def _die_at_two(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a result is there only until it is read, and the folder only as long as the block."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with in_order(_square, range(4), 2) as results:
        (folder,) = tmp_path.iterdir()
        assert list(results) == [0, 1, 4, 9]
        assert [*folder.iterdir()] == []
    assert [*tmp_path.iterdir()] == []
    with pytest.raises(ValueError, match="unlucky"), in_order(_square, [13, *range(100)], 2) as results:
        list(results)
    assert [*tmp_path.iterdir()] == []
    assert not multiprocessing.active_children()


def test_a_result_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a full disk, or a folder that is gone, is told with the folder."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with (
        pytest.raises(UserError, match="what a worker found cannot be written: No such file"),
        in_order(_remove, [str(tmp_path)] * 2, 2) as results,
    ):
        list(results)


def _remove(folder: str) -> None:
    for path in Path(folder).iterdir():
        shutil.rmtree(path, ignore_errors=True)


@pytest.mark.parametrize("how", ["spawn", "forkserver"])
@pytest.mark.skipif(sys.platform == "win32", reason="has but one way to start")
def test_workers_that_are_not_forked(how: str) -> None:
    """Tests the other ways to start processes, one of which Python takes from 3.14 on: workers stay alive."""
    command = [sys.executable, __file__, how]
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert run.stderr == ""
    assert (run.returncode, run.stdout) == (0, "[0, 1, 2]\n")


def _wait_longer_than_a_look(number: int) -> int:
    time.sleep(1.2)
    return number


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
def test_a_worker_that_is_killed() -> None:
    """Tests that a worker's sudden end, as by a system out of memory, is told as what it is; none is left."""
    with (
        pytest.raises(UserError, match=re.escape(ENDED)),
        in_order(_die_at_two, range(6), 2) as results,
    ):
        list(results)
    _until(lambda: not multiprocessing.active_children())


def _large(_: int) -> bytes:
    return bytes(3_000_000)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for workers in /proc")
@pytest.mark.parametrize("victim", ["worker", "program"])
def test_an_end_amid_a_large_result(victim: str) -> None:
    """Tests that a worker ended while it hands over a result much larger than a pipe is not waited for."""
    command = [sys.executable, __file__, victim]
    run = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    ended = UserError.__name__ if victim == "worker" else KeyboardInterrupt.__name__
    assert run.stderr == ""
    assert (run.returncode, run.stdout) == (0, f"{ended}\n")


def _hand_over_until_ended(victim: str) -> None:
    """Move large results until a worker is killed or this program interrupted; say what came of it."""

    def end() -> None:
        if victim == "worker":
            os.kill(_children(os.getpid())[0], signal.SIGKILL)
        else:
            os.kill(os.getpid(), signal.SIGINT)

    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with in_order(_large, range(100_000), 2) as results:
            for number, _ in enumerate(results):
                if number == 50:
                    threading.Timer(0.05, end).start()
    except (UserError, KeyboardInterrupt) as error:
        print(type(error).__name__)


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="looks for workers in /proc")
def test_a_run_whose_worker_is_killed(tmp_path: Path) -> None:
    """Tests that such a run ends with exit code 2 and one line, without a traceback."""
    run = subprocess.Popen(
        _long_run(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    _until(lambda: any(tmp_path.glob("run/consignments/*.parquet")))
    os.kill(_children(run.pid)[0], signal.SIGKILL)
    stdout, stderr = run.communicate(timeout=300)
    assert (run.returncode, stdout) == (2, b"")
    assert stderr.decode().splitlines() == [ENDED]


def _long_run(folder: Path) -> list[str]:
    """Write a scenario and give the command that runs it for long in two processes, into ``run``."""
    command, scenario = [sys.executable, "-m", "fourport"], str(folder / "my.toml")
    subprocess.run([*command, "new", scenario], check=True, capture_output=True)
    out = str(folder / "run")
    return [*command, "run", scenario, "--replications", "5000", "--jobs", "2", "--out", out]


def _children(parent: int) -> list[int]:
    """Give the processes that a process has begun."""
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


def test_workers_end_with_the_block() -> None:
    """Tests that an interrupt outside of a task ends the workers, though the half-read results live on.

    What is left would otherwise be worked off at the end of the program.
    """
    kept: list[Iterator[int]] = []

    def read_one() -> None:
        with in_order(_sleep, range(1000), 2) as results:
            kept.append(results)
            next(results)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_one()
    _until(lambda: not multiprocessing.active_children())
    assert len(kept) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_parent(how: signal.Signals, tmp_path: Path) -> None:
    """Tests that an interrupted run ends at once and a killed one leaves no workers behind."""
    handed_over = tmp_path / "tmp"
    handed_over.mkdir()
    run = subprocess.Popen(
        _long_run(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(handed_over)},
        # A shell lets what it runs in the background ignore interrupts, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )
    _until(lambda: any(tmp_path.glob("run/consignments/*.parquet")))
    run.send_signal(how)
    _, stderr = run.communicate(timeout=300)
    if how == signal.SIGINT:
        assert run.returncode == 130
        assert b"unfinished" in stderr
    _until(lambda: not _alive(run.pid))
    assert [*handed_over.iterdir()] == []


def _until(holds: object, seconds: float = 120.0) -> None:
    assert callable(holds)
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.1)


def _alive(group: int) -> bool:
    """Tell whether any process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    if sys.argv[1] in multiprocessing.get_all_start_methods():
        multiprocessing.set_start_method(sys.argv[1])
        with in_order(_wait_longer_than_a_look, range(3), 2) as found:
            print(list(found))
    else:
        _hand_over_until_ended(sys.argv[1])
