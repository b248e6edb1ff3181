"""Carry out ``fourport compare``: run the comparison, draw charts, print."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from fourport.api.compare import Comparison
from fourport.charts import KINDS
from fourport.cli.comparison_table import comparison_text
from fourport.cli.job import draw_charts, make_folder, studying, tell, warn
from fourport.store import Run
from fourport.study.cohort import TOGETHER
from fourport.study.comparison.compare import Question

CHARTS = ("forest", "stages", "clearance-stages", "detection")


class CompareOptions(NamedTuple):
    """The options that say what to compare."""

    scenarios: tuple[str, ...]
    policies: tuple[str, ...]
    question: Question
    replications: int | None
    seed: int | None


def run_comparison(
    asked: CompareOptions, jobs: int | None, out: Path | None, *, quiet: bool, full: bool
) -> None:
    """Compare scenarios, or the stored results of a run.

    Raises
    ------
    UserError
        For invalid input, before anything is simulated.
    """
    comparison = Comparison.of(*asked)
    study = comparison.study
    if study is not None:
        warn(study)
    name, text = comparison.identity
    run = Run.create(out or make_folder(name, text, "compare", *comparison.marks))
    if study is None:
        results = comparison.into(run)
    else:
        with studying(study, run, jobs, quiet=quiet) as (executor, progress):
            results = comparison.into(run, executor, progress)
    draw_charts(run, *_charts(run, asked.question.lane))
    tell(run, comparison_text(run, results.compared, full=full), quiet=quiet)


def _charts(run: Run, lane: str | None) -> list[str]:
    """Return the charts for which the run has results; clearance must have rows of the lane compared."""
    kinds = [kind for kind in CHARTS if run.has(KINDS[kind].needs)]
    if "clearance-stages" in kinds:
        (lanes,) = run.columns("clearance-stages", "lane")
        if (lane or TOGETHER) not in lanes:
            kinds.remove("clearance-stages")
    return kinds
