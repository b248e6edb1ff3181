"""Keep the paths that a scenario names within its folder, if this is asked for (``--confine``)."""

from __future__ import annotations

import os
from pathlib import Path

from fourport.arguments import CONFINE_VARIABLE
from fourport.scenario import library

OUTSIDE = (
    "{!r} leads out of the folder of {}, to which paths are confined (--confine)"
    "; allowed: a file in this folder or below it"
)
"""Message about a path, and the file that was asked for."""


def confined() -> bool:
    """True if all paths that a scenario names must stay within its folder."""
    return os.environ.get(CONFINE_VARIABLE, "0") not in ("", "0")


def is_outside(path: Path, asked: Path) -> bool:
    """True if paths are confined, and one is neither below the folder of the file asked for nor shipped."""
    if not confined():
        return False
    folders = (asked.parent.resolve(), library.folder().resolve())
    return not any(path.resolve().is_relative_to(folder) for folder in folders)
