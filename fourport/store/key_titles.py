"""Titles of the resources of a scenario, and of its numbers by their keys."""

from __future__ import annotations

from collections.abc import Callable

from fourport.errors import key_of

Title = Callable[[str, str], str]
"""Returns the title of a section ("places", "resources", "lanes", ...) and key; the key, or "", if none."""

SECTIONS = {"facilities": "places", "lanes": "lanes", "routes": "routes", "services": "services"}
"""Section of the titles of what each section of a scenario lists."""


def resource_title(title: Title, at: str) -> str:
    """Return the title of the resource "facility/name"; its name in plain words if it has none."""
    found = title("resources", at)
    return plain(at.partition("/")[2]) if found in ("", at) else found


def key_title(title: Title, key: str) -> str:
    """Return the key of a number with titles in place of the names of what it belongs to.

    ``facilities.port.resources.bays.servers`` is "Port, Inspection bays: servers".
    """
    owners, words = key_parts(title, key)
    return ": ".join(filter(None, [", ".join(owners), words]))


def key_parts(title: Title, key: str) -> tuple[tuple[str, ...], str]:
    """Return the titles of what a number belongs to, and what it is in plain words."""
    section, *path = key_of(key)
    if section not in SECTIONS or len(path) < 2:
        return (), key
    name, *path = path
    owners = [title(SECTIONS[str(section)], str(name)) or plain(str(name))]
    if section == "facilities" and path[0] in ("resources", "activities") and path[1:]:
        kind, which, *path = path
        owners.append(resource_title(title, f"{name}/{which}") if kind == "resources" else plain(str(which)))
    words: list[str] = []
    for one in path:
        if isinstance(one, int):  # of shifts[0] the first: "shift 1"
            words[-1] = f"{words[-1].removesuffix('s')} {one + 1}"
        else:
            words.append(plain(one))
    return tuple(owners), " ".join(words)


def plain(name: str) -> str:
    """Return a name in plain words."""
    return name.replace("_", " ").replace("-", " ")


def range_title(low: object, high: object, between: str = " to ") -> str:
    """Return the ends of a range as written, with their unit once."""
    first, _, unit = str(low).partition(" ")
    last, _, other = str(high).partition(" ")
    return f"{first}{between}{last} {unit}".rstrip() if unit == other else f"{low}{between}{high}"
