"""The exact cases: a shipped scenario for each, its measures, and their exact values.

The numbers passed to the formulas are deliberately repeated from the scenario files in ``scenarios/exact/``:
if only one of the two is changed, the case fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fourport.scenario.library import folder
from fourport.study.verification import formulas, readings
from fourport.study.verification.readings import Reading


@dataclass(frozen=True)
class ExactMeasure:
    """A quantity measured in a case.

    Attributes
    ----------
    what, unit
        Name and unit.
    formula
        Returns the exact value.
    theory
        Name of the theory, for readers.
    read
        Measures the value in a replication.
    slack
        Allowed difference between scenario and formula, in the same unit; the case states the reason.
    quantile
        Probability, if the value is a quantile of all consignments; otherwise it is a mean over replications.
    """

    what: str
    unit: str
    formula: Callable[[], float]
    theory: str
    read: Reading
    slack: float = 0.0
    quantile: float | None = None


@dataclass(frozen=True)
class Case:
    """A scenario file and its measures."""

    name: str
    measures: tuple[ExactMeasure, ...]

    @property
    def path(self) -> Path:
        """The scenario file."""
        return folder() / "exact" / f"{self.name}.toml"


WORK = "yard/work"
BAYS = "yard/import/inspection"


def _wait(
    formula: Callable[[], float], theory: str, key: str = WORK, trader_class: str | None = None
) -> ExactMeasure:
    who = f", {trader_class}" if trader_class else ""
    return ExactMeasure(f"mean wait{who}", "h", formula, theory, readings.mean_wait(key, trader_class))


def _quantile(q: float) -> ExactMeasure:
    """Return a quantile of the time in M/M/1 with 0.8 arrivals per hour and 1 h of work."""
    name, read = f"P{100 * q:.0f} of time", readings.times(WORK)
    return ExactMeasure(name, "h", lambda: formulas.mm1_quantile(0.8, 1, q), "M/M/1", read, quantile=q)


def _many_servers(name: str, servers: int, *, full: bool = True) -> Case:
    """Return the case M/M/c with 2 arrivals per hour and 2.5 h of work."""
    within = ExactMeasure(
        "P(time <= 8 h)",
        "share",
        lambda: formulas.mmc_within(servers, 2, 2.5, 8),
        "M/M/c time in system",
        readings.share_within(WORK, 8),
    )
    if not full:
        return Case(name, (within,))
    waits = ExactMeasure(
        "P(wait)", "share", lambda: formulas.erlang_c(servers, 5), "Erlang C", readings.share_waiting(WORK)
    )
    return Case(name, (waits, _wait(lambda: formulas.mmc_wait(servers, 2, 2.5), "Erlang C"), within))


def _bays(servers: int) -> Case:
    """Return the case of inspection bays: 2 selected consignments per hour, 6 h each.

    Arrivals at the bays are a Poisson process: selection thins the Poisson arrivals, and preparation
    displaces them independently. So does document control, because its officers are always free (100 officers
    with work for less than one).
    """
    return Case(
        f"bays-{servers}",
        (
            ExactMeasure(
                "P(time <= 24 h)",
                "share",
                lambda: formulas.mmc_within(servers, 2, 6, 24),
                "M/M/c time in system",
                readings.share_within(BAYS, 24),
            ),
        ),
    )


def _bulk(capacity: int) -> Case:
    """Return the case of a daily sailing with capacity for so many consignments and 12 arrivals per day."""
    theory = "bulk queue, Spitzer's identity"
    return Case(
        f"sailing-capacity-{capacity}",
        (
            ExactMeasure(
                "mean left behind",
                "consignments",
                lambda: formulas.bulk_left_behind(capacity, 12),
                theory,
                readings.left_behind("ship"),
            ),
            _wait(lambda: formulas.bulk_wait(capacity, 12, 24), theory, "ship"),
        ),
    )


_PK = "Pollaczek-Khinchine"
_GIM1 = "GI/M/1 root"
_ROUNDING_D = 1e-6
"""70 services are rounded down by less than 50 us each: 3.5 ms, 4e-8 d."""

_CASES = (
    Case("m-m-1", (_wait(lambda: formulas.mmc_wait(1, 0.8, 1), "M/M/1"), *map(_quantile, (0.5, 0.9, 0.95)))),
    Case(
        "m-m-3",
        (
            ExactMeasure(
                "P(wait)",
                "share",
                lambda: formulas.erlang_c(3, 2.4),
                "Erlang C",
                readings.share_waiting(WORK),
            ),
            _wait(lambda: formulas.mmc_wait(3, 2.4, 1), "Erlang C"),
        ),
    ),
    _many_servers("m-m-7", 7),
    _many_servers("m-m-8", 8, full=False),
    _bays(13),
    _bays(14),
    Case("m-d-1", (_wait(lambda: formulas.mg1_wait(0.8, 1, 0), _PK),)),
    Case("m-e2-1", (_wait(lambda: formulas.mg1_wait(0.8, 1, 0.5**0.5), _PK),)),
    Case("m-u-1", (_wait(lambda: formulas.mg1_wait(0.8, 1, 3**-0.5), _PK),)),
    Case("m-ln-1", (_wait(lambda: formulas.mg1_wait(0.7, 1, 1.5), _PK),)),
    Case("d-m-1", (_wait(lambda: formulas.gim1_wait(formulas.fixed_transform(1.25), 1), _GIM1),)),
    Case("e2-m-1", (_wait(lambda: formulas.gim1_wait(formulas.erlang_transform(2, 1.25), 1), _GIM1),)),
    Case(
        "tandem",
        (
            ExactMeasure(
                "mean time",
                "h",
                lambda: formulas.jackson_time(0.5, (1, 1.25)),
                "Jackson network",
                readings.mean_time,
            ),
        ),
    ),
    Case(
        "priority",
        (
            _wait(lambda: formulas.priority_waits((0.2, 0.6), 1)[0], "Cobham", trader_class="trusted"),
            _wait(lambda: formulas.priority_waits((0.2, 0.6), 1)[1], "Cobham", trader_class="ordinary"),
        ),
    ),
    Case("sailing-gaps", (_wait(lambda: formulas.gap_wait((48, 72, 48)), "inspection paradox", "ship"),)),
    Case("sailing-cancelled", (_wait(lambda: formulas.cancelled_wait(24, 0.1), "geometric gaps", "ship"),)),
    _bulk(13),
    _bulk(15),
    # 200 servers and about 32 consignments at opening, so nobody waits for a server, however long work takes.
    Case("office", (_wait(lambda: formulas.closed_wait(16, 24), "inspection paradox"),)),
    # Arrivals every 2.4 h from midnight on: the 20 of the closure wait at its end, and the fluid queue is
    # empty exactly at the end of the 70th service.
    Case(
        "closure",
        (
            ExactMeasure(
                "backlog at reopening",
                "consignments",
                lambda: formulas.closure_backlog(10, 2),
                "fluid queue",
                readings.backlog(WORK),
            ),
            ExactMeasure(
                "recovery",
                "d",
                lambda: formulas.closure_recovery(10, 14, 2),
                "fluid queue",
                readings.recovery(WORK),
                _ROUNDING_D,
            ),
        ),
    ),
)

CASES = {case.name: case for case in _CASES}
"""All cases by name, in the order in which they are reported."""
