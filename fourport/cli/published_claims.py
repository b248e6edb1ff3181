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
    "--claims",
    "file",
    type=click.Path(path_type=Path),
    help="File of claims [default: the one that the scenario names].",
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
    from fourport.cli.chance import chance_text
    from fourport.cli.claims_text import attribution_text, claims_text
    from fourport.cli.lines import said
    from fourport.cli.output import tell
    from fourport.cli.source import source
    from fourport.errors import UserError
    from fourport.scenario.claims import read_claims
    from fourport.study.published_claims.groups import policies_of

    published = read_claims(file or _own_claims(scenario))
    policies = policies_of(published.claims.claims)
    about = published.claims.scenario
    try:
        given = source(scenario, policies, replications, **where)
    except UserError as error:
        if about in ("", Path(scenario).stem) or not any("no policy" in line for line in error.lines):
            raise
        raise UserError(f"{published.path}: these claims are about {about}", *error.lines) from None
    with given.asking("claims", *given.marks, published.text) as where_to:
        answer = published_claims(given.sample, published, **where_to)
    text = claims_text(answer.found.judged)
    if answer.found.attributed:
        text += "\n" + attribution_text(answer.found.attributed)
    text += "\n\n" + chance_text(answer.run)
    name = answer.manifest["scenario"]["name"]
    of = f"claims about {about}" if about else "claims"
    compared = "" if about == name else f", compared with {name}"
    tell(answer.run, f"{said(f'{published.path}: {of}{compared}')}\n\n{text}", quiet=given.quiet)


def _own_claims(scenario: str) -> Path:
    """Return the file of claims that a scenario or a run names."""
    from fourport.errors import UserError
    from fourport.scenario import library
    from fourport.scenario.claims import named_by
    from fourport.scenario.load import load
    from fourport.store import Run, is_run
    from fourport.study.stored import said_of

    if is_run(scenario):
        # A run keeps the name of the file, not its folder: shipped ones are found, others must be given.
        first = next(iter(said_of(Run.open(Path(scenario))).values()))
        name = str(first["values"].get("claims", ""))
        path = library.folder() / Path(name).name if name else None
    else:
        path = named_by(load(scenario).tree)
    if path is None:
        what = 'allowed: --claims FILE, or claims = "FILE" in the scenario'
        raise UserError(f"{scenario}: names no file of claims; {what}")
    return path
