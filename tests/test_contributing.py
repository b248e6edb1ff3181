"""The recipes of CONTRIBUTING.md, each followed to the letter in a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RECIPES = re.split(r"^## ", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), flags=re.M)
BLOCK = re.compile(r"(At the end of )?`([\w/.]+)`:\n\n```(\w+)\n(.*?)^```$", re.M | re.S)
"""Whether it is added to what is there, a file, the language of a block, and the block."""
COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.M | re.S)
COPIED = ("fourport", "tests", "docs", "scenarios", "benchmarks", "pyproject.toml")


def patched(text: str, diff: str) -> str:
    """Change a text at each place of a diff: what is there before, once, is replaced."""
    for hunk in diff.split("@@\n")[1:]:
        lines = hunk.splitlines(keepends=True)
        before, after = ("".join(line[1:] for line in lines if line[0] in mark) for mark in (" -", " +"))
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def follow(recipe: str, copy: Path) -> list[str]:
    """Apply the blocks of a recipe to a copy of the project; give the modules of the program it touched."""
    for name in COPIED:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy2)(ROOT / name, copy / name)
    (copy / "results").symlink_to(ROOT / "results", target_is_directory=True)
    touched = []
    for at_the_end, name, language, block in BLOCK.findall(recipe):
        file = copy / name
        assert file.exists() == (language == "diff" or bool(at_the_end)), name
        old = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(patched(old, block) if language == "diff" else old + block, encoding="utf-8")
        if name.startswith("fourport/") and name.endswith(".py"):
            touched.append(name)
    return touched


TOGETHER = """
import shlex, sys, pytest
for command in sys.argv[1:]:
    if code := pytest.main(shlex.split(command)[1:]):
        sys.exit(code)
"""
"""Runs commands of pytest one after the other until one fails, in one process, which takes long to start."""


def run(recipe: str, copy: Path) -> str:
    """Run the commands of a recipe in a copy of the project; give what they print."""
    (commands,) = COMMANDS.findall(recipe)
    said = ""
    for of_pytest, group in groupby(commands.splitlines(), lambda line: line.startswith("pytest ")):
        lines = [*group]
        done = subprocess.run(
            [sys.executable, "-c", TOGETHER, *lines] if of_pytest else ["bash", "-e", "-c", "\n".join(lines)],
            cwd=copy,
            env={
                **os.environ,
                "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"])),
                "PYTHONPATH": str(copy),
                "PYTEST_ADDOPTS": "-vv -p no:cacheprovider -p no:xdist",
                "FOURPORT_TESTS_FEWER_EXAMPLES": "4",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        said += done.stdout
    return said


@pytest.mark.parametrize(
    ("title", "modules", "tests"),
    [
        (
            "Adding a lever",
            2,
            [f"levers/test_{name}" for name in ("fast_lane", "streams", "lanes", "order", "bad_levers")],
        ),
        ("Adding a stage of customs", 3, ["study/test_fumigation"]),
        pytest.param(
            "Adding a kind of step",
            13,
            [
                "engine/test_shuttle_by_hand",
                "study/test_shuttle",
                "engine/test_engines_agree",
                "test_compiled_scenarios",
            ],
            marks=pytest.mark.long,
        ),
        (
            "Adding a kind of tariff line",
            2,
            [
                "scenario/test_schema",
                "scenario/test_price_lists",
                "ledger/test_guide",
                "ledger/test_benchmark",
                "ledger/test_invoice",
            ],
        ),
        ("Adding a measure", 1, ["study/test_measures", "charts/test_measures", "charts/test_language"]),
        (
            "Adding or changing a chart",
            1,
            ["charts/test_reliability", "charts/test_baselines", "charts/test_drawing"],
        ),
    ],
)
def test_recipe(tmp_path: Path, title: str, modules: int, tests: Sequence[str]) -> None:
    """Tests that what a recipe makes passes its own tests and those that hold for every one of its kind.

    It changes as many modules of the program as it should.
    """
    (recipe,) = (one for one in RECIPES if one.startswith(f"{title}\n"))
    assert len(follow(recipe, tmp_path)) == modules
    said = run(recipe, tmp_path)
    assert not [name for name in tests if f"tests/{name}.py" not in said]


def test_every_recipe_is_followed() -> None:
    """Tests that no other section has blocks that are not followed."""
    assert sum("```diff" in one or "```sh" in one for one in RECIPES) == 6


WALK = re.compile(r"^\d+\. `([\w/]+\.py)`, `([\w.]+)`: ", re.M)
WATCHED = """
import sys
from fourport.cli import main
seen = {}
def watch(frame, event, _):
    code = frame.f_code
    if event == "call" and "/fourport/" in code.co_filename:
        seen.setdefault((code.co_filename.rpartition("/fourport/")[2], code.co_qualname))
sys.setprofile(watch)
main(["run", *sys.argv[1:]], standalone_mode=False)
sys.setprofile(None)
for file, function in seen:
    print(file, function)
"""
"""Runs a command and prints its functions in the order in which they were called first."""


@pytest.mark.long
def test_the_walk(tmp_path: Path) -> None:
    """Tests that a run calls the functions of the walk in its order, each file once."""
    (walk,) = (one for one in RECIPES if one.startswith("One consignment"))
    steps = WALK.findall(walk)
    assert len(steps) == len(re.findall(r"^\d+\. ", walk, re.M)) > 60
    assert len({file for file, _ in steps}) == len(steps)
    scenario = tmp_path / "short.toml"
    scenario.write_text(
        'extends = "weihai-2019"\nformat = 2\nname = "short"\ntitle = "Short"\n'
        '[run]\nstart = 2019-03-04\nwarm_up = "none"\nwindow = "1 week"\ndrain = "1 week"\n',
        encoding="utf-8",
    )
    options = ["--replications", "1", "--jobs", "1", "--engine", "simpy", "--out", str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, str(scenario), *options], capture_output=True, text=True, check=True
    )
    called = [tuple(line.split(" ", 1)) for line in done.stdout.splitlines()]
    assert [step for step in steps if step not in called] == []
    assert sorted(steps, key=called.index) == steps
