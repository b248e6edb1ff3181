"""Bend a valid scenario file, and read the problems that are reported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from fourport.errors import UserError
from fourport.scenario.load import Loaded, load

DATA = Path(__file__).parent.parent / "data"
CORRIDOR = (DATA / "corridor.toml").read_text(encoding="utf-8")

Bend = Callable[..., Path]
"""Writes the corridor with pieces of text replaced: ``bend(old, new, old, new, ...)``."""


def bent(*pairs: str) -> str:
    """Give the corridor with each old text, which must be there once, replaced by the new one."""
    text = CORRIDOR
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return text


def line_of(text: str, needle: str) -> int:
    """Give the line of the first place where a text stands."""
    assert needle in text
    return text[: text.index(needle)].count("\n") + 1


def complaints(path: Path | str, policy: str | None = None) -> list[str]:
    """Give the lines with which a file is refused, without its folder."""
    with pytest.raises(UserError) as caught:
        load(path, policy)
    folder = f"{Path(path).parent}/"
    return [line.replace(folder, "") for line in caught.value.lines]


def accepted(path: Path | str, policy: str | None = None) -> Loaded:
    """Load a file that must be valid."""
    return load(path, policy)


@dataclass(frozen=True)
class Case:
    """A bend, where its problem must be reported, and words that must be in the report."""

    bends: tuple[str, ...]
    needle: str
    key: str
    words: tuple[str, ...]

    def check(self, bend: Bend) -> None:
        """Assert that exactly this problem is reported."""
        place = f"corridor.toml:{line_of(bent(*self.bends), self.needle)}: {self.key}: "
        found = complaints(bend(*self.bends))
        assert len(found) == 1, found
        assert found[0].startswith(place)
        for word in self.words:
            assert word in found[0].removeprefix(place)
