"""Tariffs: charges, their payers and their bases. One file for each family of lines.

:data:`LINES` has the kinds of line: every subclass of ``Line`` in a module of this package.
"""

from fourport.scenario.models.tariffs.air import UnitLoadLine, WeightBreakLine
from fourport.scenario.models.tariffs.departures import (
    DeadFreightLine,
    DepartureLine,
    MasterBillLine,
    Sharing,
)
from fourport.scenario.models.tariffs.line import (
    BASIS_UNITS,
    ON_VALUE,
    Basis,
    Category,
    Line,
    Payer,
    SurchargeLine,
    TariffLine,
)
from fourport.scenario.models.tariffs.margins import MarginLine
from fourport.scenario.models.tariffs.parcels import ParcelLine
from fourport.scenario.models.tariffs.storage import StorageLine
from fourport.scenario.models.tariffs.tariff import LINES, Tariff
from fourport.scenario.models.tariffs.units import ContainerLine, VehicleLine
from fourport.scenario.models.tariffs.value import ValueLine

__all__ = [
    "BASIS_UNITS",
    "LINES",
    "ON_VALUE",
    "Basis",
    "Category",
    "ContainerLine",
    "DeadFreightLine",
    "DepartureLine",
    "Line",
    "MarginLine",
    "MasterBillLine",
    "ParcelLine",
    "Payer",
    "Sharing",
    "StorageLine",
    "SurchargeLine",
    "Tariff",
    "TariffLine",
    "UnitLoadLine",
    "ValueLine",
    "VehicleLine",
    "WeightBreakLine",
]
