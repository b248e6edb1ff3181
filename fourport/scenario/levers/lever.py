"""What all levers share."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from fourport.errors import Problem
from fourport.scenario import ref
from fourport.scenario.base import Section, Title
from fourport.scenario.levers.draft import Draft


class Lever(Section, ABC):
    """A named change of how customs or transport works, switched on by a ``policy_package``."""

    rank: ClassVar[int] = 0
    """Levers of a higher rank are applied after all others: they are about what those set."""

    title: Title = ""
    """What it is."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Find parts that change nothing on any route, or the other way than the lever is for.

        The draft is the scenario without any lever; keys of problems begin at the lever. None are found
        unless a lever looks for them.
        """
        yield from ()

    def doubts(self, before: Draft, after: Draft) -> Iterator[Problem]:
        """Find parts that change nothing as things are, though they might with other numbers or levers.

        ``after`` is ``before`` with this lever, keys of problems begin at the lever. Only those are told that
        are found without any other lever and beside all others of the policy package. That a lever changes
        nothing at all is found without its help.
        """
        yield from ()

    @abstractmethod
    def apply(self, draft: Draft) -> None:
        """Change the draft.

        Raises
        ------
        ValueError
            If it does not fit what it is to change.
        """


class AtOffices(Lever):
    """A lever that changes customs offices by their names."""

    at: Annotated[tuple[ref.OfficeAt, ...], Field(min_length=1)]
    """Offices, "facility/activity"."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Find offices that no route comes through."""
        for k, name in enumerate(self.at):
            yield from draft.on_a_route(name, ("at", k))
