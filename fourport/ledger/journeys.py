"""What happened to the consignments of one route, as far as invoices depend on it; sizes do not count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from fourport.ledger.departures import Aboard, Shared, shared_steps
from fourport.ledger.lines import tariff_uses
from fourport.ledger.use import Visit
from fourport.plan.corridor import Corridor
from fourport.plan.tables import DAY, NEVER, Floats, Ints
from fourport.scenario.models.tariffs import Line, StorageLine
from fourport.scenario.models.tariffs.storage import Since
from fourport.world.tables import Flags, World

if TYPE_CHECKING:  # For its type alone: importing it at run time would load an engine.
    from fourport.engine.milestones import Milestones


class Journeys:
    """The consignments of one route, ``n`` of them, and what they did.

    Attributes
    ----------
    ids
        (n,) consignments, rising.
    visits, done
        By step of the plan, for steps with tariffs: what happened there, and (n,) who finished it.
    days
        (n,) time from entry to delivery, days; for a consignment that is not
        delivered, until the end of the run: what it has cost so far.
    delivered
        (n,) who was delivered.
    lane, credit
        (n,) lane, and the shipper's credit grade.
    """

    def __init__(
        self, corridor: Corridor, world: World, milestones: Milestones, route: int, aboard: Aboard
    ) -> None:
        self._corridor, self._milestones, self._aboard = corridor, milestones, aboard
        self.ids: Ints = np.flatnonzero(world.route == route)
        self._first = int(corridor.plan.route_first_step[route])
        self._base = world.first_event_row[self.ids] - self._first
        self._event_rows, self._times = np.empty_like(self._base), np.empty_like(self._base)
        self._entry_us = world.entry_us[self.ids]
        self.lane, self.credit = world.lane[self.ids], world.credit[self.ids]
        self.visits: dict[int, Visit] = {}
        self.done: dict[int, Flags] = {}
        lines: dict[int, list[Line]] = {}
        for s, tariff in tariff_uses(corridor, route):
            lines.setdefault(s, []).extend(corridor.scenario.tariffs[tariff].lines)
        self._shared: dict[int, list[Shared]] = {}
        for s, shared in shared_steps(corridor, route):
            self._shared.setdefault(s, []).append(shared)
        for s, charged in lines.items():
            self.done[s] = self._end(s) != NEVER
            self.visits[s] = self._visit(s, charged)
        delivered_us = self._end(corridor.plan.main_steps(route)[-1])
        self.delivered: Flags = delivered_us != NEVER
        until_us = np.where(self.delivered, delivered_us, corridor.plan.end_us)
        self.days: Floats = (until_us - self._entry_us) / DAY
        del self._event_rows, self._times

    def _begin(self, s: int) -> Ints:
        return self._at(self._milestones.begin_us, s)

    def _end(self, s: int) -> Ints:
        return self._at(self._milestones.end_us, s)

    def _at(self, times: Ints, s: int) -> Ints:
        """Give the times of a step, (n,): in memory that the next call uses again."""
        np.add(self._base, s, out=self._event_rows)
        return np.take(times, self._event_rows, out=self._times, mode="clip")

    def _visit(self, s: int, lines: Sequence[Line]) -> Visit:
        info = self._corridor.steps[s]
        zone = self._corridor.scenario.facilities[info.place].zone
        dated = any(line.valid_from or line.valid_to for line in lines)
        begin = self._begin(s).copy() if dated else np.empty(0, dtype=np.int64)
        stored: dict[Since, Ints] = {}
        for since in {line.since for line in lines if isinstance(line, StorageLine)}:
            since_us = self._since(s, since)
            until = self._begin(s) if info.mode else self._end(s)
            stored[since] = np.where(self.done[s], until - since_us, 0)
        return Visit(begin, info.distance_km, info.filings, zone, stored, dict(self._departures(s)))

    def _departures(self, s: int) -> Iterator[tuple[Shared, Floats]]:
        """Give what part of its departure a unit of goods takes, (n,)."""
        for basis, divisor in self._shared.get(s, ()):
            departure_index = self._milestones.departure_index[self._base + s]
            carried = self._aboard[int(self._corridor.plan.step_provider[s]), basis, divisor][departure_index]
            left = (departure_index >= 0) & (carried > 0)
            yield (basis, divisor), np.divide(1.0, carried, out=np.zeros(len(carried)), where=left)

    def _since(self, s: int, since: Since) -> Ints:
        """Give when the goods were ready for a step, or had reached its place, (n,) us UTC.

        That is when the last step that they did before it, or the last transport, had
        ended; their entry is the first of both.
        """
        at, missing = self._entry_us.copy(), np.ones(len(self.ids), dtype=np.bool_)
        for before in reversed(range(self._first, s)):
            if since == "ready" or self._corridor.steps[before].mode:
                end = self._end(before)
                mine = missing & (end != NEVER)
                at[mine] = end[mine]
                missing &= ~mine
                if not missing.any():
                    break
        return at
