"""The sample behind SCENARIO or RUN of a command, and where its answer goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fourport.api.results import Results
from fourport.api.study import Study
from fourport.cli.lines import said
from fourport.cli.output import warn
from fourport.cli.working import Where, working
from fourport.errors import Noted
from fourport.scenario.models.scenario import Scenario
from fourport.store import is_run
from fourport.store.manifest import MANIFEST
from fourport.study.sample import Sample

LARGEST = 1_000_000
"""Tasks of a stored sample: more than there are processes, since their number is not known."""


@dataclass(frozen=True)
class SampleRequest:
    """A sample to ask, and the options that say where and how.

    Attributes
    ----------
    seed
        The seed asked for; None for that of the scenario.
    replications
        Those of the sample, which has fewer for a trial.
    """

    sample: Sample
    seed: int | None
    replications: int
    where: Where
    quiet: bool

    @property
    def marks(self) -> tuple[object, ...]:
        """What decides the replications, besides the text of the scenario."""
        return (*self.sample.variants, self.seed, self.replications)

    @contextmanager
    def asking(self, what: str, *marks: object) -> Iterator[dict[str, Any]]:
        """Open an executor and show progress; yield them and the folder as arguments of a function.

        Parameters
        ----------
        what, marks
            What the command asks for; they decide the name of the folder.
        """
        sample, tasks, scenarios = self.sample, LARGEST, list[Scenario]()
        if sample.loaded is not None:
            first = next(iter(sample.loaded.values()))
            name, text = first.scenario.name, first.text
            scenarios = [one.scenario for one in sample.loaded.values()]
            tasks = len(sample.loaded) * self.replications
        else:
            assert sample.stored is not None
            name, text = sample.stored.manifest()["scenario"]["name"], sample.stored.text(MANIFEST)
        folder = self.where.folder(name, text, what, *marks)
        machines = self.where.executor(tasks, scenarios)
        with working(machines, "replications", quiet=self.quiet) as (executor, progress):
            yield {"folder": folder, "executor": executor, "progress": progress}


def source(
    target: str,
    policies: Sequence[str] = (),
    replications: int | None = None,
    seed: int | None = None,
    *,
    quiet: bool = False,
    **where: Any,
) -> SampleRequest:
    """Find the sample to ask, without simulating yet; print the warnings of a scenario.

    Parameters
    ----------
    target
        File or name of a scenario, or folder of a run.
    where
        The options of :meth:`~fourport.cli.working.Where.of`.

    Raises
    ------
    UserError
        If the target is neither a scenario nor a run, or an option does not fit it.
    """
    folder, machines = Path(target), Where.of(**where)
    if not is_run(folder):
        study = Study(target, policies, replications=replications, seed=seed)
        warn(study.warnings())
        return _request(study.sample(), seed, machines, quiet=quiet)
    sample, wrong = Results.open(folder).sample(), Noted()
    if seed not in (None, sample.seed):
        wrong.note(f"--seed {seed}: {folder} was run with the seed {sample.seed}; allowed: no --seed")
    with wrong.noting():
        sample = sample.under(policies)
    wrong.refuse()
    sample.replications = replications or sample.replications
    return _request(sample, seed, machines, quiet=quiet)


def _request(sample: Sample, seed: int | None, where: Where, *, quiet: bool) -> SampleRequest:
    asked, sample.replications = sample.replications, where.tried(sample.replications)
    return SampleRequest(sample, seed, asked, where, quiet)


def names(text: str | None) -> list[str] | None:
    """Split a list of names at its commas; None stays None."""
    return None if text is None else [name.strip() for name in text.split(",") if name.strip()]


def left_out(
    scenario: Scenario, dropped: Sequence[str], why: str = "none of the routes is on it"
) -> list[str]:
    """Format a line for each lane that was left out."""
    found = [said(f"{scenario.lanes[name].title or name}: left out, {why}", "  ", "  ") for name in dropped]
    return ["", *found] if found else []
