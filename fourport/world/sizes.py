"""Convert weight and volume of goods to the sizes that engines and tariffs use."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from fourport.plan.tables import Floats, Ints
from fourport.plan.timetables import UNITS_A_KG, UNITS_A_M3, UNITS_A_TEU
from fourport.scenario.models.demand import Commodity
from fourport.scenario.models.run import ContainerLoad
from fourport.scenario.models.sizes import Per
from fourport.world.tables import Numbers


def sizes(kg: Floats, m3: Floats, load: ContainerLoad | None) -> Ints:
    """Return the sizes of consignments, (n, 3) in g, cm3 and micro-TEU, each at least 1.

    The share of containers follows from the weight and the volume as they are rounded here.

    Parameters
    ----------
    kg, m3
        (n,) weight and volume.
    load
        Amount of loose cargo that fills a container; None if goods take no container space.
    """
    g, cm3 = (np.maximum(np.rint(units), 1) for units in (kg * UNITS_A_KG, m3 * UNITS_A_M3))
    uteu = np.ones(len(kg))
    if load is not None:
        teu = np.maximum(g / (load.weight * UNITS_A_KG), cm3 / (load.volume * UNITS_A_M3))
        uteu = np.maximum(np.rint(teu * UNITS_A_TEU), 1)
    return np.stack([g, cm3, uteu], axis=1).astype(np.int64)


def parcels(weight_g: Ints, commodity: Numbers, commodities: Iterable[Commodity]) -> Ints:
    """Return the number of parcels in each consignment, (n,).

    It is the weight divided by the weight of a parcel, rounded, and at least 1.

    Parameters
    ----------
    weight_g, commodity
        (n,) gross weight, and index of the commodity.
    commodities
        All commodities, in the order of the index. A consignment of a commodity without parcels counts as
        one.
    """
    each = np.array([round((one.parcel or 0.0) * UNITS_A_KG) for one in commodities], dtype=np.int64)
    parcel_g = each[commodity]
    found = (2 * weight_g + parcel_g) // np.maximum(2 * parcel_g, 1)
    return np.where(parcel_g > 0, np.maximum(found, 1), 1)


def amounts(per: Per, size: Ints, held: Ints) -> Floats:
    """Return how many units of a kind each consignment has, (n,).

    Parameters
    ----------
    per
        Kind of unit.
    size, held
        (n, 3) in g, cm3 and micro-TEU, and (n,) parcels.
    """
    if per == "consignment":
        return np.ones(len(size))
    if per == "parcel":
        return held.astype(np.float64)
    column, unit = {"t": (0, 1000 * UNITS_A_KG), "m3": (1, UNITS_A_M3), "TEU": (2, UNITS_A_TEU)}[per]
    return size[:, column] / unit
