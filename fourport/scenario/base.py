"""What all sections of a scenario file share."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class Section(BaseModel):
    """A table of a scenario file: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


def one_of(**given: bool) -> None:
    """Raise ValueError unless exactly one of two keys is given."""
    if sum(given.values()) != 1:
        one, other = given
        found = f"both {one} and {other} are" if all(given.values()) else f"neither {one} nor {other} is"
        raise ValueError(f"{found} given; allowed: one of the two")


Names = tuple[str, ...]
"""Names of entries of another section."""


def is_one_line(text: str) -> bool:
    """Tell whether a text has neither line breaks nor control characters."""
    return not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in text)


def _in_one_line(text: str) -> str:
    if not is_one_line(text):
        raise ValueError(f"{text!r} is not one line of text; allowed: no line breaks, no control characters")
    return text


Title = Annotated[str, AfterValidator(_in_one_line)]
"""What tables and charts call something."""
