"""A sample of a scenario: its replications under some policies, ready to be priced and compared.

Stored journeys of a replication are read; others are simulated on first use. The same seed gives the same
journeys.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from fourport.arguments import replications_of, seed_of, text, told
from fourport.errors import Noted, UserError
from fourport.plan.ready import load_ready
from fourport.scenario.load import Loaded, policy_names
from fourport.scenario.suggestions import allowed, suggestion
from fourport.store import Run
from fourport.store.folder import MANIFEST
from fourport.study.curves.journeys import Kept, file_of, journeys_of, write_journeys
from fourport.study.curves.rates import Ranges
from fourport.study.identities import violations
from fourport.study.parallel import Progress, in_order
from fourport.study.replication import replicate
from fourport.study.replication_measures import Series, measured_by, read_replications, series_of
from fourport.study.run import BrokenIdentity
from fourport.study.stored import SCENARIO, name_in, ranges_of, refuse_damaged, said_of, scenarios_of
from fourport.study.tabulate import SummaryKey, tabulate
from fourport.study.variant import Variant

Summary = Mapping[SummaryKey, float]

_Key = tuple[Variant, int, int]
"""Variant, seed and number of a replication."""


@dataclass(repr=False)
class Sample:
    """Replications of a scenario under some policies, on the same random numbers.

    Attributes
    ----------
    variants
        The scenario under each policy, by name.
    ranges
        Lowest and highest plausible value of the scenario's numbers as written, by policy and key.
    stored
        The run that holds the replications; None if they are simulated and kept in memory.
    scratch
        Folder for journeys that the run does not have; None keeps them in memory.
    store
        Called once before the first replication is used, to store the sample.
    """

    variants: Mapping[str, Variant]
    ranges: Mapping[str, Ranges]
    seed: int
    replications: int
    stored: Run | None = None
    scratch: Run | None = None
    store: Callable[[Executor | None, Progress | None], None] | None = None
    _simulated: dict[_Key, tuple[bytes, Summary]] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        of = f" of {self.stored.folder}" if self.stored else ""
        return f"<Sample{of}: {', '.join(self.variants)}; {self.replications} replications, seed {self.seed}>"

    @classmethod
    def of(
        cls,
        loaded: Mapping[str, Loaded],
        seed: int | None = None,
        replications: int | None = None,
    ) -> Sample:
        """Return a sample of a scenario that was loaded under each of some policies.

        Parameters
        ----------
        seed, replications
            None for those of the scenario.
        """
        settings = next(iter(loaded.values())).scenario.run
        return cls(
            {policy: Variant.of(one.tree.values) for policy, one in loaded.items()},
            {policy: ranges_of(one) for policy, one in loaded.items()},
            settings.seed if seed is None else seed_of(seed),
            settings.replications if replications is None else replications_of(replications),
        )

    @classmethod
    def open(cls, folder: Path) -> Sample:
        """Open a complete run.

        Raises
        ------
        UserError
            If the folder has no complete run, the run lacks what pricing needs or is damaged, or this version
            refuses its scenario.
        """
        return cls.of_run(Run.open(folder))

    @classmethod
    def of_run(cls, run: Run) -> Sample:
        """Return the sample of a complete run, in a folder or in memory; errors as in :meth:`open`."""
        refuse_damaged(run)
        manifest = run.manifest()
        try:
            scenarios_of(run)
            found = said_of(run)
        except FileNotFoundError:
            raise UserError(
                f"{run.folder}: holds no {SCENARIO}, without which it cannot be priced again"
            ) from None
        return cls(
            {name: Variant.of(one["values"]) for name, one in found.items()},
            {name: {key: tuple(ends) for key, ends in one["ranges"].items()} for name, one in found.items()},
            int(manifest["seed"]),
            int(manifest["replications"]),
            run,
        )

    def under(self, policies: Sequence[str]) -> Sample:
        """Return the sample restricted to some of its policies, in their order."""
        return replace(self, variants={policy: self.variants[policy] for policy in policies})

    def name_of(self, policy: str) -> str:
        """Return the name of a policy in this sample."""
        return policy if self.stored is None else name_in(self.stored, self.variants, policy)

    def policy(self, named: str | None) -> str:
        """Return the named policy; the first one for None.

        Raises
        ------
        UserError
            If the sample has no such policy.
        """
        named = text("policy", named)
        if named is not None and named not in self.variants:
            names = list(self.variants)
            hint = suggestion(named, names) + allowed(names)
            raise UserError(f"--policy: there is no policy {named!r}{hint}")
        return named or self.first_policy

    @property
    def first_policy(self) -> str:
        """The first policy."""
        return next(iter(self.variants))

    def ready(self, executor: Executor | None = None, progress: Progress | None = None) -> None:
        """Store the sample if that must be done before its replications are used."""
        store, self.store = self.store, None
        if store is not None:
            store(executor, progress)

    def journeys(
        self,
        policy: str,
        replications: Sequence[int] | None = None,
        executor: Executor | None = None,
        progress: Progress | None = None,
    ) -> list[Kept]:
        """Return the journeys of each replication; those that are not stored are simulated."""
        self.ready(executor, progress)
        numbers = range(self.replications) if replications is None else replications
        every = [_Task(self.variants[policy], self.seed, k, self._file(policy, k)) for k in numbers]
        tasks = [
            task for task in every if not (task.path.is_file() if task.path else task.key in self._simulated)
        ]
        for task, found in zip(tasks, in_order(_simulate, tasks, executor, progress), strict=True):
            if found is not None:
                self._simulated[task.key] = found
        return [Kept(task.variant, task.path or self._simulated[task.key][0]) for task in every]

    def _file(self, policy: str, replication: int) -> Path | None:
        """Return the file of journeys, existing or to be written; None to keep them in memory."""
        runs = [run for run in (self.stored, self.scratch) if run is not None]
        files = [run.journeys_file(policy, replication) for run in runs]
        new = files[-1] if self.scratch is not None else None
        return next((file for file in files if file.is_file()), new)

    def series(self, policy: str, executor: Executor | None = None) -> Series:
        """Return the measures of each replication."""
        self.ready(executor)
        if self.stored is not None:
            return read_replications(self.stored)[policy]
        self.journeys(policy, executor=executor)
        variant = self.variants[policy]
        return series_of([self._simulated[variant, self.seed, k][1] for k in range(self.replications)])

    def measured(self, policy: str) -> Collection[str]:
        """Return the names of the measures; if nothing is stored, those of the first replication."""
        if self.stored is None:
            return measured_by(self.variants[policy].corridor, self.seed)
        return dict.fromkeys(key[2] for key in read_replications(self.stored)[policy])


class Sampled(Protocol):
    """What has a sample, such as a study or its results."""

    def sample(self) -> Sample:
        """Return its sample."""


SampleSource = Sample | Sampled | Loaded | str | Path


def sample_of(given: SampleSource) -> Sample:
    """Return a sample as it is, that of a study or of results, or of a scenario or a run that is named.

    A scenario that is named is sampled under all its policies, each simulated when it is asked for.

    Raises
    ------
    UserError
        If it is none of these, or the scenario or the run has problems.
    """
    if isinstance(given, Sample):
        return given
    if isinstance(given, Loaded):
        return Sample.of({given.policy or policy_names(given.path)[0]: given})
    if isinstance(given, str | Path):
        if (Path(given) / MANIFEST).is_file():
            return Sample.open(Path(given))
        loaded, wrong = dict[str, Loaded](), Noted()
        for policy in policy_names(given):
            with wrong.noting():
                loaded[policy] = load_ready(given, policy)
        wrong.refuse()
        return Sample.of(loaded)
    if isinstance(given, type) or not hasattr(given, "sample"):
        raise UserError(
            f"sample: {told(given)} has no sample; allowed: a sample, a study, results, a scenario's file or "
            "name, or the folder of a run"
        )
    return given.sample()


@dataclass(frozen=True)
class _Task:
    variant: Variant
    seed: int
    replication: int
    path: Path | None

    @property
    def key(self) -> _Key:
        return self.variant, self.seed, self.replication


def _simulate(task: _Task) -> tuple[bytes, Summary] | None:
    """Simulate a replication and write its journeys; without a file, return them and the measures."""
    replication = replicate(task.variant.corridor, task.seed, task.replication)
    if task.path is not None:
        write_journeys(task.path, journeys_of(replication))
        return None
    broken = violations(replication)
    if broken:
        raise BrokenIdentity(f"replication {task.replication}: {'; '.join(broken)}")
    tables = tabulate(replication)
    return file_of(journeys_of(replication)), {**tables.together, **tables.summary}
