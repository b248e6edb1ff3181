"""A run as the command line asks for it: prepare, execute, tell."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from fourport.cli.output import font_warnings
from fourport.cli.table import summary_table
from fourport.cli.working import processes, working
from fourport.errors import Noted, Refused, UserError
from fourport.plan.ready import load_ready
from fourport.scenario.load import Loaded, policy_names
from fourport.store import Run
from fourport.study.parallel import Progress
from fourport.study.report import digest, manifest, write_factors, write_places, write_prices, write_tables
from fourport.study.run import run_study
from fourport.study.stored import write_scenario


@dataclass(frozen=True)
class Job:
    """A scenario under some policies, ready to run.

    Attributes
    ----------
    loaded
        The scenario under each policy, by name.
    """

    loaded: Mapping[str, Loaded]
    replications: int
    seed: int

    @property
    def first(self) -> Loaded:
        """The scenario under the first policy."""
        return next(iter(self.loaded.values()))

    def execute(self, out: Path | None, jobs: int | None, *, also: Collection[str], quiet: bool) -> None:
        """Run, store, draw and tell."""
        run = Run.create(out or self._make_folder())
        workers = processes(jobs, len(self.loaded) * self.replications, self.loaded.values())
        with working(lambda: run, workers, "replications", quiet=quiet) as (executor, progress):
            record = self.simulate(run, also, executor, progress)
        run.write_manifest(record)
        draw_charts(run)
        tell(run, summary_table(run), quiet=quiet)

    def _make_folder(self) -> Path:
        marks = (*self.loaded, self.seed, self.replications)
        return make_folder(self.first.scenario.name, self.first.text, "", *marks)

    def simulate(
        self, run: Run, also: Collection[str], executor: Executor | None, progress: Progress | None
    ) -> dict[str, Any]:
        """Run all replications, store their tables, and give the manifest, which is not yet written."""
        began = time.monotonic()
        run.write_text("scenario.toml", self.first.text)
        write_scenario(run, self.loaded)
        try:
            averages = run_study(
                run,
                {name: loaded.layer.values for name, loaded in self.loaded.items()},
                self.seed,
                self.replications,
                executor=executor,
                also=also,
                progress=progress,
            )
        except Refused as refused:
            self.first.refuse(refused.problems)
            raise
        write_tables(run, self.first.scenario.name, averages)
        write_places(run, [loaded.scenario for loaded in self.loaded.values()])
        write_prices(run, self.loaded)
        write_factors(run, self.loaded)
        titles = {name: self.first.policies.get(name, "") for name in self.loaded}
        record = manifest(self.first.scenario, self.first.text, titles, self.seed, self.replications)
        seconds = round(time.monotonic() - began, 1)
        return {**record, "finished": now().isoformat(timespec="seconds"), "seconds": seconds}


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


def prepare(scenario: str, policies: tuple[str, ...], replications: int | None, seed: int | None) -> Job:
    """Load and check a scenario under the policies asked for, all before anything is run.

    Raises
    ------
    UserError
        With all that is wrong.
    """
    loaded, wrong = {}, Noted()
    for policy in policies or policy_names(scenario)[:1]:
        with wrong.noting():
            loaded[policy] = load_ready(scenario, policy)
    wrong.refuse()
    for doubt in dict.fromkeys(str(doubt) for one in loaded.values() for doubt in one.doubts()):
        click.echo(f"warning: {doubt}", err=True)
    settings = next(iter(loaded.values())).scenario.run
    return Job(
        loaded,
        settings.replications if replications is None else replications,
        settings.seed if seed is None else seed,
    )


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
