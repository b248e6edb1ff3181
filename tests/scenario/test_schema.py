"""The JSON Schema and the reference, made from the models."""

from __future__ import annotations

import json
import tomllib
from datetime import date, time
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fourport.scenario import library
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.schema import scenario_schema
from fourport.scenario.schema_markdown import scenario_reference
from fourport.scenario.shape import fields_of
from tests.scenario.bending import CORRIDOR, bent

ROOT = Path(__file__).parent.parent.parent
SHIPPED = [library.folder() / f"{name}.toml" for name in library.names()]
PARTS = sorted((library.folder() / "weihai").glob("*.toml"))


@cache
def validator() -> jsonschema.Draft202012Validator:
    """Make the validator, once."""
    return jsonschema.Draft202012Validator(scenario_schema())


def as_json(value: Any) -> Any:
    """Give TOML values as an editor sees them: dates are texts."""
    if isinstance(value, dict):
        return {name: as_json(one) for name, one in value.items()}
    if isinstance(value, list):
        return [as_json(one) for one in value]
    return value.isoformat() if isinstance(value, date | time) else value


def conforms(text: str) -> bool:
    """Tell whether a file, with all its tags, conforms to the schema."""
    return bool(validator().is_valid(as_json(tomllib.loads(text))))


def test_schema_is_one() -> None:
    """Tests that the schema is a valid JSON Schema of 2020-12 in which every reference leads somewhere."""
    schema = scenario_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    text = json.dumps(schema)
    used = {part.split('"')[0] for part in text.split('"$ref": "#/$defs/')[1:]}
    assert used <= set(schema["$defs"])


@pytest.mark.parametrize("path", [*SHIPPED, *PARTS], ids=lambda path: path.stem)
def test_shipped_scenarios_conform(path: Path) -> None:
    """Tests that the shipped files and their parts conform as written, with grades, sources and ranges."""
    assert conforms(path.read_text(encoding="utf-8"))


def test_templates_conform() -> None:
    """Tests that the templates of ``fourport new`` conform."""
    assert conforms(library.template("small"))
    assert conforms(library.template("overlay").replace('"NAME"', '"mine"'))


GOOD = {
    "tags": (
        'cut_off = "6 h"',
        'note = "x"\ncut_off = { value = "6 h", range = ["4 h", "8 h"], grade = "estimate" }',
    ),
    "tags of a table of names": ("[trader_classes]", '[trader_classes]\ngrade = "seed"\nsource = "book"'),
    "tags of a table of months": (
        'demand = "40 consignments/week"',
        'demand = "40 consignments/week"\nseason = { Jan = "100 %", grade = "estimate" }',
    ),
    "a list with tags": ("dates = [2019-02-05]", 'dates = { value = [2019-02-05], grade = "estimate" }'),
    "a whole number with tags": ("vehicles = 2", "vehicles = { value = 2, range = [1, 3] }"),
    "days in a list": ('days = "Tue"', 'days = ["Tue", "Thu-Sat"]'),
    "a policy": (
        "[trader_classes]",
        '[policies.p]\ntitle = "P"\nservices.ferry.cut_off = "3 h"\n[trader_classes]',
    ),
    "an overlay": (CORRIDOR, 'extends = "x"\nservices.ferry.cut_off = "3 h"'),
    "an overlay of several": (CORRIDOR, 'extends = ["x", "y"]\nservices.ferry.cut_off = "3 h"'),
    "a part": (CORRIDOR, 'services.ferry.cut_off = "3 h"'),
}
BAD = {
    "unknown key": ('cut_off = "6 h"', 'cutoff = "6 h"'),
    "missing key": ('cut_off = "6 h"', ""),
    "bare number": ('cut_off = "6 h"', "cut_off = 6"),
    "choice": ('mode = "sea"', 'mode = "see"'),
    "grade": ('cut_off = "6 h"', 'cut_off = { value = "6 h", grade = "good" }'),
    "unknown tag": ('cut_off = "6 h"', 'cut_off = { value = "6 h", gade = "estimate" }'),
    "range of one": ('cut_off = "6 h"', 'cut_off = { value = "6 h", range = ["4 h"] }'),
    "month": (
        'demand = "40 consignments/week"',
        'demand = "40 consignments/week"\nseason = { Janu = "1 %" }',
    ),
    "day": ('days = "Tue"', 'days = "Tuesday"'),
    "step": ('{ by = "van" }', '{ bu = "van" }'),
    "unknown key of a policy": (
        "[trader_classes]",
        '[policies.p]\nservices.ferry.cutoff = "3 h"\n[trader_classes]',
    ),
    "unknown key of an overlay": (CORRIDOR, 'extends = "x"\nservices.ferry.cutoff = "3 h"'),
    "unknown key of a part": (CORRIDOR, 'services.ferry.cutoff = "3 h"'),
    "a scenario without a run": (CORRIDOR, 'format = 2\nname = "mine"'),
    "an overlay of nothing": (CORRIDOR, "extends = []"),
}


@pytest.mark.parametrize("bend", GOOD.values(), ids=GOOD.keys())
def test_what_the_schema_allows(bend: tuple[str, str]) -> None:
    """Tests that the schema allows what the reader allows."""
    assert conforms(bent(*bend))


@pytest.mark.parametrize("bend", BAD.values(), ids=BAD.keys())
def test_what_the_schema_refuses(bend: tuple[str, str]) -> None:
    """Tests that the schema refuses what an editor can see to be wrong."""
    assert conforms(CORRIDOR)
    assert not conforms(bent(*bend))


def test_reference_is_up_to_date() -> None:
    """Tests that docs/scenario-reference.md is what ``fourport schema --markdown`` prints."""
    assert (ROOT / "docs" / "scenario-reference.md").read_text(encoding="utf-8") == scenario_reference()


def test_reference_explains_every_section() -> None:
    """Tests that every key of the file has a line with a meaning, and no line is empty of one."""
    text = scenario_reference()
    for name in fields_of(Scenario):
        assert f"| `{name}` | " in text
    rows = [line for line in text.splitlines() if line.startswith("| `") and line.count("|") == 5]
    assert [row for row in rows if row.split("|")[4].strip() == "" and "`kind`" not in row] == []
