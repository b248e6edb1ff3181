"""SCENARIO or RUN: what curves, route-choice maps and claims are priced from, and the folder they write."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from fourport.cli.job import Job, make_folder, now, prepare
from fourport.cli.progress import progress
from fourport.errors import Noted, UserError
from fourport.plan.corridor import Corridor
from fourport.scenario.shape import allowed, suggestion
from fourport.store import Run
from fourport.study.documents import corridor_of, load_documents
from fourport.study.replications import measured_by, read_replications
from fourport.study.stored import Stored, copy_run, name_in

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
    """A run to price, stored or to be made, checked before anything is simulated.

    Attributes
    ----------
    stored
        The run, if it is there.
    job
        The simulation to be done, if it is not.
    """

    asked: Asked
    stored: Stored | None
    job: Job | None

    @property
    def policies(self) -> tuple[str, ...]:
        """The policies to be priced."""
        if self.job is not None:
            return tuple(self.job.loaded)
        assert self.stored is not None
        return self.asked.policies or (self.stored.first_policy,)

    @property
    def replications(self) -> int:
        """Number of replications to be priced."""
        if self.job is not None:
            return self.job.replications
        assert self.stored is not None
        return self.asked.replications or self.stored.replications

    @property
    def seed(self) -> int:
        """Seed of its random streams."""
        if self.job is not None:
            return self.job.seed
        assert self.stored is not None
        return self.stored.seed

    def corridor(self, policy: str) -> Corridor:
        """Compile the scenario."""
        load_documents(self.documents)
        return corridor_of(policy)

    @property
    def documents(self) -> Mapping[str, Mapping[str, Any]]:
        """The values of the scenario, by policy."""
        if self.job is not None:
            return {name: one.layer.values for name, one in self.job.loaded.items()}
        assert self.stored is not None
        return self.stored.documents

    def ranges(self, policy: str) -> Mapping[str, tuple[Any, Any]]:
        """Give the ranges of the scenario's numbers, by key."""
        if self.job is not None:
            return Stored.of(Run(Path()), self.job.loaded, 0, 0).ranges[policy]
        assert self.stored is not None
        return self.stored.ranges[policy]

    def name_of(self, policy: str) -> str:
        """Give the name by which a policy goes here."""
        return policy if self.stored is None else name_in(self.stored.run, self.stored.documents, policy)

    def measured(self, policy: str) -> Collection[str]:
        """Give the measures under a policy; those of the first replication if nothing is stored."""
        if self.stored is None:
            return measured_by(self.corridor(policy), self.seed)
        return dict.fromkeys(key[2] for key in read_replications(self.stored.run)[policy])

    def begin(self, what: str, *marks: object) -> Begun:
        """Make the folder and simulate what is not stored."""
        name, text = self._identity()
        folder = self.asked.out or make_folder(
            name, text, what, *self.policies, self.asked.seed, self.replications, *marks
        )
        run = Run.create(folder)
        if self.job is not None:
            record = self.job.simulate(run, self.asked.workers, ("journeys",), quiet=self.asked.quiet)
            stored = Stored.of(run, self.job.loaded, self.job.seed, self.job.replications)
            return Begun(self.asked, run, stored, record)
        assert self.stored is not None
        record = copy_run(self.stored.run, run, self.policies)
        record["priced_from"] = {
            "run": self.stored.run.folder.resolve().name,
            "manifest_sha256": hashlib.sha256((self.stored.run.folder / MANIFEST).read_bytes()).hexdigest(),
        }
        return Begun(self.asked, run, self.stored, record)

    def _identity(self) -> tuple[str, str]:
        if self.job is not None:
            return self.job.first.scenario.name, self.job.first.text
        assert self.stored is not None
        folder = self.stored.run.folder
        return str(self.stored.run.manifest()["scenario"]["name"]), (folder / MANIFEST).read_text("utf-8")


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
    stored: Stored
    record: Mapping[str, Any]

    def journeys(self, policy: str, replications: Sequence[int]) -> list[Path]:
        """Give the files of journeys; simulate again what is not stored."""
        with progress(len(replications), "journeys", quiet=self.asked.quiet) as advance:
            try:
                return self.stored.journeys(
                    policy, replications, self.run, jobs=self.asked.workers, progress=advance
                )
            except KeyboardInterrupt:
                click.echo(f"interrupted; unfinished: {self.run.folder}{os.sep}", err=True)
                raise SystemExit(130) from None

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
        return Source(asked, None, prepare(asked.target, asked.policies, asked.replications, asked.seed))
    stored, wrong = Stored.open(folder), Noted()
    if asked.seed not in (None, stored.seed):
        wrong.note(f"--seed {asked.seed}: {folder} was run with the seed {stored.seed}; allowed: no --seed")
    policies = dict.fromkeys(name_in(stored.run, stored.documents, one) for one in asked.policies)
    for policy in policies:
        if policy not in stored.documents:
            hint = suggestion(policy, stored.documents) + allowed(list(stored.documents))
            wrong.note(f"{folder}: was not run under the policy {policy!r}{hint}")
    wrong.refuse()
    return Source(replace(asked, policies=tuple(policies)), stored, None)


Lanes = dict[str, tuple[str, ...]]
"""Routes by lane."""


def chosen(corridor: Corridor, lane: str | None, routes: str | None) -> tuple[Lanes, tuple[str, ...]]:
    """Give the lanes and routes asked for, and the lanes that none of the routes named is on.

    Raises
    ------
    UserError
        If there is no such lane, or a route is on none of the lanes.
    """
    lanes = corridor.scenario.lanes
    if lane is not None and lane not in lanes:
        raise UserError(
            f"--lane {lane}: there is no such lane{suggestion(lane, lanes)}{allowed(list(lanes))}"
        )
    found = {name: tuple(one.routes) for name, one in lanes.items() if lane in (None, name)}
    if routes is None:
        return found, ()
    asked = [name.strip() for name in routes.split(",") if name.strip()]
    known = list(dict.fromkeys(name for some in found.values() for name in some))
    for name in asked:
        if name not in known:
            raise UserError(f"--routes {name}: is not a route here{suggestion(name, known)}{allowed(known)}")
    kept = {name: tuple(r for r in some if r in asked) for name, some in found.items()}
    dropped = tuple(name for name, some in kept.items() if not some)
    return {name: some for name, some in kept.items() if some}, dropped


def left_out(
    corridor: Corridor, dropped: Sequence[str], why: str = "none of the routes is on it"
) -> list[str]:
    """Give a line for each lane that was left out."""
    lanes = corridor.scenario.lanes
    found = [f"  {lanes[name].title or name}: left out, {why}" for name in dropped]
    return ["", *found] if found else []
