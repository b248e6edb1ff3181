"""Where exports enter the supervised area of an office's facility."""

from __future__ import annotations

import pytest

from fourport.plan.corridor import StepInfo
from fourport.plan.rows import RouteRows, Row
from fourport.plan.tables import Kind


def _row(key: str, part: str = "handling", ends: str | None = None) -> Row:
    place = key.partition("/")[0]
    return Row(StepInfo(key, 0, part, place, place, ends=ends), Kind.RESOURCE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("after", "entry"),
    [
        ([], "truck"),
        (["unloading"], "truck"),
        (["unloading", "gate"], "gate"),
        (["gate", "terminal"], "gate"),
        (["unloading", "gate", "unloading"], "gate"),
    ],
)
def test_entry(after: list[str], entry: str) -> None:
    """Tests that it is the first acceptance since the last transport, and without one the transport."""
    made = {
        "unloading": lambda: _row("port/unloading", ends="DISC"),
        "gate": lambda: _row("port/gate", ends="GTIN"),
        "terminal": lambda: _row("port/terminal", ends="RCS"),
    }
    rows = RouteRows()
    rows.main = [_row("port/gate-before", ends="GTIN"), _row("truck", "transport", "GTIN")]
    rows.arrival = rows.main[-1]
    rows.main += [made[name]() for name in after]
    found = rows.entry("port")
    assert found is not None
    assert found.info.key.removeprefix("port/") == entry
    assert rows.entry("elsewhere") is rows.arrival


def test_entry_without_a_transport() -> None:
    """Tests that goods that begin at the facility enter it at its gate, or are there."""
    rows = RouteRows(main=[_row("port/gate", ends="GTIN")])
    assert rows.entry("port") is rows.main[0]
    assert RouteRows(main=[_row("port/unloading", ends="DISC")]).entry("port") is None
