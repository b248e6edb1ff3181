"""Questions asked of a sample, and their answers: results that also hold the findings."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from fourport.api.results import NewFolder, Results, completed, created
from fourport.api.study import Study
from fourport.arguments import texts, told
from fourport.errors import UserError
from fourport.plan.corridor import Corridor
from fourport.scenario.load import Loaded
from fourport.store import Run, is_run, titles_of
from fourport.store.manifest import MANIFEST
from fourport.study.estimates_behind import estimates_behind
from fourport.study.kept import keeping
from fourport.study.parallel import Progress
from fourport.study.run_tables import finished, sha256
from fourport.study.sample import Sample
from fourport.study.stored import copy_run

F = TypeVar("F")


class Answer(Results, Generic[F]):
    """Results that answer a question.

    Attributes
    ----------
    found
        The findings, of which the tables hold the numbers.
    """

    def __init__(self, run: Run, found: F) -> None:
        super().__init__(run)
        self.found = found

    def __repr__(self) -> str:
        return f"<Answer: {self.found!r}>"


class Sampled(Protocol):
    """What has a sample, such as a study or its results."""

    def sample(self) -> Sample:
        """Return its sample."""


SampleSource = Sample | Sampled | Loaded | str | Path


def sample_of(given: SampleSource, policies: Iterable[str] = ()) -> Sample:
    """Return a sample as it is, that of a study or of results, or of a scenario or a run that is named.

    Parameters
    ----------
    policies
        Policies under which a scenario is sampled; none for the scenario as it stands.

    Raises
    ------
    UserError
        If it is none of these, or the scenario or the run has problems.
    """
    if isinstance(given, Sample):
        return given
    if isinstance(given, str | Path) and is_run(given):
        return Results.open(given).sample()
    if isinstance(given, str | Path | Loaded):
        return Study(given, policies).sample()
    if isinstance(given, type) or not hasattr(given, "sample"):
        raise UserError(
            f"sample: {told(given)} has no sample; allowed: a sample, a study, results, a scenario's file or "
            "name, or the folder of a run"
        )
    return given.sample()


class Inquiry:
    """A question about a sample: checked first, then simulated and answered.

    Parameters
    ----------
    given
        What has a sample.
    policy
        The policy that the question is about, or several; None for the first.
    lane
        The only lane that it is about; None for all.

    Raises
    ------
    UserError
        If there is no sample, or no such policy.
    """

    def __init__(
        self,
        given: SampleSource,
        policy: str | Iterable[str] | None,
        folder: NewFolder,
        executor: Executor | None,
        progress: Progress | None,
        lane: str | None = None,
    ) -> None:
        policies = () if policy is None else texts("policy", policy)
        self.lane = lane
        self.given = sample_of(given, policies)
        self.sample = self.given.under(policies)
        self.folder, self.executor, self.progress = folder, executor, progress
        self.began = time.monotonic()

    @property
    def policy(self) -> str:
        """The first policy."""
        return self.sample.first_policy

    @property
    def corridor(self) -> Corridor:
        """The compiled scenario under the first policy."""
        return self.sample.variants[self.policy].corridor

    def begin(self, what: str, *question: object, simulate: bool = True) -> Sample:
        """Create the run of the answer, or go on with it, once the question is known to be valid.

        The run gets the tables of the sample, unless the question does not need its replications.

        Parameters
        ----------
        what, question
            What is asked, and everything besides the sample that decides the answer.

        Returns
        -------
        Sample
            The sample, with its replications simulated.
        """
        sample = self.sample
        told = f"{what} of {sample!r}"
        of = "" if sample.stored is None or self.folder is None else sample.stored.text(MANIFEST)
        decides = (sample.text, of, *sample.variants, sample.seed, sample.replications, *question)
        self.run = run = created(self.folder, told, *decides)
        self.executor = keeping(run, self.executor)
        if not simulate:
            run.write_text("scenario.toml", sample.text)
            self.manifest = sample.manifest
            return sample
        if sample.stored is None and self.folder is not None:
            self.manifest, sample.stored = sample.simulate(run, self.executor, self.progress), run
        else:
            sample.stored = stored = self.given.run(self.executor, self.progress)
            self.manifest = copy_run(stored, run, [*sample.variants])
            if sample.loaded is None:
                name, text = stored.folder.resolve().name, stored.text(MANIFEST)
                self.manifest["priced_from"] = {"run": name, "manifest_sha256": sha256(text)}
        sample.scratch = None if self.folder is None else run
        return sample

    def answer(
        self, found: F, tables: Mapping[str, Iterable[Sequence[object]]], **entries: object
    ) -> Answer[F]:
        """Write the tables of the findings and the manifest with its entries, and return the answer.

        If the run has costs and times, the manifest also names the estimates behind them.
        """
        if self.run.has("summary"):
            places = titles_of(self.manifest, "places", self.policy)
            entries["estimates"] = estimates_behind(self.run, self.policy, places, self.lane)
        for name, rows in tables.items():
            self.run.write_table(name, rows)
        self.run.write_manifest({**self.manifest, **entries, **finished(self.began)})
        return Answer(completed(self.run, self.folder), found)
