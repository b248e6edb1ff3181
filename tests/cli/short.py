"""Commands as a user types them, and a scenario that is quick to run."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from fourport.cli import main

SHORT = ("--replications", "2", "--jobs", "1")


def fourport(*words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, list(words), prog_name="fourport")


def short_scenario(folder: Path) -> Path:
    """Give the file that ``fourport new`` writes, with a window of one week to be quick."""
    path = folder / "trial.toml"
    written = fourport("new", str(path))
    assert written.exit_code == 0
    text = path.read_text(encoding="utf-8")
    for old, new in (("8 weeks", "1 week"), ('warm_up = "2 weeks"', 'warm_up = "1 week"')):
        assert text.count(old) == 1
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return path
