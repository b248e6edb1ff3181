"""The price of a whole departure, shared by what is aboard."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fourport.ledger.quantities import Shipments, chargeable_weight
from tests.ledger.journey import Ran, Values, journey, run

PRICE = 1000.0


def charter(basis: str = "chargeable-weight", **more: Any) -> Values:
    """Give the journey with a flight that is paid as a whole, in EUR."""
    values = journey()
    line = {"name": "charter", "kind": "departure", "category": "transport", "basis": basis}
    values["tariffs"]["air"]["lines"] = [line | {"price": f"{PRICE} EUR/departure"}]
    values["services"]["flight"] |= more
    return values


def shares(ran: Ran) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Give the departure that took each consignment (-1 none) and what it pays of it, in EUR."""
    (invoices,) = ran.invoice().routes
    (column,) = [k for k, line in enumerate(invoices.lines) if line.name == "charter"]
    step = [info.key for info in ran.corridor.steps].index("flight")
    return ran.milestones.departure_index[ran.world.first_event_row[:-1] + step], invoices.amounts[
        :, column
    ] / 1.1


def test_by_hand() -> None:
    """Tests that each departure is paid once, by the chargeable weight of all that it carries.

    A light consignment is charged as 80 kg, a dense one as 300.5 kg. What leaves so late that it does not
    arrive any more is aboard, too, and pays nothing, as for any step that is not finished.
    """
    ran = run(charter())
    departure, paid = shares(ran)
    weight = chargeable_weight(Shipments.of(ran.world.size), 6000.0)
    assert set(weight) == {80.0, 300.5}
    flown = np.unique(departure[ran.finished("flight")])
    assert len(flown) > 8
    for d in flown.tolist():
        aboard = departure == d
        assert paid[aboard].sum() == pytest.approx(PRICE)
        assert paid[aboard] == pytest.approx(PRICE * weight[aboard] / weight[aboard].sum())
    assert (paid[~ran.finished("flight")] == 0).all()


def test_parts_share_their_departures() -> None:
    """Tests flights of 250 kg: what weighs 300.2 kg goes in parts, and pays its part of each departure.

    Worked out from the list of parts: a flight is paid once by all that it carries, a part as that part of
    the chargeable weight.
    """
    ran = run(charter(capacity={"weight": "250 kg"}, too_large="split"))
    departure, paid = shares(ran)
    weight = chargeable_weight(Shipments.of(ran.world.size), 6000.0)
    step = [info.key for info in ran.corridor.steps].index("flight")
    rows = (ran.world.first_event_row[:-1] + step).tolist()
    parts: dict[int, list[tuple[int, float]]] = {}
    of = ran.milestones.parts
    for row, d, part in zip(
        of.row.tolist(), of.departure_index.tolist(), of.thousandths.tolist(), strict=True
    ):
        parts.setdefault(rows.index(row), []).append((d, part / 1000))
    assert len(parts) > 5
    loads = [(i, d, part) for i, mine in parts.items() for d, part in mine]
    loads += [(i, int(d), 1.0) for i, d in enumerate(departure) if d >= 0 and i not in parts]
    aboard = np.zeros(max(d for _, d, _ in loads) + 1)
    for i, d, part in loads:
        aboard[d] += part * weight[i]
    wanted = np.zeros(len(paid))
    for i, d, part in loads:
        wanted[i] += PRICE * part * weight[i] / aboard[d]
    done = ran.finished("flight")
    assert set(parts) & set(np.flatnonzero(done).tolist())
    assert paid == pytest.approx(np.where(done, wanted, 0.0))


def test_a_fuller_flight_is_cheaper() -> None:
    """Tests that the freight of a kg falls by a third, at least, as half as many flights carry more each."""
    room = {"weight": "20 t"}
    seldom_days = [{"days": ["Mon", "Fri"], "departs": "20:00", "duration": "11 h"}]
    often, seldom = run(charter(capacity=room)), run(charter(capacity=room, timetable=seldom_days))
    per_kg = []
    for ran in (often, seldom):
        departure, paid = shares(ran)
        per_kg.append(paid.sum() / ran.world.size[departure >= 0, 0].sum())
    assert per_kg[1] < 0.7 * per_kg[0]


def test_by_consignment() -> None:
    """Tests another basis: everybody aboard pays the same."""
    ran = run(charter("consignment"))
    departure, paid = shares(ran)
    for d in np.unique(departure[ran.finished("flight")]).tolist():
        aboard = departure == d
        assert paid[aboard] == pytest.approx(PRICE / aboard.sum())
