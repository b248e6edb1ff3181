"""The commands around a scenario file, as a user types them."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fourport import __version__
from fourport.cli import main
from fourport.cli.group import COMMANDS
from fourport.cli.sources import aligned
from fourport.scenario.library import folder
from fourport.scenario.sources import COLUMNS
from tests.scenario.bending import CORRIDOR, DATA, bent


def run(*words: str) -> Result:
    """Run a command."""
    return CliRunner().invoke(main, list(words), prog_name="fourport")


def typed(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "fourport", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


@pytest.fixture
def corridor(tmp_path: Path) -> Path:
    """Give a valid file that can be run: its goods end with a delivery."""
    path = tmp_path / "corridor.toml"
    path.write_text(CORRIDOR)
    return path


def test_help_lists_the_commands_and_loads_none_of_them() -> None:
    """Tests that the help names every command, without importing what the commands need."""
    code = (
        "import sys\nfrom fourport.cli import main\n"
        "try:\n    main(['--help'])\nfinally:\n"
        "    heavy = {'numpy', 'pydantic', 'matplotlib', 'simpy', 'pyarrow', 'tree_sitter', 'rich'}\n"
        "    print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    for name in ("check", "new", "sources", "schema"):
        assert f"\n  {name} " in done.stdout
    assert "Shell completion" in done.stdout


def test_check_loads_no_arrays(corridor: Path) -> None:
    """Tests that a check works without NumPy, which would take longer to load than the file."""
    code = (
        "import sys\nfrom fourport.cli import main\n"
        f"try:\n    main(['check', {str(corridor)!r}])\nfinally:\n"
        "    heavy = {'numpy', 'matplotlib', 'simpy', 'pyarrow', 'tree_sitter', 'rich'}\n"
        "    print(sorted(heavy & set(sys.modules)), file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize("name", ["check", "new", "sources", "schema"])
def test_help_has_an_example(name: str) -> None:
    """Tests that the help of each command shows how it is typed."""
    result = run(name, "--help")
    assert result.exit_code == 0
    assert "Example:\n" in result.output
    assert f"  fourport {name}" in result.output
    assert COMMANDS[name][1].rstrip(".").split(" of ")[0].lower()[:8] in result.output.lower()


def test_version() -> None:
    """Tests that the version is that of the package."""
    assert run("--version").output == f"fourport, version {__version__}\n"


def test_unknown_command() -> None:
    """Tests that a misspelt command ends with exit code 2 and the nearest one."""
    result = run("chekc", "x.toml")
    assert result.exit_code == 2
    assert "No such command 'chekc'; did you mean 'check'?" in result.output


def test_check_of_a_valid_file(tmp_path: Path) -> None:
    """Tests that a valid file passes with exit code 0, and silently if asked."""
    path = tmp_path / "mine.toml"
    assert run("new", str(path)).exit_code == 0
    result = run("check", str(path))
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == f"{path}: OK: scenario and 1 policy.\n"
    assert run("check", "--quiet", str(path)).output == ""


def test_claims_about_the_policies_of_another_scenario() -> None:
    """Tests that the cause goes first where the scenario lacks the policies of the claims."""
    path = folder() / "air-claims.toml"
    result = run("claims", "weihai-2019", "--claims", str(path))
    assert result.exit_code == 2
    first, second = result.stderr.splitlines()
    assert first == f"{path}: these claims are about weihai-air"
    assert "there is no policy 'charters-3'" in second


def test_check_of_published_claims(tmp_path: Path) -> None:
    """Tests that a file of claims is checked as such, and that other commands say what it is in one line."""
    path = tmp_path / "claims.toml"
    text = (folder() / "air-claims.toml").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    assert run("check", str(path)).output == f"{path}: OK: 2 published claims.\n"
    result = run("run", str(path))
    assert (result.exit_code, result.stderr) == (
        2,
        f"{path}:1: is a file of published claims, not a scenario; allowed: fourport check {path}, or"
        f" fourport claims SCENARIO --claims {path}\n",
    )
    path.write_text(text.replace("at_least =", "at_most_least =", 1), encoding="utf-8")
    result = run("check", str(path), "weihai-2018")
    assert result.exit_code == 2
    lines = [line.replace(str(path), "claims.toml") for line in result.stderr.splitlines()]
    line = text[: text.index("at_least =")].count("\n") + 1
    assert any(one.startswith(f"claims.toml:{line}: ") and "is not a known key" in one for one in lines)
    assert lines[-1].startswith("weihai-2018:1: there is no such file")


def test_check_tells_all_problems_of_all_files(tmp_path: Path, corridor: Path) -> None:
    """Tests that problems of several files and policies go to stderr, each once, and end with exit code 2."""
    policy = '\n[policies.p]\nfleets.truck.max_consolidation_time = 4\n[policies.q]\ntitle = "Q"\n'
    corridor.write_text(bent('cut_off = "6 h"', "cut_off = 6") + policy)
    result = run("check", str(corridor), str(DATA / "bad" / "empty.toml"), str(tmp_path / "gone.toml"))
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = [line.replace(f"{tmp_path}/", "").split(" ", 1) for line in result.stderr.splitlines()]
    assert [place.rsplit("/")[-1] for place, _ in lines] == [
        f"corridor.toml:{corridor.read_text()[: corridor.read_text().index('cut_off')].count(chr(10)) + 1}:",
        f"corridor.toml:{CORRIDOR.count(chr(10)) + 3}:",
        "empty.toml:1:",
        "gone.toml:1:",
    ]
    assert lines[1][1].endswith("(under the policy 'p')")


def test_check_tells_the_same_slip_of_each_policy(corridor: Path) -> None:
    """Tests a section that no policy may change, in two of them, and titles that are no texts."""
    policies = "\n[policies.p.run]\nseed = 2\n[policies.q.run]\nlonger = 1\n[policies.r]\ntitle = 3\n"
    corridor.write_text(CORRIDOR + policies + "description = [1]\n")
    lines = [line.replace(f"{corridor}:", "") for line in run("check", str(corridor)).stderr.splitlines()]
    first = CORRIDOR.count("\n") + 2
    found = [
        (int(line.partition(":")[0]) - first, line.split(": ")[1], line.split(": ")[2]) for line in lines
    ]
    assert sorted((line, key, message.partition(",")[0]) for line, key, message in found) == [
        (0, "run", "cannot be changed by a policy"),
        (2, "run", "cannot be changed by a policy"),
        (5, "policies.r.title", "3 is not a text; allowed"),
        (6, "policies.r.description", "a list is not a text; allowed"),
    ]
    refused = run("run", str(corridor), "--out", str(corridor.parent / "out"))
    assert (refused.exit_code, "policies.r.title: 3 is not a text" in refused.stderr) == (2, True)


def test_check_does_not_repeat_problems_under_policies(corridor: Path) -> None:
    """Tests that what the base lacks is told once though a policy adds to the table; its own slips, too."""
    policies = (
        '[policies.p.services.ferry]\ndistance = "230 nmi"\n'
        "[policies.q.fleets.truck]\nmax_consolidation_time = 4\n"
    )
    corridor.write_text(
        bent('cut_off = "6 h"\n', "", 'max_consolidation_time = "4 h"', "max_consolidation_time = 4")
        + policies
    )
    lines = run("check", str(corridor)).stderr.splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        "services.ferry.cut_off",
        "fleets.truck.max_consolidation_time",
        "fleets.truck.max_consolidation_time",
    ]
    assert [line.endswith("(under the policy 'q')") for line in lines] == [False, False, True]


def test_run_and_compare_name_the_policy_of_a_problem(corridor: Path) -> None:
    """Tests that a problem is told with its policy, also one of time, and without it where all have it."""
    policies = (
        '[policies.p]\ntitle = "P"\n[policies.q.fleets.truck]\nmax_consolidation_time = 4\n'
        '[policies.r.services.ferry]\ntimetable = [{ days = "Tue", valid_from = 2019-01-27, '
        'departs = "18:00", arrives = "08:00", arrives_day = 1 }]\n'
    )
    corridor.write_text(CORRIDOR + policies)
    for words, told in (
        (("compare",), "qr"),
        (("compare", "--policies", "p,q"), "q"),
        (("run", "--policy", "p", "--policy", "r"), "r"),
    ):
        refused = run(words[0], str(corridor), *words[1:])
        assert refused.exit_code == 2
        ends = [line.rpartition(" (under the policy ")[2] for line in refused.stderr.splitlines()]
        assert ends == [f"{name!r})" for name in told]
    corridor.write_text(bent('cut_off = "6 h"', "cut_off = 6") + policies)
    lines = run("compare", str(corridor), "--policies", "p,q").stderr.splitlines()
    assert [line.partition(" (under the policy ")[2] for line in lines] == ["", "'q')"]


def test_check_finds_what_shows_only_in_time(corridor: Path) -> None:
    """Tests that a service that never sails in the horizon is found by ``check``, with its line."""
    text = bent('days = "Tue", departs', 'days = "Tue", valid_from = 2019-01-27, departs')
    text = "".join(line for line in text.splitlines(keepends=True) if '{ days = "Fri"' not in line)
    corridor.write_text(text)
    result = run("check", str(corridor))
    assert result.exit_code == 2
    line = text[: text.index("[services.ferry]")].count("\n") + 1
    found = [one for one in result.stderr.splitlines() if "services.ferry" in one]
    assert len(found) == 1
    assert int(found[0].removeprefix(f"{corridor}:").split(":")[0]) in range(line, line + 10)


def test_check_of_shipped_names_from_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that a shipped scenario is found by name from any folder, unless a file of that name is there."""
    monkeypatch.chdir(tmp_path)
    assert run("check", "weihai-2019").exit_code == 0
    result = run("check", "weihai-2018")
    assert result.exit_code == 2
    assert "did you mean 'weihai-20" in result.stderr
    assert "weihai-2019, weihai-2020" in result.stderr
    Path("weihai-2019").write_text("")
    assert "weihai-2019:1: is empty" in run("check", "weihai-2019").stderr


