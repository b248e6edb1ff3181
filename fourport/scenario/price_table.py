"""The prices and the emission factors of a scenario as rows, each with its source.

Each line of a tariff has payer, currency, unit and validity. The rates of the cost of time, and those of
the credit grades of shippers, follow the tariffs.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from fourport.errors import Key
from fourport.scenario.load import Loaded
from fourport.scenario.models.emissions import SCOPES
from fourport.scenario.models.tariffs import DeadFreightLine, Line, SurchargeLine, Tariff
from fourport.scenario.tree import written
from fourport.scenario.units import MICROSECONDS, Price

GRADES = "credit_grades"
TIME = {
    "inventory": "capital_rate",
    "obsolescence": "obsolescence",
    "Hummels-Schaur": "hummels_schaur",
}
"""Rates of the cost of time, by line of the invoice."""


def price_rows(loaded: Loaded, beside: Collection[Loaded] = ()) -> Iterator[tuple[str, ...]]:
    """Return the cells of ``prices.csv`` after the scenario, for each line in the order of the invoice.

    Parameters
    ----------
    beside
        The scenario under other policies, whose tariffs are left out if they are the same.
    """
    others = [one.scenario for one in beside if one.scenario.sources is loaded.scenario.sources]
    for name, tariff in loaded.scenario.tariffs.items():
        if any(one.tariffs.get(name) is tariff for one in others):
            continue
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
                _currency(tariff, line),
                line.unit,
                _prices(line),
                str(line.valid_from or ""),
                str(line.valid_to or ""),
                line.otherwise if dated else "",
                *about,
            )
    yield from _time_rows(loaded)


def _currency(tariff: Tariff, line: Line) -> str:
    """Return the currency of a line; for a surcharge, that of the lines that it is on."""
    if line.currency or not isinstance(line, SurchargeLine):
        return line.currency or ""
    return next(
        (found for one in tariff.lines if one.name in line.of and (found := _currency(tariff, one))), ""
    )


def _time_rows(loaded: Loaded) -> Iterator[tuple[str, ...]]:
    """Return rows of the rates of time, which are in the reporting currency; credit grades come last."""
    given = loaded.scenario.value_of_time
    if given is None:
        return
    section = "value_of_time"
    found: list[tuple[str, str, str, Key]] = [
        (title, "", f"{name} {100 * rate:g}", (section, name))
        for title, name in TIME.items()
        if (rate := getattr(given, name)) is not None
    ]
    if given.safety_stock is not None:
        stock = given.safety_stock
        shares = {"service_level": stock.service_level, "demand_variation": stock.demand_variation}
        prices = "; ".join(f"{name} {100 * share:g} %" for name, share in shares.items())
        found.append(("safety stock", "", prices, (section, "safety_stock", "service_level")))
    found += [
        (
            "inventory",
            grade.title or name,
            f"capital_rate {100 * grade.capital_rate:g}",
            (GRADES, name, "capital_rate"),
        )
        for name, grade in loaded.scenario.credit_grades.items()
    ]
    currency = loaded.scenario.reporting_currency
    for line, title, prices, key in found:
        about = (
            key[0],
            title or "Value of time",
            line,
            "time",
            "time",
            "shipper",
            currency,
            "%/year",
            prices,
        )
        yield *map(str, about), "", "", "", *origin(loaded, key)


def _prices(line: Line) -> str:
    """Format all amounts of a line in its units: "price 3.54; minimum 75"."""
    shares: dict[str, float | None] = {**getattr(line, "scale", {})}
    shares |= {name: getattr(line, name, None) for name in ("share", "committed", "sold")}
    found = [f"{written(key)} {amount.amount:g}" for key, amount in line.amounts()]
    found += [f"{name} {100 * share:g} %" for name, share in shares.items() if share is not None]
    if isinstance(line, DeadFreightLine) and line.release is not None:
        found.append(f"release {line.release / MICROSECONDS['d']:g} d")
    return "; ".join(found)


def _about(loaded: Loaded, key: Key, line: Line) -> tuple[str, str, str, str]:
    """Return grade, source, address and note of the first number of a line."""
    first = next((inner for inner, amount in line.amounts() if isinstance(amount, Price)), ("share",))
    return origin(loaded, (*key, *first))


def origin(loaded: Loaded, key: Key) -> tuple[str, str, str, str]:
    """Return grade, source, address and note of a number."""
    known = loaded.tree.known(key)
    if known is None:
        return "", "", "", ""
    source = loaded.scenario.sources.get(known.source or "")
    title, address = (source.title, source.address) if source else ("", "")
    return known.grade or "", title, address, known.note


UNIT = "kg/tkm"


def factor_rows(loaded: Loaded) -> Iterator[tuple[str, ...]]:
    """Return the cells of ``emission-factors.csv`` after the scenario, for each factor and scope."""
    for name, factor in loaded.scenario.emission_factors.items():
        for scope in SCOPES:
            value = getattr(factor, scope)
            if value is not None:
                about = origin(loaded, ("emission_factors", name, scope))
                yield name, factor.title, scope, f"{value:g}", UNIT, *about
