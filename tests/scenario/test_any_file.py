"""Any input gives a scenario, or an error that names the file; never a traceback."""

from __future__ import annotations

import copy
import re
import tomllib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fourport.errors import UserError
from fourport.scenario.load import load
from tests.scenario.bending import CORRIDOR

VALUES = tomllib.loads(CORRIDOR)
LINE = re.compile(r"^.*\.toml:\d+: .+")
JUNK = [
    0, 1, -1, 10**30, 1.5, float("nan"), float("inf"), True,
    "", "x", "port", "1 h", "-1 h", "1e999 kg", "50 %", "3 USD/kg", "19:00", "Mon",
    [], [1], ["x"], [[]], [{}], {}, {"x": 1}, {"at": "port"}, {"by": "ferry"},
    {"value": 1}, {"value": "1 h", "range": 3}, {"value": {"value": 1}}, {"range": []},
    {"grade": 1}, {"grade": "seed"}, {"source": []},
    {"distribution": "x"}, {"distribution": "uniform", "low": 1},
    date(1, 1, 1), date(9999, 12, 31), datetime(2019, 1, 1, 12), time(19, 0),
]  # fmt: skip


def toml(value: Any) -> str:
    """Write a value as TOML, tables inline."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        inner = ", ".join(f"{quoted(name)} = {toml(one)}" for name, one in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(toml(one) for one in value)}]"
    if isinstance(value, str):
        return quoted(value)
    return value.isoformat() if isinstance(value, date | time) else repr(value)


def quoted(text: str) -> str:
    """Write a text as TOML."""
    escaped = "".join(c if c.isprintable() and c not in '"\\' else f"\\U{ord(c):08x}" for c in text)
    return f'"{escaped}"'


def places(value: Any, key: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Give the keys of all values within a value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for name, one in inner for found in ((*key, name), *places(one, (*key, name)))]


KEYS = places(VALUES)


def put(values: Any, key: tuple[str | int, ...], new: Any, name: str | None) -> None:
    """Replace the value at a key, or give it another name; do nothing if an earlier change took it away."""
    for element in key[:-1]:
        try:
            values = values[element]
        except (KeyError, IndexError, TypeError):
            return
    if isinstance(values, dict) and key[-1] in values:
        if name is None:
            values[key[-1]] = new
        else:
            values[name] = values.pop(key[-1])
    elif isinstance(values, list) and isinstance(key[-1], int) and key[-1] < len(values):
        values[key[-1]] = new


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(
            st.sampled_from(KEYS),
            st.sampled_from(JUNK),
            st.one_of(
                st.none(),
                st.sampled_from(["grade", "source", "note", "value", "range", "kind", "by", "x y", "ü"]),
            ),
        ),
        min_size=1,
        max_size=4,
    ),
    policy=st.booleans(),
)
def test_bent_anyhow(
    tmp_path: Path, changes: list[tuple[tuple[str | int, ...], Any, str | None]], policy: bool
) -> None:
    """Tests that any change of the corridor, as a policy too, gives a scenario or lines with a place."""
    values = copy.deepcopy(VALUES)
    for key, new, name in changes:
        put(values, key, copy.deepcopy(new), name)
    if policy:
        kept = {name: one for name, one in values.items() if name not in ("format", "name")}
        values = {**copy.deepcopy(VALUES), "policies": {"p": kept}}
    path = tmp_path / "any.toml"
    path.write_text(
        "\n".join(f"{quoted(name)} = {toml(one)}" for name, one in values.items()), encoding="utf-8"
    )
    try:
        load(path, "p" if policy else None)
    except UserError as error:
        lines = error.lines
    else:
        return
    assert lines
    assert [line for line in lines if not LINE.match(line)] == []


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    cut=st.integers(0, len(CORRIDOR)),
    new=st.one_of(st.binary(max_size=6), st.sampled_from([b'"', b"]", b"[[x", b"="])),
)
def test_broken_anywhere(tmp_path: Path, cut: int, new: bytes) -> None:
    """Tests that bytes put anywhere into the file give a scenario or lines with file and line."""
    path = tmp_path / "any.toml"
    data = CORRIDOR.encode()
    path.write_bytes(data[:cut] + new + data[cut:])
    try:
        load(path)
    except UserError as error:
        lines = error.lines
    else:
        return
    assert lines
    assert [line for line in lines if not LINE.match(line)] == []
