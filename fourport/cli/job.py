"""What commands that simulate have in common: preparing, folders, charts, what they print."""

from __future__ import annotations

import os
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import click

from fourport.api.study import Study
from fourport.cli.output import font_warnings
from fourport.cli.working import processes, working
from fourport.errors import UserError
from fourport.store import Run
from fourport.study.parallel import Progress
from fourport.study.report import digest


def prepare(scenario: str, policies: tuple[str, ...], replications: int | None, seed: int | None) -> Study:
    """Load and check a scenario under the policies asked for; say on stderr what is probably not meant.

    Raises
    ------
    UserError
        With all that is wrong.
    """
    study = Study(scenario, policies, replications=replications, seed=seed)
    warn(study)
    return study


def warn(study: Study) -> None:
    """Say on stderr what is allowed but probably not meant."""
    for line in study.warnings():
        click.echo(f"warning: {line}", err=True)


def studying(
    study: Study, run: Run, jobs: int | None, *, quiet: bool
) -> AbstractContextManager[tuple[Executor | None, Progress | None]]:
    """Open an executor and a progress bar for the replications of a study."""
    workers = processes(jobs, len(study.loaded) * study.replications, study.loaded.values())
    return working(lambda: run, workers, "replications", quiet=quiet)


def make_folder(scenario: str, text: str, what: str, *marks: object) -> Path:
    """Make results/<scenario>/<what>-<time>-<hash>, the hash of all that decides the results.

    Of several that begin in one second each gets a folder of its own: the name ends with -2, -3, ...

    Raises
    ------
    UserError
        If it cannot be written.
    """
    name = f"{what}-{now():%Y%m%dT%H%M%SZ}" if what else f"{now():%Y%m%dT%H%M%SZ}"
    folder = first = Path("results") / scenario / f"{name}-{digest(text, *marks)}"
    number = 1
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        while True:
            try:
                folder.mkdir()  # at once, so that no other run takes it
            except FileExistsError:
                number += 1
                folder = first.with_name(f"{first.name}-{number}")
            else:
                return folder
    except OSError as error:
        raise UserError(f"{folder}: cannot be written: {error.strerror}") from error


def tell(run: Run, found: str, *, quiet: bool) -> None:
    """Print what was found and where it is, and the charts where any were drawn."""
    if quiet:
        click.echo(f"{run.folder}{os.sep}")
        return
    click.echo(found)
    click.echo()
    drawn = f"   charts: {run.charts}{os.sep}" if run.charts.is_dir() else ""
    click.echo(f"Results: {run.folder}{os.sep}{drawn}")


def draw_charts(run: Run, *more: str) -> None:
    """Draw the charts that belong to every run, and more; say on stderr which could not be drawn."""
    from fourport.charts import KINDS, draw

    with font_warnings():
        for kind in [*(name for name, chart in KINDS.items() if chart.default), *more]:
            try:
                draw(run, kind)
            except UserError as error:
                click.echo(f"chart {kind}: {error}", err=True)


def now() -> datetime:
    """Give the time, UTC."""
    return datetime.now(UTC)
