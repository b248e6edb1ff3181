"""The trader classes of exporter and importer as one class, since engines know one for each consignment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fourport.scenario.models.scenario import Scenario


@dataclass(frozen=True)
class Traders:
    """The pairs of trader classes that consignments of a scenario may have.

    Attributes
    ----------
    exporters, importers
        (G,) trader class of the exporter and of the importer of each pair. The first pairs are those of one
        class for both, in the order of the scenario.
    """

    exporters: tuple[str, ...]
    importers: tuple[str, ...]

    @classmethod
    def of(cls, scenario: Scenario) -> Traders:
        """Return the pairs of a scenario: of one class, and the others that a lane may send."""
        pairs = {(name, name): None for name in scenario.trader_classes}
        for lane in scenario.lanes.values():
            pairs |= {(mine, theirs): None for mine in lane.trader_classes for theirs in lane.importers}
        return cls(tuple(mine for mine, _ in pairs), tuple(theirs for _, theirs in pairs))

    @property
    def names(self) -> tuple[str, ...]:
        """(G,) name of each pair: that of the class, or "exporter > importer"."""
        pairs = zip(self.exporters, self.importers, strict=True)
        return tuple(mine if mine == theirs else f"{mine} > {theirs}" for mine, theirs in pairs)

    def seen_by(self, procedure: Literal["export", "transit", "import"]) -> tuple[str, ...]:
        """Return (G,) the trader class that counts at an office of a procedure."""
        return self.importers if procedure == "import" else self.exporters
