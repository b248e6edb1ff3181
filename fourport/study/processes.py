"""An executor of processes on this machine.

There is one pipe for each process: if a process is killed its pipe closes, so that nobody waits for the rest
of a result. The pool of the standard library shares one pipe and would wait for ever.
"""

from __future__ import annotations

import io
import multiprocessing
import os
import pickle
import signal
import threading
import traceback
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from typing import Any, TypeVar

from fourport.errors import UserError, argument
from fourport.study.parallel import Once, Shard

R = TypeVar("R")

ENDED = (
    "a worker process was ended from outside, most likely for want of memory"
    f"; allowed: fewer {argument('jobs')}, a shorter window or less demand"
)


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
        _keep_memory()
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


def _keep_memory() -> None:
    """Tell the C library to keep memory that is needed again at once, where it can be told.

    All threads of the program take memory from one place: each that serves a process would keep for itself
    what results took that it received, megabytes. And what a replication has freed is not returned to the
    system, which would have to fill it with zeros for the next one.
    """
    import ctypes

    with suppress(OSError, AttributeError, TypeError):
        library = ctypes.CDLL(None)
        for option, value in _KEEPING.items():
            library.mallopt(option, value)


_KEEPING = {-8: 1, -3: 2**25, -1: 2**30}
"""``M_ARENA_MAX``, ``M_MMAP_THRESHOLD`` (the largest allowed) and ``M_TRIM_THRESHOLD`` of glibc, in its
``malloc.h``, with their values."""


class _Worker:
    """A process and our end of its pipe."""

    def __init__(self) -> None:
        self.pipe, its_end = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=_serve, args=(its_end,), daemon=True)
        self.process.start()
        its_end.close()
        self._knows: set[str] = set()

    def do(self, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run a task in the process and wait for its result."""
        buffer = io.BytesIO()
        _Sent(buffer, self._knows).dump((fn, args, kwargs))
        try:
            self.pipe.send_bytes(buffer.getbuffer())
            error, result = self.pipe.recv()
        except (EOFError, OSError):
            raise UserError(ENDED) from None
        if error is not None:
            raise error
        return result


class _Sent(ForkingPickler):
    """Writes a task for a process, but what it knows already."""

    def __init__(self, file: io.BytesIO, known: set[str]) -> None:
        super().__init__(file)
        self._known = known

    def persistent_id(self, value: Any) -> tuple[str, bytes | None] | None:
        """Return what stands for a value that is sent once, with its content the first time."""
        if not isinstance(value, Once):
            return None
        new = value.key not in self._known
        self._known.add(value.key)
        return value.key, ForkingPickler.dumps(value).tobytes() if new else None


class _Received(pickle.Unpickler):
    """Reads what :class:`_Sent` has written."""

    def __init__(self, file: io.BytesIO, known: dict[str, Once]) -> None:
        super().__init__(file)
        self._known = known

    def persistent_load(self, pid: Any) -> Once:
        """Return a value that is sent once."""
        key, content = pid
        if content is not None:
            self._known[key] = pickle.loads(content)
        return self._known[key]


def _serve(pipe: Connection) -> None:
    """Run the tasks that come through the pipe, in the process itself."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _keep_memory()
    threading.Thread(target=_end_with_program, daemon=True).start()
    known: dict[str, Once] = {}
    while True:
        fn, args, kwargs = _Received(io.BytesIO(pipe.recv_bytes()), known).load()
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
