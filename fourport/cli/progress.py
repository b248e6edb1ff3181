"""How far a command is: a bar on a terminal, a line now and then where stderr is redirected."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fourport.study.parallel import Progress

FIRST_S = 2.0
"""Time after which the first line is written, s; what ends sooner leaves no line."""
BETWEEN_S = 10.0
"""Least time between two lines, s."""
SHARE = 0.1
"""Part of the total by which a line is further than the last; a minute later it is written anyway."""
LONGEST_S = 60.0


@contextmanager
def progress(what: str, total: int | None = None, *, quiet: bool = False) -> Iterator[Progress | None]:
    """Show how far a command is on stderr; yield a function that sets it to ``done`` of ``total``.

    Parameters
    ----------
    what
        What is counted, until a function is called that :func:`fourport.study.parallel.counting` makes of it.
    total
        Their number, if it is known from the start.
    """
    if quiet:
        yield None
        return
    with (_bar if _animated() else _redirected)(what, total) as advance:
        yield advance


def _animated() -> bool:
    from rich.console import Console

    console = Console(stderr=True)
    return console.is_terminal and not console.is_dumb_terminal


class _Count:
    """Shows how many are done of what; ``counting`` makes one of something else."""

    def __init__(self, show: Callable[[str, int, int], None], what: str) -> None:
        self._show, self._what = show, what

    def __call__(self, done: int, total: int) -> None:
        self._show(self._what, done, total)

    def counting(self, what: str) -> _Count:
        return _Count(self._show, what)


@contextmanager
def _bar(what: str, total: int | None) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield _Count(
            lambda what, done, total: bar.update(task, description=what, completed=done, total=total), what
        )


@contextmanager
def _redirected(what: str, total: int | None) -> Iterator[Progress]:
    """Write lines from a thread of its own, so that they come while a long replication is at work."""
    lines = Lines(what, total, _write, time.monotonic)
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.5):
            lines.tell()

    watching = threading.Thread(target=watch, daemon=True)
    watching.start()
    try:
        yield _Count(lines.advance, what)
        lines.end()
    finally:
        ended.set()
        watching.join()


def _write(line: str) -> None:
    try:
        print(line, file=sys.stderr, flush=True)
    except (OSError, ValueError):  # nobody reads it any more
        return


class Lines:
    """Lines about progress, written now and then.

    Parameters
    ----------
    what, total
        As in :func:`progress`.
    write
        Receives each line.
    clock
        Returns the time, s.
    """

    def __init__(
        self, what: str, total: int | None, write: Callable[[str], None], clock: Callable[[], float]
    ) -> None:
        self.what, self.total, self.done = what, total, 0
        self._write, self._clock = write, clock
        self._began = self._phase = clock()
        self._last: tuple[float, float] | None = None  # time and done of the last line

    def advance(self, what: str, done: int, total: int) -> None:
        """Note how far the command is."""
        if (what, total) != (self.what, self.total) or done < self.done:  # something else is counted now
            self._phase = self._clock()
            self._last = self._last and (self._last[0], 0)
        self.what, self.done, self.total = what, done, total

    def tell(self) -> None:
        """Write a line if it is time for one."""
        now = self._clock()
        if self.total is None or now - self._began < FIRST_S:
            return
        if self._last is not None:
            since, further = now - self._last[0], self.done - self._last[1]
            if since < BETWEEN_S or (further < SHARE * self.total and since < LONGEST_S):
                return
        self._tell(now)

    def end(self) -> None:
        """Write a last line if there were others."""
        if self._last is not None and self._last[1] < self.done == self.total:
            self._tell(self._clock())

    def _tell(self, now: float) -> None:
        assert self.total is not None
        self._last = now, self.done
        spent = now - self._phase
        left = ""
        if 0 < self.done < self.total:
            left = f", about {_time(spent / self.done * (self.total - self.done))} left"
        self._write(f"{self.done} of {self.total} {self.what}, {_time(now - self._began)} so far{left}")


def _time(seconds: float) -> str:
    """Format a time as minutes and seconds, or hours, minutes and seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
