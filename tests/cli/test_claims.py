"""``fourport claims``, as a user types it, on the scenario that ``fourport new`` writes."""

from __future__ import annotations

from pathlib import Path

from fourport.store import Run
from tests.cli.short import SHORT, fourport, short_scenario

CLAIMS = """
format = 2

[sources.nobody]
title = "Nobody's paper"

[claims.faster]
statement = "Goods by air take less time than goods by sea"
source = "nobody"
kind = "ratio"
measure = "door_to_door_time"
numerator = { routes = ["by-air"] }
denominator = { routes = ["by-sea"] }
at_most = 1.0
"""


def test_verdicts_are_said_to_cover_chance_only(tmp_path: Path) -> None:
    """Tests the sentence below the verdicts, with the estimates that the manifest names."""
    path, out = tmp_path / "claims.toml", tmp_path / "out"
    path.write_text(CLAIMS, encoding="utf-8")
    result = fourport(
        "claims", str(short_scenario(tmp_path)), "--claims", str(path), *SHORT, "--out", str(out)
    )
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert text.index("faster") < text.index("These verdicts cover chance only")
    assert "They do not say that the inputs are right." in text
    told = Run(out).manifest()["estimates"]
    assert f"{told['cost']['share']:.0f} % of the cost comes from prices that are estimates" in text
    assert f"{told['time']['share']:.0f} % of the time is spent at places of which durations" in text
