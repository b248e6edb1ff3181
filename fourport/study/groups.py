"""Groups of consignments: by trader class, by commodity, and by the time of their acceptance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from fourport.arguments import GROUPED_BY
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.plan.tables import DAY, Ints, Kind
from fourport.scenario.models.calendars import WEEKDAYS
from fourport.study.planning.local_time import local_us, weekday
from fourport.study.replication import Replication
from fourport.world.tables import Flags

HOLIDAYS_A_WEEK = 2
"""Holidays from Monday to Friday that make a holiday week, and the week before it."""

OUTSIDE, WITHIN = "outside", "within"
"""Groups of the goods accepted outside holiday weeks, and in them."""

HOLIDAYS = "holidays"
"""Group by weekday of the goods accepted in holiday weeks, whatever the day."""

_EPOCH = date(1970, 1, 1)

GroupKey = tuple[str, str]
"""What consignments are grouped by, and the group."""


@dataclass(frozen=True)
class Grouping:
    """The groups of the consignments of a replication.

    Attributes
    ----------
    names
        Names of the groups, the same in all replications.
    of
        (n,) index of each consignment's group.
    """

    names: Collection[str]
    of: Ints


class Accepted:
    """The consignments of a replication, and when they were accepted."""

    def __init__(self, run: Replication) -> None:
        self.run = run

    @cached_property
    def day(self) -> Ints:
        """(n,) local day of acceptance at the origin of the lane, days since 1970."""
        scenario, world = self.run.corridor.scenario, self.run.world
        zones = [scenario.facilities[lane.origin].zone for lane in scenario.lanes.values()]

        def days() -> Ints:
            found = np.empty(world.n, dtype=np.int64)
            for zone in dict.fromkeys(zones):
                mine = np.array([one == zone for one in zones])[world.lane]
                found[mine] = local_us(world.entry_us[mine], zone) // DAY
            return found

        return world.once("day of acceptance", zones, days, world.entry_us, world.lane)

    @cached_property
    def weekday(self) -> Ints:
        """(n,) weekday of acceptance; Monday is 0."""
        return weekday(self.day * DAY)

    @property
    def monday(self) -> Ints:
        """(n,) Monday of the week of acceptance, days since 1970."""
        return self.day - self.weekday

    @cached_property
    def in_holiday_week(self) -> Flags:
        """(n,) whether each consignment is accepted in a holiday week of its lane."""
        world, holidays = self.run.world, holiday_weeks(self.run.corridor)

        def are_within() -> Flags:
            mondays, within = self.monday, np.zeros(world.n, dtype=np.bool_)
            for k, found in enumerate(holidays):
                mine = world.lane == k
                within[mine] = np.isin(mondays[mine], found)
            return within

        given = [found.tolist() for found in holidays]
        return world.once("in a holiday week", given, are_within, self.day, world.lane)


def groupings_of(replication: Replication, by: Iterable[str]) -> Iterator[tuple[str, Grouping]]:
    """Yield the groups of the consignments by each of some of ``GROUPED_BY``."""
    accepted = Accepted(replication)
    for one in by:
        yield one, GROUPINGS[one](accepted)


def _by_trader_class(accepted: Accepted) -> Grouping:
    return Grouping(accepted.run.corridor.plan.names.trader_classes, accepted.run.world.trader_class)


def _by_commodity(accepted: Accepted) -> Grouping:
    return Grouping(accepted.run.corridor.commodity_names, accepted.run.world.commodity)


def _by_week(accepted: Accepted) -> Grouping:
    """Group by the ISO week of acceptance."""
    plan = accepted.run.corridor.plan
    # Local time may be a day away from UTC.
    first = _monday(np.array([plan.window_start_us // DAY - 1]))[0]
    last = _monday(np.array([plan.window_end_us // DAY + 1]))[0]
    mondays = (_EPOCH + timedelta(days=k) for k in range(int(first), int(last) + 1, 7))
    return Grouping([f"{day:%G-W%V}" for day in mondays], (accepted.monday - first) // 7)


def _by_weekday(accepted: Accepted) -> Grouping:
    """Group by weekday outside holiday weeks: a Sunday worked in exchange for a holiday is no Sunday."""
    within = accepted.in_holiday_week
    groups = accepted.run.world.once(
        "weekday", None, lambda: np.where(within, len(WEEKDAYS), accepted.weekday), within, accepted.day
    )
    return Grouping((*WEEKDAYS, HOLIDAYS), groups)


def _by_holiday_week(accepted: Accepted) -> Grouping:
    within = accepted.in_holiday_week
    groups = accepted.run.world.once("holiday week", None, lambda: within.astype(np.int64), within)
    return Grouping((OUTSIDE, WITHIN), groups)


GROUPINGS: Mapping[str, Callable[[Accepted], Grouping]] = dict(
    zip(
        GROUPED_BY,
        (_by_trader_class, _by_commodity, _by_week, _by_weekday, _by_holiday_week),
        strict=True,
    )
)
"""Functions that group consignments, by name."""

PROMISE = ("consignments", "undelivered", "door_to_door_time")
"""Measures of the groups that every run has: what can be promised at acceptance."""

ALWAYS = ("holiday-week", "weekday")
"""Groups that every run has."""


def _monday(day: Ints) -> Ints:
    return day - weekday(day * DAY)


@once
def holiday_weeks(corridor: Corridor) -> tuple[Ints, ...]:
    """Return the Mondays of the holiday weeks of each lane, days since 1970.

    A holiday week has at least two holidays from Monday to Friday, in one list that the lane itself or a
    calendar on one of its routes follows. The week before it counts, too: goods hurry then, and what is
    not on its way by the holiday waits for its end.
    """
    found = []
    for name, lane in corridor.scenario.lanes.items():
        mondays: set[int] = set()
        for one in dict.fromkeys((*lane.holidays, *_on_routes(corridor, name))):
            days = [(day - _EPOCH).days for day in corridor.scenario.holidays[one].dates if day.weekday() < 5]
            weeks = Counter(_monday(np.array(days, dtype=np.int64)).tolist())
            mondays |= {monday for monday, count in weeks.items() if count >= HOLIDAYS_A_WEEK}
        found.append(np.array(sorted(mondays | {monday - 7 for monday in mondays}), dtype=np.int64))
    return tuple(found)


def _on_routes(corridor: Corridor, lane: str) -> Iterator[str]:
    """Yield the holiday lists of the calendars of the resources on the routes of a lane."""
    scenario, plan = corridor.scenario, corridor.plan
    for route in scenario.lanes[lane].routes:
        for s in plan.route_steps(plan.names.routes.index(route)):
            if plan.step_kind[s] == Kind.RESOURCE:
                place, _, name = plan.names.resources[int(plan.step_provider[s])].partition("/")
                for shift in scenario.facilities[place].resources[name].all_shifts():
                    if shift.calendar is not None:
                        yield from scenario.calendars[shift.calendar].holidays
