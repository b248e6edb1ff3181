"""Recognition of another office's control."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from fourport.errors import Problem
from fourport.scenario import ref
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever
from fourport.scenario.models.customs import Recognition


class MutualRecognition(Lever):
    """Offices take the control of an earlier one for their own."""

    kind: Literal["mutual-recognition"]
    """Kind of lever."""
    links: Annotated[dict[ref.OfficeAt, ref.OfficeAt], Field(min_length=1)]
    """By office, "facility/activity": the one before it on the route whose control it recognises."""
    mode: Literal["none", "skip-if-inspected", "rely-on-control"]
    """``skip-if-inspected``: they do not inspect again whom that office has inspected. ``rely-on-control``:
    nobody whom it has controlled, inspected or not."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Find offices that no route comes through in this order, and who has no inspection to spare."""
        for name, of in self.links.items():
            yield from draft.in_order(of, name, ("links", name))
            if self.mode != "none" and draft.office(name).inspection is None:
                yield Problem(("links", name), f"{name!r} has no inspection that it could do without")

    def apply(self, draft: Draft) -> None:
        """Let the offices recognise the other's control."""
        for name, of in self.links.items():
            draft.change_office(name, recognition=Recognition(of=of, mode=self.mode))
