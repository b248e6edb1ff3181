"""Caption at the foot of a chart: what was run or compared."""

from __future__ import annotations

from collections.abc import Sequence

from fourport.charts.language import say
from fourport.charts.stored_results import StoredResults


def caption_of(results: StoredResults, policy: str | None) -> str:
    """Return the caption: scenario, policy, replications, seed, version.

    Parameters
    ----------
    policy
        The policy shown; None if the chart shows all alternatives of a comparison.
    """
    count = results.manifest.get("replications", "")
    shown = (policy,) if results.beside is None else (policy, results.beside)
    policies = results.policies if policy is None else (policy,)
    scenarios = list(dict.fromkeys(results.scenario_of(name) for name in policies))
    parts = [
        _scenarios(results, scenarios),
        *(_policy(results, name) for name in shown if name is not None and name not in scenarios),
        *(_compared(results, scenarios) if policy is None else ()),
        say("{n} replication", n=count) if count == 1 else say("{n} replications", n=count),
        say("seed {seed}", seed=results.manifest.get("seed", "")),
    ]
    return "  |  ".join([*parts, f"fourport {results.manifest.get('fourport', '')}"])


def policy_title(results: StoredResults, policy: str) -> str:
    """Return a policy's name with its title."""
    return _named(policy, results.drawable(results.policy_title(policy), ""))


def _scenarios(results: StoredResults, names: Sequence[str]) -> str:
    told = [_named(name, results.drawable(results.scenario_title(name), name)) for name in names]
    if len(told) == 1:
        return say("Scenario {name}", name=told[0])
    return say("Scenarios {names}", names="; ".join(told))


def _policy(results: StoredResults, policy: str) -> str:
    return say("policy {name}", name=policy_title(results, policy))


def _named(name: str, title: str) -> str:
    told = title.casefold().startswith(name.casefold())
    return (title if told else f"{name}: {title}") if title else name


def _compared(results: StoredResults, scenarios: Sequence[str]) -> Sequence[str]:
    """Return what is compared: how many alternatives against which baseline; for routes also the policies."""
    asked = results.manifest.get("comparison", {})
    policies, baseline = results.policies, str(asked.get("baseline", results.policies[0]))
    if routes := [route for route in asked.get("routes", ()) if route != baseline]:
        titles = [results.title("routes", route) for route in routes]
        against = _against("route", titles, results.title("routes", baseline))
        if len(policies) > 1:
            return against, *([] if {*policies} <= {*scenarios} else [say("{n} policies", n=len(policies))])
        return against, *(_policy(results, name) for name in policies if name not in scenarios)
    others = [name for name in policies if name != baseline]
    if {*policies} <= {*scenarios}:
        return (_against("scenario", others, baseline),)
    return (_against("policy", [policy_title(results, name) for name in others], baseline),)


def _against(what: str, others: Sequence[str], baseline: str) -> str:
    one, more = {
        "policy": (say("policy {name}, against {baseline}"), say("{n} policies against {baseline}")),
        "scenario": (say("scenario {name}, against {baseline}"), say("{n} scenarios against {baseline}")),
        "route": (say("route {name}, against {baseline}"), say("{n} routes against {baseline}")),
    }[what]
    if len(others) == 1:
        return one.format(name=others[0], baseline=baseline)
    return more.format(n=len(others), baseline=baseline)
