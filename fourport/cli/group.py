"""The ``fourport`` command: a click group that imports its commands when they are used.

Each command is a row of :data:`COMMANDS`. Its module imports heavy packages inside
the function, so that ``fourport --help`` and shell completion stay quick.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from io import StringIO
from types import ModuleType
from typing import Any

import click

from fourport import __version__
from fourport.cli.output import begun, closed_pipe, echo, gone_on_with, output_told, tell_line
from fourport.errors import UserError

COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("fourport.cli.run:run", "Simulate a scenario and write tables and charts."),
    "compare": ("fourport.cli.compare:compare", "Compare policies, routes or scenarios."),
    "capacity": ("fourport.cli.capacity:capacity", "Find how many servers a resource needs for a target."),
    "curves": ("fourport.cli.curves:curves", "Calculate cost curves of routes and their break-even points."),
    "route-choice": (
        "fourport.cli.route_choice_map:route_choice",
        "Map the cheapest route over value and weight of goods.",
    ),
    "claims": ("fourport.cli.published_claims:claims", "Compare published claims with the model."),
    "check": ("fourport.cli.check:check", "Check scenario files and report all errors."),
    "new": ("fourport.cli.new:new", "Write a scenario to start from."),
    "upgrade": ("fourport.cli.upgrade:upgrade", "Rewrite scenario files of an older format."),
    "chart": ("fourport.cli.chart:chart", "Draw charts of a run."),
    "query": ("fourport.cli.query:query", "Ask the tables of a run in SQL."),
    "merge": ("fourport.cli.merge:merge", "Complete a command whose tasks were shared out by --shard."),
    "clean": ("fourport.cli.clean:clean", "Remove what commands that were killed have left."),
    "sources": ("fourport.cli.sources:sources", "List every number with its grade and source."),
    "schema": ("fourport.cli.schema:schema", "Print the JSON Schema of scenario files."),
    "verify": ("fourport.cli.verify:verify", "Run the exact cases and identities."),
}
"""Module and function of each command, and its line in the help, by name."""


WORDS = "fourport.words"
"""Key of the words of the command among what click keeps about it."""
INTERRUPTED = 130
"""Exit code after an interrupt: 128 + SIGINT, as of other programs in a shell."""


class LazyGroup(click.Group):
    """A group that imports a command only when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the installed commands, in the order of the table."""
        return [name for name, (where, _) in COMMANDS.items() if find_spec(where.partition(":")[0])]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; None if there is none of this name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module, _, function = COMMANDS[cmd_name][0].partition(":")
        command = getattr(import_module(module), function)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; for an unknown name, suggest the nearest."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in self.list_commands(ctx):
            from difflib import get_close_matches

            near = get_close_matches(name, self.list_commands(ctx), n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"No such command {name!r}{hint}", ctx)
        return super().resolve_command(ctx, args)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the program; end with a line on stderr if output cannot be written.

        click would end with 1, the code of a finding, if an interrupt comes before or after the command.
        """
        open_streams()
        save_time()
        with output_told():
            if not extra.get("standalone_mode", True):
                return super().main(*args, **extra)
            try:
                found = super().main(*args, **{**extra, "standalone_mode": False})
            except click.ClickException as error:
                shown = StringIO()
                error.show(shown)
                echo(shown.getvalue().expandtabs(2), err=True, nl=False)  # click indents lists by tabs
                sys.exit(error.exit_code)
            except click.Abort:
                complain(["interrupted"])
                sys.exit(INTERRUPTED)
            sys.exit(found if isinstance(found, int) else 0)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the program's own options; end quietly if its help meets a closed pipe."""
        ctx.meta[WORDS] = (*args,)
        with closed_pipe():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit with 2 and the error's lines on invalid input, with 130 on an interrupt.

        Too little memory is invalid input: less demand needs less. If a file cannot be written, the line also
        names the folder with which the same command goes on.
        """
        with closed_pipe():
            try:
                return super().invoke(ctx)
            except UserError as error:
                command = self.get_command(ctx, ctx.invoked_subcommand or "")
                options = {one.name: one.opts[0] for one in command.params} if command else {}
                complain(error.named(lambda name: options.get(name, name)))
                ctx.exit(2)
            except BrokenPipeError:
                raise
            except OSError as error:  # such as a full disk
                if not error.filename or not (left := gone_on_with(ctx)):
                    raise
                complain([f"{error.filename}: {error.strerror or error}; {left}"])
                ctx.exit(2)
            except MemoryError:
                complain(["not enough memory; allowed: fewer --jobs, a shorter window or less demand"])
                ctx.exit(2)
            except KeyboardInterrupt:
                complain([f"interrupted{begun(ctx)}"])
                ctx.exit(INTERRUPTED)


def open_streams() -> None:
    """Let closed streams lead nowhere; otherwise the next files to be opened would take their place."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - until the end


def save_time() -> None:
    """Spare each process what it would do in vain, worth a tenth of a second to a second."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # NumPy starts threads, which no command uses
    os.environ["MPLBACKEND"] = "agg"  # no chart is shown in a window
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looked for in all installed packages
    flat = ModuleType("mpl_toolkits.mplot3d")  # no chart has three dimensions; matplotlib does without it
    vars(flat)["Axes3D"] = None
    sys.modules.setdefault(flat.__name__, flat)
    gc.set_threshold(100_000, 20, 20)  # most objects are needed to the end, or freed at once
    atexit.register(gc.freeze)  # no search for garbage in what ends anyway


def complain(lines: Sequence[str]) -> None:
    """Write lines to stderr."""
    for line in lines:
        tell_line(line)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog='Shell completion: eval "$(_FOURPORT_COMPLETE=bash_source fourport)"; zsh and fish likewise.',
)
@click.version_option(__version__, prog_name="fourport")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Simulate sea-air freight corridors: time, cost and customs policy.

    \b
    Example:
      fourport new my.toml
      fourport check my.toml
    """  # noqa: D301 - \b is click's mark for a paragraph that keeps its lines
    if os.environ.get("NO_COLOR"):
        ctx.color = False
