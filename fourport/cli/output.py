"""Report in one line what cannot be written (full disk, missing font characters), never by a traceback."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import click

CLOSED_PIPE = 141
"""Exit code when the reader has closed the pipe: 128 + SIGPIPE, as of other programs in a shell."""


@contextmanager
def output_told() -> Iterator[None]:
    """End the program with a line on stderr and exit code 2 if the system refuses a file or a stream."""
    with closed_pipe():
        try:
            try:
                yield
            finally:
                # Otherwise the rest of the buffer would fail at exit, where nothing can catch the error.
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
    """End the program silently if the reader closes the pipe, as ``head`` does.

    Also needed inside click, which would return exit code 1, the code of a finding.
    """
    try:
        yield
    except BrokenPipeError:
        _discard()
        sys.exit(CLOSED_PIPE)


def _discard() -> None:
    """Redirect streams that cannot be written to the null device: Python flushes them when it exits."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def font_warnings() -> Iterator[None]:
    """Print at the end which texts could not be written because no font has their characters."""
    from fourport.charts.drawing import MissingFont

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", MissingFont)
        yield
    for line in dict.fromkeys(str(warning.message) for warning in caught):
        click.echo(line, err=True)
