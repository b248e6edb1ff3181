"""``fourport route-choice``."""

from __future__ import annotations

from pathlib import Path

import click

from fourport.cli import completion
from fourport.cli.options import jobs_option, out_option, quiet_option, seed_option


@click.command(short_help="Which route is cheapest for which goods: a map.")
@click.argument("scenario", metavar="SCENARIO|RUN", shell_complete=completion.scenario_or_run)
@click.option("--lane", metavar="LANE", help="One lane; else all.")
@click.option("--routes", metavar="A,B,...", help="Some routes; else all of the lane.")
@click.option("--cells", default="40x40", show_default=True, help="Columns by value x rows by weight.")
@click.option("--values", type=float, nargs=2, help="Least and most value, in the reporting currency a kg.")
@click.option("--weights", type=float, nargs=2, help="Least and most chargeable weight, kg.")
@click.option(
    "--policy",
    metavar="NAME",
    shell_complete=completion.policy,
    help="Policy; else the scenario as it stands.",
)
@click.option("--replications", type=click.IntRange(1, 100_000), help="Replications of the first look.")
@click.option("--at-most", type=click.IntRange(1, 100_000), help="Most replications for undecided cells.")
@seed_option
@out_option
@jobs_option
@quiet_option
def route_choice(
    scenario: str,
    lane: str | None,
    routes: str | None,
    cells: str,
    values: tuple[float, float] | None,
    weights: tuple[float, float] | None,
    policy: str | None,
    replications: int | None,
    at_most: int | None,
    seed: int | None,
    out: Path | None,
    jobs: int | None,
    quiet: bool,
) -> None:
    """Map the cheapest route over the value and the chargeable weight of goods.

    SCENARIO is a file or the name of a shipped scenario, which is simulated first; RUN is
    the folder of a run, whose journeys are priced. Undecided cells get more replications, up to
    --at-most: twice those of the first look, or of a RUN what it has. Writes route-choice.csv and the
    chart route-choice.

    \b
    Example:
      fourport route-choice my.toml --cells 20x20
      fourport route-choice results/my-run --lane east
    """  # noqa: D301
    from fourport.cli.mapped import Map, run_route_choice
    from fourport.cli.source import Asked

    policies = (policy,) if policy else ()
    asked = Asked(scenario, policies, replications, seed, out, jobs, quiet)
    run_route_choice(asked, Map(lane, routes, cells, values, weights, at_most))
