"""What is said while a command is at work."""

from __future__ import annotations

import io
import sys
import threading
from functools import cache
from typing import Any

import pytest

from fourport.cli.progress import Lines, progress
from fourport.engine import prepare
from fourport.machine import Routine, running
from fourport.study.parallel import counting, in_order


@pytest.fixture(autouse=True)
def _first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first line come after two seconds, as it does but in other tests."""
    monkeypatch.setattr("fourport.cli.progress.FIRST_S", 2.0)


class _Told:
    """Lines with a clock that is set by hand."""

    def __init__(self, total: int | None = None) -> None:
        self.now = 100.0
        self.lines: list[str] = []
        self.of = Lines("replications", total, self.lines.append, lambda: self.now)

    def at(
        self, seconds: float, done: int | None = None, total: int = 50, what: str = "replications"
    ) -> list[str]:
        """Give the lines written by so many seconds after the start."""
        self.now = 100.0 + seconds
        if done is not None:
            self.of.advance(what, done, total)
        before = len(self.lines)
        self.of.tell()
        return self.lines[before:]


def test_when_lines_are_written() -> None:
    """Tests by hand: none before 2 s, 0 of 50 then, each 10 s if 10 % further, each minute in any case."""
    told = _Told(50)
    assert told.at(1) == []
    assert told.at(2) == ["0 of 50 replications, 0:02 so far"]
    assert told.at(11, 6) == []
    assert told.at(12) == ["6 of 50 replications, 0:12 so far, about 1:28 left"]
    assert told.at(30, 10) == []  # 8 % further
    assert told.at(72) == ["10 of 50 replications, 1:12 so far, about 4:48 left"]
    assert told.at(80, 50) == []
    told.of.end()
    assert told.lines[-1] == "50 of 50 replications, 1:20 so far"
    assert len(told.lines) == 4


def test_a_command_that_ends_soon_says_nothing() -> None:
    """Tests that scripts find stderr empty after a run of a second."""
    told = _Told(2)
    assert told.at(1, 2, 2) == []
    told.of.end()
    assert told.lines == []


def test_another_count() -> None:
    """Tests that the time left is that of what is counted now; nothing is said while nothing is known."""
    told = _Told()
    assert told.at(5) == []
    assert told.at(6, 0, 10) == ["0 of 10 replications, 0:06 so far"]
    assert told.at(100, 0, 40) == ["0 of 40 replications, 1:40 so far"]
    assert told.at(120, 10, 40) == ["10 of 40 replications, 2:00 so far, about 1:00 left"]


def test_something_else_is_counted() -> None:
    """Tests that a line names what is counted now, and that its time is that of these."""
    told = _Told()
    assert told.at(10, 10, 10) == ["10 of 10 replications, 0:10 so far"]
    assert told.at(20, 5, 10, "claims") == ["5 of 10 claims, 0:20 so far, about 0:00 left"]
    assert told.at(40, 8, 10, "claims") == ["8 of 10 claims, 0:40 so far, about 0:05 left"]


def test_the_time_left_begins_after_the_engine_is_compiled() -> None:
    """Tests 32 s of compiling, of which the engine wrote a line, and then 50 tasks of 2 s."""
    told = _Told(50)
    told.now += 1
    told.of.meanwhile("compiling the engine")
    assert told.at(2) == told.at(30) == []
    assert told.at(32, 0) == []
    assert told.at(44, 6) == ["6 of 50 replications, 0:44 so far, about 1:28 left"]


def test_compiling_takes_long() -> None:
    """Tests that a line a minute later says what is done, whether or not the tasks are counted yet."""
    for total in (None, 50):
        told = _Told(total)
        told.of.meanwhile("compiling the engine")
        assert told.at(59) == []
        assert told.at(60) == ["compiling the engine, 1:00 so far"]
        assert told.at(61, 0) == []
        assert told.at(71, 25) == ["25 of 50 replications, 1:11 so far, about 0:10 left"]


def test_what_precedes_the_tasks_is_not_their_time() -> None:
    """Tests tasks that begin after a minute of reading, in a study whose total is known from the start."""
    told = _Told(4)
    assert told.at(60, 0, 4) == ["0 of 4 replications, 1:00 so far"]
    assert told.at(70, 1, 4) == ["1 of 4 replications, 1:10 so far, about 0:30 left"]


def test_the_engine_says_that_it_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that progress is told before the engine is compiled, and only where it is."""
    happened: list[str] = []

    def advance(done: int, total: int) -> None:
        happened.append(f"{done}/{total}")

    def begin(*, kept: bool) -> None:
        """As in a new process, with or without what is kept on disk."""
        known: list[Routine] = []

        def ready(routine: Routine) -> None:
            known.append(routine)
            happened.append("ready")

        monkeypatch.setattr(running, "is_kept", lambda routine: kept or routine in known)
        monkeypatch.setattr(running, "ready_or_none", cache(ready))

    count: Any = advance
    begin(kept=False)
    prepare(count)
    count.meanwhile = happened.append
    prepare(count)
    begin(kept=True)
    prepare(count)
    assert happened == ["ready", "ready"]
    begin(kept=False)
    prepare(count)
    prepare(count)
    assert happened == ["ready", "ready", running.COMPILING.format("the engine"), "ready"]


def test_who_counts_something_else() -> None:
    """Tests that a function of a Python user is called as before, and that nobody is told nothing."""
    told: list[tuple[int, int]] = []
    plain = counting(lambda *count: told.append(count), "claims")
    assert plain is not None
    plain(1, 2)
    assert told == [(1, 2)]
    assert counting(None, "claims") is None


def test_counts_begin_with_nothing() -> None:
    """Tests that the total is known before the first task is done."""
    told: list[tuple[int, int]] = []
    assert list(in_order(str, [1, 2], None, lambda *count: told.append(count))) == ["1", "2"]
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_quiet() -> None:
    """Tests that nothing is counted for nobody."""
    with progress("claims", 3, quiet=True) as advance:
        assert advance is None


def test_redirected(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that lines go to stderr while a task is at work, without a bar."""
    shown, written = io.StringIO(), threading.Event()
    monkeypatch.setattr("fourport.cli.progress.FIRST_S", 0.0)
    monkeypatch.setattr(sys, "stderr", shown)
    tell = Lines.tell

    def told(lines: Lines) -> None:
        tell(lines)
        written.set()

    monkeypatch.setattr(Lines, "tell", told)
    with progress("claims", 3) as advance:
        assert advance is not None
        assert written.wait(60)
        advance(3, 3)
        replications = counting(advance, "replications")
        assert replications is not None
        replications(2, 2)
    assert [line.partition(",")[0] for line in shown.getvalue().splitlines()] == [
        "0 of 3 claims",
        "2 of 2 replications",
    ]
