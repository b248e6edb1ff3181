"""Tariffs: charges, their payers and their bases. One file for each family of lines."""

from fourport.scenario.models.tariffs.air import UnitLoadLine, WeightBreakLine
from fourport.scenario.models.tariffs.line import (
    BASIS_UNITS,
    Basis,
    Category,
    Line,
    Payer,
    SurchargeLine,
    TariffLine,
)
from fourport.scenario.models.tariffs.parcels import ParcelLine
from fourport.scenario.models.tariffs.storage import StorageLine
from fourport.scenario.models.tariffs.tariff import AnyLine, Tariff
from fourport.scenario.models.tariffs.units import ContainerLine, DepartureLine, VehicleLine

__all__ = [
    "BASIS_UNITS",
    "AnyLine",
    "Basis",
    "Category",
    "ContainerLine",
    "DepartureLine",
    "Line",
    "ParcelLine",
    "Payer",
    "StorageLine",
    "SurchargeLine",
    "Tariff",
    "TariffLine",
    "UnitLoadLine",
    "VehicleLine",
    "WeightBreakLine",
]
