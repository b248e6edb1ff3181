"""Commands that are only costed: a trial of a few replications, of which nothing is left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from fourport.cli.dry_run import cost_text, seconds, size
from fourport.study.parallel import Shard, in_order
from fourport.study.trial import Cost, Trial
from tests.cli.short import fourport, short_scenario


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a scenario that is quick to run."""
    return short_scenario(tmp_path_factory.mktemp("trial"))


@pytest.mark.parametrize(
    ("words", "tasks"),
    [
        (("compare", "{}", "--policies", "base,more-officers", "--replications", "1000"), "2,000, of"),
        (
            (
                "capacity",
                "{}",
                "--at",
                "northport/officers",
                "--servers",
                "1..2",
                "--target",
                "50% within 9 h",
            ),
            "50, of",
        ),
        (("route-choice", "{}", "--cells", "2x2", "--replications", "20"), r"[\d,]+, in \d+ stages, of"),
    ],
    ids=lambda one: one[0] if isinstance(one, tuple) else "",
)
def test_a_study_is_costed(
    words: tuple[str, ...], tasks: str, trial: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that the tasks are those of the study, and that neither results nor the trial are left."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    done = fourport(*(word.replace("{}", str(trial)) for word in words), "--dry-run", "--jobs", "3")
    assert done.exit_code == 0, done.output
    found = dict(line.split(maxsplit=1) for line in done.stdout.splitlines()[:6])
    assert list(found) == ["study", "tasks", "processor", "wall", "memory", "disk"]
    assert re.match(tasks, found["tasks"]), found
    assert "with 3 processes" in found["wall"]
    assert not [*tmp_path.iterdir()]


def test_the_disk_is_that_of_the_study(trial: Path, tmp_path: Path, no_charts: None) -> None:
    """Tests the size of a trial's results that are scaled by three against those of six replications.

    Of a stored run what is not simulated is not costed; curves are.
    """
    words, out = ("run", str(trial), "--replications", "6", "--journeys"), str(tmp_path / "out")
    told = fourport(*words, "--dry-run").stdout
    done = fourport(*words, "--jobs", "1", "--out", out)
    assert done.exit_code == 0, done.output
    real = sum(path.stat().st_size for path in (tmp_path / "out").rglob("*") if path.is_file())
    found = re.search(r"^disk +([\d.]+) (\wB)", told, re.MULTILINE)
    assert found is not None
    # Compressed rows of two replications differ in size from those of others by a few per cent.
    assert float(found[1]) * {"kB": 1e3, "MB": 1e6}[found[2]] == pytest.approx(real, rel=0.1)
    refused = fourport("compare", out, "--routes", "by-air,by-sea", "--lane", "east", "--dry-run")
    assert (refused.exit_code, refused.stderr) == (
        2,
        "--dry-run: a stored run is not simulated; allowed: without\n",
    )
    priced = fourport("curves", out, "--over", "weight", "--points", "3", "--dry-run")
    assert priced.exit_code == 0, priced.output


def test_the_cost_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests two stages of two tasks, 9 s and 4 s, then twice 1 s; each is taken in in 0.25 s, rest 3 s.

    Of the first task 5 s are done once by each process. Ten replications in place of two: 10 x 4 s + 10 x 1 s
    of tasks, 4 x 5 x 0.25 s to take them in.
    """
    now = [0.0]
    monkeypatch.setattr("time.process_time", lambda: now[0])

    def took(seconds: Sequence[float]) -> Iterator[None]:
        for one in seconds:
            now[0] += one
            yield

    trial = Trial()
    for times in ((9.0, 4.0), (1.0, 1.0)):
        for _ in trial.watch(took(times), 2):
            now[0] += 0.25
    now[0] += 3.0
    files = {"consignments/a": 100, "replications.csv": 10, "summary.csv": 7, ".unfinished/a": 3}
    for name, n_bytes in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(bytes(n_bytes))
    cost = trial.cost(tmp_path, 5.0, processes=2)
    assert (cost.tasks, cost.task_s) == ((10, 10), 50 / 20)
    assert cost.processor_s == 50 + 2 * 5 + 5 + 3
    assert cost.wall_s == 3 + 5 + 50 / 2
    assert (cost.disk, cost.disk_at_work) == (5 * 110 + 7, 5 * 3)
    share = trial.cost(tmp_path, 5.0, 2, Shard(1, 4))  # three of ten tasks, and no tables
    assert (share.tasks, share.task_s, share.processor_s) == ((3,), 4.0, 3 * 4 + 2 * 5 + 0.25 * 3)
    assert share.disk == 3 * 110 / 2


def test_results_pass_through_a_trial() -> None:
    """Tests that a trial changes no results, and that stages without tasks are none."""
    trial = Trial()
    assert list(in_order(abs, [-1, 2], trial)) == [1, 2]
    assert list(in_order(abs, [], trial)) == []
    assert [len(stage.seconds) for stage in trial.stages] == [2]


def test_how_it_is_told() -> None:
    """Tests the text of a study of 1,000 replications and 8 policies."""
    cost = Cost((8000,), 2, 7000.0, 3600.0, 0.84, 3_100_000_000, 210_000_000, 400_000_000)
    assert cost_text(cost, 1000, 2, [3e8] * 8).splitlines()[:6] == [
        "study      1,000 replications x 8 policies",
        "tasks      8,000, of 0.84 s each",
        "processor  1 h 57 min",
        "wall time  60 min with 2 processes, without charts",
        "memory     1.2 GB, 400 MB a process and the program",
        "disk       3.1 GB, and 210 MB more until it is finished",
    ]
    assert [seconds(t) for t in (0.012, 42.0, 120.0, 6000.0)] == ["0.012 s", "42 s", "2 min", "1 h 40 min"]
    assert [size(n) for n in (0, 999, 1e6, 1.5e12)] == ["0 kB", "0.999 kB", "1 MB", "1,500 GB"]
