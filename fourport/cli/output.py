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
    with _unwritten() as lines:
        yield
    for line in lines:
        click.echo(line, err=True)


@contextmanager
def _unwritten() -> Iterator[list[str]]:
    """Yield a list that holds at the end which texts no font could write, each once."""
    from fourport.charts.drawing import MissingFont

    lines: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", MissingFont)
        yield lines
    lines += dict.fromkeys(str(warning.message) for warning in caught)


def warn(lines: Iterable[str]) -> None:
    """Print on stderr what is valid but probably a mistake."""
    for line in lines:
        click.echo(f"warning: {line}", err=True)


def draw_charts(run: Run, jobs: int | None, *more: str) -> None:
    """Draw the default charts and those named; print on stderr which could not be drawn.

    Parameters
    ----------
    jobs
        Number of processes among which the charts are divided; None for one per processor.
    """
    import matplotlib.figure  # noqa: F401  - once here, so that forked processes need not

    from fourport.charts import KINDS
    from fourport.store import Run
    from fourport.study.parallel import in_order, workers

    kinds = [*(name for name, chart in KINDS.items() if chart.default), *more]
    n = min(jobs or os.cpu_count() or 1, len(kinds))
    tasks = [(run if n == 1 else Run(run.folder), kinds[k::n]) for k in range(n)]
    with workers(n) as executor:
        lines = [line for lines in in_order(_drawn, tasks, executor) for line in lines]
    for line in dict.fromkeys(lines):
        click.echo(line, err=True)


def _drawn(task: tuple[Run, list[str]]) -> list[str]:
    """Draw charts of a run; return a line for each that could not be drawn, and for texts without a font."""
    from fourport.charts import draw

    run, kinds = task
    failed = []
    with _unwritten() as unwritten:
        for kind in kinds:
            try:
                draw(run, kind)
            except UserError as error:
                failed.append(f"chart {kind}: {error}")
    return failed + unwritten


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
