"""Format a verdict and the coverage of intervals as cells of tables and as a page of Markdown."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from fourport.study.verification.coverage import CHANCE, Kept
from fourport.study.verification.verify import CONFIDENCE, Finding, Verdict

HEADER = ("case", "measure", "unit", "runs", "exact", "value", "99 % interval", "+-", "z", "result")


def cells(finding: Finding, interval: str = "") -> tuple[str, ...]:
    """Return a finding as cells under :data:`HEADER`, with the ends of the interval or the given text."""
    return (
        finding.case,
        finding.measure.what,
        finding.measure.unit,
        str(finding.runs),
        f"{finding.exact:.5f}",
        f"{finding.value:.5f}",
        interval or f"{finding.low:.5f} .. {finding.high:.5f}",
        f"{finding.half_width:.2%}",
        "-" if math.isnan(finding.z) else f"{finding.z:+.2f}",
        "pass" if finding.passed else "FAIL",
    )


def expected_misses(n_intervals: int) -> float:
    """Return the chance that at least one of so many independent intervals misses although all is right."""
    return float(1 - CONFIDENCE**n_intervals)


def closing(verdict: Verdict) -> list[str]:
    """Return the lines below the table."""
    n_missed = sum(not finding.passed for finding in verdict.findings)
    drawn = [finding for finding in verdict.findings if not math.isnan(finding.z)]
    return [
        f"exact values: {len(verdict.findings)} measured, {n_missed} missed "
        f"(chance of a miss or more in {len(drawn)} independent intervals at 99 %, all being right: "
        f"{expected_misses(len(drawn)):.0%})",
        f"identities: {verdict.n_runs} runs, {len(verdict.broken)} violations",
        *(f"  {line}" for line in verdict.broken),
        f"engines: {verdict.n_both} runs with compiled and SimPy, "
        f"{len(verdict.differences)} differences in milestones"
        if verdict.n_both
        else "engines: not compared, there is no Numba",
        *(f"  {line}" for line in verdict.differences),
    ]


COVERAGE_HEADER = ("interval", "noise", "studies", "promised", "true", "known", "result")


def coverage_cells(kept: Kept) -> tuple[str, ...]:
    """Return a promise as cells under :data:`COVERAGE_HEADER`."""
    promise = kept.promise
    return (
        promise.what,
        promise.noise,
        f"{promise.studies:,}",
        f"{promise.nominal:.1%}",
        f"{kept.share:.1%}",
        f"{promise.floor:.0%}" if promise.floor < promise.nominal else "",
        "pass" if kept.passed else "FAIL",
    )


def coverage_closing(coverage: Sequence[Kept]) -> str:
    """Return the line below the table of coverage."""
    broken = sum(not one.passed for one in coverage)
    return f"promises: {len(coverage)} repeated, {broken} broken"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], left: int) -> str:
    """Return a table of Markdown, its first columns on the left."""
    lines = [header, ["---"] * left + ["---:"] * (len(header) - left), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def markdown(verdict: Verdict, coverage: Sequence[Kept]) -> str:
    """Return the verdict and the coverage as the page ``docs/verification.md``."""
    theory = dict.fromkeys((f.measure.theory, f.case) for f in verdict.findings)
    by_theory: dict[str, list[str]] = {}
    for name, case in theory:
        by_theory.setdefault(name, []).append(f"`{case}`")
    return _PAGE.format(
        seeds=", ".join(map(str, sorted(set(verdict.seeds.values())))),
        consignments=verdict.consignments / 1e6,
        table=_table(HEADER, map(cells, verdict.findings), 3),
        coverage=_table(COVERAGE_HEADER, map(coverage_cells, coverage), 2),
        chance=f"{1 / CHANCE:,.0f}",
        theory="\n".join(f"- {name}: {', '.join(cases)}" for name, cases in by_theory.items()),
        closing="\n".join(f"    {line}" for line in closing(verdict)),
    )


_PAGE = """\
# Verification

This page is written by `fourport verify --markdown`, all of it: what is added here by hand is lost. Its
text is in `fourport/study/verification/verdict_text.py`, the cases with the names of their formulas are in
`cases.py` beside it, the promises in `coverage.py`. Tests compare the text, and write the whole page again.

Each case is a small scenario in `scenarios/exact/` with an exact answer from queueing theory. It runs
like every scenario: file, plan, world, engine. A formula in `fourport/study/verification/formulas.py`
gives the exact value. The formulas are independent of the simulation, and a test compares them with
published values.

Seed: {seeds} in every case. The column "runs" gives the replications. {consignments:.1f} million consignments
are measured.

{table}

{closing}

## How to read it

- **value** is the mean over replications. In each replication it is the mean over the consignments that
  enter in the window (for numbers left behind: over the departures of the window). A P50, P90 or P95 is of
  the consignments of all replications together. **99 % interval** is Student's t over replications (of a
  quantile by sectioning), **+-** its half-width as a share of the exact value, **z** the deviation in
  standard errors.
- Every case has a warm-up of at least eight relaxation times of its queue (16 weeks for `m-ln-1`, whose
  long tail has none). The remaining effect of the empty start is below 0.05 % of the value.
  `sailing-gaps`, which leaves nothing behind, and `closure` need less. Everything that enters in the
  window is followed to its delivery.
