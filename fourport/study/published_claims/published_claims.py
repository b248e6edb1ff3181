"""Check and judge published claims about a scenario, and attribute effects where requested."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fourport.errors import UserError
from fourport.scenario.claims import ClaimsFile, read_claims
from fourport.scenario.models.claims import RatioClaim
from fourport.store import Run
from fourport.study.attribution.attribute import Attributed, attribute, write_attribution
from fourport.study.attribution.problems import problems_of as attribution_problems
from fourport.study.parallel import Progress
from fourport.study.published_claims.judge import JudgedClaim, Model, judge, renamed
from fourport.study.published_claims.problems import problems_of, unmeasured
from fourport.study.sample import SampleSource, sample_of


@dataclass(frozen=True)
class PublishedClaims:
    """Results of judging claims.

    Attributes
    ----------
    judged
        All claims.
    attributed
        Claims with an attribution.
    """

    judged: Sequence[JudgedClaim]
    attributed: Sequence[Attributed]


def published_claims(
    sample: SampleSource,
    file: ClaimsFile | str | Path,
    *,
    unfit: str = "",
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> PublishedClaims:
    """Compare published claims with the model: value with interval, and holds, fails or undecided.

    Parameters
    ----------
    sample
        Has all policies of the claims (:func:`fourport.study.published_claims.judge.policies_of`).
    unfit
        Error message that replaces the list of problems if claims do not fit the scenario; "" keeps it.
    executor
        None runs in this process.

    Raises
    ------
    UserError
        With all problems of the claims, before anything is simulated except a first replication, which shows
        which measures exist.
    """
    file, sample = file if isinstance(file, ClaimsFile) else read_claims(file), sample_of(sample)
    named = {name: renamed(claim, sample.name_of) for name, claim in file.claims.claims.items()}
    attributed = {
        name: claim
        for name, claim in named.items()
        if isinstance(claim, RatioClaim) and claim.attribution is not None
    }
    corridors = {policy: variant.corridor for policy, variant in sample.variants.items()}
    problems = problems_of(named, corridors, sample.ranges[sample.first_policy])
    if problems and unfit:
        raise UserError(unfit)
    file.refuse(problems)
    values = {policy: variant.values for policy, variant in sample.variants.items()}
    unfit_parts = attribution_problems(attributed, values, sample.ranges)
    file.refuse([*unfit_parts, *unmeasured(named, cache(sample.measured))])
    sample.ready(executor, progress)
    model, judged = Model(sample, executor), list[JudgedClaim]()
    for name, claim in named.items():
        judged.append(judge(name, claim, model))
        if progress is not None:
            progress(len(judged), len(named))
    parts = attribute(sample, attributed, executor=executor, progress=progress)
    return PublishedClaims(judged, parts)


def write_claims(run: Run, found: PublishedClaims) -> None:
    """Write the tables of judged claims and of their attribution."""
    if found.attributed:
        write_attribution(run, found.attributed)
    run.write_table("claims", _rows(found.judged))
    run.write_table("claim-regions", _region_rows(found.judged))


def _rows(judged: Sequence[JudgedClaim]) -> Iterator[tuple[object, ...]]:
    for one in judged:
        claim = one.claim
        about = (one.name, claim.statement, claim.source, claim.kind, claim.measure)
        yield *about, one.value, one.low, one.high, one.unit, *one.accepted, one.verdict, one.n


def _region_rows(judged: Sequence[JudgedClaim]) -> Iterator[tuple[object, ...]]:
    for one in judged:
        if one.swept is not None:
            for region in one.regions:
                yield one.name, one.swept.rate.name, one.swept.unit, region.verdict, region.low, region.high
