"""An executor that keeps each result in the folder of the run, and takes from there what is finished."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor, Future
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from fourport.store import Run
from fourport.store.folder import FIRST_FOLDERS
from fourport.store.temporary import temporary_folder
from fourport.store.unfinished import Unfinished
from fourport.store.writing import whole_file
from fourport.study.parallel import Batch, Following, InThisProcess, Once, Shard, each
from fourport.study.variant import Variant
from fourport.study.written import Content, Needs, read, read_task, written


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

    Tasks are known by a hash of all that they are given, but for the folder. A process that sees the folder
    keeps its results itself, so that they outlive the program, and writes its files there. Of others the
    results are kept, and their files written, when they arrive.

    Parameters
    ----------
    executor
        What runs the tasks; None runs them in this process.
    """

    def __init__(self, executor: Executor | None, unfinished: Unfinished) -> None:
        self._executor = executor or InThisProcess()
        self._unfinished = unfinished
        self.ahead = getattr(self._executor, "ahead", None)
        self._seen: dict[Path, bool] = {}
        self.watch = getattr(self._executor, "watch", None)
        self.shard: Shard | None = getattr(self._executor, "shard", None)
        if self.shard is not None:
            unfinished.note_shard(str(self.shard), self.shard.command)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit :func:`~fourport.study.parallel.each` of some tasks, but those whose result is kept."""
        assert fn is each
        work, tasks = args
        names: list[str] = []
        results: dict[str, Any] = {}
        left: dict[str, bytes] = {}
        needs = Needs()
        for one in tasks:
            task, asked, its = self._asked(work, one)
            names.append(task)
            results[task] = self._kept(task)
            if results[task] is None:
                left[task] = asked
                needs.add(its)
        if not left:
            found: Future[Batch[Any]] = Future()
            found.set_result(Batch([results[task] for task in names], 0.0))
            return found

        def arrived(done: Future[Batch[_Ran]]) -> Batch[Any]:
            ran, seconds = done.result()
            results.update((task, self._arrived(task, *one)) for task, one in zip(left, ran, strict=True))
            return Batch([results[task] for task in names], seconds)

        sent: list[Once] = [*needs.variants.values(), *self._contents(needs.files)]
        return Following(self._executor.submit(_run, self._unfinished, left, *sent), arrived)

    def has_all(self, work: Callable[..., Any], tasks: Iterable[Any]) -> bool:
        """Return whether the results of all of some tasks are kept."""
        return all(self._unfinished.keeps(self._asked(work, one)[0]) for one in tasks)

    def _asked(self, work: Callable[..., Any], task: Any) -> tuple[str, bytes, Needs]:
        """Return the name of a task, and how it is written with what it needs."""
        needs = Needs()
        asked = written((work, task), self._unfinished.run, needs)
        return hashlib.sha256(asked).hexdigest()[:32], asked, needs

    def _contents(self, files: Mapping[str, Path]) -> Iterator[Content]:
        """Yield the contents of files that are to be read where not all workers see them."""
        everywhere = getattr(self._executor, "everywhere", None)
        if everywhere is None:
            return
        for name, path in files.items():
            folder = self._unfinished.run if path.is_relative_to(self._unfinished.run) else path.parent
            if folder not in self._seen:
                here = folder == self._unfinished.run
                self._seen[folder] = everywhere(*(self._unfinished.is_here,) if here else (_is_file, name))
            if not self._seen[folder]:
                yield Content.of(name, path)

    def _kept(self, task: str) -> Any:
        """Return the result of a task, if it is kept and whole; otherwise None, as no task returns."""
        content = self._unfinished.kept(task)
        if content is None:
            return None
        result = read(content, self._unfinished.run)
        return None if isinstance(result, Vouching) and not result.is_whole() else result

    def _arrived(self, task: str, content: bytes, files: Mapping[str, bytes] | None) -> Any:
        """Read a result that arrives; keep it, and its files, unless the process that ran it has done so."""
        if files is not None:
            for name, its in files.items():
                path = self._unfinished.run / name
                path.parent.mkdir(exist_ok=True)  # but not a folder that was taken away meanwhile
                with whole_file(path) as temporary:
                    temporary.write_bytes(its)
            self._unfinished.keep(task, content)
        return read(content, self._unfinished.run)


_Ran = tuple[bytes, dict[str, bytes] | None]
"""The result of a task as it is written, and the files that go with it by their paths in the folder.

None in place of the files if they and the result are in the folder.
"""


def _run(unfinished: Unfinished, tasks: Mapping[str, bytes], *needed: Any) -> Batch[_Ran]:
    """Run a batch of tasks, which are written."""
    with ExitStack() as until_done:
        contents = any(isinstance(one, Content) for one in needed)
        folder = until_done.enter_context(temporary_folder()) if contents else Path()
        known = {one.key: one.put(folder) if isinstance(one, Content) else one for one in needed}
        return each(lambda task: _run_one(unfinished, *task, known), [*tasks.items()])


def _run_one(unfinished: Unfinished, task: str, asked: bytes, known: Mapping[str, Variant | Path]) -> _Ran:
    if unfinished.is_here():
        content = _result(asked, unfinished.run, known)
        unfinished.keep(task, content)
        return content, None
    with temporary_folder() as folder:
        for first in FIRST_FOLDERS:
            (folder / first).mkdir()
        content = _result(asked, folder, known)
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        return content, {name: path.read_bytes() for name, path in files.items()}


def _result(asked: bytes, folder: Path, known: Mapping[str, Variant | Path]) -> bytes:
    work, task = read_task(asked, folder, known)
    return written(work(task), folder)


def _is_file(name: str) -> bool:
    return Path(name).is_file()
