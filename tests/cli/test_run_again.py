"""``fourport run`` with the folder of a run: its scenario is simulated again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.short import SHORT, fourport, short_scenario


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a run of two policies with a seed of its own, whose scenario is gone."""
    folder = tmp_path_factory.mktemp("again")
    path, out = short_scenario(folder), folder / "kept"
    words = ("--policy", "base", "--policy", "more-officers", "--seed", "5", *SHORT, "--quiet")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fourport.cli.output.draw_charts", lambda *_: [])
        assert fourport("run", str(path), *words, "--out", str(out)).exit_code == 0
    path.unlink()
    return out


def files(folder: Path, kind: str) -> dict[str, bytes]:
    """Give the content of the files of a kind."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob(kind)}


def test_the_same_again(kept: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests that without options each table and the stored scenario have the same bytes."""
    out = tmp_path / "out"
    result = fourport("run", str(kept), "--jobs", "1", "--out", str(out))
    assert result.exit_code == 0, result.output
    for kind in ("*.csv", "*.parquet", "scenario.*"):
        assert files(out, kind) == files(kept, kind)
    found = [json.loads((folder / "manifest.json").read_text("utf-8")) for folder in (kept, out)]
    for one in found:
        for name in ("finished", "seconds", "files", "sha256"):
            del one[name]
    assert found[0] == found[1]


def test_with_other_options(kept: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests another seed, number of replications and a policy of the two, with tables that the run lacks."""
    out = tmp_path / "out"
    more = ("--seed", "6", "--replications", "3", "--policy", "more-officers", "--by", "week", "--journeys")
    result = fourport("run", str(kept), *more, "--jobs", "1", "--out", str(out))
    assert result.exit_code == 0, result.output
    assert "3 replications" in result.stdout
    assert "(seed 6)" in result.stdout
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    assert (manifest["seed"], manifest["replications"], [*manifest["policies"]]) == (6, 3, ["more-officers"])
    assert len(files(out / "journeys", "*.parquet")) == 3
    assert files(out, "summary.csv") != files(kept, "summary.csv")
    again = fourport("run", str(out), "--jobs", "1", "--quiet", "--by", "week", "--out", str(tmp_path / "2"))
    assert again.exit_code == 0, again.output
    assert files(tmp_path / "2", "*.csv") == files(out, "*.csv")


def test_what_it_refuses(kept: Path, tmp_path: Path) -> None:
    """Tests a policy that the run was not made under, and a folder that holds something."""
    wrong = fourport("run", str(kept), "--policy", "no-such", "--out", str(tmp_path / "out"))
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "was not run under the policy 'no-such'" in wrong.stderr
    assert not (tmp_path / "out").exists()
    full = fourport("run", str(kept), "--out", str(kept))
    assert full.exit_code == 2
    assert "holds something already" in full.stderr
