"""Which problems are listed: the first thousand of each section, and how many entries have more.

Nobody reads twenty thousand lines, and working out their messages takes most of the time of a check. The
problems of one section must not hide those of another, so each section is counted by itself.
"""

from __future__ import annotations

from fourport.errors import Key, Problem

MOST = 1_000
"""Largest number of problems of a section that are listed."""


class Listing:
    """Counts the problems of each section, and the entries whose problems are left out."""

    def __init__(self) -> None:
        self._listed: dict[str | int, set[Key]] = {}
        self._entries: dict[str | int, set[Key]] = {}
        self._left_out: dict[str | int, set[Key]] = {}

    def copy(self) -> Listing:
        """Return a listing that goes on from here by itself."""
        copied = Listing()
        for mine, its in zip(self._counts(), copied._counts(), strict=True):
            its |= {section: {*keys} for section, keys in mine.items()}
        return copied

    def _counts(self) -> tuple[dict[str | int, set[Key]], ...]:
        return self._listed, self._entries, self._left_out

    def lists(self, key: Key) -> bool:
        """Return whether a problem at a key is listed, and note it."""
        if self.is_full(key):
            return False
        self.add(key)
        return True

    def is_full(self, key: Key) -> bool:
        """Return whether a problem at a key is left out, and note its entry if so."""
        if not key or len(self._listed.get(key[0], ())) < MOST:
            return False
        self._left_out.setdefault(key[0], set()).add(key[:2])
        return True

    def add(self, key: Key) -> None:
        """Note a problem that is listed."""
        if key:
            self._listed.setdefault(key[0], set()).add(key)
            self._entries.setdefault(key[0], set()).add(key[:2])

    def rest(self) -> list[Problem]:
        """Return a problem for each section of which some are left out."""
        return [
            Problem((section,), f"{self._more(section)}; the first {MOST:,} are listed")
            for section in self._left_out
        ]

    def _more(self, section: str | int) -> str:
        n = len(self._left_out[section] - self._entries[section])
        return f"{n:,} more of its entries have errors" if n > 1 else "has more errors"
