"""The kinds of chart: what each shows and what it needs.

Importing this module is cheap: matplotlib is loaded only when a chart is drawn.
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
    """The type of ``figure`` in the module of a chart."""

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
        Name on the command line and of the files.
    subject
        Content of the chart, in one line.
    needs
        The table of a run that the chart is drawn from.
    default
        Whether every run draws it.
    command
        Command that writes this table for a run in the folder "{run}"; "" if every run writes it.
    """

    name: str
    subject: str
    needs: str = "summary"
    default: bool = False
    command: str = ""

    @property
    def figure(self) -> Draw:
        """Import the function that draws the chart, from the module of its name."""
        return cast(Draw, import_module(f"fourport.charts.{self.name.replace('-', '_')}").figure)


KINDS: dict[str, Chart] = {
    chart.name: chart
    for chart in (
        Chart(
            "time-distance",
            "Time since acceptance against distance: where the route takes its time",
            needs="stops",
            default=True,
        ),
        Chart(
            "cost-distance",
            "Logistics cost per kg so far against distance: where the route costs",
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
            "Door-to-door time by cause, one bar per compared policy (or route)",
            needs="policies",
        ),
        Chart(
            "clearance-stages",
            "Clearance time by stage of customs: work against waiting, by lane, or by office and policy",
            needs="clearance-stages",
        ),
        Chart(
            "detection",
            "Undetected offences against clearance time, one point per policy",
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
            "The network on a map: legs by mode, their width by weight",
            needs="legs",
        ),
    )
}


def kinds_for(run: Run) -> list[str]:
    """Return the kinds of chart whose table a run has."""
    return [name for name, kind in KINDS.items() if run.has(kind.needs)]
