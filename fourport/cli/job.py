"""Steps shared by commands that simulate: prepare, make the folder, draw charts, print results."""

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
from fourport.study.run_tables import digest


def prepare(scenario: str, policies: tuple[str, ...], replications: int | None, seed: int | None) -> Study:
    """Load and check a scenario under the policies asked for; print its warnings on stderr.

    Raises
    ------
    UserError
        With all errors found.
    """
    study = Study(scenario, policies, replications=replications, seed=seed)
    warn(study)
    return study


def warn(study: Study) -> None:
    """Print on stderr what is valid but probably a mistake."""
    for line in study.warnings():
        click.echo(f"warning: {line}", err=True)


def studying(
    study: Study, run: Run, jobs: int | None, *, quiet: bool
) -> AbstractContextManager[tuple[Executor | None, Progress | None]]:
    """Open an executor and a progress bar for the replications of a study."""
    workers = processes(jobs, len(study.loaded) * study.replications, study.loaded.values())
    return working(lambda: run, workers, "replications", quiet=quiet)


def make_folder(scenario: str, text: str, what: str, *marks: object) -> Path:
    """Make results/<scenario>/<what>-<time>-<hash>; the hash is of everything that determines the results.

    Folders made in the same second get distinct names, which end with -2, -3, ...

    Raises
    ------
    UserError
        If the folder cannot be written.
    """
    name = f"{what}-{now():%Y%m%dT%H%M%SZ}" if what else f"{now():%Y%m%dT%H%M%SZ}"
    folder = first = Path("results") / scenario / f"{name}-{digest(text, *marks)}"
    number = 1
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        while True:
            try:
                folder.mkdir()  # test and make in one step, so that no other run takes the name
            except FileExistsError:
                number += 1
                folder = first.with_name(f"{first.name}-{number}")
            else:
                return folder
    except OSError as error:
        raise UserError(f"{folder}: cannot be written: {error.strerror}") from error


def tell(run: Run, found: str, *, quiet: bool) -> None:
    """Print the results and their folder, and the folder of the charts if any were drawn."""
    if quiet:
        click.echo(f"{run.folder}{os.sep}")
        return
    click.echo(found)
    click.echo()
    drawn = f"   charts: {run.charts}{os.sep}" if run.charts.is_dir() else ""
    click.echo(f"Results: {run.folder}{os.sep}{drawn}")


def draw_charts(run: Run, *more: str) -> None:
    """Draw the default charts and those named; print on stderr which could not be drawn."""
    from fourport.charts import KINDS, draw

    with font_warnings():
        for kind in [*(name for name, chart in KINDS.items() if chart.default), *more]:
            try:
                draw(run, kind)
            except UserError as error:
                click.echo(f"chart {kind}: {error}", err=True)


def now() -> datetime:
    """Return the current time, UTC."""
    return datetime.now(UTC)
