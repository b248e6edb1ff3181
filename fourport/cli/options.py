"""Options shared by the commands that simulate."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fourport.arguments import (
    CONFINE_VARIABLE,
    ENGINE_VARIABLE,
    ENGINES,
    EXCEL_VARIABLE,
    LARGEST_SEED,
    MOST_REPLICATIONS,
)

if TYPE_CHECKING:
    from fourport.study.parallel import Shard

F = TypeVar("F", bound=Callable[..., Any])


class Measuring(click.Command):
    """A command whose help lists the measures."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the measures with their titles and units."""
        from fourport.measures import MEASURES, QUANTILES

        with formatter.section("Measures"):
            rows = []
            for name, one in MEASURES.items():
                unit = one.unit.format(currency="currency")
                said = one.title if unit in one.title.lower() else f"{one.title}, {unit}"
                rows.append((name + "[_P]" * one.has_quantiles, said))
            formatter.write_dl(rows)
            ends = ", ".join(f"_{q}" for q in QUANTILES)
            formatter.write_paragraph()
            formatter.write_text(f"[_P]: also with {ends}. docs/measures.md defines them.")


class Folder(click.Path):
    """A folder to write to."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse an empty name, which would mean the current folder."""
        if value == "":
            self.fail("the name is empty; allowed: a folder that is new or empty", param, ctx)
        return super().convert(value, param, ctx)


def _silence(ctx: click.Context, _: click.Parameter, quiet: bool) -> bool:
    """Let the engine print nothing until the command ends; other notes look at the option."""
    if quiet:
        from fourport import messages

        messages.quiet = True
        ctx.call_on_close(lambda: setattr(messages, "quiet", False))
    return quiet


seed_option = click.option(
    "--seed",
    type=click.IntRange(0, LARGEST_SEED),
    help="Seed of all random streams [default: the scenario's].",
)


def _switch(option: str, variable: str, text: str) -> Callable[[F], F]:
    """Return a flag that sets an environment variable until the command ends, and else has its value."""

    def set_it(ctx: click.Context, _: click.Parameter, on: bool) -> None:
        _set_variable(ctx, variable, "1" if on else "0")

    return click.option(option, is_flag=True, envvar=variable, callback=set_it, expose_value=False, help=text)


format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv"]),
    default="table",
    show_default=True,
    help="Output format.",
)

excel_option = _switch(
    "--excel",
    EXCEL_VARIABLE,
    "Write CSV that a double click opens in Excel, also in Chinese and Korean.",
)


def out_option(command: F) -> F:
    """Add the options that decide where and how results are written: ``--out`` and ``--excel``."""
    out = click.option("--out", type=Folder(), help="Folder for the results; it must be new or empty.")
    return out(excel_option(command))


quiet_option = click.option(
    "--quiet",
    is_flag=True,
    callback=_silence,
    help="Print only the folder of the results, and errors.",
)


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


class ShardOf(click.ParamType["Shard"]):
    """A share of the tasks: its number and how many there are."""

    name = "I/N"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Shard:
        """Return the shard, with the words of the command."""
        from fourport.cli.shards import command_words
        from fourport.study.parallel import Shard

        found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", str(value))
        number, of = map(int, found.groups()) if found else (0, 0)
        if not 1 <= number <= of:
            self.fail(f"{value!r} is no share; allowed: I/N such as 2/3, I from 1 to N", param, ctx)
        return Shard(number, of, command_words(ctx))


def machines_options(command: F) -> F:
    """Add ``--shard`` and ``--cluster``, which say where tasks are run, and ``--dry-run``."""
    dry_run = click.option(
        "--dry-run",
        is_flag=True,
        help="Only estimate time, memory and disk, from a trial of a few replications; nothing is kept.",
    )
    shard = click.option(
        "--shard",
        type=ShardOf(),
        metavar="I/N",
        help="Run the I-th of N shares of the tasks, into --out; 'fourport merge' does the rest.",
    )
    return shard(cluster_option(dry_run(command)))


cluster_option = click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Run on the workers of a Dask scheduler, such as tcp://host:8786, not in processes here.",
)


confine_option = _switch(
    "--confine", CONFINE_VARIABLE, "Refuse a scenario that names a file outside of its own folder."
)


def _choose(ctx: click.Context, _: click.Parameter, engine: str | None) -> None:
    """Choose the engine of this process and its workers until the command ends."""
    if engine is not None:
        _set_variable(ctx, ENGINE_VARIABLE, engine)


def _set_variable(ctx: click.Context, name: str, value: str) -> None:
    """Set an environment variable until the command ends."""
    before = os.environ.get(name)
    os.environ[name] = value
    if before is None:
        ctx.call_on_close(lambda: os.environ.pop(name, None))
    else:
        ctx.call_on_close(lambda: os.environ.update({name: before}))


def sample_options(command: F) -> F:
    """Add the options that decide where a sample comes from, where it is simulated and where results go."""
    return seed_option(out_option(jobs_option(machines_options(quiet_option(command)))))


def replications_option(least: int = 1, default: str = "the scenario's") -> Callable[[F], F]:
    """Return the option ``--replications``, ``least`` or more; differences and intervals need two."""
    return click.option(
        "--replications",
        type=click.IntRange(least, MOST_REPLICATIONS),
        help=f"Number of replications [default: {default}].",
    )
