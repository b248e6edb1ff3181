"""Warnings about offices that depend on offices later on the route."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.levers.checked import edited, line_of, told
from tests.levers.made import FILE

OFFICES: dict[str, tuple[str, str, str, str]] = {
    # What is replaced and by what, of an office; key and message.
    "data of a later office": (
        'preparation = "90 min"\n',
        'information = { of = "city/import" }\n',
        "port.activities.export.information.of",
        "no route comes through 'city/import' before 'port/export'",
    ),
    "recognition of a later office": (
        'preparation = "90 min"\n',
        'recognition = { of = "city/import", mode = "rely-on-control" }\n',
        "port.activities.export.recognition.of",
        "no route comes through 'city/import' before 'port/export'",
    ),
    "a release together with a later office": (
        'preparation = "90 min"\n',
        'joint_with = ["inland/export", "hub/transit"]\n',
        "port.activities.export.joint_with[1]",
        "no route comes through 'hub/transit' before 'port/export'",
    ),
    "an activity that nothing bypasses": (
        'preparation = "120 min"\n',
        'direct = { skips = ["city/yard"] }\n',
        "city.activities.import.direct.skips[0]",
        "no route comes to 'city/yard' after a declaration to 'city/import' can begin",
    ),
}


@pytest.mark.parametrize("case", OFFICES)
def test_an_office_against_the_order_of_the_journey(case: str, tmp_path: Path) -> None:
    """Tests that what is written at an office, with no lever, is told once, at its line."""
    old, new, key, message = OFFICES[case]
    text = edited(FILE.read_text(encoding="utf-8"), (old, old + new))
    warnings = [one for one in told(text, tmp_path) if "policy" not in one]
    line = line_of(text, new)
    (warning,) = warnings
    assert warning.startswith(f"warning: levers.toml:{line}: facilities.{key}: {message}"), warning
