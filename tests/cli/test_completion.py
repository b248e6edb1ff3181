"""What shells are offered: names, paths, policies and resources, and nothing instead of errors."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from fourport.cli import main
from fourport.scenario.library import names

SCENARIO = """
name = "trial"
[facilities.port.resources.bays]
[facilities.port.resources.officers]
[facilities.hub.resources.docks]
[lanes.east]
title = "Eastward"
routes = { by-sea = "70 %", by-air = "30 %" }
[lanes.west]
routes = { by-rail = "100 %" }
[routes.by-sea]
title = "Ferry"
[tariffs.air]
title = "Air freight"
lines = [{ name = "freight" }, { name = "fuel surcharge" }]
[tariffs.ferry]
[policies.more]
title = "More officers"
[policies.most]
"""


SHARES = (
    *("within_promise", "departure_as_planned", "departure_before_planned"),
    *("left_hub_within_target", "cleared_within_24h"),
)
"""Measures in %."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the folder at hand: a scenario, two folders, one with a run, and files of other kinds."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "trial.toml").write_text(SCENARIO)
    (tmp_path / "notes.txt").write_text("")
    (tmp_path / ".hidden.toml").write_text("")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "more.toml").write_text("")
    (tmp_path / "results" / "run").mkdir(parents=True)
    manifest = '{"policies": {"base": "", "night": "At night"}}'
    (tmp_path / "results" / "run" / "manifest.json").write_text(manifest)
    values = {"lanes": {"south": {"routes": {"by-cart": "100 %"}}}, "routes": {"by-cart": {}}}
    stored = {"policies": {"base": {"values": values}}}
    (tmp_path / "results" / "run" / "scenario.json").write_text(json.dumps(stored))
    return tmp_path


def offered(words: str, begun: str = "") -> list[str]:
    """Give what is offered after words for a word that is begun; of another's work, its kind."""
    items = ShellComplete(main, {}, "fourport", "_FOURPORT_COMPLETE").get_completions(words.split(), begun)
    return [item.value if item.type == "plain" else item.type for item in items]


OTHERS = [
    "hub_dwell_time",
    *(f"clearance_time_{procedure}" for procedure in ("import", "transit", "export")),
]
"""Other times of the summary."""


@pytest.mark.parametrize("command", ["check", "sources", "check trial.toml", "new --from"])
def test_scenarios(command: str) -> None:
    """Tests shipped names, TOML files and folders; the only folder that begins so gives what it holds."""
    assert offered(command) == [*names(), "mine/", "results/", "trial.toml"]
    assert offered(command, "weihai-2019") == ["weihai-2019"]
    assert offered(command, "tr") == ["trial.toml"]
    assert offered(command, "mi") == ["mine/more.toml"]
    assert offered(command, ".h") == [".hidden.toml"]


@pytest.mark.parametrize("command", ["run", "capacity", "compare", "curves", "route-choice", "claims"])
def test_runs(command: str) -> None:
    """Tests that a folder of a run is a word of its own where it may be named."""
    assert offered(command, "res") == ["results/run"]
    assert offered("check", "res") == ["file"]


@pytest.mark.parametrize("begun", ["~/", "no-such", "no/such/", "notes"])
def test_what_else_there_is_the_shell_knows(begun: str) -> None:
    """Tests that the shell's own names of files are asked for where nothing is found."""
    assert offered("run", begun) == ["file"]


