"""A stored run that can be priced again: its scenarios and tables, and copies under some policies."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any

from fourport import __version__
from fourport.errors import Noted, UserError
from fourport.plan.compile import check
from fourport.plan.once import Shared
from fourport.scenario.examine import examine_stored
from fourport.scenario.load import Loaded
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.names import BASE
from fourport.store import Run
from fourport.store.tables import TABLES

if TYPE_CHECKING:
    import pyarrow as pa

SCENARIO = "scenario.json"

WRITTEN_ONCE = frozenset({"prices", "emission-factors"})
"""Tables that leave out what an earlier policy has as well: a copy under a later policy keeps them whole."""

PRICED = (
    "curves",
    "breakeven",
    "route-choice",
    "claims",
    "claim-regions",
    "attribution",
    "claim-inputs",
    "claim-together",
)
PRICED_RECORDS = ("curves", "route_choice", "claims", "estimates", "priced_from")
"""Tables of a folder, and entries of its manifest, that are priced from a run."""
MANIFEST_HAS = ("scenario", "policies", "titles", "seed", "replications")
"""Mandatory entries of a manifest that are used later."""
ROWS = "rows"
"""Manifest entry with the row counts of the run's own tables."""


def write_scenario(run: Run, loaded: Mapping[str, Loaded]) -> None:
    """Write the scenario under each policy: its values, and the ranges of its numbers."""
    policies = {name: {"values": one.tree.values, "ranges": ranges_of(one)} for name, one in loaded.items()}
    _write_policies(run, policies)


def _write_policies(run: Run, policies: Mapping[str, Any]) -> None:
    run.write_text(SCENARIO, indented({"policies": policies}, {}) + "\n")


def indented(value: object, known: dict[tuple[int, int], str], depth: int = 0) -> str:
    """Return a value as ``json.dumps`` with an indent of 1 does, for which that takes Python itself.

    Parameters
    ----------
    known
        Texts of tables by ``id`` and depth, to which it adds: policies share nearly all tables.
    """
    if not isinstance(value, dict | list | tuple) or not value:
        return _PLAIN.encode(value)
    if (id(value), depth) not in known:
        line = "\n" + " " * depth
        if isinstance(value, dict):
            parts = [f"{_PLAIN.encode(key)}: {indented(its, known, depth + 1)}" for key, its in value.items()]
            text = f"{{{line} {f',{line} '.join(parts)}{line}}}"
        else:
            parts = [indented(one, known, depth + 1) for one in value]
            text = f"[{line} {f',{line} '.join(parts)}{line}]"
        known[id(value), depth] = text
    return known[id(value), depth]


_PLAIN = json.JSONEncoder(ensure_ascii=False, default=str)

STORED_ENTRIES = ("values", "ranges")
"""Stored entries of a scenario under each policy."""


class OtherVersion(UserError):
    """A run whose scenario this version refuses: its tables can be read but not computed again."""


def scenarios_of(run: Run, policies: Iterable[str] | None = None) -> dict[str, Scenario]:
    """Read a run's scenario under some policies, or all of its manifest; policy packages are not applied yet.

    It passes the checks of a scenario file.

    Raises
    ------
    UserError
        If the file is damaged.
    OtherVersion
        If this version refuses the scenario.
    """
    said = said_of(run)
    names = run.manifest()["policies"] if policies is None else policies
    values = {policy: said[policy]["values"] for policy in names}
    found, wrong = examine_stored(run.folder / SCENARIO, values, partial(check, shared=Shared()))
    if wrong:
        raise OtherVersion(*wrong, f"{run.folder}: was made by a version that allowed this; run it again")
    return found


def said_of(run: Run) -> dict[str, Any]:
    """Read the stored entries of a run's scenario under each policy: :data:`STORED_ENTRIES`.

    Raises
    ------
    UserError
        If the file is damaged.
    """
    found: dict[str, Any] = run.json(SCENARIO, {"policies": dict})["policies"]
    _refuse_others(run, found)
    return found


