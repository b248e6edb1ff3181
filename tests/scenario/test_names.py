"""Names of policies, which name files and rows, and of entries, which are in lists and tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.errors import printable
from fourport.scenario.names import LONGEST
from fourport.scenario.tree import written as written_key
from tests.scenario.bending import CORRIDOR, accepted, complaints


def _refusal(folder: Path, name: str) -> str:
    """Give what is told of a corridor with a policy of this name, from the key on."""
    file = folder / "my.toml"
    file.write_text(f'{CORRIDOR}\n[policies."{name}"]\n', encoding="utf-8")
    (line,) = complaints(file)
    where = f"my.toml:{CORRIDOR.count(chr(10)) + 2}: "
    assert line.startswith(where)
    return line.removeprefix(where)


@pytest.mark.parametrize(
    "name", ["24/7", "../../elsewhere", "a,b", "", " ", "Night", "-night", "n" * (LONGEST + 1)]
)
def test_a_name_that_is_none_of_a_file(tmp_path: Path, name: str) -> None:
    """Tests that names are refused that lead out of the folder, or that no option could give."""
    told = _refusal(tmp_path, name)
    assert told.startswith("policies.")
    assert f"{name!r} cannot be the name of a policy" in told
    assert "allowed: small letters, digits and hyphens, at most 60" in told


def test_a_name_that_means_all(tmp_path: Path) -> None:
    """Tests that neither a policy nor the baseline is called as all of them together."""
    told = "'all' asks for all policies; allowed: another name"
    assert _refusal(tmp_path, "all") == f"policies.all: {told}"
    file = tmp_path / "over.toml"
    file.write_text('extends = "my.toml"\nbase = "all"\n', encoding="utf-8")
    (tmp_path / "my.toml").write_text(CORRIDOR, encoding="utf-8")
    assert complaints(file) == [f"over.toml:2: base: {told}"]


def test_a_name_of_the_baseline(tmp_path: Path) -> None:
    """Tests that no policy has either name of the baseline, by which its runs would be told."""
    what = "is the name of the scenario as it stands; allowed: another name"
    assert _refusal(tmp_path, "base") == f"policies.base: 'base' {what}"
    file = tmp_path / "over.toml"
    file.write_text('extends = "my.toml"\nbase = "plain"\n[policies.plain]\n', encoding="utf-8")
    (tmp_path / "my.toml").write_text(CORRIDOR, encoding="utf-8")
    assert complaints(file) == [f"over.toml:3: policies.plain: 'plain' {what}, or another one in 'base'"]


def test_the_names_that_there_are(tmp_path: Path) -> None:
    """Tests that ordinary names are taken."""
    file = tmp_path / "my.toml"
    file.write_text(f"{CORRIDOR}\n[policies.24-7]\n[policies.{'n' * LONGEST}]\n", encoding="utf-8")
    assert {"24-7", "n" * LONGEST} <= set(accepted(file).policies)


@pytest.mark.parametrize(
    "name", ["", "*", "a*", "a/b", "a,b", 'a"b', " a", "a ", "-a", "a\u0007", "a + b", "a +"]
)
@pytest.mark.parametrize("table", ["lanes", "levers", "services", "facilities.port.resources"])
def test_a_name_that_is_none_of_an_entry(table: str, name: str, tmp_path: Path) -> None:
    """Tests that names are refused that mean all, join two names, part them or are not seen."""
    file = tmp_path / "my.toml"
    written = name.replace('"', '\\"').replace("\u0007", "\\u0007")
    file.write_text(f'{CORRIDOR}\n[{table}."{written}"]\n', encoding="utf-8")
    line = CORRIDOR.count("\n") + 2
    key = written_key((*table.split("."), name))
    told = (
        f"my.toml:{line}: {key}: {name!r} cannot be a name; allowed: any text with "
        'no / , * " or control character, no blank first or last, no hyphen first, no + beside a blank'
    )
    assert printable(told) in complaints(file)


def test_a_name_in_a_policy(tmp_path: Path) -> None:
    """Tests that the entries that a policy adds are looked at too, and told once."""
    file = tmp_path / "my.toml"
    file.write_text(f'{CORRIDOR}\n[policies.late.tariffs."a/b"]\n', encoding="utf-8")
    (line,) = complaints(file)
    assert "policies.late.tariffs.\"a/b\": 'a/b' cannot be a name" in line


@pytest.mark.parametrize(
    "name",
    ["부두 2.A (north)", "दिल्ली", "Inspector's", "a:b", "_x", "2+1", "a-b & c", "½ [day]", "$5$", "a\u3000b"],
)
def test_names_in_any_script(name: str, tmp_path: Path) -> None:
    """Tests that names of other languages, of several words and with other signs are taken."""
    file = tmp_path / "my.toml"
    text = CORRIDOR.replace("quay", f'"{name}"')
    file.write_text(text.replace('""', '"'), encoding="utf-8")
    assert name in accepted(file).scenario.facilities


@pytest.mark.parametrize("bad", ["a\\nb", "a\\u001bb", "a\\u2028b"])
def test_titles_are_one_line(bad: str, tmp_path: Path) -> None:
    """Tests that what would break a table or show as a box is refused, and wide blanks are taken."""
    file = tmp_path / "my.toml"
    title = 'title = "Sea"'
    assert CORRIDOR.count(title) == 1
    file.write_text(CORRIDOR.replace(title, f'title = "{bad}"'), encoding="utf-8")
    (line,) = complaints(file)
    assert "tariffs.sea.title: " in line
    assert "is not one line of text" in line
    file.write_text(CORRIDOR.replace(title, 'title = "海\u3000运"'), encoding="utf-8")
    accepted(file)