def test_no_traceback_in_a_process(corridor: Path) -> None:
    """Tests that bad input in a real process ends with exit code 2 and lines that name the file."""
    corridor.write_text(bent('cut_off = "6 h"', "cut_off = 6"))
    done = typed("check", str(corridor))
    assert (done.returncode, done.stdout) == (2, "")
    assert all(line.startswith(f"{corridor}:") for line in done.stderr.splitlines())


def test_new_runs_check_and_sources(tmp_path: Path) -> None:
    """Tests that the written scenario is commented, named like its file, and graded throughout."""
    path = tmp_path / "My Corridor 2.toml"
    result = run("new", str(path))
    assert (result.exit_code, result.stderr) == (0, "")
    text = path.read_text(encoding="utf-8")
    assert tomllib.loads(text)["name"] == "my-corridor-2"
    assert text.count("#") > 25
    assert run("check", str(path)).exit_code == 0
    result = run("sources", str(path), "--missing")
    assert (result.exit_code, result.output) == (0, "")


def test_new_never_overwrites(tmp_path: Path) -> None:
    """Tests that a file, a folder and a place that cannot be written are left alone, with exit code 2."""
    path = tmp_path / "mine.toml"
    path.write_text("mine")
    for options in ([], ["--from", "weihai-2019"]):
        result = run("new", *options, str(path))
        assert result.exit_code == 2
        assert "is already there and left as it is" in result.stderr
        assert path.read_text() == "mine"
    assert run("new", str(tmp_path)).exit_code == 2
    result = run("new", str(tmp_path / "no" / "folder.toml"))
    assert result.exit_code == 2
    assert "cannot be written: No such file or directory" in result.stderr


