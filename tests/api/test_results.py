"""Studies in memory and in folders: the same tables, the same files, the same pictures."""

from __future__ import annotations

import math
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import fourport
from fourport.api.answer import Answer
from fourport.errors import UserError
from fourport.store.tables import TABLES
from tests.cli.short import short_scenario

POLICIES = ("base", "more-officers")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a scenario that is quick to run."""
    return short_scenario(tmp_path_factory.mktemp("trial"))


@pytest.fixture(scope="module")
def study(trial: Path) -> fourport.Study:
    """Give two replications of two policies."""
    return fourport.Study(fourport.load(trial), POLICIES, replications=2, seed=3)


@pytest.fixture(scope="module")
def memory(study: fourport.Study) -> fourport.Results:
    """Give results in memory, with all rows."""
    return study.run(rows=True, milestones=True)


@pytest.fixture(scope="module")
def stored(study: fourport.Study, tmp_path_factory: pytest.TempPathFactory) -> fourport.Results:
    """Give results in a folder."""
    done: list[tuple[int, int]] = []
    folder = tmp_path_factory.mktemp("stored") / "run"
    found = study.run(folder, milestones=True, journeys=True, progress=lambda *of: done.append(of))
    assert done == [(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)]
    return found


def files(folder: Path) -> dict[str, bytes]:
    """Give the files of a run, but for journeys and pictures, and the times in its manifest."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(("journeys", "charts")):
            lines = path.read_bytes().splitlines(keepends=True)
            found[name] = b"".join(
                line for line in lines if name != "manifest.json" or b'"seconds"' not in line[:13]
            )
    for name in ("manifest.json", "datapackage.json", "milestones.parquet"):
        found.pop(name)
    return found


def test_memory_and_folder_hold_the_same(memory: fourport.Results, stored: fourport.Results) -> None:
    """Tests every table, read from its file or never written, and what was run."""
    assert (memory.folder, stored.folder) == (None, stored.run.folder)
    assert {*memory.tables} == {*stored.tables} - {"journeys"}
    assert memory.policies == stored.policies == POLICIES
    for name in memory.tables:
        one, other = memory.table(name), stored.table(name)
        assert one.schema.remove_metadata().equals(other.schema.remove_metadata()), name
        assert one.to_pylist() == other.to_pylist() or _equal(one, other), name
    mine, theirs = ({**one.manifest, "finished": "", "seconds": 0} for one in (memory, stored))
    assert mine == theirs


def _equal(one: pa.Table, other: pa.Table) -> bool:
    return all(a.equals(b) or str(a) == str(b) for a, b in zip(one.columns, other.columns, strict=True))


def test_what_is_saved_is_what_is_written_at_once(
    memory: fourport.Results, stored: fourport.Results, tmp_path: Path
) -> None:
    """Tests tables, texts and rows to the byte, and that what is saved is opened, and not saved twice."""
    saved = memory.save(tmp_path / "run")
    assert stored.folder is not None
    assert files(tmp_path / "run") == files(stored.folder)
    assert saved.table("milestones").to_pylist() == stored.table("milestones").to_pylist()
    assert saved.manifest == memory.manifest
    assert fourport.Results.open(tmp_path / "run").table("summary").equals(memory.table("summary"))
    with pytest.raises(UserError, match="is saved already"):
        saved.save(tmp_path / "again")
    with pytest.raises(UserError, match="holds something already"):
        memory.save(tmp_path / "run")


def test_rows_are_kept_on_request(study: fourport.Study, trial: Path) -> None:
    """Tests that results in memory have no rows of consignments unless asked for, and no journeys."""
    small = fourport.Study(trial, replications=1)
    assert small.seed == small.first.scenario.run.seed
    assert not {"consignments", "milestones", "journeys"} & {*small.run().tables}
    with pytest.raises(ValueError, match="a folder is needed"):
        study.run(journeys=True)


def test_any_executor_gives_the_same(trial: Path, memory: fourport.Results) -> None:
    """Tests that threads and processes of the standard library find what this process finds."""
    for executor in (ThreadPoolExecutor(2), ProcessPoolExecutor(1)):
        with executor:
            study = fourport.Study(trial, POLICIES, replications=2, seed=3, executor=executor)
            found = study.run(rows=True)
        for name in ("summary", "replications", "consignments", "departures"):
            assert found.table(name).equals(memory.table(name)), name


def test_typed_columns(stored: fourport.Results) -> None:
    """Tests that tables have the types of their schemas, without a conversion by whoever reads them."""
    summary = stored.table("summary")
    assert summary.schema.equals(TABLES["summary"].arrow())
    assert [summary.schema.field(name).type for name in ("lane", "mean", "n")] == [
        pa.string(),
        pa.float64(),
        pa.int64(),
    ]
    consignments = stored.table("consignments")
    assert {*consignments["policy"].to_pylist()} == {*POLICIES}
    assert {*consignments["replication"].to_pylist()} == {0, 1}


