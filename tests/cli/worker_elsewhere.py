"""Run by workers that are to see no folder of the program, as on another machine."""

from __future__ import annotations

from fourport.store.unfinished import Unfinished

_IS_HERE = Unfinished.is_here


def forget() -> None:
    """Let the worker find no folder at all, not even by its path."""
    Unfinished.is_here = lambda self: False  # type: ignore[method-assign]
    Unfinished.__setstate__ = _without_folder  # type: ignore[attr-defined]


def remember() -> None:
    """Let the worker see folders again."""
    Unfinished.is_here = _IS_HERE  # type: ignore[method-assign]
    del Unfinished.__setstate__  # type: ignore[attr-defined]


def _without_folder(self: Unfinished, state: dict[str, object]) -> None:
    self.__dict__.update({**state, "run": None})
