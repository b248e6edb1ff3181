"""Results that are kept: only data of ours can be read from them."""

from __future__ import annotations

import math
import os
import pickle
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fourport.store.reading import sha256_of
from fourport.store.unfinished import Unfinished
from fourport.study.kept import KeepingResults
from fourport.study.keyed import keys_of, written_keys
from fourport.study.parallel import InThisProcess, each, in_order
from fourport.study.processes import Processes
from fourport.study.sample import Written
from fourport.study.variant import Variant
from fourport.study.written import Needs, read, written


class Evil:
    """Runs a command when it is read."""

    def __reduce__(self) -> tuple[object, ...]:
        """Return what a reader would call."""
        return os.system, ("true",)


@pytest.mark.parametrize("bad", [Evil(), [Evil()], print, os.system, np.load, pickle.loads])
def test_nothing_is_run(bad: object) -> None:
    """Tests that what could run something is refused."""
    with pytest.raises(pickle.UnpicklingError, match="is no part of a result"):
        read(pickle.dumps(bad), Path())


def test_keys_run_nothing_either() -> None:
    """Tests that keys of a kept table, which are written apart, hold texts and numbers alone."""
    keys = [("lane", "route", 3, 0.5, "h"), ("lane", "route", 3, 0.5, [math.nan, 1.0])]
    assert repr(keys_of(written_keys(keys))) == repr((*keys,))
    for bad in (Evil(), [(print,)], [(np.float64(1.0),)]):
        with pytest.raises(pickle.UnpicklingError, match="is no part of a key"):
            keys_of(pickle.dumps(bad))


def test_arrays_come_back() -> None:
    """Tests arrays and numbers of NumPy to the bit."""
    values = {
        "a": np.array([[0.1, np.nan]]),
        "b": np.float64(0.3),
        "c": np.arange(3),
        "d": {1.5: ("x", None)},
    }
    found = read(pickle.dumps(values, protocol=5), Path())
    assert repr(found) == repr(values)


def _logged(task: tuple[Path, int]) -> int:
    path, number = task
    with path.open("a", encoding="ascii") as log:
        log.write(f"{number}\n")
    return number * number


def _written(task: tuple[Path, int]) -> int:
    task[0].parent.mkdir(exist_ok=True)
    return _logged(task)


def test_batches_of_any_size(tmp_path: Path) -> None:
    """Tests that results of batches are found by batches of other tasks, equal tasks among them."""
    log = tmp_path / "log"
    unfinished = Unfinished.begin(tmp_path, "r", "a test")
    keeping = KeepingResults(None, unfinished)
    for tasks, new in (([0, 1, 2, 1], True), ([5, 2, 0, 5, 1], True), ([3], True), ([0, 5, 3, 3], False)):
        batch = keeping.submit(each, _logged, [(log, k) for k in tasks]).result()
        assert batch.results == [k * k for k in tasks]
        assert (batch.seconds > 0) == new
    assert log.read_text(encoding="ascii").split() == ["0", "1", "2", "5", "3"]


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
    """Tests that results of a process elsewhere are kept, and its files written, when they arrive."""
    unfinished = Unfinished.begin(tmp_path, "r", "a test")
    monkeypatch.setattr(Unfinished, "is_here", lambda _: False)
    tasks = [(tmp_path / "journeys" / str(k), k) for k in range(3)]
    for _ in range(2):
        assert list(in_order(_written, tasks, KeepingResults(None, unfinished))) == [0, 1, 4]
    assert [path.read_text(encoding="ascii") for path, _ in tasks] == ["0\n", "1\n", "2\n"]


class _Elsewhere(InThisProcess):
    """Runs tasks while the files that they name are not there, as on a machine that does not see them."""

    def __init__(self, *files: Path) -> None:
        self.files = files

    def everywhere(self, *_: object) -> bool:
        """Return that not all workers see a folder."""
        return False

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        """Run a task that comes through a pipe."""
        sent = pickle.dumps(args)
        for file in self.files:
            file.rename(file.with_suffix(".away"))
        try:
            return super().submit(fn, *pickle.loads(sent))
        finally:
            for file in self.files:
                file.with_suffix(".away").rename(file)


def _copied(task: tuple[tuple[Path, ...], Path]) -> str:
    files, to = task
    text = "".join(path.read_text(encoding="ascii") for path in files)
    to.parent.mkdir(exist_ok=True)
    to.write_text(text, encoding="ascii")
    return text


def test_files_are_sent_where_they_are_not_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests a task that reads a file of the run and one of another folder, and writes a third."""
    run = tmp_path / "run"
    (run / "journeys").mkdir(parents=True)
    files = run / "journeys" / "a", tmp_path / "b"
    for number, path in enumerate(files):
        path.write_text(str(number), encoding="ascii")
    unfinished = Unfinished.begin(run, "r", "a test")
    monkeypatch.setattr(Unfinished, "is_here", lambda _: False)
    keeping = KeepingResults(_Elsewhere(*files), unfinished)
    assert list(in_order(_copied, [(files, run / "journeys" / "c")], keeping)) == ["01"]
    assert sorted(path.name for path in run.rglob("[!.]*") if path.is_file() and len(path.name) == 1) == [
        "a",
        "c",
    ]
    assert (run / "journeys" / "c").read_text(encoding="ascii") == "01"


def test_a_task_has_one_name_in_any_folder() -> None:
    """Tests that a task is written alike for runs in two folders, and read for each with its own paths."""
    values = {"a": 1, "b": [2.5]}
    variant = Variant.of(values)
    tasks = [
        written((_logged, (Path(folder) / "rows" / "1", variant)), Path(folder), Needs())
        for folder in ("one", "/other/folder")
    ]
    assert tasks[0] == tasks[1]
    result = written({"file": Path("one") / "rows" / "1", "outside": Path("elsewhere")}, Path("one"))
    assert read(result, Path("two")) == {"file": Path("two/rows/1"), "outside": Path("elsewhere")}


def test_a_folder_of_the_same_name_elsewhere(tmp_path: Path) -> None:
    """Tests that a folder in which the same was begun on another machine is not taken for this one."""
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one, other = (Unfinished.begin(tmp_path / name, "r", "a test") for name in ("one", "other"))
    assert one.is_here()
    assert other.is_here()
    other.run = one.run
    assert not other.is_here()


def _journeys(task: tuple[Path, Path]) -> Written:
    path, log = task
    path.write_bytes(b"journeys")
    _logged((log, 1))
    return Written(path, sha256_of(b"journeys"))


@pytest.mark.parametrize(
    "damage", [Path.unlink, lambda path: path.write_bytes(b"journey")], ids=["lost", "cut"]
)
def test_a_file_of_a_result_is_damaged(damage: Callable[[Path], object], tmp_path: Path) -> None:
    """Tests that a result is not taken for finished when the file that goes with it is lost or damaged."""
    keeping = KeepingResults(None, Unfinished.begin(tmp_path, "r", "a test"))
    path, log = tmp_path / "j", tmp_path / "log"
    for runs, damaged in ((1, False), (1, False), (2, True)):
        if damaged:
            damage(path)
        assert [one.path for one in in_order(_journeys, [(path, log)], keeping)] == [path]
        assert len(log.read_text(encoding="ascii").split()) == runs
    assert path.read_bytes() == b"journeys"
