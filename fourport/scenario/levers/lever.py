"""Base classes of levers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from fourport.errors import Problem
from fourport.scenario import ref
from fourport.scenario.base import Section
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.normal_form import check_service_used
from fourport.scenario.models.facilities import Resource
from fourport.scenario.models.transport import Departure
from fourport.scenario.titles import Title


class Lever(Section, ABC):
    """A named change of how customs or transport works, switched on by a ``policy_package``."""

    rank: ClassVar[int] = 0
    """Levers of a higher rank are applied last, since they build on what the others set."""

    title: Title = ""
    """Title in tables and charts."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Find parts that can change nothing on any route, or change the opposite of what the lever is for.

        ``draft`` is the scenario without any lever. Keys of problems begin at the lever. The default
        finds none.
        """
        yield from ()

    def warnings(self, before: Draft, after: Draft) -> Iterator[Problem]:
        """Find parts that change nothing now, though they might with other numbers or levers.

        ``after`` is ``before`` with this lever. Keys of problems begin at the lever. A part is reported only
        if it is found both without other levers and with all others of the policy package. A lever that
        changes nothing at all is reported elsewhere.
        """
        yield from ()

    @abstractmethod
    def apply(self, draft: Draft) -> None:
        """Change the draft.

        Raises
        ------
        ValueError
            If the lever does not fit the draft.
        """


class AtOffices(Lever):
    """A lever that changes customs offices by their names."""

    at: Annotated[tuple[ref.OfficeAt, ...], Field(min_length=1)]
    """Offices, "facility/activity"."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that each office is on a route."""
        for k, name in enumerate(self.at):
            yield from draft.check_on_route(name, ("at", k))

    def resources(self, draft: Draft, name: str) -> Iterator[Resource]:
        """Return the resources of a name at the facilities of the offices that have one."""
        places = dict.fromkeys(office.partition("/")[0] for office in self.at)
        there = (draft.facilities[place].resources for place in places if place in draft.facilities)
        yield from (resources[name] for resources in there if name in resources)


class OfDepartures(Lever):
    """A lever that brings departures of services."""

    services: Annotated[
        dict[ref.Service, Annotated[tuple[Departure, ...], Field(min_length=1)]], Field(min_length=1)
    ]
    """Departures by service, written like those of a timetable."""

    def warnings(self, before: Draft, after: Draft) -> Iterator[Problem]:
        """Warn of services that no route uses."""
        for name in self.services:
            yield from check_service_used(after, name, ("services", name))
