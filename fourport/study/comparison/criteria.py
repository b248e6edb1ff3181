"""Criteria by which policies are judged. Time is never the only one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from fourport.errors import UserError, argument
from fourport.measures import LOST, MEASURES, find
from fourport.scenario.suggestions import allowed, suggestion

if TYPE_CHECKING:  # Only for type checking: charts read criteria and must not load a simulation.
    from fourport.study.comparison.delivered_by_both import Column, Unit


@dataclass(frozen=True)
class Criterion:
    """A measure by which policies are judged.

    Attributes
    ----------
    measure
        Name of the measure in ``summary.csv``.
    heading
        Heading of its column.
    group
        Title of the table that contains it.
    rare
        Whether most scenarios do without it, so that nobody misses it there.
    """

    measure: str
    heading: str
    group: str
    rare: bool = False

    @property
    def higher_is_better(self) -> bool:
        """Whether higher values are better; for all other measures lower values are."""
        return self.measure in MEASURES and MEASURES[self.measure].better == "more"


TIMES = {
    "door_to_door_time": "Door to door",
    "clearance_time_import": "Import clearance",
    "clearance_time_transit": "Transit clearance",
    "clearance_time_export": "Export clearance",
}
"""Times with a mean and quantiles each, and the heading of their table."""

SERVICE, BURDEN = "Service", "Cost, work and compliance"

CRITERIA: tuple[Criterion, ...] = (
    *(
        Criterion(measure + suffix, heading, group)
        for measure, group in TIMES.items()
        for suffix, heading in (("", "mean"), ("_p50", "P50"), ("_p90", "P90"), ("_p95", "P95"))
    ),
    Criterion("cleared_within_24h", "cleared in 24 h", SERVICE),
    Criterion("within_promise", "within promise", SERVICE),
    Criterion("departure_as_planned", "as planned", SERVICE),
    Criterion("left_hub_within_target", "left hub in time", SERVICE),
    Criterion("undelivered", "undelivered", SERVICE),
    Criterion("logistics_cost", "logistics cost", BURDEN),
    Criterion("charges_on_value", "on value", BURDEN),
    Criterion("customs_cost", "customs cost", BURDEN),
    Criterion("officer_hours", "officer hours", BURDEN),
    Criterion("staffed_hours", "staffed hours", BURDEN),
    Criterion("inspections", "inspections", BURDEN),
    Criterion("undetected", "undetected", BURDEN),
    Criterion("found_late", "found late", BURDEN, rare=True),
)
"""All criteria, in the order of the tables; those that a scenario does not measure are reported."""

CLEARING = tuple(
    one.measure
    for one in CRITERIA
    if one.measure.startswith("clearance_time_") or one.measure == "cleared_within_24h"
)
"""Criteria that exist only for cargo that is cleared."""

MARGIN, POINTS, LEAST_H = 0.01, 1.0, 0.05
"""Margins: share of a mean or count, points of a share, hours of a time; for undelivered see ``LOST``.

A difference below its margin does not matter. Inputs are hardly known to 1 %, and nobody decides by three
minutes of a journey; but goods that do not arrive are the worst that can happen to them.
"""


def margin_of(measure: str, column: Column, baseline: Unit) -> float:
    """Return the difference of a measure below which it does not matter, in its unit.

    Parameters
    ----------
    column
        The measure in what it is compared with; NaN if that does not have it.
    baseline
        The other measures there.
    """
    if measure == "undelivered" and column.unit == "consignments":
        return (
            LOST / 100 * float(baseline["consignments"].values.mean()) if "consignments" in baseline else 0.0
        )
    share, least = _share_and_least(measure, column.unit)
    return max(share * abs(column.mean), least) if share else least


@cache
def _share_and_least(measure: str, unit: str) -> tuple[float, float]:
    """Return the share of its mean that is the margin of a measure, and the least margin, in its unit."""
    if measure == "undelivered":  # of 100 consignments
        return 0.0, LOST
    if unit == "%":
        return 0.0, POINTS
    found = find(measure)
    return MARGIN, LEAST_H if found is not None and found.is_time else 0.0


ALWAYS = tuple(one.measure for one in CRITERIA if one.group == BURDEN)
"""Measures that are always compared: policies must not be ranked by time alone."""

DEFAULT = (*(one.measure for one in CRITERIA), "freight_cost")


def present(measured: Collection[str]) -> list[Criterion]:
    """Return the criteria that are measured."""
    return [one for one in CRITERIA if one.measure in measured]


def missing(measured: Collection[str]) -> list[str]:
    """Return the measures of the criteria that are not measured, without quantiles of times."""
    quantiles = ("_p50", "_p90", "_p95")
    wanted = [one.measure for one in CRITERIA if not one.rare and not one.measure.endswith(quantiles)]
    return [measure for measure in wanted if measure not in measured]


def compared(asked: Iterable[str], measured: Collection[str]) -> list[str]:
    """Return the measures to compare, in the order in which they are measured.

    Parameters
    ----------
    asked
        Names, "all", or none for the default. Costs, work, undetected non-compliance and undelivered
        consignments are always included.
    measured
        Available measures.
    """
    wanted = {*(asked or DEFAULT), *ALWAYS, "undelivered"}
    return [name for name in measured if name in wanted or "all" in wanted]


def refuse_unknown(asked: Iterable[str], measured: Collection[str]) -> None:
    """Refuse names that are not measures of this scenario.

    Raises
    ------
    UserError
        With a line for each unknown name.
    """
    lines = list(_unknown(asked, list(measured)))
    if lines:
        raise UserError(*lines)


def _unknown(asked: Iterable[str], names: list[str]) -> Iterator[str]:
    for name in asked:
        if name != "all" and name not in names:
            hint = suggestion(name, names) + allowed(["all", *names], most=60)
            yield f"{argument('measures')}: there is no measure {name!r}{hint}"
