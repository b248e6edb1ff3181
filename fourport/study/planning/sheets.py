"""Tables with the same rows in every replication, so that their numbers can be averaged as arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.keyed import Keys
from fourport.world.tables import Flags

if TYPE_CHECKING:
    from fourport.study.replication import Replication  # which imports this package


@dataclass(frozen=True)
class Sheet:
    """The numbers of one replication.

    Attributes
    ----------
    keys
        Identity of each row; equal in all replications of a policy.
    values
        (rows, columns); NaN where a replication has no value.
    """

    keys: Keys
    values: Floats

    def where(self, rows: Flags) -> tuple[list[tuple[Any, ...]], Floats]:
        """Return the keys of some rows by column, and their values by column, (columns, rows)."""
        return [*zip(*compress(self.keys, rows.tolist()), strict=True)], self.values[rows].T


@dataclass(frozen=True)
class SheetModule:
    """A kind of table, and the module that measures it and turns it into columns."""

    module: str

    @property
    def measure(self) -> Callable[[Replication], Sheet]:
        """Function that measures one replication."""
        found: Callable[[Replication], Sheet] = import_module(self.module).measure
        return found

    @property
    def columns(self) -> Callable[[Sheet], Sequence[Sequence[Any]]]:
        """Function that turns the mean over replications into columns, without scenario and policy."""
        found: Callable[[Sheet], Sequence[Sequence[Any]]] = import_module(self.module).columns
        return found


SHEETS: Mapping[str, SheetModule] = {
    "departures": SheetModule("fourport.study.planning.departures"),
    "arrivals": SheetModule("fourport.study.planning.arrivals"),
    "hub-arrivals": SheetModule("fourport.study.planning.hub_arrivals"),
    "resources": SheetModule("fourport.study.planning.resources"),
}
"""Tables by name."""


def sheets_of(replication: Replication) -> dict[str, Sheet]:
    """Measure all sheets of one replication."""
    return {name: kind.measure(replication) for name, kind in SHEETS.items()}


class MeanSheet:
    """Adds up the sheets of replications, in order, so that memory does not grow with their number.

    Parameters
    ----------
    first
        The first sheet.
    """

    def __init__(self, first: Sheet) -> None:
        self._keys = first.keys
        self._sums = np.zeros(first.values.shape)
        self._counts = np.zeros(first.values.shape)
        self.add(first.values)

    def add(self, values: Floats) -> None:
        """Add the values of the sheet of a replication."""
        known = ~np.isnan(values)
        self._sums += np.where(known, values, 0.0)
        self._counts += known

    def mean(self) -> Sheet:
        """Return the mean over the replications that have a value; NaN where none has."""
        with np.errstate(invalid="ignore"):
            return Sheet(self._keys, self._sums / self._counts)


def ratio(above: Floats, below: Floats) -> Floats:
    """Return ratios, NaN where the denominator is zero."""
    found = np.full(len(below), np.nan)
    np.divide(above, below, out=found, where=below != 0)
    return found
