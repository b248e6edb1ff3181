"""``fourport chart`` from the outside."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result
from matplotlib.figure import Figure

from fourport.charts import KINDS, StoredResults, kinds_for
from fourport.charts.drawing import drawn
from fourport.charts.style import looks
from fourport.cli import main
from tests.charts.folder import Made, write_run
from tests.charts.look import texts

SMALL = Made({"islands": ["sea-air", "direct"]}, stops=5)


def chart(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["chart", *map(str, arguments)])


@pytest.fixture
def empty_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let charts be drawn, but write empty files: which there are is asked, not what they hold."""

    def touch(_: Figure, file: Path, style: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()

    monkeypatch.setattr("fourport.charts.drawing.save_figure", touch)


def test_list() -> None:
    """Tests that every kind is listed with what it shows, and no run is needed for it."""
    result = chart("--list")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert [line.split()[0] for line in lines] == list(KINDS)
    assert all(kind.subject in line for kind, line in zip(KINDS.values(), lines, strict=True))


def test_named_kinds(tmp_path: Path) -> None:
    """Tests that only the named kinds are drawn, once each, in the formats asked for, and told."""
    run = write_run(tmp_path / "run", SMALL)
    out = tmp_path / "else" / "where"
    result = chart(
        run.folder, "cost-stack", "lead-time-ecdf", "cost-stack", "--format", "png, pdf", "--out", out
    )
    assert result.exit_code == 0, result.output
    expected = [
        out / f"{kind}.{form}" for kind in ("cost-stack", "lead-time-ecdf") for form in ("png", "pdf")
    ]
    assert result.output.splitlines() == [str(path) for path in expected]
    assert sorted(out.iterdir()) == sorted(expected)
    assert not run.charts.exists()


def test_all_that_the_run_holds(tmp_path: Path, empty_files: None) -> None:
    """Tests that without a name all kinds are drawn whose table is there, and no other is spoken of."""
    run = write_run(tmp_path / "run", SMALL)
    (run.folder / "lead-times.csv").unlink()
    kept = [name for name, kind in KINDS.items() if run.has(kind.needs)]
    result = chart(run.folder, "--format", "svg")
    assert "lead-time-ecdf" not in kept
    assert "cost-stack" in kept
    assert sorted(path.stem for path in run.charts.iterdir()) == sorted(kept), result.output


def test_a_kind_that_cannot_be_drawn(tmp_path: Path) -> None:
    """Tests that the others are drawn all the same, and the exit code is 2."""
    run = write_run(tmp_path / "run", SMALL)
    (run.folder / "costs.csv").unlink()
    result = chart(run.folder, "cost-stack", "lead-time-ecdf", "--format", "png")
    assert result.exit_code == 2
    assert "chart cost-stack: " in result.stderr
    assert "holds no costs.csv" in result.stderr
    assert [path.name for path in run.charts.iterdir()] == ["lead-time-ecdf.png"]


@pytest.mark.parametrize(
    ("kind", "command"),
    [("route-choice", "route-choice {run}"), ("cost-curve", "curves {run} --over weight")],
)
def test_what_a_run_does_not_hold_has_its_command(tmp_path: Path, kind: str, command: str) -> None:
    """Tests that a chart of a study of its own says by which command the run gets one."""
    run = write_run(tmp_path / "run", SMALL)
    run.file(KINDS[kind].needs).unlink()
    result = chart(run.folder, kind)
    assert result.exit_code == 2
    said = f"holds no {KINDS[kind].needs}.csv; run `fourport {command.format(run=run.folder)}`"
    assert said in result.stderr


@pytest.mark.parametrize(
    ("arguments", "messages"),
    [
        (["cost-stak"], ["'cost-stak' is not a known chart; did you mean 'cost-stack'?"]),
        (
            ["--format", "jpg,pgn", "--lang", "kr", "--style", "prin"],
            [
                "'jpg' is not a known format",
                "'pgn' is not a known format; did you mean 'png'?",
                "'kr' is not a known language",
                "'prin' is not a known style; did you mean 'print'?",
            ],
        ),
        (["--format", ""], ["'' is not a known format; allowed: png, svg, pdf"]),
        (["cost-stack", "--policy", "bass"], ["'bass' is not a known policy; did you mean 'base'?"]),
    ],
)
def test_unknown_names(tmp_path: Path, arguments: list[str], messages: list[str]) -> None:
    """Tests that all that is not known is said at once, nothing is drawn, and the exit code is 2."""
    run = write_run(tmp_path / "run", SMALL)
    result = chart(run.folder, *arguments)
    assert result.exit_code == 2
    for message in messages:
        assert message in result.stderr
    assert not run.charts.exists()


def test_an_unknown_policy_is_told_once(tmp_path: Path) -> None:
    """Tests that a policy which the run has not is one line, not one for each chart, beside other slips."""
    run = write_run(tmp_path / "run", SMALL)
    result = chart(run.folder, "--policy", "nope", "--lang", "kr")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        "'kr' is not a known language; allowed: en, zh, ko",
        "'nope' is not a known policy; allowed: base",
    ]


def test_the_baseline_answers_to_both_names(tmp_path: Path) -> None:
    """Tests that the scenario as it stands is drawn by its own name, too, and as the first policy."""
    run = write_run(tmp_path / "run", SMALL)
    run.write_manifest({**run.manifest(), "base": "province"})
    result = chart(run.folder, "cost-stack", "--policy", "province", "--format", "png")
    assert result.output.splitlines() == [str(run.charts / "cost-stack.png")]


