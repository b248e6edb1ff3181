"""Run tasks on an executor, in order; and an executor of processes on this machine.

Every study takes a ``concurrent.futures.Executor``, or None to run in this process. :class:`Processes` has
one pipe for each process: if a process is killed its pipe closes, so that nobody waits for the rest of a
result. The pool of the standard library shares one pipe and would wait for ever.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

from fourport.errors import UserError, argument

T = TypeVar("T")
R = TypeVar("R")

Progress = Callable[[int, int], None]
"""Called before the first task and after each with the number done and the total.

One with a method ``counting`` is told what the tasks are, if they are no replications (:func:`counting`)."""

AHEAD = 256
"""Largest number of tasks that are submitted before their turn, unless an executor has its own ``ahead``.

Results that wait for an earlier one are in memory.
"""


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


ENDED = (
    "a worker process was ended from outside, most likely for want of memory"
    f"; allowed: fewer {argument('jobs')}, a shorter window or less demand"
)


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

    If a task fails or the iterator is closed, tasks that have not begun are cancelled. An executor with a
    ``shard`` runs its share of the tasks and yields nothing; :class:`ShardDone` follows.

    Parameters
    ----------
    work
        Must be a module-level function, so that it can be pickled.
    executor
        None runs in this process, one task whenever a result is requested. An executor may say in ``ahead``
        how many tasks it is given before their turn.
    """
    tasks = list(tasks)
    executor = executor or InThisProcess()
    shard: Shard | None = getattr(executor, "shard", None)
    if shard is not None:
        tasks = tasks[shard.number - 1 :: shard.of]
    ahead = getattr(executor, "ahead", None) or AHEAD
    coming, running = iter(tasks), deque[Future[R]]()
    if progress is not None and tasks:
        progress(0, len(tasks))
    try:
        for done in range(1, len(tasks) + 1):
            running.extend(executor.submit(work, task) for task in islice(coming, ahead - len(running)))
            result = running.popleft().result()
            if shard is None:
                yield result
            if progress is not None:
                progress(done, len(tasks))
    finally:
        for future in running:
            future.cancel()
    if shard is not None:
        raise ShardDone(shard, len(tasks))


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
        self._running, self._then = running, then
        self._given_up = False
        running.add_done_callback(self._arrive)

    def _arrive(self, running: Future[Any]) -> None:
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
        return self._running.cancel()


def workers(jobs: int) -> AbstractContextManager[Processes | None]:
    """Open an executor of so many processes; None, which means this process, for one job."""
    return Processes(jobs) if jobs > 1 else nullcontext()


class Processes(ThreadPoolExecutor):
    """An executor of processes, each served by a thread.

    Leaving its block by an error or an interrupt ends the processes at once. They also end when the program
    that started them is gone. They ignore interrupts, which the program handles.

    Parameters
    ----------
    jobs
        Largest number of processes; no more are started than there are tasks.

    Raises
    ------
    UserError
        From a task, if its process was killed from outside, as systems do when memory runs out.
    """

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs)
        self._most = jobs
        self.ahead = 4 * jobs
        self.shard: Shard | None = None
        self._all: list[_Worker] = []
        self._idle: SimpleQueue[_Worker] = SimpleQueue()

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        """Submit a task to the next idle process."""
        # Started here and not in the serving thread: a lock held by another thread would stay locked after a
        # fork.
        if len(self._all) < self._most:
            self._all.append(_Worker())
            self._idle.put(self._all[-1])
        return super().submit(self._elsewhere, fn, args, kwargs)

    def _elsewhere(self, fn: Callable[..., R], args: tuple[Any, ...], kwargs: dict[str, Any]) -> R:
        worker = self._idle.get()
        try:
            found: R = worker.do(fn, args, kwargs)
        finally:
            self._idle.put(worker)
        return found

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes: when all tasks are done if ``wait``, otherwise together with the program."""
        super().shutdown(wait, cancel_futures=cancel_futures)
        if wait:
            self._end()

    def _end(self) -> None:
        for worker in self._all:
            worker.process.terminate()
        for worker in self._all:
            worker.process.join()

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        """Wait for all tasks, or end them if the block is left by an error."""
        if kind is not None:
            self._end()
        self.shutdown(cancel_futures=kind is not None)


class _Worker:
    """A process and our end of its pipe."""

    def __init__(self) -> None:
        self.pipe, its_end = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=_serve, args=(its_end,), daemon=True)
        self.process.start()
        its_end.close()

    def do(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run a task in the process and wait for its result."""
        try:
            self.pipe.send((fn, args, kwargs))
            error, result = self.pipe.recv()
        except (EOFError, OSError):
            raise UserError(ENDED) from None
        if error is not None:
            raise error
        return result


def _serve(pipe: Connection) -> None:
    """Run the tasks that come through the pipe, in the process itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_program, daemon=True).start()
    while True:
        fn, args, kwargs = pipe.recv()
        try:
            pipe.send((None, fn(*args, **kwargs)))
        except Exception as error:
            error.add_note(traceback.format_exc())
            pipe.send((error, None))


def _end_with_program() -> None:
    program = multiprocessing.parent_process()
    assert program is not None
    program.join()  # the system's parent process may be a fork server instead
    os._exit(1)
