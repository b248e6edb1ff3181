"""Work out times and costs at the points of a route, and look at the values of all consignments at each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand, inlined
from fourport.plan.tables import HOUR, NEVER
from fourport.study.compiled.bins import look_at
from fourport.study.compiled.tables import AT_A_TIME, DELIVER, ENTER, LEAVE

if TYPE_CHECKING:
    from fourport.study.compiled.tables import AtStops, Goods, Points, Samples, Scratch


def run(
    points: Points, goods: Goods, at_stops: AtStops, samples: Samples, scratch: Scratch, bits: int, route: int
) -> None:
    """Follow the consignments of a route, which is the next one, and look at its samples."""
    points, goods, at_stops = at_hand(points), at_hand(goods), at_hand(at_stops)
    samples, scratch = at_hand(samples), at_hand(scratch)
    for since in range(goods.first[route], goods.first[route + 1], AT_A_TIME):
        _add_charges(points, goods, at_stops, route, since)
        _follow(points, goods, at_stops, samples, route, since)
    _look_at_all(points, goods, at_stops, samples, scratch, bits, route)


@inlined
def _add_charges(points: Points, goods: Goods, at_stops: AtStops, route: int, since: int) -> None:
    """Add the invoices of some consignments to the sum of each line."""
    until, column = min(since + AT_A_TIME, goods.first[route + 1]), goods.first_amount[route]
    for line in range(points.first_line[route], points.first_line[route + 1]):
        charged = at_stops.charged[line]
        for k in range(since, until):
            charged += goods.amount[column + goods.row[k]]
        at_stops.charged[line] = charged
        column += goods.n[route]


@inlined
def _follow(
    points: Points, goods: Goods, at_stops: AtStops, samples: Samples, route: int, since: int
) -> None:
    """Write the hours and charges of some consignments at each point of their route.

    Activities at a place are charged when the goods leave it. The cost of time accrues over time; other
    charges on the whole journey are added at delivery. Charges on value are left out.
    """
    first, last = points.first_point[route], points.first_point[route + 1]
    n, until = goods.first[route + 1] - goods.first[route], min(since + AT_A_TIME, goods.first[route + 1])
    for k in range(until - since):
        at_stops.freight[k] = at_stops.every[k] = 0.0
    hours_at = since - goods.first[route]
    for point in range(first, last):
        freight_at = hours_at + (last - first) * n
        every_at = freight_at + (last - first) * n
        for k in range(since, until):
            entry_us, us = goods.entry_us[k], _at_us(points, goods, point, k)
            samples.value[hours_at + k - since] = (us - entry_us) / HOUR
            at_stops.share[k - since] = (us - entry_us) / max(goods.delivered_us[k] - entry_us, 1)
        for of in range(points.first_charge[point], points.first_charge[point + 1]):
            column = goods.first_amount[route] + points.charge[of] * goods.n[route]
            for k in range(since, until):
                at_stops.every[k - since] += goods.amount[column + goods.row[k]]
            if points.is_freight[of]:
                for k in range(since, until):
                    at_stops.freight[k - since] += goods.amount[column + goods.row[k]]
        for k in range(until - since):
            samples.value[freight_at + k] = at_stops.freight[k]
            samples.value[every_at + k] = at_stops.every[k]
        for of in range(points.first_time[route], points.first_time[route + 1]):
            column = goods.first_amount[route] + points.time[of] * goods.n[route]
            for k in range(since, until):
                accrued = goods.amount[column + goods.row[k]] * at_stops.share[k - since]
                samples.value[every_at + k - since] += accrued
                if points.time_is_freight[of]:
                    samples.value[freight_at + k - since] += accrued
        if point > first:
            at_stops.differs[0, point] |= _differ(samples, freight_at, n, until - since)
            at_stops.differs[1, point] |= _differ(samples, every_at, n, until - since)
        hours_at += n


@inlined
def _at_us(points: Points, goods: Goods, point: int, k: int) -> int:
    """Return when a consignment was at a point, us UTC."""
    event = points.event[point]
    found: int = NEVER
    if event == ENTER:
        found = goods.entry_us[k]
    if event == DELIVER:
        found = goods.delivered_us[k]
    for leg in range(points.first_leg[point], points.first_leg[point + 1]):
        row = goods.first_row[points.leg[leg]] + goods.row[k]
        # Those of services that were not used are ``NEVER``, which is less than any time.
        found = max(found, goods.begin_us[row] if event == LEAVE else goods.end_us[row])
    return found


@inlined
def _differ(samples: Samples, begin: int, before: int, n: int) -> bool:
    """Return whether any of some values differs from that so many places before."""
    found = False
    for k in range(begin, begin + n):
        found |= samples.value[k] != samples.value[k - before]
    return found


@inlined
def _look_at_all(
    points: Points, goods: Goods, at_stops: AtStops, samples: Samples, scratch: Scratch, bits: int, route: int
) -> None:
    """Look at the samples of a route: at hours, and at those costs per kg that differ from point to point."""
    first, last = points.first_point[route], points.first_point[route + 1]
    n = goods.first[route + 1] - goods.first[route]
    begin, per_kg, sample = 0, 3 * (last - first) * n, 3 * first
    for point in range(first, last):
        look_at(samples, scratch, bits, route, begin, begin + n, sample)
        at_stops.sample_of[0, point] = sample
        sample += 1
        begin += n
    for measure in range(2):
        for point in range(first, last):
            if point == first or at_stops.differs[measure, point]:
                for k in range(n):
                    samples.value[per_kg + k] = samples.value[begin + k] / goods.kg[goods.first[route] + k]
                look_at(samples, scratch, bits, route, per_kg, per_kg + n, sample)
                at_stops.sample_of[1 + measure, point] = sample
            else:
                samples.first_bin[sample + 1] = samples.first_bin[sample]
                at_stops.sample_of[1 + measure, point] = at_stops.sample_of[1 + measure, point - 1]
            sample += 1
            begin += n
