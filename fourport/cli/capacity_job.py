"""What ``fourport capacity`` does: check, run, store, draw, tell."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import cast

import click

from fourport.cli.job import Job, make_folder, now, prepare, tell
from fourport.cli.processes import processes
from fourport.cli.progress import progress
from fourport.cli.told import fonts_told
from fourport.errors import Noted
from fourport.plan.compile import compile_corridor
from fourport.scenario.load import policy_names
from fourport.scenario.names import BASE
from fourport.scenario.shape import allowed, suggestion
from fourport.store import Run
from fourport.study.capacity.asked import Target, parse_servers, parse_target
from fourport.study.capacity.curve import Asked, Curve, Measure, capacity_curve
from fourport.study.capacity.report import SAID, conclusion, intervals, record, shifts, write_curve
from fourport.study.capacity.resource import find_resource
from fourport.study.report import manifest


@dataclass(frozen=True)
class Options:
    """The options."""

    scenario: str
    at: str
    servers: str
    target: str
    measure: str
    confidence: float
    policy: str | None
    replications: int | None
    seed: int | None
    jobs: int | None
    out: Path | None
    quiet: bool


def run_capacity(options: Options) -> None:
    """Do it.

    Raises
    ------
    UserError
        With what is wrong, before anything is simulated.
    """
    began = time.monotonic()
    job, servers, target = _checked(options)
    loaded, (policy,) = job.first, job.loaded
    asked = Asked(
        loaded.layer.values,
        options.at,
        servers,
        target,
        cast(Measure, options.measure),
        job.seed,
        job.replications,
        options.confidence,
    )
    marks = (policy, options.at, servers, target, options.measure, job.seed, job.replications)
    run = Run.create(options.out or make_folder(loaded.scenario.name, loaded.text, "capacity", *marks))
    run.write_text("scenario.toml", loaded.text)
    curve = _simulate(run, asked, options, processes(options.jobs, asked.replications, [loaded]))
    write_curve(run, curve)
    told = manifest(
        loaded.scenario, loaded.text, {policy: loaded.policies.get(policy, "")}, job.seed, job.replications
    )
    seconds = round(time.monotonic() - began, 1)
    finished = {"finished": now().isoformat(timespec="seconds"), "seconds": seconds}
    run.write_manifest({**told, "capacity": record(curve, policy), **finished})
    _draw(run)
    tell(run, capacity_text(curve), quiet=options.quiet)


def _checked(options: Options) -> tuple[Job, tuple[int, ...], Target]:
    """Read all that is asked; what is wrong is told at once."""
    wrong = Noted()
    with wrong.noting():
        servers = parse_servers(options.servers)
    with wrong.noting():
        target = parse_target(options.target)
    with wrong.noting():
        job = prepare(options.scenario, _policy(options, wrong), options.replications, options.seed)
        find_resource(compile_corridor(job.first.scenario), options.at)
    wrong.refuse()
    return job, servers, target


def _policy(options: Options, wrong: Noted) -> tuple[str, ...]:
    """Give the policy asked for; none if it is not there, so that the rest is checked all the same."""
    if options.policy is None:
        return ()
    names = policy_names(options.scenario)
    if options.policy in (BASE, *names):
        return (options.policy,)
    hint = suggestion(options.policy, names) + allowed(names)
    wrong.note(f"--policy: there is no policy {options.policy!r}{hint}")
    return ()


def _simulate(run: Run, asked: Asked, options: Options, jobs: int) -> Curve:
    with progress(asked.replications, "replications", quiet=options.quiet) as advance:
        try:
            return capacity_curve(asked, jobs=jobs, progress=advance)
        except KeyboardInterrupt:
            click.echo(f"interrupted; unfinished: {run.folder}{os.sep}", err=True)
            raise SystemExit(130) from None


def _draw(run: Run) -> None:
    from fourport.charts import draw

    with fonts_told():
        draw(run, "capacity")


def capacity_text(curve: Curve) -> str:
    """Give the curve as a table, and the conclusion."""
    asked = curve.asked
    measured = SAID[asked.measure].format(at=asked.at)
    rows = [["servers", f"within {asked.target.text}", "interval", "", "visits", "unfinished"]]
    for point in curve.points:
        share, verdict = point.share, point.verdict
        rows.append(
            [
                str(point.servers),
                f"{share.mean:.3f} %",
                f"{share.low:.3f} .. {share.high:.3f}",
                verdict,
                f"{point.visits:,.1f}",
                f"{point.unfinished:,.1f}",
            ]
        )
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    told = (
        f"Share of those whose {measured} takes no longer than {asked.target.text}; visits and "
        f"unfinished ones are means over {asked.replications} replications (seed {asked.seed})."
    )
    said = (conclusion(curve), told, shifts(curve), f"Intervals: {intervals(curve)}.")
    return "\n".join([*lines, "", *(fill(text, 100) for text in said if text)])
