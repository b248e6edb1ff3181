"""Find the problems of claims about a scenario, before anything is run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from fourport.errors import Key, Problem, UserError
from fourport.measures import find, is_quantile
from fourport.plan.corridor import Corridor
from fourport.scenario.models.claims import Claim, DifferenceClaim, RatioClaim, ThresholdClaim
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.suggestions import allowed, suggestion
from fourport.study.curves.rates import Ranges, find_rate
from fourport.study.curves.variations import MEASURES
from fourport.study.published_claims.groups import groups_of, pairs_of, rows_of
from fourport.study.published_claims.model import amount_in, swept_over

TIMES = ("door_to_door_time", "clearance_time_", "time_")
"""Prefixes of the names of times."""


def problems_of(
    claims: Mapping[str, Claim], corridors: Mapping[str, Corridor], ranges: Ranges | None = None
) -> list[Problem]:
    """Return the problems of claims: unknown names, and claims that do not fit the scenario.

    Parameters
    ----------
    corridors
        The scenario under each policy of the run.
    ranges
        Plausible ranges of the scenario's numbers.
    """
    found: list[Problem] = []
    scenario = next(iter(corridors.values())).scenario
    for name, claim in claims.items():
        for where in groups_of(claim):
            found += _of_group(name, claim, where, corridors)
        if isinstance(claim, DifferenceClaim):
            found += _of_times(name, claim)
            continue
        if claim.measure not in MEASURES and (claim.rates or claim.sweep):
            message = f"{claim.measure!r} does not depend on rates; allowed: {', '.join(MEASURES[:2])}"
            found.append(Problem(("claims", name, "measure"), message))
        found += _of_rates(name, claim, scenario, ranges or {})
    return found


def _of_group(name: str, claim: Claim, where: str, corridors: Mapping[str, Corridor]) -> list[Problem]:
    key: Key = ("claims", name, where)
    group = groups_of(claim)[where]
    if group.policy not in corridors:
        names = list(corridors)
        hint = suggestion(group.policy, names) + allowed(names)
        return [Problem((*key, "policy"), f"there is no policy {group.policy!r}{hint}")]
    corridor = corridors[group.policy]
    found = _unknown(group.lanes, corridor.lane_names, (*key, "lanes"), "lane")
    found += _unknown(group.routes, corridor.plan.names.routes, (*key, "routes"), "route")
    if found:
        return found
    if not pairs_of(corridor, group.lanes, group.routes):
        return [Problem(key, "none of these routes is on these lanes")]
    several = len(rows_of(corridor, group.lanes, group.routes)) > 1
    if is_quantile(claim.measure) and several:
        one = "allowed: one route of one lane, a whole lane, or neither lanes nor routes"
        return [
            Problem(key, f"{claim.measure}: a quantile of several routes is not that of all together; {one}")
        ]
    if claim.measure == "staffed_hours" and (group.lanes or group.routes):
        return [Problem(key, "staffed_hours are those of all lanes; allowed: neither lanes nor routes")]
    return []


def _unknown(names: Sequence[str], known: Sequence[str], key: Key, what: str) -> list[Problem]:
    return [
        Problem((*key, k), f"there is no {what} {name!r}{suggestion(name, known)}{allowed(list(known))}")
        for k, name in enumerate(names)
        if name not in known
    ]


def _of_times(name: str, claim: DifferenceClaim) -> Iterator[Problem]:
    """Yield the problems of a claim about a difference of times."""
    measure = find(claim.measure)
    if measure is not None and not measure.is_time:
        message = f"{claim.measure!r} is not a time; allowed: names that begin with {', '.join(TIMES)}"
        yield Problem(("claims", name, "measure"), message)
    if claim.rates:
        yield Problem(("claims", name, "rates"), "times do not depend on rates; allowed: no rates")


def _of_rates(
    name: str, claim: RatioClaim | ThresholdClaim, scenario: Scenario, ranges: Ranges
) -> Iterator[Problem]:
    for rate, price in claim.rates.items():
        try:
            amount_in(price, find_rate(scenario, rate).unit(scenario))
        except UserError as error:
            yield Problem(("claims", name, "rates", rate), str(error))
    if claim.sweep is None:
        return
    try:
        unit = swept_over(claim.sweep, scenario, ranges).unit
    except UserError as error:
        yield Problem(("claims", name, "sweep"), str(error))
        return
    if isinstance(claim, ThresholdClaim):
        try:
            amount_in(claim.expected, unit)  # the tolerance has the same unit
        except UserError as error:
            yield Problem(("claims", name, "expected"), str(error))


def unmeasured(claims: Mapping[str, Claim], measured: Callable[[str], Collection[str]]) -> list[Problem]:
    """Return the problems of claims about measures that do not exist.

    Parameters
    ----------
    measured
        Returns the measures under a policy; called only for policies of claims about measures other than
        costs.
    """
    found = []
    for name, claim in claims.items():
        for policy in dict.fromkeys(group.policy for group in groups_of(claim).values()):
            if claim.measure in MEASURES or claim.measure in (known := list(measured(policy))):
                continue
            under = "" if policy == "base" else f" under the policy {policy!r}"
            hint = suggestion(claim.measure, known) + allowed(known, most=100)
            message = f"there is no measure {claim.measure!r}{under}{hint}"
            found.append(Problem(("claims", name, "measure"), message))
            break
    return found
