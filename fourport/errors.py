"""Errors in the user's input, reported with the place where they occur."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

Key = tuple[str | int, ...]
"""Place in a scenario, such as ("services", "ferry", "timetable", 0, "departs")."""

_ELEMENT = re.compile(r'"([^"]*)"|([^."\[\]]+)|\[(\d+)\]')
"""An element of a written key: a name in quotes, a plain name, or an index."""


def key_of(text: str) -> Key:
    """Return the key from its text, the inverse of :func:`fourport.scenario.tree.written`."""
    return tuple(int(index) if index else quoted or plain for quoted, plain, index in _ELEMENT.findall(text))


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


LONGEST = 2000
"""Largest number of characters of a line; of longer ones the middle is left out."""
_HIDDEN = ("Cc", "Cs", "Zl", "Zp")
"""Categories of characters that steer a terminal, break a line or are no characters at all."""
_TURNING = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that change the order in which others are shown."""


def printable(text: str, *, keep: str = "") -> str:
    """Return a text as it is printed: characters that could steer a terminal or forge a line are escaped.

    Names of files and texts of scenarios may hold anything. Errors and the output of commands pass through
    here.

    Parameters
    ----------
    keep
        Characters to leave as they are.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(one if one in keep or not _is_hidden(one) else _escape(one) for one in text)


def _is_hidden(one: str) -> bool:
    return one in _TURNING or unicodedata.category(one) in _HIDDEN


def _escape(one: str) -> str:
    return one.encode("unicode_escape").decode()


def one_line(text: str) -> str:
    """Return a text as a line of bounded length, escaped."""
    if len(text) > LONGEST:
        left_out = f" ... ({len(text):,} characters) ... "
        end = LONGEST // 4
        text = text[: LONGEST - end - len(left_out)] + left_out + text[-end:]
    return printable(text)


_ARGUMENT = re.compile("\x1a(\\w+)\x1a")


def argument(name: str) -> str:
    """Return the name of an argument for a message: Python users read the name, commands print the option."""
    return f"\x1a{name}\x1a"


class UserError(Exception):
    """Raised to end a command with exit code 2 and print its lines on stderr, as :func:`one_line` each."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines, with the arguments as Python names them."""
        return self.named(str)

    def named(self, name_of: Callable[[str], str]) -> tuple[str, ...]:
        """Return the lines with another name for each argument, such as that of its option."""
        return tuple(one_line(_ARGUMENT.sub(lambda found: name_of(found[1]), line)) for line in self.args)

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
