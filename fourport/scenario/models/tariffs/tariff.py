"""A tariff: lines that are charged together."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Mapping
from datetime import date
from functools import cached_property, reduce
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Annotated, Any, Self, get_args

from pydantic import Discriminator, Field, Tag, model_validator

from fourport.scenario.base import Section
from fourport.scenario.models.tariffs.line import Line
from fourport.scenario.titles import Title

for _module in iter_modules([str(Path(__file__).parent)]):
    import_module(f"{__package__}.{_module.name}")

LINES: Mapping[str, type[Line]] = {
    get_args(model.model_fields["kind"].annotation)[0]: model for model in Line.__subclasses__()
}
"""Models of all kinds of line in this package, by kind."""


def _line_kind(value: Any) -> Any:
    """Return the kind of a line, "basis" if it has none."""
    return value.get("kind", "basis") if isinstance(value, dict) else getattr(value, "kind", "basis")


if TYPE_CHECKING:
    AnyLine = Line
else:
    _tagged = reduce(operator.or_, (Annotated[model, Tag(kind)] for kind, model in LINES.items()))
    AnyLine = Annotated[_tagged, Discriminator(_line_kind)]


class Tariff(Section):
    """Lines that are charged together, once for each consignment that uses what names the tariff."""

    title: Title = ""
    """Title in tables and charts; the name if left out."""
    volumetric_divisor: float = Field(default=6000.0, ge=1, le=1e6)
    """Volume in cm3 that counts as one kg in the chargeable weight."""
    lines: Annotated[tuple[AnyLine, ...], Field(min_length=1)]
    """Lines of the invoice. Lines with the same name are one line whose price changes from date to date."""

    @cached_property
    def entries(self) -> tuple[tuple[Line, ...], ...]:
        """The lines of the invoice, in the order of their first mention, each with its prices by date."""
        found: dict[str, list[Line]] = {}
        for line in self.lines:
            found.setdefault(line.name, []).append(line)
        return tuple(
            tuple(sorted(lines, key=lambda line: line.valid_from or date.min)) for lines in found.values()
        )

    @model_validator(mode="after")
    def _entries_fit(self) -> Self:
        for lines in self.entries:
            for before, after in itertools.pairwise(lines):
                _follows(before, after)
        return self

    @model_validator(mode="after")
    def _surcharges_on_what_is_there(self) -> Self:
        names: list[str] = []
        for lines in self.entries:
            for line in lines:
                on = list(getattr(line, "of", ()))
                if len(set(on)) < len(on):
                    raise ValueError(f"the line {line.name!r} names a line twice; allowed: each once")
                missing = [name for name in on if name not in names]
                if missing:
                    there = f"allowed: {', '.join(names)}" if names else "there is none"
                    what = f"the line {line.name!r} is on {missing[0]!r}"
                    raise ValueError(f"{what}, which is no line before it; {there}")
            if getattr(lines[0], "kind", "") != "margin":  # which is charged last
                names.append(lines[0].name)
        return self


def _follows(before: Line, after: Line) -> None:
    """Raise ValueError unless two lines of the same name can be one line of the invoice."""
    for what in ("category", "payer", "otherwise", "subtracts"):
        if getattr(before, what, None) != getattr(after, what, None):
            raise ValueError(f"lines of one name ({after.name!r}) need the same {what}")
    if before.valid_to is None or after.valid_from is None or before.valid_to >= after.valid_from:
        raise ValueError(
            f"there are several lines {after.name!r} for one day; allowed: names of their own, "
            "or times of validity (valid_from, valid_to) that follow each other"
        )
