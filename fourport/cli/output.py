"""Print results and warnings, draw charts, and report in one line what cannot be written."""

from __future__ import annotations

import gc
import os
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fourport.cli.lines import fold, line_width, terminal_width
from fourport.errors import UserError, one_line, printable

if TYPE_CHECKING:
    from fourport.store import Run

CLOSED_PIPE = 141
"""Exit code when the reader has closed the pipe: 128 + SIGPIPE, as of other programs in a shell."""


def echo(text: object = "", *, err: bool = False, nl: bool = True) -> None:
    """Print a text, of one or several lines, as :func:`~fourport.errors.printable`."""
    click.echo(printable(str(text), keep="\n"), err=err, nl=nl)


def tell_line(text: str) -> None:
    """Print a line on stderr; a terminal gets as many as it takes, which begin with spaces."""
    line = one_line(text)
    width = terminal_width(sys.stderr)
    echo("\n".join(fold(line, width, "", "  ")) if width and len(line) * 2 > width else line, err=True)


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
                tell_line(f"{where}: {error.strerror or error}")
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


def folder_begun(ctx: click.Context) -> Path | None:
    """Return the folder of results that the command has begun."""
    found: Path | None = ctx.meta.get(_FOLDER)
    return found


def begun(ctx: click.Context) -> str:
    """Return the end of the line about an interrupt: whether the folder that was begun is finished."""
    folder = folder_begun(ctx)
    if folder is None:
        return ""
    from fourport.store.manifest import MANIFEST

    if (folder / MANIFEST).is_file():
        return f"; finished: {folder}{os.sep}, but for its charts (fourport chart {folder} draws them)"
    if not folder.exists():
        return ""
    return f"; unfinished: {folder}{os.sep} (the same command goes on with it)"


def gone_on_with(ctx: click.Context) -> str:
    """Return the end of the line about a file that cannot be written: the way out, if results were kept."""
    folder = folder_begun(ctx)
    if folder is None:
        return ""
    from fourport.store.unfinished import is_unfinished

    if is_unfinished(folder):
        return f"allowed: when that is mended, the same command, which goes on with {folder}{os.sep}"
    if not folder.exists():
        what = f"{folder}{os.sep} was moved or removed while the command was at work"
        return f"{what}; allowed: the same command, which goes on with it once it is back, or begins anew"
    return ""


def note(line: str) -> None:
    """Print a line on stderr that is no error; nothing with ``--quiet``."""
    ctx = click.get_current_context(silent=True)
    if ctx is None or not ctx.params.get("quiet"):
        tell_line(line)


def warn(lines: Iterable[str]) -> None:
    """Print on stderr what is valid but probably a mistake; nothing with ``--quiet``."""
    for line in lines:
        note(f"warning: {line}")


@contextmanager
def font_warnings() -> Iterator[None]:
    """Print at the end which texts could not be written because no font has their characters."""
    with _unwritten() as lines:
        yield
    for line in lines:
        note(line)


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


FORMATS = ("png",)
"""Formats of the charts that commands draw unasked. SVG takes as long again; ``fourport chart`` draws it."""


def default_charts() -> list[str]:
    """Return the kinds of chart that are drawn with every run."""
    from fourport.charts import KINDS

    return [name for name, chart in KINDS.items() if chart.default]


def draw_charts(run: Run, kinds: Sequence[str], jobs: int | None) -> list[str]:
    """Draw charts; note for which there is nothing to draw, and return why others could not be written.

    Parameters
    ----------
    jobs
        Number of processes among which the charts are divided; None for one per processor.
    """
    load_matplotlib()  # once here, so that forked processes need not

    from fourport.store import Run
    from fourport.study.parallel import in_order
    from fourport.study.processes import workers

    n = max(min(jobs or os.cpu_count() or 1, len(kinds)), 1)
    order, tasks = kinds, [(run, kind) for kind in kinds]
    if n > 1:  # what has most to show begins first, so that at the end no process draws it while others idle
        order = sorted(kinds, key=lambda kind: _size(run, kind), reverse=True)
        tasks = [(Run(run.folder), kind) for kind in order]
    with _no_search_for_garbage(), workers(n) as executor:
        drawn = dict(zip(order, in_order(_drawn, tasks, executor), strict=True))
    for line in dict.fromkeys(line for kind in kinds for line in drawn[kind][1]):
        note(line)
    return [line for kind in kinds for line in drawn[kind][0]]


def _size(run: Run, kind: str) -> int:
    """Return the size in bytes of the table that a chart is drawn from."""
    from fourport.charts import KINDS

    file = run.file(KINDS[kind].needs)
    return file.stat().st_size if file.is_file() else 0


def load_matplotlib() -> None:
    """Import matplotlib without the lists of properties in its docstrings: they take a third of the time.

    Settings that it refuses are reported where a chart is drawn.
    """
    with suppress(ValueError, OSError):
        from matplotlib import artist

        usual, artist.kwdoc = artist.kwdoc, lambda artist: ""
        try:
            import matplotlib.backends.backend_agg
            import matplotlib.figure  # noqa: F401
        finally:
            artist.kwdoc = usual


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """Do without the search for garbage: of charts, which are few, it takes a tenth of the time."""
    searched = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        if searched:
            gc.enable()


def _drawn(task: tuple[Run, str]) -> tuple[list[str], list[str]]:
    """Draw a chart of a run; return why it could not be written, and notes on it and on its texts."""
    from fourport.charts import draw
    from fourport.charts.writing import NotWritten

    run, kind = task
    failed: list[str] = []
    notes: list[str] = []
    with _unwritten() as unwritten:
        try:
            draw(run, kind, formats=FORMATS)
        except UserError as error:
            lines = failed if isinstance(error, NotWritten) else notes
            lines += (f"chart {kind}: {line}" for line in error.lines)
    return failed, notes + unwritten


def tell(run: Run, found: str, charts: Sequence[str] = (), *, quiet: bool, jobs: int | None = None) -> None:
    """Draw charts, as :func:`draw_charts`; print the results, their folder, and that of the charts.

    Raises
    ------
    UserError
        At the end, if a chart could not be written.
    """
    failed = draw_charts(run, charts, jobs) if charts else []
    run.finish()
    if quiet:
        echo(one_line(f"{run.folder}{os.sep}"))
    else:
        any_drawn = run.charts.is_dir() and any(run.charts.iterdir())
        where = [one_line(f"Results: {run.folder}{os.sep}")]
        where += [one_line(f"charts: {run.charts}{os.sep}")] if any_drawn else []
        beside = "   ".join(where)
        echo(found)
        echo()
        echo(beside if len(beside) <= line_width() else "\n".join(where))
    if failed:
        what = "all but charts is finished; allowed: when that is mended, "
        raise UserError(*failed, f"{run.folder}{os.sep}: {what}fourport chart {run.folder}, which draws them")
