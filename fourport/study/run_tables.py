"""Run a study and write its tables other than rows of consignments: manifest, summary, costs, stops."""

from __future__ import annotations

import hashlib
import platform
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np

from fourport import __version__
from fourport.engine import chosen
from fourport.errors import Refused
from fourport.plan.tables import WEEK, Floats, Ints
from fourport.scenario.load import Loaded
from fourport.scenario.models.demand import ByStep
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.price_table import factor_rows, price_rows
from fourport.scenario.titles import by_language
from fourport.store import Run
from fourport.store.content import Part
from fourport.study.averages import Averaged, Averages
from fourport.study.keyed import Key
from fourport.study.parallel import Progress
from fourport.study.planning import SHEETS
from fourport.study.run import run_study
from fourport.study.statistics import FEW, Estimate, Estimates
from fourport.study.stored import write_scenario
from fourport.study.variant import Parts, Variant

ESTIMATES = (
    *("summary", "together", "groups", "costs", "stops", "lead-times"),
    *("legs", "emissions", "clearance-stages"),
)
"""Tables of means with intervals."""

INTERVALS = (
    "95 %: Student t over replications, of means and shares of all consignments by jackknife, of quantiles "
    f"by sectioning; where fewer than {FEW:.0f} consignments of a replication decide, exact bounds for the "
    "effective number of them"
)

LIBRARIES = ("numpy", "scipy", "simpy", "pyarrow", "matplotlib", "pydantic")


