"""Check amounts that must fit each other: prices and currencies, goods and vehicles."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from contextlib import suppress

from pydantic import ValidationError

from fourport.errors import Key, Problem
from fourport.scenario.entries import Entries, Leg, table
from fourport.scenario.levers.lever import OfDepartures
from fourport.scenario.models.customs import Customs
from fourport.scenario.models.demand import AtStep, ByStep, Commodity
from fourport.scenario.models.facilities import Activity, Handling
from fourport.scenario.models.sizes import Per
from fourport.scenario.models.transport import DIMENSIONS, Capacity, Departure, Fleet, Service, Trucking
from fourport.scenario.shape import misspelt
from fourport.scenario.suggestions import allowed, suggestion
from fourport.scenario.tree import Node

UNITS = dict(zip(DIMENSIONS, ("kg", "m3", "TEU"), strict=True))
MISSING_LOAD = "the section [container_load] is missing, which says how loose cargo fills containers"
ROUNDING = 1 + 1e-9
"""Factor below which two amounts count as equal, since 0.07 t is slightly more than 70 kg in floating
point."""


def check_amounts(entries: Entries) -> Iterator[Problem]:
    """Check all amounts that depend on each other."""
    yield from _currencies(entries)
    yield from _containers(entries)
    yield from _parcels(entries)
    yield from _block_space(entries)
    yield from _servers(entries)
    yield from _bounds(entries)
    yield from _too_large(entries)
    yield from _trader_classes(entries)


def _currencies(entries: Entries) -> Iterator[Problem]:
    """Check that each currency has an exchange rate, and that rates are against the reporting currency."""
    reporting = entries.reporting_currency
    for name, rate in entries.currencies.items():
        if name == reporting:
            yield Problem(
                ("currencies", name),
                "is the reporting currency, which needs no rate; allowed: rates of other currencies",
            )
        elif {rate.currency, rate.base} != {name, reporting}:
            yield Problem(
                ("currencies", name),
                f"the rate is in {rate.currency}/{rate.base}"
                f"; allowed: {name}/{reporting} or {reporting}/{name}",
            )
    if misspelt("currencies", entries.values):
        return
    known = list(dict.fromkeys([reporting, *table(entries.values, "currencies")]))
    for key, currency in _prices(entries):
        if currency not in known:
            yield Problem(
                key,
                f"the currency {currency} has no exchange rate{suggestion(currency, known)}{allowed(known)}"
                ", or a rate in [currencies]",
            )


def _prices(entries: Entries) -> Iterator[tuple[Key, str]]:
    """Return the key and the currency of each price."""
    for name, tariff in entries.tariffs.items():
        for index, line in enumerate(tariff.lines):
            for key, amount in itertools.islice(line.amounts(), 1):  # a line has one currency
                yield ("tariffs", name, "lines", index, *key), amount.currency
    for name, commodity in entries.commodities.items():
        yield ("commodities", name, "value"), commodity.currency


def _containers(entries: Entries) -> Iterator[Problem]:
    """Check that container capacity, durations per TEU and prices by containers have a ``container_load``."""
    if "container_load" in entries.values:
        return
    for name, service in entries.services.items():
        for what in ("capacity", "block_space"):
            capacity: Capacity | None = getattr(service, what)
            if capacity is not None and capacity.containers is not None:
                yield Problem(
                    ("services", name, what, "containers"),
                    MISSING_LOAD,
                )
    for key, _, departure in _departures(entries):
        if departure.capacity is not None and departure.capacity.containers is not None:
            yield Problem((*key, "capacity", "containers"), MISSING_LOAD)
    for (place, do), activity in entries.activities.items():
        for inner, per in durations_of(activity):
            if per == "TEU":
                yield Problem(("facilities", place, "activities", do, *inner), MISSING_LOAD)
    for name, tariff in entries.tariffs.items():
        for index, line in enumerate(tariff.lines):
            if getattr(line, "basis", "") == "containers":
                yield Problem(("tariffs", name, "lines", index, "basis"), MISSING_LOAD)


def _parcels(entries: Entries) -> Iterator[Problem]:
    """Check that commodities have the weight of a parcel where time or money is counted by parcel."""
    told: set[str] = set()
    for lane in entries.lanes.values():
        bare = [name for name in lane.commodities if name not in told and _is_bare(entries, name)]
        counted = next(_counted_by_parcel(entries, lane.routes), None) if bare else None
        if counted is not None:
            told.update(bare)
            for name in bare:
                yield Problem(
                    ("commodities", name),
                    f"has no parcel, the mean weight of one, but {counted} is by parcel"
                    '; allowed: such as parcel = "1.5 kg"',
                )


def _is_bare(entries: Entries, name: str) -> bool:
    commodity = entries.commodities.get(name)
    return commodity is not None and commodity.parcel is None


def _counted_by_parcel(entries: Entries, routes: Iterable[str]) -> Iterator[str]:
    """Return what is counted by parcel on some routes, in words."""
    for used in routes:
        route = entries.routes.get(used)
        for step in route.steps if route else ():
            if isinstance(step, ByStep):
                legs, where = [entries.legs.get(name) for name in step.legs], step.named
                tariffs = [name for leg in legs if leg for name in leg.tariffs]
            else:
                activity, where = entries.activities.get((step.at, step.do)), f"{step.at}/{step.do}"
                if activity is not None and any(per == "parcel" for _, per in durations_of(activity)):
                    yield f"the duration of {where!r}"
                tariffs = list(tariffs_of(activity)) if activity else []
            for name in tariffs:
                tariff = entries.tariffs.get(name)
                if tariff and any(getattr(line, "basis", "") == "parcel" for line in tariff.lines):
                    yield f"a price of the tariff {name!r} of {where!r}"


def durations_of(activity: Activity) -> Iterator[tuple[Key, Per]]:
    """Return what each duration of an activity is for, with its key."""
    if isinstance(activity, Handling):
        yield ("per",), activity.per
    if isinstance(activity, Customs):
        yield ("documents", "per"), activity.documents.per
        if activity.inspection is not None:
            yield ("inspection", "per"), activity.inspection.per
            if activity.inspection.scan is not None:
                yield ("inspection", "scan", "per"), activity.inspection.scan.per


def tariffs_of(activity: Activity) -> Iterator[str]:
    """Return the tariffs of an activity and of its parts."""
    yield from activity.tariffs
    if isinstance(activity, Customs):
        scan = activity.inspection.scan if activity.inspection else None
        for part in (activity.inspection, scan, activity.two_step):
            yield from part.tariffs if part else ()


def _block_space(entries: Entries) -> Iterator[Problem]:
    """Check that block space is at most the capacity, in dimensions of the capacity."""
    for name, service in entries.services.items():
        whole = service.capacity.given()
        for what, amount in (service.block_space.given() if service.block_space else {}).items():
            key = ("services", name, "block_space", what)
            if what not in whole:
                yield Problem(
                    key,
                    f"the capacity has no {what} of which a part could be reserved"
                    f"; allowed: {', '.join(whole)}, or a capacity with {what}, too",
                )
            elif amount > whole[what] * ROUNDING:
                yield Problem(key, _too_much_reserved(amount, whole[what], what))
    for at, service, departure in _departures(entries):
        block = service.block_space.given() if service.block_space else {}
        for what, amount in (departure.capacity.given() if departure.capacity else {}).items():
            if what in service.capacity.given() and amount * ROUNDING < block.get(what, 0.0):
                yield Problem((*at, "capacity", what), _too_much_reserved(block[what], amount, what))


def _too_much_reserved(amount: float, capacity: float, what: str) -> str:
    reserved, most = (f"{in_full(one)} {UNITS[what]}" for one in (amount, capacity))
    return f"{reserved} are reserved of a capacity of {most}; allowed: up to {most}"


def _departures(entries: Entries) -> Iterator[tuple[Key, Service, Departure]]:
    """Return the departures of timetables and of levers, each with its key and its service."""
    for name, service in entries.services.items():
        for k, departure in enumerate(service.timetable):
            yield ("services", name, "timetable", k), service, departure
    for lever, one in entries.levers.items():
        for name, rows in one.services.items() if isinstance(one, OfDepartures) else ():
            for k, departure in enumerate(rows if name in entries.services else ()):
                yield ("levers", lever, "services", name, k), entries.services[name], departure


def unscaled_block_space(base: Node, over: Node) -> Iterator[Problem]:
    """Check that an overlay that cuts a capacity says what becomes of the block space.

    Block space is taken first and background cargo is a share of the capacity, so that block space which
    stays as it was would leave free sale less than its share, down to nothing.
    """
    for name in over.table("services"):
        old, new = base.table("services", name), over.table("services", name)
        before, block = _given(old.get("capacity")), _given(old.get("block_space"))
        for what, amount in _given(new.get("capacity")).items():
            if what in block and what not in over.table("services", name, "block_space"):
                share = amount / before.get(what, amount)
                if share * ROUNDING < 1:
                    amounts = before[what], amount, block[what], block[what] * share
                    old_one, new_one, kept, scaled = (f"{in_full(one)} {UNITS[what]}" for one in amounts)
                    yield Problem(
                        ("services", name, "capacity", what),
                        f"is cut from {old_one} to {new_one}, of which the block space of {kept} would be "
                        f"taken before anything is sold freely; allowed: services.{name}.block_space.{what} "
                        f"beside it, such as {scaled}, the same share as before",
                    )


def _given(capacity: Node | None) -> dict[str, float]:
    """Return the dimensions of a capacity as written; none if it is missing or not valid."""
    with suppress(ValidationError):
        return Capacity.model_validate(capacity.values).given() if capacity is not None else {}
    return {}


def _servers(entries: Entries) -> Iterator[Problem]:
    """Check that each resource has a server at some time."""
    for (place, name), resource in entries.resources.items():
        if not any(shift.servers for shift in resource.all_shifts()):
            yield Problem(
                ("facilities", place, "resources", name),
                "never works: it has no server at any time; allowed: at least one server in some shift",
            )


def _bounds(entries: Entries) -> Iterator[Problem]:
    """Check that the weight of each commodity has an upper bound."""
    for name, commodity in entries.commodities.items():
        if math.isinf(commodity.weight.largest):
            yield Problem(
                ("commodities", name, "weight"),
                'has no upper bound, so that no vehicle is sure to take a consignment; allowed: high = "5 t"',
            )


def _too_large(entries: Entries) -> Iterator[Problem]:
    """Check that some vehicle of each leg on their routes can take the largest consignments."""
    told: set[tuple[str, str, str]] = set()
    wrong_services = {problem.key[1] for problem in _block_space(entries) if problem.key[0] == "services"}
    for lane in entries.lanes.values():
        for used in lane.routes:
            route = entries.routes.get(used)
            for number, step in enumerate(route.steps if route else (), 1):
                if not isinstance(step, ByStep) or not wrong_services.isdisjoint(step.legs):
                    continue
                legs = [entries.legs.get(name) for name in step.legs]
                where = f"{step.named!r} (step {number} of the route {used!r})"
                for name in lane.commodities:
                    commodity = entries.commodities.get(name)
                    if commodity is None:
                        continue
                    sizes = largest_sizes(entries, commodity)
                    # Of several services one is enough, and of those that take none the roomiest is told.
                    found = [list(_excess(sizes, _pools(leg, step.space))) for leg in legs if leg]
                    for what, most in min(found, key=_tightness, default=()):
                        # A volume without bound is told once, not for each leg that it does not fit.
                        once = (name, "", "") if math.isinf(sizes[what]) else (name, what, step.named)
                        if once not in told:
                            told.add(once)
                            key, message = _too_much(what, sizes[what], most, where)
                            yield Problem(("commodities", name, key), message)


def _tightness(excess: list[tuple[str, float]]) -> tuple[int, list[float]]:
    """Return how far goods are too large, to compare legs: dimensions in excess, then their limits."""
    return len(excess), [-most for _, most in excess]


def _pools(leg: Leg, space: str) -> list[dict[str, float]]:
    """Return the capacity of each pool; of a consignment that may be split, a thousandth is enough."""
    return capacities(leg, space, 1000 if isinstance(leg, Service) and leg.too_large == "split" else 1)


def largest_sizes(entries: Entries, commodity: Commodity) -> dict[str, float]:
    """Return the largest weight, volume and containers of a consignment of a commodity, in kg, m3, TEU."""
    weight, density = commodity.weight.largest, commodity.density.smallest
    volume = weight / density if density > 0 else math.inf
    load = entries.container_load
    containers = max(weight / load.weight, volume / load.volume) if load else 0.0
    return {"weight": weight, "volume": volume, "containers": containers}


def _excess(sizes: dict[str, float], pools: list[dict[str, float]]) -> Iterator[tuple[str, float]]:
    """Return each dimension in which no vehicle of a leg is sure to fit a consignment, and its limit."""
    if any(all(sizes[what] <= pool[what] * ROUNDING for what in UNITS) for pool in pools):
        return
    if not pools or math.isinf(sizes["weight"]):
        return  # an unlimited weight is reported as such
    yield from ((what, most) for what, most in pools[-1].items() if sizes[what] > most * ROUNDING)


def _too_much(what: str, size: float, most: float, where: str) -> tuple[str, str]:
    """Return (key of the commodity, message) for a dimension in which a consignment may be too large."""
    if math.isinf(size):
        return (
            "density",
            "has no lower bound, so that the volume of a consignment has no upper one and may fit no vehicle"
            f' of {where}; allowed: low = "50 kg/m3", or a family with a low of its own',
        )
    given, limit = (f"{in_full(amount)} {UNITS[what]}" for amount in (size, most))
    if what == "weight":
        return (
            "weight",
            f"a consignment of up to {given} is heavier than {where} can take; allowed: up to {limit}",
        )
    return (
        "density" if what == "volume" else "weight",
        f"a consignment of up to {given} (largest weight at least density) is larger than {where} can take"
        f"; allowed: up to {limit}",
    )


def capacities(leg: Leg, space: str, vehicles: int = 1) -> list[dict[str, float]]:
    """Return the capacity of each pool of so many empty vehicles that a consignment may be loaded to."""
    if isinstance(leg, Trucking):
        return []
    if isinstance(leg, Fleet):
        return [{"weight": leg.weight, "volume": leg.volume, "containers": math.inf}]
    background = leg.background.smallest if leg.background else 0.0
    pools: list[dict[str, float]] = []
    for capacity in leg.capacities():
        reserved = leg.reserved(capacity)
        whole, block = capacity.given(), reserved.given() if reserved else {}
        pools.append(
            {what: max(one * (1 - background) - block.get(what, 0.0), 0.0) for what, one in whole.items()}
        )
        pools += [block] if space == "block" and reserved else []
    return [{what: vehicles * pool.get(what, math.inf) for what in UNITS} for pool in pools]


def in_full(amount: float) -> str:
    """Format an amount, in full unless it is very large: 40,000 and 0.0123, but 4e+12."""
    if amount > 1e9:
        return f"{amount:.6g}"
    if amount < 1:
        return f"{amount:.4g}"
    return f"{amount:,.2f}".rstrip("0").rstrip(".")


def _trader_classes(entries: Entries) -> Iterator[Problem]:
    """Check that inspections have a rate for each trader class on the routes."""
    told: set[tuple[Key, str]] = set()
    for name, lane in entries.lanes.items():
        for used in lane.routes:
            route = entries.routes.get(used)
            for step in route.steps if route else ():
                activity = entries.activities.get((step.at, step.do)) if isinstance(step, AtStep) else None
                if not isinstance(activity, Customs) or activity.inspection is None:
                    continue
                assert isinstance(step, AtStep)
                key = ("facilities", step.at, "activities", step.do, "inspection", "rates")
                at_import = activity.procedure == "import" and lane.importers
                for trader_class in lane.importers if at_import else lane.trader_classes:
                    if trader_class not in activity.inspection.rates and (key, trader_class) not in told:
                        told.add((key, trader_class))
                        yield Problem(
                            key,
                            f"has no rate for trader class {trader_class!r}, which lane {name!r} sends here",
                        )
