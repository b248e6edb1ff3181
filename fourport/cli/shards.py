"""Commands that run a share of their tasks: the words that ``fourport merge`` repeats, and their end."""

from __future__ import annotations

import os
from collections.abc import Iterator

import click

from fourport.cli.group import WORDS
from fourport.cli.output import echo, folder_begun
from fourport.errors import one_line
from fourport.study.parallel import ShardDone

_FLAGS, _WITH_VALUE = ("--quiet",), ("--shard", "--out", "--jobs", "--cluster")
"""Options that say where and how tasks are run, and not which."""


def command_words(ctx: click.Context | None) -> tuple[str, ...]:
    """Return the words of a command that decide its results."""
    return () if ctx is None else (*_deciding(ctx.meta.get(WORDS, ())),)


def _deciding(words: tuple[str, ...]) -> Iterator[str]:
    coming = iter(words)
    for word in coming:
        name, has_value, _ = word.partition("=")
        if name in _FLAGS:
            continue
        if name not in _WITH_VALUE:
            yield word
        elif not has_value:
            next(coming, None)


def tell_done(done: ShardDone, ctx: click.Context) -> None:
    """Print that a share is finished, and what to do next."""
    folder = folder_begun(ctx)
    assert folder is not None
    if ctx.params.get("quiet"):
        echo(one_line(f"{folder}{os.sep}"))
        return
    then = f"when all {done.shard.of} are: fourport merge FOLDER... --out FOLDER"
    echo(one_line(f"{done}: {folder}{os.sep} ({then})"))
