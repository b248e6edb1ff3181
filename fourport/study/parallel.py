"""Independent tasks, here or in other processes, with the results in the order of the tasks."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, TypeVar

from fourport.errors import UserError

T = TypeVar("T")
R = TypeVar("R")

ENDED = (
    "a worker process was ended from outside, most likely for want of memory"
    "; allowed: fewer --jobs, a shorter window or less demand"
)


@contextmanager
def in_order(
    work: Callable[[T], R],
    tasks: Iterable[T],
    jobs: int,
    prepare: Callable[..., None] | None = None,
    with_what: tuple[Any, ...] = (),
) -> Iterator[Iterator[R]]:
    """Give an iterator over the results of the tasks, in the order of the tasks.

    Workers live within the ``with`` block. A block left by an error, here or in a task, ends them at
    once: an iterator alone could not, as one that an interrupt leaves half read stays alive in the
    traceback, and its workers with it.

    Parameters
    ----------
    work
        A function of a module, so that it can be named to another process.
    jobs
        Most processes, of which no more are begun than there are tasks; with 1 all is done in this one.
    prepare
        Called once in each process, with ``with_what``, before its first task.

    Raises
    ------
    UserError
        If a process was ended from outside, as systems do that run out of memory.
    """
    tasks = list(tasks)
    jobs = min(jobs, len(tasks) or 1)
    if jobs == 1:
        if prepare is not None:
            prepare(*with_what)
        yield map(work, tasks)
        return
    executor = ProcessPoolExecutor(jobs, initializer=_begin, initargs=(os.getpid(), prepare, with_what))
    try:
        futures = [executor.submit(work, task) for task in tasks]
        yield (future.result() for future in futures)
    except BaseException as error:
        # Nobody waits for what is still being worked on.
        executor.shutdown(wait=False, cancel_futures=True)
        for worker in multiprocessing.active_children():
            worker.terminate()
        if isinstance(error, BrokenProcessPool):
            raise UserError(ENDED) from error
        raise
    executor.shutdown(cancel_futures=True)


def _begin(parent: int, prepare: Callable[..., None] | None, with_what: tuple[Any, ...]) -> None:
    """Make a worker leave interrupts to its parent and end when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(parent,), daemon=True).start()
    if prepare is not None:
        prepare(*with_what)


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)
