"""Base classes and types of all sections of a scenario file."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler
from pydantic_core import CoreSchema

TABLE = "table"
"""Tag of the table among the values of a key that may be a table or a single value."""


class Section(BaseModel):
    """A table of a scenario file: unknown keys are errors, values do not change.

    Models are built on first use, and docstrings of fields are read on demand, since both take long.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Return the JSON schema with the docstrings of the fields."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in docstrings(cls).items():
            properties[name]["description"] = text
        return schema


@cache
def docstrings(model: type[BaseModel]) -> Mapping[str, str]:
    """Return the docstring of each field that has one, by the name of the field in a file."""
    import ast  # few commands need them
    from inspect import cleandoc, getsource
    from textwrap import dedent

    found: dict[str, str] = {}
    for parent in reversed(model.__mro__):
        # A generic model with its parameter has no source of its own; the plain one is among the parents.
        if parent is not Section and issubclass(parent, Section) and "[" not in parent.__name__:
            (tree,) = ast.parse(dedent(getsource(parent))).body
            assert isinstance(tree, ast.ClassDef)
            for field, text in pairwise(tree.body):
                match field, text:
                    case (
                        ast.AnnAssign(target=ast.Name(id=name)),
                        ast.Expr(value=ast.Constant(value=str(said))),
                    ) if name in model.model_fields:
                        found[model.model_fields[name].alias or name] = cleandoc(said)
    return found


def one_of(**given: bool) -> None:
    """Raise ValueError unless exactly one of two keys is given."""
    if sum(given.values()) != 1:
        one, other = given
        found = f"both {one} and {other} are" if all(given.values()) else f"neither {one} nor {other} is"
        raise ValueError(f"{found} given; allowed: one of the two")


def dates_ordered(first: date | None, last: date | None) -> None:
    """Raise ValueError if a period of validity ends before it begins."""
    if first and last and first > last:
        raise ValueError(f"valid_to ({last}) lies before valid_from ({first})")


Names = tuple[str, ...]
"""Names of entries; the section that they are in is known elsewhere."""


def is_one_line(text: str) -> bool:
    """True if a text has neither line breaks nor control characters."""
    if text.isascii() and text.isprintable():
        return True
    return not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in text)


NOT_ONE_LINE = "{!r} is not one line of text; allowed: no line breaks, no control characters"
