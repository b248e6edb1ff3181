"""Independent tasks, here or in other processes, with the results in the order of the tasks."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")


def in_order(
    work: Callable[[T], R],
    tasks: Iterable[T],
    jobs: int,
    prepare: Callable[..., None] | None = None,
    with_what: tuple[Any, ...] = (),
) -> Iterator[R]:
    """Give the result of each task, in the order of the tasks.

    Parameters
    ----------
    work
        A function of a module, so that it can be named to another process.
    jobs
        Number of processes; with 1 all is done in this one.
    prepare
        Called once in each process, with ``with_what``, before its first task.
    """
    if jobs == 1:
        if prepare is not None:
            prepare(*with_what)
        yield from map(work, tasks)
        return
    executor = ProcessPoolExecutor(jobs, initializer=_begin, initargs=(os.getpid(), prepare, with_what))
    try:
        for future in [executor.submit(work, task) for task in tasks]:
            yield future.result()
    except BaseException:
        # Nobody waits for what is still being worked on.
        executor.shutdown(wait=False, cancel_futures=True)
        for worker in multiprocessing.active_children():
            worker.terminate()
        raise
    executor.shutdown()


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
