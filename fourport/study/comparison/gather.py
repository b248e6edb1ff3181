"""Prepare a comparison: load scenarios and policies, check the question, and name the alternatives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from fourport.errors import Noted, UserError, argument
from fourport.plan.once import Shared
from fourport.plan.ready import load_ready
from fourport.scenario.load import Loaded, known_as, policy_names
from fourport.scenario.names import ALL, BASE
from fourport.scenario.suggestions import allowed, suggestion
from fourport.store import Run
from fourport.study.comparison.criteria import refuse_unknown
from fourport.study.comparison.measured import Question, Values
from fourport.study.replication_measures import read_replications
from fourport.study.stored import name_in


def gather(
    scenarios: Sequence[str],
    policies: Sequence[str],
    baseline: str | None,
    wrong: Noted,
    *,
    of_routes: bool = False,
) -> dict[str, Loaded]:
    """Load each scenario under each requested policy, the baseline first.

    A policy of a single scenario keeps its name; the scenario as it stands goes by its own policy name, or
    ``base`` if it has none. With several scenarios each goes by its own name, and under a policy by
    ``scenario.policy``.

    Parameters
    ----------
    policies
        Names, or "all". None given: all policies of a single scenario; the scenarios as they stand if there
        are several or if routes are compared.
    baseline
        The policy that the others are compared with; None for the first. Unused if routes are compared.
    wrong
        Collects unknown names. Known ones are returned all the same, so that further options can be checked
        against them.

    Raises
    ------
    UserError
        With all problems of the scenarios.
    """
    found: dict[str, Loaded] = {}
    alone, broken = len(scenarios) == 1, Noted()
    for scenario in scenarios:
        every = policy_names(scenario)
        asked = _known("policies", every, policies, wrong, of="" if alone else scenario)
        if alone and baseline is not None and not of_routes:
            baseline = next(iter(_known("baseline", every, [baseline], wrong)), None)
        wanted = _wanted(every, asked, None if of_routes else baseline, alone=alone)
        if of_routes and ALL not in asked:
            wanted = asked or [every[0]]
        shared = Shared()
        for policy in wanted:
            with broken.noting():
                loaded = load_ready(scenario, policy, shared)
                name = policy if alone else _name(loaded)
                if name in found:
                    raise UserError(f"{scenario}: is called {name!r} like another of the scenarios")
                found[name] = loaded
    if broken.lines:
        raise UserError(*wrong.lines, *broken.lines)
    with wrong.noting():
        _refuse_mixed(found)
    if of_routes:
        return found
    first = next(iter(found)) if baseline is None else baseline
    with wrong.noting():
        _refuse_name("baseline", first, found)
        return {first: found[first], **found}
    return found


def _known(name: str, every: Sequence[str], asked: Iterable[str], wrong: Noted, of: str = "") -> list[str]:
    """Return the requested policies that a scenario has, by their names here; note unknown ones."""
    found = []
    for policy in dict.fromkeys(known_as(every, one) for one in asked):
        if policy in every or (policy == ALL and name == "policies"):
            found.append(policy)
            continue
        where, hint = of and f" in {of}", suggestion(policy, every) + allowed(every)
        wrong.note(f"{argument(name)}: there is no policy {policy!r}{where}{hint}")
    return found


def _wanted(every: Sequence[str], policies: Sequence[str], baseline: str | None, *, alone: bool) -> list[str]:
    if ALL in policies or (alone and not policies):
        return list(every)
    if not alone:
        return list(policies or every[:1])
    return list(dict.fromkeys([baseline or every[0], *policies]))


def _name(loaded: Loaded) -> str:
    return ".".join(filter(None, (loaded.scenario.name, loaded.policy)))


def _refuse_mixed(found: Mapping[str, Loaded]) -> None:
    """Refuse scenarios whose numbers cannot be compared."""
    for what, values in (
        ("reporting_currency", {name: one.scenario.reporting_currency for name, one in found.items()}),
        ("run.window", {name: str(one.scenario.run.window) for name, one in found.items()}),
    ):
        if len(set(values.values())) > 1:
            told = ", ".join(f"{name} {value}" for name, value in values.items())
            raise UserError(f"the scenarios differ in {what}: {told}; allowed: one {what} for all")


def ask(
    names: Sequence[str],
    lanes: Mapping[str, Iterable[str]],
    question: Question,
    measured: Callable[[], Collection[str]],
    wrong: Noted,
) -> Question:
    """Check a question against the available policies, lanes, routes and measures.

    Parameters
    ----------
    names
        Policies, the baseline first.
    lanes
        Routes by lane.
    question
        The question as asked; its baseline is "" if none was named.
    measured
        Returns the available measures; called only if needed.
    wrong
        Collects problems. If there are any, the returned question must not be used.
    """
    lane, routes, baseline = question.lane, question.routes, question.baseline
    if lane is not None:
        with wrong.noting():
            _refuse_name("lane", lane, lanes)
    if routes:
        with wrong.noting():
            routes = _routes(routes, baseline, lanes, lane)
    elif len(names) < 2 and not wrong.lines:
        wrong.note(
            f"there is nothing to compare with {names[0]}; allowed: a scenario with policies, of "
            f"which {argument('policies')} names one or more, several scenarios, or {argument('routes')}"
        )
    if question.measures:
        with wrong.noting():
            refuse_unknown(question.measures, measured())
    return replace(question, baseline=routes[0] if routes else names[0], routes=routes)


def _routes(
    asked: Sequence[str], baseline: str, lanes: Mapping[str, Iterable[str]], lane: str | None
) -> tuple[str, ...]:
    """Return the routes to compare, the baseline first."""
    wrong = Noted()
    mine = lanes if lane is None or lane not in lanes else {lane: lanes[lane]}
    known = dict.fromkeys(route for item in mine.values() for route in item)
    for route in (*asked, *filter(None, [baseline])):
        with wrong.noting():
            _refuse_name("baseline" if route == baseline else "routes", route, known)
    wrong.refuse()
    routes = tuple(dict.fromkeys([baseline or asked[0], *asked]))
    if not any(len({*routes} & {*item}) > 1 for item in lanes.values()):
        what = f"no lane has two of {', '.join(routes)}; allowed: routes of one lane, such as "
        of_lanes = "; ".join(f"{name}: {', '.join(item)}" for name, item in lanes.items())
        raise UserError(f"{argument('routes')}: {what}{of_lanes}")
    return routes


def lanes_of(found: Mapping[str, Loaded]) -> dict[str, Iterable[str]]:
    """Return the routes of each lane over all scenarios."""
    return {name: lane.routes for one in found.values() for name, lane in one.scenario.lanes.items()}


def stored_values(run: Run, policies: Sequence[str], baseline: str | None, wrong: Noted) -> Values:
    """Read the values of the requested policies from a stored run, the baseline first.

    Parameters
    ----------
    wrong
        Collects policies that the run does not have; the others are returned all the same.

    Raises
    ------
    UserError
        If the run has no measures by replication.
    """
    values = read_replications(run)
    wanted = list(values) if not policies or ALL in policies else list(policies)
    own = name_in(run, values, BASE)
    first = baseline or (own if own in values else next(iter(values)))
    names = [name_in(run, values, name) for name in (first, *wanted)]
    for k, name in enumerate(names):
        with wrong.noting():
            _refuse_name("policies" if k else "baseline", name, values)
    return {name: values[name] for name in names if name in values} or values


def _refuse_name(what: str, name: str, names: Iterable[str]) -> None:
    known = list(names)
    if name not in known:
        raise UserError(f"{argument(what)}: there is no {name!r}{suggestion(name, known)}{allowed(known)}")
