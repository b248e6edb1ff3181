"""Check the entries of a scenario against each other, which its models cannot do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fourport.errors import Key, Problem
from fourport.scenario.amounts import check_amounts
from fourport.scenario.dates import (
    EVER,
    Horizon,
    check_dates,
    check_demand,
    check_holiday_lists,
    check_run,
    horizon_of,
)
from fourport.scenario.emissions import check_emissions
from fourport.scenario.entries import Entries, parsed_run
from fourport.scenario.listing import Listing
from fourport.scenario.memory import check_memory
from fourport.scenario.needs import check_needs
from fourport.scenario.prices import check_prices
from fourport.scenario.references import check_references
from fourport.scenario.routes import check_routes
from fourport.scenario.tree import Node

UNCHECKED = ("title", "description", "policies", "levers", "policy_package")
"""Sections that no check uses except that of names."""
Checked = dict[tuple[Node, ...], list[Problem]]
"""Problems found between the entries, by the sections that were checked."""


def check(
    tree: Node, runs: Mapping[str, Node | None], checked: Checked, listing: Listing
) -> Iterator[Problem]:
    """Check the entries of a scenario against each other, even if some of them are not valid.

    Parameters
    ----------
    tree
        All files merged.
    runs
        The section ``run`` as of each file; dates of a file that is not among them may lie anywhere.
    checked
        Cache of problems found under other policies, since most policies change only the policy package.
    listing
        Says of which sections no more problems are needed.
    """
    yield from check_references(tree, listing)
    sections = tuple(node for name, node in tree.table().items() if name not in UNCHECKED)
    if sections not in checked:
        checked[sections] = list(_between(tree, runs))
    yield from checked[sections]


def _between(tree: Node, runs: Mapping[str, Node | None]) -> Iterator[Problem]:
    """Check entries against each other, except names."""
    entries = Entries(tree)
    final = horizon_of(entries.run)
    by_file = {file: horizon_of(parsed_run(run)) for file, run in runs.items()}

    def horizons(key: Key) -> list[Horizon]:
        if final is None:
            return []
        # A stored scenario does not say for which horizon its dates were written.
        own = by_file.get(tree.nearest(key).lines.file, EVER)
        return [final] if own is None or own == final else [own, final]

    yield from check_routes(entries)
    yield from check_amounts(entries)
    yield from check_needs(entries)
    yield from check_memory(entries)
    yield from check_run(entries)
    yield from check_dates(entries, horizons)
    yield from check_holiday_lists(entries)
    yield from check_demand(entries)
    yield from check_prices(entries, final)
    yield from check_emissions(entries)
