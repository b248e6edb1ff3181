"""List the numbers of a scenario and their sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fourport.scenario.entries import table
from fourport.scenario.load import effective
from fourport.scenario.read import read
from fourport.scenario.titles import title_of
from fourport.scenario.tree import FileLine, Provenance, written

COLUMNS = ("key", "value", "range", "grade", "source", "address", "note")


@dataclass(frozen=True)
class Number:
    """A number of a scenario.

    Attributes
    ----------
    key
        Its key, as users write it.
    place
        File and line.
    provenance
        What is known about it.
    title, address
        Title and address of its source.
    """

    key: str
    place: FileLine
    provenance: Provenance
    title: str
    address: str

    @property
    def row(self) -> tuple[str, ...]:
        """The cells of :data:`COLUMNS`."""
        limits = self.provenance.range
        return (
            self.key,
            _shown(self.provenance.value),
            " to ".join(_shown(limit) for limit in limits) if limits else "",
            self.provenance.grade or "",
            self.title,
            self.address,
            self.provenance.note,
        )


def numbers(name_or_path: str | Path, policy: str | None = None) -> list[Number]:
    """Return every number of a scenario, in the order of its files.

    Without a policy, the numbers of all policies are included, as ``policies.NAME...``;
    with a policy, the numbers are those of the scenario under it.

    Raises
    ------
    UserError
        If the scenario cannot be read, or its tags are wrong.
    """
    document = read(name_or_path)
    tree = effective(document, policy) if policy else document.tree
    document.refuse()
    sources = dict(table(tree.values, "sources"))
    for name in table(tree.values, "policies"):
        sources |= table(tree.values, "policies", name, "sources")
    found = []
    for key, node in tree.numbers():
        provenance = node.provenance
        assert provenance is not None
        source = table(sources, provenance.source or "")
        title = title_of(source.get("title"), provenance.source or "")
        address = str(source.get("address", ""))
        found.append(Number(written(key), node.place, provenance, title, address))
    return found


def untagged(found: Iterable[Number]) -> list[Number]:
    """Return the numbers without a grade."""
    return [number for number in found if number.provenance.grade is None]


def _shown(value: Any) -> str:
    return str(value)
