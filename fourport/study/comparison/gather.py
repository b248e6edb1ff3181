"""What is asked to be compared: scenarios and policies found, checked, and given the names they go by."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from fourport.errors import Refused, UserError
from fourport.plan.compile import compile_corridor
from fourport.scenario.load import Loaded, known_as, load, policy_names
from fourport.scenario.names import ALL, BASE
from fourport.scenario.shape import allowed, suggestion
from fourport.store import Run
from fourport.study.comparison.compare import Question, Values
from fourport.study.comparison.criteria import refuse_unknown
from fourport.study.measures import tabulate
from fourport.study.replication import replicate
from fourport.study.replications import read_replications


def gather(
    scenarios: Sequence[str], policies: Sequence[str], baseline: str | None, *, of_routes: bool = False
) -> dict[str, Loaded]:
    """Load each scenario under each policy asked for, the baseline first.

    A policy of a single scenario goes by its name, the scenario as it stands by its own, or ``base`` if it
    gives itself none. Of several scenarios each goes by its own name, and under a policy by
    ``scenario.policy``.

    Parameters
    ----------
    policies
        Names, or "all"; none for all of a single scenario, and for several (or for routes) the
        scenarios as they stand.
    baseline
        The policy that the others are compared with; None for the first. Of routes it names none.

    Raises
    ------
    UserError
        With all that is wrong.
    """
    found: dict[str, Loaded] = {}
    if len(scenarios) == 1 and baseline is not None and not of_routes:
        baseline = known_as(policy_names(scenarios[0]), baseline)
    for scenario in scenarios:
        every = policy_names(scenario)
        asked = list(dict.fromkeys(known_as(every, policy) for policy in policies))
        wanted = _wanted(every, asked, None if of_routes else baseline, alone=len(scenarios) == 1)
        if of_routes and ALL not in asked:
            wanted = asked or [every[0]]
        for policy in wanted:
            loaded = _load(scenario, policy)
            name = policy if len(scenarios) == 1 else _name(loaded)
            if name in found:
                raise UserError(f"{scenario}: is called {name!r} like another of the scenarios")
            found[name] = loaded
    _refuse_mixed(found)
    if of_routes:
        return found
    first = next(iter(found)) if baseline is None else baseline
    _refuse_name("--baseline", first, found)
    return {first: found[first], **found}


def _wanted(every: Sequence[str], policies: Sequence[str], baseline: str | None, *, alone: bool) -> list[str]:
    if ALL in policies or (alone and not policies):
        return list(every)
    if not alone:
        return list(policies or every[:1])
    return list(dict.fromkeys([baseline or every[0], *policies]))


def _load(scenario: str, policy: str) -> Loaded:
    loaded = load(scenario, policy)
    try:
        compile_corridor(loaded.scenario)
    except Refused as refused:
        loaded.refuse(refused.problems)
        raise
    return loaded


def _name(loaded: Loaded) -> str:
    return ".".join(filter(None, (loaded.scenario.name, loaded.policy)))


def _refuse_mixed(found: Mapping[str, Loaded]) -> None:
    """Refuse scenarios whose numbers do not compare."""
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
) -> Question:
    """Check what is asked against what is there.

    Parameters
    ----------
    names
        Policies, the baseline first.
    lanes
        Routes by lane.
    question
        As it was asked; its baseline is "" if none was named.
    measured
        Gives the measures that there are, if they must be known.

    Raises
    ------
    UserError
        With what is wrong.
    """
    lane, routes, baseline = question.lane, question.routes, question.baseline
    if lane is not None:
        _refuse_name("--lane", lane, lanes)
    if routes:
        known = dict.fromkeys(route for name in lanes if lane in (None, name) for route in lanes[name])
        for route in (*routes, *filter(None, [baseline])):
            _refuse_name("--baseline" if route == baseline else "--routes", route, known)
        routes = tuple(dict.fromkeys([baseline or routes[0], *routes]))
        if not any(len({*routes} & {*item}) > 1 for item in lanes.values()):
            raise UserError(
                f"--routes: no lane has two of {', '.join(routes)}; allowed: routes of one lane, such as "
                + "; ".join(f"{name}: {', '.join(item)}" for name, item in lanes.items())
            )
    elif len(names) < 2:
        raise UserError(
            f"there is nothing to compare with {names[0]}; allowed: a scenario with policies, of "
            "which --policies names one or more, several scenarios, or --routes"
        )
    if question.measures:
        refuse_unknown(question.measures, measured())
    return replace(question, baseline=routes[0] if routes else names[0], routes=routes)


def lanes_of(found: Mapping[str, Loaded]) -> dict[str, Iterable[str]]:
    """Give the routes of each lane of all scenarios."""
    return {name: lane.routes for one in found.values() for name, lane in one.scenario.lanes.items()}


def measured_by(loaded: Loaded, seed: int) -> Collection[str]:
    """Give the measures of a scenario: those of its first replication."""
    tables = tabulate(replicate(compile_corridor(loaded.scenario), seed, 0))
    return dict.fromkeys(key[2] for key in tables.summary)


def stored_values(run: Run, policies: Sequence[str], baseline: str | None) -> Values:
    """Read the policies asked for from a stored run, the baseline first.

    Raises
    ------
    UserError
        If it was not run under one of them, or holds no measures by replication.
    """
    values = read_replications(run)
    wanted = list(values) if not policies or ALL in policies else list(policies)
    first = baseline or (BASE if BASE in values else next(iter(values)))
    names = dict.fromkeys([first, *wanted])
    for name in names:
        _refuse_name("--baseline" if name == baseline else "--policies", name, values)
    return {name: values[name] for name in names}


def _refuse_name(option: str, name: str, names: Iterable[str]) -> None:
    known = list(names)
    if name not in known:
        raise UserError(f"{option}: there is no {name!r}{suggestion(name, known)}{allowed(known)}")
