"""Lines that fit: where they break, and how wide they are."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from fourport.cli.columns import TextColumn, tables
from fourport.cli.lines import NARROWEST, PIPED, asked_width, fold, line_width, said


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three four", ["one two", "three four"]),
        ("sea-air-freight", ["sea-air-", "freight"]),
        ("results/2024/run", ["results/", "2024/run"]),
        ("abcdefghijklmnop", ["abcdefghij", "klmnop"]),
        ("威海港到仁川机场", ["威海港到仁", "川机场"]),
        ("经威海港，到仁川", ["经威海港，", "到仁川"]),  # noqa: RUF001
        ("海空联运便宜。", ["海空联运便", "宜。"]),
        ("经海运到达港口。", ["经海运到达", "港口。"]),
        ("인천 공항 경유", ["인천 공항", "경유"]),
        ("é" * 12, ["é" * 10, "é" * 2]),
        ("", []),
    ],
)
def test_where_lines_break(text: str, lines: list[str]) -> None:
    """Tests by hand, in ten columns: at spaces, between Chinese characters but not before their commas."""
    assert fold(text, 10) == lines


def test_indents() -> None:
    """Tests that they are part of the width."""
    assert fold("one two three four", 10, "- ", "    ") == ["- one two", "    three", "    four"]


@given(st.text(alphabet="ab,. -/港。\uff08\uff09가é\u0301", max_size=60), st.integers(2, 30))
def test_no_line_is_too_long_and_nothing_is_lost(text: str, width: int) -> None:
    """Tests texts of all scripts: the same characters but spaces, in lines of at most the width."""
    lines = fold(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= width for line in lines)


@pytest.mark.parametrize(
    ("columns", "width"), [("80", 80), ("200", 200), ("1", NARROWEST), ("0", None), ("x", None), ("", None)]
)
def test_the_width_that_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, columns: str, width: int | None
) -> None:
    """Tests ``COLUMNS``: at least forty columns, and those of a pipe where it says nothing."""
    monkeypatch.setenv("COLUMNS", columns)
    assert asked_width() == width
    assert line_width() == (width or PIPED)


def test_a_number_stays_with_its_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests a line that would end between them."""
    monkeypatch.setenv("COLUMNS", "40")
    assert said("a" * 30 + " it takes 24 h to arrive").splitlines() == [
        "a" * 30 + " it takes",
        "24 h to arrive",
    ]


def test_wide_characters_take_two_columns() -> None:
    """Tests by hand that cells stand below each other where names and headings are Chinese."""
    columns = [TextColumn("", "费用", "", ["1.0", "22.0"]), TextColumn("", "b", "", ["x", "y"], "left")]
    assert tables(["威海", "釜山港"], columns).splitlines() == [
        "        费用  b",
        "威海     1.0  x",
        "釜山港  22.0  y",
    ]


def test_a_heading_wider_than_its_columns() -> None:
    """Tests by hand: "h " and "kg " with the space between take 6, the heading 14: each gets 4 more."""
    columns = [TextColumn("of all routes", "", unit, [cell]) for unit, cell in (("h", "1"), ("kg", "3"))]
    lines = tables(["a"], columns, corner="on").splitlines()
    assert lines == ["    of all routes", "on", "        h      kg", "a       1       3"]


def test_no_names() -> None:
    """Tests a table whose rows have no names, where they would have to be broken."""
    assert tables([""], [TextColumn("", "words", "", ["x" * 30], "left")], 20).split() == ["words", "x" * 30]


def test_what_a_narrow_table_leaves_out() -> None:
    """Tests by hand that spare columns go first, then cells are broken, and names last."""
    words = ["a cell that has many words in it", "short"]
    columns = [
        TextColumn("", "words", "", words, "left", wraps=True),
        TextColumn("", "n", "", ["1", "2"], spare=1),
        TextColumn("", "value", "", ["10.0", "11.0"]),
    ]
    assert tables(["row", "other"], columns, 60).splitlines() == [
        "       words                             n  value",
        "row    a cell that has many words in it  1   10.0",
        "other  short                             2   11.0",
    ]
    assert tables(["row", "other"], columns, 36).splitlines() == [
        "       words                 value",
        "row    a cell that has many   10.0",
        "       words in it",
        "other  short                  11.0",
        "",
        "Not shown, as the terminal is too narrow: n.",
    ]


@pytest.mark.skipif(os.name != "posix", reason="terminals of other systems differ")
@pytest.mark.parametrize("width", [60, 100])
def test_a_terminal(tmp_path: Path, width: int) -> None:
    """Tests that a terminal gets lines of its width on stdout and stderr, a pipe an error as one line."""
    path = tmp_path / "trial.toml"
    path.write_text(f'format = 2\n"{"key " * 30}" = 1\n', encoding="utf-8")
    shown = {}
    for words in (["verify", "--list"], ["check", path.name]):
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        with os.fdopen(leader, "rb", 0) as read:
            command = [sys.executable, "-m", "fourport", *words]
            with subprocess.Popen(command, cwd=tmp_path, stdout=follower, stderr=follower, stdin=follower):
                os.close(follower)
                text = b""
                try:
                    while part := read.read(4096):
                        text += part
                except OSError:  # the other end is closed
                    pass
        shown[words[0]] = text.decode().splitlines()
        assert max(map(cell_len, shown[words[0]])) <= width
    assert len(shown["check"]) > 1
    assert all(line.startswith(("trial.toml:", "  ")) for line in shown["check"])
    piped = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert [line.split(":")[0] for line in piped.stderr.splitlines()] == ["trial.toml"] * len(
        piped.stderr.splitlines()
    )
