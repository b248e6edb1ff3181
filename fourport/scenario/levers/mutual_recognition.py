"""Recognition of the control by another office."""

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
    """Offices recognise the control by an earlier office."""

    kind: Literal["mutual-recognition"]
    """Kind of lever."""
    links: Annotated[dict[ref.OfficeAt, ref.OfficeAt], Field(min_length=1)]
    """Recognising office, "facility/activity", and the earlier office on the route whose control it
    recognises."""
    mode: Literal["none", "skip-if-inspected", "rely-on-control"]
    """``skip-if-inspected``: the offices do not inspect again what the earlier office has inspected.
    ``rely-on-control``: they inspect nothing that the earlier office has controlled, inspected or not."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that a route passes the offices in this order, and that the later one has an inspection."""
        for name, of in self.links.items():
            yield from draft.check_order(of, name, ("links", name))
            if self.mode != "none" and draft.office(name).inspection is None:
                yield Problem(("links", name), f"{name!r} has no inspection that it could do without")

    def apply(self, draft: Draft) -> None:
        """Set the recognition of each office."""
        for name, of in self.links.items():
            draft.change_office(name, recognition=Recognition(of=of, mode=self.mode))
