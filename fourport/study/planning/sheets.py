"""Tables with the same rows in every replication, so that their numbers can be averaged as arrays."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np

from fourport.plan.tables import Floats
from fourport.study.replication import Replication


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

    keys: Sequence[tuple[Any, ...]]
    values: Floats


@dataclass(frozen=True)
class SheetModule:
    """A kind of table, and the module that measures it and turns it into rows."""

    module: str

    @property
    def measure(self) -> Callable[[Replication], Sheet]:
        """Function that measures one replication."""
        found: Callable[[Replication], Sheet] = import_module(self.module).measure
        return found

    @property
    def rows(self) -> Callable[[Sheet], Iterable[tuple[object, ...]]]:
        """Function that turns the mean over replications into rows, without scenario and policy."""
        found: Callable[[Sheet], Iterable[tuple[object, ...]]] = import_module(self.module).rows
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


def mean_of(sheets: Sequence[Sheet]) -> Sheet:
    """Return the mean over the replications that have a value."""
    stacked = np.stack([sheet.values for sheet in sheets])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a row without a value in any replication stays NaN
        return Sheet(sheets[0].keys, np.nanmean(stacked, axis=0))
