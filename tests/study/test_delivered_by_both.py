"""Means over what two policies both deliver, against the measures of these consignments in the model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fourport import compare
from fourport.measures import MEASURES, measures_of
from fourport.plan.tables import NEVER
from fourport.scenario.new import write_new
from fourport.store import Run
from fourport.store.tables import TOGETHER
from fourport.study.cohort import Cohorts
from fourport.study.comparison.compare import compare as compare_measured
from fourport.study.comparison.delivered_by_both import COMPARED, RESTRICTED, DeliveredByBoth
from fourport.study.comparison.measured import Measured, Question
from fourport.study.replication import Replication, replicate
from fourport.study.replication_measures import read_replications
from fourport.study.run import run_study
from tests.study.made import RANDOM, variants
from tests.tiny import corridor, values

SHUT: dict[str, Any] = RANDOM | {
    "services.ferry.closures": [{"begins": "2019-01-12T00:00:00", "ends": "2019-02-01T00:00:00"}]
}
"""The ferry does not leave after Friday of the window."""

FEWER = RANDOM | {"lanes.l.renewal": {"interval": "7 h"}}
"""Other consignments."""

PLACES = [(TOGETHER, TOGETHER), ("l", TOGETHER), ("l", "truck"), ("l", "van")]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Give a study of three replications."""
    made = Run.create(tmp_path_factory.mktemp("both") / "run")
    run_study(made, variants({"base": values(RANDOM), "shut": values(SHUT), "fewer": values(FEWER)}), 1, 3)
    return made


def ids(replication: Replication, place: tuple[str, str], also: Replication) -> np.ndarray[Any, Any]:
    """Give the consignments of a route that are delivered in two replications."""
    both = (replication.delivered_us != NEVER) & (also.delivered_us != NEVER)
    names = np.array(replication.corridor.plan.names.routes)[replication.world.route]
    return np.flatnonzero(replication.in_window & both & ((names == place[1]) | (place[1] == TOGETHER)))


@pytest.mark.parametrize("place", PLACES)
def test_means_are_of_the_same_consignments(run: Run, place: tuple[str, str]) -> None:
    """Tests every mean over delivered consignments, and that shares, counts and quantiles stay."""
    found = Measured(read_replications(run, 3))
    both = Measured(found.values, both=DeliveredByBoth(run, found.values, 1))
    assert found.unit("shut", (TOGETHER, TOGETHER))["undelivered"][1].min() > 0
    units = both.units("shut", "base", place)
    for k in range(3):
        one, other = (replicate(corridor(changes), 1, k) for changes in (SHUT, RANDOM))
        for unit, (mine, its), policy in zip(
            units, ((one, other), (other, one)), ("shut", "base"), strict=True
        ):
            expected = measures_of(Cohorts.of(mine, ids(mine, place, its)))
            assert unit[COMPARED][1][k] == len(ids(mine, place, its))
            plain = found.unit(policy, place)
            for name, (_, series, over) in unit.items():
                if name in RESTRICTED:
                    assert series[k] == pytest.approx(expected[name], rel=1e-9, nan_ok=True), name
                    assert over is not None
                    mean = MEASURES[name].of(Cohorts.of(mine, ids(mine, place, its)))
                    assert over[k] == pytest.approx(0.0 if mean is None else mean.over, rel=1e-9), name
                elif name != COMPARED:
                    assert series[k] == pytest.approx(plain[name][1][k], nan_ok=True), name


def test_all_of_the_means_are_restricted(run: Run) -> None:
    """Tests that no measure of the registry that is a mean over delivered consignments is forgotten."""
    measured = {key[2] for key in read_replications(run, 3)["base"]}
    means = {name for name in measured if name.startswith(("freight", "logistics", "customs_cost", "time_"))}
    assert means | {"door_to_door_time"} <= {*RESTRICTED}


def test_other_consignments_are_not_paired(run: Run) -> None:
    """Tests that nothing is restricted where the demand differs, and the number compared is unknown."""
    found = read_replications(run, 3)
    one, other = DeliveredByBoth(run, found, 1).units(
        "fewer",
        "shut",
        PLACES[0],
        (Measured(found).unit("fewer", PLACES[0]), Measured(found).unit("shut", PLACES[0])),
    )
    assert np.isnan(one[COMPARED][1]).all()
    assert (
        other["logistics_cost"][1].tolist() == found["shut"][*PLACES[0], "logistics_cost", "USD/kg"].tolist()
    )


def test_route_that_dies_does_not_look_cheap(run: Run) -> None:
    """Tests the kind of fault: what is not delivered made costs fall, in the colour of better."""
    found = {policy: series for policy, series in read_replications(run, 3).items() if policy != "fewer"}
    plain, _ = compare_measured(Measured(found), Question("base"))
    both, _ = compare_measured(Measured(found, both=DeliveredByBoth(run, found, 1)), Question("base"))
    assert all(row.lost > 10 for row in plain if row.together)
    cost = {row.measure: row for row in both if row.together}["freight_cost"]
    assert abs(cost.difference.mean) < 1e-9
    assert cost.verdict == "same"
    assert 0 < cost.consignments < np.mean(found["base"][*PLACES[0], "consignments", "consignments"])


def test_run_in_memory_is_simulated_again(tmp_path: Path) -> None:
    """Tests that rows which are not kept are simulated again, with the same result as stored ones."""
    file = tmp_path / "my.toml"
    write_new(file, None)
    shut = "services.ferry.closures = [{ begins = 2024-02-20T00:00:00, ends = 2024-06-01T00:00:00 }]"
    file.write_text(f"{file.read_text()}\n[policies.shut]\n{shut}\n", encoding="utf-8")
    asked: dict[str, Any] = {"policies": "shut", "replications": 2}
    inside, stored = (compare(str(file), **asked, folder=folder) for folder in (None, tmp_path / "run"))
    rows = [one for one in stored.found.rows if one.lost > 0 and one.measure == "logistics_cost"]
    assert rows
    assert all(row.consignments > 0 for row in rows)
    assert list(map(repr, inside.found.rows)) == list(map(repr, stored.found.rows))
    again = compare(str(tmp_path / "run"))
    assert list(map(repr, again.found.rows)) == list(map(repr, stored.found.rows))
