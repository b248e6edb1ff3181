"""From weight and volume of goods to the sizes that engines and tariffs count in."""

from __future__ import annotations

import numpy as np

from fourport.plan.tables import Floats, Ints
from fourport.plan.timetables import UNITS_A_KG, UNITS_A_M3, UNITS_A_TEU
from fourport.scenario.models.run import ContainerLoad


def sizes(kg: Floats, m3: Floats, load: ContainerLoad | None) -> Ints:
    """Give the sizes of consignments, (n, 3) in g, litres and micro-TEU, each at least 1.

    Parameters
    ----------
    kg, m3
        (n,) weight and volume.
    load
        How much loose cargo fills a container; without it goods take no container.
    """
    teu = np.zeros(len(kg)) if load is None else np.maximum(kg / load.weight, m3 / load.volume)
    units = np.stack([kg * UNITS_A_KG, m3 * UNITS_A_M3, teu * UNITS_A_TEU], axis=1)
    rounded: Ints = np.maximum(np.rint(units), 1).astype(np.int64)
    return rounded
