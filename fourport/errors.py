"""Errors in the user's input, reported with the place where they occur."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

Key = tuple[str | int, ...]
"""Place in a scenario, such as ("services", "ferry", "timetable", 0, "departs")."""


@dataclass(frozen=True)
class Problem:
    """Something wrong in a scenario.

    Attributes
    ----------
    key
        Place in the scenario; empty for the file as a whole.
    message
        What is wrong, and what is allowed.
    """

    key: Key
    message: str


class Refused(Exception):
    """Raised for a scenario that cannot be run, with all problems found."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)  # unchanged, so that the error can be pickled
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(f"{'.'.join(map(str, p.key))}: {p.message}" for p in self.problems)


class UserError(Exception):
    """Raised to end a command with exit code 2 and print its lines on stderr."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines

    def __str__(self) -> str:
        return "\n".join(self.lines)


class Noted:
    """Collect the errors of several checks, so that all are reported at once.

    Attributes
    ----------
    lines
        The lines noted so far, each once.
    """

    def __init__(self) -> None:
        self.lines: dict[str, None] = {}

    def note(self, line: str) -> None:
        """Note a line."""
        self.lines[line] = None

    @contextmanager
    def noting(self, before: str = "") -> Iterator[None]:
        """Note the lines of a UserError that ends the block, each prefixed with ``before``, and continue."""
        try:
            yield
        except UserError as error:
            self.lines |= dict.fromkeys(before + line for line in error.lines)

    def refuse(self) -> None:
        """Raise UserError with all lines noted, if any."""
        if self.lines:
            raise UserError(*self.lines)
