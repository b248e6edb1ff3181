"""Compile routines in another process, beside what this one compiles."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from fourport.machine import running
from fourport.machine.routine import Routine

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


@contextmanager
def beside(routines: Iterable[Routine]) -> Iterator[None]:
    """Have routines ready at the end of the block; those that are not kept are compiled during it.

    That halves the first start. Without another process they are compiled at the end.
    """
    every = [*routines]
    missing = _missing(every)
    if not missing or not _may_fork():
        yield
        running.prepare(every)
        return
    system = multiprocessing.get_context("fork")
    ours, its = system.Pipe(duplex=False)
    process = system.Process(target=_compile, args=(missing, its), daemon=True)
    process.start()
    its.close()
    try:
        yield
        with suppress(EOFError, OSError):  # it was ended, or there is no Numba
            running.take(ours.recv())
    finally:
        process.kill()
        process.join()
        ours.close()
    running.prepare(every)


def _missing(routines: list[Routine]) -> list[Routine]:
    try:
        return [one for one in routines if not running.is_kept(one)]
    except (ImportError, OSError):  # there is nothing that could load them
        return []


def _may_fork() -> bool:
    """Return whether this process may have another one that begins with all it knows."""
    return sys.platform == "linux" and not multiprocessing.current_process().daemon


def _compile(routines: list[Routine], pipe: Connection) -> None:
    """Compile them, in the other process, and send them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started this process ends it
    with suppress(ImportError, OSError):
        pipe.send({one: running.compiled(one) for one in routines})
