"""Folders that a command names itself."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fourport.cli import working
from fourport.cli.working import Destination
from fourport.errors import UserError
from fourport.store import Run


def test_default_folders_of_one_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that what begins in one second gets folders of its own, even if the first is empty."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(working, "now", lambda: datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
    folders = [Destination(None, "trial", "text", "compare", 1)().name for _ in range(3)]
    assert folders[0].startswith("compare-20260102T030405Z-")
    assert folders[1:] == [f"{folders[0]}-2", f"{folders[0]}-3"]
    assert Destination(None, "trial", "text", "compare", 2)().name not in folders
    Run.create(Path("results") / "trial" / folders[0])


def test_a_default_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a file in the way of the folders is told."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "results").write_text("mine")
    with pytest.raises(UserError, match=r"results.trial.*: cannot be written: "):
        Destination(None, "trial", "text", "")()
    (tmp_path / "results").unlink()
    (tmp_path / "results").symlink_to(tmp_path / "nowhere")
    with pytest.raises(UserError, match=r"results.trial.*: cannot be written: "):
        Destination(None, "trial", "text", "")()
