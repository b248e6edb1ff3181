"""Tests that every chart and table shows the places, titles and distances of its own policy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import fourport
from fourport.charts import KINDS, StoredResults
from fourport.charts.atlas import atlas
from fourport.charts.drawing import settings
from fourport.charts.kinds import kinds_for
from fourport.charts.style import STYLES
from fourport.cli.table import summary_table
from fourport.store import Run
from tests.charts.look import texts
from tests.stored import rows_of

NMI = 1.852
TITLES = {
    "lanes.east": "East",
    "routes.by-truck": "By truck",
    "facilities.quay": "Quay",
    "facilities.quay.resources.gang": "Gang",
    "services.ferry": "Ferry",
    "tariffs.sea": "Sea",
}
"""Titles by key of the scenario; under the policy all of them begin with "New"."""
LANES = ("East", "By truck")
SHOWN = {
    "clearance-stages": ("East",),
    "cost-distance": (*LANES, "Quay"),
    "cost-stack": LANES,
    "cost-time": LANES,
    "cut-off": ("Ferry",),
    "departures": ("Quay", "Ferry"),
    "lead-time-ecdf": LANES,
    "network-map": ("Quay",),
    "time-by-cause": LANES,
    "time-distance": (*LANES, "Quay"),
    "utilisation": ("Quay", "Gang"),
}
"""Which of these titles each chart of a run shows."""
POLICY = """
[policies.south.facilities.quay]
latitude = "35.97 N"
longitude = "126.62 E"

[policies.south.services.ferry]
distance = "300 nmi"
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a corridor as it stands, and with its quay moved and all things renamed."""
    text = (Path(__file__).parents[1] / "data" / "corridor.toml").read_text(encoding="utf-8")
    text = text.replace("resources.gang = {", 'resources.gang = { title = "Gang",')
    text = text.replace("[services.ferry]", '[services.ferry]\ntitle = "Ferry"') + POLICY
    for key, title in TITLES.items():
        table = f"[policies.south.{key}]"
        new = f'{table}\ntitle = "New {title}"'
        text = text.replace(table, new) if table in text else f"{text}\n{new}\n"
    file = tmp_path_factory.mktemp("titles") / "corridor.toml"
    file.write_text(text, encoding="utf-8")
    return fourport.Study(file, ["base", "south"], replications=1).run(file.parent / "run").run


def test_no_chart_is_left_out(run: Run) -> None:
    """Tests that the list below names all charts of a run, so that a new one is tested, too."""
    assert sorted(kinds_for(run)) == sorted(SHOWN)


@pytest.mark.parametrize("kind", SHOWN)
def test_charts_show_the_titles_of_their_policy(run: Run, kind: str) -> None:
    """Tests that each chart has the new titles under the policy, and the old ones without it."""
    for policy, prefix in (("base", ""), ("south", "New ")):
        with settings(STYLES["screen"]):
            seen = texts(KINDS[kind].figure(StoredResults(run), policy, STYLES["screen"]))
        for title in SHOWN[kind]:
            assert f"{prefix}{title}" in seen
            assert ("New" in seen) == bool(prefix)


def test_maps_show_the_places_of_their_policy(run: Run) -> None:
    """Tests that the quay is at Incheon without the policy and at Gunsan under it."""
    at = {policy: atlas(StoredResults(run).under(policy), policy).places for policy in ("base", "south")}
    assert at["base"]["quay"][1] == 37.4
    assert at["south"]["quay"][1] == 35.97
    assert at["base"]["port"] == pytest.approx(at["south"]["port"])
    assert [row for row in rows_of(run, "places") if row["place"] == "quay"] == [
        {
            **{"scenario": "corridor", "policy": policy, "place": "quay", "title": title},
            **{"kind": "seaport", "unlocode": "", "latitude": north, "longitude": east},
        }
        for policy, title, north, east in (
            ("base", "Quay", 37.4, 126.6),
            ("south", "New Quay", 35.97, 126.62),
        )
    ]


@pytest.mark.parametrize("kind", ["time-distance", "cost-distance"])
def test_distances_are_those_of_the_policy(run: Run, kind: str) -> None:
    """Tests the x of the quay by hand: 220 nmi, under the policy 300."""
    for policy, nmi in (("base", 220), ("south", 300)):
        with settings(STYLES["screen"]):
            drawn = KINDS[kind].figure(StoredResults(run), policy, STYLES["screen"])
        lines = [line for line in drawn.axes[0].get_lines() if line.get_marker() not in ("None", "", "_")]
        assert lines
        for line in lines:
            assert round(nmi * NMI, 3) in np.asarray(line.get_xdata())


def test_the_printed_table_has_the_titles_of_each_policy(run: Run) -> None:
    """Tests the headings of the lanes."""
    heads = [line for line in summary_table(run).splitlines() if "East" in line]
    assert heads[0].startswith("East  (policy base)")
    assert heads[1].startswith("New East  (policy south)")


def test_curves_of_the_second_policy(run: Run) -> None:
    """Tests that what is priced of the second policy alone has its titles."""
    priced = fourport.curves(fourport.Results(run), over="value-density", policy="south", points=3).run
    with settings(STYLES["screen"]):
        seen = texts(KINDS["cost-curve"].figure(StoredResults(priced), "south", STYLES["screen"]))
    assert "New By truck" in seen
    assert StoredResults(priced).title("lanes", "east") == "New East"
    assert StoredResults(priced).title("places", "quay") == "New Quay"
