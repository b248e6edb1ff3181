"""Reading files: what is not a scenario file at all, and the lines of keys."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from threading import Thread

import pytest
from tree_sitter import Node

from fourport.errors import UserError
from fourport.scenario import text as text_module
from fourport.scenario.claims import read_claims
from fourport.scenario.load import load
from fourport.scenario.text import LARGEST, positions
from fourport.scenario.upgrade import upgrade
from tests.scenario.bending import CORRIDOR, DATA, accepted, complaints

MALFORMED = {
    "duplicate-key.toml": ("duplicate-key.toml:5: run.window: given twice, first on line 4",),
    "duplicate-inline-key.toml": (
        "duplicate-inline-key.toml:3: trader_classes.gold.title: given twice, first on line 3",
    ),
    "duplicate-tariff.toml": ("duplicate-tariff.toml:7: tariffs.air: given twice, first on line 3",),
    "duplicate-table.toml": ("duplicate-table.toml:7: trader_classes: given twice, first on line 3",),
    "unclosed.toml": ("unclosed.toml:3: is not TOML: ",),
    "no-value.toml": ("no-value.toml:2: is not TOML: invalid value",),
    "bad-date.toml": ("bad-date.toml:4: is not TOML: ",),
    "empty.toml": ("empty.toml:1: is empty; allowed: a scenario",),
    "blank.toml": ("blank.toml:1: is empty; allowed: a scenario",),
    "binary.toml": ("binary.toml:1: is a binary file; allowed: TOML in UTF-8",),
    "latin-1.toml": ("latin-1.toml:3: is not UTF-8 text; allowed: TOML in UTF-8",),
    "long-number.toml": ("long-number.toml:1: holds a number that is too long",),
    "nested.toml": ("nested.toml:2: is nested too deeply; allowed: 40 levels",),
    "yaml.toml": ("yaml.toml:1: is not TOML: ",),
    "extends-nothing.toml": ("extends-nothing.toml:3: extends: there is no file ", "missing.toml"),
    "extends-number.toml": ("extends-number.toml:1: extends: 3 is not a file",),
    "extends-folder.toml": ("is a directory; allowed: a scenario file",),
    "circle-a.toml": (
        "circle-b.toml:2: extends: the files extend each other in a circle: ",
        "circle-a.toml -> ",
    ),
    "circle-self.toml": ("circle-self.toml:1: extends: the files extend each other in a circle: ",),
}


@pytest.mark.parametrize(("name", "words"), MALFORMED.items(), ids=MALFORMED.keys())
def test_malformed_file(name: str, words: tuple[str, ...]) -> None:
    """Tests that a file that cannot be read is refused in one line with its name, line and reason."""
    found = complaints(DATA / "bad" / name)
    assert len(found) == 1
    for word in words:
        assert word in found[0]


def test_directory(tmp_path: Path) -> None:
    """Tests that a directory is refused as one."""
    with pytest.raises(UserError, match=r":1: is a directory; allowed: a scenario .*$"):
        load(tmp_path)


def test_missing_file(tmp_path: Path) -> None:
    """Tests that a missing file is refused by name, with the shipped scenarios."""
    with pytest.raises(UserError, match=r"nowhere\.toml:1: there is no such file, and no shipped scenario"):
        load(tmp_path / "nowhere.toml")


def test_a_file_that_never_ends(tmp_path: Path) -> None:
    """Tests that a file is read up to the limit, whatever follows, and refused as too large past it."""
    path = tmp_path / "endless.toml"
    path.write_text(CORRIDOR)
    os.truncate(path, LARGEST + 1)
    (found,) = complaints(path)
    assert "endless.toml:1: is larger than 16 MiB; allowed: a scenario" in found
    os.truncate(path, LARGEST)
    assert "is a binary file" in complaints(path)[0]  # it has been read


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are of POSIX")
def test_a_pipe(tmp_path: Path) -> None:
    """Tests that what another program writes into a pipe is read as a file is."""
    path = tmp_path / "pipe.toml"
    os.mkfifo(path)
    writer = Thread(target=path.write_text, args=(CORRIDOR,))
    writer.start()
    assert accepted(path).scenario.name == "corridor"
    writer.join()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads everything")
def test_unreadable_file(tmp_path: Path) -> None:
    """Tests that a file without permission is refused as one."""
    path = tmp_path / "secret.toml"
    path.write_text(CORRIDOR)
    path.chmod(0)
    assert "cannot be read: Permission denied" in complaints(path)[0]


def test_byte_order_mark_and_line_ends(tmp_path: Path) -> None:
    """Tests that a file from an editor that writes a byte order mark and CRLF is read, lines included."""
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + CORRIDOR.replace("\n", "\r\n").encode())
    assert accepted(path).scenario.name == "corridor"
    path.write_bytes(
        path.read_bytes().replace(b'max_consolidation_time = "4 h"', b"max_consolidation_time = 4")
    )
    line = CORRIDOR[: CORRIDOR.index("max_consolidation_time")].count("\n") + 1
    assert complaints(path)[0].startswith(f"windows.toml:{line}: fleets.truck.max_consolidation_time: ")


EVERY_KIND = """a.b = 1
"x y" = 2
[run]
start = [
  1, # one

  { p = 1, "q.r" = [ 2 ] },
]
[[lines]]
n = 1
[[lines]]
n = 2
[lines.sub.deep]
z = 'z'
"""


def test_positions_of_every_kind_of_key() -> None:
    """Tests that keys of every kind, array elements and arrays of tables have their lines."""
    assert positions(EVERY_KIND).lines == {
        (): 1,
        ("a",): 1,
        ("a", "b"): 1,
        ("x y",): 2,
        ("run",): 3,
        ("run", "start"): 4,
        ("run", "start", 0): 5,
        ("run", "start", 1): 7,
        ("run", "start", 1, "p"): 7,
        ("run", "start", 1, "q.r"): 7,
        ("run", "start", 1, "q.r", 0): 7,
        ("lines",): 9,
        ("lines", 0): 9,
        ("lines", 0, "n"): 10,
        ("lines", 1): 11,
        ("lines", 1, "n"): 12,
        ("lines", 1, "sub"): 13,
        ("lines", 1, "sub", "deep"): 13,
        ("lines", 1, "sub", "deep", "z"): 14,
    }


@pytest.mark.parametrize("seed", range(5))
def test_positions_in_whatever_order(seed: int) -> None:
    """Tests that a key has the same line whichever keys were asked for before it."""
    text = f"{EVERY_KIND}[run.more]\na.b = 1\na.c = 2\n[run.more.a.d]\nz = 3\n# {seed}"
    lines = dict(positions(f"{text} all").lines)
    found = positions(text)
    for key in Random(seed).sample([*lines, ("run", "none"), ("a",), ("a", "none")], k=len(lines) + 3):
        assert found.line(key) == lines.get(key), key
    assert found.lines == lines


def test_a_line_costs_no_more_than_the_lines_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the names of a long table are read only as far as the last key that was asked for."""
    read: list[Node] = []
    names = text_module._names
    monkeypatch.setattr(text_module, "_names", lambda node: read.append(node) or names(node))  # type: ignore[func-returns-value]
    found = positions("".join(f"k{k} = {k}\n" for k in range(1_000)))
    assert [found.line((f"k{k}",)) for k in (7, 3, 9)] == [8, 4, 10]
    assert len(read) == 10


