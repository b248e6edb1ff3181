"""Routes of a built case, step by step, with names for what they look at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypedDict, Unpack

from fourport.plan.tables import Kind, Space

KIND_NAMES: Mapping[int, str] = {kind: name for name, kind in vars(Kind).items() if name.isupper()}
"""Names of the kinds of steps."""


@dataclass(frozen=True)
class Step:
    """One step; ``files`` is the track that it starts early.

    It is passed over if the condition ``when`` does not hold, if the step ``unless`` has been done
    before, or if the track ``after`` has not ended before.
    """

    name: str
    kind: int
    provider: str = ""
    when: str = ""
    unless: str = ""
    after: str = ""
    track: str = ""
    files: str = ""
    files_when: str = ""
    space: int = Space.FREE
    choice: str = ""
    """Name of the choice that the step is part of, if it is one of several services."""
    within: int = -1
    """Minutes within which goods wait for services before this one; -1 if the order is none of preference."""
    hours: str = ""
    priority: Mapping[str, int] = field(default_factory=dict)
    """Queue class by trader class; 0 for a trader class not named."""


class Passing(TypedDict, total=False):
    """Why a step may be passed over, as in :class:`Step`."""

    when: str
    unless: str
    after: str


class Filing(Passing, total=False):
    """The same for a step that may start declarations."""

    files: str
    files_when: str


class Hauling(Filing, total=False):
    """The same for a step that may begin within hours only."""

    hours: str


def delay(name: str, **more: Unpack[Hauling]) -> Step:
    """Give a step that takes its duration, perhaps one that begins within hours only."""
    return Step(name, Kind.DELAY, **more)


def resource(
    name: str, at: str, *, priority: Mapping[str, int] | None = None, **more: Unpack[Passing]
) -> Step:
    """Give a step at a resource."""
    return Step(name, Kind.RESOURCE, at, priority=priority or {}, **more)


def service(name: str, on: str, *, block: bool = False, **more: Unpack[Filing]) -> Step:
    """Give a step on a scheduled service."""
    return Step(name, Kind.SERVICE, on, space=Space.BLOCK if block else Space.FREE, **more)


def choice(name: str, on: Mapping[str, bool], *, within: int = -1, **more: Unpack[Filing]) -> list[Step]:
    """Give steps of which goods do one: services in order, each with whether its block space may be used.

    A step has the name of the choice and of its service, such as "sail/ferry". A mark stands behind them,
    since a choice is never the end of a track.
    """
    steps = [
        replace(service(f"{name}/{one}", one, block=block, **more), choice=name, within=within)
        for one, block in on.items()
    ]
    return [*steps, mark(f"{name}/arrived")]


def fleet(name: str, by: str, **more: Unpack[Filing]) -> Step:
    """Give a step by truck."""
    return Step(name, Kind.FLEET, by, **more)


def join(name: str, track: str, **more: Unpack[Passing]) -> Step:
    """Give a step that waits for the declarations."""
    return Step(name, Kind.JOIN, track=track, **more)


def mark(name: str, **more: Unpack[Filing]) -> Step:
    """Give a step that takes no time."""
    return Step(name, Kind.MARK, **more)


@dataclass(frozen=True)
class Route:
    """The steps of the goods, and of the declarations by the name of the track."""

    main: Sequence[Step]
    tracks: Mapping[str, Sequence[Step]] = field(default_factory=dict)

    def steps(self) -> list[Step]:
        """All steps in the order of the step table."""
        return [*self.main, *(step for track in self.tracks.values() for step in track)]
