"""``fourport run``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fourport.arguments import GROUPED_BY
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
    from fourport.api.results import Results
    from fourport.cli.working import Where
    from fourport.study.parallel import Shard


@click.command(cls=Measuring, short_help="Simulate a scenario and write tables and charts.")
@click.argument("scenario", metavar="SCENARIO|RUN", shell_complete=completion.scenario_or_run)
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
@machines_options
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
    shard: Shard | None,
    cluster: str | None,
    milestones: bool,
    journeys: bool,
    dry_run: bool,
    quiet: bool,
) -> None:
    """Simulate a scenario and write tables and charts.

    SCENARIO is a file or the name of a shipped scenario. RUN is the folder of a run: the scenario that it
    holds is simulated again, whatever its files say now, under the policies, with the seed and the
    replications of the run if no others are asked for. With --policy, the command runs the named
    policies instead of the scenario without a policy ("base"), all with the same random numbers.
    The results go to --out, or to results/<scenario>/<time>-<hash>/.

    \b
    Example:
      fourport run my.toml
      fourport run my.toml --replications 20 --seed 7 --out results/trial
      fourport run my.toml --by trader-class --by week
    """  # noqa: D301
    from fourport.cli.groups import group_table, promise_table
    from fourport.cli.output import default_charts, tell
    from fourport.cli.table import summary_table
    from fourport.cli.working import Where

    where = Where.of(jobs, out, cluster, shard, dry_run=dry_run)
    also = {"milestones": milestones, "journeys": journeys}
    simulate = _again if (Path(scenario) / completion.MANIFEST).is_file() else _first
    results = simulate(scenario, policies, replications, seed, where=where, quiet=quiet, by=by, also=also)
    parts = [summary_table(results.run), promise_table(results.run)]
    parts += [group_table(results.run, one) for one in dict.fromkeys(by)]
    tell(results.run, "\n\n".join(parts), default_charts(), jobs=jobs, quiet=quiet)


def _first(
    scenario: str,
    policies: tuple[str, ...],
    replications: int | None,
    seed: int | None,
    *,
    where: Where,
    quiet: bool,
    by: tuple[str, ...],
    also: Mapping[str, bool],
) -> Results:
    """Simulate a scenario."""
    from fourport.api.study import Study
    from fourport.cli.output import warn
    from fourport.cli.working import simulating

    study = Study(scenario, policies, replications=replications, seed=seed)
    warn(study.warnings())
    folder = where.folder(study.first.scenario.name, study.text, "", *study.marks)
    scenarios, asked = [one.scenario for one in study.loaded.values()], study.replications
    study.replications = where.tried(asked)
    with simulating(where, scenarios, asked, quiet=quiet) as (study.executor, progress):
        return study.run(folder, by=by, progress=progress, **also)


def _again(
    run: str,
    policies: tuple[str, ...],
    replications: int | None,
    seed: int | None,
    *,
    where: Where,
    quiet: bool,
    by: tuple[str, ...],
    also: Mapping[str, bool],
) -> Results:
    """Simulate the scenario of a run again."""
    from fourport.api.again import Again
    from fourport.cli.working import simulating

    again = Again(run, policies, replications=replications, seed=seed)
    name = again.stored.manifest()["scenario"]["name"]
    folder = where.folder(name, again.sample.text, "", *again.marks)
    scenarios, asked = [*again.scenarios.values()], again.replications
    again.replications = where.tried(asked)
    with simulating(where, scenarios, asked, quiet=quiet) as (executor, progress):
        kinds = [name for name, wanted in also.items() if wanted]
        return again.run(folder, by=by, also=kinds, executor=executor, progress=progress)
