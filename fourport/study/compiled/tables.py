"""The arrays with which samples of values are looked at."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import numpy as np

from fourport.machine import Routine
from fourport.plan.tables import FewInts, Floats, Ints
from fourport.world.tables import Flags

MANTISSA = 52
"""Bits of a float behind its sign and exponent."""

EXPONENTS = 1 << 12
"""Number of signs and exponents of a float."""

EVENTS = ("enter", "leave", "arrive", "deliver")
ENTER, LEAVE, ARRIVE, DELIVER = range(len(EVENTS))
"""What happens at a point of a route: places in ``EVENTS``."""

AT_A_TIME = 256
"""Number of consignments that are followed at a time: few enough for the processor's cache."""


class Samples(NamedTuple):
    """Samples of values, none of them NaN, and what is found of them; ``g`` samples in rows of ``r`` ranks.

    Attributes
    ----------
    value, bits
        Values, and the same numbers read as whole ones: sign, exponent, mantissa.
    ranks
        (rows, r) ranks that are looked for, from 0, ascending in each row.
    of_ranks
        (g, r) the values of these ranks.
    first_bin
        (g + 1,) number of bins of all samples before each, and of all.
    counts, low, high
        Bins of one sample after the other as in :class:`~fourport.study.histogram.Histograms`, and room for
        more: as many as there are values are enough.
    """

    value: Floats
    bits: Ints
    ranks: Annotated[Ints, 2]
    of_ranks: Annotated[Floats, 2]
    first_bin: Ints
    counts: FewInts
    low: Floats
    high: Floats

    @classmethod
    def room(cls, held: int, ranks: Ints, samples: int, values: int) -> Samples:
        """Return room for some samples, with so many values altogether, of which some are held at a time."""
        value, of_ranks = np.empty(held), np.empty((samples, ranks.shape[1]))
        first_bin, counts = np.zeros(samples + 1, dtype=np.int64), np.empty(values, dtype=np.int32)
        bins = counts, np.empty(values), np.empty(values)
        return cls(value, value.view(np.int64), ranks, of_ranks, first_bin, *bins)


class Scratch(NamedTuple):
    """Where one sample is looked at. Between samples there are no counts and marks.

    Attributes
    ----------
    counts, low, high
        (bins,) number of values, smallest and largest. Then ``counts`` marks bins whose values are collected.
    used
        (exponents,) whether a bin of an exponent has any value.
    listed
        Room for the bins that have values, in order.
    among
        (r,) rank among the values that are collected; -1 if it is found already.
    members
        Room for the values that are collected, and for one more.
    """

    counts: FewInts
    low: Floats
    high: Floats
    used: Flags
    listed: Ints
    among: Ints
    members: Floats

    @classmethod
    def room(cls, bits: int, ranks: int, values: int) -> Scratch:
        """Return room for bins of some bits of the mantissa, and samples of at most so many values."""
        n = EXPONENTS << bits
        return cls(
            np.zeros(n, dtype=np.int32),
            np.empty(n),
            np.empty(n),
            np.zeros(EXPONENTS, dtype=np.bool_),
            np.empty(values, dtype=np.int64),
            np.empty(ranks, dtype=np.int64),
            np.empty(values + 1),
        )


class Points(NamedTuple):
    """The ``p`` points of some routes, one route after the other, as the plan has them.

    Attributes
    ----------
    first_point
        (routes + 1,) range of each route in the points.
    event
        (p,) ``ENTER``, ``LEAVE``, ``ARRIVE`` or ``DELIVER``.
    first_leg, leg
        (p + 1,) range of each point in ``leg``, the steps of the plan of which each consignment does one.
    first_charge, charge, is_freight
        (p + 1,) range of each point in ``charge``, the lines of the invoice that are charged there, and
        whether they are freight.
    first_time, time, time_is_freight
        (routes + 1,) range of each route in ``time``, its lines of the cost of time, and whether they are
        freight.
    first_line
        (routes + 1,) range of each route in all lines of the invoices.
    """

    first_point: Ints
    event: Ints
    first_leg: Ints
    leg: Ints
    first_charge: Ints
    charge: Ints
    is_freight: Flags
    first_time: Ints
    time: Ints
    time_is_freight: Flags
    first_line: Ints


class Goods(NamedTuple):
    """The ``k`` consignments of the routes that are looked at; each has been delivered.

    Attributes
    ----------
    first
        (routes + 1,) range of each route.
    row
        (k,) place of each among the consignments of the route.
    entry_us, delivered_us
        (k,) acceptance and delivery, us UTC.
    kg
        (k,) gross weight, kg.
    first_row
        (S,) first row of each step in the trace.
    begin_us, end_us
        (rows,) as in the trace.
    first_amount, n
        (routes,) where the amounts of a route begin, and the number of all consignments of the route.
    amount
        The amounts on all invoices, line by line.
    """

    first: Ints
    row: Ints
    entry_us: Ints
    delivered_us: Ints
    kg: Floats
    first_row: Ints
    begin_us: Ints
    end_us: Ints
    first_amount: Ints
    n: Ints
    amount: Floats


class AtStops(NamedTuple):
    """What is worked out of them, besides the values of samples.

    Those of one route are held at a time: of one point after the other the hours since acceptance of each
    consignment, then the freight up to there, then all charges. Behind them there is room for costs per kg.

    Attributes
    ----------
    differs
        (2, p) whether freight, or all charges, of any consignment differ from those at the point before.
    sample_of
        (3, p) the sample of the values of a point: hours, freight per kg, and all charges per kg. Each point
        has a place for three, but costs that do not differ from those at the point before are in its sample.
    charged
        (lines,) sum of each line of all invoices.
    freight, every, share
        Room for what some consignments are charged so far, and the part of the whole time that has passed.
    """

    differs: Annotated[Flags, 2]
    sample_of: Annotated[Ints, 2]
    charged: Floats
    freight: Floats
    every: Floats
    share: Floats

    @classmethod
    def room(cls, points: Points) -> AtStops:
        """Return room for what is worked out at some points."""
        p, lines = len(points.event), int(points.first_line[-1])
        differs, sample_of = np.zeros((2, p), dtype=np.bool_), np.empty((3, p), dtype=np.int64)
        return cls(differs, sample_of, np.zeros(lines), *np.empty((3, AT_A_TIME)))


AT_STOPS = Routine(
    "at-stops", "fourport.study.compiled.at_stops", (Points, Goods, AtStops, Samples, Scratch, int, int)
)
