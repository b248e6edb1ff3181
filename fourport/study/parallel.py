"""Run tasks on an executor, in order.

Every study takes a ``concurrent.futures.Executor``, or None to run in this process.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, InvalidStateError
from contextlib import suppress
from typing import Any, Generic, NamedTuple, TypeVar

T = TypeVar("T")
R = TypeVar("R")

Progress = Callable[[int, int], None]
"""Called before the first task and after each with the number done and the total.

One with a method ``counting`` is told what the tasks are, if they are no replications (:func:`counting`)."""

AHEAD = 256
"""Largest number of batches that are submitted before their turn, unless an executor has its own ``ahead``.

Results that wait for an earlier one are in memory.
"""
BATCH_S = 0.5
"""Least time of a batch, s: what it takes to hand a task over is then small beside it."""
MOST_TOGETHER = 256
"""Largest number of tasks in a batch."""


class Once:
    """A value that a worker is sent once, however many tasks need it.

    Attributes
    ----------
    key
        Tells it from others; those of the same key are equal.
    """

    key: str


class Batch(NamedTuple, Generic[R]):
    """Results of tasks that a worker ran one after the other, and the time that each took on average, s."""

    results: list[R]
    seconds: float


def each(work: Callable[[T], R], tasks: Sequence[T]) -> Batch[R]:
    """Run tasks one after the other."""
    began = time.monotonic()
    results = [work(task) for task in tasks]
    return Batch(results, (time.monotonic() - began) / len(tasks))


class Shard(NamedTuple):
    """A share of the tasks of a study: every ``of``-th, from the ``number``-th on, counted from 1.

    Attributes
    ----------
    command
        The words of the command of which all shards have a share; it goes on with what they leave.
    """

    number: int
    of: int
    command: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


class ShardDone(Exception):
    """Raised when a shard's tasks are done, in place of all that would come after them."""

    def __init__(self, shard: Shard, tasks: int) -> None:
        super().__init__(f"shard {shard}: its {tasks} tasks are finished")
        self.shard = shard


def counting(progress: Progress | None, what: str) -> Progress | None:
    """Return the progress of tasks of another kind than replications, named in the plural."""
    named: Callable[[str], Progress] | None = getattr(progress, "counting", None)
    return progress if named is None else named(what)


def in_order(
    work: Callable[[T], R],
    tasks: Iterable[T],
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Iterator[R]:
    """Yield the results of independent tasks in the order of the tasks.

    Tasks that take less than :data:`BATCH_S` are handed to the executor in batches, so long as there are
    enough of them for all workers. If a task fails or the iterator is closed, tasks that have not begun are
    cancelled. An executor with a ``shard`` runs its share of the tasks and yields nothing;
    :class:`ShardDone` follows. If it says that it ``has_all`` results, those of all shards, it yields them.

    Parameters
    ----------
    work
        Must be a module-level function, so that it can be pickled.
    executor
        None runs in this process, one task whenever a result is requested. An executor may say in ``ahead``
        how many batches it is given before their turn, and may ``watch`` the results of a number of tasks.
    """
    tasks = list(tasks)
    executor = executor or InThisProcess()
    shard: Shard | None = getattr(executor, "shard", None)
    has_all = getattr(executor, "has_all", None)
    if shard is not None and has_all is not None and has_all(work, tasks):
        shard = None
    if shard is not None:
        tasks = tasks[shard.number - 1 :: shard.of]
    watch = getattr(executor, "watch", None)
    found = _in_order(work, tasks, executor, progress, shard)
    return found if watch is None else watch(found, len(tasks))


def _in_order(
    work: Callable[[T], R],
    tasks: Sequence[T],
    executor: Executor,
    progress: Progress | None,
    shard: Shard | None,
) -> Iterator[R]:
    ahead = getattr(executor, "ahead", None) or AHEAD
    submitted, done, together, running = 0, 0, 1, deque[Future[Batch[R]]]()
    if progress is not None and tasks:
        progress(0, len(tasks))
    try:
        while done < len(tasks):
            while len(running) < ahead and submitted < len(tasks):
                batch = tasks[submitted : submitted + together]
                running.append(executor.submit(each, work, batch))
                submitted += len(batch)
            found = running.popleft().result()
            if found.seconds > 0:  # what was kept takes no time
                together = _together(found.seconds, len(tasks) - submitted, ahead)
            for result in found.results:
                if shard is None:
                    yield result
                done += 1
                if progress is not None:
                    progress(done, len(tasks))
    finally:
        for future in running:
            future.cancel()
    if shard is not None:
        raise ShardDone(shard, len(tasks))


def _together(seconds: float, left: int, ahead: int) -> int:
    """Return how many tasks of so many seconds make a batch; a process alone waits for none."""
    if ahead == 1:
        return 1
    # An executor is given some batches for each worker, so that at the end none works on while others rest.
    return max(min(math.ceil(BATCH_S / seconds), left // ahead, MOST_TOGETHER), 1)


class InThisProcess(Executor):
    """Runs each task when it is submitted."""

    ahead = 1
    shard: Shard | None = None

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        """Run a task; its errors are raised here."""
        found: Future[R] = Future()
        found.set_result(fn(*args, **kwargs))
        return found


class Following(Future[R]):
    """A result that is made of another when that arrives.

    Parameters
    ----------
    then
        Makes the result, or raises an error in its place, of the future that is done.
    """

    def __init__(self, running: Future[Any], then: Callable[[Future[Any]], R]) -> None:
        super().__init__()
        self._running: Future[Any] | None = running
        self._then = then
        self._given_up = False
        running.add_done_callback(self._arrive)

    def fail(self, error: BaseException) -> None:
        """Raise an error in place of a result that will not come."""
        with suppress(InvalidStateError):  # it has come
            self.set_exception(error)

    def _arrive(self, running: Future[Any]) -> None:
        self._running = None  # it knows us, so that neither would be freed before a search for cycles
        if self.done():
            return
        if self._given_up and running.cancelled():
            super().cancel()
            return
        try:
            self.set_result(self._then(running))
        except BaseException as error:
            self.set_exception(error)

    def cancel(self) -> bool:
        """Cancel the task if it has not begun."""
        self._given_up = True
        running = self._running
        return self.cancelled() if running is None else running.cancel()
