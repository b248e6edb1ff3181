"""Tasks on an executor, in their order, and the executor of this machine's processes.

Every study takes a ``concurrent.futures.Executor``, or None to work in this process. :class:`Processes` has
a pipe for each of its processes: of one that is killed the pipe closes, so that nobody waits for the rest of
what it was handing over. The pool of the standard library has one pipe for all, and would wait for ever.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, TypeVar

from fourport.errors import UserError

T = TypeVar("T")
R = TypeVar("R")

Progress = Callable[[int, int], None]
"""Called after each task with the number of those done and of all."""

ENDED = (
    "a worker process was ended from outside, most likely for want of memory"
    "; allowed: fewer --jobs, a shorter window or less demand"
)


def in_order(
    work: Callable[[T], R],
    tasks: Iterable[T],
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Iterator[R]:
    """Yield the results of independent tasks in the order of the tasks.

    What has not begun is cancelled if a task fails or the iterator is closed.

    Parameters
    ----------
    work
        A function of a module, so that it can be named to another process.
    executor
        None works in this process, one task whenever a result is asked for.
    """
    tasks = list(tasks)
    futures = [] if executor is None else [executor.submit(work, task) for task in tasks]
    results = map(work, tasks) if executor is None else (future.result() for future in futures)
    try:
        for done, result in enumerate(results, 1):
            yield result
            if progress is not None:
                progress(done, len(tasks))
    finally:
        for future in futures:
            future.cancel()


def workers(jobs: int) -> AbstractContextManager[Executor | None]:
    """Open an executor of so many processes; None if one is enough, which is this process."""
    return Processes(jobs) if jobs > 1 else nullcontext()


class Processes(ThreadPoolExecutor):
    """An executor of processes, each of them served by a thread.

    Leaving its block by an error or an interrupt ends the processes at once. They end, too, when the program
    that began them is gone, and leave interrupts to it.

    Parameters
    ----------
    jobs
        Most processes; no more are begun than there are tasks.

    Raises
    ------
    UserError
        From a task, if its process was ended from outside, as systems do that run out of memory.
    """

    def __init__(self, jobs: int) -> None:
        super().__init__(jobs)
        self._most = jobs
        self._all: list[_Worker] = []
        self._idle: SimpleQueue[_Worker] = SimpleQueue()

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        """Hand a task to the next process that is idle."""
        # Not in the thread that serves it: a lock that another thread holds stays locked in a forked process.
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
        """End the processes when all tasks are done, if that is waited for, or else with the program."""
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
    """A process and this end of its pipe."""

    def __init__(self) -> None:
        self.pipe, its_end = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=_serve, args=(its_end,), daemon=True)
        self.process.start()
        its_end.close()

    def do(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Have a task done and wait for its result."""
        try:
            self.pipe.send((fn, args, kwargs))
            error, result = self.pipe.recv()
        except (EOFError, OSError):
            raise UserError(ENDED) from None
        if error is not None:
            raise error
        return result


def _serve(pipe: Connection) -> None:
    """Do the tasks that come through a pipe, in a process of its own."""
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
    program.join()  # not a look at the parent of the system, which may be a server that forks
    os._exit(1)