def test_values(memory: fourport.Results) -> None:
    """Tests that a value is that of the summary, of the first policy unless another is named."""
    for policy in (None, *POLICIES):
        found = memory.value("door_to_door_time", "east", "by-sea", policy)
        (row,) = [
            row
            for row in memory.table("summary").to_pylist()
            if (row["policy"], row["lane"], row["route"], row["measure"])
            == (policy or "base", "east", "by-sea", "door_to_door_time")
        ]
        assert (found.mean, found.low, found.high, found.n) == tuple(
            row[name] for name in ("mean", "low", "high", "n")
        )
        assert found.low < found.mean < found.high
    values = [row for row in memory.table("replications").to_pylist() if row["policy"] == "base"]
    for lane in ("east", "*"):
        two = [
            (row["value"], row["over"])
            for row in values
            if (row["lane"], row["route"], row["measure"]) == (lane, "*", "door_to_door_time")
        ]
        found = memory.value("door_to_door_time", lane, "*")
        every = sum(over for _, over in two)
        assert found.mean == pytest.approx(sum(value * over for value, over in two) / every)
        assert found.n == len(two) == 2


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("dor_to_door_time", "east", "by-sea"), "measure: .* 'dor_to_door_time' of base, east, by-sea; did"),
        (("door_to_door_time", "est", "by-sea"), "lane: there is no 'est' of base; did you mean 'east'"),
        (("door_to_door_time", "east", "by-se"), "route: .* 'by-se' of base, east; did you mean 'by-sea'"),
        (("door_to_door_time", "*", "by-sea"), r"route: there is no 'by-sea' of base, \*; allowed: \*"),
        (("weight", "east", "by-sea", "more-oficers"), "policy: .*; did you mean 'more-officers'"),
        ((3, "east", "by-sea"), "measure: there is no 3 of base, east, by-sea; allowed: "),
    ],
)
def test_values_that_are_not_there(memory: fourport.Results, asked: tuple[Any, ...], told: str) -> None:
    """Tests that the wrong one of the names is told, with the nearest and those that there are."""
    with pytest.raises(UserError, match=told):
        memory.value(*asked)


def test_names_that_are_no_tables(memory: fourport.Results, tmp_path: Path) -> None:
    """Tests that a misspelt table is told with the nearest, and one of another study as that."""
    with pytest.raises(UserError, match="sumary: is no table; did you mean 'summary'"):
        memory.table("sumary")
    with pytest.raises(UserError, match="route-choice: the study has left none"):
        memory.table("route-choice")
    with pytest.raises(UserError, match="holds no complete run"):
        fourport.Results.open(tmp_path)


def test_charts(memory: fourport.Results, stored: fourport.Results, tmp_path: Path) -> None:
    """Tests that a chart is a figure, that its file is the same from memory as from a folder, and errors."""
    figure = memory.chart("cost-stack")
    assert figure.axes
    for results, name in ((memory, "a.svg"), (stored, "b.svg")):
        results.chart("cost-stack", tmp_path / name, policy="more-officers")
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()
    with pytest.raises(UserError, match="did you mean 'cost-stack'"):
        memory.chart("cost-stak")
    with pytest.raises(UserError, match="'gif' is not a known format"):
        memory.chart("cost-stack", tmp_path / "a.gif")
    with pytest.raises(
        UserError,
        match=r"no route-choice\.csv; call fourport\.route_choice_map\(results\)$",
    ):
        memory.chart("route-choice")


def test_comparisons_of_scenarios_and_of_results(
    trial: Path, memory: fourport.Results, stored: fourport.Results, tmp_path: Path
) -> None:
    """Tests that policies compare the same when they are run for it, from memory, and from a folder."""
    ran = fourport.compare(trial, policies=POLICIES, replications=2, seed=3)
    assert ran.found.question.baseline == "base"
    again = fourport.compare(memory)
    assert stored.folder is not None
    kept = fourport.compare(stored.folder, folder=tmp_path / "compared")
    for name in ("comparison", "policies"):
        tables = [one.table(name) for one in (ran, again, kept)]
        assert tables[0].num_rows > 0
        assert all(table.equals(tables[0]) for table in tables), name
    told = [one.manifest["comparison"] for one in (ran, again, kept)]
    assert told[0] == told[1] == told[2]
    assert (tmp_path / "compared" / "comparison.csv").is_file()
    turned = fourport.compare(memory, baseline="more-officers", lane="east", measures=["weight"])
    rows = turned.table("comparison").to_pylist()
    assert {row["baseline"] for row in rows} == {"more-officers"}
    assert all(math.isfinite(row["difference"]) for row in rows if row["measure"] == "weight")
    with pytest.raises(UserError, match=r"^seed: results in memory is a run already; allowed: no seed"):
        fourport.compare(memory, seed=1)


