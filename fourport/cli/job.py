"""What commands that simulate have in common: folders, progress, interrupts, what they print."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from fourport.api.study import Study
from fourport.cli.processes import processes
from fourport.cli.progress import progress
from fourport.cli.told import fonts_told
from fourport.errors import UserError
from fourport.store import Run
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
    for doubt in study.doubts():
        click.echo(f"warning: {doubt}", err=True)


def simulate(
    study: Study, run: Run, jobs: int | None, also: Collection[str] = (), *, quiet: bool
) -> dict[str, Any]:
    """Run a study into a folder, with a bar, and give its manifest."""
    with working(run, study, jobs, quiet=quiet) as how:
        return study.simulate(run, also, **how)


@contextmanager
def working(run: Run, study: Study, jobs: int | None, *, quiet: bool) -> Iterator[dict[str, Any]]:
    """Give processes and a progress bar for a study; an interrupt ends the program with exit code 130."""
    tasks = len(study.loaded) * study.replications
    workers = processes(jobs, tasks, study.loaded.values())
    with progress(tasks, "replications", quiet=quiet) as advance:
        try:
            yield {"jobs": workers, "progress": advance}
        except KeyboardInterrupt:
            click.echo(f"interrupted; unfinished: {run.folder}{os.sep}", err=True)
            raise SystemExit(130) from None


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

    with fonts_told():
        for kind in [*(name for name, chart in KINDS.items() if chart.default), *more]:
            try:
                draw(run, kind)
            except UserError as error:
                click.echo(f"chart {kind}: {error}", err=True)


def now() -> datetime:
    """Give the time, UTC."""
    return datetime.now(UTC)
