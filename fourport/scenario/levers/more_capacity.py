"""A larger ship, aircraft or train."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import model_validator

from fourport.errors import Problem
from fourport.scenario import ref
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever
from fourport.scenario.levers.normal_form import check_service_used
from fourport.scenario.models.transport import Capacity, Departure


class MoreCapacity(Lever):
    """Departures of services take more: a larger ship or aircraft, a longer train.

    Background cargo keeps its share of the capacity, so it grows with the capacity. Block space stays as it
    is unless it is given. A departure with a capacity of its own takes at least the new one, too.
    """

    kind: Literal["more-capacity"]
    """Kind of lever."""
    capacity: dict[ref.Service, Capacity] = {}
    """New capacity of a departure, by service; no less than before. Dimensions that are left out stay."""
    block_space: dict[ref.Service, Capacity] = {}
    """New block space, by service; at most the capacity. Dimensions that are left out stay."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.capacity or self.block_space):
            raise ValueError("at least one of capacity, block_space is needed")
        return self

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that no capacity shrinks and that block space is at most the capacity."""
        for name, given in self.capacity.items():
            now = draft.service(name).capacity.given()
            for dimension, amount in given.given().items():
                if dimension not in now:
                    message = f"{name!r} has no limit by {dimension}; allowed: {', '.join(now)}"
                    yield Problem(("capacity", name, dimension), message)
                elif amount < now[dimension]:
                    has, wants = _written(now[dimension], dimension), _written(amount, dimension)
                    message = f"{name!r} takes {has} already, more than {wants}; allowed: at least {has}"
                    yield Problem(("capacity", name, dimension), message)
        for name, block in self.block_space.items():
            then = self._capacity(draft, name).given()
            for dimension, amount in block.given().items():
                if dimension not in then:
                    message = f"{name!r} has no limit by {dimension}; allowed: {', '.join(then)}"
                    yield Problem(("block_space", name, dimension), message)
                elif amount > then[dimension]:
                    has, most = _written(amount, dimension), _written(then[dimension], dimension)
                    message = f"{has} is more than the capacity; allowed: at most {most}"
                    yield Problem(("block_space", name, dimension), message)

    def warnings(self, before: Draft, after: Draft) -> Iterator[Problem]:
        """Warn of services that no route uses."""
        for field in ("capacity", "block_space"):
            for name in getattr(self, field):
                yield from check_service_used(after, name, (field, name))

    def apply(self, draft: Draft) -> None:
        """Change capacity and block space."""
        for name in {**self.capacity, **self.block_space}:
            block = self.block_space.get(name, draft.service(name).block_space)
            own = tuple(self._departure(name, departure) for departure in draft.service(name).timetable)
            whole = self._capacity(draft, name)
            draft.change_service(name, capacity=whole, block_space=block, timetable=own)

    def _departure(self, name: str, departure: Departure) -> Departure:
        """Return a departure of a service, with more capacity if it has one of its own."""
        if departure.capacity is None or name not in self.capacity:
            return departure
        return departure.model_copy(update={"capacity": _raised(departure.capacity, self.capacity[name])})

    def _capacity(self, draft: Draft, name: str) -> Capacity:
        """Return the new capacity; no dimension is less than before."""
        now = draft.service(name).capacity
        return _raised(now, self.capacity[name]) if name in self.capacity else now


def _raised(now: Capacity, given: Capacity) -> Capacity:
    more = {key: max(amount, now.given().get(key, amount)) for key, amount in given.given().items()}
    return now.model_copy(update=more)


_UNITS = {"weight": "kg", "volume": "m3", "containers": "TEU"}


def _written(amount: float, dimension: str) -> str:
    return f"{amount:,.10g} {_UNITS[dimension]}"
