"""The schemas of a run's tables: each file that is written has one, and keeps to it."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fourport.store import Run
from fourport.store.package import PACKAGE, package_of
from fourport.store.tables import TABLES, columns_of
from tests.cli.short import SHORT, fourport, short_scenario
from tests.regenerate_reference import CUSTOMS, REFERENCE


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Give a run with all that can be stored, compared."""
    folder = tmp_path_factory.mktemp("tables")
    trial = str(short_scenario(folder))
    for words in (
        ("run", trial, "--milestones", "--journeys", *SHORT, "--out", str(folder / "run")),
        ("compare", trial, *SHORT, "--out", str(folder / "compared")),
    ):
        result = fourport(*words)
        assert result.exit_code == 0, result.output
    for table in ("comparison", "policies"):
        (folder / "compared" / f"{table}.csv").rename(folder / "run" / f"{table}.csv")
    return Run(folder / "run")


def test_every_file_of_a_run_has_a_schema_and_keeps_to_it(stored: Run) -> None:
    """Tests names, order and types of the columns of every table, and that no other files hold tables."""
    found = {file.stem: stored.table(file.stem).schema for file in stored.folder.glob("*.csv")}
    parquet = {
        "milestones": stored.folder / "milestones.parquet",
        **{name: next((stored.folder / name).glob("*.parquet")) for name in ("consignments", "journeys")},
    }
    found |= {name: pq.read_schema(file).remove_metadata() for name, file in parquet.items()}
    assert {name for name, one in TABLES.items() if one.parquet} == {*parquet}
    for name, schema in found.items():
        columns = [column for column in TABLES[name].by_name if column in schema.names]
        assert [one for one in TABLES[name].header if one not in columns] == []
        assert schema.equals(TABLES[name].arrow(columns)), name
    others = {path.name for path in stored.folder.rglob("*") if path.suffix not in (".csv", ".parquet")}
    assert others == {
        *("datapackage.json", "manifest.json", "scenario.json", "scenario.toml"),
        *("consignments", "journeys", "charts"),
        *(picture.name for picture in stored.charts.iterdir()),
    }


@pytest.mark.parametrize("folder", [REFERENCE, CUSTOMS], ids=["reference", "customs"])
def test_what_is_read_is_written_again_to_the_byte(folder: Path, tmp_path: Path) -> None:
    """Tests that every committed table has the columns of its schema, and comes back to the byte."""
    kept, again = Run(folder), Run(tmp_path)
    for file in folder.glob("*.csv"):
        table = kept.table(file.stem)
        assert table.column_names == [*TABLES[file.stem].header]
        again.write_table(file.stem, table)
        assert again.file(file.stem).read_bytes() == file.read_bytes(), file


def test_the_package_describes_every_table(stored: Run) -> None:
    """Tests that each file has its resource, with the columns that it has, some of them to the letter."""
    stored.write_package({"name": "trial", "title": "A trial"})
    told = json.loads((stored.folder / "datapackage.json").read_text(encoding="utf-8"))
    assert (told["name"], told["title"]) == ("trial", "A trial")
    resources = {one["name"]: one for one in told["resources"]}
    paths = [path for one in resources.values() for path in [one["path"]] * isinstance(one["path"], str)]
    paths += [path for one in resources.values() if isinstance(one["path"], list) for path in one["path"]]
    files = [*stored.folder.rglob("*.csv"), *stored.folder.rglob("*.parquet")]
    assert sorted(paths) == sorted(file.relative_to(stored.folder).as_posix() for file in files)
    assert resources["consignments"]["path"] == [f"consignments/base-{k:04d}.parquet" for k in (0, 1)]
    for file in stored.folder.glob("*.csv"):
        fields = [field["name"] for field in resources[file.stem]["schema"]["fields"]]
        assert file.read_text(encoding="utf-8").splitlines()[0] == ",".join(fields)
    schema = pq.read_schema(stored.folder / "consignments" / "base-0000.parquet")
    types = {field["name"]: field["type"] for field in resources["consignments"]["schema"]["fields"]}
    assert [*types] == schema.names
    assert (types["cost_lines"], types["replication"], types["lane"]) == ("array", "integer", "string")
    hour = next(one for one in resources["resources"]["schema"]["fields"] if one["name"] == "hour")
    limits = {"required": True, "minimum": 0, "maximum": 23}
    assert hour == {**hour, "type": "integer", "constraints": limits}
    mean = next(one for one in resources["summary"]["schema"]["fields"] if one["name"] == "mean")
    assert mean == {
        "name": "mean",
        "type": "number",
        "description": "mean, share or quantile of all replications together; count: mean over replications",
        "unit": "{unit}",
    }


@pytest.mark.parametrize("folder", [REFERENCE, CUSTOMS], ids=["reference", "customs"])
def test_the_committed_package_is_that_of_the_committed_tables(folder: Path) -> None:
    """Tests that it is what is written today; `make reference` writes it anew."""
    scenario = Run(folder).manifest()["scenario"]
    told = json.loads((folder / PACKAGE).read_text(encoding="utf-8"))
    assert told == package_of(folder, scenario["name"], scenario["title"])


def test_columns_say_what_they_are() -> None:
    """Tests that each column has a description, and that a unit that another column holds names one."""
    for schema in TABLES.values():
        assert schema.description.endswith(".")
        for column in schema.columns:
            assert column.description, (schema.name, column.name)
            held = column.unit.removeprefix("{").removesuffix("}")
            assert column.unit == held or held in schema.by_name, (schema.name, column.name)


def test_what_no_schema_knows_is_text() -> None:
    """Tests that columns of other files, and other columns of a table, may hold anything."""
    for file, column in (("notes.csv", "mean"), ("summary.csv", "mine"), ("consignments.csv", "value")):
        (found,) = columns_of(file, [column])
        assert (found.type, found.fits("two")) == ("string", True)
