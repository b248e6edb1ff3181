"""Options shared by the commands that simulate."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from fourport.arguments import ENGINE_VARIABLE, ENGINES, LARGEST_SEED, MOST_REPLICATIONS

F = TypeVar("F", bound=Callable[..., Any])


class Folder(click.Path):
    """A folder to write to."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse an empty name, which would mean the current folder."""
        if value == "":
            self.fail("the name is empty; allowed: a folder that is new or empty", param, ctx)
        return super().convert(value, param, ctx)


seed_option = click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    help="Seed of all random streams [default: the scenario's].",
)
out_option = click.option("--out", type=Folder(), help="Folder for the results; it must be new or empty.")
quiet_option = click.option("--quiet", is_flag=True, help="Print only the folder of the results.")


def jobs_option(command: F) -> F:
    """Add the options that decide how replications are run: ``--jobs`` and ``--engine``."""
    jobs = click.option("--jobs", type=click.IntRange(min=1), help="Processes [default: one per processor].")
    engine = click.option(
        "--engine",
        type=click.Choice(ENGINES),
        envvar=ENGINE_VARIABLE,
        callback=_choose,
        expose_value=False,
        help="Engine; the results are the same [default: compiled].",
    )
    return jobs(engine(command))


def _choose(ctx: click.Context, _: click.Parameter, engine: str | None) -> None:
    """Choose the engine of this process and its workers until the command ends."""
    if engine is not None:
        before = os.environ.get(ENGINE_VARIABLE)
        os.environ[ENGINE_VARIABLE] = engine
        if before is None:
            ctx.call_on_close(lambda: os.environ.pop(ENGINE_VARIABLE, None))
        else:
            ctx.call_on_close(lambda: os.environ.update({ENGINE_VARIABLE: before}))


def sample_options(command: F) -> F:
    """Add the options that decide where a sample comes from and where results go."""
    return seed_option(out_option(jobs_option(quiet_option(command))))


def replications_option(least: int = 1, default: str = "the scenario's") -> Callable[[F], F]:
    """Return the option ``--replications``, ``least`` or more; differences and intervals need two."""
    return click.option(
        "--replications",
        type=click.IntRange(least, MOST_REPLICATIONS),
        help=f"Number of replications [default: {default}].",
    )
