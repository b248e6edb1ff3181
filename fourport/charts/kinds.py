"""The kinds of chart: what each shows and what it needs.

Cheap to import: matplotlib is loaded when something is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from fourport.charts.results import Results
from fourport.charts.style import Style
from fourport.store import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class Draw(Protocol):
    """What the module of a chart offers as ``figure``."""

    def __call__(self, results: Results, policy: str, style: Style) -> Figure:
        """Draw one policy of a run.

        Raises
        ------
        UserError
            If the results hold nothing to draw.
        """


@dataclass(frozen=True)
class Chart:
    """A kind of chart.

    Attributes
    ----------
    name
        What users call it, and the name of its files.
    subject
        What it shows, in a line.
    needs
        The table of a run without which there is nothing to draw.
    default
        Whether it is drawn with every run.
    command
        What makes the table that it needs, of a run in the folder "{run}"; every run does if it is "".
    """

    name: str
    subject: str
    needs: str = "summary"
    default: bool = False
    command: str = ""

    @property
    def figure(self) -> Draw:
        """Import what draws it, from the module of its name."""
        return cast(Draw, import_module(f"fourport.charts.{self.name.replace('-', '_')}").figure)


KINDS: dict[str, Chart] = {
    chart.name: chart
    for chart in (
        Chart(
            "time-distance",
            "Time since acceptance against distance: where the way takes its time",
            needs="stops",
            default=True,
        ),
        Chart(
            "cost-distance",
            "Logistics cost per kg so far against distance: where the way costs",
            needs="stops",
        ),
        Chart(
            "lead-time-ecdf",
            "Share delivered within each door-to-door time, with P95",
            needs="lead-times",
            default=True,
        ),
        Chart(
            "cost-stack",
            "Logistics cost per kg by kind of charge, and where the freight cost ends",
            needs="costs",
            default=True,
        ),
        Chart(
            "cost-time",
            "Logistics cost per kg against door-to-door time, with the Pareto line",
        ),
        Chart(
            "time-by-cause",
            "Door-to-door time by cause: work against each kind of waiting",
        ),
        Chart(
            "cost-curve",
            "Cost per kg over weight, value, place or a rate, with break-evens and 95 % bands",
            needs="curves",
            command="fourport curves {run} --over weight",
        ),
        Chart(
            "forest",
            "Paired differences from the baseline with their intervals, by measure",
            needs="comparison",
        ),
        Chart(
            "stages",
            "Door-to-door time by cause, one bar a policy (or route) that is compared",
            needs="policies",
        ),
        Chart(
            "clearance-stages",
            "Clearance time by stage of customs: work against waiting, by lane, or by office and policy",
            needs="clearance-stages",
        ),
        Chart(
            "detection",
            "Undetected offences against clearance time, one point a policy",
            needs="detection",
        ),
        Chart(
            "capacity",
            "Share within the target against the number of servers of a resource, with intervals",
            needs="capacity",
        ),
        Chart(
            "route-choice",
            "Cheapest route by value and chargeable weight of the goods, hatched where undecided",
            needs="route-choice",
            command="fourport route-choice {run}",
        ),
        Chart(
            "departures",
            "Each sailing and flight: load, background, rolled over, cancelled",
            needs="departures",
        ),
        Chart(
            "cut-off",
            "Arrival at the cut-off: when consignments are ready against when departures close",
            needs="arrivals",
        ),
        Chart(
            "utilisation",
            "How busy each resource is, hour by weekday",
            needs="resources",
        ),
        Chart(
            "network-map",
            "The network on a map: ways by mode, their width by weight",
            needs="legs",
        ),
    )
}


def kinds_for(run: Run) -> list[str]:
    """Give the kinds for which a run holds what they need."""
    return [name for name, kind in KINDS.items() if run.has(kind.needs)]
