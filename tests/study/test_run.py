"""Studies: the same bytes from one process and two, rows that add up, nothing of what is wrong."""

from __future__ import annotations

import gc
import math
import weakref
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fourport.errors import Refused, UserError
from fourport.measures import is_quantile
from fourport.plan.corridor import Corridor
from fourport.store import Run
from fourport.store.folder import write_parquet
from fourport.study import run as study
from fourport.study.averages import Averaged
from fourport.study.checks.identities import violations
from fourport.study.consignment_rows import STANDARDS, consignments_of, milestones_of
from fourport.study.packed import Packed
from fourport.study.processes import workers
from fourport.study.replication import Replication, replicate
from fourport.study.run import BrokenIdentity, run_study
from fourport.study.run_tables import limited, write_tables
from fourport.study.statistics import Estimate, Estimates
from fourport.study.tabulate import tabulate
from fourport.trace.intervals import CAUSES
from tests.stored import rows_of
from tests.study.made import RANDOM, variants
from tests.tiny import Parcel, corridor, follow, values

TABLES = tuple(
    f"{name}.csv"
    for name in (
        "summary",
        "together",
        "costs",
        "stops",
        "lead-times",
        "departures",
        "arrivals",
        "resources",
        "legs",
    )
)
Rows = list[dict[str, Any]]


