"""An executor that keeps each result in the folder of the run, and takes from there what is finished."""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import is_dataclass
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

from fourport.store import Run
from fourport.store.unfinished import Unfinished
from fourport.study.parallel import InThisProcess


def keeping(run: Run, executor: Executor | None) -> Executor | None:
    """Return an executor that keeps results in the folder of a run that is being made; otherwise the same."""
    return executor if run.unfinished is None else KeepingResults(executor, run.unfinished)


@runtime_checkable
class Vouching(Protocol):
    """A result of which a part is in files."""

    def is_whole(self) -> bool:
        """Return whether these files are there, as they were written."""


class KeepingResults(Executor):
    """An executor that goes on where an earlier one with the same tasks was ended.

    Tasks are known by a hash of all that they are given. A process that sees the folder keeps its results
    itself, so that they outlive the program; of others the results are kept when they arrive.

    Parameters
    ----------
    executor
        What runs the tasks; None runs them in this process.
    """

    def __init__(self, executor: Executor | None, unfinished: Unfinished) -> None:
        self._executor = executor or InThisProcess()
        self._unfinished = unfinished
        self.ahead = getattr(self._executor, "ahead", None)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit a task, unless its result is kept."""
        asked = pickle.dumps((fn.__module__, fn.__qualname__, args, kwargs), protocol=5)
        task = hashlib.sha256(asked).hexdigest()[:32]
        content = self._unfinished.kept(task)
        if content is not None:
            result = read(content)
            if not isinstance(result, Vouching) or result.is_whole():
                found: Future[Any] = Future()
                found.set_result(result)
                return found
        running = self._executor.submit(_run, self._unfinished, task, fn, args, kwargs)
        return _Arriving(running, lambda content: self._unfinished.keep(task, content))


class _Arriving(Future[Any]):
    """A result that is kept when it arrives, unless the process that ran the task has kept it.

    Parameters
    ----------
    keep
        Keeps a result, as it is written.
    """

    def __init__(self, running: Future[Any], keep: Callable[[bytes], None]) -> None:
        super().__init__()
        self._running = running
        self._keep = keep
        running.add_done_callback(self._arrive)

    def _arrive(self, running: Future[Any]) -> None:
        if running.cancelled():
            super().cancel()
            return
        try:
            kept, content = running.result()
            if not kept:
                self._keep(content)
            self.set_result(read(content))
        except BaseException as error:
            self.set_exception(error)

    def cancel(self) -> bool:
        """Cancel the task if it has not begun."""
        return self._running.cancel()


def _run(
    unfinished: Unfinished, task: str, fn: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[bool, bytes]:
    """Run a task; return whether its result is kept, and the result as it is written."""
    content = pickle.dumps(fn(*args, **kwargs), protocol=5)
    if here := unfinished.is_here():
        unfinished.keep(task, content)
    return here, content


def read(content: bytes) -> Any:
    """Read a result that was kept.

    Raises
    ------
    pickle.UnpicklingError
        If it holds something that is no result of ours: a file of results must not be able to run anything.
    """
    return _Reader(io.BytesIO(content)).load()


class _Reader(pickle.Unpickler):
    """Reads arrays, and dataclasses of this program; nothing else with a name."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class by its name."""
        found: Any = None
        if module.partition(".")[0] in ("fourport", "numpy", "pathlib"):
            found = getattr(import_module(module), name, None)
        ours = module.startswith("fourport.") and isinstance(found, type) and is_dataclass(found)
        if ours or (module, name) in _KNOWN:
            return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a result")


_KNOWN = {
    *(
        (module, name)
        for module in ("numpy._core.multiarray", "numpy.core.multiarray")
        for name in ("_reconstruct", "scalar")
    ),
    *((module, "_frombuffer") for module in ("numpy._core.numeric", "numpy.core.numeric")),
    *(("numpy", name) for name in ("ndarray", "dtype")),
    *(("pathlib", name) for name in ("PosixPath", "WindowsPath", "Path")),
}
