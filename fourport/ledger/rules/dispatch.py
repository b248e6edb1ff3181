"""Find the rule of a tariff line by the type of its model."""

from __future__ import annotations

from functools import singledispatch

from fourport.ledger.use import TariffUse
from fourport.plan.tables import Floats


@singledispatch
def charge(line: object, use: TariffUse) -> Floats:
    """Charge one line of a tariff, (n,) in the reporting currency.

    Raises
    ------
    TypeError
        If there is no rule for this kind of line.
    KeyError
        If the scenario has no exchange rate for the currency of the line.
    """
    raise TypeError(f"no rule to charge a line of the kind {type(line).__name__}")
