"""The rules for each kind of tariff line: one function for each, registered by its model.

Importing this package imports every module in it, and so registers them all.
"""

from importlib import import_module
from pkgutil import iter_modules

from fourport.ledger.rules.dispatch import charge

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")

__all__ = ["charge"]
