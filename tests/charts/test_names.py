"""Tests that no two things of a chart have the same name on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.charts import KINDS, StoredResults
from fourport.charts.drawing import settings
from fourport.charts.style import STYLES
from tests.charts.folder import Made, write_run
from tests.charts.look import boxes

ROUTES = {"sea-air": "Weihai sea-air, zone", "sea-air-park": "Weihai sea-air, park", "direct": "Direct, air"}
PLACES = {"port": "Weihai, the port", "far-port": "Weihai, far port", "air": "Far airport (FAR)"}


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("route-choice", ["Weihai sea-air, zone", "Weihai sea-air, park", "Direct"]),
        ("time-distance", ["Weihai, the port", "Weihai, far port", "Far airport"]),
        ("departures", ["Weihai, the port \u2192 Weihai, far port"]),
        ("cut-off", ["local time at Weihai, the port", "local time at Far airport"]),
        ("network-map", ["Weihai, the port", "Weihai, far port"]),
        ("utilisation", ["Weihai, the port: Inspection bays", "Far airport: acceptance"]),
    ],
)
def test_names_tell_apart(tmp_path: Path, kind: str, names: list[str]) -> None:
    """Tests that names are shortened, but not to what two titles have in common."""
    run = write_run(tmp_path / "run", Made({"west": list(ROUTES)}))
    manifest = run.manifest()
    titles = manifest["titles"]
    named = {**titles, "routes": ROUTES, "places": {**titles["places"], **PLACES}}
    run.write_manifest({**manifest, "titles": named})
    with settings(STYLES["screen"]):
        drawn = KINDS[kind].figure(StoredResults(run), "base", STYLES["screen"])
    found = [text.replace("\n", " ") for text, _ in boxes(drawn)]
    assert all(name in " ".join(found) for name in names)
    assert not {"Weihai", "Weihai sea-air"} & {*found}
