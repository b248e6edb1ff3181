"""What ``fourport claims`` does: read, check, simulate or read, judge, store, tell."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path
from textwrap import wrap

from fourport.cli.attributed import attribution_rows, attribution_table, input_rows, together_rows
from fourport.cli.job import tell
from fourport.cli.progress import progress
from fourport.cli.source import Asked, Source, source
from fourport.errors import UserError
from fourport.scenario import library
from fourport.scenario.claims import read_claims, shipped
from fourport.scenario.models.claims import Claim, RatioClaim
from fourport.store import Run
from fourport.study.attribution.attribute import Attributed, attribute
from fourport.study.attribution.problems import problems_of as attribution_problems
from fourport.study.curves.claim_problems import problems_of, unmeasured
from fourport.study.curves.claims import Judged, Model, judge, policies_of, renamed
from fourport.study.curves.rates import Ranges
from fourport.study.documents import load_documents

WIDTH = 100

SAID = {
    "holds": "the model agrees",
    "fails": "the model does not agree",
    "undecided": "the model leaves it open",
}
"""What a verdict is in words: a claim that fails is a finding, not an error."""


def run_claims(asked: Asked, file: Path | None) -> None:
    """Do it.

    Raises
    ------
    UserError
        With what is wrong, before anything is stored; which measures there are, a first replication tells.
    """
    path = file or _own_claims(asked)
    claims = read_claims(path or shipped())
    named = claims.claims.claims
    found = source(replace(asked, policies=policies_of(named)))
    named = {name: renamed(claim, found.name_of) for name, claim in named.items()}
    corridors = {policy: found.corridor(policy) for policy in found.policies}
    ranges = {policy: found.ranges(policy) for policy in found.policies}
    problems = problems_of(named, corridors, ranges[found.policies[0]])
    if problems and path is None:
        about = claims.claims.scenario
        raise UserError(
            f"{asked.target}: names no file of claims, and the shipped ones are about {about}"
            '; allowed: --claims FILE, or claims = "FILE" in the scenario'
        )
    claims.refuse(problems)
    taken = _to_be_attributed(named)
    claims.refuse(
        [
            *attribution_problems(taken, found.documents, ranges),
            *unmeasured(named, cache(found.measured)),
        ]
    )
    begun = found.begin("claims", claims.text)
    files = {policy: begun.journeys(policy, range(found.replications)) for policy in found.policies}
    model = Model(
        corridors,
        files,
        ranges[found.policies[0]],
        begun.run,
        asked.workers,
        load_documents,
        begun.stored.documents,
    )
    judged = []
    with progress(len(named), "claims", quiet=asked.quiet) as advance:
        for name, claim in named.items():
            judged.append(judge(name, claim, model))
            advance()
    parts = _attributed(taken, ranges, found, asked)
    begun.run.write_text("claims.toml", claims.text)
    _write(begun.run, judged, parts)
    begun.finish(
        claims={"policies": list(found.policies), "replications": found.replications},
        replications=found.replications,
    )
    text = claims_table(judged) + ("\n" + attribution_table(parts) if parts else "")
    tell(begun.run, text, quiet=asked.quiet)


def _write(run: Run, judged: Sequence[Judged], parts: Sequence[Attributed]) -> None:
    """Write what was found of each claim, and what a change is owed to where that was asked."""
    if parts:
        run.write_table("attribution", attribution_rows(parts))
        run.write_table("claim-inputs", input_rows(parts))
        run.write_table("claim-together", together_rows(parts))
    run.write_table("claims", _rows(judged))
    run.write_table("claim-regions", _region_rows(judged))


def _own_claims(asked: Asked) -> Path | None:
    """Give the file of claims that the scenario names, if it names one."""
    found = source(replace(asked, policies=()))
    name = str(next(iter(found.documents.values())).get("claims", ""))
    if not name:
        return None
    beside = (Path(asked.target).parent / name, library.folder() / name)
    return next((path for path in beside if path.is_file()), beside[0])


def _to_be_attributed(named: Mapping[str, Claim]) -> dict[str, RatioClaim]:
    """Give the claims that ask to be taken apart."""
    return {
        name: claim
        for name, claim in named.items()
        if isinstance(claim, RatioClaim) and claim.attribution is not None
    }


def _attributed(
    taken: Mapping[str, RatioClaim], ranges: Mapping[str, Ranges], found: Source, asked: Asked
) -> list[Attributed]:
    """Take claims apart, with a bar for each round of runs."""
    if not taken:
        return []
    with ExitStack() as bar:

        def begin(runs: int) -> Callable[[], None]:
            bar.close()
            return bar.enter_context(progress(runs, "attribution", quiet=asked.quiet))

        settings = (found.seed, found.replications, asked.workers)
        return attribute(taken, found.documents, ranges, settings, begin)


def _rows(judged: Sequence[Judged]) -> Iterator[tuple[object, ...]]:
    for one in judged:
        claim = one.claim
        about = (one.name, claim.statement, claim.source, claim.kind, claim.measure)
        yield *about, one.value, one.low, one.high, one.unit, *one.accepted, one.verdict, one.n


def _region_rows(judged: Sequence[Judged]) -> Iterator[tuple[object, ...]]:
    for one in judged:
        if one.swept is not None:
            for region in one.regions:
                yield one.name, one.swept.rate.name, one.swept.unit, region.verdict, region.low, region.high


def claims_table(judged: Sequence[Judged]) -> str:
    """Give a paragraph for each claim, as plain text."""
    text: list[str] = []
    for one in judged:
        text += [
            *wrap(f"{one.name}: {one.claim.statement}.", WIDTH),
            f"  {SAID[one.verdict]}: {_value(one)}",
        ]
        text += [f"  {line}" for line in _along(one)]
        text.append("")
    n = judged[0].n if judged else 0
    if n == 1:
        return "\n".join([*text, "One replication: no intervals, nothing can be decided."])
    return "\n".join(
        [
            *text,
            f"In brackets the 95 % interval over {n} replications. The model agrees with a claim (it holds)",
            "if it lies within what the statement allows, does not (it fails) if it lies outside, and leaves",
            "it open (undecided) if it crosses a border.",
            "The interval holds chance alone, not doubt about rates: all but the one that is swept are the",
            "scenario's. The rate of a table of weight breaks is its level, of which the breaks are shares.",
        ]
    )


def _value(one: Judged) -> str:
    unit = f" {one.unit}" if one.unit else ""
    agrees = f"{_accepted(one, unit)} would agree"
    if math.isnan(one.value):
        return f"{one.said or 'no value'}; {agrees}"
    if one.n < 2:
        return f"it gives {one.value:.4g}{unit}; {agrees}"
    low, high = f"{one.low:.4g}", f"{one.high:.4g}"
    if one.swept is not None:
        # An interval that the range ends before it is decided is open there.
        low = f"below {one.swept.xs[0]:.4g}" if math.isnan(one.low) else low
        high = f"above {one.swept.xs[-1]:.4g}" if math.isnan(one.high) else high
    return f"it gives {one.value:.4g}{unit} ({low} to {high}); {agrees}"


def _accepted(one: Judged, unit: str) -> str:
    low, high = one.accepted
    if math.isinf(high):
        return f"{low:.4g}{unit} or more"
    return f"{high:.4g}{unit} or less" if math.isinf(low) else f"{low:.4g} to {high:.4g}{unit}"


def _along(one: Judged) -> Iterator[str]:
    """Say where along the input that decides the claim holds."""
    if one.swept is None or not one.regions:
        return
    unit, xs = one.swept.unit, one.swept.xs
    parts = [f"{r.low:.4g} to {r.high:.4g}" for r in one.regions if r.verdict == "holds"]
    open_ = [f"{r.low:.4g} to {r.high:.4g}" for r in one.regions if r.verdict == "undecided"]
    where = f"with {one.swept.rate.name} from {xs[0]:.4g} to {xs[-1]:.4g} {unit}"
    yield f"{where} it holds {'at ' + ' and '.join(parts) if parts else 'nowhere'}" + (
        f", undecided at {' and '.join(open_)}" if open_ else ""
    )
