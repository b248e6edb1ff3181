"""Check names: references to entries that do not exist, unused entries, and names that are not allowed.

The types of fields say what they name (:mod:`fourport.scenario.ref`). One walk over the tree, along the
models, finds all references (:func:`references_in`). It uses the text as written, so entries need not be
valid, and each table of the tree is walked once.

Unused entries of a policy or an overlay are errors, since they change nothing; they are usually typos. In
files that extend no other, unused resources, calendars, holiday lists, tariffs and levers are errors;
facilities, legs and the like may be defined before they are used. Entries that a policy or an overlay no
longer uses are no errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, available_timezones

from fourport.errors import Key, Problem
from fourport.scenario.entries import LEGS
from fourport.scenario.listing import Listing
from fourport.scenario.names import ALL, BASE, ENTRY, LONGEST, PATTERN, base_name, is_entry
from fourport.scenario.ref import Ref
from fourport.scenario.shape import SCENARIO, Shape
from fourport.scenario.suggestions import allowed, suggestion
from fourport.scenario.tree import UNKNOWN, Node


class NamedKind(NamedTuple):
    """A kind of entry that can be named.

    Attributes
    ----------
    word
        Its name in messages.
    users
        What names it, in words.
    must_be_used
        Whether an unused one is an error even in files that extend no other.
    """

    word: str
    users: str = ""
    must_be_used: bool = False


_A_STEP = "a step of a route"
KINDS = {
    "currencies": NamedKind("currency", "a price or value in it"),
    "holidays": NamedKind("holiday list", "a calendar or a lane", must_be_used=True),
    "calendars": NamedKind("calendar", "a resource, leg by road or storage line", must_be_used=True),
    "facilities": NamedKind("facility", "a leg, lane or route"),
    "services": NamedKind("service", _A_STEP),
    "fleets": NamedKind("fleet", _A_STEP),
    "trucking": NamedKind("trucking leg", _A_STEP),
    "trader_classes": NamedKind("trader class", "a lane"),
    "credit_grades": NamedKind("credit grade", "a lane"),
    "commodities": NamedKind("commodity", "a lane"),
    "routes": NamedKind("route", "a lane"),
    "tariffs": NamedKind("tariff", "an activity, a service, a fleet or a trucking leg", must_be_used=True),
    "emission_factors": NamedKind("emission factor", "a service, a fleet or a trucking leg"),
    "levers": NamedKind("lever", "a policy_package", must_be_used=True),
}
"""Sections whose entries must be used."""
FACILITY_KINDS = {
    "resources": NamedKind("resource", "an activity of the same facility", must_be_used=True),
    "activities": NamedKind("activity", _A_STEP),
}
"""Tables of a facility whose entries must be used."""
OTHER_KINDS = {
    "leg": NamedKind("service, fleet or trucking leg"),
    "resource": NamedKind("resource"),
    "activity": NamedKind("activity"),
    "resource-at": NamedKind("resource"),
    "office": NamedKind("customs office"),
    "activity-at": NamedKind("handling or stay"),
}
"""Other kinds that can be named."""
ALL_KINDS = {**KINDS, **FACILITY_KINDS, **OTHER_KINDS}
_CODE = re.compile(r"\b[A-Z]{3}\b")


class Reference(NamedTuple):
    """A reference: name and place; ``whole`` if a text or a table is there instead of a list of names."""

    key: Key
    ref: Ref
    name: str
    whole: bool = False


def references_in(tree: Node) -> Sequence[Reference]:
    """Return all references in a scenario or a policy, with their keys."""
    return _references(tree, SCENARIO, ())


def _references(node: Node, shape: Shape, key: Key) -> Sequence[Reference]:
    """Return the references in a value; those of sections and entries stay at their nodes."""
    if not shape.refers:
        return ()
    if len(key) in (1, 2):
        if node.references is UNKNOWN:
            node.references = tuple(_walked(node, shape, key))
        found: Sequence[Reference] = node.references
        return found
    return tuple(_walked(node, shape, key))


def _walked(node: Node, shape: Shape, key: Key, whole: bool = False) -> Iterator[Reference]:
    if node.parts is None:
        if not isinstance(node.values, str):
            return
        if shape.ref is not None:
            yield Reference(key, shape.ref, node.values, whole)
        elif (each := shape.inner(0).ref) is not None:
            yield Reference(key, each, node.values, True)
        return
    for name, part in node.parts.items():
        if shape.keys_ref is not None and isinstance(name, str):
            yield Reference((*key, name), shape.keys_ref, name, whole)
        inner = shape.inner(name)
        if inner.types and not whole:
            yield from _references(part, inner, (*key, name))
        else:
            inner = inner if inner.types else shape.inner(0)
            yield from _walked(part, inner, (*key, name), True) if inner.refers else ()


def check_references(tree: Node, listing: Listing) -> Iterator[Problem]:
    """Check that all names exist, and that no list names something twice, as far as sections are listed."""
    listed: set[tuple[Key, str]] = set()
    known: dict[tuple[str, str], dict[str, None]] = {}
    for key, ref, name, whole in references_in(tree):
        if whole:
            continue  # reported by the models
        if isinstance(key[-1], int):
            if (key[:-1], name) in listed:
                yield Problem(key, f"{name!r} is named twice; allowed: each once")
            listed.add((key[:-1], name))
        if ref.to == "zone":
            if not _is_zone(name) and not listing.is_full(key):
                near = suggestion(name, available_timezones())
                what = f"there is no time zone {name!r}{near}"
                yield Problem(key, f"{what}; allowed: an IANA name such as 'Asia/Shanghai'")
            continue
        place = _place(tree, ref, key)
        if place is None:
            continue  # the facility does not exist
        if (ref.to, place) not in known:
            known[ref.to, place] = dict.fromkeys(_names(tree, ref, place))
        if name not in known[ref.to, place] and not listing.is_full(key):
            names, word = list(known[ref.to, place]), ALL_KINDS[ref.to].word
            where = f" at {place!r}" if place and key[0] != "levers" else ""
            there = allowed(names) or f"; there is no {word}{where} at all"
            yield Problem(key, f"there is no {word} {name!r}{where}{suggestion(name, names)}{there}")
    yield from _check_leg_names(tree)


def _place(tree: Node, ref: Ref, key: Key) -> str | None:
    """Return the facility whose names are meant; "" if all are, None if it is not known."""
    if ref.to == "activity":
        at = tree.nearest(key[:-1]).values.get("at")
        return at if isinstance(at, str) and at in tree.table("facilities") else None
    if ref.to != "resource":
        return ""
    return next(iter(_resources_places(tree, key)), "")


def _resources_places(tree: Node, key: Key) -> list[str]:
    """Return the facilities whose resources are meant; for a lever, those of its offices."""
    if key[0] == "facilities":
        return [str(key[1])]
    at = tree.nearest(key[:2]).values.get("at", [])
    return [str(office).partition("/")[0] for office in at] if isinstance(at, list) else []


def _names(tree: Node, ref: Ref, place: str) -> Iterable[str]:
    """Return the existing names."""
    match ref.to:
        case "leg":
            return [name for one in LEGS for name in tree.table(one)]
        case "resource" | "activity":
            return tree.table("facilities", place, "resources" if ref.to == "resource" else "activities")
        case "office" | "resource-at" | "activity-at":
            return _placed(tree, ref.to)
    return tree.table(ref.to)


def _placed(tree: Node, what: str) -> Iterator[str]:
    """Return offices, resources or activities with their facilities: "harbour/officers"."""
    for place in tree.table("facilities"):
        if what == "resource-at":
            yield from (f"{place}/{name}" for name in tree.table("facilities", place, "resources"))
            continue
        for name, entry in tree.table("facilities", place, "activities").items():
            is_office = entry.is_table and entry.values.get("kind") == "customs"
            if is_office == (what == "office"):
                yield f"{place}/{name}"


def _check_leg_names(tree: Node) -> Iterator[Problem]:
    """Check that no two legs have the same name, since a route could mean either."""
    first: dict[str, str] = {}
    for section in LEGS:
        for name in tree.table(section):
            if name in first:
                yield Problem(
                    (section, name),
                    f"also a name in [{first[name]}]; allowed: one name for one service, fleet or trucking",
                )
            first.setdefault(name, section)


@cache
def _is_zone(name: str) -> bool:
    """Return whether a time zone is in the zone database."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def entries(tree: Node) -> set[Key]:
    """Return the keys of all entries that something may refer to."""
    return {*_entries(tree)}