- A correct program misses one interval in a hundred. The chance of one or more misses is stated below
  the table (at most: the measures of one case are correlated). Seeds were fixed before the first run and
  never changed. Run lengths were chosen from the spread of other replications. After a first run, which
  every case passed, some cases got more replications to bring half-widths to 3 to 4 %.
- **After a single miss with |z| below 4, run that case longer** (`run.replications` of its file); do not
  change its seed. A true deviation grows with the length, a chance deviation fades. |z| of 4 or more, or
  misses of cases that share a feature, is a defect.
- `closure` has no randomness: regular arrivals, regular work. Its value must be exact except for the
  rounding of times.
- The identities are checked on every run: what enters a step leaves it or is held there; mass is
  conserved; the causes of a consignment's time sum to its door-to-door time and its cost lines to its
  cost; no vehicle is over capacity; no more services run at once than there are servers; nothing leaves
  before it is released; each stay lasts as long as the world says, so that Little's law holds over any
  window; no consignment of the cohort is undelivered.
- When a service at a resource begins is the engine's decision. It is checked from the events alone, for
  every service of every run: nobody waits while a server on duty is free, up to the end of each shift and of
  the run; nobody is served before another one of a better class, or of the same class who came earlier. In
  tests every begin of random runs is moved by a microsecond, either way, and all pairs that wait together
  take each other's turn; each of these is found.
- The first replication of each case runs with both engines, which must give the same milestones to the
  microsecond. `fourport verify --engine simpy` runs all replications with the reference engine.

## How often intervals keep their promise

A 95 % interval promises to hold the true value in 95 of 100 studies. Here whole studies are drawn from known
distributions, again and again, and the program's own estimators make their intervals
(`fourport/study/verification/coverage.py`). **true** is the share of studies in which the interval holds the
exact value. **known** is given where the method falls short of its promise: the share that it has at least.
A row fails if that share, or the promised one, is missed by more than chance (1 in {chance}).

{coverage}

- **Means** are Student's t over replications. It keeps its promise if the values of replications are nearly
  normal, as means over many consignments are. If they are as skewed as an exponential distribution, it needs
  30 replications for 93 %; with rare catastrophes, such as one closure in ten replications, more.
- **Quantiles** are of the consignments of all replications together, with sectioning: Student's t of the
  quantiles within replications about the pooled value. If fewer than 5 consignments of a replication are
  beyond the quantile, the interval is at least that of the order statistics of independent consignments, and
  the table of a run marks it with `*`. Sectioning alone would hold P95 in 80 % of studies with 3
  consignments a replication and in 87 % with 10, and the mean of quantiles within replications, which earlier
  versions showed, in 16 % and 54 %.
- **Costs per kg**, times and shares are of all kilograms and consignments of all replications together, with
  Student's t of jackknife values. The mean of the values of replications, which earlier versions showed, held
  the truth in 9 % of studies of 300 replications with 5 consignments, and in 32 % with 50.
- **Shares and counts** with fewer than 5 consignments of a replication that count (or that do not) have the
  exact bounds of Clopper and Pearson, or of a Poisson mean, for the effective number of consignments. If
  goods fail together, as when a sailing is cancelled, this is smaller than their number by the variance among
  replications over that of independent ones, with an allowance for the number of replications (Korn and
  Graubard 1998). Bounds for independent consignments, which earlier versions gave, held a share of 99 % in
  clusters of 10 in 39 % of studies.
- If **all count, or none** in any replication, nothing tells whether they fail together. Then the goods that
  are accepted in a week count as one. Of independent goods the bound is too wide by far; it is too narrow
  where what fails does so for longer than a week, as the row "all of a replication or none" shows: a closure
  that half of all replications have, and none of yours had. So it is in `run` and `capacity`.
- **Means of rare things**, such as the hours lost by cancelled sailings, have no interval if they are zero in
  some replications and not zero in fewer than 5: what was not seen may take any time. The same holds for
  differences that fewer than 5 replications show, and others do not.
- **Ratios** of claims are jackknifed; of two counts with few events in a replication the interval has the
  exact bounds of two Poisson counts, for the effective number of events.
- **Break-evens and maps** are judged by bootstrap-t, from 10 replications. With lognormal noise and 10
  replications 8 % of studies miss the break-even. In a map of 20 cells whose routes cost the same on average
  nothing may be decided: with looks at 10 and 20 replications that is so in 94 % of studies with exponential
  noise common to all cells, and in 90 % with lognormal noise. Cells with noise of their own keep the promise;
  by Student's t and Bonferroni 26 % of maps with such lognormal noise did.
- **Differences** of means and shares are of jackknife values, replication by replication. Those of P95 are by
  sectioning. With fewer than 5 consignments of a replication beyond the
  quantile the interval would be too narrow (75 % instead of 95 % with 10 consignments a replication, and less
  with more replications): comparisons and claims then give neither interval nor verdict.
- **No false finding**, **no domination**: no test of a family is significant although no difference is real;
  nothing is called dominating that is worse by the margin in one criterion. Flips of signs keep the rate
  where the signs of differences are equally likely. Where differences lean to one side they do not.

## Theory

References are in `fourport/study/verification/formulas.py`.

{theory}
"""
