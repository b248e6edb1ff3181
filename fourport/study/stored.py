"""A stored run that can be priced again: its scenarios, and the journeys of its replications."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fourport.errors import Noted, UserError
from fourport.scenario.layers import written
from fourport.scenario.load import Loaded
from fourport.scenario.models import Scenario
from fourport.scenario.names import BASE
from fourport.store import Run
from fourport.store.reading import Table, read_json
from fourport.study.curves.journeys import journeys_of, write_journeys
from fourport.study.documents import Documents, corridor_of, load_documents
from fourport.study.parallel import in_order
from fourport.study.replication import replicate

SCENARIO = "scenario.json"

PRICED = (
    "curves.csv",
    "breakeven.csv",
    "route-choice.csv",
    "claims.csv",
    "claim-regions.csv",
    "attribution.csv",
    "claim-inputs.csv",
    "claim-together.csv",
)
PRICED_RECORDS = ("curves", "route_choice", "claims", "priced_from")
"""Tables of a folder, and entries of its manifest, that were priced from a run."""
MANIFEST_HAS = ("scenario", "policies", "titles", "seed", "replications")
"""Entries of every manifest that are read further."""
ROWS = "rows"
"""Entry of the manifest that counts the rows of its own tables."""


def write_scenario(run: Run, loaded: Mapping[str, Loaded]) -> None:
    """Write what a scenario says under each policy: its values, and the ranges of its numbers."""
    policies = {name: {"values": one.layer.values, "ranges": _ranges(one)} for name, one in loaded.items()}
    _write_policies(run, policies)


def _write_policies(run: Run, policies: Mapping[str, Any]) -> None:
    text = json.dumps({"policies": policies}, ensure_ascii=False, indent=1, default=str)
    run.write_text(SCENARIO, text + "\n")


SAID = ("values", "ranges")
"""What is stored of a scenario under each policy."""


class OtherVersion(UserError):
    """A run whose scenario this version would refuse: its tables can be read, but not made again."""


def scenarios_of(run: Run, policies: Iterable[str] | None = None) -> dict[str, Scenario]:
    """Read what a run's scenario says under some policies, or all, the policy package not yet applied.

    Raises
    ------
    UserError
        If the file is damaged.
    OtherVersion
        If this version would refuse the scenario.
    """
    written_under = _policies(run)
    wrong, found = [], {}
    for policy in written_under if policies is None else policies:
        try:
            found[policy] = Scenario.model_validate(written_under[policy]["values"])
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = written(tuple(first["loc"]))
            wrong.append(f"{run.folder / SCENARIO}:1: policies.{policy}: {key}: {first['msg']}")
    if wrong:
        raise OtherVersion(*wrong, f"{run.folder}: was made by a version that allowed this; run it again")
    return found


def _policies(run: Run) -> dict[str, Any]:
    path = run.folder / SCENARIO
    found: dict[str, Any] = read_json(path, {"policies": dict})["policies"]
    wrong = [
        f"{path}:1: policies.{name}: is no table with values and ranges; run it again"
        for name, one in found.items()
        if not isinstance(one, dict) or not all(isinstance(one.get(key), dict) for key in SAID)
    ]
    if wrong:
        raise UserError(*wrong)
    return found


def _ranges(loaded: Loaded) -> dict[str, tuple[Any, Any]]:
    return {written(key): p.range for key, p in loaded.provenance.items() if p.range is not None}


@dataclass(frozen=True)
class Stored:
    """A complete run, ready to be priced.

    Attributes
    ----------
    documents
        The values of the scenario under each policy that was run.
    ranges
        Lowest and highest plausible value of its numbers as written, by policy and key.
    """

    run: Run
    documents: Documents
    ranges: Mapping[str, Mapping[str, tuple[Any, Any]]]
    seed: int
    replications: int

    @classmethod
    def open(cls, folder: Path) -> Stored:
        """Open a complete run.

        Raises
        ------
        UserError
            If the folder holds no complete run, one without what pricing needs, one that is damaged, or one
            of a scenario that this version refuses.
        """
        run = Run.open(folder)
        refuse_damaged(run)
        manifest = run.manifest()
        try:
            scenarios_of(run)
            found = _policies(run)
        except FileNotFoundError:
            raise UserError(
                f"{folder}: holds no {SCENARIO}, without which it cannot be priced again"
            ) from None
        return cls(
            run,
            {name: one["values"] for name, one in found.items()},
            {name: {key: tuple(ends) for key, ends in one["ranges"].items()} for name, one in found.items()},
            int(manifest["seed"]),
            int(manifest["replications"]),
        )

    @classmethod
    def of(cls, run: Run, loaded: Mapping[str, Loaded], seed: int, replications: int) -> Stored:
        """Give a run that has just been made."""
        documents = {name: one.layer.values for name, one in loaded.items()}
        return cls(run, documents, {name: _ranges(one) for name, one in loaded.items()}, seed, replications)

    @property
    def first_policy(self) -> str:
        """The policy that was run first."""
        return next(iter(self.documents))

    def journeys(
        self,
        policy: str,
        replications: Sequence[int],
        scratch: Run,
        *,
        jobs: int = 1,
        progress: Callable[[], None] = lambda: None,
    ) -> list[Path]:
        """Give the file of each replication's journeys; simulate again what is not stored.

        The same seed gives the same journeys. New files go to ``scratch``.
        """
        load_documents(self.documents)
        files, tasks = [], []
        for replication in replications:
            kept = self.run.journeys_file(policy, replication)
            path = kept if kept.is_file() else scratch.journeys_file(policy, replication)
            files.append(path)
            if not path.is_file():
                tasks.append(_Task(policy, replication, self.seed, path))
        workers = min(jobs, len(tasks) or 1)
        with in_order(_simulate, tasks, workers, load_documents, (self.documents,)) as simulated:
            for _ in simulated:
                progress()
        return files


@dataclass(frozen=True)
class _Task:
    policy: str
    replication: int
    seed: int
    path: Path


def _simulate(task: _Task) -> None:
    write_journeys(task.path, journeys_of(replicate(corridor_of(task.policy), task.seed, task.replication)))


def name_in(run: Run, names: Collection[str], policy: str) -> str:
    """Give the name that a run has for a policy, of those of its policies.

    The scenario as it stands answers to ``base`` and to its own name, whichever it was run under.
    """
    both = (BASE, str(run.manifest().get("base", BASE)))
    return next((name for name in both if name in names), policy) if policy in both else policy


def tables_of(run: Run) -> list[Table]:
    """Read all tables of a run but those that were priced from it.

    Raises
    ------
    UserError
        With a line for each that is lost since it was written, and each problem of the others.
    """
    found, wrong = [], Noted()
    there = {path.name for path in run.folder.glob("*.csv")}
    for name in sorted(there.union(run.manifest().get(ROWS, {})).difference(PRICED)):
        if name not in there:
            what = "is not there; allowed: the table as it was written; run it again"
            wrong.note(f"{run.folder / name}: {what}")
            continue
        with wrong.noting():
            found.append(run.table(name))
    wrong.refuse()
    return found


def refuse_damaged(run: Run) -> None:
    """Refuse a run with damaged or lost tables or a manifest that lacks what every one has.

    Raises
    ------
    UserError
        With a line for each problem.
    """
    wrong = Noted()
    for name in MANIFEST_HAS:
        with wrong.noting():
            run.manifest()[name]
    with wrong.noting():
        tables_of(run)
    wrong.refuse()


def copy_run(source: Run, target: Run, policies: Sequence[str]) -> dict[str, Any]:
    """Copy the tables of a run under some policies, without its consignments, and give its manifest.

    Raises
    ------
    UserError
        If a table is damaged.
    """
    target.write_text("scenario.toml", (source.folder / "scenario.toml").read_text(encoding="utf-8"))
    if (source.folder / SCENARIO).is_file():  # which the first versions did not write
        said = _policies(source)
        _write_policies(target, {name: said[name] for name in policies if name in said})
    for table in tables_of(source):
        at = table.header.index("policy") if "policy" in table.header else None
        kept = [row for row in table.rows if at is None or row[at] in policies]
        target.write_table(table.path.name, table.header, kept)
    manifest = source.manifest()
    return {
        **{key: value for key, value in manifest.items() if key not in (*PRICED_RECORDS, ROWS)},
        "policies": {name: manifest["policies"].get(name, "") for name in policies},
    }