def run_into(folder: Path, jobs: int, seed: int = 1) -> Run:
    """Run two replications of two policies."""
    run = Run.create(folder)
    done: list[tuple[int, int]] = []
    with workers(jobs) as executor:
        averages = run_study(
            run,
            variants(),
            seed,
            2,
            executor=executor,
            also=["milestones"],
            progress=lambda *number: done.append(number),
        )
    assert done == [(k, 4) for k in range(5)]
    write_tables(run, "tiny", averages)
    return run


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Give a study run in one process."""
    return run_into(tmp_path_factory.mktemp("study") / "one", 1)


def rows(path: Path) -> Rows:
    """Read a Parquet file."""
    found: Rows = pq.read_table(path).to_pylist()
    return found


def test_one_process_and_two_write_the_same_bytes(stored: Run, tmp_path: Path) -> None:
    """Tests the tables to the byte, and the rows of every Parquet file."""
    two = run_into(tmp_path / "two", 2)
    for name in TABLES:
        assert (stored.folder / name).read_bytes() == (two.folder / name).read_bytes()
    names = [f"{policy}-{k:04d}.parquet" for policy in ("base", "bays") for k in (0, 1)]
    for folder in (stored.folder, two.folder):
        assert sorted(file.name for file in (folder / "consignments").iterdir()) == names
    for name in ("milestones.parquet", *(f"consignments/{name}" for name in names)):
        assert pq.read_table(stored.folder / name).equals(pq.read_table(two.folder / name))


def test_another_seed_is_another_study(stored: Run, tmp_path: Path) -> None:
    """Tests that the seed counts."""
    other = run_into(tmp_path / "other", 1, seed=2)
    assert (stored.folder / "summary.csv").read_bytes() != (other.folder / "summary.csv").read_bytes()


def test_a_replication_is_freed_at_once() -> None:
    """Tests that nothing of a replication waits for a search for garbage, which a command rarely makes."""
    replication = follow(corridor(), [Parcel(5, "van"), Parcel(6, "van")])
    assert replication.in_window.all()
    assert violations(replication) == []
    Packed.of(tabulate(replication))
    seen = weakref.ref(replication)
    gc.disable()
    try:
        del replication
        assert seen() is None
    finally:
        gc.enable()


def test_the_summary_is_that_of_both_replications(stored: Run) -> None:
    """Tests every mean, share and count of the summary against the two replications, run apart.

    Means and shares are of all kilograms or consignments of both, counts are means over replications.
    """
    made = corridor(RANDOM)
    alone = [tabulate(replicate(made, 1, k)) for k in (0, 1)]
    read = [row for row in rows_of(stored, "summary") if row["policy"] == "base"]
    assert {(row["lane"], row["route"], row["measure"], row["unit"]) for row in read} == {
        *alone[0].summary,
        *alone[1].summary,
    }
    for row in read:
        if is_quantile(row["measure"]):
            continue
        key = row["lane"], row["route"], row["measure"], row["unit"]
        values = np.array([one.summary.get(key, math.nan) for one in alone])
        over = np.array([one.summary.over.get(key, 1.0) for one in alone])
        known = ~np.isnan(values) & (over > 0)
        assert row["n"] == known.sum()
        assert row["mean"] == pytest.approx(np.average(values[known], weights=over[known]), rel=1e-6)
        assert math.isnan(row["low"]) or row["low"] <= row["mean"] <= row["high"]


def test_means_are_those_of_all_rows(stored: Run) -> None:
    """Tests costs per kg, their lines, times by cause and a share against the rows of all consignments."""
    heap = [one for k in (0, 1) for one in rows(stored.consignments_file("base", k))]
    summary = {
        (row["route"], row["measure"]): row["mean"]
        for name in ("summary", "together")
        for row in rows_of(stored, name)
        if row["policy"] == "base"
    }
    lines: dict[str, float] = {}
    for row in rows_of(stored, "costs"):
        if row["policy"] == "base":
            lines[row["route"]] = lines.get(row["route"], 0.0) + row["mean"]
    for route in ("van", "truck", "*"):
        done = [row for row in heap if route in ("*", row["route"]) and row["delivered"] is not None]
        kg = sum(row["weight_kg"] for row in done)
        for measure in ("freight_cost", "logistics_cost"):
            assert summary[route, measure] == pytest.approx(sum(row[measure] for row in done) / kg, rel=1e-6)
        for measure, column in (("door_to_door_time", "door_to_door_h"), ("time_service", "time_service_h")):
            assert summary[route, measure] == pytest.approx(np.mean([row[column] for row in done]), rel=1e-6)
        if route != "*":
            assert lines[route] == pytest.approx(summary[route, "logistics_cost"], rel=1e-6)


def test_quantiles_are_those_of_all_consignments(stored: Run) -> None:
    """Tests each P50, P90 and P95 against the consignments of both replications in one heap."""
    files = [rows(stored.consignments_file("base", k)) for k in (0, 1)]
    found = {}
    for row in rows_of(stored, "summary") + rows_of(stored, "together"):
        name, _, q = row["measure"].partition("_p")
        if (row["policy"], name) == ("base", "door_to_door_time"):
            mine = [one for one in chain(*files) if one["route"] == row["route"] or row["route"] == "*"]
            hours = [one["door_to_door_h"] for one in mine]
            found[row["route"], q] = row["mean"]
            if q:
                expected = np.quantile([np.inf if h is None else h for h in hours], int(q) / 100)
                assert row["mean"] == pytest.approx(expected, rel=1 / 4096)
    assert len(found) > 4


def test_policies_meet_the_same_consignments(stored: Run) -> None:
    """Tests that the consignments stored for two policies differ in nothing they brought."""
    brought = ("consignment", "route", "trader_class", "entered", "weight_kg", "value")
    one, other = (
        [tuple(row[name] for name in brought) for row in rows(stored.consignments_file(policy, 0))]
        for policy in ("base", "bays")
    )
    assert one == other
    assert len(one) > 20


def test_consignment_rows_add_up(stored: Run) -> None:
    """Tests that times by cause sum to the time, lines to the cost, and the rows to the replication."""
    found = rows(stored.consignments_file("base", 1))
    for row in found:
        assert (row["policy"], row["replication"]) == ("base", 1)
        assert sum(row["cost_lines"]) == pytest.approx(row["logistics_cost"], rel=1e-12)
        if row["delivered"] is None:
            assert row["door_to_door_h"] is None
            continue
        parts = [row[f"time_{cause.replace('-', '_')}_h"] for cause in CAUSES]
        hours = (row["delivered"] - row["entered"]).total_seconds() / 3600
        assert row["door_to_door_h"] == pytest.approx(hours, abs=1e-9)
        assert sum(parts) == pytest.approx(hours, abs=1e-9)
    summary = tabulate(replicate(corridor(RANDOM), 1, 1)).summary
    for route in ("truck", "van"):
        mine = [row for row in found if row["route"] == route]
        assert len(mine) == summary["l", route, "consignments", "consignments"]
        times = [row["door_to_door_h"] for row in mine if row["delivered"] is not None]
        assert np.mean(times) == pytest.approx(summary["l", route, "door_to_door_time", "h"])


def test_milestone_rows_are_gapless(stored: Run) -> None:
    """Tests that each row begins where the one before it ended, and that hours sum to door to door.

    Hours of the goods, since the declarations go beside them; codes with their standards.
    """
    found = rows(stored.folder / "milestones.parquet")
    assert {(row["policy"], row["replication"]) for row in found} == {
        (p, k) for p in ("base", "bays") for k in (0, 1)
    }
    assert {row["track"] for row in found} == {"goods", "declaration"}
    assert {row["cause"] for row in found} <= {*CAUSES}
    for row in found:
        assert row["standard"] == STANDARDS.get(row["milestone"], "fourport")
    assert {row["milestone"] for row in found} >= {"DEPA", "ARRI", "GTOT", "GTIN", "CUSR", "lodgement"}
    for policy in ("base", "bays"):
        for number in (0, 1):
            legs: dict[int, Rows] = {}
            for row in found:
                if (row["policy"], row["replication"], row["track"]) == (policy, number, "goods"):
                    legs.setdefault(row["consignment"], []).append(row)
            consignments = {row["consignment"]: row for row in rows(stored.consignments_file(policy, number))}
            assert legs.keys() <= consignments.keys()
            for i, leg in legs.items():
                at = consignments[i]["entered"]
                for row in leg:
                    assert (row["time"] - at).total_seconds() / 3600 == pytest.approx(row["hours"], abs=1e-9)
                    at = row["time"]
                if consignments[i]["delivered"] is not None:
                    assert at == consignments[i]["delivered"]
                    assert sum(row["hours"] for row in leg) == pytest.approx(
                        consignments[i]["door_to_door_h"]
                    )


def test_milestones_by_hand() -> None:
    """Tests the rows of one consignment: 1 h at the dock, 14 h at sea, 3 h hold, 2 h drive."""
    table = milestones_of("p", 4, follow(corridor(), [Parcel(13, "truck")]))
    found = [
        (row["step"], row["place"], row["milestone"], row["standard"], row["cause"], row["hours"])
        for row in table.to_pylist()
        if row["hours"]
    ]
    assert found == [
        ("a/load", "a", "end", "fourport", "service", 1.0),
        ("ferry", "a", "scheduled", "fourport", "cut-off", 5.0),
        ("ferry", "b", "due", "fourport", "transport", 14.0),
        ("truck", "b", "GTOT", "DCSA", "consolidation", 3.0),
        ("truck", "c", "GTIN", "DCSA", "transport", 2.0),
    ]


def test_names_are_stored_once(tmp_path: Path) -> None:
    """Tests that columns of names are places in a dictionary, so that files are small and always the same.

    Parquet gives up a dictionary in which a name stands twice, as some standards and steps would here.
    """
    run = follow(corridor(), [Parcel(13, "truck"), Parcel(14, "truck")])
    for name, table in (("m", milestones_of("p", 0, run)), ("c", consignments_of("p", 0, run))):
        write_parquet(tmp_path / name, table)
        stored = pq.read_metadata(tmp_path / name).row_group(0)
        columns = {column: stored.column(k) for k, column in enumerate(table.column_names)}
        named = [
            column
            for column, kind in zip(table.column_names, table.schema.types, strict=True)
            if pa.types.is_dictionary(kind)
        ]
        assert len(named) >= 5
        assert [column for column in named if "RLE_DICTIONARY" not in columns[column].encodings] == []


def test_no_consignments_at_all() -> None:
    """Tests that a replication in which nothing was accepted is stored as no rows."""
    empty = follow(corridor(), [])
    assert consignments_of("p", 0, empty).num_rows == milestones_of("p", 0, empty).num_rows == 0
    full = follow(corridor(), [Parcel(13, "truck")])
    assert milestones_of("p", 0, empty).schema.equals(milestones_of("p", 0, full).schema)


def test_a_broken_identity_refuses_the_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a bent second replication ends the study by name, without its rows and without tables.

    Both policies have run the first replication by then.
    """

    def bent(made: Corridor, seed: int, replication: int) -> Replication:
        run = replicate(made, seed, replication)
        return replace(run, causes=run.causes + replication)

    monkeypatch.setattr(study, "replicate", bent)
    run = Run.create(tmp_path / "run")
    with pytest.raises(BrokenIdentity, match=r"policy base, replication 1: the causes .* do not sum"):
        run_study(run, variants(), 1, 2, also=["milestones"])
    files = {str(path.relative_to(run.folder)) for path in run.folder.rglob("*") if path.is_file()}
    first = ("base-0000.parquet", "bays-0000.parquet")
    assert files == {f"consignments/{mark}{name}" for name in first for mark in ("", ".milestones-")}


