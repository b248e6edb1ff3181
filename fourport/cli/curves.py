"""``fourport curves`` and the break-even points that it prints."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from fourport.arguments import POINTS
from fourport.cli import completion
from fourport.cli.options import confine_option, replications_option, sample_options

if TYPE_CHECKING:
    from fourport.study.curves.curves import BreakEven, Curves

OVER = ("weight", "value-density", "volume", "hinterland-distance", "time-value", "rate")


@click.command(short_help="Calculate cost curves of routes and their break-even points.")
@click.argument("scenario", metavar="SCENARIO|RUN", shell_complete=completion.scenario_or_run)
@confine_option
@click.option("--over", type=click.Choice(OVER), required=True, help="Quantity on the x axis.")
@click.option("--lane", metavar="LANE", shell_complete=completion.lane, help="Lane [default: all].")
@click.option(
    "--routes",
    metavar="A,B,...",
    shell_complete=completion.routes,
    help="Routes [default: all of the lane].",
)
@click.option(
    "--points", type=click.IntRange(*POINTS), default=25, show_default=True, help="Points per curve."
)
@click.option(
    "--from", "low", type=click.FloatRange(min=0), help="Low end of the range [default: the scenario's]."
)
@click.option("--to", "high", type=click.FloatRange(min=0), help="High end of the range, likewise.")
@click.option(
    "--rate",
    metavar="TARIFF[.LINE]",
    shell_complete=completion.rate,
    help="Rate to vary, with --over rate.",
)
@click.option(
    "--along",
    metavar="LEG",
    shell_complete=completion.road,
    help="Road of the shipper, with --over hinterland-distance.",
)
@click.option(
    "--policy",
    metavar="NAME",
    shell_complete=completion.policy,
    help="Policy to apply [default: none].",
)
@replications_option()
@sample_options
def curves(
    scenario: str,
    over: str,
    lane: str | None,
    routes: str | None,
    points: int,
    low: float | None,
    high: float | None,
    rate: str | None,
    along: str | None,
    policy: str | None,
    replications: int | None,
    **where: Any,
) -> None:
    """Calculate cost curves of the routes of each lane, and their break-even points.

    SCENARIO is a file or the name of a shipped scenario, which is simulated first. RUN is
    the folder of a run, whose journeys are priced; without --journeys in that run they are
    simulated again from its seed. The command writes curves.csv, breakeven.csv and the
    chart cost-curve.

    \b
    Example:
      fourport curves my.toml --over weight
      fourport curves results/my-run --over rate --rate air-far
    """  # noqa: D301
    from fourport.api.curves import curves
    from fourport.cli.chance import chance_text
    from fourport.cli.output import tell
    from fourport.cli.source import left_out, names, source

    given = source(scenario, (policy,) if policy else (), replications, **where)
    marks = (*given.marks, points, low, high, rate, along, lane, routes)
    with given.asking(f"curves-{over}", *marks) as where_to:
        answer = curves(
            given.sample,
            over=over,
            lane=lane,
            routes=names(routes),
            points=points,
            low=low,
            high=high,
            rate=rate,
            along=along,
            **where_to,
        )
    priced = answer.found
    text = [breakeven_text(priced), *left_out(priced.scenario, priced.left_out), "", chance_text(answer.run)]
    tell(answer.run, "\n".join(text), ["cost-curve"], quiet=given.quiet)


NAMES = {"logistics_cost": "logistics cost", "freight_cost": "freight cost"}


def breakeven_text(curves: Curves) -> str:
    """Format a line for each pair of routes, by cost and lane."""
    from fourport.cli.lines import said

    every, text = list(curves.breakevens()), list[str]()
    for measure, name in NAMES.items():
        mine = [one for one in every if one.measure == measure]
        if mine:
            text += ["", said(f"Where two routes have the same {name}, by: {curves.axis.title}")]
            text += _lanes(curves, mine)
    for curve in curves.lanes:
        if len(curve.routes) == 1:
            head = f"{_title(curves, curve.lane)}, {curve.routes[0]}"
            text += ["", said(head), "  one route: nothing to compare"]
    return "\n".join([*text[1:], *(_legend(curves.replications) if every else [])])


def _title(curves: Curves, lane: str) -> str:
    return curves.scenario.lanes[lane].title or lane


def _lanes(curves: Curves, breakevens: Sequence[BreakEven]) -> Iterator[str]:
    """Yield the lines of each lane: its name, then its pairs of routes."""
    from fourport.cli.columns import TextColumn, tables
    from fourport.cli.lines import said
    from fourport.study.curves.axes import OriginDistance

    width = max(len(" | ".join(one.routes)) for one in breakevens)
    for lane, mine in groupby(breakevens, lambda one: one.curve.lane):
        several = list(mine)
        xs, along = several[0].curve.xs, ""
        if isinstance(curves.axis, OriginDistance):
            road = curves.axis.roads[lane]
            start, title = road.start(curves.scenario, lane), road.title(curves.scenario)
            along = f", distance from {start} along {title}"
        yield ""
        yield said(f"{_title(curves, lane)}, {xs[0]:.4g} to {xs[-1]:.4g} {curves.axis.unit}{along}")
        findings = [_finding(one, curves.axis.unit) for one in several]
        yield tables(
            [f"  {' | '.join(one.routes).ljust(width)}" for one in several],
            [TextColumn("", "", "", findings, "left", wraps=True)],
        )


def _finding(one: BreakEven, unit: str) -> str:
    from fourport.study.curves.journeys import withheld

    found, xs = one.found, one.curve.xs
    if found.verdict == "withheld":
        lost = withheld(one.curve.undelivered)
        said = (
            f"{100 * lost[route]:.3g} % of the consignments on {route}"
            for route in one.routes
            if route in lost
        )
        return f"not compared: {' and '.join(said)} were not delivered"
    below, above = one.cheaper(found.below), one.cheaper(found.above)
    sides = f"below it {below} is cheaper, above it {above}"
    if found.verdict == "throughout":
        return f"none: {below} is cheaper throughout"
    if found.verdict == "same":
        return "none: they cost the same throughout"
    if found.verdict == "undecided":
        if not math.isnan(found.x):
            return f"undecided; on average {found.x:.4g} {unit}: {sides}"
        return f"undecided; on average {below} is cheaper" if below else "undecided"
    low = f"below {xs[0]:.4g}" if math.isnan(found.low) else f"{found.low:.4g}"
    high = f"above {xs[-1]:.4g}" if math.isnan(found.high) else f"{found.high:.4g}"
    return f"{found.x:.4g} {unit} ({low} to {high}): {sides}"


def _legend(replications: int) -> list[str]:
    from fourport.cli.lines import said
    from fourport.study.curves.bounds import LEAST

    if replications < LEAST:
        few = "1 replication" if replications == 1 else f"{replications} replications"
        told = f"{few}: with fewer than {LEAST}, break-evens have no intervals, and nothing is decided."
        return ["", said(told)]
    told = (
        f"In brackets: the 95 % interval of the break-even over {replications} replications, routes compared "
        "within each. Throughout: at every point, at 95 %. Undecided: more replications may decide it. "
        "breakeven.csv holds all of this."
    )
    return ["", said(told)]
