"""The folder of a command's results: the type of ``--out``, and the name of one that is not given."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click


class Folder(click.Path):
    """A folder to write to, with a non-empty name."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse an empty name, which would mean the current folder."""
        if value == "":
            self.fail("the name is empty; allowed: a folder that is new or empty", param, ctx)
        return super().convert(value, param, ctx)


class Destination:
    """The folder of results: ``--out``, or one in ``results/``, made when it is called.

    Parameters
    ----------
    out
        The folder asked for; None for results/<scenario>/<what>-<time>-<hash>.
    marks
        Everything besides the text that determines the results; the hash is of both.

    Attributes
    ----------
    begun
        The folder, once it is called.
    """

    def __init__(self, out: Path | None, scenario: str, text: str, what: str, *marks: object) -> None:
        self.out, self.named, self.marks = out, (scenario, text, what), marks
        self.begun: Path | None = None

    def __call__(self) -> Path:
        """Return the folder.

        Raises
        ------
        UserError
            If it cannot be made.
        """
        self.begun = self.out or make_folder(*self.named, *self.marks)
        return self.begun


def make_folder(scenario: str, text: str, what: str, *marks: object) -> Path:
    """Make a folder that is named by what decides the results and by the time.

    Folders made in the same second get distinct names, which end with -2, -3, ...

    Raises
    ------
    UserError
        If the folder cannot be written.
    """
    from fourport.errors import UserError
    from fourport.study.report import digest

    name = f"{what}-{now():%Y%m%dT%H%M%SZ}" if what else f"{now():%Y%m%dT%H%M%SZ}"
    folder = first = Path("results") / scenario / f"{name}-{digest(text, *marks)}"
    number = 1
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        while True:
            try:
                folder.mkdir()  # test and make in one step, so that no other run takes the name
            except FileExistsError:
                number += 1
                folder = first.with_name(f"{first.name}-{number}")
            else:
                return folder
    except OSError as error:
        raise UserError(f"{folder}: cannot be written: {error.strerror}") from error


def now() -> datetime:
    """Return the current time, UTC."""
    return datetime.now(UTC)