def _entries(tree: Node) -> Iterator[Key]:
    for section in KINDS:
        yield from ((section, name) for name in tree.table(section))
    for place in tree.table("facilities"):
        for inner in FACILITY_KINDS:
            yield from (("facilities", place, inner, name) for name in tree.table("facilities", place, inner))


def entries_used(tree: Node) -> set[Key]:
    """Return the keys of all entries that something refers to, whether they exist or not."""
    return set[Key]().union(*(_used_by(node, section) for section, node in tree.table().items()))


def _used_by(node: Node, section: str) -> frozenset[Key]:
    """Return the keys of the entries that a section refers to, which stay at its node."""
    if node.uses is None:
        found: set[Key] = set()
        within = Node(node.lines, (), parts={section: node})
        for use in _references(node, SCENARIO.inner(section), (section,)):
            match use.ref.to:
                case "resource":
                    places = _resources_places(within, use.key)
                    found.update(("facilities", at, "resources", use.name) for at in places)
                case "activity":
                    at = within.nearest(use.key[:-1]).values.get("at")
                    if isinstance(at, str):
                        found.add(("facilities", at, "activities", use.name))
                case "leg":
                    found.update((one, use.name) for one in LEGS)
                case kind:
                    found.add((kind, use.name))
        if section in ("commodities", "tariffs"):
            for entry in within.table(section).values():
                found.update(("currencies", code) for code in _codes(entry))
        node.uses = frozenset(found)
    return node.uses


