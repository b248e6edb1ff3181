"""``fourport claims``: published claims."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fourport.cli import completion
from fourport.cli.options import confine_option, replications_option, sample_options


@click.command(short_help="Compare published claims with the model.")
@click.argument("scenario", metavar="SCENARIO|RUN", shell_complete=completion.scenario_or_run)
@confine_option
@click.option(
    "--claims", "file", type=click.Path(path_type=Path), help="File of claims [default: the shipped claims]."
)
@replications_option()
@sample_options
def claims(
    scenario: str,
    file: Path | None,
    replications: int | None,
    **where: Any,
) -> None:
    """Compare published claims with the model.

    SCENARIO is a file or the name of a shipped scenario, which is simulated first. RUN is
    the folder of a run. For each claim the command prints the model's value with its 95 % interval.
    The claim holds if the interval lies within the range that the statement allows, fails if it lies
    outside, and is undecided otherwise. If the verdict depends on a rate without a published value,
    the command also prints the part of the rate's range in which the claim holds.

    \b
    Example:
      fourport claims my.toml --claims my-claims.toml
      fourport claims results/my-run --claims my-claims.toml
    """  # noqa: D301
    from fourport.api.claims import published_claims
    from fourport.cli.claims_text import attribution_text, claims_text
    from fourport.cli.output import tell
    from fourport.cli.source import source
    from fourport.scenario.claims import read_claims, shipped
    from fourport.study.published_claims.judge import policies_of

    path = file or _own_claims(scenario)
    published = read_claims(path or shipped())
    policies = policies_of(published.claims.claims)
    given = source(scenario, policies, replications, **where)
    unfit = (
        f"{scenario}: names no file of claims, and the shipped ones are about {published.claims.scenario}"
        '; allowed: --claims FILE, or claims = "FILE" in the scenario'
    )
    with given.asking("claims", *given.marks, published.text) as where_to:
        answer = published_claims(given.sample, published, unfit="" if path else unfit, **where_to)
    text = claims_text(answer.found.judged)
    if answer.found.attributed:
        text += "\n" + attribution_text(answer.found.attributed)
    tell(answer.run, text, [], quiet=given.quiet)


def _own_claims(scenario: str) -> Path | None:
    """Return the file of claims that a scenario names, None if it names none."""
    from fourport.cli.source import source
    from fourport.scenario import library

    sample = source(scenario).sample
    name = str(sample.variants[sample.first_policy].values.get("claims", ""))
    if not name:
        return None
    beside = (Path(scenario).parent / name, library.folder() / name)
    return next((path for path in beside if path.is_file()), beside[0])
