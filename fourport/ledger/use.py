"""The inputs of a tariff: the consignments charged, and what is known of the step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from fourport.ledger.quantities import Shipments
from fourport.plan.tables import Floats, Ints
from fourport.scenario.models.tariffs import Basis, Sharing
from fourport.scenario.models.tariffs.storage import Since
from fourport.scenario.units import Money, Price


@dataclass(frozen=True)
class Visit:
    """What happened to ``n`` consignments at one step; it does not depend on their size.

    Attributes
    ----------
    begin_us
        (n,) begin of the step, us UTC; ``NEVER`` for those that did not begin it. Empty if no price
        depends on it.
    km
        Length of the leg; 0 where the step is not transport.
    filings
        Declarations of a customs step; 0 elsewhere.
    zone
        Time zone of the place where the step begins, in which its dates are read.
    stored_us
        (n,) time in store until the end of the step (for transport until its begin), by the event from
        which it is counted; 0 for those that did not finish the step.
    stored_days
        (n,) days in store, for lines that count dates: by the event from which they are counted, and the
        calendar whose days count (None for every day).
    shared
        (n,) share of a price that one unit of the goods takes, by who shares it and the volumetric divisor:
        1 divided by what all of them have, such as what a departure carries; 0 for those that did not depart.
    """

    begin_us: Ints
    km: float = 0.0
    filings: int = 0
    zone: str = "UTC"
    stored_us: Mapping[Since, Ints] = field(default_factory=dict)
    stored_days: Mapping[tuple[Since, str | None], Ints] = field(default_factory=dict)
    shared: Mapping[tuple[Sharing, float], Floats] = field(default_factory=dict)

    def take(self, rows: Ints | slice) -> Visit:
        """Return the visit of some of the consignments; a slice does not copy."""
        stored = {since: time[rows] for since, time in self.stored_us.items()}
        days = {since: counted[rows] for since, counted in self.stored_days.items()}
        shared = {sharing: part[rows] for sharing, part in self.shared.items()}
        return Visit(self.begin_us[rows], self.km, self.filings, self.zone, stored, days, shared)

    @classmethod
    def joined(cls, visits: Sequence[Visit]) -> Visit:
        """Return visits as one, whose consignments follow each other; all hold the same kinds of data."""
        first = visits[0]
        if len(visits) == 1:
            return first

        def joined(kind: str) -> dict[Any, Any]:
            each = [getattr(visit, kind) for visit in visits]
            return {key: np.concatenate([one[key] for one in each]) for key in each[0]}

        begin_us = np.concatenate([visit.begin_us for visit in visits])
        stored_us, stored_days, shared = map(joined, ("stored_us", "stored_days", "shared"))
        return cls(begin_us, first.km, first.filings, first.zone, stored_us, stored_days, shared)


@dataclass(frozen=True)
class TariffUse:
    """One use of a tariff by ``n`` consignments.

    Attributes
    ----------
    shipments, visit
        The goods charged, and what happened to them.
    worth
        Value of one unit of the line's currency in the reporting currency.
    divisor
        cm3 that count as one kg.
    charged
        (n,) amounts of the earlier lines of the tariff, by name, in the reporting currency.
    """

    shipments: Shipments
    visit: Visit
    worth: float = 1.0
    divisor: float = 6000.0
    charged: Mapping[str, Floats] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.shipments)

    def at_rate(self, worth: float) -> TariffUse:
        """Return the use at another exchange rate."""
        return TariffUse(self.shipments, self.visit, worth, self.divisor, self.charged)

    def take(self, rows: Ints, worth: float) -> TariffUse:
        """Return the use by some of the consignments, at another exchange rate."""
        charged = {name: amounts[rows] for name, amounts in self.charged.items()}
        shipments, visit = self.shipments.take(rows), self.visit.take(rows)
        return TariffUse(shipments, visit, worth, self.divisor, charged)

    def quantity(self, basis: Basis) -> Floats:
        """Return the quantity that a price by this basis is multiplied by, (n,) in the unit of the price."""
        if basis == "tonne-km":
            return self.shipments.quantity("gross-weight", self.divisor) * (self.visit.km / 1e3)
        if basis == "distance":
            return np.full(len(self), self.visit.km)
        if basis == "filing":
            return np.full(len(self), float(self.visit.filings))
        return self.shipments.quantity(basis, self.divisor)

    def converted(self, amount: Money | Price) -> float:
        """Convert an amount of the line, or a price for one unit, to the reporting currency."""
        return amount.amount * self.worth

    def within(self, amounts: Floats, minimum: Money | None, maximum: Money | None = None) -> Floats:
        """Raise amounts to a minimum and cut them at a maximum, in place, if there are any."""
        if minimum is not None:
            np.maximum(amounts, self.converted(minimum), out=amounts)
        if maximum is not None:
            np.minimum(amounts, self.converted(maximum), out=amounts)
        return amounts
