"""What the manifest of a run holds, and the titles in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourport.store.kinds import Each, Row

MANIFEST = "manifest.json"
FILES, OWN = "files", "sha256"
"""Entries: SHA-256 of each file by its path in the folder, and of the manifest itself.

Charts have none: nothing is read from them, and they are drawn again at will.
"""

_TITLES = Each(Each((str, Each(str))))
"""By section and key, and by language where they are translated."""
_ESTIMATES = Each({"share": float, "largest": [Row((str, float))]})
_SHARES = Each(Each(float))
"""By lane and route."""
_AMOUNT = (str, float)
"""As in a scenario: a number, or one with its unit."""
_ENDS = {"value": float, "low": float, "high": float}

KINDS = {
    "fourport": str,
    "scenario": {"name": str, "title": str},
    "scenarios": Each(str),
    "policies": Each(str),
    "base": str,
    "seed": int,
    "replications": int,
    "weeks": float,
    "reporting_currency": str,
    "titles": _TITLES,
    "titles_by_policy": Each(_TITLES),
    "routes": Each({"lanes": [str], "legs": [Row((str, str, str, float))]}),
    "estimates": _ESTIMATES,
    "rows": Each(int),
    FILES: Each(str),
    "comparison": {
        "baseline": str,
        "routes": [str],
        "lane": (str, None),
        "measures": [str],
        "tests": Each(int),
        "margins": Each(float),
        "estimates_of": str,
        "estimates": _ESTIMATES,
        "changed_offices": Each([str]),
    },
    "capacity": {
        "resource": str,
        "policy": str,
        "servers": [int],
        "measure": str,
        "lanes": [str],
        "routes": [str],
        "unit": str,
        "bound": float,
        "at_most": bool,
        "within": (str, None),
        "confidence": float,
        "smallest": (int, None),
        "unlimited": _ENDS,
        "hours": Each(float),
        "uncertain": Each(Row((_AMOUNT, _AMOUNT))),
    },
    "curves": {
        "over": str,
        "x": str,
        "x_unit": str,
        "log": bool,
        "policy": str,
        "replications": int,
        "routes": Each([str]),
        "undelivered": _SHARES,
        "starts": Each(str),
        "roads": Each(str),
    },
    "route_choice": {
        "policy": str,
        "routes": Each([str]),
        "modes": Each(Each(str)),
        "withheld": _SHARES,
        "goods": Each(Each(Each(float))),
        "replications": int,
    },
}
"""Kinds of the entries that are used, each where it is there."""


def titles_of(manifest: Mapping[str, Any], section: str, policy: str, language: str = "en") -> dict[str, str]:
    """Return the titles of a section, such as "lanes" or "places", under a policy, by key.

    A title is stored as one text, or as texts by language, of which the English one stands for those that
    are missing. Runs of versions before translations hold single texts.
    """
    own = manifest.get("titles_by_policy", {}).get(policy, {})
    found = {**manifest.get("titles", {}).get(section, {}), **own.get(section, {})}
    return {
        key: str(title.get(language, title.get("en", ""))) if isinstance(title, Mapping) else str(title)
        for key, title in found.items()
    }
