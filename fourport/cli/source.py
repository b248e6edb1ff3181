"""The sample behind SCENARIO or RUN of curves, maps and claims, and the folder for their results."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fourport.api.study import Study
from fourport.charts import draw
from fourport.cli.job import make_folder, now, prepare, tell
from fourport.cli.output import font_warnings
from fourport.cli.working import processes, working
from fourport.errors import Noted
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.suggestions import allowed, suggestion
from fourport.store import Run
from fourport.study.parallel import Progress
from fourport.study.sample import Sample
from fourport.study.stored import copy_run

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Asked:
    """The options that these commands share.

    Attributes
    ----------
    target
        File or name of a scenario, or folder of a run.
    """

    target: str
    policies: tuple[str, ...] = ()
    replications: int | None = None
    seed: int | None = None
    out: Path | None = None
    jobs: int | None = None
    quiet: bool = False


@dataclass
class SampleJob:
    """A sample to price; it gets a folder once the whole request is known to be valid.

    Attributes
    ----------
    job
        The simulation to carry out; None if the sample comes from a run.
    what, marks
        What the command asks for; they decide the name of the folder.
    run, record
        The folder, once it exists, and its manifest so far.
    """

    asked: Asked
    sample: Sample
    job: Study | None
    what: str
    marks: tuple[object, ...]
    run: Run | None = None
    record: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sample.store = self._begin

    @contextmanager
    def working(self) -> Iterator[tuple[Executor | None, Progress | None]]:
        """Open an executor and a progress bar."""
        jobs = self.asked.jobs or os.cpu_count() or 1
        if self.job is not None:
            tasks = len(self.job.loaded) * self.job.replications
            jobs = processes(jobs, tasks, self.job.loaded.values())
        with working(lambda: self.run, jobs, self.what, quiet=self.asked.quiet) as at_work:
            yield at_work

    def _begin(self, executor: Executor | None, progress: Progress | None) -> None:
        """Make the folder, and simulate or copy the journeys to price."""
        sample, held = self.sample, self.sample.stored
        if self.job is not None:
            name, text = self.job.first.scenario.name, self.job.first.text
        else:
            assert held is not None
            text = (held.folder / MANIFEST).read_text("utf-8")
            name = str(held.manifest()["scenario"]["name"])
        marks = (*sample.variants, self.asked.seed, sample.replications, *self.marks)
        self.run = run = Run.create(self.asked.out or make_folder(name, text, self.what, *marks))
        if self.job is not None:
            self.record = self.job.simulate(run, ("journeys",), executor, progress)
            sample.stored = run
        else:
            assert held is not None
            digest = hashlib.sha256((held.folder / MANIFEST).read_bytes()).hexdigest()
            priced_from = {"run": held.folder.resolve().name, "manifest_sha256": digest}
            self.record = {**copy_run(held, run, list(sample.variants)), "priced_from": priced_from}
        sample.scratch = run

    @property
    def begun(self) -> Run:
        """The folder; it exists once the sample has been priced."""
        assert self.run is not None
        return self.run

    def finish(self, text: str, chart: str = "", **told: Any) -> None:
        """Write the manifest, draw a chart and print the results."""
        finished = {"finished": now().isoformat(timespec="seconds")}
        self.begun.write_manifest({**self.record, **told, **finished})
        if chart:
            with font_warnings():
                draw(self.begun, chart)
        tell(self.begun, text, quiet=self.asked.quiet)


def source(asked: Asked, what: str = "", *marks: object) -> SampleJob:
    """Find the sample to price, without simulating yet.

    Raises
    ------
    UserError
        If the target is neither a scenario nor a run, or an option does not fit it.
    """
    folder = Path(asked.target)
    if not (folder.is_dir() and (folder / MANIFEST).is_file()):
        job = prepare(asked.target, asked.policies, asked.replications, asked.seed)
        return SampleJob(asked, Sample.of(job.loaded, job.seed, job.replications), job, what, marks)
    sample, wrong = Sample.open(folder), Noted()
    if asked.seed not in (None, sample.seed):
        wrong.note(f"--seed {asked.seed}: {folder} was run with the seed {sample.seed}; allowed: no --seed")
    policies = dict.fromkeys(sample.name_of(one) for one in asked.policies)
    for policy in policies:
        if policy not in sample.variants:
            hint = suggestion(policy, sample.variants) + allowed(list(sample.variants))
            wrong.note(f"{folder}: was not run under the policy {policy!r}{hint}")
    wrong.refuse()
    sample = sample.under([*policies] or [sample.first_policy])
    sample.replications = asked.replications or sample.replications
    return SampleJob(asked, sample, None, what, marks)


def names(text: str | None) -> list[str] | None:
    """Split a list of names at its commas; None stays None."""
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def left_out(
    scenario: Scenario, dropped: Sequence[str], why: str = "none of the routes is on it"
) -> list[str]:
    """Format a line for each lane that was left out."""
    found = [f"  {scenario.lanes[name].title or name}: left out, {why}" for name in dropped]
    return ["", *found] if found else []
