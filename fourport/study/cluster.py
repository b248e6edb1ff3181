"""An executor of the workers of a Dask cluster."""

from __future__ import annotations

import hashlib
import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future
from types import TracebackType
from typing import Any, TypeVar
from uuid import uuid4

from fourport import __version__
from fourport.arguments import ENGINE_VARIABLE
from fourport.engine import named
from fourport.errors import UserError, one_line
from fourport.study.parallel import Following, Once, Shard

R = TypeVar("R")

AHEAD = 4
"""Tasks for each thread of the cluster that are submitted before their turn."""
CONNECT_S = 10
"""Time to wait for a scheduler, s."""
WATCH_S = 0.5
"""Time between two looks whether it is still there, s."""


class Cluster(Executor):
    """An executor of the workers of a Dask cluster that is at work.

    A task whose worker is lost is run again by another one.

    Parameters
    ----------
    address
        Of the scheduler, such as "tcp://host:8786".

    Raises
    ------
    UserError
        If Dask is not installed, there is no such scheduler, or it has no workers or workers that cannot run
        tasks of this version. Also from a task whose workers are ended again and again.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._client = _connected(address)
        try:
            self._refuse_others()
        except BaseException:
            self._client.close()
            raise
        self._executor = self._client.get_executor(pure=False)
        self.threads: int = sum(self._client.nthreads().values())
        self.ahead = AHEAD * self.threads
        self.shard: Shard | None = None
        self._names = f"fourport-{uuid4().hex[:12]}"
        self._submitted = 0
        self._sent: dict[str, Any] = {}
        self._waiting: set[Following[Any]] = set()
        self._left = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        """Give up all tasks once the scheduler is gone: Dask forgets those that it is given just then."""
        while not self._left.wait(WATCH_S):
            if self._client.status != "running":
                for following in list(self._waiting):
                    following.fail(self._gone())

    def _gone(self) -> UserError:
        what = "the scheduler is gone, or has given up the tasks"
        return UserError(f"{self._address}: {what}; allowed: the same command, which goes on")

    def _refuse_others(self) -> None:
        """Refuse a cluster without workers, or with workers of another version."""
        found = self._client.run(_version, on_error="return")
        if not found:
            raise UserError(f"{self._address}: has no workers; allowed: dask worker {self._address}")
        wrong = []
        for worker, version in sorted(found.items()):
            if isinstance(version, ImportError):
                wrong.append(
                    f"{worker}: has no fourport, or an older one ({version}); allowed: {__version__}"
                )
            elif version != __version__:
                wrong.append(f"{worker}: has fourport {version}; allowed: {__version__}, as here")
        if wrong:
            raise UserError(*wrong)

    def everywhere(self, holds: Callable[..., bool], *args: object) -> bool:
        """Return whether something holds on all workers."""
        return all(self._client.run(holds, *args).values())

    def submit(self, fn: Callable[..., R], /, *args: Any, **kwargs: Any) -> Future[R]:
        """Submit a task to the workers; what is sent once must be among ``args`` themselves."""
        self._submitted += 1
        args = tuple(self._once(value) if isinstance(value, Once) else value for value in args)
        name = f"{self._names}-{self._submitted}"
        running = self._executor.submit(_serve, __version__, named(), fn, *args, key=name, **kwargs)
        following = Following(running, self._told)
        self._waiting.add(following)
        following.add_done_callback(self._waiting.discard)
        return following

    def _once(self, value: Once) -> Any:
        """Return what stands for a value: a result, which workers hand on and a lost one makes again."""
        if value.key not in self._sent:
            name = f"{self._names}-{hashlib.sha256(value.key.encode()).hexdigest()}"
            self._sent[value.key] = self._client.submit(_same, value, key=name, pure=False)
        return self._sent[value.key]

    def _told(self, running: Future[R]) -> R:
        from distributed import KilledWorker

        try:
            return running.result()
        except KilledWorker as error:
            what = "workers were ended from outside again and again, most likely for want of memory"
            remedy = "workers with more memory or fewer threads, a shorter window or less demand"
            raise UserError(f"{self._address}: {what}; allowed: {remedy}") from error
        except CancelledError:
            raise self._gone() from None

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster, which works on for others."""
        self._left.set()
        self._executor.shutdown(wait=wait and not cancel_futures)
        self._sent.clear()
        self._client.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for all tasks, or give them up if the block is left by an error."""
        self.shutdown(cancel_futures=kind is not None)


def _connected(address: str) -> Any:
    """Return a client of a scheduler; Dask has no types."""
    try:
        import distributed
    except ImportError:
        remedy = 'pip install "fourport[cluster]"'
        raise UserError(f"--cluster needs Dask, which is not installed; allowed: {remedy}") from None
    of_dask = ("distributed.client", "distributed.core", "distributed.comm", "distributed.batched")
    for name in (*of_dask, "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what is wrong is told as an error
    try:
        client: Any = distributed.Client
        return client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        told = one_line(str(error).partition("\n")[0])
        remedy = "the address of a Dask scheduler at work, such as tcp://host:8786"
        raise UserError(f"{address}: cannot be reached ({told}); allowed: {remedy}") from None


def _version() -> str:
    """Return the version of the program on a worker."""
    return __version__


def _same(value: Once) -> Once:
    return value


def _serve(version: str, engine: str, fn: Callable[..., R], *args: Any, **kwargs: Any) -> R:
    """Run a task on a worker, which may have come later than the others, with the engine asked for."""
    if version != __version__:
        raise UserError(f"a worker has fourport {__version__}; allowed: {version}, as the program")
    os.environ[ENGINE_VARIABLE] = engine
    return fn(*args, **kwargs)
