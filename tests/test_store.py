"""Results on disk: whole or not at all, never over what is there."""

from __future__ import annotations

import json
import math
import os
import tracemalloc
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fourport.errors import UserError
from fourport.store import Run, whole_file
from fourport.store.reading import read_table
from tests.stored import rows_of


def files(folder: Path) -> dict[str, bytes]:
    """Give all files below a folder, hidden ones too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_file_appears_whole(tmp_path: Path) -> None:
    """Tests that until all is written the name holds what it held, and then no temporary name is left."""
    path = tmp_path / "a.txt"
    path.write_text("old")
    with whole_file(path) as temporary:
        assert temporary.parent == tmp_path
        temporary.write_text("half")
        assert path.read_text() == "old"
        temporary.write_text("new")
    assert files(tmp_path) == {"a.txt": b"new"}


@pytest.mark.parametrize("old", ["old", None])
def test_a_failure_leaves_the_old_file(tmp_path: Path, old: str | None) -> None:
    """Tests that an error while writing leaves the old file, or none, and no temporary one."""
    path = tmp_path / "a.txt"
    if old is not None:
        path.write_text(old)

    def write() -> None:
        with whole_file(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="the disk is full"):
        write()
    assert files(tmp_path) == ({} if old is None else {"a.txt": b"old"})


def test_what_was_never_written_is_an_error(tmp_path: Path) -> None:
    """Tests that a writer that writes nothing does not pass for one that did."""
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "a.txt"):
        pass
    assert files(tmp_path) == {}


def test_synced_before_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the bytes are on the disk before the name is: a loss of power leaves no empty file."""
    happened: list[str] = []
    sync, rename = os.fsync, Path.replace

    def synced(descriptor: int) -> None:
        happened.append("sync")
        sync(descriptor)

    def renamed(self: Path, target: Path) -> Path:
        happened.append("rename")
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    Run(tmp_path).write_text("a.txt", "text")
    assert happened == ["sync", "rename"]
    assert (tmp_path / "a.txt").read_text() == "text"


def test_a_new_run_in_a_new_or_empty_folder(tmp_path: Path) -> None:
    """Tests that the folder is made with its parents, and that an empty one is taken."""
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "a" / "b" / "c", tmp_path / "empty"):
        run = Run.create(folder)
        assert sorted(path.name for path in folder.iterdir()) == ["charts", "consignments"]
        assert run.charts == folder / "charts"


@pytest.mark.parametrize("name", ["manifest.json", ".hidden", "folder"])
def test_a_folder_in_use_is_refused(tmp_path: Path, name: str) -> None:
    """Tests that anything in the folder, another run or a hidden file, is left as it is."""
    if name == "folder":
        (tmp_path / name).mkdir()
    else:
        (tmp_path / name).write_text("mine")
    before = sorted(tmp_path.iterdir())
    with pytest.raises(UserError, match="holds something already, nothing was written") as caught:
        Run.create(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert sorted(tmp_path.iterdir()) == before


def test_a_complete_run_has_no_empty_folders(tmp_path: Path) -> None:
    """Tests that folders in which nothing lies when the run is complete are gone, and others stay."""
    run = Run.create(tmp_path)
    (run.folder / "consignments" / "one").write_text("")
    run.write_manifest({})
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "consignments",
        "datapackage.json",
        "manifest.json",
    ]


def test_an_unfinished_run_is_told_as_that(tmp_path: Path) -> None:
    """Tests that a folder in which a run was begun is said to hold that, and a complete one is not."""
    run = Run.create(tmp_path / "run", "request", "a test")
    with pytest.raises(UserError, match=r"holds something already, .*; allowed: fourport clean .* removes"):
        Run.create(run.folder)
    run.write_manifest({})
    run.finish()
    with pytest.raises(UserError, match="holds something already"):
        Run.create(run.folder)


