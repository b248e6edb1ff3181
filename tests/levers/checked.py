"""A file of levers with a problem in it, as ``fourport check`` reports it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from fourport.cli import main


@dataclass(frozen=True)
class Case:
    """What is replaced, a text that must stand where the problem is reported, its key, and words of it."""

    old: str
    new: str
    needle: str
    key: str
    words: Sequence[str]


def checked(path: Path) -> tuple[int, list[str]]:
    """Run ``fourport check``; give the exit code and the lines on stderr, without folders."""
    done = CliRunner().invoke(main, ["check", str(path)], prog_name="fourport")
    return done.exit_code, done.stderr.replace(f"{path.parent}/", "").splitlines()


def complained(case: Case, original: str, folder: Path) -> None:
    """Check that exactly one problem is told, with its file, line and key, and the words."""
    assert original.count(case.old) == 1, f"{case.old!r} is there {original.count(case.old)} times"
    text = original.replace(case.old, case.new)
    path = folder / "levers.toml"
    path.write_text(text, encoding="utf-8")
    code, lines = checked(path)
    assert code == 2
    assert len(lines) == 1, lines
    line = text[: text.index(case.needle)].count("\n") + 1
    assert lines[0].startswith(f"levers.toml:{line}: {case.key}"), lines[0]
    for word in case.words:
        assert word in lines[0], lines[0]


def told(text: str, folder: Path) -> list[str]:
    """Give the warnings of a file in which nothing is wrong."""
    path = folder / "levers.toml"
    path.write_text(text, encoding="utf-8")
    code, lines = checked(path)
    assert code == 0, lines
    return lines


def edited(text: str, *edits: tuple[str, str]) -> str:
    """Give a text with edits, each at a place that is there once."""
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    return text


def line_of(text: str, needle: str) -> int:
    """Give the line of a text that is there once."""
    assert text.count(needle) == 1, needle
    return text[: text.index(needle)].count("\n") + 1
