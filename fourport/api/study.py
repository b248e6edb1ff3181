"""A study: replications of a scenario under policies, run and kept in memory or in a folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import SupportsIndex

from fourport.api.results import NewFolder, Results, completed, created
from fourport.arguments import groupings, replications_of, seed_of, texts, told
from fourport.engine import named
from fourport.errors import Noted, UserError
from fourport.plan.once import Shared
from fourport.plan.ready import load_ready
from fourport.scenario.load import Loaded, policy_names
from fourport.scenario.names import each_once
from fourport.scenario.warnings import Known
from fourport.study.kept import keeping
from fourport.study.parallel import Progress
from fourport.study.run_tables import text_of, write_study
from fourport.study.sample import Sample

SCENARIOS = "a file, the name of a shipped one, a loaded one, or loaded ones by name"
"""What a study is made of."""


def load(name_or_path: str | Path, policy: str | None = None) -> Loaded:
    """Load a scenario from a file or by the name of a shipped one, with a policy applied.

    Raises
    ------
    UserError
        With one line for each problem in the files.
    """
    if not isinstance(name_or_path, str | Path):
        raise UserError(
            f"{told(name_or_path)} is not a scenario; allowed: a file, or the name of a shipped one"
        )
    return load_ready(name_or_path, policy)


class Study:
    """Replications of a scenario under policies, all on the same random numbers.

    Parameters
    ----------
    scenario
        A loaded scenario, a file, the name of a shipped scenario, or a mapping from run name to loaded
        scenario.
    policies
        Names of policies in the file; none for the scenario as it stands, also called ``base``.
    replications, seed
        Defaults: those of the scenario.
    executor
        Any :class:`concurrent.futures.Executor` for :meth:`run`; None runs in this process. The results do
        not depend on the executor.

    Raises
    ------
    UserError
        With all problems of the scenario under any of the policies.
    """

    def __init__(
        self,
        scenario: str | Path | Loaded | Mapping[str, Loaded],
        policies: str | Iterable[str] = (),
        *,
        replications: SupportsIndex | None = None,
        seed: SupportsIndex | None = None,
        executor: Executor | None = None,
    ) -> None:
        wrong = Noted()
        numbers: dict[str, int] = {}
        with wrong.noting():
            if replications is not None:
                numbers["replications"] = replications_of(replications)
        with wrong.noting():
            if seed is not None:
                numbers["seed"] = seed_of(seed)
        with wrong.noting():
            named()  # before a folder is begun
        with wrong.noting():
            self.loaded = _loaded(scenario, texts("policies", policies))
        wrong.refuse()
        settings = self.first.scenario.run
        self.replications = numbers.get("replications", settings.replications)
        self.seed = numbers.get("seed", settings.seed)
        self.executor = executor

    def __repr__(self) -> str:
        return f"<Study of {self.told}>"

    @property
    def told(self) -> str:
        """The study in words."""
        name, policies = self.first.scenario.name, ", ".join(self.loaded)
        return f"{name}: {policies}; {self.replications} replications, seed {self.seed}"

    @property
    def first(self) -> Loaded:
        """The scenario under the first policy."""
        return next(iter(self.loaded.values()))

    @property
    def text(self) -> str:
        """The files of the scenarios as they were read."""
        return text_of(self.loaded)

    @property
    def marks(self) -> tuple[object, ...]:
        """Everything besides the text that decides the results."""
        return (*self.loaded, self.seed, self.replications)

    def warnings(self) -> list[str]:
        """Return the warnings (allowed, but probably unintended), each once, with its line and policies."""
        known = Known()
        found = {name: map(str, one.warnings(known)) for name, one in self.loaded.items()}
        base = next((name for name, one in self.loaded.items() if one.policy is None), "")
        return each_once(found, base)

    def sample(self) -> Sample:
        """Return the replications, from which curves, maps, claims and capacity are computed.

        They are simulated on first use and kept in memory.
        """
        return Sample.of(self.loaded, self.seed, self.replications)

    def run(
        self,
        folder: NewFolder = None,
        *,
        by: str | Iterable[str] = (),
        rows: bool = False,
        milestones: bool = False,
        journeys: bool = False,
        progress: Progress | None = None,
    ) -> Results:
        """Run all replications.

        Parameters
        ----------
        folder
            A new or empty folder; None keeps the results in memory.
        by
            What groups differ in of which the table ``groups`` has all measures: "trader-class",
            "commodity", "week", "weekday" or "holiday-week" of acceptance. Of the last two it always has the
            door-to-door times.
        rows
            Whether results in memory include ``consignments``, one row each; a folder always has them.
        milestones
            Whether the results include ``milestones``, one row for each milestone of each consignment.
        journeys
            Whether the folder includes ``journeys``, from which curves are priced without simulating again.
        progress
            Called before the first replication and after each with the number done and the total.

        Raises
        ------
        UserError
            If the folder is not empty, if there is no such group, or if a consignment does not fit into an
            empty vehicle.
        ValueError
            If journeys are requested without a folder.
        """
        if journeys and folder is None:
            raise ValueError("journeys are kept in files: a folder is needed")
        asked = {"consignments": rows, "milestones": milestones, "journeys": journeys}
        also = [*groupings(by), *(name for name, wanted in asked.items() if wanted)]
        run = created(folder, f"run of {self.told}", self.text, *self.marks, *sorted(also))
        manifest = write_study(
            run,
            self.loaded,
            self.seed,
            self.replications,
            also=also,
            executor=keeping(run, self.executor),
            progress=progress,
        )
        run.write_manifest(manifest)
        return Results(completed(run, folder))


def _loaded(
    scenario: str | Path | Loaded | Mapping[str, Loaded], policies: tuple[str, ...]
) -> Mapping[str, Loaded]:
    if not isinstance(scenario, Mapping):
        return _load(scenario, policies)
    for name, one in scenario.items():
        if not (isinstance(name, str) and isinstance(one, Loaded)):
            raise UserError(f"scenario: {name!r}: {told(one)} is not a loaded scenario; allowed: {SCENARIOS}")
    if not scenario:
        raise UserError(f"scenario: there is none; allowed: {SCENARIOS}")
    if policies:
        given = ", ".join(policies)
        raise UserError(
            f"policies: {given}: scenarios by name are loaded, each under its policy; allowed: no policies"
        )
    return scenario


def _load(scenario: str | Path | Loaded, policies: tuple[str, ...]) -> dict[str, Loaded]:
    if not isinstance(scenario, str | Path | Loaded):
        raise UserError(f"scenario: {told(scenario)} is not a scenario; allowed: {SCENARIOS}")
    if isinstance(scenario, Loaded) and not policies:
        return {scenario.policy or policy_names(scenario)[0]: scenario}
    loaded, wrong, shared = dict[str, Loaded](), Noted(), Shared()
    for policy in policies or policy_names(scenario)[:1]:
        with wrong.noting():
            loaded[policy] = load_ready(scenario, policy, shared)
    wrong.refuse()
    return loaded
