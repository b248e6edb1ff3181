"""fourport: what cargo costs and how long it takes through a linkage of ports.

``import fourport`` is the way in: :func:`load`, :class:`Study`, :class:`Results`, :func:`compare`. They are
imported when they are used first, so that the import itself stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fourport.api.compare import compare
    from fourport.api.results import Results
    from fourport.api.study import Study, load

__version__ = "0.1.0"

__all__ = ["Results", "Study", "__version__", "compare", "load"]

_DOOR = {"load": "study", "Study": "study", "Results": "results", "compare": "compare"}
"""Module of :mod:`fourport.api` in which each name is."""


def __getattr__(name: str) -> Any:
    """Import what is asked for."""
    if name not in _DOOR:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"fourport.api.{_DOOR[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
