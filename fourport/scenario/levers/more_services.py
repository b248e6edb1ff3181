"""More services for a leg."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from fourport.errors import Problem
from fourport.scenario import ref
from fourport.scenario.levers.draft import Draft
from fourport.scenario.levers.lever import Lever
from fourport.scenario.levers.normal_form import check_service_used
from fourport.scenario.models.demand import AtStep, ByStep


class MoreServices(Lever):
    """Goods may also go by other services between the same facilities, such as another sailing line.

    They take the next departure with room of any of them, or what the step of their route chooses.
    """

    rank: ClassVar[int] = 1
    """They stand beside a leg that another lever puts in the place of one, too."""

    kind: Literal["more-services"]
    """Kind of lever."""
    services: Annotated[
        dict[ref.Service, Annotated[tuple[ref.Service, ...], Field(min_length=1)]], Field(min_length=1)
    ]
    """Service that routes take, and those that goods may take as well; they are written behind it."""

    def misfits(self, draft: Draft) -> Iterator[Problem]:
        """Check that services lead to the same places."""
        for name, more in self.services.items():
            was = draft.service(name)
            for k, other in enumerate(more):
                new, key = draft.service(other), ("services", name, k)
                if (new.origin, new.destination) != (was.origin, was.destination):
                    yield Problem(
                        key,
                        f"{other!r} goes from {new.origin!r} to {new.destination!r}, {name!r} from "
                        f"{was.origin!r} to {was.destination!r}; allowed: services between the same places",
                    )

    def warnings(self, before: Draft, after: Draft) -> Iterator[Problem]:
        """Warn of services that no route uses."""
        for name in self.services:
            yield from check_service_used(before, name, ("services", name))

    def apply(self, draft: Draft) -> None:
        """Add the services to each step that takes one of those named."""
        for route, given in draft.routes.items():
            steps = [self._with_more(step) for step in given.steps]
            if steps != list(given.steps):
                draft.change_route(route, steps)

    def _with_more(self, step: AtStep | ByStep) -> AtStep | ByStep:
        """Return a step with the services that goods may take as well."""
        if isinstance(step, AtStep):
            return step
        more = [other for name in step.legs for other in self.services.get(name, ())]
        legs = tuple(dict.fromkeys([*step.legs, *more]))
        return step.model_copy(update={"by": legs}) if legs != step.legs else step
