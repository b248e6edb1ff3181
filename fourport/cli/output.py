"""Print results and warnings, draw charts, and report in one line what cannot be written."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from fourport.errors import UserError

if TYPE_CHECKING:
    from fourport.store import Run

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


def warn(lines: Iterable[str]) -> None:
    """Print on stderr what is valid but probably a mistake."""
    for line in lines:
        click.echo(f"warning: {line}", err=True)


def draw_charts(run: Run, *more: str) -> None:
    """Draw the default charts and those named; print on stderr which could not be drawn."""
    from fourport.charts import KINDS, draw

    with font_warnings():
        for kind in [*(name for name, chart in KINDS.items() if chart.default), *more]:
            try:
                draw(run, kind)
            except UserError as error:
                click.echo(f"chart {kind}: {error}", err=True)


def tell(run: Run, found: str, *, quiet: bool, chart: str = "") -> None:
    """Draw the chart that is named, if one is; print the results, their folder, and that of the charts."""
    if chart:
        from fourport.charts import draw

        with font_warnings():
            draw(run, chart)
    if quiet:
        click.echo(f"{run.folder}{os.sep}")
        return
    click.echo(found)
    click.echo()
    drawn = f"   charts: {run.charts}{os.sep}" if run.charts.is_dir() else ""
    click.echo(f"Results: {run.folder}{os.sep}{drawn}")
