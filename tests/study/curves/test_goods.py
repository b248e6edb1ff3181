"""Tests of the goods of a lane by commodity: tonnes, money and where they lie on a route-choice map."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from fourport.api.results import Results
from fourport.study.curves.goods import goods_of
from tests.cli.short import SHORT, fourport, short_scenario


def test_goods_are_those_of_the_consignments(tmp_path: Path) -> None:
    """Tests tonnes, money and places on the map against the run's rows of consignments, in one week.

    The chargeable weight is that of IATA: the larger of kilograms and 1 kg for 6,000 cm3.
    """
    assert (
        fourport("run", str(short_scenario(tmp_path)), *SHORT, "--out", str(tmp_path / "run")).exit_code == 0
    )
    found = goods_of(Results.open(tmp_path / "run").sample(), ["east"])
    rows = [
        row
        for path in (tmp_path / "run" / "consignments").iterdir()
        for row in pq.read_table(path).to_pylist()
    ]
    assert {*found["east"]} == {row["commodity"] for row in rows} == {"machines"}
    kg, value = (sum(row[name] for row in rows) / 2 for name in ("weight_kg", "value"))
    medians = [
        np.median(
            [max(row["weight_kg"], row["volume_m3"] * 1e6 / 6000) for row in rows if row["replication"] == k]
        )
        for k in range(2)
    ]
    assert found["east"]["machines"] == pytest.approx(
        {"value_per_kg": value / kg, "weight_kg": np.mean(medians), "tonnes": kg / 1e3, "value": value},
        rel=1e-5,
    )
