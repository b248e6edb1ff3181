"""Make the JSON Schema of scenario files, for editors.

It is made from the models and then widened: any value may be written ``{ value = ... }``, any table may
have ``grade``, ``source`` and ``note``, and nothing is required in a file that ``extends`` another, in a
part of a scenario, or in a policy.
"""

from __future__ import annotations

import re
from typing import Any

from fourport.scenario.models.scenario import Scenario
from fourport.scenario.names import LONGEST, PATTERN
from fourport.scenario.provenance import GRADES
from fourport.scenario.read import SCENARIO_KEYS

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
TAGS: Schema = {
    "grade": {"enum": list(GRADES), "description": "Where the numbers here come from."},
    "source": {"type": "string", "description": "Key of [sources]."},
    "note": {"type": "string", "description": "Remark on the numbers here."},
}
PART = "-part"
"""Suffix of the definitions in which nothing is required."""
_MOST = 1e15
"""Larger bounds come from the program, not from the format; editors read numbers as floats."""


def scenario_schema() -> Schema:
    """Return the JSON Schema (2020-12)."""
    plain = _short_names(Scenario.model_json_schema())
    definitions: Schema = plain.pop("$defs")
    whole = _tables_and_values(plain, part=False)
    overlay = _tables_and_values(plain, part=True)
    policy = _without(overlay, "format", "name", "policies")
    file = {"type": "string", "minLength": 1, "description": "A path from this file's folder, or a name."}
    overlay["properties"]["extends"] = {
        "anyOf": [file, {"type": "array", "items": file, "minItems": 1, "uniqueItems": True}],
        "description": "File or shipped scenario that this one extends, or a list of them, in order.",
    }
    for one, which in ((overlay, "of the extended files to remove"), (policy, "that the policy replaces")):
        one["properties"]["drop"] = {
            "type": "array",
            "items": {"type": "string"},
            "description": f"Keys {which}, such as services.NAME.cancellation.months.",
        }
    for schema in (whole, overlay):
        schema["properties"]["policies"] |= {
            "additionalProperties": {"$ref": f"#/$defs/Policy{PART}"},
            "propertyNames": {"pattern": PATTERN, "maxLength": LONGEST},
        }
    found = {name: _tables_and_values(schema, part=False) for name, schema in definitions.items()}
    found |= {name + PART: _tables_and_values(schema, part=True) for name, schema in definitions.items()}
    found |= _quantities([plain, definitions])
    found |= {"Whole": whole, f"Overlay{PART}": overlay, f"Policy{PART}": policy}
    return {
        "$schema": DIALECT,
        "title": "fourport scenario",
        "description": "A corridor: its places, legs, demand, prices and policies.",
        "$defs": dict(sorted(found.items())),
        "if": {
            "type": "object",
            "anyOf": [
                {"required": ["extends"]},
                {"not": {"anyOf": [{"required": [name]} for name in SCENARIO_KEYS]}},
            ],
        },
        "then": {"$ref": f"#/$defs/Overlay{PART}"},
        "else": {"$ref": "#/$defs/Whole"},
    }


def _without(schema: Schema, *names: str) -> Schema:
    kept = {name: one for name, one in schema["properties"].items() if name not in names}
    return {**schema, "properties": kept}


def _short_names(schema: Schema) -> Schema:
    """Rename the definitions of distributions, which pydantic names by their type parameters."""
    names = {}
    for name, definition in schema["$defs"].items():
        if "Distribution_" in name:
            example = definition["properties"]["mean"]["anyOf"][0]["examples"][0]
            names[name] = _quantity_name({"examples": [example]}).replace("quantity", "Distribution")
    text: Schema = _renamed(schema, names)
    return text


def _renamed(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): _renamed(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_renamed(one, names) for one in value]
    if isinstance(value, str) and value.startswith("#/$defs/"):
        name = value.removeprefix("#/$defs/")
        return f"#/$defs/{names.get(name, name)}"
    return value


def _tables_and_values(schema: Schema, *, part: bool) -> Schema:
    """Widen the schema of a table and of its values."""
    result = {key: one for key, one in schema.items() if key not in ("title", "default")}
    if part:
        for name in ("required", "minProperties"):
            result.pop(name, None)
    if "properties" in schema:
        properties = {name: _value(one, part=part) for name, one in schema["properties"].items()}
        result["properties"] = {**TAGS, **properties}
    if isinstance(schema.get("additionalProperties"), dict):
        result["additionalProperties"] = _value(schema["additionalProperties"], part=part)
        result["properties"] = TAGS
    if "propertyNames" in schema:
        result["propertyNames"] = {"enum": [*schema["propertyNames"]["enum"], *TAGS]}
    return result


def _value(schema: Schema, *, part: bool) -> Schema:
    """Widen the schema of a value: the members of a union without null, each also as { value = ... }."""
    members = schema.get("anyOf") or schema.get("oneOf") or [schema]
    wide: list[Schema] = []
    for member in members:
        if member.get("type") != "null":
            wide += _member(member, part=part)
    kept: Schema = {key: one for key, one in schema.items() if key in ("description", "default")}
    if kept.get("default") is None:
        kept.pop("default", None)
    return {**wide[0], **kept} if len(wide) == 1 else {"anyOf": wide, **kept}


def _member(schema: Schema, *, part: bool) -> list[Schema]:
    schema = {
        key: one
        for key, one in schema.items()
        if key not in ("title", "default", "description")
        and not (isinstance(one, int | float) and abs(one) > _MOST)
    }
    reference = schema.get("$ref")
    if reference is not None:
        table: Schema = {"$ref": reference + PART if part else reference}
        if "Distribution-" not in reference:
            return [table]
        unit: Schema = {
            "$ref": "#/$defs/" + reference.removeprefix("#/$defs/").replace("Distribution", "quantity")
        }
        return [unit, table]
    if schema.get("x-quantity"):
        plain = {"$ref": f"#/$defs/{_quantity_name(schema)}"}
        by_date = {"type": "object", "additionalProperties": plain}
        return [plain, by_date] if schema.get("x-by-date") else [plain]
    if schema.get("type") == "object":
        return [_tables_and_values(schema, part=part)]
    if schema.get("type") == "array":
        item = _value(schema["items"], part=False)
        return [{**schema, "items": item}, *([_wrapped(schema)] if _is_number(schema["items"]) else [])]
    return [schema, _wrapped(schema)] if _is_number(schema) else [schema]


def _is_number(schema: Schema) -> bool:
    """True if a schema is of a number or a date."""
    return schema.get("type") in ("integer", "number") or "format" in schema


def _quantity_name(schema: Schema) -> str:
    example = schema["examples"][0]
    unit = example.split(" ")[1] if " " in example else "clock"
    return "quantity-" + re.sub(r"\W+", "-per-", unit.replace("%", "percent"))


def _quantities(value: Any) -> dict[str, Schema]:
    """Return the definitions of all quantities in a schema, each plain or as { value = ... }."""
    if isinstance(value, dict) and value.get("x-quantity") is True:
        text = {"type": "string", "examples": value["examples"]}
        return {_quantity_name(value): {"anyOf": [text, _wrapped(text)]}}
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return {name: one for item in inner for name, one in _quantities(item).items()}


def _wrapped(schema: Schema) -> Schema:
    """Return the schema of { value = ..., range = ..., grade = ... }."""
    return {
        "type": "object",
        "properties": {
            "value": schema,
            "range": {
                "type": "array",
                "items": schema,
                "minItems": 2,
                "maxItems": 2,
                "description": "Lowest and highest plausible value.",
            },
            **TAGS,
        },
        "required": ["value"],
        "additionalProperties": False,
    }
