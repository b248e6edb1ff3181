"""What cannot be written, on a full disk or because no font has it: told in a line, never by a traceback."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

CLOSED_PIPE = 141
"""Exit code where the reader has closed the pipe: 128 + SIGPIPE, as shells give of other programs."""


@contextmanager
def output_told() -> Iterator[None]:
    """End the program with a line on stderr and exit code 2 where the system refuses a file or a stream."""
    with closed_pipe():
        try:
            try:
                yield
            finally:
                # What is left in the buffer would else fail after all, where nothing can catch it.
                if sys.stdout is not None:
                    sys.stdout.flush()
        except BrokenPipeError:
            raise
        except OSError as error:
            where = error.filename or "output: cannot be written"
            with suppress(OSError):
                click.echo(f"{where}: {error.strerror or error}", err=True)
            _discard()
            sys.exit(2)


@contextmanager
def closed_pipe() -> Iterator[None]:
    """End the program without a word where the reader has closed the pipe, as ``head`` does.

    Needed inside of click, too, which would make it exit code 1, that of a finding.
    """
    try:
        yield
    except BrokenPipeError:
        _discard()
        sys.exit(CLOSED_PIPE)


def _discard() -> None:
    """Lead streams that cannot be written to nowhere: Python writes what is left in them at its end."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def font_warnings() -> Iterator[None]:
    """Say at the end what could not be written because no font has its characters."""
    from fourport.charts.drawing import MissingFont

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", MissingFont)
        yield
    for line in dict.fromkeys(str(warning.message) for warning in caught):
        click.echo(line, err=True)
