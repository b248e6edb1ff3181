"""The plan: a scenario compiled into flat tables that an engine interprets.

The plan holds what the scenario says. What is drawn at random is in the world
(:mod:`fourport.world.tables`). The tables are arrays of numbers, so that a compiled engine can read them
directly; names are kept beside them for people. ``docs/semantics.md`` defines every column.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sized
from dataclasses import dataclass, field
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints: TypeAlias = NDArray[np.int64]
    FewInts: TypeAlias = NDArray[np.int32]
    Floats: TypeAlias = NDArray[np.float64]
else:

    def __getattr__(name: str) -> Any:
        """Return a type of arrays; who only checks a scenario asks for none, and need not load NumPy."""
        of = {"Ints": "int64", "FewInts": "int32", "Floats": "float64"}
        if name not in of:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        import numpy as np

        globals()[name] = np.typing.NDArray[getattr(np, of[name])]
        return globals()[name]


NEVER: int = -(2**63)
"""Time of an event that has not happened (the bits of ``datetime64('NaT')``)."""

UNBOUND: int = 2**62
"""Capacity in a dimension that does not limit loading."""

SECOND: int = 1_000_000
MINUTE: int = 60 * SECOND
HOUR: int = 60 * MINUTE
DAY: int = 24 * HOUR
WEEK: int = 7 * DAY


def ints(values: Iterable[object]) -> Ints:
    """Return whole numbers as an array."""
    import numpy as np

    return np.array(list(values), dtype=np.int64)


def firsts(parts: Iterable[Sized]) -> Ints:
    """Return where each of some parts begins if one follows the other, and where the last one ends."""
    return ints(accumulate(map(len, parts), initial=0))


# Plain ints: while NumPy looks at a member of an enum, it discards an interrupt that comes.
class Kind:
    """Kinds of steps; the numbers in ``Plan.step_kind``."""

    DELAY: Final = 0
    RESOURCE: Final = 1
    SERVICE: Final = 2
    FLEET: Final = 3
    JOIN: Final = 4
    MARK: Final = 5


class Rule:
    """How a condition is decided; the numbers in ``Plan.condition_rule``."""

    BELOW: Final = 0
    """A risk number of the consignment is below the rate for its compliance and trader class."""
    NOT: Final = 1
    """Another condition does not hold."""
    BOTH: Final = 2
    """Two other conditions hold."""
    EITHER: Final = 3
    """At least one of two other conditions holds."""


class Space:
    """Capacity that a step may use: free sale only, or block space first; see ``Plan.step_space``."""

    FREE: Final = 0
    BLOCK: Final = 1


@dataclass(frozen=True)
class Names:
    """Names of what the tables of a plan number.

    Attributes
    ----------
    draws
        Names of the risk numbers; each also names the random stream of its risk number.
    """

    routes: tuple[str, ...]
    resources: tuple[str, ...]
    services: tuple[str, ...]
    fleets: tuple[str, ...]
    trader_classes: tuple[str, ...]
    conditions: tuple[str, ...]
    draws: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """A corridor as flat tables.

    Shapes: ``R`` routes, ``S`` steps, ``T`` declaration tracks, ``C`` conditions, ``D`` risk numbers, ``G``
    trader classes, ``N`` resources, ``V`` services, ``F`` fleets, ``H`` hours of legs.

    Attributes
    ----------
    start_us, end_us
        First instant of the run, and the instant at which it stops, us UTC.
    window_start_us, window_end_us
        Window of the measured cohort: the consignments that enter in ``[start, end)``.
    names
        Names by index, for people; no engine reads them.
    route_first_step
        (R + 1,) first step of each route's block; the last entry is S.
    route_n_main
        (R,) number of steps of the main track, which comes first in the block.
    step_kind
        (S,) a :class:`Kind`.
    step_provider
        (S,) index of the resource, service or fleet, depending on the kind; -1 for other kinds.
    step_condition
        (S,) condition under which the step is done; -1 for always.
    step_after_track
        (S,) declaration track that must have ended before the token comes, otherwise the step is passed
        over; -1 for none.
    step_unless_done
        (S,) earlier step of the same track; a consignment that has done it passes this step over; -1 for
        none.
    step_track
        (S,) declaration track that a JOIN waits for; -1 otherwise.
    step_early_track, step_early_condition
        (S,) declaration track started when this step begins, and its condition; -1 for none and -1 for
        always.
    step_space
        (S,) a :class:`Space`, for SERVICE steps.
    step_choice
        (S,) first of the SERVICE steps of which a consignment does one; -1 for a step without others.
    step_within_us
        (S,) time within which goods wait for a service of an earlier step of the choice; -1 if the order of
        the steps is not one of preference.
    step_hours
        (S,) hours within which a DELAY begins; -1 for any time.
    track_first_step, track_n_steps
        (T,) first step and number of steps of each declaration track; its steps are contiguous.
    priority
        (S, G) queue class by step and trader class, lower first.
    condition_rule
        (C,) a :class:`Rule`.
    condition_draw
        (C,) risk number that a BELOW compares; -1 for the other rules.
    condition_first, condition_second
        (C,) conditions that the other rules combine, each with a lower index; -1 for none.
    condition_rate
        (C, 2, G) rate of a BELOW for compliant and for non-compliant consignments, by trader class.
    draw_partner, draw_correlation
        (D,) risk number with a lower index that this one is correlated with, and the correlation of their
        normal scores; -1 and 0 for none.
    resource_change_first
        (N + 1,) ranges of each resource in the two next arrays.
    resource_change_us, resource_servers
        Times from which a resource has a new number of servers, and that number.
    resource_resumes
        (N,) 1 if work rests while its server is off duty; 0 if it is finished whatever the hour.
    service_splits
        (V,) 1 if a consignment too large for any departure goes in parts; 0 if it cannot go.
    fleet_vehicles, fleet_weight_g, fleet_volume_cm3, fleet_hold_us
        (F,) number of trucks, capacity of a truck, longest consolidation time.
    fleet_hours
        (F,) hours within which the trucks of a fleet load and depart; -1 for any time.
    hours_first
        (H + 1,) ranges of each of the hours in the next two arrays.
    hours_turn_us, hours_open
        Times from which the hours are open (1) or closed (0), in turn; the first lies at or before
        ``start_us``.
    """

    start_us: int
    end_us: int
    window_start_us: int
    window_end_us: int
    names: Names
    route_first_step: Ints
    route_n_main: Ints
    step_kind: Ints
    step_provider: Ints
    step_condition: Ints
    step_after_track: Ints
    step_unless_done: Ints
    step_track: Ints
    step_early_track: Ints
    step_early_condition: Ints
    step_space: Ints
    step_choice: Ints
    step_within_us: Ints
    step_hours: Ints
    track_first_step: Ints
    track_n_steps: Ints
    priority: Ints
    condition_rule: Ints
    condition_draw: Ints
    condition_first: Ints
    condition_second: Ints
    condition_rate: Floats
    draw_partner: Ints
    draw_correlation: Floats
    resource_change_first: Ints
    resource_change_us: Ints
    resource_servers: Ints
    resource_resumes: Ints
    service_splits: Ints
    fleet_vehicles: Ints
    fleet_weight_g: Ints
    fleet_volume_cm3: Ints
    fleet_hold_us: Ints
    fleet_hours: Ints
    hours_first: Ints
    hours_turn_us: Ints
    hours_open: Ints
    _kept: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def n_routes(self) -> int:
        """Number of routes."""
        return len(self.route_n_main)

    def route_steps(self, route: int) -> range:
        """Return all steps of a route: the main track, then its declaration tracks."""
        return range(int(self.route_first_step[route]), int(self.route_first_step[route + 1]))

    def main_steps(self, route: int) -> range:
        """Return the steps of a route's main track."""
        first = int(self.route_first_step[route])
        return range(first, first + int(self.route_n_main[route]))

    def choice(self, step: int) -> range:
        """Return the steps of which a consignment does one: those of a choice, or the step alone."""
        first = int(self.step_choice[step])
        if first < 0:
            return range(step, step + 1)
        return range(first, first + int((self.step_choice == first).sum()))

    def track_steps(self, track: int) -> range:
        """Return the steps of a declaration track."""
        first = int(self.track_first_step[track])
        return range(first, first + int(self.track_n_steps[track]))
