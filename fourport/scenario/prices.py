"""Check that prices fit what they are charged for, and hold on every day of the horizon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from fourport.errors import Key, Problem
from fourport.scenario.dates import Horizon
from fourport.scenario.entries import Entries, table
from fourport.scenario.models.customs import Customs
from fourport.scenario.models.demand import ByStep, Route
from fourport.scenario.models.tariffs import (
    DeadFreightLine,
    DepartureLine,
    Line,
    MarginLine,
    MasterBillLine,
    Tariff,
)
from fourport.scenario.suggestions import allowed, suggestion

NEEDS_A_LEG = ("tonne-km", "distance")
DAY = timedelta(days=1)


def check_prices(entries: Entries, horizon: Horizon | None) -> Iterator[Problem]:
    """Check that prices fit their users (km need a leg, filings a customs office) and leave no day out."""
    yield from _rates(entries)
    for name, rate in entries.currencies.items():
        if horizon is not None and rate.first is not None and rate.first > horizon.first:
            yield Problem(
                ("currencies", name),
                f"has no rate before {rate.first} (horizon: {horizon}); allowed: one from the first day on",
            )
    users = _users(entries)
    for name, tariff in entries.tariffs.items():
        for index, line in enumerate(tariff.lines):
            key = ("tariffs", name, "lines", index)
            yield from _fits(key, line, users.get(name, []))
            if isinstance(line, DepartureLine):
                yield from _whole_departures(key, entries, users.get(name, []))
            if isinstance(line, DeadFreightLine):
                yield from _dead_freight(key, line, entries, [user for _, user in users.get(name, [])])
            if isinstance(line, MarginLine):
                yield from _margin(key, line, entries, [user for _, user in users.get(name, [])])
            if isinstance(line, MasterBillLine):
                yield from _master_bills(key, line, entries, [user for _, user in users.get(name, [])])
        if horizon is not None:
            yield from _days(("tariffs", name, "lines"), tariff, horizon)


def _rates(entries: Entries) -> Iterator[Problem]:
    """Check that credit grades have an effect: capital must be charged for."""
    if table(entries.values, "credit_grades") and "capital_rate" not in table(
        entries.values, "value_of_time"
    ):
        yield Problem(
            ("credit_grades",),
            "capital is not charged for; allowed: value_of_time.capital_rate (what it costs without a grade)",
        )


def _users(entries: Entries) -> dict[str, list[tuple[str, str]]]:
    """Return what uses each tariff: its kind (leg, customs, work) and its name."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, leg in entries.legs.items():
        for tariff in leg.tariffs:
            found.setdefault(tariff, []).append(("leg", name))
    for (place, do), activity in entries.activities.items():
        is_customs = isinstance(activity, Customs)
        for tariff in activity.tariffs:
            found.setdefault(tariff, []).append(("customs" if is_customs else "work", f"{place}/{do}"))
        inspection = activity.inspection if isinstance(activity, Customs) else None
        for tariff in inspection.tariffs if inspection else ():
            found.setdefault(tariff, []).append(("work", f"{place}/{do}/inspection"))
    return found


def _fits(key: Key, line: Line, users: list[tuple[str, str]]) -> Iterator[Problem]:
    basis, by_km = getattr(line, "basis", ""), line.unit.endswith("/km")
    wanted = "leg" if basis in NEEDS_A_LEG or by_km else "customs" if basis == "filing" else ""
    wrong = [user for kind, user in users if wanted and kind != wanted]
    if not wrong:
        return
    if wanted == "leg":
        message = (
            f"a price by distance, but {wrong[0]!r} is no leg; allowed: only at services, fleets and trucking"
        )
    else:
        message = f"a price per filing, but {wrong[0]!r} files nothing; allowed: only at customs activities"
    yield Problem((*key, "price"), message)


def _whole_departures(key: Key, entries: Entries, users: list[tuple[str, str]]) -> Iterator[Problem]:
    """Check that prices of a departure are used only at services without background cargo."""
    for _, user in users:
        service = entries.services.get(user)
        if service is None:
            message = f"a price of a departure, but {user!r} is no service; allowed: only at services"
        elif service.background is not None:
            message = (
                f"a price of a departure that is shared by what is aboard, but {user!r} carries background"
                " cargo, too; allowed: a service without background"
            )
        else:
            continue
        yield Problem((*key, "price"), message)


