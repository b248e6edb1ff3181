"""Tests that the page on curves says what the program does."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import click
import pytest

from fourport.cli import main
from fourport.scenario.models.claims import Claims
from fourport.store.tables import TABLES

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "curves.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^ {4}fourport (.+)$", PAGE, flags=re.M)


@pytest.mark.parametrize("line", COMMANDS)
def test_commands_are_as_the_program_takes_them(line: str) -> None:
    """Tests that command, options and choices of each example are known; they would take long to run."""
    name, *words = shlex.split(line)
    command = main.get_command(click.Context(main), name)
    assert command is not None
    with command.make_context(name, words) as context:
        assert context.params["scenario"]


def test_the_page_has_commands() -> None:
    """Tests that the search above finds them."""
    assert {shlex.split(line)[0] for line in COMMANDS} == {"curves", "route-choice", "claims"}


def test_the_claim_shown_is_one() -> None:
    """Tests that the example of a claim is a valid one."""
    (shown,) = re.findall(r"```toml\n(.*?)```", PAGE, flags=re.S)
    found = Claims.model_validate({"format": 2, **tomllib.loads(shown)})
    assert list(found.claims) == ["quarter-cheaper-us"]


def test_the_header_shown() -> None:
    """Tests that the page gives the header of the table."""
    assert f"`{','.join(TABLES['curves'].header)}`" in PAGE
