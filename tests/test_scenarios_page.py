"""Tests that the page on the shipped scenarios says what the reference run of weihai-2019 gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fourport.store import Run
from tests import headline
from tests.stored import rows_of

ROOT = Path(__file__).resolve().parent.parent
PAGE = " ".join((ROOT / "scenarios" / "README.md").read_text(encoding="utf-8").split())
REFERENCE = Run(ROOT / "results" / "reference")


@pytest.mark.parametrize(
    ("where", "places"),
    [
        ("in Weihai's bonded zone, park and port", "weihai-bonded-zone weihai-logistics-park weihai-port"),
        ("at the destinations", "los-angeles-airport frankfurt-airport"),
        ("at Incheon", "incheon-port incheon-airport"),
        (
            "at the five Chinese airports",
            "weihai-airport guangzhou-airport shenzhen-airport shanghai-airport qingdao-airport",
        ),
    ],
)
def test_how_busy_resources_are(where: str, places: str) -> None:
    """Tests the least and the most busy resources of places, busy over open hours of the whole week."""
    hours: dict[tuple[str, str], list[float]] = {}
    for row in rows_of(REFERENCE, "resources"):
        if row["place"] in places.split():
            total = hours.setdefault((row["place"], row["resource"]), [0.0, 0.0])
            total[0] += float(row["busy_h"])
            total[1] += float(row["open_h"])
    shares = [100 * busy / open_ for busy, open_ in hours.values()]
    assert f"{min(shares):.0f} to {max(shares):.0f} % {where}" in PAGE


def test_hours_from_the_ferry_to_the_airport() -> None:
    """Tests the mean time from the ferry's arrival to the airport, routes weighted by their consignments."""
    hours = {
        (row["lane"], row["route"], row["place"]): float(row["mean"])
        for row in rows_of(REFERENCE, "stops")
        if (row["event"], row["measure"]) == ("arrive", "mean")
    }
    counts = {
        (row["lane"], row["route"]): float(row["mean"])
        for row in rows_of(REFERENCE, "summary")
        if row["measure"] == "consignments"
    }
    by_ferry = [(lane, route) for lane, route, place in hours if place == "incheon-port"]
    took = [hours[*key, "incheon-airport"] - hours[*key, "incheon-port"] for key in by_ferry]
    mean = np.average(took, weights=[counts[key] for key in by_ferry])
    assert f"{mean:.1f} h from the ferry's arrival to the truck's" in PAGE


def test_the_headline_of_the_readme() -> None:
    """Tests the curve over the rate of Incheon, which at the scenario's own rate is what the run gives."""
    found = headline.headlines(REFERENCE.folder)
    assert headline.table(found) in (ROOT / "README.md").read_text(encoding="utf-8")
    for one, to in zip(found, ("us", "europe"), strict=True):
        rows = [row for row in rows_of(REFERENCE, "summary") if not row["lane"].endswith("urgent")]
        value = {(row["route"], row["measure"]): float(row["mean"]) for row in rows if row["mean"]}
        freight = [
            np.average(
                [value[f"{route}-{to}", "freight_cost"] for route in routes],
                weights=[value[f"{route}-{to}", "weight"] for route in routes],
            )
            for routes in (headline.SEA_AIR, headline.DIRECT)
        ]
        assert one.at(one.ratio) == pytest.approx(freight[0] / freight[1], rel=1e-4)
