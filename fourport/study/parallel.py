"""Independent tasks, here or in other processes, with the results in the order of the tasks.

What a worker found comes back in a file, and only the file's name through the pipe that the workers share.
The pool's own thread waits for the rest of a message that it has begun to read, for ever if the worker was
ended amid it; a name is too short to be cut in two.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from pathlib import Path
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
    with tempfile.TemporaryDirectory(prefix="fourport-", ignore_cleanup_errors=True) as folder:
        begin = (folder, prepare, with_what)
        executor = ProcessPoolExecutor(jobs, initializer=_begin, initargs=begin)
        try:
            filed = partial(_filed, work, folder)
            futures = [executor.submit(filed, number, task) for number, task in enumerate(tasks)]
            yield (_taken(future.result()) for future in futures)
        except BaseException as error:
            # Nobody waits for what is still being worked on; but for the pool's own thread, which at the
            # program's end would be met amid closing its pipes.
            for worker in multiprocessing.active_children():
                worker.terminate()
            executor.shutdown(cancel_futures=True)
            if isinstance(error, BrokenProcessPool):
                raise UserError(ENDED) from error
            raise
        executor.shutdown(cancel_futures=True)


def _filed(work: Callable[[T], R], folder: str, number: int, task: T) -> str:
    """Do a task in a worker, and give the name of the file that holds its result."""
    file, result = Path(folder, str(number)), work(task)
    try:
        with file.open("wb") as opened:
            pickle.dump(result, opened, pickle.HIGHEST_PROTOCOL)
    except OSError as error:
        raise UserError(f"{folder}: what a worker found cannot be written: {error.strerror}") from None
    return str(file)


def _taken(file: str) -> Any:
    """Read a result and remove its file."""
    with Path(file).open("rb") as opened:
        result = pickle.load(opened)
    Path(file).unlink()
    return result


def _begin(folder: str, prepare: Callable[..., None] | None, with_what: tuple[Any, ...]) -> None:
    """Make a worker leave interrupts to its parent and end when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch, args=(folder,), daemon=True).start()
    if prepare is not None:
        prepare(*with_what)


def _watch(folder: str) -> None:
    """End this worker, and what it would have handed over, once the program that began it is gone."""
    program = multiprocessing.parent_process()
    assert program is not None
    program.join()  # not a look at the parent of the system, which may be a server that forks
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)
