"""``fourport chart``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fourport.cli import completion
from fourport.cli.options import Folder

if TYPE_CHECKING:
    from fourport.store import Run


@click.command(short_help="Draw charts of a run.")
@click.argument("run", type=click.Path(path_type=Path), required=False)
@click.argument("kinds", nargs=-1, metavar="[KIND]...", shell_complete=completion.chart)
@click.option(
    "--list", "listed", is_flag=True, help="List the kinds of chart; with RUN, those that it can draw."
)
@click.option(
    "--format",
    "formats",
    default="png,svg",
    show_default=True,
    shell_complete=completion.formats,
    help="File formats: any of png,svg,pdf.",
)
@click.option(
    "--lang",
    default="en",
    show_default=True,
    shell_complete=completion.language,
    help="Language of labels and titles: en, zh or ko.",
)
@click.option(
    "--style",
    default="screen",
    show_default=True,
    shell_complete=completion.style,
    help="screen; print: finer, hatched; slide: 16:9 in large type.",
)
@click.option(
    "--policy",
    metavar="NAME",
    shell_complete=completion.policy,
    help="Policy to show [default: the run's first].",
)
@click.option(
    "--policies",
    metavar="NAME,NAME",
    shell_complete=completion.policies,
    help="Two policies to show in one picture.",
)
@click.option("--lane", metavar="NAME", shell_complete=completion.lane, help="Show this lane alone.")
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
    policies: str | None,
    lane: str | None,
    out: Path | None,
) -> None:
    """Draw charts of a finished run.

    RUN is the folder of a run. Without KIND, the command draws every chart for which the run has results.

    \b
    Example:
      fourport chart results/my-first-run
      fourport chart results/my-first-run departures utilisation --format pdf --lang zh
      fourport chart results/my-first-run --lane east
      fourport chart results/my-first-run lead-time-ecdf --policies base,more-officers
      fourport chart results/my-first-run cost-stack --style slide
      fourport chart results/my-first-run --list
    """  # noqa: D301
    from fourport.charts import check_names, check_shown, kinds_for
    from fourport.cli.output import echo
    from fourport.errors import Noted
    from fourport.store import Run

    if listed:
        check_names(style=style)
        echo(_kinds_of(run, style))
        return
    if run is None:
        raise click.UsageError("Missing argument 'RUN'.", ctx)
    asked = list(dict.fromkeys(form.strip() for form in formats.split(",")))
    wrong = Noted()
    with wrong.noting():
        check_names(kinds, asked, style, lang)
    with wrong.noting():
        opened = Run.open(run)
        first, beside = _shown(opened, policy, policies)
        check_shown(opened, first, beside, lane)
    wrong.refuse()
    found = kinds or kinds_for(opened, lane, beside=beside is not None, style=style)
    shown = {"policy": first, "beside": beside, "lane": lane}
    _draw(opened, found, **shown, formats=asked, style=style, language=lang, folder=out)


def _draw(run: Run, kinds: Iterable[str], **how: Any) -> None:
    """Draw charts of a run, and print their files; ``how`` is as in :func:`fourport.charts.draw`.

    Raises
    ------
    UserError
        At the end, with the reasons for which some could not be drawn.
    """
    from fourport.charts import draw
    from fourport.cli.output import echo, font_warnings, load_matplotlib
    from fourport.errors import Noted, one_line

    load_matplotlib()
    wrong = Noted()
    with font_warnings():
        for kind in dict.fromkeys(kinds):
            with wrong.noting(f"chart {kind}: "):
                for path in draw(run, kind, **how):
                    echo(one_line(str(path)))
    wrong.refuse()


def _kinds_of(folder: Path | None, style: str) -> str:
    """Format a line for each kind of chart; of a run, those that it can draw, then why not the others."""
    from fourport.charts import KINDS, why_not
    from fourport.cli.columns import TextColumn, tables
    from fourport.errors import one_line
    from fourport.store import Run

    def listed(found: Mapping[str, str]) -> str:
        return tables([*found], [TextColumn("", "", "", [*found.values()], "left", wraps=True)])

    run = None if folder is None else Run.open(folder)
    reasons = {name: "" if run is None else why_not(run, name, style=style) for name in KINDS}
    parts = [listed({name: KINDS[name].subject for name, reason in reasons.items() if not reason})]
    if lacking := {name: one_line(reason) for name, reason in reasons.items() if reason}:
        parts += [f"Not for {one_line(str(folder))}:", listed(lacking)]
    return "\n\n".join(parts)


def _shown(run: Run, policy: str | None, policies: str | None) -> tuple[str | None, str | None]:
    """Return the policies to show by their names in a run; the second is None unless two are asked for.

    Raises
    ------
    UserError
        If other than two policies are asked for.
    """
    from fourport.charts import StoredResults
    from fourport.errors import UserError
    from fourport.study.stored import name_in

    names = [] if policies is None else [name.strip() for name in policies.split(",")]
    if policies is not None and (len(names) != 2 or policy is not None):
        raise UserError(f"--policies {policies!r}: allowed: two names with a comma, without --policy")
    known = StoredResults(run).policies
    found = [name_in(run, known, name) for name in names or ([] if policy is None else [policy])]
    return (found[0] if found else None), (found[1] if len(found) > 1 else None)
