"""Charging lines that are written as in a file."""

from __future__ import annotations

from typing import Any

import numpy as np

from fourport.ledger.quantities import Shipments
from fourport.ledger.tariff import PriceList, charges
from fourport.ledger.use import Visit
from fourport.plan.tables import HOUR, Ints
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.tariffs import Tariff
from tests.ledger.journey import journey

SCENARIO = Scenario.model_validate(journey())
"""Reports USD; 7 CNY/USD, 1.1 USD/EUR."""


def tariff(*lines: dict[str, Any], **more: Any) -> Tariff:
    """Give a tariff of lines, named by their place if they have no name."""
    named = [{"name": f"line {k}", "category": "transport"} | line for k, line in enumerate(lines)]
    return Tariff.model_validate({"title": "T", "lines": named} | more)


def goods(*sizes: tuple[float, float], teu: float = 1.0) -> Shipments:
    """Give consignments of so many (kg, m3)."""
    size = [(round(kg * 1e3), round(m3 * 1e6), round(teu * 1e6)) for kg, m3 in sizes]
    return Shipments.of(np.array(size, dtype=np.int64))


def priced(line: dict[str, Any], *sizes: tuple[float, float], **visit: Any) -> list[float]:
    """Charge one line to consignments of so many (kg, m3), in USD."""
    (amounts,) = charges(PriceList(tariff(line), SCENARIO), goods(*sizes), seen(len(sizes), **visit))
    return [float(amount) for amount in amounts]


def seen(n: int, *, hours: float = 0.0, at_us: int = 0, **more: Any) -> Visit:
    """Give a visit of n consignments that lay in store for some hours."""
    stored: Ints = np.full(n, round(hours * HOUR), dtype=np.int64)
    return Visit(
        np.full(n, at_us, dtype=np.int64), stored_us={"arrival": stored, "ready": stored // 2}, **more
    )
