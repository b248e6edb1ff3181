"""The benchmark of the ledger invoices what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from fourport.scenario.load import load
from fourport.scenario.models.tariffs import LINES, DeadFreightLine, DepartureLine, MasterBillLine

FOLDER = Path(__file__).parents[2] / "benchmarks"
OF_TIME = ("inventory", "obsolescence", "safety stock")


def test_it_invoices_every_kind_of_line() -> None:
    """Tests that five legs are charged with a line of every kind, none of which is zero for all.

    But for prices that a departure shares: the legs have no timetable.
    """
    tariffs = load(FOLDER / "ledger.toml").scenario.tariffs.values()
    kinds = {type(line) for tariff in tariffs for line in tariff.lines}
    assert kinds == set(LINES.values()) - {DeadFreightLine, DepartureLine, MasterBillLine}
    lines = sum(len(tariff.entries) for tariff in tariffs) + len(OF_TIME)
    command = [sys.executable, str(FOLDER / "ledger.py"), "--consignments", "2000", "--json"]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert (found["consignments"], found["legs"], found["lines"]) == (2000, 5, lines)
    assert found["lines_without_amount"] == []
    assert found["largest_difference"] < 0.005