def test_what_a_lost_process_began_to_write(tmp_path: Path) -> None:
    """Tests that parts of files are gone when the run is finished, and that other hidden files stay."""
    run = Run.create(tmp_path / "run", "request", "a test")
    folder = run.folder / "consignments"
    for name in (".base-0001.parquet.7632.part", ".notes", "one"):
        (folder / name).write_bytes(b"")
    run.write_manifest({})
    run.finish()
    assert sorted(path.name for path in folder.iterdir()) == [".notes", "one"]


def test_a_file_and_a_place_below_a_file_are_refused(tmp_path: Path) -> None:
    """Tests that a file is no folder, and that nothing can be made below one."""
    path = tmp_path / "file"
    path.write_text("mine")
    with pytest.raises(UserError, match="is a file; allowed: a folder"):
        Run.create(path)
    with pytest.raises(UserError, match="cannot be written: Not a directory"):
        Run.create(path / "below")
    assert files(tmp_path) == {"file": b"mine"}


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="who may write everywhere is refused nowhere"
)
def test_an_unwritable_parent_is_refused(tmp_path: Path) -> None:
    """Tests that a parent without permission is told."""
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(UserError, match="cannot be written: Permission denied"):
            Run.create(tmp_path / "run")
    finally:
        tmp_path.chmod(0o700)


def test_a_parent_that_denies_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests the same as seen by a user who may write everywhere."""

    def denied(self: Path, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "mkdir", denied)
    with pytest.raises(UserError, match="cannot be written: Permission denied"):
        Run.create(tmp_path / "run")


def test_only_a_run_with_a_manifest_is_complete(tmp_path: Path) -> None:
    """Tests that a run that stopped half way is not opened, and one with its manifest is, with its words."""
    run = Run.create(tmp_path / "run", "request", "a test")
    run.write_text("summary.csv", "half")
    told = r"is not finished; the command that began it goes on with it \(a test\), fourport clean .*"
    with pytest.raises(UserError, match=told):
        Run.open(tmp_path / "run")
    run.write_manifest({"title": "威海 Incheon", "seed": 2**60})
    assert Run.open(tmp_path / "run").manifest() == {"title": "威海 Incheon", "seed": 2**60}
    text = (tmp_path / "run" / "manifest.json").read_text(encoding="utf-8")
    assert "威海" in text
    assert json.loads(text)["seed"] == 2**60
    assert text.endswith("}\n")


def test_tables_to_the_byte(tmp_path: Path) -> None:
    """Tests the header, 7 significant digits, nothing for NaN and infinity, quotes, and plain line ends."""
    run = Run(tmp_path)
    names = ["s", 'a, "b"', "l", "", "time", "h"]
    numbers = [(1234567.891, 1 / 3, math.nan), (np.float64("nan"), np.float64(2e-9), math.inf), (5.0, "", 1)]
    run.write_table("summary", [[*names, *three, 10**9] for three in numbers])
    assert (tmp_path / "summary.csv").read_bytes() == (
        b"scenario,policy,lane,route,measure,unit,mean,low,high,n\n"
        b's,"a, ""b""",l,,time,h,1234568,0.3333333,,1000000000\n'
        b's,"a, ""b""",l,,time,h,,2e-09,,1000000000\n'
        b's,"a, ""b""",l,,time,h,5,,1,1000000000\n'
    )
    run.write_table(
        "replications", [("p", 0, *names[2:], value, value) for value in (1 / 3, math.nan, math.inf)]
    )
    assert (tmp_path / "replications.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "p,0,l,,time,h,0.333333333333,0.333333333333",
        "p,0,l,,time,h,,",
        "p,0,l,,time,h,inf,",
    ]


