"""The type of ``--out``: a folder with a non-empty name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click


class Folder(click.Path):
    """A folder to write to."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse an empty name, which would mean the current folder."""
        if value == "":
            self.fail("the name is empty; allowed: a folder that is new or empty", param, ctx)
        return super().convert(value, param, ctx)
