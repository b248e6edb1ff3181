"""Write the reference of the scenario file as Markdown, from the models."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from inspect import cleandoc
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel, WithJsonSchema
from pydantic.fields import FieldInfo

from fourport.scenario import units
from fourport.scenario.base import docstrings
from fourport.scenario.distributions import PARAMETERS, Distribution
from fourport.scenario.models.calendars import Weekdays
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.names import ENTRY
from fourport.scenario.provenance import GRADES
from fourport.scenario.shape import (
    alternatives,
    bare,
    field_type,
    fields_of,
    is_distribution,
    is_quantity,
    model_of,
)
from fourport.scenario.titles import TitleByLanguage

_ENTRY = ENTRY.replace("*", r"\*")

HEAD = """\
# The scenario file

<!-- Written by `fourport schema --markdown` from the models; a test compares. Do not edit by hand. -->

A scenario is a TOML file. Numbers with a unit are written as text ("14 h"); a bare number where a unit is
needed is an error, and so is an unknown key. `fourport check FILE` reports every problem with its line.

## What every file may do

- `extends = "base.toml"` at the top makes the file an overlay of another file: a path from the folder of
  this file, or the name of a shipped scenario. Tables merge key by key; lists and values are
  replaced. A table that names its `distribution` replaces the old one as a whole; one that does not changes
  the parameters that it gives: `drive = { mean = "70 min" }`.
- Within `[tariffs]`, overlays and policies may change lines by their names, multiply prices
  (`{ scale = 2 }`), and use patterns (`"air-*"`): see "Changing some prices" in `tariffs.md`.
- `extends = ["places.toml", "tariffs.toml"]` makes it an overlay of several files, merged one after the
  other, each after the files that it extends itself. A file that several of them extend counts once; the
  list may not name a file twice, nor after a file that extends it. These files may be parts of a scenario,
  one subject each, without `format`, `name` and `run`, which the overlay has. Two files may give the same
  number only if one extends the other: to change a number, extend the file that gives it.
- `drop = ["policies.NAME", "services.NAME.cancellation"]`, together with `extends`, removes keys of the
  extended files before this file is merged: an entry that is not wanted, or a table that this file writes
  from scratch. A key that does not exist is an error, and so is a reference to an entry that is gone.
  Elements of lists have no key. So is a table replaced as a whole: `months` of the new file would else be
  merged into the old ones, of which those that it does not name would stay:

  ```toml
  extends = "weihai-2019"
  drop = ["services.ferry-weihai-incheon.cancellation.months"]
  services.ferry-weihai-incheon.cancellation.months = { Feb = "30 %" }   # all other months: share
  ```

  A policy may `drop` what it gives itself, to replace it; it removes nothing.
- `[policies.NAME]` is an overlay in the same file, under a name of small letters, digits and hyphens.
  In addition to the sections that it changes it may have a `title` and a `description`. It may not change
  `name`, `format`, `run`, `reporting_currency` or other policies, so that runs of base and policy compare.
- The name of an entry is any text, in any script, with
  ENTRY.
- Something must use each entry that a policy or an overlay adds, and each resource, calendar, holiday list,
  tariff and lever of the files that extend no other.
- A `title` is one text, or texts by language, such as
  `title = { en = "Weihai port", zh = "威海港", ko = "웨이하이항" }`. Charts take
  the language of `--lang`; the English text is needed, and stands for a language that is left out. An overlay
  or a policy may give one language alone, as in `facilities.weihai-port.title.zh = "威海港"`; one that gives
  a single text replaces all languages.
- Any number may be written
  `{ value = "3.54 USD/kg", range = ["2.8 USD/kg", "4.4 USD/kg"], grade = "published", source = "KEY" }`,
  and with a `note`. `range` is the lowest and the highest plausible value; the value lies within it.
- Any table may have `grade`, `source` and `note`; they hold for all numbers in it and below it in the same
  file that have no others. A number changed by an overlay or a policy has the grade given with the change,
  not that of the table that it changes; an estimate inherits no source.
