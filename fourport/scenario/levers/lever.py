"""What all levers share."""

from __future__ import annotations

from abc import ABC, abstractmethod

from fourport.scenario.base import Section
from fourport.scenario.levers.draft import Draft


class Lever(Section, ABC):
    """A named change of how customs works, switched on by a ``regime``."""

    title: str = ""
    """What it is."""

    @abstractmethod
    def apply(self, draft: Draft) -> None:
        """Change the draft.

        Raises
        ------
        ValueError
            If it does not fit what it is to change.
        """
