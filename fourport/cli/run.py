"""``fourport run``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    from fourport.api.again import Again
    from fourport.api.results import Results
    from fourport.api.study import Study
    from fourport.cli.working import Where
    from fourport.scenario.models.scenario import Scenario
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
    begin = _again if (Path(scenario) / completion.MANIFEST).is_file() else _first
    simulation = begin(scenario, policies, replications, seed, where)
    results = simulation.run(where, quiet=quiet, by=by, milestones=milestones, journeys=journeys)
    parts = [summary_table(results.run), promise_table(results.run)]
    parts += [group_table(results.run, one) for one in dict.fromkeys(by)]
    tell(results.run, "\n\n".join(parts), default_charts(), jobs=jobs, quiet=quiet)


@dataclass(frozen=True)
class _Simulation:
    """What is simulated, and where its results go.

    Attributes
    ----------
    of
        The study, or the run that is simulated again.
    """

    of: Study | Again
    scenarios: Sequence[Scenario]
    folder: Callable[[], Path]

    def run(self, where: Where, *, quiet: bool, **asked: Any) -> Results:
        """Simulate; what else is asked for is passed on."""
        from fourport.cli.working import simulating

        of, replications = self.of, self.of.replications
        of.replications = where.tried(replications)
        with simulating(where, self.scenarios, replications, quiet=quiet) as (of.executor, progress):
            return of.run(self.folder, progress=progress, **asked)


def _first(
    scenario: str, policies: tuple[str, ...], replications: int | None, seed: int | None, where: Where
) -> _Simulation:
    """Return the simulation of a scenario."""
    from fourport.api.study import Study
    from fourport.cli.output import warn

    study = Study(scenario, policies, replications=replications, seed=seed)
    warn(study.warnings())
    folder = where.folder(study.first.scenario.name, study.text, "", *study.marks)
    return _Simulation(study, [one.scenario for one in study.loaded.values()], folder)


def _again(
    run: str, policies: tuple[str, ...], replications: int | None, seed: int | None, where: Where
) -> _Simulation:
    """Return the simulation of the scenario of a run again."""
    from fourport.api.again import Again

    again = Again(run, policies, replications=replications, seed=seed)
    name = again.stored.manifest()["scenario"]["name"]
    folder = where.folder(name, again.sample.text, "", *again.marks)
    return _Simulation(again, [*again.scenarios.values()], folder)
