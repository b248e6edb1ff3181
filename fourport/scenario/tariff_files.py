"""Laying the price lists that a scenario file names into its values."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fourport.errors import Key
from fourport.scenario.layers import Located, Place, Values
from fourport.scenario.price_lists import PriceList, read_price_list

KEY = "tariff_files"


def named_files(raw: Values) -> Iterator[tuple[Key, Values, str]]:
    """Give each price list that a file or one of its policies names: its key, where it belongs, its path."""
    bodies: list[tuple[Key, Any]] = [((), raw)]
    policies = raw.get("policies")
    if isinstance(policies, dict):
        bodies += [(("policies", name), body) for name, body in policies.items()]
    for root, body in bodies:
        files = body.get(KEY) if isinstance(body, dict) else None
        for index, name in enumerate(files if isinstance(files, list) else []):
            if isinstance(name, str) and name:
                yield (*root, KEY, index), body, name


def beside(file: Path, name: str) -> Path:
    """Give the path of a price list from the folder of the scenario file that names it."""
    return Path(os.path.normpath(file.parent / name))


def lay_in(path: Path, text: str, key: Key, body: Values, places: dict[Key, Place]) -> list[Located]:
    """Lay the tariffs of a price list into the values of a file or a policy; give what is wrong with it.

    Parameters
    ----------
    path, text
        The price list.
    key
        Where it is named.
    body
        The values that it becomes a part of.
    places
        Gets the line of each row, under the key that the row has become.
    """
    found = read_price_list(text)
    wrong = [Located(str(path), line, column, message) for line, column, message in found.wrong]
    tariffs = body.setdefault("tariffs", {})
    if not isinstance(tariffs, dict):
        return wrong  # the models say so
    root = (*key[:-2], "tariffs")
    places.setdefault(root, Place(str(path), 1))
    for name, tariff in found.tariffs.items():
        there = tariffs.get(name, {})
        if not isinstance(there, dict) or "lines" in there:
            line = found.rows[(name,)]
            message = "has lines elsewhere in the same file or in another of its price lists"
            wrong.append(
                Located(str(path), line, f"tariffs.{name}", f"{message}; allowed: one place for them")
            )
            continue
        tariffs[name] = tariff | there
        _note(places, root, name, found, path)
    return wrong


def _note(places: dict[Key, Place], root: Key, name: str, found: PriceList, path: Path) -> None:
    for key, line in found.rows.items():
        if key[0] == name:
            places.setdefault((*root, *key), Place(str(path), line))