def _dead_freight(key: Key, line: DeadFreightLine, entries: Entries, users: list[str]) -> Iterator[Problem]:
    """Check that dead freight is charged at services with block space on which goods are booked."""
    booked = {
        step.by
        for route in entries.routes.values()
        for step in route.steps
        if isinstance(step, ByStep) and step.space == "block"
    }
    wanted = line.basis if line.basis in ("volume", "containers") else "weight"
    for user in users:
        service = entries.services.get(user)
        if service is None:
            message = f"dead freight, but {user!r} is no service; allowed: only at services"
        elif service.block_space is None:
            message = f"dead freight, but {user!r} has no block space; allowed: services with block_space"
        elif any(wanted not in capacity.given() for capacity in service.capacities()):
            message = f"dead freight by {line.basis}, but the capacity of {user!r} has no {wanted}"
            message += f"; allowed: a basis that its capacity has, or {wanted} in its capacity"
        elif user not in booked:
            message = f"dead freight, but no route books block space of {user!r}"
            message += '; allowed: a step of a route with space = "block"'
        else:
            if service.block_release not in (None, line.release):
                message = f"the release is not the block_release of {user!r}; allowed: the same time"
                yield Problem((*key, "release"), message)
            continue
        yield Problem((*key, "price"), message)


def _master_bills(key: Key, line: MasterBillLine, entries: Entries, users: list[str]) -> Iterator[Problem]:
    """Check that each step charged by master bill is a service, or has one before or after it."""
    for name, route in entries.routes.items():
        services = [k for k, step in enumerate(route.steps) if getattr(step, "by", "") in entries.services]
        for k, user in _charged_at(route, users):
            if k in services:
                continue
            is_last, other = line.departure == "last", "next" if line.departure == "last" else "last"
            if not any(of < k if is_last else of > k for of in services):
                where, there = ("before", services) if is_last else ("after", services)
                instead = f'departure = "{other}"' if there else "a route with a service"
                message = f"a price of a master bill, but on route {name!r} no service is {where} {user!r}"
                yield Problem((*key, "price"), f"{message}; allowed: {instead}")


def _charged_at(route: Route, users: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the steps of a route, by number and name, that are among the users of a tariff."""
    names = {user.removesuffix("/inspection") for user in users}
    for k, step in enumerate(route.steps):
        user = step.by if isinstance(step, ByStep) else f"{step.at}/{step.do}"
        if user in names:
            yield k, user


def _margin(key: Key, line: MarginLine, entries: Entries, users: list[str]) -> Iterator[Problem]:
    """Check that a margin is on lines that exist, on none that is on it, and once on each route."""
    there = {
        one.name: (tariff, one)
        for tariff in line.tariffs or entries.tariffs
        if tariff in entries.tariffs
        for one in entries.tariffs[tariff].lines
    }
    for name in line.lines:
        if name not in there:
            known = list(there)
            yield Problem(
                (*key, "lines"), f"there is no line {name!r}{suggestion(name, known)}{allowed(known)}"
            )
    if _reaches(line, line, entries, set()):
        message = f"the margin {line.name!r} is on itself, by the margins that it names"
        yield Problem((*key, "lines"), f"{message}; allowed: margins in an order")
    for name, route in entries.routes.items():
        steps = [user for _, user in _charged_at(route, users)]
        if len(steps) > 1:
            message = f"the margin {line.name!r} is charged at {len(steps)} steps of route {name!r}"
            yield Problem(
                key, f"{message} ({', '.join(steps)}); allowed: one, since it is on the whole invoice"
            )


def _reaches(line: MarginLine, wanted: MarginLine, entries: Entries, seen: set[str]) -> bool:
    """Return whether a margin is, directly or by others, on the wanted one."""
    for tariff, of in ((name, one) for name, prices in entries.tariffs.items() for one in prices.lines):
        if isinstance(of, MarginLine) and of.name in line.lines and of.name not in seen:
            if line.tariffs and tariff not in line.tariffs:
                continue
            if of.name == wanted.name or _reaches(of, wanted, entries, seen | {of.name}):
                return True
    return False


def _days(key: Key, tariff: Tariff, horizon: Horizon) -> Iterator[Problem]:
    """Check that lines with dates have a price on every day of the horizon; report the first gap."""
    for lines in tariff.entries:
        if lines[0].otherwise != "refused":
            continue
        day = horizon.first
        for line in lines:
            if day >= horizon.after or (line.valid_from or date.min) > day:
                break
            if line.valid_to is None or line.valid_to >= day:
                day = horizon.after if line.valid_to is None else line.valid_to + DAY
        if day >= horizon.after:
            continue
        later = [line.valid_from for line in lines if line.valid_from and line.valid_from > day]
        until = min([*later, horizon.after]) - DAY
        missing = f"on {day}" if until == day else f"from {day} to {until}"
        index = next(k for k, line in enumerate(tariff.lines) if line is lines[0])
        yield Problem(
            (*key, index),
            f"{lines[0].name!r} has no price {missing} (horizon: {horizon}); allowed: a line of this name for"
            ' these days, otherwise = "nearest" (the price before holds on) or otherwise = "nothing"',
        )
