"""``fourport capacity`` and the table that it prints."""

from __future__ import annotations

import time
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click

from fourport.arguments import CONFIDENCE, LEAST_COMPARED
from fourport.cli import completion
from fourport.cli.options import jobs_option, out_option, quiet_option, replications_option, seed_option

if TYPE_CHECKING:
    from fourport.errors import Noted
    from fourport.study.capacity.capacity import CapacityCurve, Measure


@click.command(short_help="Find how many servers a resource needs for a target.")
@click.argument("scenario", shell_complete=completion.scenario)
@click.option(
    "--at",
    required=True,
    metavar="FACILITY/RESOURCE",
    shell_complete=completion.resource,
    help="Resource to examine.",
)
@click.option("--servers", required=True, metavar="A..B", help="Numbers to try, such as 2..20 or 2,4,8.")
@click.option("--target", required=True, metavar="TEXT", help="Target, such as '95% within 24 h'.")
@click.option(
    "--measure",
    type=click.Choice(["time", "wait", "door_to_door_time"]),
    default="time",
    show_default=True,
    help="Time to compare with the target: waiting and service at the resource, waiting, or door to door.",
)
@click.option(
    "--confidence",
    type=click.FloatRange(*CONFIDENCE, min_open=True, max_open=True),
    default=95.0,
    show_default=True,
    help="Joint confidence of all intervals, %.",
)
@click.option("--policy", metavar="NAME", shell_complete=completion.policy, help="Policy to apply.")
@replications_option(least=LEAST_COMPARED)
@seed_option
@jobs_option
@out_option
@quiet_option
def capacity(
    scenario: str,
    at: str,
    servers: str,
    target: str,
    measure: Measure,
    confidence: float,
    policy: str | None,
    replications: int | None,
    seed: int | None,
    jobs: int | None,
    out: Path | None,
    quiet: bool,
) -> None:
    """Find how many servers (bays, officers, docks) a resource needs for a target.

    SCENARIO is a file or the name of a shipped scenario. All numbers run with the same random numbers:
    the same consignments, durations and weather. Visits of consignments accepted within the window count;
    a visit that is unfinished at the end of the run misses the target. A number of servers meets the
    target if its whole interval lies above the target. The intervals hold for all numbers together, and
    are no narrower than the number of visits allows.

    For a resource with shifts, the number is that of the largest shift; the other shifts change in
    proportion, rounded up. The exit code is 0 even if no number meets the target.

    \b
    Example:
      fourport capacity my.toml --at northport/officers --servers 1..4 --target "95% within 24 h"
      fourport capacity my.toml --at northport/bays --servers 1,2 --target "90% within 2 h" --measure wait
    """  # noqa: D301
    from fourport.charts import draw
    from fourport.cli.job import make_folder, now, prepare, tell
    from fourport.cli.output import font_warnings
    from fourport.cli.working import processes, working
    from fourport.errors import Noted
    from fourport.store import Run
    from fourport.study.capacity.capacity import capacity
    from fourport.study.capacity.conclusions import record, write_curve
    from fourport.study.capacity.request import find_resource, parse_servers, parse_target
    from fourport.study.run_tables import manifest
    from fourport.study.sample import Sample

    began, wrong = time.monotonic(), Noted()
    with wrong.noting():
        numbers = parse_servers(servers)
    with wrong.noting():
        parse_target(target)
    with wrong.noting():
        job = prepare(scenario, _policy(scenario, policy, wrong), replications, seed)
        sample = Sample.of(job.loaded, job.seed, job.replications)
        find_resource(sample.variants[sample.first_policy].corridor, at)
    wrong.refuse()
    loaded, name, n = job.first, sample.first_policy, job.replications
    marks = (name, at, servers, target, measure, job.seed, n)
    run = Run.create(out or make_folder(loaded.scenario.name, loaded.text, "capacity", *marks))
    run.write_text("scenario.toml", loaded.text)
    workers = processes(jobs, n, [loaded])
    with working(lambda: run, workers, "replications", quiet=quiet) as (executor, progress):
        curve = capacity(
            sample,
            resource=at,
            servers=numbers,
            target=target,
            measure=measure,
            confidence_percent=confidence,
            executor=executor,
            progress=progress,
        )
    write_curve(run, curve)
    told = manifest(job.loaded, job.seed, n)
    seconds = round(time.monotonic() - began, 1)
    finished = {"finished": now().isoformat(timespec="seconds"), "seconds": seconds}
    run.write_manifest({**told, "capacity": record(curve, name), **finished})
    with font_warnings():
        draw(run, "capacity")
    tell(run, capacity_text(curve), quiet=quiet)


def _policy(scenario: str, policy: str | None, wrong: Noted) -> tuple[str, ...]:
    """Return the policy asked for; note an unknown name and return no policy, to check the rest too."""
    from fourport.scenario.load import policy_names
    from fourport.scenario.names import BASE
    from fourport.scenario.suggestions import allowed, suggestion

    if policy is None:
        return ()
    names = policy_names(scenario)
    if policy in (BASE, *names):
        return (policy,)
    wrong.note(f"--policy: there is no policy {policy!r}{suggestion(policy, names)}{allowed(names)}")
    return ()


def capacity_text(curve: CapacityCurve) -> str:
    """Format the curve as a table, followed by the conclusion."""
    from fourport.cli.columns import UNBROKEN, TextColumn, tables
    from fourport.study.capacity.conclusions import SAID, conclusion, intervals, shifts

    asked = curve.asked
    measured = SAID[asked.measure].format(at=asked.at)
    points, within = curve.points, asked.target.text.replace(" ", UNBROKEN)
    cells: dict[str, list[str]] = {
        f"within {within}": [f"{point.share.mean:.3f} %" for point in points],
        "interval": [f"{point.share.low:.3f} .. {point.share.high:.3f}" for point in points],
        "": [point.verdict for point in points],
        "visits": [f"{point.visits:,.1f}" for point in points],
        "unfinished": [f"{point.unfinished:,.1f}" for point in points],
    }
    columns = [TextColumn("", heading, "", of) for heading, of in cells.items()]
    table = tables([f"{point.servers:7}" for point in points], columns, corner="servers")
    told = (
        f"Share of visits whose {measured} is at most {asked.target.text}; visits and unfinished "
        f"visits are means over {asked.replications} replications (seed {asked.seed})."
    )
    said = (conclusion(curve), told, shifts(curve), f"Intervals: {intervals(curve)}.")
    return "\n".join([table, "", *(fill(text, 100) for text in said if text)])