def said_under(run: Run, policy: str) -> dict[str, Any]:
    """Read the stored entries of a run's scenario under one policy, none if it has none.

    Errors are those of :func:`said_of` that concern this policy.
    """
    found = run.entry(SCENARIO, "policies", policy)
    if found is None:
        return {}
    _refuse_others(run, {policy: found})
    return dict(found)


def _refuse_others(run: Run, found: Mapping[str, Any]) -> None:
    """Refuse what has not the stored entries of a scenario under a policy."""
    wrong = [
        f"{run.folder / SCENARIO}:1: policies.{name}: is no table with values and ranges; run it again"
        for name, one in found.items()
        if not isinstance(one, dict) or not all(isinstance(one.get(key), dict) for key in STORED_ENTRIES)
    ]
    if wrong:
        raise UserError(*wrong)


def ranges_of(loaded: Loaded) -> dict[str, tuple[Any, Any]]:
    """Return the lowest and highest plausible value of a scenario's numbers as written, by key."""
    return {key.removeprefix("."): ends for key, ends in loaded.tree.ranges.items()}


def name_in(run: Run, names: Collection[str], policy: str) -> str:
    """Return the name of a policy in a run.

    ``base`` and the scenario's own name both mean the scenario as it stands, under either name.
    """
    both = (BASE, str(run.manifest().get("base", BASE)))
    return next((name for name in both if name in names), policy) if policy in both else policy


def names_of(run: Run) -> list[str]:
    """Return the names of all tables of a run, except those priced from it later.

    Raises
    ------
    UserError
        With a line for each that is missing or damaged.
    """
    wrong = Noted()
    there = run.in_csv
    counted = {file.removesuffix(".csv") for file in run.manifest().get(ROWS, {})}
    names = sorted(there.union(counted).difference(PRICED))
    for name in names:
        if name not in there:
            what = "is not there; allowed: the table as it was written; run it again"
            wrong.note(f"{run.file(name)}: {what}")
            continue
        with wrong.noting():
            run.refuse_damaged(name)
    wrong.refuse()
    return names


def refuse_damaged(run: Run) -> None:
    """Refuse a run with damaged or missing tables, or with mandatory entries missing in the manifest.

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
        names_of(run)
    wrong.refuse()


def copy_scenario(source: Run, target: Run, policies: Iterable[str]) -> None:
    """Copy the text of a run's scenario, and its values under some policies."""
    target.write_text("scenario.toml", source.text("scenario.toml"))
    with suppress(FileNotFoundError):  # old versions did not write it
        said = said_of(source)
        _write_policies(target, {name: said[name] for name in policies if name in said})


def copy_run(source: Run, target: Run, policies: Sequence[str]) -> dict[str, Any]:
    """Copy the tables of a run under some policies, without its consignments, and return its manifest.

    Raises
    ------
    UserError
        If a table is damaged.
    """
    copy_scenario(source, target, policies)
    manifest = source.manifest()
    # The text of a long table is made again only if it may become another one.
    same = manifest.get("fourport") == __version__ and {*policies} == {*manifest["policies"]}
    for name in names_of(source):
        long = name in TABLES and TABLES[name].by_replication
        if not (same and long and source.copy_file(name, target)):
            target.write_table(name, _of_policies(source, name, policies))
    return manifest_under(source, policies)


def _of_policies(run: Run, name: str, policies: Sequence[str]) -> Iterator[pa.Table]:
    """Yield the rows of a table under some policies, some at a time; all of one that is written once."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kept = pa.array(policies, pa.string())
    for table in run.parts_of(name):
        of_policies = "policy" in table.column_names and name not in WRITTEN_ONCE
        yield table.filter(pc.is_in(table["policy"], kept)) if of_policies else table


def manifest_under(run: Run, policies: Iterable[str]) -> dict[str, Any]:
    """Return the manifest of a run restricted to some policies, without what was priced from it."""
    manifest = deepcopy(run.manifest())
    return {
        **{key: value for key, value in manifest.items() if key not in (*PRICED_RECORDS, ROWS)},
        "policies": {name: manifest["policies"].get(name, "") for name in policies},
    }
