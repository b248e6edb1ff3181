"""``fourport upgrade``."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(short_help="Rewrite scenario files of an older format.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
@click.option("--quiet", is_flag=True, help="Print nothing.")
def upgrade(files: tuple[Path, ...], quiet: bool) -> None:
    """Rewrite scenario files, and files of published claims, in the format of this version.

    Keys get the names of format 2 (docs/glossary.md lists them); values, comments
    and layout stay. A file that is up to date is not changed.

    \b
    Example:
      fourport upgrade my.toml
      fourport check my.toml
    """  # noqa: D301
    from fourport.cli.output import echo
    from fourport.errors import Noted, one_line
    from fourport.scenario import upgrade as rewriting

    noted = Noted()
    for file in files:
        with noted.noting():
            changed = rewriting.upgrade(file)
            if not quiet:
                done = f"rewritten in format {rewriting.FORMAT}" if changed else "holds nothing to rename"
                echo(one_line(f"{file}: {done}"))
    noted.refuse()
