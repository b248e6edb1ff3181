"""Tasks in other processes: order, errors, interrupts."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fourport.study.parallel import in_order


def _sleep(number: int) -> int:
    time.sleep(0.1)
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
    _until(lambda: not multiprocessing.active_children(), seconds=20.0)
    assert len(kept) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_parent(how: signal.Signals, tmp_path: Path) -> None:
    """Tests that an interrupted run ends at once and a killed one leaves no workers behind."""
    scenario = tmp_path / "my.toml"
    command = [sys.executable, "-m", "fourport"]
    subprocess.run([*command, "new", str(scenario)], check=True, capture_output=True)
    out = tmp_path / "run"
    run = subprocess.Popen(
        [*command, "run", str(scenario), "--replications", "5000", "--jobs", "2", "--out", str(out)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # A shell lets what it runs in the background ignore interrupts, and children inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no threads here
    )
    _until(lambda: out.is_dir() and any((out / "consignments").glob("*.parquet")))
    run.send_signal(how)
    _, stderr = run.communicate(timeout=120)
    if how == signal.SIGINT:
        assert run.returncode == 130
        assert b"unfinished" in stderr
    _until(lambda: not _alive(run.pid))


def _until(holds: object, seconds: float = 30.0) -> None:
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
