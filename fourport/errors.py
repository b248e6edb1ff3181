"""Errors in the user's input, reported with the place where they occur."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
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


_ARGUMENT = re.compile("\x1a(\\w+)\x1a")


def argument(name: str) -> str:
    """Return the name of an argument for a message: Python users read the name, commands print the option."""
    return f"\x1a{name}\x1a"


class UserError(Exception):
    """Raised to end a command with exit code 2 and print its lines on stderr."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines, with the arguments as Python names them."""
        return self.named(str)

    def named(self, name_of: Callable[[str], str]) -> tuple[str, ...]:
        """Return the lines with another name for each argument, such as that of its option."""
        return tuple(_ARGUMENT.sub(lambda found: name_of(found[1]), line) for line in self.args)

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
            self.lines |= dict.fromkeys(before + line for line in error.args)

    def refuse(self) -> None:
        """Raise UserError with all lines noted, if any."""
        if self.lines:
            raise UserError(*self.lines)
