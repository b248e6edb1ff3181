"""Changes of tariffs in overlays and policies: by name, by factor, by pattern."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.scenario.load import Loaded
from fourport.scenario.sources import numbers
from tests.scenario.bending import Bend, accepted, complaints

AIR = """
[tariffs.air]
lines = [
  { name = "Freight", kind = "breaks", category = "transport", minimum = "75 USD", rates = { N = "5.60 USD/kg", "+45" = "5 USD/kg", "+100" = "4.20 USD/kg" }, valid_to = 2019-01-13 },
  { name = "Freight", kind = "breaks", category = "transport", minimum = "75 USD", rates = { N = "5.80 USD/kg", "+45" = "5.2 USD/kg", "+100" = "4.40 USD/kg" }, valid_from = 2019-01-14 },
  { name = "Fuel", kind = "surcharge", category = "transport", share = "20 %", of = ["Freight"] },
  { name = "AWB fee", category = "handling", basis = "consignment", price = { value = "20 USD/consignment", range = ["10 USD/consignment", "30 USD/consignment"], grade = "published", source = "book" } },
]
[tariffs.air-2]
lines = [{ name = "Freight", category = "transport", basis = "gross-weight", price = "3 CNY/kg" }]
"""  # noqa: E501


def over(bend: Bend, text: str) -> Path:
    """Write changes over the corridor with two tariffs for air, which its ferry charges, too."""
    tariffs = ('tariffs = ["sea"]', 'tariffs = ["sea", "air", "air-2"]')
    base = bend(*tariffs, "[trader_classes]", f"{AIR}\n[trader_classes]")
    path = base.parent / "mine.toml"
    path.write_text(f'extends = "{base.name}"\n{text}\n', encoding="utf-8")
    return path


def changed(bend: Bend, text: str, policy: str | None = None) -> Loaded:
    """Load the corridor with changes."""
    return accepted(over(bend, text), policy)


def amounts(loaded: Loaded, tariff: str = "air") -> list[dict[str, float]]:
    """Give the amounts of each line of a tariff, by key."""
    lines = loaded.scenario.tariffs[tariff].lines
    return [{".".join(map(str, key)): amount.amount for key, amount in line.amounts()} for line in lines]


FREIGHT = [
    {"rates.N": 5.6, "rates.+45": 5.0, "rates.+100": 4.2, "minimum": 75.0},
    {"rates.N": 5.8, "rates.+45": 5.2, "rates.+100": 4.4, "minimum": 75.0},
]
FEE = {"price": 20.0}


@pytest.mark.parametrize("policy", [None, "p"])
@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        # One break of both dates; the rest stays.
        ('tariffs.air.lines.Freight.rates."+100" = "4 USD/kg"',
         [FREIGHT[0] | {"rates.+100": 4.0}, FREIGHT[1] | {"rates.+100": 4.0}, {}, FEE]),
        # One line.
        ('tariffs.air.lines."AWB fee".price = "25 USD/consignment"', [*FREIGHT, {}, {"price": 25.0}]),
        # A factor on one price, on a line, on a tariff.
        ('tariffs.air.lines."AWB fee".price = { scale = 1.5 }', [*FREIGHT, {}, {"price": 30.0}]),
        ('tariffs.air.lines.Freight = { scale = 2 }',
         [{"rates.N": 11.2, "rates.+45": 10.0, "rates.+100": 8.4, "minimum": 150.0},
          {"rates.N": 11.6, "rates.+45": 10.4, "rates.+100": 8.8, "minimum": 150.0}, {}, FEE]),
        ('tariffs.air.lines.Freight.rates."*" = { scale = 0.5 }',
         [{"rates.N": 2.8, "rates.+45": 2.5, "rates.+100": 2.1, "minimum": 75.0},
          {"rates.N": 2.9, "rates.+45": 2.6, "rates.+100": 2.2, "minimum": 75.0}, {}, FEE]),
        ('tariffs.air = { scale = 0 }',
         [dict.fromkeys(FREIGHT[0], 0.0), dict.fromkeys(FREIGHT[1], 0.0), {}, {"price": 0.0}]),
        # A pattern, and a name that is more exact than it.
        ('tariffs."*ir".lines."AWB*".price = { scale = 2 }\ntariffs.air.lines.Freight.minimum = "80 USD"',
         [FREIGHT[0] | {"minimum": 80.0}, FREIGHT[1] | {"minimum": 80.0}, {}, {"price": 40.0}]),
    ],
)  # fmt: skip
def test_changes(change: str, wanted: list[dict[str, float]], policy: str | None, bend: Bend) -> None:
    """Tests changes in an overlay, and the same ones in a policy."""
    lines = change.split("\n")
    text = "\n".join(f"policies.p.{line}" for line in lines) if policy else change
    found = amounts(changed(bend, text, policy))
    assert [pytest.approx(one, rel=1e-12) for one in wanted] == found


def test_a_pattern_over_tariffs(bend: Bend) -> None:
    """Tests that all tariffs that match have 10 % more, each in its currency, and others do not."""
    loaded = changed(bend, 'tariffs."air*" = { scale = 1.1 }')
    assert amounts(loaded, "air-2") == [{"price": pytest.approx(3.3)}]
    assert amounts(loaded)[3] == {"price": pytest.approx(22.0)}
    assert amounts(loaded, "sea") == [{"price": 300.0}]
    (fuel,) = (line for line in loaded.scenario.tariffs["air"].lines if line.name == "Fuel")
    assert getattr(fuel, "share") == pytest.approx(0.2)  # noqa: B009


def test_where_a_scaled_price_comes_from(bend: Bend) -> None:
    """Tests that it has the grade given with the factor, says what it was, and has no old source."""
    text = 'tariffs.air.lines."AWB fee".price = { scale = 2, grade = "estimate" }'
    found = {one.key: one for one in numbers(changed(bend, text).path)}["tariffs.air.lines[3].price"]
    assert found.row[1:6] == ("40 USD/consignment", "", "estimate", "", "")
    assert found.provenance.note == "2 x 20 USD/consignment"
    assert (found.place.file.rpartition("/")[2], found.place.line) == ("mine.toml", 2)


@pytest.mark.parametrize(
    ("change", "key", "said"),
    [
        (
            "air.lines.Frieght = { scale = 2 }",
            "air.lines.Frieght",
            "there is no line 'Frieght'; did you mean 'Freight'?",
        ),
        ('"see-*" = { scale = 2 }', '"see-*"', "matches nothing in the files below; allowed: air, air-2"),
        (
            'air.lines."AWB fee".minimum = { scale = 2 }',
            "air.lines[3].minimum.scale",
            "there is no price here",
        ),
        ("air.lines.Fuel.share = { scale = 2 }", "air.lines[2].share.scale", "there is no price here"),
        ("air = { scale = -1 }", "air.scale", "-1 is negative"),
        (
            'air.lines."AWB fee".price = "25 USD/kg"',
            "air.lines[3]",
            "the basis consignment needs a price per",
        ),
    ],
)
def test_changes_of_nothing(change: str, key: str, said: str, bend: Bend) -> None:
    """Tests that a change that meets nothing is told at its line, in an overlay and in a policy."""
    for policy, prefix in ((None, ""), ("p", "policies.p.")):
        found = complaints(over(bend, f"{prefix}tariffs.{change}"), policy)
        assert any(line.startswith(f"mine.toml:2: tariffs.{key}: {said}") for line in found), found


def test_a_file_that_extends_none_changes_nothing(bend: Bend) -> None:
    """Tests that a factor, and lines by name, need a file below."""
    found = complaints(bend('price = "300 USD/TEU"', "price = { scale = 2 }"))
    assert "tariffs.sea.lines[0].price" in found[0]