def test_new_from_a_shipped_scenario(tmp_path: Path) -> None:
    """Tests that a scenario begun from a shipped one extends it by name and passes check."""
    path = tmp_path / "mine.toml"
    assert run("new", "--from", "weihai-2019", str(path)).exit_code == 0
    assert tomllib.loads(path.read_text(encoding="utf-8"))["extends"] == "weihai-2019"
    assert run("check", str(path)).exit_code == 0


def test_new_from_a_file(tmp_path: Path, corridor: Path) -> None:
    """Tests that a scenario begun from a file finds it from its own folder, whatever its title holds."""
    corridor.write_text(bent('title = "A corridor for tests"', "title = 'A \"quoted\" \\ title'"))
    (tmp_path / "sub").mkdir()
    path = tmp_path / "sub" / "mine.toml"
    assert run("new", "--from", str(corridor), str(path)).exit_code == 0
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    assert raw["extends"] == "../corridor.toml"
    assert raw["title"] == 'mine: A "quoted" \\ title'


def test_new_from_nothing_valid(tmp_path: Path) -> None:
    """Tests that nothing is written when the base is not valid."""
    path = tmp_path / "mine.toml"
    assert run("new", "--from", str(DATA / "bad" / "empty.toml"), str(path)).exit_code == 2
    assert not path.exists()


