"""``fourport capacity`` and the table that it prints."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Any

import click

from fourport.arguments import CONFIDENCE, LEAST_COMPARED
from fourport.cli import completion
from fourport.cli.options import (
    confine_option,
    jobs_option,
    out_option,
    quiet_option,
    replications_option,
    seed_option,
)

if TYPE_CHECKING:
    from fourport.errors import Noted
    from fourport.study.capacity.capacity import CapacityCurve, Measure


@click.command(short_help="Find how many servers a resource needs for a target.")
@click.argument("scenario", shell_complete=completion.scenario)
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
@click.option("--target", required=True, metavar="TEXT", help="Target, such as '95% within 24 h'.")
@click.option(
    "--measure",
    type=click.Choice(["time", "wait", "door_to_door_time"]),
    default="time",
    show_default=True,
    help="Time to compare with the target: waiting and service at the resource, waiting, or door to door.",
)
@click.option(
    "--confidence",
    type=click.FloatRange(*CONFIDENCE, min_open=True, max_open=True),
    default=95.0,
    show_default=True,
    help="Joint confidence of all intervals, %.",
)
@click.option("--policy", metavar="NAME", shell_complete=completion.policy, help="Policy to apply.")
@replications_option(least=LEAST_COMPARED)
@seed_option
@jobs_option
@out_option
@quiet_option
def capacity(
    scenario: str,
    resource: str,
    servers: str,
    target: str,
    measure: Measure,
    confidence: float,
    policy: str | None,
    replications: int | None,
    **where: Any,
) -> None:
    """Find how many servers (bays, officers, docks) a resource needs for a target.

    SCENARIO is a file or the name of a shipped scenario. All numbers run with the same random numbers:
    the same consignments, durations and weather. Visits of consignments accepted within the window count;
    a visit that is unfinished at the end of the run misses the target. A number of servers meets the
    target if its whole interval lies above the target. The intervals hold for all numbers together, and
    are no narrower than the number of visits allows.

    For a resource with shifts, the number is that of the largest shift; the other shifts change in
    proportion, rounded up. The exit code is 0 even if no number meets the target.

    \b
    Example:
      fourport capacity my.toml --at northport/officers --servers 1..4 --target "95% within 24 h"
      fourport capacity my.toml --at northport/bays --servers 1,2 --target "90% within 2 h" --measure wait
    """  # noqa: D301
    from fourport.api.capacity import capacity
    from fourport.cli.output import tell
    from fourport.cli.source import source
    from fourport.errors import Noted
    from fourport.study.capacity.request import find_resource, parse_servers, parse_target

    wrong = Noted()  # also of what the function checks: a wrong policy hides no other mistake
    with wrong.noting():
        parse_servers(servers)
    with wrong.noting():
        parse_target(target)
    with wrong.noting():
        given = source(scenario, _policy(scenario, policy, wrong), replications, **where, runs=False)
        name = given.sample.first_policy
        find_resource(given.sample.variants[name].corridor, resource)
    wrong.refuse()
    n = given.sample.replications
    marks = (name, resource, servers, target, measure, given.sample.seed, n)
    with given.asking("capacity", *marks, bar="replications") as where_to:
        answer = capacity(
            given.sample,
            resource=resource,
            servers=servers,
            target=target,
            measure=measure,
            confidence_percent=confidence,
            **where_to,
        )
    tell(answer.run, capacity_text(answer.found), ["capacity"], quiet=given.quiet)


def _policy(scenario: str, policy: str | None, wrong: Noted) -> tuple[str, ...]:
    """Return the policy asked for; note an unknown name and return no policy, to check the rest too."""
    from fourport.scenario.load import policy_names
    from fourport.scenario.names import BASE
    from fourport.scenario.suggestions import allowed, suggestion

    if policy is None:
        return ()
    names = policy_names(scenario)
    if policy in (BASE, *names):
        return (policy,)
    wrong.note(f"--policy: there is no policy {policy!r}{suggestion(policy, names)}{allowed(names)}")
    return ()


def capacity_text(curve: CapacityCurve) -> str:
    """Format the curve as a table, followed by the conclusion."""
    from fourport.cli.columns import UNBROKEN, TextColumn, tables
    from fourport.study.capacity.conclusions import SAID, conclusion, intervals, shifts

    asked = curve.asked
    measured = SAID[asked.measure].format(at=asked.at)
    points, within = curve.points, asked.target.text.replace(" ", UNBROKEN)
    cells: dict[str, list[str]] = {
        f"within {within}": [f"{point.share.mean:.3f} %" for point in points],
        "interval": [f"{point.share.low:.3f} .. {point.share.high:.3f}" for point in points],
        "": [point.verdict for point in points],
        "visits": [f"{point.visits:,.1f}" for point in points],
        "unfinished": [f"{point.unfinished:,.1f}" for point in points],
    }
    columns = [TextColumn("", heading, "", of) for heading, of in cells.items()]
    table = tables([f"{point.servers:7}" for point in points], columns, corner="servers")
    told = (
        f"Share of visits whose {measured} is at most {asked.target.text}; visits and unfinished "
        f"visits are means over {asked.replications} replications (seed {asked.seed})."
    )
    said = (conclusion(curve), told, shifts(curve), f"Intervals: {intervals(curve)}.")
    return "\n".join([table, "", *(fill(text, 100) for text in said if text)])
