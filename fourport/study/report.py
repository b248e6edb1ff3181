"""What a study writes beside the rows of its replications: manifest, summary, costs, stops."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from fourport import __version__
from fourport.plan.tables import WEEK
from fourport.scenario.factor_table import FACTOR_COLUMNS, factor_rows
from fourport.scenario.load import Loaded
from fourport.scenario.models import Scenario
from fourport.scenario.price_table import COLUMNS, price_rows
from fourport.store import Run
from fourport.store.headers import (
    CLEARANCE_STAGES_HEADER,
    COSTS_HEADER,
    EMISSIONS_HEADER,
    LEAD_TIMES_HEADER,
    LEGS_HEADER,
    PLACES_HEADER,
    STOPS_HEADER,
    SUMMARY_HEADER,
)
from fourport.study.planning import SHEETS
from fourport.study.run import Averages
from fourport.study.statistics import Estimate

ESTIMATES = {
    "summary": SUMMARY_HEADER,
    "costs": COSTS_HEADER,
    "stops": STOPS_HEADER,
    "lead-times": LEAD_TIMES_HEADER,
    "legs": LEGS_HEADER,
    "emissions": EMISSIONS_HEADER,
    "clearance-stages": CLEARANCE_STAGES_HEADER,
}
"""Headers of the tables that hold means with intervals, by file."""

LIBRARIES = ("numpy", "scipy", "simpy", "pyarrow", "matplotlib", "pydantic")


def write_tables(run: Run, scenario: str | Mapping[str, str], averages: Mapping[str, Averages]) -> None:
    """Write all tables that are means over replications.

    Parameters
    ----------
    scenario
        Name of the scenario, by policy where there are several.
    """
    if isinstance(scenario, str):
        scenario = dict.fromkeys(averages, scenario)
    for name, header in ESTIMATES.items():
        run.write_table(f"{name}.csv", header, _rows(scenario, averages, name.replace("-", "_")))
    for name, kind in SHEETS.items():
        rows = (
            (scenario[policy], policy, *row)
            for policy, tables in averages.items()
            for row in kind.rows(tables.sheets[name])
        )
        run.write_table(f"{name}.csv", kind.header, rows)


def write_places(run: Run, scenarios: Iterable[Scenario]) -> None:
    """Write ``places.csv``: the facilities of the scenario under all policies, as the first has them."""
    found: dict[str, tuple[object, ...]] = {}
    for scenario in scenarios:
        for name, place in scenario.facilities.items():
            about = (place.title, place.kind, place.unlocode or "", place.latitude, place.longitude)
            found.setdefault(name, (scenario.name, name, *about))
    run.write_table("places.csv", PLACES_HEADER, found.values())


def write_prices(run: Run, loaded: Mapping[str, Loaded]) -> None:
    """Write ``prices.csv``: what each policy is billed by."""
    _write_once(
        run, "prices.csv", COLUMNS, {policy: (one, price_rows(one)) for policy, one in loaded.items()}
    )


def write_factors(run: Run, loaded: Mapping[str, Loaded]) -> None:
    """Write ``emission-factors.csv``: where the factors of ``emissions.csv`` come from."""
    found = {policy: (one, factor_rows(one)) for policy, one in loaded.items()}
    _write_once(run, "emission-factors.csv", FACTOR_COLUMNS, found)


def _write_once(
    run: Run,
    name: str,
    columns: Sequence[str],
    tables: Mapping[str, tuple[Loaded, Iterator[tuple[str, ...]]]],
) -> None:
    """Write the rows of each policy, but for those that one before it has, too."""
    seen: set[tuple[str, ...]] = set()
    rows = []
    for policy, (one, found) in tables.items():
        for row in found:
            if row not in seen:
                rows.append((one.scenario.name, policy, *row))
            seen.add(row)
    run.write_table(name, ("scenario", "policy", *columns), rows)


def _rows(
    scenario: Mapping[str, str], averages: Mapping[str, Averages], name: str
) -> Iterator[tuple[object, ...]]:
    for policy, tables in averages.items():
        estimates: dict[tuple[Any, ...], Estimate] = getattr(tables, name)
        for key, found in estimates.items():
            # What is measured cannot be negative, nor a share above 100 %: an interval that goes
            # further says nothing more.
            low, high = max(found.low, 0.0), found.high
            if key[-1] == "%":
                high = min(high, 100.0)
            yield scenario[policy], policy, *key, found.mean, low, high, found.n


def digest(text: str, *more: object) -> str:
    """Give a short hash of a scenario's text and what it is run with."""
    return hashlib.sha256("\0".join([text, *map(str, more)]).encode()).hexdigest()[:12]


def manifest(
    scenario: Scenario, text: str, policies: Mapping[str, str], seed: int, replications: int
) -> dict[str, Any]:
    """Give what a run was: nothing in it depends on when or how fast it was run.

    Parameters
    ----------
    text
        The scenario's files as they were read.
    policies
        Title of each policy that is run, by name.
    """
    return {
        "fourport": __version__,
        "scenario": {"name": scenario.name, "title": scenario.title, "sha256": _sha256(text)},
        "policies": dict(policies),
        "base": scenario.base,
        "seed": seed,
        "replications": replications,
        "weeks": scenario.run.window / WEEK,
        "reporting_currency": scenario.reporting_currency,
        "intervals": "95 % Student t over replications",
        "titles": {
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
        },
        "versions": {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}},
    }


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
