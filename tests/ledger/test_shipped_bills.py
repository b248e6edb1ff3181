"""The three invoices of the guide, worked out by hand, are those of the shipped scenarios."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from fourport.engine import Milestones
from fourport.ledger import Ledger
from fourport.ledger.departures import Shared
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.tables import DAY, NEVER, Floats, Ints
from fourport.scenario.load import load
from fourport.trace import Trace
from fourport.world.sizes import sizes
from fourport.world.tables import NO_DEPARTURES, NO_DRIVES, World

GUIDE = (Path(__file__).parents[2] / "docs" / "tariffs.md").read_text(encoding="utf-8")
INVOICE = re.compile(
    r"\*\*`(?P<route>[^`]*)` of `(?P<scenario>[^`]*)`\*\*: (?P<kg>[\d,]+) kg in (?P<m3>[\d.]+) m3, worth "
    r"(?P<value>[\d,]+) USD,\s+(?P<days>\d+) days.*?\n\n\| line [^\n]*\n\|[-|]+\|\n(?P<rows>(?:\|[^\n]*\n)+)",
    re.S,
)
ON_THE_BILL = {"containers": 4.0, "chargeable-weight": 4000.0}
"""What each master bill carries, and the block for each unit that is not used, in TEU or kg."""


class Carried(dict[Shared, Floats]):
    """Carries the same for every price that is shared by one basis."""

    def __missing__(self, key: Shared) -> Floats:
        return np.array([ON_THE_BILL[key.sharing.basis]])


def journey_of(corridor: Corridor, route: int, kg: float, m3: float, value: float, days: float) -> Trace:
    """Give the journey of one consignment that no office selects and that lies nowhere longer than is free.

    All of its time passes on the legs. Of several services for a leg it takes the first.
    """
    plan = corridor.plan
    steps = list(plan.route_steps(route))
    done = [s for s in steps if plan.step_condition[s] < 0 and plan.step_choice[s] in (-1, s)]
    legs = [s for s in plan.main_steps(route) if corridor.steps[s].mode and s in done]
    now = plan.start_us + 40 * DAY
    entry, begin, end = now, np.full(len(steps), NEVER), np.full(len(steps), NEVER)
    for row, s in enumerate(steps):
        if s not in done:
            continue
        begin[row] = now
        now += round(days * DAY / len(legs)) if s in legs else 0
        end[row] = now
    zero: Ints = np.zeros(1, dtype=np.int64)
    world = World(
        entry_us=np.array([entry]),
        lane=zero,
        route=zero + route,
        trader_class=zero,
        commodity=zero,
        credit=zero - 1,
        size=sizes(np.array([kg]), np.array([m3]), corridor.scenario.container_load),
        value=np.array([value]),
        non_compliant=np.zeros(1, dtype=np.bool_),
        risk=tuple(np.ones((len(plan.names.draws), 1))),
        first_event_row=np.array([0, len(steps)]),
        duration_us=np.zeros(len(steps), dtype=np.int64),
        departures=NO_DEPARTURES,
        drives=NO_DRIVES,
    )
    taken = np.where([plan.step_condition[s] < 0 for s in steps], 0, -1).astype(np.int32)
    return Trace.of(plan, world, Milestones(np.stack([begin, end], axis=1), taken, ()))


@pytest.mark.parametrize("written", list(INVOICE.finditer(GUIDE)), ids=lambda found: found["route"])
def test_invoice_of_a_shipped_scenario(written: re.Match[str]) -> None:
    """Tests each line of an invoice of the guide, and that no line is left out."""
    corridor = compile_corridor(load(written["scenario"]).scenario)
    route = corridor.plan.names.routes.index(written["route"])
    kg, m3, value, days = (float(written[name].replace(",", "")) for name in ("kg", "m3", "value", "days"))
    trace = journey_of(corridor, route, kg, m3, value, days)
    found = Ledger(corridor, trace, Carried()).route(route, trace.world.size, trace.world.value)
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in written["rows"].splitlines()]
    paid = [
        (line.name, float(amount))
        for line, amount in zip(found.lines, found.amounts[0], strict=True)
        if amount
    ]
    totals = {
        "freight cost": float(found.freight()[0]),
        "logistics cost": float(found.logistics()[0]),
        "charges on value": float(found.total(k for k, line in enumerate(found.lines) if line.on_value)[0]),
    }
    lines = [(name, float(amount)) for name, amount, _ in rows if name not in totals]
    assert [name for name, _ in lines] == [name for name, _ in paid]
    assert [amount for _, amount in lines] == pytest.approx([amount for _, amount in paid], abs=0.005)
    told = {name: float(amount) for name, amount, _ in rows if name in totals}
    assert told == pytest.approx({name: totals[name] for name in told}, abs=0.005)
    assert {"freight cost", "logistics cost"} <= {*told}


def test_there_are_three() -> None:
    """Tests that the guide has an invoice by sea and air, one by air alone and one of imports."""
    assert len(list(INVOICE.finditer(GUIDE))) == 3
