"""What ``fourport compare`` does: check, run, compare, store, draw, tell."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from fourport.charts import KINDS
from fourport.cli.comparison_table import comparison_text
from fourport.cli.job import draw_charts, make_folder, now, tell
from fourport.cli.working import processes, working
from fourport.errors import Noted, Refused, UserError
from fourport.plan.compile import compile_corridor
from fourport.scenario.load import Loaded
from fourport.scenario.models import Scenario
from fourport.store import Run
from fourport.study.cohort import TOGETHER
from fourport.study.comparison.compare import Question, Values
from fourport.study.comparison.gather import ask, gather, lanes_of, stored_values
from fourport.study.comparison.offices import changed_offices
from fourport.study.comparison.report import record, write_comparison
from fourport.study.replications import measured_by, read_replications
from fourport.study.report import digest, manifest, write_factors, write_places, write_prices, write_tables
from fourport.study.run import run_study
from fourport.study.stored import OtherVersion, copy_run, refuse_damaged, scenarios_of, write_scenario

ALL_LANES = "All lanes and routes together"
CHARTS = ("forest", "stages", "clearance-stages", "detection")


@dataclass(frozen=True)
class Asked:
    """The options."""

    scenarios: tuple[str, ...]
    policies: tuple[str, ...]
    baseline: str | None
    measures: tuple[str, ...]
    routes: tuple[str, ...]
    lane: str | None
    replications: int | None
    seed: int | None
    jobs: int | None
    out: Path | None
    quiet: bool
    full: bool

    @property
    def question(self) -> Question:
        """What is compared, as it was asked."""
        return Question(self.baseline or "", self.routes, self.lane, self.measures)


def run_comparison(asked: Asked) -> None:
    """Do it.

    Raises
    ------
    UserError
        With what is wrong, before anything is simulated.
    """
    folder = Path(asked.scenarios[0])
    if len(asked.scenarios) == 1 and (folder / "manifest.json").is_file():
        _compare_stored(asked, Run.open(folder))
        return
    began = time.monotonic()
    wrong = Noted()
    found = gather(asked.scenarios, asked.policies, asked.baseline, wrong, of_routes=bool(asked.routes))
    first = next(iter(found.values()))
    seed = first.scenario.run.seed if asked.seed is None else asked.seed
    replications = asked.replications or first.scenario.run.replications
    corridor = compile_corridor(first.scenario)
    question = ask([*found], lanes_of(found), asked.question, lambda: measured_by(corridor, seed), wrong)
    wrong.refuse()
    for doubt in dict.fromkeys(line for loaded in found.values() for line in loaded.doubts()):
        click.echo(f"warning: {doubt}", err=True)
    texts = "".join(loaded.text for loaded in found.values())
    marks = (*found, question, seed, replications)
    run = Run.create(asked.out or make_folder(first.scenario.name, texts, "compare", *marks))
    told = _simulate(run, found, seed, replications, asked)
    told["seconds"] = round(time.monotonic() - began, 1)
    scenarios = {name: loaded.scenario for name, loaded in found.items()}
    _finish(run, told, read_replications(run), question, asked, scenarios)


def _compare_stored(asked: Asked, source: Run) -> None:
    """Compare what a run has stored, without running it again."""
    wrong = Noted()
    for option, given in (("--replications", asked.replications), ("--seed", asked.seed)):
        if given is not None:
            wrong.note(f"{option}: {source.folder} is a run already; allowed: no {option}")
    scenarios: Mapping[str, Scenario] = {}
    try:
        refuse_damaged(source)
        with suppress(OtherVersion, FileNotFoundError):  # its tables compare all the same
            scenarios = scenarios_of(source)
    except UserError as damaged:  # in which no names can be looked for
        raise UserError(*wrong.lines, *damaged.lines) from None
    # Of routes the baseline is a route; the first policy may be any.
    baseline = None if asked.routes else asked.baseline
    values = stored_values(source, asked.policies, baseline, wrong)
    keys = dict.fromkeys(key for series in values.values() for key in series)
    lanes: dict[str, list[str]] = {}
    for lane, route in dict.fromkeys(key[:2] for key in keys if key[1] != TOGETHER):
        lanes.setdefault(lane, []).append(route)
    question = ask([*values], lanes, asked.question, lambda: dict.fromkeys(key[2] for key in keys), wrong)
    wrong.refuse()
    manifest = source.manifest()
    text = (source.folder / "manifest.json").read_text(encoding="utf-8")
    marks = (*values, question)
    run = Run.create(asked.out or make_folder(manifest["scenario"]["name"], text, "compare", *marks))
    told = copy_run(source, run, [*values])
    told["titles"]["lanes"][TOGETHER] = ALL_LANES
    told["compared_from"] = {"run": source.folder.resolve().name, "manifest_sha256": digest(text)}
    _finish(run, told, values, question, asked, scenarios)


def _finish(
    run: Run,
    told: dict[str, Any],
    values: Values,
    question: Question,
    asked: Asked,
    scenarios: Mapping[str, Scenario],
) -> None:
    """Compare, store, draw and tell; which offices policies change is told if their scenarios are known."""
    compared = write_comparison(run, values, question)
    finished = now().isoformat(timespec="seconds")
    told = {**told, "comparison": record(compared), "finished": finished}
    if scenarios and not question.routes:
        changed = changed_offices({name: scenarios[name] for name in values}, question.baseline)
        told["comparison"]["changed_offices"] = changed
    run.write_manifest(told)
    draw_charts(run, *_charts(run, asked.lane))
    tell(run, comparison_text(run, compared, full=asked.full), quiet=asked.quiet)


def _charts(run: Run, lane: str | None) -> list[str]:
    """Give the kinds of which the run holds something, of clearance for the lane that is looked at."""
    kinds = [kind for kind in CHARTS if (run.folder / KINDS[kind].needs).is_file()]
    if "clearance-stages" in kinds:
        rows = run.read_table(KINDS["clearance-stages"].needs)
        if all(row["lane"] != (lane or TOGETHER) for row in rows):
            kinds.remove("clearance-stages")
    return kinds


def _simulate(
    run: Run, found: Mapping[str, Loaded], seed: int, replications: int, asked: Asked
) -> dict[str, Any]:
    """Run everything, store its tables, and give the manifest, which is not yet written."""
    texts = dict.fromkeys(loaded.text for loaded in found.values())
    text = "\n".join(texts)
    run.write_text("scenario.toml", text)
    write_scenario(run, found)
    tasks = len(found) * replications
    workers = processes(asked.jobs, tasks, found.values())
    with working(lambda: run, workers, "replications", quiet=asked.quiet) as (executor, progress):
        try:
            averages = run_study(
                run,
                {name: loaded.layer.values for name, loaded in found.items()},
                seed,
                replications,
                executor=executor,
                progress=progress,
            )
        except Refused as refused:
            next(iter(found.values())).refuse(refused.problems)
            raise
    write_tables(run, {name: loaded.scenario.name for name, loaded in found.items()}, averages)
    write_places(run, [loaded.scenario for loaded in found.values()])
    write_prices(run, found)
    write_factors(run, found)
    alone = len({loaded.scenario.name for loaded in found.values()}) == 1
    titles = {name: _title(loaded, alone) for name, loaded in found.items()}
    first, *others = (loaded.scenario for loaded in found.values())
    told = manifest(first, text, titles, seed, replications)
    for other in others:  # what only another scenario has
        more = manifest(other, text, titles, seed, replications)["titles"]
        for section, names in more.items():
            told["titles"][section] = {**names, **told["titles"][section]}
    told["titles"]["lanes"][TOGETHER] = ALL_LANES
    if not alone:
        told["scenarios"] = {one.scenario.name: one.scenario.title for one in found.values()}
    return told


def _title(loaded: Loaded, alone: bool) -> str:
    if loaded.policy is not None:
        return loaded.policies.get(loaded.policy, "")
    return "" if alone else loaded.scenario.title
