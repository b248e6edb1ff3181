"""``fourport curves``."""

from __future__ import annotations

from pathlib import Path

import click

from fourport.cli import completion
from fourport.cli.options import jobs_option, out_option, quiet_option, replications_option, seed_option

OVER = ("weight", "value-density", "volume", "hinterland-distance", "time-value", "rate")


@click.command(short_help="Cost of routes over weight, value, rates; break-even points.")
@click.argument("scenario", metavar="SCENARIO|RUN", shell_complete=completion.scenario_or_run)
@click.option("--over", type=click.Choice(OVER), required=True, help="What the curves run over.")
@click.option("--lane", metavar="LANE", help="One lane; else all.")
@click.option("--routes", metavar="A,B,...", help="Some routes; else all of the lane.")
@click.option("--points", type=click.IntRange(2, 1000), default=25, show_default=True, help="Points a curve.")
@click.option(
    "--from", "low", type=click.FloatRange(min=0), help="Low end of the range; else by the scenario."
)
@click.option("--to", "high", type=click.FloatRange(min=0), help="High end of the range.")
@click.option("--rate", metavar="TARIFF[.LINE]", help="The rate to be moved, with --over rate.")
@click.option("--along", metavar="WAY", help="The road to move along, with --over hinterland-distance.")
@click.option(
    "--policy",
    metavar="NAME",
    shell_complete=completion.policy,
    help="Policy; else the scenario as it stands.",
)
@replications_option()
@seed_option
@out_option
@jobs_option
@quiet_option
def curves(
    scenario: str,
    over: str,
    lane: str | None,
    routes: str | None,
    points: int,
    low: float | None,
    high: float | None,
    rate: str | None,
    along: str | None,
    policy: str | None,
    replications: int | None,
    seed: int | None,
    out: Path | None,
    jobs: int | None,
    quiet: bool,
) -> None:
    """Price the routes of each lane over a range, and find where they cost the same.

    SCENARIO is a file or the name of a shipped scenario, which is simulated first; RUN is
    the folder of a run, whose journeys are priced (at once if it was run with --journeys,
    else they are simulated again from its seed). Writes curves.csv, breakeven.csv and the
    chart cost-curve.

    \b
    Example:
      fourport curves my.toml --over weight
      fourport curves results/my-run --over rate --rate air-far
    """  # noqa: D301
    from fourport.cli.priced import run_curves
    from fourport.cli.source import Asked
    from fourport.study.curves.plan import Ask

    policies = (policy,) if policy else ()
    asked = Asked(scenario, policies, replications, seed, out, jobs, quiet)
    run_curves(asked, Ask(over, points, low, high, rate, along), lane, routes)
