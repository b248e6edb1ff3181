"""``fourport chart`` from the outside."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from fourport.charts import KINDS
from fourport.cli import main
from tests.charts.folder import Made, write_run

SMALL = Made({"islands": ["sea-air", "direct"]}, stops=5)


def chart(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["chart", *map(str, arguments)])


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


def test_all_that_the_run_holds(tmp_path: Path) -> None:
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
    [("route-choice", "route-choice map {run}"), ("cost-curve", "curves {run} --over weight")],
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
