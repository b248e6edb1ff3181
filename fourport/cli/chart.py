"""``fourport chart``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from fourport.cli import completion
from fourport.cli.options import Folder

if TYPE_CHECKING:
    from fourport.store import Run


def _kinds(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete the name of a kind of chart."""
    from fourport.charts import KINDS

    return [
        CompletionItem(name, help=chart.subject)
        for name, chart in KINDS.items()
        if name.startswith(incomplete)
    ]


@click.command(short_help="Draw charts of a run.")
@click.argument("run", type=click.Path(path_type=Path), required=False)
@click.argument("kinds", nargs=-1, metavar="[KIND]...", shell_complete=_kinds)
@click.option("--list", "listed", is_flag=True, help="List the kinds of chart.")
@click.option(
    "--format", "formats", default="png,svg", show_default=True, help="File formats: any of png,svg,pdf."
)
@click.option(
    "--lang",
    default="en",
    show_default=True,
    shell_complete=completion.language,
    help="Language of labels: en, zh or ko.",
)
@click.option("--style", default="screen", show_default=True, help="screen, or print: finer, hatched.")
@click.option(
    "--policy",
    metavar="NAME",
    shell_complete=completion.policy,
    help="Policy to show [default: the run's first].",
)
@click.option("--out", type=Folder(), help="Folder for the charts [default: RUN/charts].")
@click.pass_context
def chart(
    ctx: click.Context,
    run: Path | None,
    kinds: tuple[str, ...],
    listed: bool,
    formats: str,
    lang: str,
    style: str,
    policy: str | None,
    out: Path | None,
) -> None:
    """Draw charts of a finished run.

    RUN is the folder of a run. Without KIND, the command draws every chart for which the run has results.

    \b
    Example:
      fourport chart results/my-first-run
      fourport chart results/my-first-run departures utilisation --format pdf --lang zh
      fourport chart --list
    """  # noqa: D301
    from fourport.charts import KINDS, check_names, draw, kinds_for
    from fourport.cli.columns import TextColumn, tables
    from fourport.cli.output import echo, font_warnings
    from fourport.errors import Noted, one_line
    from fourport.store import Run

    if listed:
        subjects = TextColumn("", "", "", [one.subject for one in KINDS.values()], "left", wraps=True)
        echo(tables([*KINDS], [subjects]))
        return
    if run is None:
        raise click.UsageError("Missing argument 'RUN'.", ctx)
    asked = list(dict.fromkeys(form.strip() for form in formats.split(",")))
    wrong = Noted()
    with wrong.noting():
        check_names(kinds, asked, style, lang)
    with wrong.noting():
        opened = Run.open(run)
        policy = None if policy is None else _policy(opened, policy)
    wrong.refuse()
    with font_warnings():
        for kind in dict.fromkeys(kinds or kinds_for(opened)):
            with wrong.noting(f"chart {kind}: "):
                for path in draw(
                    opened, kind, policy=policy, formats=asked, style=style, language=lang, folder=out
                ):
                    echo(one_line(str(path)))
    wrong.refuse()


def _policy(run: Run, policy: str) -> str:
    """Return the name of a policy in a run.

    Raises
    ------
    UserError
        If the run has no such policy.
    """
    from fourport.charts import StoredResults
    from fourport.charts.drawing import known
    from fourport.study.stored import name_in

    policies = StoredResults(run).policies
    name = name_in(run, policies, policy)
    known(name, policies, "policy")
    return name
