"""An executor that keeps each result in the folder of the run, and takes from there what is finished."""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import is_dataclass
from importlib import import_module
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory
from typing import Any, Protocol, runtime_checkable

from fourport.store import Run
from fourport.store.folder import FIRST_FOLDERS
from fourport.store.unfinished import Unfinished
from fourport.store.writing import whole_file
from fourport.study.parallel import Batch, Following, InThisProcess, Shard, each
from fourport.study.variant import Variant


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
        variants: dict[str, Variant] = {}
        for one in tasks:
            its: dict[str, Variant] = {}
            asked = written((work, one), self._unfinished.run, its)
            names.append(hashlib.sha256(asked).hexdigest()[:32])
            results[names[-1]] = self._kept(names[-1])
            if results[names[-1]] is None:
                left[names[-1]] = asked
                variants |= its
        if not left:
            found: Future[Batch[Any]] = Future()
            found.set_result(Batch([results[task] for task in names], 0.0))
            return found

        def arrived(done: Future[Batch[_Ran]]) -> Batch[Any]:
            ran, seconds = done.result()
            results.update((task, self._arrived(task, *one)) for task, one in zip(left, ran, strict=True))
            return Batch([results[task] for task in names], seconds)

        return Following(self._executor.submit(_run, self._unfinished, left, *variants.values()), arrived)

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
                path.parent.mkdir(parents=True, exist_ok=True)
                with whole_file(path) as temporary:
                    temporary.write_bytes(its)
            self._unfinished.keep(task, content)
        return read(content, self._unfinished.run)


_Ran = tuple[bytes, dict[str, bytes] | None]
"""The result of a task as it is written, and the files that go with it by their paths in the folder.

None in place of the files if they and the result are in the folder.
"""


def _run(unfinished: Unfinished, tasks: Mapping[str, bytes], *variants: Variant) -> Batch[_Ran]:
    """Run a batch of tasks, which are written."""
    known = {variant.key: variant for variant in variants}
    return each(lambda task: _run_one(unfinished, *task, known), [*tasks.items()])


def _run_one(unfinished: Unfinished, task: str, asked: bytes, known: Mapping[str, Variant]) -> _Ran:
    if unfinished.is_here():
        content = _result(asked, unfinished.run, known)
        unfinished.keep(task, content)
        return content, None
    with TemporaryDirectory(prefix="fourport-") as name:
        folder = Path(name)
        for first in FIRST_FOLDERS:
            (folder / first).mkdir()
        content = _result(asked, folder, known)
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        return content, {name: path.read_bytes() for name, path in files.items()}


def _result(asked: bytes, folder: Path, variants: Mapping[str, Variant]) -> bytes:
    work, task = _Task(asked, folder, variants).load()
    return written(work(task), folder)


def written(value: object, folder: Path, variants: dict[str, Variant] | None = None) -> bytes:
    """Write a task or a result such that it can be read for a run in any folder.

    Parameters
    ----------
    folder
        Folder of the run. Paths in it are written relative to it.
    variants
        Receives the variants in ``value``, of which only the keys are written; None writes them whole.
    """
    writer = _Writer(buffer := io.BytesIO(), folder, variants)
    writer.dump(value)
    return buffer.getvalue()


class _Writer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, folder: Path, variants: dict[str, Variant] | None) -> None:
        super().__init__(file, protocol=5)
        self._folder, self._variants = folder, variants

    def persistent_id(self, value: Any) -> tuple[str, str] | None:
        """Return what stands for a path or a variant; None for anything else, which is written itself."""
        if isinstance(value, PurePath) and value.is_relative_to(self._folder):
            return _PATH, value.relative_to(self._folder).as_posix()
        if isinstance(value, Variant) and self._variants is not None:
            self._variants[value.key] = value
            return _VARIANT, value.key
        return None


_PATH, _VARIANT = "path", "variant"


class _Task(pickle.Unpickler):
    """Reads what was written for a run in any folder, for a run in this one."""

    def __init__(self, content: bytes, folder: Path, variants: Mapping[str, Variant]) -> None:
        super().__init__(io.BytesIO(content))
        self._folder, self._variants = folder, variants

    def persistent_load(self, pid: Any) -> Path | Variant:
        """Return a path or a variant."""
        kind, name = pid
        return self._folder / name if kind == _PATH else self._variants[name]


def read(content: bytes, folder: Path) -> Any:
    """Read a result that was kept, of a run in a folder.

    Raises
    ------
    pickle.UnpicklingError
        If it holds something that is no result of ours: a file of results must not be able to run anything.
    """
    return _Result(content, folder, {}).load()


class _Result(_Task):
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
