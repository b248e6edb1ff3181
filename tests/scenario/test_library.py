"""Scenarios by name."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from fourport.errors import UserError
from fourport.scenario import library

ROOT = Path(__file__).parent.parent.parent


def test_names_of_the_checkout() -> None:
    """Tests that the shipped scenarios are those at the top of the folder, without the files of claims."""
    corridor = ["weihai-2019", "weihai-2020", "weihai-air", "weihai-customs"]
    assert library.names() == ["eurasia-bridge", "korea-ecommerce", *corridor]


def test_files_of_claims_are_no_scenarios(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that files of claims beside the scenarios are not offered as such."""
    (tmp_path / "_scenarios").mkdir()
    for name in ("claims", "mine-claims", "mine"):
        (tmp_path / "_scenarios" / f"{name}.toml").write_text("x = 1")
    monkeypatch.setattr(library, "PACKAGE", tmp_path)
    assert library.names() == ["mine"]


def test_installed_folder_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that an installed package finds the scenarios within itself, where the wheel puts them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {"scenarios": "fourport/_scenarios"}
    (tmp_path / "_scenarios").mkdir()
    (tmp_path / "_scenarios" / "mine.toml").write_text("x = 1")
    monkeypatch.setattr(library, "PACKAGE", tmp_path)
    assert library.names() == ["mine"]
    assert library.find("mine") == tmp_path / "_scenarios" / "mine.toml"


def test_a_path_wins_over_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a file of the name is taken, while a folder of the name is not."""
    monkeypatch.chdir(tmp_path)
    Path("weihai-2019").mkdir()
    assert library.find("weihai-2019").suffix == ".toml"
    Path("weihai-2020").write_text("x = 1")
    assert library.find("weihai-2020") == Path("weihai-2020")


def test_unknown_name() -> None:
    """Tests that an unknown name is refused with the nearest and all others."""
    with pytest.raises(UserError, match=r"did you mean 'weihai-2019'\?; allowed: .*weihai-2019, weihai-2020"):
        library.find("weihai2019")


@pytest.mark.parametrize("name", ["", " "])
def test_no_name(name: str) -> None:
    """Tests that an empty name is told as that, not as the folder that it stands for."""
    with pytest.raises(
        UserError, match=f"{name!r} names no scenario; allowed: a file, or one of .*weihai-2019"
    ):
        library.find(name)