def _codes(node: Node) -> frozenset[str]:
    """Return all possible currency codes in the texts of an entry."""
    if node.codes is None:
        node.codes = frozenset(_CODE.findall("\n".join(_texts(node.values))))
    return node.codes


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _missed(tree: Node) -> set[Key]:
    """Return tables with references to entries that do not exist: an unused entry there may have been meant.

    Currencies are left out, since any three capitals in a text may be a currency.
    """
    there = entries(tree)
    vain = {key for key in entries_used(tree) - there if key[0] != "currencies"}
    return {key[:-1] for key in vain if key[0] not in LEGS or not any((one, key[1]) in there for one in LEGS)}


Idle = Mapping[Key, Callable[[], Problem]]
"""What says of an unused entry that nothing uses it, by its key: nobody reads that of thousands."""


def new_but_unused(new: Iterable[Key], in_use: set[Key], tree: Node) -> Idle:
    """Check that something uses each entry that a policy or an overlay adds.

    Entries within an unused entry are not reported, nor those of tables with references that do not exist.
    """
    idle = set(new) - in_use
    missed = _missed(tree) if idle else set()
    others: dict[Key, list[str]] = {}

    def problem(key: Key) -> Problem:
        name, kind, table = str(key[-1]), ALL_KINDS[str(key[-2])], key[:-1]
        if table not in others:
            others[table] = [one for one in tree.table(*map(str, table)) if (*table, one) not in idle]
        there = f"one that is there ({', '.join(others[table])}), or a" if others[table] else "a"
        return Problem(
            key,
            f"is a new {kind.word} that nothing uses{suggestion(name, others[table])}"
            f"; allowed: {there} new one that {kind.users} names",
        )

    told = (key for key in idle if (len(key) == 2 or key[:2] not in idle) and key[:-1] not in missed)
    return {key: partial(problem, key) for key in sorted(told, key=repr)}


def unused_in_base(there: Iterable[Key], in_use: set[Key], tree: Node) -> Idle:
    """Check that something uses each resource, calendar, holiday list, tariff and lever."""
    idle = [key for key in there if key not in in_use and ALL_KINDS[str(key[-2])].must_be_used]
    missed = _missed(tree) if idle else set()

    def problem(key: Key) -> Problem:
        kind = ALL_KINDS[str(key[-2])]
        return Problem(key, f"nothing uses it; allowed: a {kind.word} that {kind.users} names")

    return {key: partial(problem, key) for key in sorted(idle, key=repr) if key[:-1] not in missed}


def wrong_names(tree: Node) -> Iterator[Problem]:
    """Check that names can be file names, can be written where they are used, and are not reserved."""
    values = tree.values
    yield from _wrong_entries(tree, ())
    if values.get("base") == ALL:
        yield Problem(("base",), f"{ALL!r} asks for all policies; allowed: another name")
    for name, body in tree.table("policies").items():
        yield from _wrong_policy(name, base_name(values))
        yield from _wrong_entries(body, ("policies", name))


def _wrong_policy(name: str, base: str) -> Iterator[Problem]:
    key = ("policies", name)
    if not re.fullmatch(PATTERN, name) or len(name) > LONGEST:
        what = f"{name!r} cannot be the name of a policy"
        allowed = f"small letters, digits and hyphens, at most {LONGEST}, no hyphen first"
        yield Problem(key, f"{what}; allowed: {allowed}")
    elif name == ALL:
        yield Problem(key, f"{ALL!r} asks for all policies; allowed: another name")
    elif name in (BASE, base):
        other = "" if name == BASE else ", or another one in 'base'"
        what = f"{name!r} is the name of the scenario as it stands"
        yield Problem(key, f"{what}; allowed: another name{other}")


def _wrong_entries(tree: Node, above: Key) -> Iterator[Problem]:
    lanes: Iterator[Key] = (("lanes", name) for name in tree.table("lanes"))
    for key in (*_entries(tree), *_agencies(tree), *lanes):
        name = str(key[-1])
        is_pattern = bool(above) and key[0] == "tariffs" and "*" in name
        if not is_entry(name) and not is_pattern:
            yield Problem((*above, *key), f"{name!r} cannot be a name; allowed: any text with {ENTRY}")


def _agencies(tree: Node) -> Iterator[Key]:
    """Yield the agencies at customs offices, whose names are parts of those of their steps."""
    for place in tree.table("facilities"):
        for do in tree.table("facilities", place, "activities"):
            key = ("facilities", place, "activities", do, "agencies")
            yield from ((*key, name) for name in tree.table(*key))