@given(
    st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs", "Cc"])),
            st.floats(allow_nan=True, allow_infinity=False, width=32),
        ),
        max_size=5,
    )
)
def test_tables_come_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, float]]) -> None:
    """Tests that any text and number comes back, the number to 7 digits, NaN as nothing.

    Whoever wrote the table reads it as it is; whoever does not know its hash checks every cell.
    """
    run = Run(tmp_path_factory.mktemp("store"))
    run.write_table("replications", [("p", 3, name, "r", "m", "h", value, 1.0) for name, value in rows])
    found = rows_of(Run(run.folder), "replications")
    assert run.table("replications").equals(read_table(run.file("replications")))
    assert [row["lane"] for row in found] == [name for name, _ in rows]
    for row, (_, value) in zip(found, rows, strict=True):
        assert row["replication"] == 3
        assert row["value"] == pytest.approx(value, rel=5e-7, abs=0, nan_ok=True)


def test_a_table_is_read_once(tmp_path: Path) -> None:
    """Tests that what was read is what is used, until the table is written again."""
    run = Run(tmp_path)
    run.write_table("t", pa.table({"name": ["a"]}))
    assert rows_of(run, "t") == [{"name": "a"}]
    run.file("t").unlink()
    assert rows_of(run, "t") == [{"name": "a"}]
    run.write_table("t", pa.table({"name": ["b"]}))
    assert rows_of(run, "t") == [{"name": "b"}]


def test_numbers_of_rows(tmp_path: Path) -> None:
    """Tests that a manifest counts the rows of all tables, those that were written before it, too."""
    first = Run(tmp_path)
    first.write_table("a", pa.table({"name": ["x", "y"]}))
    first.write_manifest({"seed": 1})
    again = Run.open(tmp_path)
    again.write_table("places", [])
    again.write_manifest(again.manifest())
    assert Run.open(tmp_path).manifest() == {"seed": 1, "rows": {"a.csv": 2, "places.csv": 0}}
    (tmp_path / "a.csv").write_text("name\nx\n")
    with pytest.raises(UserError, match=r"a\.csv:1: has 1 rows; allowed: the 2 that were written"):
        Run.open(tmp_path).table("a")


def test_names_of_files(tmp_path: Path) -> None:
    """Tests that names sort by replication, and that parts of the milestones are hidden beside them."""
    run = Run(tmp_path)
    names = [run.consignments_file("base", k).name for k in (9, 10, 100)]
    assert names == sorted(names)
    part = run.milestones_part("base", 9)
    assert part.parent == run.consignments_file("base", 9).parent
    assert part.name.startswith(".")


def test_a_run_of_an_older_version_is_refused(tmp_path: Path) -> None:
    """Tests that tables with other names are not taken for those of today, and what to do."""
    (tmp_path / "manifest.json").write_text('{"titles": {"stations": {}}}')
    with pytest.raises(UserError, match=r"made by an older version.*fourport upgrade .*scenario\.toml"):
        Run.open(tmp_path)


@pytest.mark.parametrize("n", [0, 1, 3, 4, 11])
def test_a_table_that_is_written_in_parts(n: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a table has the same bytes however many of its rows are in memory, none among them."""
    rows = [("base", k, "l", "*", "consignments", "1", k / 3, math.nan) for k in range(n)]
    texts = []
    for number, at_once in enumerate((4, 10_000)):
        monkeypatch.setattr("fourport.store.content.ROWS_AT_ONCE", at_once)
        run = Run.create(tmp_path / str(number))
        run.write_table("replications", iter(rows))
        assert run.table("replications").num_rows == n
        texts.append((run.folder / "replications.csv").read_bytes())
    assert texts[0] == texts[1]
    assert len(texts[0].splitlines()) == n + 1


def test_memory_does_not_grow_with_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a table of three times as many rows takes no more memory while it is written."""
    monkeypatch.setattr("fourport.store.content.ROWS_AT_ONCE", 1000)
    peaks = []
    for n in (3000, 9000):
        run = Run.create(tmp_path / str(n))
        tracemalloc.start()
        run.write_table("replications", (("base", k, "l", "*", "c", "1", k / 3, 1.0) for k in range(n)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]