def test_the_import_is_light() -> None:
    """Tests that the door opens what is behind it when it is used, and tells what is not there."""
    program = (
        "import sys, fourport\n"
        "heavy = {'numpy', 'pyarrow', 'pydantic', 'matplotlib', 'scipy', 'simpy', 'click'} & {*sys.modules}\n"
        "print(sorted(heavy), {*fourport.__all__} <= {*dir(fourport)})\n"
        "from fourport import Study, load\n"
        "print(Study.__name__, load.__name__, 'matplotlib' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[] True", "Study load False"]
    with pytest.raises(AttributeError, match="has no attribute 'studdy'"):
        fourport.studdy  # noqa: B018


def test_answers(study: fourport.Study, stored: fourport.Results, tmp_path: Path) -> None:
    """Tests that an answer in memory has the tables and the chart of one in a folder.

    The folder is saved, or written at once. Study, sample and run in a folder are asked the same.
    """
    sample = study.sample()
    asked: dict[str, tuple[tuple[str, ...], Callable[[Any, Path | None], Answer[Any]]]] = {
        "cost-curve": (
            ("curves", "breakeven"),
            lambda of, folder: fourport.curves(of, over="weight", points=3, folder=folder),
        ),
        "route-choice": (
            ("route-choice",),
            lambda of, folder: fourport.route_choice_map(of, columns=2, rows=3, folder=folder),
        ),
        "capacity": (
            ("capacity",),
            lambda of, folder: fourport.capacity(
                of,
                resource="northport/bays",
                servers="1..2",
                target="9% within 20 h",
                replications=3,
                folder=folder,
            ),
        ),
    }
    for chart, (tables, ask) in asked.items():
        memory = ask(sample, None)
        answers: list[fourport.Results] = [memory.save(tmp_path / chart / "saved")]
        answers += [ask(of, tmp_path / chart / f"{k}") for k, of in enumerate((sample, study, stored))]
        for name in (*tables, *(() if chart == "capacity" else ("summary", "costs", "replications"))):
            assert memory.table(name).num_rows > 0, name
            assert all(one.table(name).equals(memory.table(name)) for one in answers), name
            assert {*memory.table(name).column_names} <= {*TABLES[name].header}, name
        pictures = []
        for k, answer in enumerate((memory, *answers)):
            answer.chart(chart, tmp_path / f"{chart}-{k}.svg")
            pictures.append((tmp_path / f"{chart}-{k}.svg").read_bytes())
        assert len({*pictures}) == 1
        assert {answer.policies for answer in answers} == {memory.policies} == {("base",)}
        told = [one.manifest[chart.replace("cost-curve", "curves").replace("-", "_")] for one in answers]
        assert told == [told[0]] * 4
        assert fourport.Results.open(tmp_path / chart / "saved").manifest == memory.manifest


def test_a_sample_is_simulated_once(trial: Path) -> None:
    """Tests that several questions of a sample share its replications, and that capacity needs none."""
    sample, runs = fourport.Study(trial, replications=2).sample(), list[tuple[int, int]]()
    fourport.capacity(sample, resource="northport/bays", servers=1, target="9% within 20 h", replications=3)
    assert sample.stored is None
    fourport.curves(sample, over="weight", points=2)
    first = sample.stored
    fourport.curves(sample, over="value-density", points=2)
    assert sample.stored is first is not None
    assert len(sample.journeys("base", progress=lambda *number: runs.append(number))) == 2
    assert runs == []


def test_texts_of_what_a_notebook_holds(trial: Path, study: fourport.Study) -> None:
    """Tests that what is worked out of a sample is told in a line."""
    curves = fourport.curves(study, over="weight", points=3)
    map_ = fourport.route_choice_map(study, columns=2, rows=3)
    capacity = fourport.capacity(study, resource="northport/bays", servers=[1, 2], target="9% within 20 h")
    with pytest.raises(UserError, match="breakevens: is no table; did you mean 'breakeven'"):
        curves.table("breakevens")
    name = study.first.scenario.name
    assert repr(fourport.load(trial, "more-officers")) == f"<Loaded {name} under more-officers: {trial}>"
    assert repr(study) == f"<Study of {name}: base, more-officers; 2 replications, seed 3>"
    assert repr(study.sample()) == "<Sample: base, more-officers; 2 replications, seed 3>"
    assert repr(curves) == "<Answer: <Curves over weight of base: east; 3 points>>"
    assert repr(map_) == "<Answer: <RouteChoiceMap of base: east; 2 replications>>"
    assert repr(capacity).startswith("<Answer: <CapacityCurve of northport/bays for 9% within 20 h: 1 ")


def test_what_the_door_offers() -> None:
    """Tests that completion shows what is meant to be used, and nothing else."""
    assert {name for name in dir(fourport) if not name.startswith("__")} == {*fourport.__all__} - {
        "__version__"
    }
