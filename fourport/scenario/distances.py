"""Warn of legs that an overlay or a policy makes longer or shorter, but whose price cannot follow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fourport.errors import Problem
from fourport.scenario.amounts import in_full
from fourport.scenario.entries import Leg, parsed
from fourport.scenario.models.tariffs import Tariff
from fourport.scenario.models.transport import Fleet, Service, Trucking
from fourport.scenario.tree import Node
from fourport.scenario.units import Price

MODELS: Mapping[str, type[Leg]] = {"services": Service, "fleets": Fleet, "trucking": Trucking}
BY_DISTANCE = ("km", "tkm")
"""Units whose prices grow with the distance."""


def unpriced_distances(layers: Sequence[Node], tree: Node) -> Iterator[Problem]:
    """Warn of changed distances of legs none of whose tariffs has a price by distance.

    Nothing is said where the tariffs change together with the distance.

    Parameters
    ----------
    layers
        The tree after each file, the base first.
    tree
        The scenario, with its policy applied.
    """
    for section, model in MODELS.items():
        for name, node in tree.table(section).items():
            leg = parsed(node, model)
            before = None if leg is None else _before(layers, section, name, leg.distance)
            if leg is None or before is None:
                continue
            old, base = before
            if not leg.tariffs or old.tariffs != leg.tariffs or _tariffs(base, old) != _tariffs(tree, leg):
                continue
            tariffs = [parsed(tree.table("tariffs").get(tariff), Tariff) for tariff in leg.tariffs]
            if any(tariff is None or _by_distance(tariff) for tariff in tariffs):
                continue
            lengths = f"{in_full(leg.distance)} km instead of {in_full(old.distance)} km"
            several = len(leg.tariffs) > 1
            named = f"tariff{'s' if several else ''} {' and '.join(map(repr, leg.tariffs))}"
            have = "have" if several else "has"
            yield Problem(
                (section, name, "distance"),
                f"{name!r} is {lengths}, but costs the same: its {named} {have} no price"
                ' by distance; change the prices, too, or give a line with basis = "distance" or "tonne-km"',
            )


def _before(layers: Sequence[Node], section: str, name: str, distance: float) -> tuple[Leg, Node] | None:
    """Return a leg as it was before its distance changed last, and the tree of then; None if it did not."""
    for layer in reversed(layers):
        leg = parsed(layer.table(section).get(name), MODELS[section])
        if leg is not None and leg.distance != distance:
            return leg, layer
    return None


def _tariffs(tree: Node, leg: Leg) -> list[Any]:
    """Return the tariffs of a leg as written."""
    found = [tree.table("tariffs").get(name) for name in leg.tariffs]
    return [node and node.values for node in found]


def _by_distance(tariff: Tariff) -> bool:
    return any(
        isinstance(amount, Price) and amount.per in BY_DISTANCE
        for line in tariff.lines
        for _, amount in line.amounts()
    )
