"""The clerk's guide: every invoice in it is what the program charges."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from fourport.ledger.lines import time_lines
from fourport.ledger.quantities import Shipments
from fourport.ledger.route_consignments import RouteConsignments
from fourport.ledger.tariff import PriceList, charges
from fourport.ledger.time import time_costs
from fourport.ledger.use import Visit
from fourport.plan.tables import DAY, HOUR
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.models.tariffs import LINES, Sharing, Tariff
from tests.ledger.journey import journey
from tests.ledger.prices import SCENARIO

CHARTER = Sharing("chargeable-weight", "departure")
MASTER_BILL = Sharing("chargeable-weight", "lane-and-route")
DEAD_FREIGHT = Sharing("chargeable-weight", "block", "last", 0.8, 3 * DAY, 0.5)
GUIDE = (Path(__file__).parents[2] / "docs" / "tariffs.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```toml\n([^`]*)```\n\n\| goods [^\n]*\n\|[-|]+\|\n((?:\|[^\n]*\n)+)", re.S)


def invoices() -> list[tuple[str, str, str, float]]:
    """Give (tariff as written, goods, line, amount) of each row of each example."""
    found = []
    for block, table in EXAMPLE.findall(GUIDE):
        for row in table.splitlines():
            goods, line, amount, _ = (cell.strip() for cell in row.strip("|").split("|"))
            found.append((block, goods, line, float(amount)))
    return found


def used(goods: str) -> tuple[Shipments, Visit]:
    """Read goods as the guide writes them: "50 kg, 0.48 m3, 2300 km, on 2020-04-12"."""
    parts: dict[str, str] = {}
    for part in goods.split(", "):
        amount, _, unit = part.partition(" ")
        parts[unit] = amount
    day = re.search(r"on (\d\S+)", goods)
    at = (
        datetime.fromisoformat(day[1]).replace(tzinfo=UTC, hour=12)
        if day
        else datetime(2020, 1, 1, tzinfo=UTC)
    )
    size = [float(parts[unit]) * factor for unit, factor in (("kg", 1e3), ("m3", 1e6))]
    size.append(float(parts.get("TEU", 1)) * 1e6)
    stored = np.array([float(parts.get("h in store", 0)) * HOUR]).astype(np.int64)
    visit = Visit(
        np.array([round(at.timestamp() * 1e6)]),
        km=float(parts.get("km", 0)),
        filings=int(parts.get("filings", 0)),
        stored_us={"arrival": stored, "ready": stored},
        shared={
            (sharing, 6000.0): 1 / np.array([float(parts.get(said, 1))])
            for sharing, said in ((CHARTER, "kg aboard"), (MASTER_BILL, "kg on the bill"))
        },
    )
    if "kg unused" in parts:
        for_each_kg = float(parts["kg unused"]) / float(parts["kg in the week"])
        shared = {(DEAD_FREIGHT, 6000.0): np.array([for_each_kg])}
        visit = replace(visit, shared={**visit.shared, **shared})
    held = np.array([int(parts.get("parcels", 1))])
    worth = np.array([float(parts.get("USD", "nan"))])
    return Shipments.of(np.rint([size]).astype(np.int64), held, worth), visit


def test_there_are_examples_of_every_kind() -> None:
    """Tests that no kind of line is without an example; that of margins is in ``test_margins.py``."""
    kinds = set(re.findall(r'kind = "(.*?)"', "".join(block for block, *_ in invoices())))
    assert kinds == LINES.keys() - {"basis", "margin"}
    assert len(invoices()) > 30


def test_the_invoice_of_time() -> None:
    """Tests what the guide says of time: deliveries after 4.5, 6 and 7.5 days, the invoice of the second."""
    ((block, table),) = re.findall(
        r"```toml\n(\[value_of_time\].*?)```.*?\n\| line \|[^\n]*\n\|[-|]+\|\n((?:\|[^\n]*\n)+)", GUIDE, re.S
    )
    rows = [[cell.strip() for cell in row.strip("|").split("|")] for row in table.splitlines()]
    scenario = Scenario.model_validate(journey() | tomllib.loads(block))
    assert [line for line, *_ in rows] == list(time_lines(scenario.value_of_time))
    deliveries = RouteConsignments.__new__(RouteConsignments)
    deliveries.days = np.array([4.5, 6.0, 7.5])
    deliveries.delivered = np.ones(3, dtype=np.bool_)
    deliveries.lane, deliveries.credit = np.zeros(3, dtype=np.int64), np.full(3, -1)
    amounts = [float(amount[1]) for amount in time_costs(scenario, deliveries, np.full(3, 5000.0))]
    assert amounts == pytest.approx([float(amount) for _, amount, _ in rows], abs=0.005)


@pytest.mark.parametrize(("block", "goods", "line", "amount"), invoices(), ids=lambda one: str(one)[:40])
def test_invoice(block: str, goods: str, line: str, amount: float) -> None:
    """Tests that a consignment of the guide pays what the guide says, to the cent."""
    tariff = Tariff.model_validate({"title": "T"} | tomllib.loads(block))
    names = [entry[0].name for entry in tariff.entries]
    shipments, visit = used(goods)
    found = charges(PriceList(tariff, SCENARIO), shipments, visit)[names.index(line)]
    assert found == pytest.approx([amount], abs=0.005)
