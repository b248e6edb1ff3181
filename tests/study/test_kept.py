"""Results that are kept: only data of ours can be read from them."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import numpy as np
import pytest

from fourport.store.unfinished import Unfinished
from fourport.study.kept import KeepingResults, read
from fourport.study.parallel import Processes, in_order


class Evil:
    """Runs a command when it is read."""

    def __reduce__(self) -> tuple[object, ...]:
        """Return what a reader would call."""
        return os.system, ("true",)


@pytest.mark.parametrize("bad", [Evil(), [Evil()], print, os.system, np.load, pickle.loads])
def test_nothing_is_run(bad: object) -> None:
    """Tests that what could run something is refused."""
    with pytest.raises(pickle.UnpicklingError, match="is no part of a result"):
        read(pickle.dumps(bad))


def test_arrays_come_back() -> None:
    """Tests arrays and numbers of NumPy to the bit."""
    values = {
        "a": np.array([[0.1, np.nan]]),
        "b": np.float64(0.3),
        "c": np.arange(3),
        "d": {1.5: ("x", None)},
    }
    found = read(pickle.dumps(values, protocol=5))
    assert repr(found) == repr(values)


def _logged(task: tuple[Path, int]) -> int:
    path, number = task
    with path.open("a", encoding="ascii") as log:
        log.write(f"{number}\n")
    return number * number


@pytest.mark.parametrize("jobs", [1, 2])
def test_tasks_run_once(jobs: int, tmp_path: Path) -> None:
    """Tests that a second executor takes all results of the first, and computes what is new."""
    log = tmp_path / "log"
    for numbers in (range(5), range(3, 8)):
        unfinished = Unfinished.begin(tmp_path, "r", "a test")
        inner = Processes(jobs) if jobs > 1 else None
        found = list(in_order(_logged, [(log, k) for k in numbers], KeepingResults(inner, unfinished)))
        assert found == [k * k for k in numbers]
        unfinished.release()
        if inner is not None:
            inner.shutdown()
    assert sorted(map(int, log.read_text(encoding="ascii").split())) == list(range(8))


def test_a_process_that_does_not_see_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that results of a process elsewhere are kept when they arrive."""
    unfinished = Unfinished.begin(tmp_path, "r", "a test")
    monkeypatch.setattr(Unfinished, "is_here", lambda _: False)
    tasks = [(tmp_path / "log", k) for k in range(3)]
    for _ in range(2):
        assert list(in_order(_logged, tasks, KeepingResults(None, unfinished))) == [0, 1, 4]
    assert (tmp_path / "log").read_text(encoding="ascii") == "0\n1\n2\n"
