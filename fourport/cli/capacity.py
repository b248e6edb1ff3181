"""``fourport capacity`` and the table that it prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fourport.arguments import CONFIDENCE, LEAST_COMPARED
from fourport.cli import completion
from fourport.cli.options import (
    Measuring,
    confine_option,
    jobs_option,
    machines_options,
    out_option,
    quiet_option,
    replications_option,
    seed_option,
)

if TYPE_CHECKING:
    from fourport.errors import Noted
    from fourport.store import Run
    from fourport.study.capacity.capacity import CapacityCurve


@click.command(cls=Measuring, short_help="Find how many servers a resource needs for a target.")
@click.argument("scenario", metavar="SCENARIO|RUN", shell_complete=completion.scenario_or_run)
@confine_option
@click.option(
    "--at",
    "resource",
    required=True,
    metavar="FACILITY/RESOURCE",
    shell_complete=completion.resource,
    help="Resource to examine.",
)
@click.option("--servers", required=True, metavar="A..B", help="Numbers to try, such as 2..20 or 2,4,8.")
@click.option(
    "--target",
    required=True,
    metavar="TEXT",
    shell_complete=completion.target,
    help="Target, such as '95% within 24 h', '95% cleared_within_24h' or 'door_to_door_time_p95 <= 120 h'.",
)
@click.option(
    "--measure",
    metavar="TIME",
    shell_complete=completion.time,
    help="Time that must be within the target: clearance, visits, wait, or a time of the summary "
    "[default: clearance, or visits if the resource belongs to no customs office].",
)
@click.option(
    "--lane",
    multiple=True,
    metavar="NAME",
    shell_complete=completion.lane,
    help="Lane whose goods are measured [default: all].",
)
@click.option(
    "--route",
    multiple=True,
    metavar="NAME",
    shell_complete=completion.route,
    help="Route whose goods are measured [default: all].",
)
@click.option(
    "--confidence",
    type=click.FloatRange(*CONFIDENCE, min_open=True, max_open=True),
    default=95.0,
    show_default=True,
    help="Confidence of each interval and of all verdicts together, %.",
)
@click.option("--policy", metavar="NAME", shell_complete=completion.policy, help="Policy to apply.")
@replications_option(least=LEAST_COMPARED, default="50, or the scenario's if it has more")
@seed_option
@jobs_option
@machines_options
@out_option
@quiet_option
def capacity(
    scenario: str,
    resource: str,
    servers: str,
    target: str,
    measure: str | None,
    lane: tuple[str, ...],
    route: tuple[str, ...],
    confidence: float,
    policy: str | None,
    replications: int | None,
    **where: Any,
) -> None:
    """Find how many servers (bays, officers, docks) a resource needs for a target.

    SCENARIO is a file or the name of a shipped scenario, RUN the folder of a run, whose scenario and seed
    are taken. All numbers run with the same random numbers: the same consignments, durations and
    weather. The target is a share of times ("95% within 24 h"), a
    share of the summary ("95% cleared_within_24h"), or a bound of any of its measures
    ("logistics_cost <= 2 USD/kg"; docs/measures.md). Consignments accepted within the window count; a
    time that is unfinished at the end of the run is not within the target. If no number is enough, the
    command says so and where the time goes.

    For a resource with shifts, the number is that of the largest shift; the other shifts change in
    proportion, rounded up. The exit code is 0 even if no number meets the target.

    \b
    Example:
      fourport capacity my.toml --at northport/officers --servers 1..4 --target "95% within 24 h"
      fourport capacity my.toml --at northport/officers --servers 1..4 --target "95% within 24 h" --lane east
      fourport capacity my.toml --at northport/bays --servers 1,2 --target "90% within 2 h" --measure wait
      fourport capacity my.toml --at northport/dock --servers 1,2 --target "door_to_door_time_p95 <= 120 h"
    """  # noqa: D301
    from fourport.api.capacity import capacity, replications_of_curve
    from fourport.cli.output import tell
    from fourport.cli.source import source
    from fourport.errors import Noted
    from fourport.study.capacity.request import find_resource, parse_servers
    from fourport.study.capacity.target import parse_target

    wrong = Noted()  # also of what the function checks: a wrong policy hides no other mistake
    with wrong.noting():
        parse_servers(servers)
    with wrong.noting():
        parse_target(target, measure)
    with wrong.noting():
        given = source(scenario, _policy(scenario, policy, wrong), replications, **where)
        name = given.sample.first_policy
        find_resource(given.sample.variants[name].corridor, resource)
    wrong.refuse()
    asked = int(replications_of_curve(given.replications, replications))
    marks = (name, resource, servers, target, measure, lane, route, given.sample.seed, replications)
    with given.asking("capacity", *marks) as where_to:
        answer = capacity(
            given.sample,
            resource=resource,
            servers=servers,
            target=target,
            measure=measure,
            lane=lane,
            route=route,
            confidence_percent=confidence,
            replications=given.where.tried(asked),
            **where_to,
        )
    text = capacity_text(answer.run, answer.found)
    tell(answer.run, text, ["capacity"], quiet=given.quiet)


def _policy(scenario: str, policy: str | None, wrong: Noted) -> tuple[str, ...]:
    """Return the policy asked for; note an unknown name and return no policy, to check the rest too."""
    from fourport.cli.completion import MANIFEST
    from fourport.scenario.load import policy_names
    from fourport.scenario.names import BASE
    from fourport.scenario.suggestions import allowed, suggestion

    if policy is None:
        return ()
    if (Path(scenario) / MANIFEST).is_file():
        return (policy,)  # a run says itself under which policies it was made
    names = policy_names(scenario)
    if policy in (BASE, *names):
        return (policy,)
    wrong.note(f"--policy: there is no policy {policy!r}{suggestion(policy, names)}{allowed(names)}")
    return ()


def capacity_text(run: Run, curve: CapacityCurve) -> str:
    """Format the curve as a table, followed by the conclusion and what it rests on."""
    from fourport.cli.chance import chance_text
    from fourport.cli.lines import said
    from fourport.study.capacity.conclusions import conclusion
    from fourport.study.capacity.described import heading, intervals, measured, rests_on, shifts
    from fourport.study.capacity.target import VISITS

    asked = curve.asked
    share = f"the share within {asked.target.within}" if asked.target.within else "the share of consignments"
    what = f"{measured(curve)}, {share}" if asked.target.unit == "%" else measured(curve)
    told = (
        f"Measured: {what}; over {asked.replications} replications (seed {asked.seed}). "
        f"Counted: {'visits' if asked.target.measure in VISITS else 'consignments'} of a replication; "
        "unfinished: of these not over at the end of the run. Unlimited: one for everybody, with the hours "
        "of duty as they are."
    )
    every = (
        conclusion(curve),
        told,
        shifts(curve),
        f"Intervals: {intervals(curve)}.",
    )
    rests = rests_on(curve, run.manifest()["capacity"]["uncertain"])
    lines = [
        said(heading(curve)),
        _table(curve),
        "",
        *(said(text) for text in every if text),
        chance_text(run),
    ]
    return "\n".join([*lines, said(rests)] if rests else lines)


def _table(curve: CapacityCurve) -> str:
    """Format the curve as a table."""
    from fourport.cli.columns import TextColumn, tables
    from fourport.cli.lines import UNBROKEN

    target, points = curve.asked.target, (*curve.points, curve.unlimited)
    value = f"within {target.within}" if target.within else "share" if target.unit == "%" else "value"
    cells: dict[str, list[str]] = {
        value: [target.shown(one.value.mean) for one in points],
        "interval": [
            " .. ".join(target.shown(end).partition(" ")[0] for end in (one.value.low, one.value.high))
            for one in points
        ],
        "verdict": [*(one.verdict for one in curve.points), ""],
        "counted": [f"{one.counted:,.1f}" for one in points],
        "unfinished": [f"{one.unfinished:,.1f}" for one in points],
    }
    columns = [TextColumn("", heading.replace(" ", UNBROKEN), "", of) for heading, of in cells.items()]
    return tables([str(one.servers or "unlimited").rjust(9) for one in points], columns, corner="number")
