"""``fourport clean``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="Remove what commands that were killed have left.")
@click.argument(
    "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=Path("results")
)
@click.option("--dry-run", is_flag=True, help="Only list what would be removed.")
def clean(folder: Path, dry_run: bool) -> None:
    """Remove what commands that were killed have left in FOLDER and below it [default: results].

    That is: runs that were not finished, with all they hold (the command that began one would go on
    with it instead), and files that were being written; and temporary folders of commands that no
    longer run, wherever the system has them. Finished runs, and runs at which a command is at work,
    stay as they are.

    \b
    Example:
      fourport clean --dry-run
      fourport clean results/my
    """  # noqa: D301
    from fourport.cli.output import echo
    from fourport.errors import one_line
    from fourport.store.unfinished import leftovers_of, remove

    for left in leftovers_of(folder):
        if not dry_run:
            remove(left.path)
        echo(one_line(f"{left.path}: {left.told}{', would be removed' if dry_run else ', removed'}"))
