"""Commands whose tasks are shared out: put together, shards end with the bytes of one run."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from fourport.store.unfinished import LOCK, UNFINISHED, Unfinished, results_of
from tests.cli.short import fourport, short_scenario
from tests.cli.test_going_on import contents

RUN = ("run", "{}", "--replications", "4", "--milestones", "--journeys")
COMPARE = ("compare", "{}", "--policies", "base,more-officers", "--replications", "3")
CAPACITY = (
    *("capacity", "{}", "--at", "northport/officers", "--servers", "1..2", "--target", "50% within 24 h"),
    *("--replications", "5"),
)
CURVES = ("curves", "{}", "--over", "weight", "--points", "3", "--replications", "3")
TASKS = {RUN: 4, COMPARE: 6, CAPACITY: 5}
HERE = ("--jobs", "1", "--quiet")


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a scenario that is quick to run."""
    return short_scenario(tmp_path_factory.mktemp("trial"))


def shard(words: tuple[str, ...], which: str, trial: Path, out: Path) -> Path:
    """Run a shard of a command."""
    told = [word.replace("{}", str(trial)) for word in words]
    done = fourport(*told, "--shard", which, "--jobs", "1", f"--out={out}")
    assert done.exit_code == 0, done.output
    assert f"shard {which}: its " in done.stdout
    assert f"{out}/ (when all {which[-1]} are: fourport merge" in done.stdout
    assert not (out / "manifest.json").exists()
    return out


