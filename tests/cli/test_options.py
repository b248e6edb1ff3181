"""Options that several commands share: the range of seeds is that of scenario files."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from fourport.arguments import LARGEST_SEED
from fourport.cli import main
from fourport.cli.group import COMMANDS
from fourport.measures import MEASURES
from fourport.scenario.models.run import RunSettings

SETTINGS = {"start": "2019-01-07", "window": "1 week", "drain": "1 week"}


def test_the_range_is_that_of_files() -> None:
    """Tests that a file may say the largest seed and no larger one."""
    assert RunSettings.model_validate({**SETTINGS, "seed": LARGEST_SEED}).seed == LARGEST_SEED
    with pytest.raises(ValueError, match="less than"):
        RunSettings.model_validate({**SETTINGS, "seed": LARGEST_SEED + 1})


@pytest.mark.parametrize("command", ["run", "compare", "capacity", "curves", "route-choice", "claims"])
def test_seeds_past_the_largest(command: str) -> None:
    """Tests that no command takes a larger seed, whatever else it is asked for."""
    assert command in COMMANDS
    for seed in (str(LARGEST_SEED + 1), "99999999999999999999", "-1"):
        result = CliRunner().invoke(main, [command, "weihai-2019", "--seed", seed])
        assert result.exit_code == 2
        assert f"'--seed': {seed} is not in the range" in result.stderr


@pytest.mark.parametrize(
    ("command", "least"),
    [("run", 1), ("compare", 2), ("capacity", 2), ("curves", 1), ("route-choice", 1), ("claims", 1)],
)
def test_least_replications(command: str, least: int) -> None:
    """Tests that what needs intervals of differences takes no single replication, and the others do."""
    for given in (str(least - 1), str(least)):
        result = CliRunner().invoke(main, [command, "no-such-scenario", "--replications", given])
        assert result.exit_code == 2
        refused = f"'--replications': {given} is not in the range {least}<=x<=100000" in result.stderr
        assert refused == (int(given) < least)


def test_the_largest_seed() -> None:
    """Tests that the largest is taken."""
    context = click.Context(main)
    command = main.get_command(context, "run")
    assert isinstance(command, click.Command)
    assert (
        command.make_context("run", ["weihai-2019", "--seed", str(LARGEST_SEED)]).params["seed"]
        == LARGEST_SEED
    )


@pytest.mark.parametrize("command", ["run", "compare", "capacity"])
def test_help_lists_the_measures(command: str) -> None:
    """Tests that each measure is there with its title and unit."""
    lines = [line.split() for line in CliRunner().invoke(main, [command, "--help"]).stdout.splitlines()]
    assert ["door_to_door_time[_P]", "Door-to-door", "time,", "h"] in lines
    assert ["freight_cost", "Freight", "cost,", "currency/kg"] in lines
    listed = {line[0].removesuffix("[_P]") for line in lines if line}
    assert listed >= MEASURES.keys()


def test_lists_of_values_are_readable() -> None:
    """Tests that click's list of the allowed values is indented by blanks, and that no tab is escaped."""
    result = CliRunner().invoke(main, ["curves", "weihai-2019"])
    assert result.exit_code == 2
    assert "\n  weight,\n  value-density,\n" in result.stderr
    assert "\\t" not in result.stderr
