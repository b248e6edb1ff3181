"""The rules for each kind of tariff line: one function for each, registered by its model.

Importing this package registers them all.
"""

from fourport.ledger.rules import air, basis, parcels, storage, surcharges, units
from fourport.ledger.rules.dispatch import charge

__all__ = ["air", "basis", "charge", "parcels", "storage", "surcharges", "units"]