def test_text_is_that_of_the_file(tmp_path: Path) -> None:
    """Tests that what was loaded gives back the text that was read."""
    path = tmp_path / "mine.toml"
    path.write_text(CORRIDOR)
    assert accepted(path).text == f"# mine.toml\n{CORRIDOR}"


def nested(n: int) -> dict[str, str]:
    """Give texts that nest ``n`` levels, or whose keys have so many parts more."""
    deep, key, quoted = "[" * n, ".".join("a" * (n + 1)), " . ".join(['"a.b"'] * (n + 1))
    return {
        "arrays": f"x = {deep}{']' * n}",
        "lines": "x = " + "[\n" * n,
        "inline tables": f"x = {'{ a = ' * n}1{' }' * n}",
        "key": f"{key} = 1",
        "quoted key": f"{quoted} = 1",
        "header": f"[{key}]",
        "inner key": f"x = {{ {key} = 1 }}",
        "after an error": f"x = 'open\ny = {deep}",
        "after another error": f"a = 1\na = 2\ny = {deep}",
        "unclosed": f"x = '''{deep}",
        "after quotes": f'x = [""""a"""", "#", \'"""\', {deep}',
    }


@pytest.mark.parametrize("kind", nested(0))
@pytest.mark.parametrize("n", [1_000, 20_000])
def test_what_is_nested_too_deeply(tmp_path: Path, kind: str, n: int) -> None:
    """Tests that it is refused before it is parsed, with its line, whoever reads it."""
    path = tmp_path / "deep.toml"
    path.write_text(f"# {'[' * n}\nname = '{'[.' * n}'\n{nested(n)[kind]}\n", encoding="utf-8")
    line = 43 if kind == "lines" else 4 if kind == "after an error" else 5 if "another" in kind else 3
    for read in (load, read_claims, upgrade):
        with pytest.raises(UserError) as caught:
            read(path)
        assert caught.value.lines == (f"{path}:{line}: is nested too deeply; allowed: 40 levels",)


def test_strings_and_comments_nest_nothing(tmp_path: Path) -> None:
    """Tests brackets and dots in every kind of string, and in comments."""
    many = "[{." * 1_000
    texts = (f'"{many}\\""', f"'{many}'", f'"""\n"{many}\\"""\n""""', f"'''\n'{many}''''")
    description = "\n".join(f"[policies.p{k}]\ndescription = {text} # {many}" for k, text in enumerate(texts))
    path = tmp_path / "flat.toml"
    path.write_text(f"{CORRIDOR}\n{description}\n", encoding="utf-8")
    assert [*accepted(path).policies] == ["p0", "p1", "p2", "p3"]
