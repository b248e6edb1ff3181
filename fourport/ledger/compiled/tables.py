"""The arrays with which lines of invoices and emissions are added up."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fourport.machine import Routine
from fourport.plan.tables import Floats, Ints
from fourport.trace.compiled import Places
from fourport.world.tables import Flags


class Invoices(NamedTuple):
    """The invoices of all consignments. ``R`` routes, ``L`` lines of all routes, ``n`` consignments by route.

    Attributes
    ----------
    first_line, n
        (R + 1,), (R,) first line of each route, and number of its consignments.
    on_value, freight
        (L,) whether a line is a charge on value, or freight; it is not both.
    ids
        (n,) consignments.
    amounts
        Amounts of all consignments of a route on its first line, on its second, and so on; route by route.
    """

    first_line: Ints
    n: Ints
    on_value: Flags
    freight: Flags
    ids: Ints
    amounts: Floats


class Totals(NamedTuple):
    """Sums of the lines of consignments, (n,) by route; see :class:`fourport.ledger.invoice.Invoice`."""

    freight_cost: Floats
    logistics_cost: Floats
    charges_on_value: Floats


class Lists(NamedTuple):
    """The lines of some consignments that follow each other, as lists.

    Attributes
    ----------
    begin
        (m + 1,) where the list of each begins, and where the last one ends.
    amounts
        Amounts, list by list.
    """

    begin: Ints
    amounts: Floats


class Legs(NamedTuple):
    """Legs by route. ``l`` legs, ``C`` scopes, ``n`` consignments by route.

    Attributes
    ----------
    step
        (l,) step of the plan.
    kg_a_tonne
        (l, C) what a tonne emits on the leg, kg CO2e.
    tonnes
        (n,) weight.
    done
        (rows,) as in the trace.
    """

    step: Ints
    kg_a_tonne: Annotated[Floats, 2]
    tonnes: Floats
    done: Flags


class Emitted(NamedTuple):
    """``kg`` (C, n): what consignments emit in each scope, by route, kg CO2e; it is added to."""

    kg: Annotated[Floats, 2]


TOTALS = Routine("totals", "fourport.ledger.compiled.totals", (Invoices, Totals))
LISTING = Routine("listing", "fourport.ledger.compiled.listing", (Invoices, Lists, int, int))
EMITTING = Routine("emitting", "fourport.ledger.compiled.emitting", (Legs, Places, Emitted))