def write_study(
    run: Run,
    loaded: Mapping[str, Loaded],
    seed: int,
    replications: int,
    *,
    also: Collection[str] = (),
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Run all replications, write their tables, and return the manifest that completes the run.

    Parameters
    ----------
    loaded
        Scenarios by the names under which they are run.
    also, progress
        As in :func:`~fourport.study.run.run_study`.
    """
    began = time.monotonic()
    run.write_text("scenario.toml", text_of(loaded))
    write_scenario(run, loaded)
    parts = Parts()
    variants = {name: Variant.of(one.tree.values, one.scenario, parts) for name, one in loaded.items()}
    try:
        averages = run_study(
            run, variants, seed, replications, executor=executor, also=also, progress=progress
        )
    except Refused as refused:
        next(iter(loaded.values())).refuse(refused.problems)
        raise
    write_tables(run, {name: one.scenario.name for name, one in loaded.items()}, averages)
    write_places(run, {name: one.scenario for name, one in loaded.items()})
    write_prices(run, loaded)
    write_factors(run, loaded)
    return {**manifest(loaded, seed, replications), **finished(began)}


def finished(began: float | None = None) -> dict[str, str | float]:
    """Return the entries of a manifest with the time of completion and, since ``began``, the seconds."""
    entries: dict[str, str | float] = {"finished": datetime.now(UTC).isoformat(timespec="seconds")}
    return entries if began is None else {**entries, "seconds": round(time.monotonic() - began, 1)}


def write_tables(run: Run, scenario: str | Mapping[str, str], averages: Mapping[str, Averages]) -> None:
    """Write all tables of means over replications.

    Parameters
    ----------
    scenario
        Name of the scenario, by policy if there are several.
    """
    if isinstance(scenario, str):
        scenario = dict.fromkeys(averages, scenario)
    for name in ESTIMATES:
        run.write_table(name, _parts(scenario, averages, name.replace("-", "_")))
    for name, kind in SHEETS.items():
        sheets = ((policy, kind.columns(tables.sheets[name])) for policy, tables in averages.items())
        run.write_table(name, (_of_policy(scenario, *sheet) for sheet in sheets))


def write_places(run: Run, scenarios: Mapping[str, Scenario]) -> None:
    """Write ``places.csv``: all facilities under each policy, which may move or rename them."""
    rows = (
        (scenario.name, policy, name, at.title, at.kind, at.unlocode or "", at.latitude, at.longitude)
        for policy, scenario in scenarios.items()
        for name, at in scenario.facilities.items()
    )
    run.write_table("places", rows)


def write_prices(run: Run, loaded: Mapping[str, Loaded]) -> None:
    """Write ``prices.csv``: the prices by which each policy is charged."""
    every = [*loaded.values()]
    found = {policy: (one, price_rows(one, every[:k])) for k, (policy, one) in enumerate(loaded.items())}
    _write_once(run, "prices", found)


def write_factors(run: Run, loaded: Mapping[str, Loaded]) -> None:
    """Write ``emission-factors.csv``: the sources of the factors of ``emissions.csv``."""
    found = {policy: (one, factor_rows(one)) for policy, one in loaded.items()}
    _write_once(run, "emission-factors", found)


def _write_once(
    run: Run,
    name: str,
    tables: Mapping[str, tuple[Loaded, Iterator[tuple[str, ...]]]],
) -> None:
    """Write the rows of each policy, except rows equal to those of an earlier policy."""
    seen: set[tuple[str, ...]] = set()
    rows = []
    for policy, (one, found) in tables.items():
        for row in found:
            if row not in seen:
                rows.append((one.scenario.name, policy, *row))
            seen.add(row)
    run.write_table(name, rows)


def _parts(scenario: Mapping[str, str], averages: Mapping[str, Averages], name: str) -> Iterator[Part]:
    keys: Sequence[Key] = ()
    columns: list[tuple[Any, ...]] = []
    for policy, tables in averages.items():
        found: Averaged = getattr(tables, name)
        if found.keys != keys:  # nearly all policies have the same: then text is made of them once
            keys, columns = found.keys, [*zip(*found.keys, strict=True)]
        ends = limited_columns(found.estimates, columns[-1]) if columns else ()
        yield _of_policy(scenario, policy, [*columns, *ends])


def _of_policy(scenario: Mapping[str, str], policy: str, columns: Sequence[Sequence[Any]]) -> Part:
    """Return the rows of a policy, whose columns after scenario and policy are given; no columns, no rows."""
    n = len(columns[0]) if columns else 0
    return Part([[scenario[policy]] * n, [policy] * n, *columns] if n else [])


def limited_columns(found: Estimates, units: Sequence[str]) -> tuple[Floats, Floats, Floats, Ints]:
    """Return mean, low, high and n of estimates, each interval cut where its measure can have no value.

    That is below zero, and of a share above 100 %. Only lines that subtract have a negative mean; their
    intervals are not cut.
    """
    share = np.array([unit == "%" for unit in units])
    low = np.where((found.low < 0) & ~(found.mean < 0), 0.0, found.low)
    return found.mean, low, np.where(share & (found.high > 100), 100.0, found.high), found.n


def limited(found: Estimate, unit: str) -> Estimate:
    """Return an estimate with its interval cut as by :func:`limited_columns`."""
    mean, low, high, _ = (float(column[0]) for column in limited_columns(Estimates.of([found]), [unit]))
    return Estimate(mean, low, high, found.n)


def digest(text: str, *more: object) -> str:
    """Return a short hash of a scenario's text and the options of the run."""
    return sha256("\0".join([text, *map(str, more)]))[:12]


def text_of(loaded: Mapping[str, Loaded]) -> str:
    """Return the files of scenarios as they were read, each once."""
    return "\n".join(dict.fromkeys(one.text for one in loaded.values()))


def manifest(loaded: Mapping[str, Loaded], seed: int, replications: int) -> dict[str, Any]:
    """Return the manifest of a run; it does not depend on when or how fast the run was made.

    Parameters
    ----------
    loaded
        Scenarios by the names under which they are run.
    """
    scenario, *others = (one.scenario for one in loaded.values())
    alone = all(other.name == scenario.name for other in others)
    titles, differing = _titles(loaded)
    titles["policies"] = {name: by_language(_policy_title(one, alone=alone)) for name, one in loaded.items()}
    titles["scenarios"] = {one.name: by_language(one.title) for one in (scenario, *others)}
    several = {} if alone else {"scenarios": {one.name: str(one.title) for one in (scenario, *others)}}
    return {
        "fourport": __version__,
        "scenario": {"name": scenario.name, "title": str(scenario.title), "sha256": sha256(text_of(loaded))},
        "policies": {name: str(_policy_title(one, alone=alone)) for name, one in loaded.items()},
        "base": scenario.base,
        "seed": seed,
        "replications": replications,
        "weeks": scenario.run.window / WEEK,
        "reporting_currency": scenario.reporting_currency,
        "intervals": INTERVALS,
        "titles": titles,
        "routes": _ways(loaded.values()),
        **({"titles_by_policy": differing} if differing else {}),
        "engine": chosen(),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
        **several,
    }


def _policy_title(loaded: Loaded, *, alone: bool) -> str:
    """Return the title of a policy, or of a scenario that is run with others."""
    if loaded.policy is not None:
        return loaded.policies.get(loaded.policy, "")
    return "" if alone else loaded.scenario.title


Titles = dict[str, dict[str, str | dict[str, str]]]
"""Titles of lanes, routes, places and so on, by section and key, and by language where translated."""


def _titles(loaded: Mapping[str, Loaded]) -> tuple[Titles, dict[str, Titles]]:
    """Return each title as in the first policy that has it, and by policy the titles that differ."""
    titles: Titles = {}
    differing: dict[str, Titles] = {}
    for policy, one in loaded.items():
        for section, names in _titles_of(one.scenario).items():
            titles[section] = known = {**names, **titles.get(section, {})}
            if own := {key: title for key, title in names.items() if title != known[key]}:
                differing.setdefault(policy, {})[section] = own
    return titles, differing


def _ways(loaded: Iterable[Loaded]) -> dict[str, dict[str, object]]:
    """Return the lanes and the legs (from, to, mode, km) of each route, as in the first policy that has it.

    Charts tell by them which routes look alike, whatever was delivered. Of several services for a leg it is
    the one written first.
    """
    found: dict[str, dict[str, object]] = {}
    for scenario in (one.scenario for one in loaded):
        transport = {**scenario.services, **scenario.fleets, **scenario.trucking}
        for name, route in scenario.routes.items():
            legs = [transport[step.legs[0]] for step in route.steps if isinstance(step, ByStep)]
            lanes = [key for key, lane in scenario.lanes.items() if name in lane.routes]
            told = [(leg.origin, leg.destination, leg.mode, leg.distance) for leg in legs]
            found.setdefault(name, {"lanes": lanes, "legs": told})
    return found


def _titles_of(scenario: Scenario) -> Titles:
    found: dict[str, dict[str, str]] = {
        "lanes": {name: lane.title for name, lane in scenario.lanes.items()},
        "routes": {name: route.title for name, route in scenario.routes.items()},
        "places": {name: facility.title for name, facility in scenario.facilities.items()},
        "services": {name: service.title for name, service in scenario.services.items()},
        "resources": {
            f"{place}/{name}": resource.title
            for place, facility in scenario.facilities.items()
            for name, resource in facility.resources.items()
        },
        "tariffs": {name: tariff.title or name for name, tariff in scenario.tariffs.items()},
        "commodities": {name: goods.title for name, goods in scenario.commodities.items()},
        "trader_classes": {name: trader.title for name, trader in scenario.trader_classes.items()},
    }
    return {
        section: {key: by_language(title) for key, title in titles.items()}
        for section, titles in found.items()
    }


def sha256(text: str) -> str:
    """Return the hash of a text."""
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()
