"""Margins of forwarders and agents."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from tests.ledger.journey import DENSE, LIGHT, Values, column, journey, run

GUIDE = (Path(__file__).parents[2] / "docs" / "tariffs.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```toml\n(\[air\][^`]*)```.*?\n\| line [^\n]*\n\|[-|]+\|\n((?:\|[^\n]*\n)+)", re.S)
MARGIN = {"kind": "margin", "category": "handling"}


def with_margins(**tariffs: list[Values]) -> Values:
    """Give the journey with lines added to its tariffs."""
    values = journey()
    for name, lines in tariffs.items():
        values["tariffs"][name]["lines"] += lines
    return values


def test_the_guide() -> None:
    """Tests the invoice of the guide, of 50 kg that count as 80 kg."""
    ((block, table),) = EXAMPLE.findall(GUIDE)
    values = journey()
    values["tariffs"] |= tomllib.loads(block)
    case = run(values)
    (route,) = case.invoice().routes
    i = int(np.flatnonzero((case.world.commodity == LIGHT) & case.finished("van"))[0])
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()]
    assert len(rows) == 5
    assert [column(route, line)[i] for line, *_ in rows] == pytest.approx(
        [float(amount) for _, amount, _ in rows], abs=0.005
    )


def test_order_by_hand() -> None:
    """Tests a forwarder, charged at the first step, on transport of the route and on an agent at the end."""
    forwarder = MARGIN | {"name": "forwarder", "share": "10 %", "categories": ["transport"]}
    on_agent = MARGIN | {"name": "on the agent", "share": "50 %", "lines": ["agent"]}
    agent = MARGIN | {"name": "agent", "share": "20 %", "tariffs": ["breakdown"], "minimum": "14 CNY"}
    case = run(with_margins(haulage=[forwarder, on_agent], delivery=[agent]))
    (route,) = case.invoice().routes
    found = {}
    for goods in (LIGHT, DENSE):
        i = int(np.flatnonzero((case.world.commodity == goods) & case.finished("van"))[0])
        found[goods] = [column(route, name)[i] for name in ("forwarder", "agent", "on the agent")]
    # Haulage 20, air freight 250, delivery 10; terminal 9.60, of which 20 % are less than 2 USD.
    assert found[LIGHT] == pytest.approx([28.0, 2.0, 1.0])
    assert found[DENSE] == pytest.approx([0.1 * (30.02 + 901.5 + 60.04), 4.0, 2.0])
    not_arrived = case.finished("haul") & ~case.finished("van")
    assert (column(route, "agent")[not_arrived] == 0).all()
    assert (column(route, "forwarder")[not_arrived] > 0).all()


def test_freight_is_where_it_is_named() -> None:
    """Tests that the same margin is freight if a step between the hubs names it, and not otherwise."""
    margin = MARGIN | {"name": "margin", "share": "10 %", "lines": ["air freight"]}
    plain = run(journey()).invoice()
    for tariff, share in (("air", 0.1), ("haulage", 0.0)):
        case = run(with_margins(**{tariff: [margin]}))
        invoices, (route,) = case.invoice(), case.invoice().routes
        more = invoices.freight_cost - plain.freight_cost
        assert more == pytest.approx(share * column(route, "air freight"))
        assert invoices.logistics_cost - plain.logistics_cost == pytest.approx(column(route, "margin"))


def test_by_date_and_without_time() -> None:
    """Tests a margin that ends on a day, on everything: neither on itself nor on the cost of time."""
    every = ["transport", "handling", "customs", "storage", "insurance", "duty"]
    margin = MARGIN | {"name": "margin", "share": "10 %", "categories": every, "otherwise": "nothing"}
    case = run(with_margins(delivery=[margin | {"valid_to": "2019-01-20"}]))
    (route,) = case.invoice().routes
    others = route.total(k for k, line in enumerate(route.lines) if line.name not in ("margin", "inventory"))
    end = np.datetime64("2019-01-21").astype("datetime64[us]").astype(np.int64)
    keys = [info.key for info in case.corridor.steps]
    begin = case.milestones.begin_us[case.world.first_event_row[:-1] + keys.index("van")]
    charged = case.finished("van") & (begin < end)
    assert 0.2 < charged.mean() < 0.9
    assert column(route, "margin") == pytest.approx(np.where(charged, 0.1 * others, 0.0))


def test_nothing_to_be_on() -> None:
    """Tests that a margin on nothing is refused."""
    with pytest.raises(ValueError, match="a margin is on nothing; allowed: at least one of lines, tariffs"):
        run(with_margins(air=[MARGIN | {"name": "m", "share": "10 %"}]))