- Grades are GRADES; all but `estimate` need a `source`, a key of
  `[sources]`. `format` and `[run]` are settings and need no grade.
- Dates must fit the horizon of the file in which they are written (for a part, that of the first overlay of
  it) or the final horizon. A closure shares at least a day with it, a cancelled date lies in it; a holiday, a
  make-up day or an exception of a calendar lies in one of its calendar years. Periods of validity
  (`valid_from`, `valid_to`) may lie anywhere: timetables and price lists may hold other seasons. `fourport
  check` warns of a service whose timetable leaves out days of the run.

## Units

""".replace("GRADES", ", ".join(f"`{grade}`" for grade in GRADES)).replace("ENTRY", _ENTRY)

UNITS: tuple[tuple[str, Any, dict[str, Any] | None], ...] = (
    ("duration", units.Duration, units.MICROSECONDS),
    ("weight", units.Mass, units.KILOGRAMS),
    ("volume", units.Volume, units.CUBIC_METRES),
    ("containers", units.Containers, units.CONTAINERS),
    ("distance", units.Distance, units.KILOMETRES),
    ("share", units.Share, units.SHARES),
    ("density", units.Density, units.DENSITIES),
    ("annual rate", units.AnnualRate, units.RATES_A_YEAR),
    ("emissions", units.EmissionIntensity, units.EMISSIONS),
    ("demand", units.DemandRate, units.DEMAND_A_WEEK),
    ("time of day", units.Clock, None),
    ("latitude", units.Latitude, None),
    ("longitude", units.Longitude, None),
    ("amount", units.MoneyAmount, None),
    ("ratio", units.Ratio, units.SHARES),
    ("price", units.UnitPrice, units.CHARGEABLE_UNITS),
    ("exchange rate", units.Exchange, None),
)
OTHER = {
    "time of day": "24 hours; 24:00 is the end of the day",
    "latitude": "degrees N, S",
    "longitude": "degrees E, W",
    "amount": "ISO code of a currency",
    "exchange rate": "ISO codes of two currencies",
}


def scenario_reference() -> str:
    """Return the reference as Markdown."""
    return HEAD + "\n".join([*_units(), *_distributions(), *_sections()]) + "\n"


def _example(kind: Any) -> str:
    metadata = get_args(kind)[1:]
    schema = next((one.json_schema for one in metadata if isinstance(one, WithJsonSchema)), None) or {}
    return str(schema["examples"][0])


def _units() -> Iterator[str]:
    yield "| quantity | example | units |"
    yield "|---|---|---|"
    for name, kind, table in UNITS:
        known = ", ".join(table) if table else OTHER[name]
        prefix = "a currency per " if name == "price" else ""
        yield f"| {name} | `{_example(kind)}` | {prefix}{known} |"
    yield ""


def _distributions() -> Iterator[str]:
    yield "## Distributions"
    yield ""
    yield "Where a distribution is allowed, a plain quantity means that it always has this value. Otherwise:"
    yield '`{ distribution = "lognormal", mean = "4 h", sd = "2 h", high = "24 h" }`.'
    yield "`mean` and `sd` are before truncation by `low` and `high`, which should cut off less than half."
    yield ""
    yield "Own data are observed values, of a list or of a column of a CSV file, percentiles, or a mixture:"
    yield ""
    yield '    duration = { distribution = "observed", values = ["3 h", "5 h", "4 h", "19 h"] }'
    yield '    duration = { distribution = "observed", file = "dwell.csv", column = "hours", unit = "h" }'
    yield '    drive = { distribution = "percentiles", percentiles = { P0 = "1 h", P100 = "9 h" } }'
    yield '    duration = { distribution = "mixture", parts = [PART, PART] }'
    yield ""
    yield '`{ weight = "80 %", distribution = "uniform", low = "1 h", high = "3 h" }` is such a part.'
    yield ""
    yield "| distribution | needs | may have |"
    yield "|---|---|---|"
    for family, (needed, optional) in PARAMETERS.items():
        yield f"| `{family}` | {_code(needed)} | {_code(optional)} |"
    yield ""
    yield "| key | meaning |"
    yield "|---|---|"
    for name in fields_of(Distribution):
        yield f"| `{name}` | {_text(Distribution, name)} |"
    yield ""


def _sections() -> Iterator[str]:
    pending: list[tuple[str, type[BaseModel]]] = [("", Scenario)]
    seen: list[str] = []
    while pending:
        path, model = pending.pop(0)
        if path in seen:
            continue
        seen.append(path)
        yield f"## `{path}`" if path else "## The file as a whole"
        yield ""
        yield cleandoc(model.__doc__ or "").replace("``", "`")
        yield ""
        yield "| key | type | default | meaning |"
        yield "|---|---|---|---|"
        inner: list[tuple[str, type[BaseModel]]] = []
        for name, field in fields_of(model).items():
            yield f"| `{name}` | {_type(field_type(field))} | {_default(field)} | {_text(model, name)} |"
            below = f"{path}.{name}" if path else name
            inner += [one for kind in alternatives(field_type(field)) for one in _below(kind, below)]
        pending = inner + pending
        yield ""


def _below(kind: Any, path: str) -> Iterator[tuple[str, type[BaseModel]]]:
    """Return the tables within a value of a type, with their paths."""
    model, inner = model_of(kind), bare(kind)
    if is_distribution(kind) or model is TitleByLanguage:
        return
    if model is not None:
        kinds = get_args(model.model_fields["kind"].annotation) if "kind" in model.model_fields else ()
        is_one_of = len(kinds) == 1
        yield (f'{path} (kind = "{kinds[0]}")' if is_one_of else path), model
    elif get_origin(inner) is dict:
        for one in alternatives(get_args(inner)[1]):
            yield from _below(one, f"{path}.NAME")
    elif get_origin(inner) is tuple and kind is not Weekdays:
        members = alternatives(get_args(inner)[0])
        for one in members:
            member = model_of(one)
            # A member with a kind has it in its own path.
            plain = member is not None and "kind" not in fields_of(member)
            mark = f" ({next(iter(fields_of(member)))})" if member and plain and len(members) > 1 else ""
            for below, found in _below(one, f"{path}[]"):
                yield below + mark, found


def _type(kind: Any) -> str:
    """Return the name of a type."""
    members = alternatives(kind)
    if len(members) > 1 and all(model_of(one) for one in members):
        return "table"
    return " or ".join(dict.fromkeys(_one_type(one) for one in members))


def _one_type(kind: Any) -> str:
    inner, origin = bare(kind), get_origin(bare(kind))
    if kind == Weekdays or inner == bare(Weekdays):
        return 'days: `"daily"`, `"Mon"`, `"Mon-Fri"`, or a list of these'
    if is_quantity(kind):
        return f"`{_example(kind)}`"
    if is_distribution(kind):
        model = model_of(kind)
        assert model is not None
        return f"distribution of {_type(field_type(model.model_fields['mean']))}"
    if model_of(kind) is TitleByLanguage:
        return "text, or texts by language"
    if model_of(kind):
        return "table"
    if origin is Literal:
        return ", ".join(f"`{one}`" for one in get_args(inner))
    if origin is dict:
        keys, values = get_args(inner)
        names = "by name"
        if bare(keys) is not str:
            names = "by month" if "Jan" in get_args(keys) else "by day of the week"
        return f"{_plural(_type(values))} {names}"
    if origin is tuple:
        return f"list of {_plural(_type(get_args(inner)[0]))}"
    plain = {int: "whole number", float: "number", str: "text", date: "date", datetime: "date and time"}
    return plain.get(inner, "anything")


def _plural(name: str) -> str:
    return "tables" if name.endswith("by name") else f"{name}s" if name.isalpha() else name


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    if field.default in (None, "", (), {}):
        return ""
    return f"`{field.default}`"


def _text(model: type[BaseModel], name: str) -> str:
    return " ".join(docstrings(model).get(name, "").replace("``", "`").split()).replace("|", "\\|")


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
