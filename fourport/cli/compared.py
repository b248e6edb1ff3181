"""Carry out ``fourport compare``: run the comparison, draw charts, print."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from fourport.api.compare import Comparison
from fourport.api.results import created
from fourport.charts import KINDS
from fourport.cli.comparison_table import comparison_text
from fourport.cli.folder import Destination
from fourport.cli.output import draw_charts, tell, warn
from fourport.cli.working import studying
from fourport.store import Run
from fourport.study.cohort import TOGETHER
from fourport.study.comparison.compare import Question

CHARTS = ("forest", "stages", "clearance-stages", "detection")


class Asked(NamedTuple):
    """The options that say what to compare."""

    scenarios: tuple[str, ...]
    policies: tuple[str, ...]
    question: Question
    replications: int | None
    seed: int | None


def run_comparison(asked: Asked, jobs: int | None, out: Path | None, *, quiet: bool, full: bool) -> None:
    """Compare scenarios, or the stored results of a run.

    Raises
    ------
    UserError
        For invalid input, before anything is simulated.
    """
    comparison = Comparison.of(*asked)
    study = comparison.study
    if study is not None:
        warn(study.warnings())
    folder = Destination(out, *comparison.identity, "compare", *comparison.marks)
    run = created(folder)
    if study is None:
        results = comparison.into(run)
    else:
        with studying(study, folder, jobs, quiet=quiet) as (executor, progress):
            results = comparison.into(run, executor, progress)
    draw_charts(run, *_charts(run, asked.question.lane))
    tell(results, comparison_text(run, results.found, full=full), quiet=quiet)


def _charts(run: Run, lane: str | None) -> list[str]:
    """Return the charts for which the run has results; clearance must have rows of the lane compared."""
    kinds = [kind for kind in CHARTS if run.has(KINDS[kind].needs)]
    if "clearance-stages" in kinds:
        (lanes,) = run.columns("clearance-stages", "lane")
        if (lane or TOGETHER) not in lanes:
            kinds.remove("clearance-stages")
    return kinds
