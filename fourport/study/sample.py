"""A sample of a scenario: its replications under some policies, ready to be priced and compared.

Stored journeys of a replication are read; others are simulated on first use. The same seed gives the same
journeys.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fourport.arguments import replications_of, seed_of
from fourport.errors import Noted, UserError, argument
from fourport.scenario.load import Loaded
from fourport.scenario.suggestions import allowed, suggestion
from fourport.store import InMemory, Run
from fourport.store.reading import sha256_of, sha256_of_file
from fourport.study.checks.identities import violations
from fourport.study.curves.journeys import Kept, file_of, journeys_of, write_journeys
from fourport.study.curves.rates import Ranges
from fourport.study.parallel import Progress, in_order
from fourport.study.prepare import prepare
from fourport.study.replication import replicate
from fourport.study.replication_measures import Series, measured_by, read_replications
from fourport.study.run import BrokenIdentity
from fourport.study.run_tables import manifest, text_of, write_study
from fourport.study.stored import (
    SCENARIO,
    manifest_under,
    name_in,
    ranges_of,
    refuse_damaged,
    said_of,
    scenarios_of,
)
from fourport.study.variant import Parts, Variant

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
    loaded
        The scenario under each policy as it was loaded; None for the sample of a run.
    stored
        The run that holds the replications; None until they are simulated.
    scratch
        Folder for journeys that the run does not have; None keeps them in memory.
    """

    variants: Mapping[str, Variant]
    ranges: Mapping[str, Ranges]
    seed: int
    replications: int
    loaded: Mapping[str, Loaded] | None = None
    stored: Run | None = None
    scratch: Run | None = None
    _simulated: dict[_Key, Path | bytes] = field(default_factory=dict, compare=False)

    def __repr__(self) -> str:
        of = "" if self.loaded or self.stored is None else f" of {self.stored.folder}"
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
        settings, parts = next(iter(loaded.values())).scenario.run, Parts()
        return cls(
            {policy: Variant.of(one.tree.values, one.scenario, parts) for policy, one in loaded.items()},
            {policy: ranges_of(one) for policy, one in loaded.items()},
            settings.seed if seed is None else seed_of(seed),
            settings.replications if replications is None else replications_of(replications),
            loaded,
        )

    @classmethod
    def of_run(cls, run: Run) -> Sample:
        """Return the sample of a complete run, in a folder or in memory.

        Raises
        ------
        UserError
            If the run lacks what pricing needs or is damaged, or this version refuses its scenario.
        """
        refuse_damaged(run)
        manifest = run.manifest()
        try:
            scenarios, found = scenarios_of(run), said_of(run)
        except FileNotFoundError:
            raise UserError(
                f"{run.folder}: holds no {SCENARIO}, without which it cannot be priced again"
            ) from None
        return cls(
            {name: Variant.of(found[name]["values"], one) for name, one in scenarios.items()},
            {name: {key: tuple(ends) for key, ends in found[name]["ranges"].items()} for name in scenarios},
            int(manifest["seed"]),
            int(manifest["replications"]),
            stored=run,
        )

    def under(self, policies: Iterable[str] = ()) -> Sample:
        """Return the sample under some of its policies, in their order; none for the first.

        Raises
        ------
        UserError
            With a line for each policy that the sample does not have.
        """
        wrong, names = Noted(), dict.fromkeys(map(self.name_of, policies)) or [self.first_policy]
        for policy in names:
            if policy not in self.variants:
                hint = suggestion(policy, self.variants) + allowed(list(self.variants))
                if self.loaded is None and self.stored is not None:
                    wrong.note(f"{self.stored.folder}: was not run under the policy {policy!r}{hint}")
                else:
                    wrong.note(f"{argument('policy')}: there is no policy {policy!r}{hint}")
        wrong.refuse()
        loaded = None if self.loaded is None else {policy: self.loaded[policy] for policy in names}
        return replace(self, variants={policy: self.variants[policy] for policy in names}, loaded=loaded)

    def name_of(self, policy: str) -> str:
        """Return the name of a policy in this sample."""
        return policy if self.stored is None else name_in(self.stored, self.variants, policy)

    @property
    def first_policy(self) -> str:
        """The first policy."""
        return next(iter(self.variants))

    @property
    def text(self) -> str:
        """The files of the scenario as they were read."""
        if self.loaded is not None:
            return text_of(self.loaded)
        assert self.stored is not None
        return self.stored.text("scenario.toml")

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest of a run of the sample."""
        if self.loaded is not None:
            return manifest(self.loaded, self.seed, self.replications)
        assert self.stored is not None
        return manifest_under(self.stored, self.variants)

    def run(self, executor: Executor | None = None, progress: Progress | None = None) -> Run:
        """Return the run that holds the replications; simulate it on first use, and keep it in memory."""
        if self.stored is None:
            assert self.loaded is not None
            run = InMemory()
            run.write_manifest(self.simulate(run, executor, progress))
            self.stored = run
        return self.stored

    def simulate(self, run: Run, executor: Executor | None, progress: Progress | None) -> dict[str, Any]:
        """Simulate the sample into a run, and return the manifest that completes it."""
        assert self.loaded is not None
        return write_study(
            run,
            self.loaded,
            self.seed,
            self.replications,
            also=["journeys"],
            executor=executor,
            progress=progress,
        )

    def journeys(
        self,
        policy: str,
        replications: Sequence[int] | None = None,
        executor: Executor | None = None,
        progress: Progress | None = None,
    ) -> list[Kept]:
        """Return the journeys of each replication; those that are not stored are simulated."""
        run, variant = self.run(executor, progress), self.variants[policy]
        numbers = range(self.replications) if replications is None else replications
        found: dict[int, Path | bytes] = {}
        tasks: list[tuple[Variant, int, int, Path | None]] = []
        for k in numbers:
            where = run.journeys(policy, k) or self._simulated.get((variant, self.seed, k))
            if where is not None:
                found[k] = where
            else:
                file = self.scratch.journeys_file(policy, k) if self.scratch is not None else None
                tasks.append((variant, self.seed, k, file))
        if tasks:
            prepare(progress)
        for task, made in zip(tasks, in_order(_simulate, tasks, executor, progress), strict=True):
            self._simulated[task[:3]] = found[task[2]] = made.path if isinstance(made, Written) else made
        return [Kept(variant, found[k]) for k in numbers]

    def series(self, policy: str, executor: Executor | None = None) -> Series:
        """Return the measures of each replication."""
        return read_replications(self.run(executor), self.replications)[policy]

    def measured(self, policy: str) -> Collection[str]:
        """Return the names of the measures; if nothing is stored, those of the first replication."""
        if self.stored is None:
            return measured_by(self.variants[policy].corridor, self.seed)
        return dict.fromkeys(key[2] for key in read_replications(self.stored, self.replications)[policy])


@dataclass(frozen=True)
class Written:
    """A file that a task has written, and its SHA-256."""

    path: Path
    sha256: str

    def is_whole(self) -> bool:
        """Return whether the file is there, as it was written."""
        return self.path.is_file() and sha256_of_file(self.path) == self.sha256


def _simulate(task: tuple[Variant, int, int, Path | None]) -> Written | bytes:
    """Simulate a replication and write its journeys; without a file, return them."""
    variant, seed, number, path = task
    replication = replicate(variant.corridor, seed, number)
    broken = violations(replication)
    if broken:
        raise BrokenIdentity(f"replication {number}: {'; '.join(broken)}")
    journeys = file_of(journeys_of(replication))
    if path is None:
        return journeys
    write_journeys(path, journeys)
    return Written(path, sha256_of(journeys))
