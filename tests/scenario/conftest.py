"""Fixtures of the scenario tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.bending import Bend, bent


@pytest.fixture
def bend(tmp_path: Path) -> Bend:
    """Give what writes a bent corridor to a file."""

    def write(*pairs: str, name: str = "corridor.toml") -> Path:
        path = tmp_path / name
        path.write_text(bent(*pairs), encoding="utf-8")
        return path

    return write
