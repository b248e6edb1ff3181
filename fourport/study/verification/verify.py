"""Run the exact cases and judge them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from fourport.engine import differences
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.tables import NEVER, Floats
from fourport.scenario.load import load
from fourport.study.checks.identities import violations
from fourport.study.histogram import Histogram
from fourport.study.parallel import Progress, in_order
from fourport.study.prepare import prepare
from fourport.study.quantiles import pooled_quantile
from fourport.study.replication import replicate
from fourport.study.statistics import estimate, t_quantile
from fourport.study.verification.cases import CASES, Case, ExactMeasure

CONFIDENCE = 0.99
QUICK_SHARE = 5
"""A quick check runs one in so many of the replications."""
FEWEST = 8
"""Fewest replications of a case in a quick check."""


@dataclass(frozen=True)
class Finding:
    """A measure with its interval over replications.

    Attributes
    ----------
    case
        Name of the case.
    runs
        Number of replications.
    exact, value, low, high
        The exact value, the simulated one and its 99 % interval.
    z
        Deviation in standard errors; NaN if replications do not differ.
    passed
        Whether the exact value lies in the interval, widened by the measure's slack.
    """

    case: str
    measure: ExactMeasure
    runs: int
    exact: float
    value: float
    low: float
    high: float
    z: float
    passed: bool

    @property
    def half_width(self) -> float:
        """Half of the interval's width as a share of the exact value."""
        return (self.high - self.low) / 2 / abs(self.exact)


@dataclass(frozen=True)
class Verdict:
    """Results of all cases.

    Attributes
    ----------
    findings
        One for each measure, in the order of cases.
    broken
        Violated identities, by run.
    replications
        Number of replications of each case, by name.
    seeds
        Seed of each case, by name.
    consignments
        Number of consignments measured in all runs.
    differences
        Milestones in which the two engines differ in the first replication of a case.
    n_both
        Number of runs with both engines; 0 where there is no Numba.
    """

    findings: tuple[Finding, ...]
    broken: tuple[str, ...]
    replications: dict[str, int]
    seeds: dict[str, int]
    consignments: int
    differences: tuple[str, ...]
    n_both: int

    @property
    def n_runs(self) -> int:
        """Number of replications of all cases."""
        return sum(self.replications.values())

    @property
    def passed(self) -> bool:
        """Whether every measure passed, every identity holds and the engines agree."""
        return not (self.broken or self.differences) and all(finding.passed for finding in self.findings)


Measured = float | Histogram
"""A measure of a replication: a number, or the values of which a quantile is asked."""


@dataclass(frozen=True)
class Outcome:
    """One replication of one case: measures, violated identities, cohort, and how the engines differ."""

    values: tuple[Measured, ...]
    broken: tuple[str, ...]
    consignments: int
    differences: tuple[str, ...] | None


def run_cases(
    cases: Sequence[Case],
    *,
    quick: bool = False,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Verdict:
    """Run cases and judge them.

    Parameters
    ----------
    cases
        With an executor, only cases of :data:`CASES`: other processes look them up by name.
    quick
        Run a fifth of the replications, at least eight, but not more than the case has.
    progress
        Called after each replication.
    """
    replications = {case.name: planned_replications(case, quick=quick) for case in cases}
    tasks = [(case, number) for case in cases for number in range(replications[case.name])]
    prepare(progress)
    outcomes: dict[str, list[Outcome]] = {case.name: [] for case in cases}
    if executor is None:
        results = in_order(_replicate, tasks, progress=progress)
    else:
        by_name = [(case.name, number) for case, number in tasks]
        results = in_order(_replicate_by_name, by_name, executor, progress)
    for (case, _), outcome in zip(tasks, results, strict=True):
        outcomes[case.name].append(outcome)
    return Verdict(
        findings=tuple(
            judge(case.name, measure, [outcome.values[k] for outcome in outcomes[case.name]])
            for case in cases
            for k, measure in enumerate(case.measures)
        ),
        broken=tuple(
            f"{name}, replication {number}: {what}"
            for name, runs in outcomes.items()
            for number, outcome in enumerate(runs)
            for what in outcome.broken
        ),
        replications=replications,
        seeds={case.name: _corridor(case.path).scenario.run.seed for case in cases},
        consignments=sum(outcome.consignments for runs in outcomes.values() for outcome in runs),
        differences=tuple(
            f"{name}: {what}"
            for name, runs in outcomes.items()
            for run in runs
            for what in run.differences or ()
        ),
        n_both=sum(run.differences is not None for runs in outcomes.values() for run in runs),
    )


def planned_replications(case: Case, *, quick: bool) -> int:
    """Return the number of replications of a case."""
    full = _corridor(case.path).scenario.run.replications
    return min(full, max(full // QUICK_SHARE, FEWEST)) if quick else full


def judge(case: str, measure: ExactMeasure, values: Sequence[Measured]) -> Finding:
    """Compare the values of replications with the exact value."""
    exact, n = measure.formula(), len(values)
    if measure.quantile is None:
        found = estimate([one for one in values if not isinstance(one, Histogram)], CONFIDENCE)
    else:
        samples, q = [one for one in values if isinstance(one, Histogram)], measure.quantile
        sections = [float(one.quantiles(np.array([q]))[0]) for one in samples]
        found = pooled_quantile(Histogram.merged(samples), q, sections, CONFIDENCE)
    error = (found.high - found.low) / 2 / t_quantile(0.5 + CONFIDENCE / 2, n - 1)
    passed = found.low - measure.slack <= exact <= found.high + measure.slack
    z = (found.mean - exact) / error if error > 0 else math.nan
    return Finding(case, measure, n, exact, found.mean, found.low, found.high, z, passed)


def replicate_case(case: Case, number: int) -> Outcome:
    """Run one replication of a case, measure it and check the identities.

    The first replication runs on both engines.
    """
    corridor = _corridor(case.path)
    run = replicate(corridor, corridor.scenario.run.seed, number)
    broken = violations(run)
    undelivered = int((run.in_window & (run.delivered_us == NEVER)).sum())
    if undelivered:
        broken.append(f"{undelivered} consignments are not delivered by the end of the drain")
    values = tuple(_measured(measure.read(run)) for measure in case.measures)
    found = differences(corridor.plan, run.world) if number == 0 else None
    return Outcome(values, tuple(broken), int(run.in_window.sum()), None if found is None else tuple(found))


def _measured(value: float | Floats) -> Measured:
    return value if isinstance(value, float) else Histogram.of(value)


@cache
def _corridor(path: Path) -> Corridor:
    return compile_corridor(load(path).scenario)


def _replicate(task: tuple[Case, int]) -> Outcome:
    return replicate_case(*task)


def _replicate_by_name(task: tuple[str, int]) -> Outcome:
    name, number = task
    return replicate_case(CASES[name], number)
