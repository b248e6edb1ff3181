"""The quantities that prices are multiplied by: weight, chargeable weight, volume, containers.

Sizes come as integers (g, cm3, micro-TEU) and stay integers until all rounding is done, so that no
floating-point error can lift a weight over a step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np

from fourport.plan.tables import Floats, Ints
from fourport.plan.timetables import UNITS_A_KG, UNITS_A_M3, UNITS_A_TEU
from fourport.scenario.models.tariffs import Basis

STEPS_A_KG = 2
"""The chargeable weight is counted in steps of 0.5 kg."""
FINEST_DIVISOR = 1_000_000
"""Largest denominator of a volumetric divisor: six decimals."""


@dataclass(frozen=True)
class Shipments:
    """Sizes and values of ``n`` consignments; a vector for each property.

    Attributes
    ----------
    weight_g
        (n,) gross weight, g.
    volume_cm3
        (n,) volume, cm3.
    containers_uteu
        (n,) share of containers, micro-TEU.
    parcels
        (n,) number of parcels.
    value
        (n,) value of the goods, reporting currency; NaN if not known.
    """

    weight_g: Ints
    volume_cm3: Ints
    containers_uteu: Ints
    parcels: Ints
    value: Floats
    _quantities: dict[tuple[Basis, float], Floats] = field(default_factory=dict, init=False, repr=False)
    _some_of: tuple[Shipments, Callable[[Any], Any]] | None = field(default=None, init=False, repr=False)

    @classmethod
    def of(cls, size: Ints, parcels: Ints | None = None, value: Floats | None = None) -> Shipments:
        """Create shipments from sizes of a world.

        Parameters
        ----------
        size
            (n, 3) in g, cm3 and micro-TEU.
        parcels
            (n,) number of parcels; one each by default.
        value
            (n,) value of the goods; not known by default.
        """
        held = np.ones(len(size), dtype=np.int64) if parcels is None else parcels
        weight_g, volume_cm3, containers_uteu = np.ascontiguousarray(size.T)
        worth = np.full(len(size), np.nan) if value is None else value
        return cls(weight_g, volume_cm3, containers_uteu, held, worth)

    def take(self, rows: Ints) -> Shipments:
        """Return some of the consignments, with the quantities that they have among all."""
        return self._some(lambda values: values[rows])

    def joined(self, parts: Sequence[slice]) -> Shipments:
        """Return some of the consignments, part after part, with the quantities that they have among all.

        Parts that follow each other are one, which is not copied.
        """
        parts = _in_one(parts)
        if len(parts) == 1:
            return self._some(lambda values: values[parts[0]])
        return self._some(lambda values: np.concatenate([values[part] for part in parts]))

    def _some(self, some: Callable[[Any], Any]) -> Shipments:
        columns = self.weight_g, self.volume_cm3, self.containers_uteu, self.parcels, self.value
        found = Shipments(*map(some, columns))
        object.__setattr__(found, "_some_of", (self, some))  # not a copy of it with other sizes
        return found

    def __len__(self) -> int:
        return len(self.weight_g)

    def quantity(self, basis: Basis, divisor: float) -> Floats:
        """Return the quantity of a basis of :data:`QUANTITIES`, (n,); nobody may change it.

        It is computed once for all lines of all tariffs that the goods are charged.
        """
        if (basis, divisor) not in self._quantities:
            if self._some_of is None:
                found = QUANTITIES[basis](self, divisor)
            else:
                whole, some = self._some_of
                found = some(whole.quantity(basis, divisor))
            found.flags.writeable = False
            self._quantities[basis, divisor] = found
        return self._quantities[basis, divisor]


def _in_one(parts: Sequence[slice]) -> Sequence[slice]:
    """Return parts that follow each other as one, which need not be copied."""
    found = [parts[0]]
    for part in parts[1:]:
        if part.start == found[-1].stop:
            found[-1] = slice(found[-1].start, part.stop)
        else:
            found.append(part)
    return found


def gross_weight(shipments: Shipments) -> Floats:
    """Return the weight on the scales, (n,) kg."""
    return shipments.weight_g / UNITS_A_KG


def chargeable_weight(shipments: Shipments, divisor: float) -> Floats:
    """Return the chargeable weight of air freight, (n,) kg.

    max(gross, cm3 / divisor), rounded up to the next 0.5 kg (IATA TACT rules): 50 kg in 100 x 80 x 60 cm have
    a chargeable weight of 80 kg.

    Parameters
    ----------
    shipments
        Sizes.
    divisor
        cm3 that count as one kg, to six decimals.

    Raises
    ------
    ValueError
        If the divisor is not positive within its six decimals.
    """
    exact = (
        Fraction(int(divisor))
        if divisor == int(divisor)
        else Fraction(str(divisor)).limit_denominator(FINEST_DIVISOR)
    )
    if exact <= 0:
        raise ValueError(f"the volumetric divisor {divisor} must be at least {1 / FINEST_DIVISOR:g}")
    by_weight = rounded_up(shipments.weight_g * STEPS_A_KG, UNITS_A_KG)
    by_volume = rounded_up(shipments.volume_cm3 * (STEPS_A_KG * exact.denominator), exact.numerator)
    return np.maximum(by_weight, by_volume) / STEPS_A_KG


def volume(shipments: Shipments) -> Floats:
    """Return the volume, (n,) m3."""
    return shipments.volume_cm3 / UNITS_A_M3


def weight_or_measure(shipments: Shipments) -> Floats:
    """Return the revenue tons of sea freight, (n,) m3, where 1 t counts as 1 m3: max(m3, t)."""
    # A cm3 counts as a gram here.
    return np.maximum(shipments.weight_g, shipments.volume_cm3) / UNITS_A_M3


def containers(shipments: Shipments) -> Floats:
    """Return the share of containers, (n,) TEU."""
    return shipments.containers_uteu / UNITS_A_TEU


def consignments(shipments: Shipments) -> Floats:
    """Return 1 for each consignment, (n,)."""
    return np.ones(len(shipments))


QUANTITIES: Mapping[Basis, Callable[[Shipments, float], Floats]] = {
    "gross-weight": lambda shipments, _: gross_weight(shipments),
    "chargeable-weight": chargeable_weight,
    "volume": lambda shipments, _: volume(shipments),
    "weight-or-measure": lambda shipments, _: weight_or_measure(shipments),
    "containers": lambda shipments, _: containers(shipments),
    "consignment": lambda shipments, _: consignments(shipments),
    "parcel": lambda shipments, _: shipments.parcels.astype(np.float64),
}
"""Functions that compute the quantity of each basis that depends on the goods alone.

Each takes the sizes and the volumetric divisor and returns the quantity in the unit of the price."""


def rounded_up(numerator: Ints, denominator: int) -> Ints:
    """Divide integers and round up."""
    return -(-numerator // denominator)


def parts_needed(shipments: Shipments, weight: float, volume_m3: float) -> tuple[Floats, Ints]:
    """Return how many vehicles or units of one size the goods fill, (n,) in parts and (n,) in whole ones.

    Parameters
    ----------
    shipments
        Sizes.
    weight, volume_m3
        Capacity of one vehicle or unit, kg and m3; rounded to whole grams and cm3 like the goods.
    """
    grams, cm3 = max(round(weight * UNITS_A_KG), 1), max(round(volume_m3 * UNITS_A_M3), 1)
    part = np.maximum(shipments.weight_g / grams, shipments.volume_cm3 / cm3)
    whole = np.maximum(rounded_up(shipments.weight_g, grams), rounded_up(shipments.volume_cm3, cm3))
    return part, whole
