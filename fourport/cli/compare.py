"""``fourport compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fourport.arguments import LEAST_COMPARED
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
    from fourport.store import Run
    from fourport.study.parallel import Shard

CHARTS = ("forest", "stages", "clearance-stages", "detection")
"""Charts of a comparison, as far as it has their results."""


def _names(option: str, text: str | None, or_all: str = " or 'all'") -> tuple[str, ...]:
    """Split a list of names at its commas.

    Raises
    ------
    UserError
        If the list is given but has no names.
    """
    from fourport.errors import UserError

    found = tuple(dict.fromkeys(name.strip() for name in (text or "").split(",") if name.strip()))
    if text is not None and not found:
        raise UserError(f"{option}: {text!r} names nothing; allowed: names such as 'a,b'{or_all}")
    return found


@click.command(cls=Measuring, short_help="Compare policies, routes or scenarios.")
@click.argument(
    "scenarios", nargs=-1, required=True, metavar="SCENARIO...", shell_complete=completion.scenario_or_run
)
@confine_option
@click.option(
    "--policies",
    metavar="A,B,...|all",
    shell_complete=completion.policies,
    help="Policies to compare [default: all of the scenario].",
)
@click.option(
    "--baseline",
    metavar="NAME",
    shell_complete=completion.policy,
    help="Policy, route or scenario to compare with [default: the first].",
)
@click.option(
    "--measures",
    metavar="A,B,...|all",
    shell_complete=completion.measures,
    help="Measures to compare, of those below [default: a standard set].",
)
@click.option(
    "--routes",
    metavar="A,B,...",
    shell_complete=completion.routes,
    help="Compare these routes of each lane, not policies.",
)
@click.option("--lane", metavar="NAME", shell_complete=completion.lane, help="Compare on this lane only.")
@replications_option(least=LEAST_COMPARED)
@seed_option
@jobs_option
@machines_options
@out_option
@click.option("--full", is_flag=True, help="Print all differences and intervals.")
@quiet_option
def compare(
    scenarios: tuple[str, ...],
    policies: str | None,
    baseline: str | None,
    measures: str | None,
    routes: str | None,
    lane: str | None,
    replications: int | None,
    seed: int | None,
    jobs: int | None,
    shard: Shard | None,
    cluster: str | None,
    dry_run: bool,
    out: Path | None,
    full: bool,
    quiet: bool,
) -> None:
    """Compare policies, routes or scenarios on the same random numbers.

    SCENARIO is a file or the name of a shipped scenario, or the folder of a run, whose stored results
    are then compared. The policies of one scenario are compared with the scenario without a policy
    ("base"), or with --baseline; several scenarios are compared with the first. With --routes, the
    routes of each lane are compared with the first route.

    Differences are paired by replication, with 95 % intervals and p values by flipping signs, adjusted
    over all routes together and separately over single routes. Mean times and costs are over the
    consignments that both deliver. The measures always include costs, work and undetected
    non-compliance. The command prints what is not delivered, an overview of all policies by all criteria,
    clearance lane by lane where a policy changes it, and the significant differences. The folder also
    holds what "fourport run" writes.

    \b
    Example:
      fourport compare my.toml
      fourport compare my.toml --policies more-officers --measures door_to_door_time_p95
      fourport compare my.toml --routes by-air,by-sea --lane east
      fourport compare results/my-run --baseline more-officers
      fourport compare my.toml other.toml --replications 20
    """  # noqa: D301
    from fourport.api.compare import Comparison
    from fourport.api.results import created
    from fourport.cli.comparison_table import comparison_text
    from fourport.cli.output import default_charts, tell, warn
    from fourport.cli.working import Where, simulating
    from fourport.study.comparison.measured import Question

    where = Where.of(jobs, out, cluster, shard, dry_run=dry_run)
    names, measured = _names("--policies", policies), _names("--measures", measures)
    question = Question(baseline or "", _names("--routes", routes, ""), lane, measured)
    comparison = Comparison.of(scenarios, names, question, replications, seed)
    study = comparison.study
    if study is not None:
        warn(study.warnings())
    else:
        where.refuse_stored()
    folder = where.folder(*comparison.identity, "compare", *comparison.marks)
    if study is not None:
        asked, study.replications = study.replications, where.tried(study.replications)
    run = created(folder, *comparison.request)
    if study is None:
        answer = comparison.into(run)
    else:
        simulated = [one.scenario for one in study.loaded.values()]
        with simulating(where, simulated, asked, quiet=quiet) as (executor, progress):
            answer = comparison.into(run, executor, progress)
    charts = [*default_charts(), *_charts(run, lane)]
    text = "" if quiet else comparison_text(run, answer.found, full=full)  # of twenty policies it takes 0.4 s
    tell(run, text, charts, jobs=jobs, quiet=quiet)


def _charts(run: Run, lane: str | None) -> list[str]:
    """Return the charts for which the run has results; clearance must have rows of the lane compared."""
    from fourport.charts import KINDS
    from fourport.store.tables import TOGETHER

    kinds = [kind for kind in CHARTS if run.has(KINDS[kind].needs)]
    cleared = run.columns("clearance-stages", "lane")[0] if "clearance-stages" in kinds else []
    if (lane or TOGETHER) not in cleared:
        return [kind for kind in kinds if kind != "clearance-stages"]
    return kinds
