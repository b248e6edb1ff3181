"""Problems that are the user's to mend, told with the place where they are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

Key = tuple[str | int, ...]
"""Where in a scenario: ("services", "ferry", "timetable", 0, "departs")."""


@dataclass(frozen=True)
class Problem:
    """Something wrong in a scenario.

    Attributes
    ----------
    key
        The place in the scenario; empty for the file as a whole.
    message
        What is wrong, and what is allowed.
    """

    key: Key
    message: str


class Refused(Exception):
    """A scenario that cannot be run, with all that is wrong."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)  # as it was given, so that it travels between processes
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(f"{'.'.join(map(str, p.key))}: {p.message}" for p in self.problems)


class UserError(Exception):
    """An error that ends a command with exit code 2 and its lines on stderr."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines

    def __str__(self) -> str:
        return "\n".join(self.lines)


class Noted:
    """Errors of several checks, noted so that all are told at once.

    Attributes
    ----------
    lines
        Those noted so far, each once.
    """

    def __init__(self) -> None:
        self.lines: dict[str, None] = {}

    def note(self, line: str) -> None:
        """Note a line."""
        self.lines[line] = None

    @contextmanager
    def noting(self, before: str = "") -> Iterator[None]:
        """Note the user's error that ends the block, with a text before each line, and go on after it."""
        try:
            yield
        except UserError as error:
            self.lines |= dict.fromkeys(before + line for line in error.lines)

    def refuse(self) -> None:
        """Raise UserError with all lines, if there are any."""
        if self.lines:
            raise UserError(*self.lines)