@pytest.fixture(scope="module")
def shards(trial: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with three shards of a run: a, b, c."""
    folder = tmp_path_factory.mktemp("shards")
    for number, name in enumerate("abc", 1):
        shard(RUN, f"{number}/3", trial, folder / name)
    return folder


@pytest.mark.parametrize("words", TASKS, ids=lambda words: words[0])
def test_three_shards(words: tuple[str, ...], trial: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests that three shards, put together, hold what one command writes, and that nothing runs again."""
    told = [word.replace("{}", str(trial)) for word in words]
    assert fourport(*told, *HERE, "--out", str(tmp_path / "alone")).exit_code == 0
    folders = [shard(words, f"{k}/3", trial, tmp_path / f"s{k}") for k in (1, 2, 3)]
    kept = [path.name for folder in folders for path in results_of(folder)]
    assert len(kept) == len(set(kept)) == TASKS[words]
    done = fourport("merge", *map(str, folders), "--out", str(tmp_path / "out"), "--jobs", "1")
    assert done.exit_code == 0, done.output
    assert f"{len(kept)} tasks are finished already" in done.stderr
    assert "missing" not in done.stderr
    assert contents(tmp_path / "out") == contents(tmp_path / "alone")


def test_what_comes_next_is_shared_out_too(trial: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests curves: shards simulate first, and share out what comes next; ``merge`` does the rest."""
    told = [word.replace("{}", str(trial)) for word in CURVES]
    assert fourport(*told, *HERE, "--out", str(tmp_path / "alone")).exit_code == 0
    folders = [str(shard(CURVES, f"{k}/2", trial, tmp_path / f"s{k}")) for k in (1, 2)]
    for k in (1, 2):
        done = fourport("merge", *folders, "--shard", f"{k}/2", "--out", str(tmp_path / f"m{k}"), *HERE)
        assert done.exit_code == 0, done.output
        assert not (tmp_path / f"m{k}" / "manifest.json").exists()
    counts = [len(results_of(tmp_path / f"m{k}")) for k in (1, 2)]
    assert sum(counts) > 2 * 3  # each holds the three replications
    merged = [str(tmp_path / f"m{k}") for k in (1, 2)]
    assert fourport("merge", *merged, "--out", str(tmp_path / "out"), *HERE).exit_code == 0
    assert contents(tmp_path / "out") == contents(tmp_path / "alone")


CLAIMS = """
format = 2
[sources.paper]
title = "A paper"
[claims.cheaper]
statement = "Sea freight costs less than air freight"
source = "paper"
kind = "ratio"
measure = "freight_cost"
numerator = { routes = ["by-sea"] }
denominator = { routes = ["by-air"] }
expected = 0.5
tolerance = 0.1
sweep = { rate = "air", low = "0.2 USD/kg", high = "4 USD/kg" }
"""


def test_claims(trial: Path, tmp_path: Path) -> None:
    """Tests that claims are shared out: two shards and ``merge`` end with the bytes of one command."""
    (tmp_path / "claims.toml").write_text(CLAIMS, encoding="utf-8")
    words = ("claims", str(trial), "--claims", str(tmp_path / "claims.toml"), "--replications", "2")
    assert fourport(*words, *HERE, "--out", str(tmp_path / "alone")).exit_code == 0
    folders = [shard(words, f"{k}/2", trial, tmp_path / f"s{k}") for k in (1, 2)]
    kept = [path.name for folder in folders for path in results_of(folder)]
    assert len(kept) == len(set(kept)) == 2
    done = fourport("merge", *map(str, folders), "--out", str(tmp_path / "out"), *HERE)
    assert done.exit_code == 0, done.output
    assert (tmp_path / "out" / "claim-regions.csv").is_file()
    assert contents(tmp_path / "out") == contents(tmp_path / "alone")


def test_a_missing_shard(
    shards: Path, trial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_charts: None
) -> None:
    """Tests that only the tasks of a missing shard are computed; the results go to another shard's folder."""
    told = [word.replace("{}", str(trial)) for word in RUN]
    assert fourport(*told, *HERE, "--out", str(tmp_path / "alone")).exit_code == 0
    for name in "ac":
        shutil.copytree(shards / name, tmp_path / name)
    again: list[str] = []
    keep = Unfinished.keep

    def noted(self: Unfinished, task: str, content: bytes) -> None:
        again.append(task)
        keep(self, task, content)

    monkeypatch.setattr(Unfinished, "keep", noted)
    folders = [str(tmp_path / name) for name in "ac"]
    done = fourport("merge", *folders, "--out", folders[0], "--jobs", "1")
    assert done.exit_code == 0, done.output
    assert "shard 2/3 is missing; its tasks are computed here" in done.stderr
    assert again == [path.name for path in results_of(shards / "b")]
    assert contents(tmp_path / "a") == contents(tmp_path / "alone")


def test_a_shard_that_was_stopped_goes_on(
    trial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that the same command goes on with its share, and then has nothing left to do."""
    told = [word.replace("{}", str(trial)) for word in RUN]
    words = (*told, "--shard", "1/2", *HERE, "--out", str(tmp_path / "out"))
    keep = Unfinished.keep

    def interrupted(self: Unfinished, task: str, content: bytes) -> None:
        keep(self, task, content)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Unfinished, "keep", interrupted)
        assert fourport(*words).exit_code == 130
    assert len(results_of(tmp_path / "out")) == 1
    assert fourport(*words).stdout == f"{tmp_path / 'out'}/\n"
    assert len(results_of(tmp_path / "out")) == 2
    monkeypatch.setattr(Unfinished, "keep", None)
    assert fourport(*words).exit_code == 0


def test_all_problems_at_once(shards: Path, trial: Path, tmp_path: Path) -> None:
    """Tests folders that are no shard of the command, and that nothing is written."""
    other = shard((*RUN, "--seed", "9"), "2/3", trial, tmp_path / "other")
    halves = shard(RUN, "2/2", trial, tmp_path / "halves")
    (tmp_path / "empty").mkdir()
    for name in ("older", "cut", "lost"):
        shutil.copytree(shards / "b", tmp_path / name)
    request = tmp_path / "older" / UNFINISHED / "request.json"
    request.write_text(json.dumps({**json.loads(request.read_text()), "version": "0.0.9"}))
    result = results_of(tmp_path / "cut")[0]
    result.write_bytes(result.read_bytes()[:-1])
    sorted((tmp_path / "lost" / "journeys").iterdir())[0].unlink()
    folders = [shards / "a", other, halves, *(tmp_path / name for name in ("empty", "older", "cut", "lost"))]
    done = fourport("merge", *map(str, folders), "--out", str(tmp_path / "out"))
    assert done.exit_code == 2
    lines = done.stderr.splitlines()
    expected = [
        (other, "is of another command than"),
        (halves, "is one of 2 shards"),
        (tmp_path / "empty", "holds no unfinished results"),
        (tmp_path / "older", "is of version 0.0.9"),
        (tmp_path / "cut", "or its rows are damaged"),
        (tmp_path / "lost", "or its rows are damaged"),
    ]
    assert len(lines) == len(expected)
    for line, (folder, what) in zip(lines, expected, strict=True):
        assert line.startswith(f"{folder}: ")
        assert what in line
    assert not (tmp_path / "out").exists()


def test_a_scenario_that_has_changed(tmp_path: Path) -> None:
    """Tests that results of a scenario are not mixed with those of what its file says now."""
    trial = short_scenario(tmp_path)
    folder = shard(RUN, "1/2", trial, tmp_path / "a")
    before = contents(folder)
    trial.write_text(trial.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    done = fourport("merge", str(folder), "--out", str(tmp_path / "out"), *HERE)
    assert done.exit_code == 2
    assert "on a scenario, or with options, that have changed since" in done.stderr
    assert not (tmp_path / "out").exists()
    assert {**contents(folder), f"{UNFINISHED}/{LOCK}": ""} == {**before, f"{UNFINISHED}/{LOCK}": ""}


def test_what_is_refused(shards: Path, trial: Path, tmp_path: Path) -> None:
    """Tests options that do not fit, words that are no command with shards, and a folder that is taken."""
    for which in ("0/3", "4/3", "1", "a/b", "-1/3", "1/0"):
        done = fourport("run", str(trial), "--shard", which, "--out", str(tmp_path / "no"))
        assert done.exit_code == 2
        assert "is no share; allowed: I/N such as 2/3" in done.stderr
    alone = fourport("run", str(trial), "--shard", "1/3")
    assert (alone.exit_code, alone.stderr) == (
        2,
        "--shard: needs a folder of its own; allowed: together with --out FOLDER\n",
    )
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    taken = fourport("merge", str(shards / "a"), "--out", str(tmp_path / "taken"))
    assert taken.exit_code == 2
    assert "holds something else already" in taken.stderr
    shutil.copytree(shards / "a", tmp_path / "forged")
    told = tmp_path / "forged" / UNFINISHED / "shard.json"
    told.write_text(json.dumps({"shard": "1/3", "command": ["clean", str(tmp_path)]}), encoding="utf-8")
    forged = fourport("merge", str(tmp_path / "forged"), "--out", str(tmp_path / "no"))
    assert forged.exit_code == 2
    assert "'clean' is no command with shards" in forged.stderr
    assert (tmp_path / "taken" / "file").exists()