def test_a_file_that_is_changed_before_the_manifest(tmp_path: Path) -> None:
    """Tests that the manifest vouches for a file of a task as it was written, not as it is by then."""
    run = Run.create(tmp_path / "run")
    file = run.consignments_file("base", 0)
    written: list[bytes] = []

    def change(done: int, _: int) -> None:
        if done == 1:
            written.append(file.read_bytes())
            pq.write_table(pq.read_table(file).slice(1), file)

    run_study(run, variants(), 1, 1, progress=change)
    run.write_manifest({})
    with pytest.raises(UserError, match=r"base-0000\.parquet: is not as it was written"):
        Run.open(run.folder).table("consignments")
    file.write_bytes(*written)
    assert Run.open(run.folder).table("consignments").num_rows > 0


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_does_not_fit_is_refused(jobs: int, tmp_path: Path) -> None:
    """Tests that an oversize consignment, found when drawn, comes back as a refusal from any process."""
    large = values({"fleets.truck.weight": "0.5 t"})
    with pytest.raises(Refused) as caught, workers(jobs) as executor:
        run_study(Run.create(tmp_path / "run"), variants({"base": large}), 1, 2, executor=executor)
    assert caught.value.problems[0].key == ("routes", "truck", "steps", 2)


def test_tables_of_policies_are_one_after_the_other(tmp_path: Path) -> None:
    """Tests that each policy has its rows as if it were alone, whichever keys those before it have."""
    found = run_study(Run.create(tmp_path / "run"), variants(), 1, 1)["base"]
    costs = found.costs
    fewer = Averaged(costs.keys[1:], costs.estimates.some(np.arange(1, len(costs.keys))))
    none = Averaged([], Estimates.of([]))
    given = (found, found, replace(found, costs=fewer), replace(found, costs=none), found)
    policies = dict(zip("abcde", given, strict=True))
    for name, its in [("all", policies), *((name, {name: one}) for name, one in policies.items())]:
        write_tables(Run.create(tmp_path / name), "tiny", its)
    for table in TABLES:
        header, *lines = (tmp_path / "all" / table).read_text(encoding="utf-8").splitlines()
        alone = [(tmp_path / name / table).read_text(encoding="utf-8").splitlines() for name in policies]
        assert [header, *lines] == [header, *chain(*(rows for _, *rows in alone))]


def test_an_interval_ends_where_a_measure_does() -> None:
    """Tests that no share is above 100 %, nothing below zero, and that other units have no upper end."""
    wide = Estimate(99.0, -3.0, 104.0, 5)
    assert limited(wide, "%") == Estimate(99.0, 0.0, 100.0, 5)
    assert limited(wide, "h") == Estimate(99.0, 0.0, 104.0, 5)
    assert limited(Estimate(50.0, 40.0, 60.0, 5), "%") == Estimate(50.0, 40.0, 60.0, 5)
    assert limited(Estimate(-0.11, -0.12, -0.1, 5), "USD/kg") == Estimate(-0.11, -0.12, -0.1, 5)  # subtracts
