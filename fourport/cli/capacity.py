"""``fourport capacity``."""

from __future__ import annotations

from pathlib import Path

import click

from fourport.cli import completion
from fourport.cli.options import jobs_option, out_option, quiet_option, replications_option, seed_option


@click.command(short_help="Find how many servers a resource needs for a target.")
@click.argument("scenario", shell_complete=completion.scenario)
@click.option(
    "--at",
    required=True,
    metavar="FACILITY/STATION",
    shell_complete=completion.resource,
    help="The resource.",
)
@click.option("--servers", required=True, metavar="A..B", help="Numbers to try, as 2..20 or 2,4,8.")
@click.option("--target", required=True, metavar="TEXT", help="As '95% within 24 h'.")
@click.option(
    "--measure",
    type=click.Choice(["time", "wait", "door_to_door_time"]),
    default="time",
    show_default=True,
    help="What is to be within: waiting and service at the resource, waiting alone, or the whole journey.",
)
@click.option(
    "--confidence",
    type=click.FloatRange(50, 100, min_open=True, max_open=True),
    default=95.0,
    show_default=True,
    help="Of all intervals together, %.",
)
@click.option("--policy", metavar="NAME", shell_complete=completion.policy, help="Policy to apply.")
@replications_option(least=2)
@seed_option
@jobs_option
@out_option
@quiet_option
def capacity(
    scenario: str,
    at: str,
    servers: str,
    target: str,
    measure: str,
    confidence: float,
    policy: str | None,
    replications: int | None,
    seed: int | None,
    jobs: int | None,
    out: Path | None,
    quiet: bool,
) -> None:
    """Try numbers of servers (bays, officers, docks) at a resource and say which are enough.

    SCENARIO is a file or the name of a shipped scenario. Each number runs in the same worlds: the same
    consignments, durations and weather. Counted are the visits of consignments that are accepted within
    the window; a visit that is not over at the end of the run is not within the target. A number meets the
    target if its interval lies above it; the intervals of all numbers tried hold together, and are no
    narrower than the number of visits allows.

    A resource with shifts has the number in its largest shift, and the others in proportion, rounded up.
    If no number meets the target that is said, with exit code 0.

    \b
    Example:
      fourport capacity my.toml --at northport/officers --servers 1..4 --target "95% within 24 h"
      fourport capacity my.toml --at northport/bays --servers 1,2 --target "90% within 2 h" --measure wait
    """  # noqa: D301
    from fourport.cli.capacity_job import Options, run_capacity

    options = (policy, replications, seed, jobs, out, quiet)
    run_capacity(Options(scenario, at, servers, target, measure, confidence / 100, *options))
