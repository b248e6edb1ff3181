"""``fourport route-choice`` and the shares that it prints."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from fourport.arguments import CELLS, MOST_REPLICATIONS
from fourport.cli import completion
from fourport.cli.options import confine_option, sample_options

if TYPE_CHECKING:
    from fourport.study.curves.cheapest import LaneMap
    from fourport.study.curves.route_choice_map import RouteChoiceMap


@click.command(short_help="Map the cheapest route over value and weight of goods.")
@click.argument("scenario", metavar="SCENARIO|RUN", shell_complete=completion.scenario_or_run)
@confine_option
@click.option("--lane", metavar="LANE", shell_complete=completion.lane, help="Lane [default: all].")
@click.option(
    "--routes",
    metavar="A,B,...",
    shell_complete=completion.routes,
    help="Routes [default: all of the lane].",
)
@click.option("--cells", default="40x40", show_default=True, help="Columns (value) x rows (weight).")
@click.option(
    "--values",
    "values_per_kg",
    type=float,
    nargs=2,
    help="Lowest and highest value, reporting currency per kg.",
)
@click.option(
    "--weights", "weights_kg", type=float, nargs=2, help="Lowest and highest chargeable weight, kg."
)
@click.option(
    "--policy",
    metavar="NAME",
    shell_complete=completion.policy,
    help="Policy to apply [default: none].",
)
@click.option(
    "--replications", type=click.IntRange(1, MOST_REPLICATIONS), help="Replications of the first pass."
)
@click.option(
    "--at-most",
    "most_replications",
    type=click.IntRange(1, MOST_REPLICATIONS),
    help="Largest number of replications for undecided cells.",
)
@sample_options
def route_choice(
    scenario: str,
    lane: str | None,
    routes: str | None,
    cells: str,
    values_per_kg: tuple[float, float] | None,
    weights_kg: tuple[float, float] | None,
    policy: str | None,
    replications: int | None,
    most_replications: int | None,
    **where: Any,
) -> None:
    """Map the cheapest route over the value and the chargeable weight of goods.

    SCENARIO is a file or the name of a shipped scenario, which is simulated first. RUN is
    the folder of a run, whose journeys are priced. Undecided cells get more replications, up to
    --at-most; by default twice those of the first pass, or for a RUN all that it has. The command
    writes route-choice.csv and the chart route-choice.

    \b
    Example:
      fourport route-choice my.toml --cells 20x20
      fourport route-choice results/my-run --lane east
    """  # noqa: D301
    from fourport.api.curves import route_choice_map
    from fourport.cli.chance import chance_text
    from fourport.cli.output import tell
    from fourport.cli.source import left_out, names, source

    columns, rows = _size(cells)
    given = source(scenario, (policy,) if policy else (), replications, **where)
    most = most_replications or (2 * given.replications if given.sample.loaded else None)
    first, tried = given.replications, given.sample.replications
    marks = (*given.marks, lane, routes, cells, values_per_kg, weights_kg, most_replications)
    with given.asking("route-choice", *marks) as where_to:
        answer = route_choice_map(
            given.sample,
            lane=lane,
            routes=names(routes),
            columns=columns,
            rows=rows,
            values_per_kg=values_per_kg,
            weights_kg=weights_kg,
            most_replications=most if first == tried or most is None else max(most * tried // first, tried),
            **where_to,
        )
    priced = answer.found
    text = [
        map_text(priced),
        *left_out(priced.scenario, priced.left_out),
        *left_out(priced.scenario, priced.alone, "one route: nothing to compare"),
        "",
        chance_text(answer.run),
    ]
    tell(answer.run, "\n".join(text), ["route-choice"], quiet=given.quiet)


def _size(cells: str) -> tuple[int, int]:
    """Parse the columns and rows of a map, such as 40x40.

    Raises
    ------
    UserError
        If the text is malformed, or the numbers are out of range.
    """
    from fourport.errors import UserError

    match = re.fullmatch(r"(\d+)x(\d+)", cells)
    columns, rows = (int(match[1]), int(match[2])) if match else (0, 0)
    least, most = CELLS
    if not (least <= columns <= most and least <= rows <= most):
        raise UserError(f"--cells {cells}: allowed: columns x rows such as 40x40, {least} to {most} each")
    return columns, rows


CONTESTS = 3
"""Number of sets of routes that cannot be told apart which are listed for a lane."""


def map_text(found: RouteChoiceMap) -> str:
    """Format the share of each lane's cells in which each route is the cheapest, or is ruled out."""
    from fourport.cli.lines import said

    text = [said("Cheapest route by value and chargeable weight of the goods, share of the cells")]
    for one in found.lanes:
        text += ["", said(found.scenario.lanes[one.lane].title or one.lane), _shares(one)]
        told = [*_by_modes(one), *_contests(one)]
        for route, share in found.withheld[one.lane].items():
            told.append(f"{route}: left out, as {100 * share:.3g} % of its consignments were not delivered")
        text += [said(line, "  ", "  ") for line in (*told, _judged(one))]
    stake = STAKE if any("(at stake: " in line for line in text) else ""
    return "\n".join([*text, "", said(LEGEND.format(stake=stake))])


