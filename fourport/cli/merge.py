"""``fourport merge``."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from fourport.cli.group import WORDS
from fourport.cli.options import Folder, cluster_option, quiet_option

COMMANDS = ("run", "compare", "capacity", "curves", "route-choice", "claims")
"""Commands that share out their tasks."""


@click.command(short_help="Complete a command whose tasks were shared out by --shard.")
@click.argument(
    "folders",
    nargs=-1,
    required=True,
    metavar="FOLDER...",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
)
@click.option(
    "--out",
    type=Folder(),
    required=True,
    help="Folder for the results; it must be new or empty, or one of the shards.",
)
@click.option("--jobs", type=click.IntRange(min=1), help="Processes [default: one per processor].")
@cluster_option
@click.option(
    "--shard",
    metavar="I/N",
    help="Run the I-th of N shares of the tasks that come next, such as prices of what was simulated.",
)
@quiet_option
@click.pass_context
def merge(
    ctx: click.Context,
    folders: tuple[Path, ...],
    out: Path,
    jobs: int | None,
    cluster: str | None,
    shard: str | None,
    quiet: bool,
) -> None:
    """Complete a command whose tasks were shared out by --shard.

    Each FOLDER is the --out of one shard. Their results are put together in --out, and the command goes
    on with them: the results are those of the command without --shard, byte by byte. It is run where the
    shards were, so that it finds the scenario, which must not have changed. What is missing is computed.
    With --shard, this is a share of the tasks that come next, and merged with the others again.

    \b
    Example:
      fourport run my.toml --shard 1/2 --out one
      fourport run my.toml --shard 2/2 --out two
      fourport merge one two --out results/my
    """  # noqa: D301
    from fourport.cli.output import begin, note
    from fourport.store.unfinished import OtherRequest
    from fourport.study.shards import Shards

    shards = Shards.open(folders)
    command = _command(ctx, shards.command)
    for number in shards.missing:
        note(f"shard {number}/{shards.of} is missing; its tasks are computed here")
    begin(out)
    new = shards.into(out)
    own = ["--jobs", str(jobs)] if jobs else []
    own += ["--cluster", cluster] if cluster else []
    own += ["--shard", shard] if shard else []
    own += ["--quiet"] * quiet
    ctx.meta[WORDS] = shards.command  # those that the shards of what comes next are of
    name, *words = shards.command
    try:
        with command.make_context(name, [*words, *own, "--out", str(out)], parent=ctx.parent) as its:
            command.invoke(its)
    except OtherRequest:
        if new:  # copies, of which the shards have the originals
            shutil.rmtree(out, ignore_errors=True)
        raise


def _command(ctx: click.Context, words: tuple[str, ...]) -> click.Command:
    """Return the command that goes on.

    Raises
    ------
    UserError
        If it is none that shares out its tasks.
    """
    from fourport.errors import UserError

    group = ctx.parent and ctx.parent.command
    assert isinstance(group, click.Group)
    found = group.get_command(ctx, words[0]) if words[0] in COMMANDS else None
    if found is None:
        raise UserError(f"{words[0]!r} is no command with shards; allowed: {', '.join(COMMANDS)}")
    return found
