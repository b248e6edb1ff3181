"""Published claims compared with the model, and what their changes are due to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from functools import cache
from pathlib import Path

from fourport.api.answer import Answer, Inquiry, SampleSource, sample_of
from fourport.api.results import NewFolder
from fourport.arguments import told
from fourport.errors import UserError
from fourport.scenario.claims import ClaimsFile, read_claims
from fourport.scenario.models.claims import RatioClaim
from fourport.study.attribution.attribute import Attributed, attribution_tables
from fourport.study.attribution.attribute import attribute as attribute_sample
from fourport.study.attribution.problems import problems_of as attribution_problems
from fourport.study.parallel import Progress, counting
from fourport.study.published_claims.groups import policies_of, renamed
from fourport.study.published_claims.judge import JudgedClaim, judge
from fourport.study.published_claims.model import Model
from fourport.study.published_claims.problems import problems_of, unmeasured
from fourport.study.published_claims.published_claims import PublishedClaims, tables_of


def published_claims(
    sample: SampleSource,
    file: ClaimsFile | str | Path,
    *,
    folder: NewFolder = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Answer[PublishedClaims]:
    """Compare published claims with the model: value with interval, and holds, fails or undecided.

    The answer has the tables of the sample, ``claims`` and ``claim-regions``, and those of :func:`attribute`.

    Parameters
    ----------
    sample
        Has all policies of the claims (:func:`fourport.study.published_claims.groups.policies_of`).
    folder
        A new or empty folder; None keeps the answer in memory.
    executor
        None runs in this process.

    Raises
    ------
    UserError
        With all problems of the claims, before anything is simulated except a first replication, which shows
        which measures exist.
    """
    file = file if isinstance(file, ClaimsFile) else read_claims(file)
    given = sample_of(sample, policies_of(file.claims.claims))
    asked = Inquiry(given, given.variants, folder, executor, progress)
    named = {name: renamed(claim, given.name_of) for name, claim in file.claims.claims.items()}
    attributed = {
        name: claim
        for name, claim in named.items()
        if isinstance(claim, RatioClaim) and claim.attribution is not None
    }
    corridors = {policy: variant.corridor for policy, variant in given.variants.items()}
    problems = problems_of(named, corridors, given.ranges[given.first_policy])
    file.refuse(problems, next(iter(corridors.values())).scenario.name)
    values = {policy: variant.values for policy, variant in given.variants.items()}
    unfit_parts = attribution_problems(attributed, values, given.ranges)
    file.refuse([*unfit_parts, *unmeasured(named, cache(given.measured))])
    model, judged = Model(asked.begin("published claims", file.text), asked.executor), list[JudgedClaim]()
    judging = counting(progress, "claims")
    for name, claim in named.items():
        judged.append(judge(name, claim, model))
        if judging is not None:
            judging(len(judged), len(named))
    told = {name: claim for name, claim in attributed.items() if not model.withheld(claim)}
    parts = attribute_sample(model.sample, told, executor=asked.executor, progress=progress)
    found = PublishedClaims(judged, parts)
    n = model.sample.replications
    asked.run.write_text("claims.toml", file.text)
    entry = {
        "file": file.path.name,
        "about": file.claims.scenario,
        "policies": list(given.variants),
        "replications": n,
    }
    return asked.answer(found, tables_of(found), claims=entry, replications=n)


def attribute(
    sample: SampleSource,
    claims: Mapping[str, RatioClaim],
    *,
    folder: NewFolder = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Answer[Sequence[Attributed]]:
    """Attribute the ratios of claims to the levers of a policy package, and to inputs.

    The answer has the tables ``attribution``, ``claim-inputs`` and ``claim-together``.

    Parameters
    ----------
    claims
        Claims of a ratio that ask for an attribution, by name.
    folder
        A new or empty folder; None keeps the answer in memory.
    executor
        None runs in this process.

    Raises
    ------
    UserError
        If there are other claims, or claims that cannot be attributed, before anything is simulated.
    """
    for name, claim in claims.items() if isinstance(claims, Mapping) else [("claims", claims)]:
        if not (isinstance(claim, RatioClaim) and claim.attribution is not None):
            what = f"{name}: {told(claim)} is not a claim of a ratio that asks for an attribution"
            raise UserError(f"{what}; allowed: such claims by name (published_claims also reads a file)")
    given = sample_of(sample, policies_of(claims))
    asked = Inquiry(given, given.variants, folder, executor, progress)
    of = asked.begin("attribution", *claims.items(), simulate=False)
    found = attribute_sample(of, claims, executor=asked.executor, progress=progress)
    return asked.answer(found, attribution_tables(found))