@pytest.mark.parametrize(
    ("words", "begun", "expected"),
    [
        ("run trial.toml --policy", "", ["base", "more", "most"]),
        ("run trial.toml --policy more --policy", "mos", ["most"]),
        ("run trial.toml", "--policy=mo", ["more", "most"]),
        ("capacity trial.toml --policy", "b", ["base"]),
        ("sources trial.toml --policy", "mor", ["more"]),
        ("compare trial.toml --policies", "", ["base", "more", "most"]),
        ("compare trial.toml --policies", "base,mo", ["base,more", "base,most"]),
        ("compare trial.toml --policies", "more,mo", ["more,most"]),
        ("compare trial.toml --baseline", "m", ["more", "most"]),
        ("curves results/run --policy", "", ["base", "night"]),
        ("route-choice results/run --policy", "n", ["night"]),
        ("chart results/run --policy", "", ["base", "night"]),
        ("capacity trial.toml --at", "", ["port/bays", "port/officers", "hub/docks"]),
        ("capacity trial.toml --at", "port/o", ["port/officers"]),
        ("compare trial.toml --lane", "", ["east", "west"]),
        ("compare trial.toml --routes", "by-s", ["by-sea"]),
        ("compare trial.toml --routes", "by-sea,by-", ["by-sea,by-air", "by-sea,by-rail"]),
        ("curves trial.toml --lane east --routes", "", ["by-sea", "by-air"]),
        ("route-choice results/run --lane", "", ["south"]),
        ("route-choice results/run --routes", "", ["by-cart"]),
        ("capacity trial.toml --lane", "w", ["west"]),
        ("capacity trial.toml --lane west --route", "", ["by-rail"]),
        ("curves trial.toml --over rate --rate", "", ["air", "ferry"]),
        ("curves trial.toml --over rate --rate", "air.", ["air.freight", "air.fuel surcharge"]),
        ("curves weihai-2019 --along", "delivery-l", ["delivery-los-angeles"]),
        ("capacity trial.toml --measure", "", ["clearance", "visits", "wait", "door_to_door_time", *OTHERS]),
        ("capacity trial.toml --measure", "w", ["wait"]),
        ("compare trial.toml --measures", "al", ["all"]),
        ("compare trial.toml --measures", "emissions_t", ["emissions_ttw"]),
        (
            "compare trial.toml --measures",
            "weight,hub_dwell_time_p9",
            ["weight,hub_dwell_time_p90", "weight,hub_dwell_time_p95"],
        ),
        ("chart results/run --lang", "", ["en", "zh", "ko"]),
        ("chart results/run --style", "", ["screen", "print", "slide"]),
        ("chart results/run --format", "png,", ["png,svg", "png,pdf"]),
        ("chart results/run", "clearance-s", ["clearance-stages"]),
        ("capacity trial.toml --target", "90%", [f"90% {name}" for name in ("within", *SHARES)]),
        (
            "capacity trial.toml --target",
            "door_to_door_time_p9",
            [f"door_to_door_time_p9{k}" for k in (0, 5)],
        ),
        ("capacity trial.toml --target", "95% wi", ["95% within", "95% within_promise"]),
        ("capacity trial.toml --target", "95%cleared", ["95%cleared_within_24h"]),
        ("verify --case", "m-m-3", ["m-m-3"]),
    ],
)
def test_names_of_what_is_typed_already(words: str, begun: str, expected: list[str]) -> None:
    """Tests policies and resources of the scenario or run named before."""
    assert offered(words, begun) == expected


NOT_NAMED = {
    *("shard", "servers", "cells", "values_per_kg", "weights_kg"),  # numbers
    *("cluster", "sql"),  # an address, a question
}
"""Options whose values are neither in a list nor names of a scenario, a run or a file."""


def test_every_option_with_names_offers_them() -> None:
    """Tests that no option is forgotten: each offers words of its own or of its type, or is a number."""
    ctx = click.Context(main)
    silent = {
        option.name
        for command in main.list_commands(ctx)
        if (found := main.get_command(ctx, command))
        for option in found.params
        if option._custom_shell_complete is None
        and not getattr(option, "is_flag", False)
        and not isinstance(option.type, click.Choice | click.Path | click.IntRange | click.FloatRange)
    }
    assert silent == NOT_NAMED


@pytest.mark.parametrize(
    "words",
    [
        "run --policy",
        "run no-such.toml --policy",
        "run notes.txt --policy",
        "capacity mine --at",
        "capacity mine/more.toml --at",
        "compare broken.toml --policies",
        "chart mine --policy",
        "compare broken.toml --lane",
        "curves broken.toml --rate",
        "curves trial.toml --rate no-such.",
        "route-choice mine --routes",
        "capacity notes.txt --route",
    ],
)
def test_errors_offer_nothing(here: Path, words: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Tests that what cannot be read is passed over without a word."""
    (here / "broken.toml").write_text("policies = [")
    assert offered(words) == []
    assert capfd.readouterr() == ("", "")


def test_in_a_shell() -> None:
    """Tests what the program answers where bash asks it."""
    asked = {"_FOURPORT_COMPLETE": "bash_complete", "COMP_WORDS": "fourport run tr", "COMP_CWORD": "2"}
    command = [sys.executable, "-c", "from fourport.cli import main; main(prog_name='fourport')"]
    done = subprocess.run(command, env={**os.environ, **asked}, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("plain,trial.toml\n", "")