def test_no_run(tmp_path: Path) -> None:
    """Tests folders that hold no run, and no folder at all."""
    for folder in (tmp_path, tmp_path / "none"):
        result = chart(folder)
        assert result.exit_code == 2
        assert f"{folder}: holds no complete run (no manifest.json)" in result.stderr
    result = chart()
    assert result.exit_code == 2
    assert "Missing argument 'RUN'" in result.stderr


def test_completion() -> None:
    """Tests that the shell is offered the kinds that begin so."""
    found = ShellComplete(main, {}, "fourport", "_FOURPORT_COMPLETE").get_completions(["chart", "run"], "co")
    assert [item.value for item in found] == [name for name in KINDS if name.startswith("co")]
    assert "cost-stack" in {item.value for item in found}


TWO = Made(
    {"islands": ["sea-air", "direct"], "west": ["truck-air"]},
    policies={"base": "", "other": "Other"},
    stops=5,
)


def test_list_of_a_run(tmp_path: Path) -> None:
    """Tests that a run's kinds come first, and that the others say what lacks and how to get it."""
    run = write_run(tmp_path / "run", SMALL)
    for table in ("curves", "costs"):
        run.file(table).unlink()
    result = chart(run.folder, "--list")
    assert result.exit_code == 0
    can, head, cannot = result.output.split("\n\n")
    assert [line.split()[0] for line in can.splitlines() if not line.startswith(" ")] == kinds_for(run)
    assert head == f"Not for {run.folder}:"
    lacking = [line.split()[0] for line in cannot.splitlines() if not line.startswith(" ")]
    assert {*lacking} == {*KINDS} - {*kinds_for(run)}
    reasons = " ".join(cannot.split())
    assert "--over weight" in reasons
    assert "holds no costs.csv" in reasons


def test_one_lane(tmp_path: Path, empty_files: None) -> None:
    """Tests that the charts of lanes are drawn, each under the lane's name, and that others refuse."""
    run = write_run(tmp_path / "run", TWO)
    result = chart(run.folder, "--lane", "west", "--format", "svg")
    assert result.exit_code == 0, result.output
    drawn = sorted(path.stem for path in run.charts.iterdir())
    assert drawn == sorted(f"{kind}-west" for kind in kinds_for(run, "west"))
    assert {"cost-stack-west", "time-distance-west", "lead-time-ecdf-west"} <= {*drawn}
    refused = chart(run.folder, "network-map", "--lane", "west")
    assert refused.exit_code == 2
    assert "chart network-map: " in refused.stderr
    assert "shows no lanes; allowed with a lane: " in refused.stderr
    unknown = chart(run.folder, "--lane", "wst")
    assert unknown.exit_code == 2
    assert unknown.stderr.splitlines() == [
        "'wst' is not a known lane; did you mean 'west'?; allowed: islands, west"
    ]


@pytest.mark.parametrize("kind", ["cost-stack", "lead-time-ecdf", "time-distance", "cost-time"])
def test_a_lane_alone_looks_as_among_others(tmp_path: Path, kind: str) -> None:
    """Tests that other lanes are gone, and that the colours of routes stay."""
    run = write_run(tmp_path / "run", TWO)
    with drawn(run, kind, lane="west") as figure:
        seen = texts(figure)
        results = StoredResults(run, "base", "west")
        assert results.title("lanes", "west") in seen
        assert results.title("lanes", "islands") not in seen
        assert looks(results) == looks(StoredResults(run))


def test_two_policies_in_one_picture(tmp_path: Path) -> None:
    """Tests a curve of each policy and route, P95 of both, and that both are named, also by the file."""
    run = write_run(tmp_path / "run", TWO)
    result = chart(run.folder, "lead-time-ecdf", "--policies", "base,other", "--format", "svg")
    assert result.exit_code == 0, result.output
    assert [path.name for path in run.charts.iterdir()] == ["lead-time-ecdf-base-other.svg"]
    results = StoredResults(run)
    with drawn(run, "lead-time-ecdf", beside="other") as figure:
        curves = [line for axes in figure.axes for line in axes.get_lines() if len(line.get_xdata()) > 9]  # type: ignore[arg-type]
        seen = texts(figure)
    assert len(curves) == 6
    key = ("west", "truck-air", "door_to_door_time_p95")
    days = [results.value(name, *key).mean / 24 for name in TWO.policies]
    assert f"P95 {days[0]:.1f} \u2192 {days[1]:.1f} days" in seen
    assert "policy base" in seen
    assert "policy Other" in seen


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["cost-stack", "--policies", "base,other"], "allowed with two policies: lead-time-ecdf"),
        (["--policies", "base"], "--policies 'base': allowed: two names with a comma, without --policy"),
        (["--policies", "base,base"], "'base' is named twice; allowed: two policies"),
        (["--policies", "base,othr"], "'othr' is not a known policy; did you mean 'other'?"),
        (["--policies", "base,other", "--policy", "base"], "without --policy"),
    ],
)
def test_wrong_policies_are_refused(tmp_path: Path, arguments: list[str], message: str) -> None:
    """Tests that what cannot be shown is said before anything is drawn."""
    run = write_run(tmp_path / "run", TWO)
    result = chart(run.folder, *arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert not run.charts.exists()


def test_lanes_and_policies_are_completed(tmp_path: Path) -> None:
    """Tests what the shell offers for the lanes and policies of a run, and for languages."""
    run = write_run(tmp_path / "run", TWO)
    complete = ShellComplete(main, {}, "fourport", "_FOURPORT_COMPLETE")
    before = ["chart", str(run.folder)]
    assert [item.value for item in complete.get_completions([*before, "--lane"], "west-")] == ["west-urgent"]
    assert [item.value for item in complete.get_completions([*before, "--lang"], "k")] == ["ko"]
    offered = complete.get_completions([*before, "--policies"], "base,")
    assert [item.value for item in offered] == ["base,other"]
