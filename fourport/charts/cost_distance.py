"""Cost-distance graph of UNESCAP: where on the route the cost arises."""

from __future__ import annotations

from matplotlib.figure import Figure

from fourport.charts.kinds import Chart
from fourport.charts.language import say
from fourport.charts.route_profile import Course, draw_along, traffic_of
from fourport.charts.stored_results import Stop, StoredResults
from fourport.charts.style import Style

CHART = Chart(
    "Logistics cost per kg so far against distance: where the route costs",
    needs="stops",
)

MEASURE = "logistics_cost"


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw cost per kg against distance, one line per route, one panel per lane.

    Raises
    ------
    UserError
        If nothing was delivered, or the run holds no costs at stops.
    """
    lanes = traffic_of(results, policy)
    course = Course(
        title=say("Where the cost per kg arises along the route"),
        note=say(
            "Line: mean logistics cost per kg so far. Vertical steps are charged at stops, slanted "
            "pieces on legs. Band, and bar at the end: P10 to P90 of delivered consignments; small "
            "consignments pay more per kg. Bold: mean at delivery. Each row has its own scale of cost."
        ),
        axis=say("logistics cost so far, {unit}", unit=results.unit(MEASURE)),
        reached=_reached,
        sum="{:.2f}".format,
        by_row=True,
    )
    return draw_along(results, policy, style, lanes, course)


def _reached(stop: Stop) -> tuple[float, float, float]:
    return stop.costs[f"{MEASURE}_p10"], stop.costs[MEASURE], stop.costs[f"{MEASURE}_p90"]
