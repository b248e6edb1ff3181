"""How tasks and their results are written, such that they can be read for a run in any folder."""

from __future__ import annotations

import hashlib
import io
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from functools import partial
from importlib import import_module
from pathlib import Path, PurePath
from typing import Any

from fourport.study.parallel import Once
from fourport.study.variant import Variant


@dataclass
class Needs:
    """What a task needs besides itself: variants by key, and files that it reads.

    Files are known by their path in the folder of the run, or by the absolute one if they are elsewhere.
    """

    variants: dict[str, Variant] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)

    def add(self, other: Needs) -> None:
        """Add what another task needs."""
        self.variants |= other.variants
        self.files |= other.files


@dataclass(frozen=True)
class Content(Once):
    """A file for workers that do not see it.

    Attributes
    ----------
    key
        Its path, as :class:`Needs` has it.
    """

    key: str
    content: bytes

    @classmethod
    def of(cls, name: str, path: Path) -> Content:
        """Read a file."""
        return cls(name, path.read_bytes())

    def put(self, folder: Path) -> Path:
        """Write it into a folder, and return the new file."""
        path = folder / hashlib.sha256(self.key.encode()).hexdigest()
        path.write_bytes(self.content)
        return path


def written(value: object, folder: Path, needs: Needs | None = None) -> bytes:
    """Write a task or a result such that it can be read for a run in any folder.

    Parameters
    ----------
    folder
        Folder of the run. Paths in it are written relative to it.
    needs
        Receives variants and files in ``value``, of which only keys and paths are written; None writes all.
    """
    writer = _Writer(buffer := io.BytesIO(), folder, needs)
    writer.dump(value)
    return buffer.getvalue()


class _Writer(pickle.Pickler):
    def __init__(self, file: io.BytesIO, folder: Path, needs: Needs | None) -> None:
        super().__init__(file, protocol=5)
        self._folder, self._needs = folder, needs

    def reducer_override(self, value: Any) -> Any:
        """Write what stands for a path or a variant; anything else is written itself.

        Unlike ``persistent_id`` it is not asked of numbers, texts and containers, of which a result has some
        hundred thousands.
        """
        found = self._stands_for(value)
        return NotImplemented if found is None else (stand_in, found)

    def _stands_for(self, value: Any) -> tuple[str, str] | None:
        if isinstance(value, PurePath) and value.is_relative_to(self._folder):
            name = value.relative_to(self._folder).as_posix()
            self._note(value, name)
            return _PATH, name
        if isinstance(value, Path) and self._note(value, str(value.absolute())):
            return _FILE, str(value.absolute())
        if isinstance(value, Variant) and self._needs is not None:
            self._needs.variants[value.key] = value
            return _VARIANT, value.key
        return None

    def _note(self, path: PurePath, name: str) -> bool:
        """Note a path by its name if it is a file that a task reads; return whether it is."""
        if self._needs is None or not isinstance(path, Path) or not path.is_file():
            return False
        self._needs.files[name] = path
        return True


_PATH, _FILE, _VARIANT = "path", "file", "variant"


def stand_in(kind: str, name: str) -> Path | Variant:
    """Stand for a path or a variant in what is written; a reader puts what it finds into its place."""
    raise pickle.UnpicklingError(f"{kind} {name} can be found only by a reader of tasks or results")


class _Task(pickle.Unpickler):
    """Reads what was written for a run in any folder, for a run in this one."""

    def __init__(self, content: bytes, folder: Path, known: Mapping[str, Variant | Path]) -> None:
        super().__init__(io.BytesIO(content))
        self._folder, self._known = folder, known

    def find_class(self, module: str, name: str) -> Any:
        """Return a class or function by its name; in place of :func:`stand_in`, what finds the real thing."""
        if (module, name) == _STAND_IN:  # no method, by which a reader and its content would be kept
            return partial(_found, self._folder, self._known)
        return super().find_class(module, name)


def _found(folder: Path, known: Mapping[str, Variant | Path], kind: str, name: str) -> Path | Variant:
    """Return a path or a variant; for a file that is not here but was sent, the path of the copy."""
    if kind == _VARIANT:
        return known[name]
    path = folder / name if kind == _PATH else Path(name)
    return path if path.exists() else known.get(name, path)


def read_task(content: bytes, folder: Path, known: Mapping[str, Variant | Path]) -> Any:
    """Read a task that was written, for a run in a folder.

    Parameters
    ----------
    known
        Variants by their keys, and copies of files by their names.
    """
    return _Task(content, folder, known).load()


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
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a result")


_STAND_IN = (stand_in.__module__, stand_in.__name__)

_KNOWN = {
    _STAND_IN,
    *(
        (module, name)
        for module in ("numpy._core.multiarray", "numpy.core.multiarray")
        for name in ("_reconstruct", "scalar")
    ),
    *((module, "_frombuffer") for module in ("numpy._core.numeric", "numpy.core.numeric")),
    *(("numpy", name) for name in ("ndarray", "dtype")),
    *(("pathlib", name) for name in ("PosixPath", "WindowsPath", "Path")),
}
