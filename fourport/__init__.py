"""fourport: what cargo costs and how long it takes through a linkage of ports.

``import fourport`` is the way in: :func:`load`, :class:`Study`, :class:`Results`, :func:`compare` and the
functions that work on a study's sample. They are imported when they are used first, so that the import itself
stays quick. ``docs/python.md`` shows them at work.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fourport.api.capacity import capacity
    from fourport.api.claims import attribute, published_claims
    from fourport.api.compare import compare
    from fourport.api.curves import curves, route_choice_map
    from fourport.api.results import Results
    from fourport.api.study import Study, load
    from fourport.errors import UserError

__version__ = "0.1.0"

__all__ = [
    "Results",
    "Study",
    "UserError",
    "__version__",
    "attribute",
    "capacity",
    "compare",
    "curves",
    "load",
    "published_claims",
    "route_choice_map",
]

_DOOR = {
    "load": "api.study",
    "Study": "api.study",
    "Results": "api.results",
    "compare": "api.compare",
    "UserError": "errors",
    "attribute": "api.claims",
    "capacity": "api.capacity",
    "curves": "api.curves",
    "published_claims": "api.claims",
    "route_choice_map": "api.curves",
}
"""Module in which each name is."""


def __getattr__(name: str) -> Any:
    """Import what is asked for."""
    if name not in _DOOR:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"fourport.{_DOOR[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