def _shares(one: LaneMap) -> str:
    """Format a row for each route."""
    from fourport.cli.columns import TextColumn, tables

    shares = {
        "cheapest": [one.share(k) for k in range(len(one.routes))],
        "decided": [one.share(k, decided=True) for k in range(len(one.routes))],
        "ruled out": one.ruled_out.mean(axis=(0, 1)).tolist(),
    }
    columns = [
        TextColumn("", heading, "", [f"{100 * share:.1f} %" for share in of])
        for heading, of in shares.items()
    ]
    return tables([f"  {route:<32}" for route in one.routes], columns)


def _by_modes(one: LaneMap) -> Iterator[str]:
    """Yield what is sure of routes of the same modes of transport, if others compete."""
    if not one.several_modes:
        return
    for modes in dict.fromkeys(one.modes):
        mine = [k for k, its in enumerate(one.modes) if its == modes]
        sure = float(one.by_modes(modes).mean())
        if sure > sum(one.share(k, decided=True) for k in mine):
            others = " or ".join(dict.fromkeys(its for its in one.modes if its != modes))
            one_of = f"{modes} by one of its {len(mine)} routes is certainly cheaper than {others}"
            yield f"{one_of}: {100 * sure:.1f} %"


def _contests(one: LaneMap) -> Iterator[str]:
    """Yield a line for each set of routes that cannot be told apart."""
    found = one.contests()
    if not found:
        return
    yield f"undecided in {100 * (~one.decided).mean():.1f} %, between"
    for routes, share, at_most in found[:CONTESTS]:
        stake = "" if not math.isfinite(at_most) else f" (at stake: {at_most:.2g} %)"
        yield f"{100 * share:.1f} %: {', '.join(routes)}{stake}"
    if len(found) > CONTESTS:
        yield f"{100 * sum(share for _, share, _ in found[CONTESTS:]):.1f} %: others"


def _judged(one: LaneMap) -> str:
    from fourport.study.curves.bounds import LEAST

    counts = sorted({int(n) for n in one.replications.ravel()})
    judged = f"judged by {' or '.join(map(str, counts))} replications"
    if counts[0] < LEAST and len(one.routes) > 1:
        return f"{judged}; it takes {LEAST} that delivered goods by every route to decide anything"
    return judged


LEGEND = (
    "Decided: certainly cheaper than every other route. Ruled out: another route is certainly cheaper. Both "
    "hold for all cells of the lane together, at 95 %.{stake} route-choice.csv names the routes of each cell "
    "that are not ruled out."
)
"""Note below the tables."""

STAKE = " At stake: the most that another route could save, of the cost of the one that looks cheapest."
"""Part of the note, where something is undecided and it is known what is at stake."""
