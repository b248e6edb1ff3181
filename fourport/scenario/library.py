"""Find scenarios by name: shipped scenarios and files."""

from __future__ import annotations

from pathlib import Path

from fourport.errors import UserError
from fourport.scenario.suggestions import allowed, suggestion

CLAIMS = "claims"
"""End of the names of files of published claims, which are next to the shipped scenarios."""

PACKAGE = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """Return the folder of the shipped scenarios: of the installed wheel, or of the checkout."""
    installed = PACKAGE / "_scenarios"
    return installed if installed.is_dir() else PACKAGE.parent / "scenarios"


def names() -> list[str]:
    """Return the names of the shipped scenarios."""
    return sorted(path.stem for path in folder().glob("*.toml") if not path.stem.endswith(CLAIMS))


def shipped(name: str) -> Path | None:
    """Return the file of a shipped scenario; None if there is none of this name."""
    return folder() / f"{name}.toml" if name in names() else None


def is_shipped(name: str) -> bool:
    """True if a name means a shipped scenario, not a file."""
    return shipped(name) is not None and find(name) != Path(name)


def template(name: str) -> str:
    """Return the text of a template of ``fourport new``."""
    return (folder() / "templates" / f"{name}.toml").read_text(encoding="utf-8")


def find(name_or_path: str | Path) -> Path:
    """Return the file of a scenario, from a path that exists or the name of a shipped scenario.

    Raises
    ------
    UserError
        If there is neither.
    """
    path, text = Path(name_or_path), str(name_or_path)
    if not text.strip():
        raise UserError(f"{text!r} names no scenario; allowed: a file, or one of {', '.join(names())}")
    found = shipped(text)
    if path.exists() and not (path.is_dir() and found):
        return path
    if found is not None:
        return found
    near = suggestion(text, names())
    raise UserError(
        f"{text}:1: there is no such file, and no shipped scenario of this name{near}{allowed(names())}"
    )
