"""Damage the content of a file, as disks, editors, careless hands and attackers do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random

NUMBERS = (
    *(
        b"0",
        b"-1",
        b"1e308",
        b"-1e-308",
        b"nan",
        b"-inf",
        b"1e999",
        b"99999999999999999999",
        b"0x10",
        b"1_000",
    ),
    *(b"0.1", b"3", b"1000000", b"1,5", b"07"),
)
WORDS = (
    *(b'""', b'"x"', b"true", b"[]", b"{}", b"[[]]", b'"\\u0000"', b'"\\u202e"', b'"\xff"', b'"=1+1"'),
    *(b'"1 h"', b'"-1 h"', b'"1e999 kg"', b'"50 %"', b'"Mon"', b"2019-02-28", b"9999-12-31", b"19:00:00"),
    *(b'"0 USD"', b'"999 weeks"', b'{ distribution = "uniform" }', b'{ value = "1 h", range = ["2 h"] }'),
)
BYTES = (
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\r",
    b"\n",
    b'"',
    b"'",
    b"[",
    b"]",
    b"{",
    b"=",
    b".",
    b",",
    b";",
    b"\t",
    b"\x1b[2J",
)

_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_VALUE = re.compile(rb'"[^"\n]*"|\[[^\n\[\]]*\]|\b(?:true|false)\b|\d[\d.:-]*')
_NAME = re.compile(rb"[A-Za-z_][A-Za-z0-9_-]{2,}")


def _bit(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << random.randrange(8)]) + data[at + 1 :]


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data))]


def _gap(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + data[at + random.choice((1, 2, 10, 100)) :]


def _insertion(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data) + 1)
    return data[:at] + random.choice(BYTES) * random.choice((1, 1, 1, 3, 5000)) + data[at:]


def _replaced(pattern: re.Pattern[bytes], by: tuple[bytes, ...]) -> Callable[[bytes, Random], bytes]:
    """Return what replaces one match of a pattern by one of some words, or by another match."""

    def change(data: bytes, random: Random) -> bytes:
        found = [*pattern.finditer(data)]
        if not found:
            return _insertion(data, random)
        one, other = random.choice(found), random.choice(found)
        new = random.choice(by) if by and random.random() < 0.6 else other[0]
        return data[: one.start()] + new + data[one.end() :]

    return change


def _lines(data: bytes, random: Random) -> bytes:
    """Return the lines with one left out, twice, elsewhere, or a thousand times."""
    lines = data.splitlines(keepends=True)
    at, to = random.randrange(len(lines)), random.randrange(len(lines))
    what = random.randrange(4)
    if what == 0:
        del lines[at]
    elif what == 1:
        lines.insert(to, lines[at])
    elif what == 2:
        lines.insert(to, lines.pop(at))
    else:
        lines[at:at] = [lines[at]] * random.choice((10, 1000))
    return b"".join(lines)


TEXT = (
    *(_bit, _cut, _gap, _insertion, _lines, _lines),
    *(_replaced(_NUMBER, NUMBERS), _replaced(_VALUE, WORDS), _replaced(_VALUE, WORDS), _replaced(_NAME, ())),
)
"""Ways to damage a text, the more telling ones twice."""

BINARY = (_bit, _bit, _cut, _gap, _insertion)
"""Ways to damage any other file."""


def mutant(files: Mapping[str, bytes], random: Random) -> dict[str, bytes]:
    """Return the files with one damaged in one to three places; now and then it is lost or empty."""
    found = dict(files)
    name = random.choice([*files])
    if (fate := random.random()) < 0.01:
        del found[name]
    elif fate < 0.02:
        found[name] = b""
    else:
        ways = BINARY if name.endswith(".parquet") else TEXT
        for _ in range(random.choice((1, 1, 2, 3))):
            found[name] = random.choice(ways)(found[name] or b"\n", random)
    return found
