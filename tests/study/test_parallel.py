"""Tasks on executors, in other processes and in this one: order, errors, interrupts."""

from __future__ import annotations

import gc
import math
import multiprocessing
import os
import re
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourport.errors import UserError
from fourport.study.parallel import Batch, Following, Once, each, in_order
from fourport.study.processes import ENDED, Processes, workers


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
    done: list[tuple[int, int]] = []
    with workers(jobs) as executor:
        results = in_order(_square, range(6), executor, lambda *number: done.append(number))
        assert list(results) == [0, 1, 4, 9, 16, 25]
    assert done == [(k, 6) for k in range(7)]


def test_any_executor_serves() -> None:
    """Tests an executor of the standard library."""
    with ThreadPoolExecutor(2) as executor:
        assert list(in_order(_square, range(3), executor)) == [0, 1, 4]


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_comes_through(jobs: int) -> None:
    """Tests that an error of a task is raised here, after the results before it."""
    seen: list[int] = []
    with pytest.raises(ValueError, match="unlucky"), workers(jobs) as executor:
        seen.extend(in_order(_square, [1, 2, 13, 3], executor))
    assert seen == [1, 4]


def test_an_error_cancels_the_rest() -> None:
    """Tests that an executor that lives on is not left with the tasks behind one that failed."""
    with Processes(2) as executor:
        with pytest.raises(ValueError, match="unlucky"):
            list(in_order(_square, [13, *range(1000)], executor))
        assert list(in_order(_square, [5], executor)) == [25]
        assert executor._work_queue.qsize() == 0


def test_a_result_is_freed_at_once() -> None:
    """Tests that what follows another result keeps neither, which would wait for a search for cycles."""
    running: Future[int] = Future()
    follows = Following(running, lambda done: done.result() + 1)
    running.set_result(1)
    assert follows.result() == 2
    assert not follows.cancel()
    left = weakref.ref(running)
    gc.disable()
    try:
        del running
        assert left() is None
    finally:
        gc.enable()


def test_a_result_that_comes_when_it_was_given_up(caplog: pytest.LogCaptureFixture) -> None:
    """Tests that who waits is told that a result will not come, and that nobody is told if it does."""
    running: Future[int] = Future()
    follows = Following(running, lambda done: done.result())
    follows.fail(UserError("it is gone"))
    running.set_result(1)
    follows.fail(UserError("again"))
    with pytest.raises(UserError, match="it is gone"):
        follows.result(timeout=0)
    assert caplog.records == []


class _Timed(Executor):
    """Runs batches here, and says that each task took so long, s."""

    def __init__(self, seconds: float, ahead: int) -> None:
        self.ahead, self.seconds = ahead, seconds
        self.batches: list[int] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        """Run a batch."""
        assert fn is each
        self.batches.append(len(args[1]))
        found: Future[Any] = Future()
        found.set_result(Batch(each(*args).results, self.seconds))
        return found


@given(
    n=st.integers(0, 700),
    seconds=st.sampled_from([0.0, 1e-4, 0.01, 0.2, 0.5, 3.0]),
    ahead=st.sampled_from([1, 8, 256]),
)
@settings(max_examples=60)
def test_batches(n: int, seconds: float, ahead: int) -> None:
    """Tests that batches take half a second unless workers would rest, and that nothing is lost."""
    executor, done = _Timed(seconds, ahead), list[tuple[int, int]]()
    assert list(in_order(abs, range(n), executor, lambda *now: done.append(now))) == list(range(n))
    assert done == [(k, n) for k in range(n + 1)] * bool(n)
    wanted = 1 if ahead == 1 or seconds in (0.0, 0.5, 3.0) else min(math.ceil(0.5 / seconds), 256)
    submitted = 0
    for number, size in enumerate(executor.batches):
        left = n - submitted
        first = number < ahead  # nothing is known of the tasks yet
        assert size == (1 if first else max(min(wanted, left // ahead), 1)) or size == left
        submitted += size


class _Plan(Once):
    """Counts in each process how often it is received."""

    received = 0

    def __init__(self, key: str) -> None:
        self.key = key

    def __reduce__(self) -> tuple[Callable[[str], _Plan], tuple[str]]:
        return _receive, (self.key,)


def _receive(key: str) -> _Plan:
    _Plan.received += 1
    return _Plan(key)


def _times_received(task: tuple[_Plan, int]) -> tuple[str, int]:
    return task[0].key, _Plan.received


def test_a_plan_is_sent_once() -> None:
    """Tests that a process receives each of two plans once, however many tasks have one."""
    with Processes(1) as executor:
        tasks = [(_Plan("ab"[k % 2]), k) for k in range(40)]
        found = list(in_order(_times_received, tasks, executor))
    assert [key for key, _ in found] == ["a", "b"] * 20
    assert max(times for _, times in found) == 2


def _worker(_: int) -> int:
    return os.getpid()


def test_no_more_workers_than_tasks() -> None:
    """Tests that as many processes are begun as there are tasks, however many are allowed; one is none."""
    with Processes(100_000) as executor:
        results = list(in_order(_worker, range(3), executor))
        assert len(multiprocessing.active_children()) == 3
        assert os.getpid() not in results
    assert not multiprocessing.active_children()
    with workers(1) as alone:
        assert alone is None
        assert list(in_order(_worker, range(1), alone)) == [os.getpid()]
    with workers(2) as executor:
        assert list(in_order(_worker, [], executor)) == []


def _die_at_two(number: int) -> int:
    if number == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_an_error_of_a_task_ends_the_block_at_once() -> None:
    """Tests that nothing is waited for after an error, and no process is left."""
    with pytest.raises(ValueError, match="unlucky"), workers(2) as executor:
        list(in_order(_square_or_sleep, [13, *range(100)], executor))
    assert not multiprocessing.active_children()


def _square_or_sleep(number: int) -> int:
    return _square(number) if number == 13 else _sleep(number)


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
    with pytest.raises(UserError, match=re.escape(str(UserError(ENDED)))), workers(2) as executor:
        list(in_order(_die_at_two, range(6), executor))
    _until(lambda: not multiprocessing.active_children())


def _large(_: int) -> bytes:
    return bytes(300_000)


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
        with workers(2) as executor:
            for number, _ in enumerate(in_order(_large, range(100_000), executor)):
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
    *progress, line = stderr.decode().splitlines()
    assert line == str(UserError(ENDED)).replace("fewer jobs", "fewer --jobs")
    assert all(" of 5000 replications" in one for one in progress)


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
        with workers(2) as executor:
            kept.append(in_order(_sleep, range(1000), executor))
            next(kept[0])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_one()
    _until(lambda: not multiprocessing.active_children())
    assert len(kept) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_worker_outlives_its_parent(how: signal.Signals, tmp_path: Path) -> None:
    """Tests that an interrupted run ends at once and a killed one leaves no workers behind."""
    run = subprocess.Popen(
        _long_run(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    _until(lambda: any(tmp_path.glob("run/consignments/*.parquet")))
    run.send_signal(how)
    _, stderr = run.communicate(timeout=300)
    if how == signal.SIGINT:
        assert run.returncode == 130
        assert b"unfinished" in stderr
    _until(lambda: not _alive(run.pid))


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
        with workers(2) as executor:
            print(list(in_order(_wait_longer_than_a_look, range(3), executor)))
    else:
        _hand_over_until_ended(sys.argv[1])
