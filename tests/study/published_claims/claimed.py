"""Claims about the tiny corridor, and the corridor under the two policies that they name."""

from __future__ import annotations

from pathlib import Path

from fourport.scenario.claims import read_claims
from fourport.scenario.models.claims import Claim
from tests.study.made import RANDOM
from tests.tiny import Values, values

TEXT = """
format = 2
[sources.paper]
title = "A paper"

[claims.half]
statement = "By van costs half"
source = "paper"
kind = "ratio"
measure = "freight_cost"
numerator = { lanes = ["l"], routes = ["van"] }
denominator = { routes = ["truck"] }
expected = 0.5
tolerance = 0.1
sweep = { rate = "sea", low = "0.05 USD/kg", high = "0.2 USD/kg" }

[claims.faster]
statement = "More bays make it faster"
source = "paper"
kind = "ratio"
measure = "door_to_door_time"
numerator = { policy = "bays" }
denominator = {}
at_most = 1.0

[claims.inspected]
statement = "Inspection takes time"
source = "paper"
kind = "ratio"
measure = "time_service"
numerator = { policy = "bays", routes = ["van"] }
denominator = { routes = ["van"] }
expected = 1.0
tolerance = 0.2

[claims.dearer]
statement = "The truck is dearer from 0.3 USD/kg for the van on"
source = "paper"
kind = "threshold"
measure = "freight_cost"
first = { routes = ["van"] }
second = { routes = ["truck"] }
sweep = { rate = "van", low = "0 USD/kg", high = "1 USD/kg" }
expected = "0.04 USD/kg"
tolerance = "0.04 USD/kg"

[claims.longer]
statement = "The truck takes half an hour longer"
source = "paper"
kind = "difference"
first = { routes = ["truck"] }
second = { routes = ["van"] }
measure = "door_to_door_time"
expected = "30 min"
tolerance = "10 min"
"""


def priced_values(changes: Values) -> Values:
    """Give the tiny corridor, with a tariff for the van."""
    line = {"name": "v", "category": "transport", "basis": "gross-weight", "price": "0.01 USD/kg"}
    return values(changes | {"trucking.van.tariffs": ["van"], "tariffs.van": {"title": "V", "lines": [line]}})


DOCUMENTS = {
    "base": priced_values(RANDOM),
    "bays": priced_values(RANDOM | {"facilities.b.resources.bays.servers": 5}),
}


def claims(tmp_path: Path, text: str = TEXT) -> dict[str, Claim]:
    """Read claims from a file with a text."""
    path = tmp_path / "claims.toml"
    path.write_text(text, encoding="utf-8")
    return read_claims(path).claims.claims
