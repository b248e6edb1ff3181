"""A stored run, simulated again: the scenario that it holds, with its seed or another."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, SupportsIndex

from fourport import __version__
from fourport.api.results import NewFolder, Results, completed, created
from fourport.arguments import groupings, replications_of, seed_of, texts
from fourport.engine import chosen
from fourport.errors import Noted, Refused, UserError
from fourport.store import Run
from fourport.study.kept import keeping
from fourport.study.parallel import Progress
from fourport.study.run import run_study
from fourport.study.run_tables import finished, write_tables
from fourport.study.sample import Sample
from fourport.study.stored import WRITTEN_ONCE, copy_scenario, manifest_under, scenarios_of

OF_THE_SCENARIO = ("places", "prices", "emission-factors")
"""Tables that no random number changes."""
OF_THE_RUN = ("comparison", "capacity", "finished", "seconds")
"""Entries of a manifest that are not the scenario's."""


class Again:
    """A stored run that is to be simulated again.

    Parameters
    ----------
    run
        The folder of the run. The files of its scenario are not read again: they may have changed since.
    policies
        Some of its policies; none for all.
    replications, seed
        Defaults: those of the run.
    executor
        Any :class:`concurrent.futures.Executor`; None runs in this process.

    Raises
    ------
    UserError
        If the run is damaged or was not made under a policy.
    """

    def __init__(
        self,
        run: str | Path,
        policies: str | Iterable[str] = (),
        *,
        replications: SupportsIndex | None = None,
        seed: SupportsIndex | None = None,
        executor: Executor | None = None,
    ) -> None:
        wrong = Noted()
        with wrong.noting():
            self.stored = Results.open(run).run
            of = Sample.of_run(self.stored)
            self.sample = of.under(texts("policies", policies) or of.variants)
            self.replications = of.replications if replications is None else replications_of(replications)
            self.seed = of.seed if seed is None else seed_of(seed)
        wrong.refuse()
        self.executor = executor
        self.scenarios = scenarios_of(self.stored, self.sample.variants)

    @property
    def marks(self) -> tuple[object, ...]:
        """Everything besides the text of the scenario that decides the results."""
        return (*self.sample.variants, self.seed, self.replications)

    def run(
        self,
        folder: NewFolder = None,
        *,
        by: str | Iterable[str] = (),
        milestones: bool = False,
        journeys: bool = False,
        progress: Progress | None = None,
    ) -> Results:
        """Run all replications; parameters as those of :meth:`fourport.Study.run`."""
        began, stored, policies = time.monotonic(), self.stored, [*self.sample.variants]
        asked = {"milestones": milestones, "journeys": journeys}
        kinds = [*groupings(by), *(name for name, wanted in asked.items() if wanted)]
        marks = (self.sample.text, *self.marks, *sorted(kinds))
        run = created(folder, f"run of {self.sample!r} again", *marks)
        copy_scenario(stored, run, policies)
        try:
            averages = run_study(
                run,
                self.sample.variants,
                self.seed,
                self.replications,
                executor=keeping(run, self.executor),
                also=kinds,
                progress=progress,
            )
        except Refused as refused:
            raise UserError(f"{stored.folder}: {refused}") from None
        write_tables(run, {name: one.name for name, one in self.scenarios.items()}, averages)
        for name in OF_THE_SCENARIO:
            _copy_table(stored, run, name, policies)
        run.write_manifest({**self._manifest(), **finished(began)})
        return Results(completed(run, folder))

    def _manifest(self) -> dict[str, Any]:
        kept = manifest_under(self.stored, self.sample.variants)
        kept = {name: entry for name, entry in kept.items() if name not in OF_THE_RUN}
        own = {"seed": self.seed, "replications": self.replications, "engine": chosen()}
        return {**kept, "fourport": __version__, **own}


def _copy_table(stored: Run, run: Run, name: str, policies: Collection[str]) -> None:
    """Copy the rows of some policies; all of a table that leaves out what an earlier policy has, too."""
    if not stored.has(name):
        return
    table = stored.table(name)
    if name not in WRITTEN_ONCE:
        import pyarrow as pa
        import pyarrow.compute as pc

        table = table.filter(pc.is_in(table["policy"], pa.array([*policies], pa.string())))
    run.write_table(name, table)
