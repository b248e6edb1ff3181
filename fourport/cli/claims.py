"""``fourport claims``."""

from __future__ import annotations

from pathlib import Path

import click

from fourport.cli import completion
from fourport.cli.options import jobs_option, out_option, quiet_option, replications_option, seed_option


@click.command(short_help="Hold what texts claim against the model.")
@click.argument("scenario", metavar="SCENARIO|RUN", shell_complete=completion.scenario_or_run)
@click.option(
    "--claims", "file", type=click.Path(path_type=Path), help="File of claims; else the shipped ones."
)
@replications_option()
@seed_option
@out_option
@jobs_option
@quiet_option
def claims(
    scenario: str,
    file: Path | None,
    replications: int | None,
    seed: int | None,
    out: Path | None,
    jobs: int | None,
    quiet: bool,
) -> None:
    """Hold claims against the model: value with interval, and holds, fails or undecided.

    SCENARIO is a file or the name of a shipped scenario, which is simulated first; RUN is
    the folder of a run. A claim holds if the 95 % interval of its value lies within what the
    statement allows, and fails if it lies outside. Where a rate without a published value decides, the
    part of its range is given in which the claim holds.

    \b
    Example:
      fourport claims my.toml --claims my-claims.toml
      fourport claims results/my-run --claims my-claims.toml
    """  # noqa: D301
    from fourport.cli.held import run_claims
    from fourport.cli.source import Asked

    run_claims(Asked(scenario, (), replications, seed, out, jobs, quiet), file)
