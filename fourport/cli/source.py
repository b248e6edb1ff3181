"""SCENARIO or RUN: the sample that curves, maps and claims are priced from, and the folder they write."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fourport.cli.job import Job, make_folder, now, prepare
from fourport.cli.working import working
from fourport.errors import Noted
from fourport.plan.corridor import Corridor
from fourport.scenario.shape import allowed, suggestion
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
        A scenario's file or name, or the folder of a run.
    """

    target: str
    policies: tuple[str, ...] = ()
    replications: int | None = None
    seed: int | None = None
    out: Path | None = None
    jobs: int | None = None
    quiet: bool = False

    @property
    def workers(self) -> int:
        """Number of processes."""
        return self.jobs or os.cpu_count() or 1


@dataclass(frozen=True)
class Source:
    """A sample to price, stored or to be simulated, checked before anything is simulated.

    Attributes
    ----------
    job
        The simulation to be done, if the sample is not stored.
    """

    asked: Asked
    sample: Sample
    job: Job | None

    def begin(self, what: str, *marks: object) -> Begun:
        """Make the folder and simulate what is not stored."""
        sample, name, text = self.sample, *self._identity()
        folder = self.asked.out or make_folder(
            name, text, what, *sample.variants, self.asked.seed, sample.replications, *marks
        )
        run = Run.create(folder)
        if self.job is not None:
            record = self.job.simulate(run, self.asked.workers, ("journeys",), quiet=self.asked.quiet)
            return Begun(self.asked, run, replace(sample, stored=run, scratch=run), record)
        assert sample.stored is not None
        record = copy_run(sample.stored, run, list(sample.variants))
        record["priced_from"] = {
            "run": sample.stored.folder.resolve().name,
            "manifest_sha256": hashlib.sha256((sample.stored.folder / MANIFEST).read_bytes()).hexdigest(),
        }
        return Begun(self.asked, run, replace(sample, scratch=run), record)

    def _identity(self) -> tuple[str, str]:
        if self.job is not None:
            return self.job.first.scenario.name, self.job.first.text
        assert self.sample.stored is not None
        run = self.sample.stored
        return str(run.manifest()["scenario"]["name"]), (run.folder / MANIFEST).read_text("utf-8")


@dataclass(frozen=True)
class Begun:
    """A folder that is being filled.

    Attributes
    ----------
    record
        Its manifest so far.
    """

    asked: Asked
    run: Run
    sample: Sample
    record: Mapping[str, Any]

    @contextmanager
    def working(self, what: str) -> Iterator[tuple[Executor | None, Progress | None]]:
        """Open an executor and a progress bar."""
        with working(self.run, self.asked.workers, what, quiet=self.asked.quiet) as at_work:
            yield at_work

    def finish(self, **more: Any) -> None:
        """Write the manifest: the folder is complete."""
        finished = {"finished": now().isoformat(timespec="seconds")}
        self.run.write_manifest({**self.record, **more, **finished})


def source(asked: Asked) -> Source:
    """Find what is to be priced; nothing is simulated yet.

    Raises
    ------
    UserError
        If it is neither a scenario nor a run, or an option does not fit it.
    """
    folder = Path(asked.target)
    if not (folder.is_dir() and (folder / MANIFEST).is_file()):
        job = prepare(asked.target, asked.policies, asked.replications, asked.seed)
        return Source(asked, Sample.of(job.loaded, job.seed, job.replications), job)
    sample, wrong = Sample.open(folder), Noted()
    assert sample.stored is not None
    if asked.seed not in (None, sample.seed):
        wrong.note(f"--seed {asked.seed}: {folder} was run with the seed {sample.seed}; allowed: no --seed")
    policies = dict.fromkeys(sample.name_of(one) for one in asked.policies)
    for policy in policies:
        if policy not in sample.variants:
            hint = suggestion(policy, sample.variants) + allowed(list(sample.variants))
            wrong.note(f"{folder}: was not run under the policy {policy!r}{hint}")
    wrong.refuse()
    sample = sample.under([*policies] or [sample.first_policy])
    return Source(asked, replace(sample, replications=asked.replications or sample.replications), None)


def names(text: str | None) -> list[str] | None:
    """Take a list of names with commas apart."""
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def left_out(
    corridor: Corridor, dropped: Sequence[str], why: str = "none of the routes is on it"
) -> list[str]:
    """Give a line for each lane that was left out."""
    lanes = corridor.scenario.lanes
    found = [f"  {lanes[name].title or name}: left out, {why}" for name in dropped]
    return ["", *found] if found else []
