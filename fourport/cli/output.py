"""Output that cannot be written, on a full disk for one: told in a line, never by a traceback."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click


@contextmanager
def output_told() -> Iterator[None]:
    """End the program with a line on stderr and exit code 2 where the system refuses a file or a stream.

    A reader that closes the pipe, as ``head`` does, is not told of: exit code 1, as click has it.
    """
    try:
        try:
            yield
        finally:
            # What is left in the buffer would else fail after all, where nothing can catch it.
            if sys.stdout is not None:
                sys.stdout.flush()
    except OSError as error:
        closed = error.errno == errno.EPIPE
        if not closed:
            where = error.filename or "output: cannot be written"
            with suppress(OSError):
                click.echo(f"{where}: {error.strerror or error}", err=True)
        _discard()
        sys.exit(1 if closed else 2)


def _discard() -> None:
    """Lead streams that cannot be written to nowhere: Python writes what is left in them at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
