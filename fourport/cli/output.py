"""Print results and warnings, draw charts, and report in one line what cannot be written."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fourport.errors import UserError, one_line, printable

if TYPE_CHECKING:
    from fourport.store import Run

CLOSED_PIPE = 141
"""Exit code when the reader has closed the pipe: 128 + SIGPIPE, as of other programs in a shell."""


def echo(text: object = "", *, err: bool = False, nl: bool = True) -> None:
    """Print a text, of one or several lines, as :func:`~fourport.errors.printable`."""
    click.echo(printable(str(text), keep="\n"), err=err, nl=nl)


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
                echo(one_line(f"{where}: {error.strerror or error}"), err=True)
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


_FOLDER = "fourport.folder"
"""Key of the folder of results among what click keeps about a command."""


def begin(folder: Path) -> None:
    """Note the folder of results that the command begins, to be named if it is interrupted."""
    if (ctx := click.get_current_context(silent=True)) is not None:
        ctx.meta[_FOLDER] = folder


def begun(ctx: click.Context) -> str:
    """Return the end of the line about an interrupt: whether the folder that was begun is finished."""
    folder: Path | None = ctx.meta.get(_FOLDER)
    if folder is None:
        return ""
    from fourport.store.folder import MANIFEST

    if (folder / MANIFEST).is_file():
        return f"; finished: {folder}{os.sep}, but for its charts (fourport chart {folder} draws them)"
    return f"; unfinished: {folder}{os.sep}" if folder.exists() else ""


def note(line: str) -> None:
    """Print a line on stderr that is no error; nothing with ``--quiet``."""
    ctx = click.get_current_context(silent=True)
    if ctx is None or not ctx.params.get("quiet"):
        echo(one_line(line), err=True)


def warn(lines: Iterable[str]) -> None:
    """Print on stderr what is valid but probably a mistake; nothing with ``--quiet``."""
    for line in lines:
        note(f"warning: {line}")


@contextmanager
def font_warnings() -> Iterator[None]:
    """Print at the end which texts could not be written because no font has their characters."""
    from fourport.charts.drawing import MissingFont

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", MissingFont)
        yield
    for line in dict.fromkeys(str(warning.message) for warning in caught):
        note(line)


def default_charts() -> list[str]:
    """Return the kinds of chart that are drawn with every run."""
    from fourport.charts import KINDS

    return [name for name, chart in KINDS.items() if chart.default]


def draw_charts(run: Run, kinds: Iterable[str]) -> list[str]:
    """Draw charts; note for which there is nothing to draw, and return why others cannot be written."""
    from fourport.charts import draw
    from fourport.charts.drawing import NotWritten

    failed: list[str] = []
    with font_warnings():
        for kind in kinds:
            try:
                draw(run, kind)
            except NotWritten as error:
                failed += (f"chart {kind}: {line}" for line in error.lines)
            except UserError as error:
                for line in error.lines:
                    note(f"chart {kind}: {line}")
    return failed


def tell(run: Run, found: str, charts: Iterable[str] = (), *, quiet: bool) -> None:
    """Draw charts; print the results, their folder, and that of the charts.

    Raises
    ------
    UserError
        At the end, if a chart could not be written.
    """
    failed = draw_charts(run, charts)
    if quiet:
        echo(one_line(f"{run.folder}{os.sep}"))
    else:
        any_drawn = run.charts.is_dir() and any(run.charts.iterdir())
        drawn = f"   charts: {run.charts}{os.sep}" if any_drawn else ""
        echo(found)
        echo()
        echo(one_line(f"Results: {run.folder}{os.sep}{drawn}"))
    if failed:
        raise UserError(*failed)