def test_sources_as_table_and_csv(corridor: Path) -> None:
    """Tests that the table and the CSV hold the same cells, and that each number is a row."""
    value = (
        '{ value = "6 h", range = ["4 h", "8 h"], grade = "published", source = "book", note = "p. 3, top" }'
    )
    corridor.write_text(bent('cut_off = "6 h"', f"cut_off = {value}"))
    result = run("sources", str(corridor), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert {tuple(row) for row in rows} == {("key", "value", "range", "grade", "source", "address", "note")}
    assert [row for row in rows if row["key"] == "services.ferry.cut_off"] == [
        {
            "key": "services.ferry.cut_off",
            "value": "6 h",
            "range": "4 h to 8 h",
            "grade": "published",
            "source": "A book",
            "address": "https://example.org/book",
            "note": "p. 3, top",
        }
    ]
    lines = run("sources", str(corridor)).stdout.splitlines()
    assert len(lines) == len(rows) + 1
    line = next(line for line in lines if line.startswith("services.ferry.cut_off "))
    assert line.split("  ")[-1] == "p. 3, top"
    assert "\x1b" not in "".join(lines)


def test_sources_missing(corridor: Path) -> None:
    """Tests that untagged numbers are listed with their lines and exit code 1."""
    result = run("sources", str(corridor), "--missing")
    assert result.exit_code == 1
    line = CORRIDOR[: CORRIDOR.index("max_consolidation_time =")].count("\n") + 1
    assert f"{corridor}:{line}: fleets.truck.max_consolidation_time: no grade\n" in result.stdout


def test_sources_of_a_policy(corridor: Path) -> None:
    """Tests that a policy is applied, or named when it is not there."""
    corridor.write_text(CORRIDOR + '\n[policies.late.services.ferry]\ngrade = "estimate"\ncut_off = "3 h"\n')
    rows = csv.DictReader(
        io.StringIO(run("sources", str(corridor), "--policy", "late", "--format", "csv").stdout)
    )
    assert [row["value"] for row in rows if row["key"] == "services.ferry.cut_off"] == ["3 h"]
    assert "policies.late.services.ferry.cut_off" in run("sources", str(corridor)).stdout
    result = run("sources", str(corridor), "--policy", "lat")
    assert result.exit_code == 2
    assert "did you mean 'late'?" in result.stderr


def test_sources_of_a_bad_file(corridor: Path) -> None:
    """Tests that a wrong grade ends with exit code 2 and its line."""
    corridor.write_text(bent('cut_off = "6 h"', 'cut_off = { value = "6 h", grade = "good" }'))
    result = run("sources", str(corridor))
    assert result.exit_code == 2
    assert "services.ferry.cut_off.grade: 'good' is not a grade" in result.stderr


def test_sources_on_a_terminal() -> None:
    """Tests by hand which columns a narrow terminal keeps, and that cells are broken at words and dots."""
    row = ("services.ferry.cut_off.hours", "6 h", "4 h to 8 h", "seed", "A [b] book about ferries", "", "")
    assert aligned([COLUMNS, row], 200).splitlines()[1].split() == " ".join(row).split()
    assert aligned([COLUMNS, row], 58).splitlines() == [
        "key              value  grade  source",
        "services.ferry.  6 h    seed   A [b] book about",
        "cut_off.hours                  ferries",
        "",
        "Not shown, as the terminal is too narrow: range, note, address.",
    ]


def test_schema_prints_json_and_markdown() -> None:
    """Tests that the schema is JSON and the reference Markdown."""
    assert json.loads(run("schema").stdout)["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert run("schema", "--markdown").stdout.startswith("# The scenario file\n")
