"""``fourport run``."""

from __future__ import annotations

from pathlib import Path

import click

from fourport.arguments import GROUPED_BY
from fourport.cli import completion
from fourport.cli.options import (
    Measuring,
    confine_option,
    jobs_option,
    out_option,
    quiet_option,
    replications_option,
    seed_option,
)


@click.command(cls=Measuring, short_help="Simulate a scenario and write tables and charts.")
@click.argument("scenario", shell_complete=completion.scenario)
@confine_option
@out_option
@replications_option()
@seed_option
@click.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="NAME",
    shell_complete=completion.policy,
    help="Policy to run; can be repeated.",
)
@click.option(
    "--by",
    multiple=True,
    type=click.Choice(GROUPED_BY),
    help="Print and store all measures also by groups of consignments; can be repeated.",
)
@jobs_option
@click.option("--milestones", is_flag=True, help="Also write every milestone of every consignment.")
@click.option(
    "--journeys",
    is_flag=True,
    help="Also store the journeys, from which curves and route-choice maps are priced.",
)
@quiet_option
def run(
    scenario: str,
    out: Path | None,
    replications: int | None,
    seed: int | None,
    policies: tuple[str, ...],
    by: tuple[str, ...],
    jobs: int | None,
    milestones: bool,
    journeys: bool,
    quiet: bool,
) -> None:
    """Simulate SCENARIO and write tables and charts.

    SCENARIO is a file or the name of a shipped scenario. With --policy, the command runs the named
    policies instead of the scenario without a policy ("base"), all with the same random numbers.
    The results go to --out, or to results/<scenario>/<time>-<hash>/.

    \b
    Example:
      fourport run my.toml
      fourport run my.toml --replications 20 --seed 7 --out results/trial
      fourport run my.toml --by trader-class --by week
    """  # noqa: D301
    from fourport.api.study import Study
    from fourport.cli.groups import group_table, promise_table
    from fourport.cli.output import default_charts, tell, warn
    from fourport.cli.table import summary_table
    from fourport.cli.working import Destination, studying

    study = Study(scenario, policies, replications=replications, seed=seed)
    warn(study.warnings())
    folder = Destination(out, study.first.scenario.name, study.text, "", *study.marks)
    with studying(study, jobs, quiet=quiet) as (study.executor, progress):
        results = study.run(folder, by=by, milestones=milestones, journeys=journeys, progress=progress)
    parts = [summary_table(results.run), promise_table(results.run)]
    parts += [group_table(results.run, one) for one in dict.fromkeys(by)]
    tell(results.run, "\n\n".join(parts), default_charts(), jobs=jobs, quiet=quiet)
