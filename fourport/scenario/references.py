"""Names that must be names of something: read off the raw values, entry by entry."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from fourport.errors import Key, Problem
from fourport.scenario.parts import LEGS, Parts, table
from fourport.scenario.shape import allowed, suggestion

EACH = "*"
"""In a pattern: every name of a table, every element of a list."""
KEYS = "#"
"""At the end of a pattern: the names of the table themselves are references."""

_AT = ("facilities", EACH, "activities", EACH)
_OFFICES = (
    ("joint_with", EACH),
    ("information", "of"),
    ("recognition", "of"),
    ("inspection", "correlated_with"),
)
"""Where a customs office names another."""
_LEVERS = (
    (("at", EACH), "office"),
    (("links", KEYS), "office"),
    (("links", EACH), "office"),
    (("chains", EACH, EACH), "office"),
    (("fewer_filings", KEYS), "office"),
    (("resources", EACH), "resource-at"),
    (("resources", KEYS), "resource-at"),
    (("drops", EACH), "activity-at"),
    (("terms", "skips", EACH), "activity-at"),
    (("terms", "tariffs", EACH), "tariffs"),
    (("scan", "tariffs", EACH), "tariffs"),
    (("routes", EACH), "routes"),
    (("instead", KEYS), "leg"),
    (("instead", EACH), "leg"),
    (("treat", KEYS), "trader_classes"),
    (("treat", EACH), "trader_classes"),
    (("documents", KEYS), "trader_classes"),
    (("calendar",), "calendars"),
    (("scan", "resource"), "scan-resource"),
    (("scan", "review_resource"), "scan-resource"),
)
"""Where a lever names something, and what."""

REFERENCES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("calendars", EACH, "holidays", EACH), "holidays"),
    (("policy_package", EACH), "levers"),
    *((("levers", EACH, *inner), section) for inner, section in _LEVERS),
    *((("facilities", EACH, "activities", EACH, *inner), "office") for inner in _OFFICES),
    (("facilities", EACH, "resources", EACH, "calendar"), "calendars"),
    (("facilities", EACH, "resources", EACH, "shifts", EACH, "calendar"), "calendars"),
    (("facilities", EACH, "resources", EACH, "priority", KEYS), "trader_classes"),
    ((*_AT, "resource"), "resource"),
    ((*_AT, "documents", "resource"), "resource"),
    ((*_AT, "documents", "rates", KEYS), "trader_classes"),
    ((*_AT, "inspection", "resource"), "resource"),
    ((*_AT, "inspection", "rates", KEYS), "trader_classes"),
    ((*_AT, "inspection", "tariffs", EACH), "tariffs"),
    ((*_AT, "inspection", "scan", "resource"), "resource"),
    ((*_AT, "inspection", "scan", "review_resource"), "resource"),
    ((*_AT, "inspection", "scan", "tariffs", EACH), "tariffs"),
    ((*_AT, "two_step", "tariffs", EACH), "tariffs"),
    ((*_AT, "direct", "skips", EACH), "activity-at"),
    ((*_AT, "tariffs", EACH), "tariffs"),
    *(((section, EACH, "tariffs", EACH), "tariffs") for section in LEGS),
    *(((section, EACH, "emissions"), "emission_factors") for section in LEGS),
    *(((section, EACH, end), "facilities") for section in (*LEGS, "lanes") for end in ("from", "to")),
    (("lanes", EACH, "commodities", KEYS), "commodities"),
    (("lanes", EACH, "trader_classes", KEYS), "trader_classes"),
    (("lanes", EACH, "credit", KEYS), "credit_grades"),
    (("lanes", EACH, "routes", KEYS), "routes"),
    (("routes", EACH, "steps", EACH, "at"), "facilities"),
    (("routes", EACH, "steps", EACH, "by"), "leg"),
    (("routes", EACH, "freight_from"), "facilities"),
    (("routes", EACH, "freight_to"), "facilities"),
)
"""Where a name stands -> the section that it must be in."""

SINGULAR = {
    "holidays": "holiday list",
    "calendars": "calendar",
    "facilities": "facility",
    "trader_classes": "trader class",
    "credit_grades": "credit grade",
    "tariffs": "tariff",
    "emission_factors": "emission factor",
    "commodities": "commodity",
    "routes": "route",
    "levers": "lever",
    "resource": "resource",
    "office": "customs office",
    "resource-at": "resource",
    "activity-at": "handling or stay",
    "scan-resource": "resource",
    "leg": "service, fleet or trucking leg",
}


def check_references(parts: Parts) -> Iterator[Problem]:
    """Find names of nothing, and lists that name something twice."""
    listed: set[tuple[Key, str]] = set()
    for pattern, section in REFERENCES:
        for key, name in matches(parts.values, pattern, ()):
            if not isinstance(name, str):
                continue  # the models say so
            names = _names(parts, section, key)
            if isinstance(key[-1], int):
                if (key[:-1], name) in listed:
                    yield Problem(key, f"{name!r} is named twice; allowed: each once")
                listed.add((key[:-1], name))
            if name not in names:
                where = f" at {key[1]!r}" if section == "resource" else ""
                yield Problem(key, _unknown(SINGULAR[section], name, names, where))
    yield from _activities(parts)
    yield from _twice(parts)
    yield from _zones(parts)


def _names(parts: Parts, section: str, key: Key) -> list[str]:
    if section == "resource":
        return list(table(parts.values, "facilities", str(key[1]), "resources"))
    if section == "leg":
        return [name for one in LEGS for name in table(parts.values, one)]
    if section == "scan-resource":
        return list(table(parts.values, "facilities", *scanning_places(parts.values, key)[:1], "resources"))
    if section in _PLACED:
        return _placed(parts.values, section)
    return list(table(parts.values, section))


def scanning_places(values: Any, key: Key) -> list[str]:
    """Name the facilities at whose offices the lever with this key scans."""
    at = table(values, "levers", str(key[1])).get("at", [])
    return [str(office).partition("/")[0] for office in at] if isinstance(at, list) else []


_PLACED = ("office", "resource-at", "activity-at")
"""What is named with its facility: "harbour/officers"."""


def _placed(values: Any, section: str) -> list[str]:
    """Name what facilities have, each with its facility."""
    found = []
    for place in table(values, "facilities"):
        inner = "resources" if section == "resource-at" else "activities"
        for name, entry in table(values, "facilities", place, inner).items():
            is_office = isinstance(entry, dict) and entry.get("kind") == "customs"
            if section == "resource-at" or is_office == (section == "office"):
                found.append(f"{place}/{name}")
    return found


def _unknown(what: str, name: str, names: list[str], where: str = "") -> str:
    there = allowed(names) or f"; there is no {what}{where} at all"
    return f"there is no {what} {name!r}{where}{suggestion(name, names)}{there}"


def matches(value: Any, pattern: tuple[str, ...], key: Key) -> Iterator[tuple[Key, Any]]:
    """Give the values, or names, that a pattern meets."""
    if not pattern:
        yield key, value
        return
    head, rest = pattern[0], pattern[1:]
    inner: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, list) and head == EACH:
        inner = enumerate(value)
    elif isinstance(value, dict):
        if head == KEYS:
            inner = ((name, name) for name in value)
        elif head == EACH:
            inner = value.items()
        elif head in value:
            inner = ((head, value[head]),)
    for name, one in inner:
        yield from matches(one, rest, (*key, name))


def _activities(parts: Parts) -> Iterator[Problem]:
    """Find steps that do what their facility does not."""
    places = table(parts.values, "facilities")
    for key, step in matches(parts.values, ("routes", EACH, "steps", EACH), ()):
        if not isinstance(step, dict):
            continue
        place, do = step.get("at"), step.get("do")
        if isinstance(place, str) and isinstance(do, str) and place in places:
            names = list(table(places, place, "activities"))
            if do not in names:
                yield Problem((*key, "do"), _unknown("activity", do, names, f" at {place!r}"))


def _twice(parts: Parts) -> Iterator[Problem]:
    """Find names used for two ways: a route could mean either."""
    first: dict[str, str] = {}
    for section in LEGS:
        for name in table(parts.values, section):
            if name in first:
                yield Problem(
                    (section, name),
                    f"also a name in [{first[name]}]; allowed: one name for one service, fleet or trucking",
                )
            first.setdefault(name, section)


def _zones(parts: Parts) -> Iterator[Problem]:
    """Find time zones that are not in the zone database."""
    for pattern in (("run", "zone"), ("facilities", EACH, "zone")):
        for key, name in matches(parts.values, pattern, ()):
            if isinstance(name, str) and not known_zone(name):
                near = suggestion(name, available_timezones())
                yield Problem(
                    key,
                    f"there is no time zone {name!r}{near}; allowed: an IANA name such as 'Asia/Shanghai'",
                )


def known_zone(name: str) -> bool:
    """Tell whether the zone database has a zone."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


Check = Callable[[Parts], Iterator[Problem]]
