"""Entries that nothing refers to: most are a name that was meant to be another.

An entry that a policy or an overlay adds must be named by something, or it
changes nothing. In a file that extends no other, resources, calendars, holiday
lists and tariffs must be named by something; places, ways and the like may be
there ahead of their use. What a policy or an overlay no longer uses is no error.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from fourport.errors import Key, Problem
from fourport.scenario.parts import LEGS, table
from fourport.scenario.references import EACH, REFERENCES, SINGULAR, matches, scanning_places
from fourport.scenario.shape import suggestion

WITHIN = ("resources", "activities")
"""Tables of a facility whose entries are referred to."""
NAMED = (
    "currencies",
    "holidays",
    "calendars",
    "facilities",
    *LEGS,
    "trader_classes",
    "credit_grades",
    "commodities",
    "routes",
    "tariffs",
    "emission_factors",
)
"""Sections whose entries are referred to."""
IDLE = ("resources", "calendars", "holidays", "tariffs")
"""What makes no sense without use, even in a file that extends no other."""

_WORDS = {
    **SINGULAR,
    "resources": "resource",
    "activities": "activity",
    "currencies": "currency",
    "services": "service",
    "fleets": "fleet",
    "trucking": "haul",
}
_USERS = {
    "currencies": "a price or value in it",
    "holidays": "a calendar",
    "calendars": "a resource",
    "facilities": "a way, lane or route",
    "resources": "an activity of the same facility",
    "activities": "a step of a route",
    **dict.fromkeys(LEGS, "a step of a route"),
    "trader_classes": "a lane",
    "credit_grades": "a lane",
    "commodities": "a lane",
    "routes": "a lane",
    "tariffs": "an activity, a service, a fleet or a trucking leg",
    "emission_factors": "a service, a fleet or a trucking leg",
}
_CODE = re.compile(r"\b[A-Z]{3}\b")


def entries(values: Any) -> set[Key]:
    """Give the keys of all entries that something may refer to."""
    found: set[Key] = {(section, name) for section in NAMED for name in table(values, section)}
    for place in table(values, "facilities"):
        for inner in WITHIN:
            found |= {
                ("facilities", place, inner, name) for name in table(values, "facilities", place, inner)
            }
    return found


def used(values: Any) -> set[Key]:
    """Give the keys of all entries that something refers to, whether they are there or not."""
    found: set[Key] = set()
    for pattern, section in REFERENCES:
        # A name in place of a list of names is wrong, and said to be; it is a use all the same.
        patterns = (pattern, pattern[:-1]) if pattern[-1] == EACH else (pattern,)
        for key, name in chain.from_iterable(matches(values, one, ()) for one in patterns):
            if not isinstance(name, str):
                continue  # the models say so
            if section == "resource":
                found.add(("facilities", key[1], "resources", name))
            elif section == "scan-resource":
                found |= {("facilities", at, "resources", name) for at in scanning_places(values, key)}
            elif section == "leg":
                found |= {(one, name) for one in LEGS}
            else:
                found.add((section, name))
    for _, step in matches(values, ("routes", EACH, "steps", EACH), ()):
        if isinstance(step, dict) and isinstance(step.get("at"), str) and isinstance(step.get("do"), str):
            found.add(("facilities", step["at"], "activities", step["do"]))
    for section in ("commodities", "tariffs"):
        found |= {("currencies", code) for code in _codes(table(values, section))}
    return found


def _codes(value: Any) -> Iterator[str]:
    """Give what may be a currency in any text of a value."""
    if isinstance(value, str):
        yield from _CODE.findall(value)
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _codes(one)


def _missed(values: Any) -> set[Key]:
    """Give the tables that something refers to in vain: one of their entries may have been meant.

    Of currencies no such thing is known: any three capitals in a text may name one.
    """
    there = entries(values)
    vain = {key for key in used(values) - there if key[0] != "currencies"}
    return {key[:-1] for key in vain if key[0] not in LEGS or not any((one, key[1]) in there for one in LEGS)}


def new_but_unused(new: Iterable[Key], in_use: set[Key], values: Any) -> Iterator[Problem]:
    """Find entries that a policy or an overlay adds and nothing refers to.

    An entry within an unused one is not told, too, nor one of a table that is referred to in vain.
    """
    idle = set(new) - in_use
    missed = _missed(values)
    for key in sorted(idle, key=repr):
        if key[:2] in idle - {key} or key[:-1] in missed:
            continue
        section, name = key[-2], str(key[-1])
        others = [other for other in table(values, *map(str, key[:-1])) if (*key[:-1], other) not in idle]
        there = f"one that is there ({', '.join(others)}), or a" if others else "a"
        yield Problem(
            key,
            f"is a new {_WORDS[str(section)]} that nothing uses{suggestion(name, others)}"
            f"; allowed: {there} new one that {_USERS[str(section)]} names",
        )


def idle_in_base(there: Iterable[Key], in_use: set[Key], values: Any) -> Iterator[Problem]:
    """Find resources, calendars, holiday lists and tariffs that nothing refers to."""
    missed = _missed(values)
    for key in sorted(set(there) - in_use, key=repr):
        section = str(key[-2])
        if section in IDLE and key[:-1] not in missed:
            yield Problem(key, f"nothing uses it; allowed: a {_WORDS[section]} that {_USERS[section]} names")
