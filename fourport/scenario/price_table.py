"""The price list that a scenario is billed by: every line with payer, currency, unit, validity and source."""

from __future__ import annotations

from collections.abc import Iterator

from fourport.errors import Key
from fourport.scenario.layers import written
from fourport.scenario.load import Loaded
from fourport.scenario.models.tariffs import Line
from fourport.scenario.units import Price

COLUMNS = (
    "tariff",
    "title",
    "line",
    "kind",
    "category",
    "payer",
    "currency",
    "unit",
    "prices",
    "valid_from",
    "valid_to",
    "otherwise",
    "grade",
    "source",
    "address",
    "note",
)


def price_rows(loaded: Loaded) -> Iterator[tuple[str, ...]]:
    """Give the cells of :data:`COLUMNS` for each line of each tariff, in the order of the bill."""
    for name, tariff in loaded.scenario.tariffs.items():
        for line in (one for entry in tariff.entries for one in entry):
            index = next(k for k, other in enumerate(tariff.lines) if other is line)
            about = _about(loaded, ("tariffs", name, "lines", index), line)
            dated = bool(line.valid_from or line.valid_to)
            yield (
                name,
                tariff.title or name,
                line.name,
                str(getattr(line, "kind", "")),
                line.category,
                line.payer,
                line.currency or "",
                line.unit,
                _prices(line),
                str(line.valid_from or ""),
                str(line.valid_to or ""),
                line.otherwise if dated else "",
                *about,
            )


def _prices(line: Line) -> str:
    """Write all amounts of a line in its units: "price 3.54; minimum 75"."""
    shares: dict[str, float] = {**getattr(line, "scale", {})}
    if hasattr(line, "share"):
        shares["share"] = line.share
    found = [f"{written(key)} {amount.amount:g}" for key, amount in line.amounts()]
    return "; ".join(found + [f"{name} {100 * share:g} %" for name, share in shares.items()])


def _about(loaded: Loaded, key: Key, line: Line) -> tuple[str, str, str, str]:
    """Give grade, source, address and note of the first number of a line."""
    first = next((inner for inner, amount in line.amounts() if isinstance(amount, Price)), ("share",))
    known = loaded.provenance.get((*key, *first))
    if known is None:
        return "", "", "", ""
    source = loaded.scenario.sources.get(known.source or "")
    title, address = (source.title, source.address) if source else ("", "")
    return known.grade or "", title, address, known.note
